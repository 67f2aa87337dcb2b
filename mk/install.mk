## make install         DESTDIR= PREFIX=/usr/local
BINDIR := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
UNITS ?= $(DESTDIR)$(PREFIX)/lib/systemd/system

install: all install-terminal install-lang install-completion
	install -d $(BINDIR) $(UNITS) $(SHARE)/doc/kasird/examples \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	install -m 755 $(BINS) $(BINDIR)
	for s in 1 5 8; do install -d $(SHARE)/man/man$$s && \
	    install -m 644 docs/man/*.$$s $(SHARE)/man/man$$s || exit 1; done
	for u in systemd/*.service; do sed 's|/usr/local/bin/|$(PREFIX)/bin/|g' $$u | \
	    install -m 644 /dev/stdin $(UNITS)/$$(basename $$u) || exit 1; done
	install -d $(SHARE)/kasir/rules
	install -m 644 rules/*.conf $(SHARE)/kasir/rules
	install -m 644 systemd/*.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/kasird.conf
	install -m 644 systemd/*.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/kasird.conf
	install -m 644 systemd/*.example systemd/mosquitto-kasird.conf $(SHARE)/doc/kasird/examples
	install -m 644 README.md CHANGELOG.md CONTRIBUTING.md LICENSE $(SHARE)/doc/kasird
	for d in docs/*.md docs/[!m]*/*.md; do install -D -m 644 $$d $(SHARE)/doc/kasird/$$d || exit 1; done

# What each program answers to TAB, from its own table; kasird has options only.
install-completion: $(BINS)
	install -d $(SHARE)/bash-completion/completions
	for p in kasirctl kasir-hq kasir-term; do \
	    LC_ALL=C $(B)/bin/$$p completion bash > $(SHARE)/bash-completion/completions/$$p || exit 1; done
	install -m 644 tools/completion/kasird.bash $(SHARE)/bash-completion/completions/kasird
	chmod 644 $(SHARE)/bash-completion/completions/*

## make test-install    what is installed is complete, and finds itself under any PREFIX
test-install: all terminal
	@MAKE="$(MAKE_COMMAND)" B=$(B) tests/install.sh

.PHONY: install install-completion test-install
