## make example         the vendors' example, built as a vendor would build it
$(B)/lib/pkgconfig/kasir-terminal.pc: lib/terminal/kasir-terminal.pc.in VERSION
	@mkdir -p $(@D)
	@echo "  PC      $@"
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' $< > $@

# -Wextra -pedantic and nothing of ours but the public header: what a vendor sees.
$(B)/example/till: lib/terminal/example/till.c lib/terminal/kasir_terminal.h $(B)/lib/libkasir-terminal.a
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) -std=c99 -Wall -Wextra -Werror $(OPT) -Ilib/terminal $(LDFLAGS) -o $@ $< \
	    $(B)/lib/libkasir-terminal.a -lmosquitto -lsqlite3 $(LIBS_core)

example: $(B)/example/till

install-terminal: $(B)/lib/libkasir-terminal.a $(B)/lib/pkgconfig/kasir-terminal.pc
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig \
	    $(DESTDIR)$(PREFIX)/share/kasir/proto/kasir/v1 \
	    $(DESTDIR)$(PREFIX)/share/doc/kasir-terminal/examples
	install -m 644 lib/terminal/kasir_terminal.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(B)/lib/libkasir-terminal.a $(DESTDIR)$(PREFIX)/lib
	install -m 644 $(B)/lib/pkgconfig/kasir-terminal.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 644 proto/kasir/v1/transaction.proto $(DESTDIR)$(PREFIX)/share/kasir/proto/kasir/v1
	install -m 644 lib/terminal/example/till.c $(DESTDIR)$(PREFIX)/share/doc/kasir-terminal/examples

.PHONY: example install-terminal
