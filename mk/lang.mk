# What programs say in other languages: po/*.po, found in share/locale beside bin/.
## make pot             po/kasir.pot, and po/*.po brought up to it (what is new stands there untranslated)
LANGUAGES := $(basename $(notdir $(wildcard po/*.po)))
MO := $(LANGUAGES:%=$(B)/share/locale/%/LC_MESSAGES/kasir.mo)
# What managers read; the daemons' logs are English everywhere.
POT_SRC = $(sort $(wildcard lib/cash/*.c lib/audit/*.c lib/report/*.c lib/edge/*.c tools/kasirctl/*.c \
    daemon/store/commands*.c)) po/words.h

$(B)/share/locale/%/LC_MESSAGES/kasir.mo: po/%.po
	@mkdir -p $(@D)
	@echo "  MSGFMT  $<"
	$(Q)msgfmt -c -o $@ $<

all: $(MO)
unit-bins test-unit: $(MO)

pot:
	@po/extract.sh $(B)/pot po/kasir.pot $(POT_SRC)
	@for l in $(LANGUAGES); do \
	    msgmerge --quiet --no-wrap --no-fuzzy-matching --no-location --update --backup=none \
	        po/$$l.po po/kasir.pot && msgattrib --no-wrap --no-obsolete -o po/$$l.po po/$$l.po && \
	    echo "$$l: $$(msgfmt --statistics -o /dev/null po/$$l.po 2>&1)"; done

# The template is what the sources say, and each catalogue has all of it.
pot-check:
	@mkdir -p $(B)
	@po/extract.sh $(B)/pot $(B)/kasir.pot $(POT_SRC)
	@tests/lint/catalogues.sh $(B)/kasir.pot po/*.po

install-lang: $(MO)
	for l in $(LANGUAGES); do install -D -m 644 $(B)/share/locale/$$l/LC_MESSAGES/kasir.mo \
	    $(SHARE)/locale/$$l/LC_MESSAGES/kasir.mo || exit 1; done

.PHONY: pot pot-check install-lang
