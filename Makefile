# kasird - `make help` lists the targets.
# A build folder a flavour: make B=build/asan SAN=address,undefined test-unit

B       ?= build
PREFIX  ?= /usr/local
SAN     ?=
DEFECTS ?=
V       ?=
VERSION := $(shell cat VERSION)

ifeq ($(origin CC),default)
CC := gcc
endif
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wold-style-definition -Wpointer-arith -Wwrite-strings -Wvla \
        -Wformat=2 -Wundef -Wno-error=deprecated-declarations -Werror
ifneq ($(findstring clang,$(CC)),)
WARN += -Wno-gnu-statement-expression -Wno-pedantic
endif
HARDEN := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
CPPFLAGS := -D_GNU_SOURCE -Ilib -I. -I$(B)/gen -Itests \
            $(if $(DEFECTS),-DKASIR_DEFECTS)
OPT     ?= -O2 -g
CFLAGS  += -std=c11 $(OPT) $(WARN) $(HARDEN) -pthread \
           $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) $(COVER)
LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,--as-needed -pthread $(if $(SAN),-fsanitize=$(SAN)) $(COVER)
GENFLAGS = $(filter-out -W%,$(CFLAGS)) -w

# The floors of the house, lowest first.  tests/lint/layers.sh reads this order.
FLOORS  := lib/base lib/proof lib/cash lib/wire lib/book lib/audit lib/sql lib/terminal lib/edge \
           lib/report

PROTOS  := $(wildcard proto/kasir/v1/*.proto)
GEN_C   := $(PROTOS:proto/%.proto=$(B)/gen/%.pb-c.c)
GEN_H   := $(GEN_C:.c=.h) $(B)/gen/kasir/version.h
SCHEMA_KINDS := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard schema/*/*.sql)))))
SCHEMAS := $(SCHEMA_KINDS:%=$(B)/gen/schema/%.h)
GEN_O   := $(GEN_C:.c=.o)

objs = $(patsubst %.c,$(B)/obj/%.o,$(filter-out %/main.c,$(wildcard $(addsuffix /*.c,$(1)))))
LIB_O   := $(call objs,$(FLOORS) lib/terminal/edge)
STORE_O := $(call objs,daemon/store daemon/store/edge)
HQ_O    := $(call objs,daemon/hq daemon/hq/edge)
CTL_O   := $(call objs,tools/kasirctl)
TERM_O  := $(call objs,tools/kasir-term)
TSUP_O  := $(call objs,tests/support)
SIM_O   := $(call objs,tests/sim)

PROGRAMS := kasird kasir-hq kasirctl kasir-term
BINS    := $(PROGRAMS:%=$(B)/bin/%)

LIBS_core := -lprotobuf-c -lsodium -lcrypto -lzstd
LIBS_edge := -lsqlite3 -lmosquitto -lconfuse -lsystemd
LIBS_tool := -lsmartcols -ljansson -lqrcodegen

all: $(BINS) $(B)/lib/libkasir-terminal.a

help:
	@sed -n 's/^## //p' Makefile mk/*.mk 2>/dev/null

## make                 build/bin/{kasird,kasir-hq,kasirctl,kasir-term}
$(B)/gen/%.pb-c.c $(B)/gen/%.pb-c.h: proto/%.proto
	@mkdir -p $(B)/gen
	@echo "  PROTO   $<"
	$(Q)protoc-c -Iproto --c_out=$(B)/gen $<
$(B)/gen/kasir/v1/control.pb-c.c $(B)/gen/kasir/v1/control.pb-c.h: proto/kasir/v1/ledger.proto
$(B)/gen/%.pb-c.o: $(B)/gen/%.pb-c.c | $(GEN_H)
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) $(GENFLAGS) -MMD -MP -c -o $@ $<
# In a file of its own, so that a new version is compiled into what names it, and only there.
$(B)/gen/kasir/version.h: VERSION
	@mkdir -p $(@D)
	@echo "  VERSION $(VERSION)"
	$(Q)echo '#define KASIR_VERSION "$(VERSION)"' > $@
define schema
$(B)/gen/schema/$(1).h: $(wildcard schema/$(1)/*.sql) schema/embed.sh
	@mkdir -p $$(@D)
	@echo "  SCHEMA  schema/$(1)"
	$$(Q)schema/embed.sh schema/$(1) > $$@.tmp && mv $$@.tmp $$@
endef
$(foreach k,$(SCHEMA_KINDS),$(eval $(call schema,$(k))))

$(B)/obj/%.o: %.c | $(GEN_H) $(SCHEMAS)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define archive
$(1): $(2)
	@mkdir -p $$(@D)
	@echo "  AR      $$@"
	$(Q)rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(eval $(call archive,$(B)/lib/libkasir.a,$(LIB_O) $(GEN_O)))
$(eval $(call archive,$(B)/lib/libstore.a,$(STORE_O)))
$(eval $(call archive,$(B)/lib/libhq.a,$(HQ_O)))
$(eval $(call archive,$(B)/lib/libtools.a,$(CTL_O) $(TERM_O)))
$(eval $(call archive,$(B)/lib/libtests.a,$(TSUP_O)))
$(eval $(call archive,$(B)/lib/libsim.a,$(SIM_O)))

define program
$(B)/bin/$(1): $(B)/obj/$(2)/main.o $(3) $(B)/lib/libkasir.a
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	$(Q)$(CC) $$(LDFLAGS) -o $$@ $$^ $(4)
endef
$(eval $(call program,kasird,daemon/store,$(STORE_O),$(LIBS_edge) $(LIBS_core)))
$(eval $(call program,kasir-hq,daemon/hq,$(HQ_O),$(LIBS_edge) $(LIBS_tool) $(LIBS_core)))
$(eval $(call program,kasirctl,tools/kasirctl,$(CTL_O),$(LIBS_edge) $(LIBS_tool) $(LIBS_core)))
$(eval $(call program,kasir-term,tools/kasir-term,$(TERM_O),$(LIBS_edge) $(LIBS_tool) $(LIBS_core)))

include $(wildcard mk/*.mk)

clean:
	rm -rf $(B)

.PHONY: all help clean
.SECONDARY:
-include $(shell [ -d $(B) ] && find $(B) -name '*.d')
