# What a vendor of registers links: one object that shows kasir_terminal.h's functions and
# nothing else, as an archive and as a shared library.
# Position-independent, because a vendor's program may be a plug-in.
PIC_C := $(wildcard $(addsuffix /*.c,lib/base lib/proof lib/wire lib/sql lib/terminal lib/terminal/edge))
PIC_O := $(PIC_C:%.c=$(B)/pic/%.o) $(GEN_C:$(B)/gen/%.c=$(B)/pic/gen/%.o)
LIBS_terminal := -lsqlite3 -lprotobuf-c -lsodium -lcrypto
TERMINAL_API := $(B)/pic/lib/terminal/edge/kasir_terminal.o
OBJCOPY ?= objcopy
TERMINAL_SO := libkasir-terminal.so.1

$(B)/pic/%.o: %.c | $(GEN_H) $(SCHEMAS)
	@mkdir -p $(@D)
	@echo "  CC      $< (pic)"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<
$(B)/pic/gen/%.o: $(B)/gen/%.c | $(GEN_H)
	@mkdir -p $(@D)
	@echo "  CC      $< (pic)"
	$(Q)$(CC) $(CPPFLAGS) $(GENFLAGS) -fPIC -MMD -MP -c -o $@ $<

# The linker takes what the interface needs; every other name is then made local.
$(B)/pic/kasir-terminal.o: $(PIC_O)
	@echo "  LD      $@"
	$(Q)rm -f $(B)/pic/parts.a && $(AR) rcs $(B)/pic/parts.a $(PIC_O)
	$(Q)$(LD) -r -o $@.all $(TERMINAL_API) $(B)/pic/parts.a
	$(Q)$(OBJCOPY) --wildcard --keep-global-symbol='kasir_terminal_*' $@.all $@

$(eval $(call archive,$(B)/lib/libkasir-terminal.a,$(B)/pic/kasir-terminal.o))

$(B)/lib/$(TERMINAL_SO): $(B)/pic/kasir-terminal.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) -shared -Wl,-soname,$(TERMINAL_SO) -Wl,-z,relro,-z,now $(filter-out -pie,$(LDFLAGS)) \
	    -o $@ $< $(LIBS_terminal)

## make terminal        lib/libkasir-terminal.{a,so.1}, for vendors of registers
terminal: $(B)/lib/libkasir-terminal.a $(B)/lib/$(TERMINAL_SO)

## make exports         the vendors' library shows what its header declares, and no other name
exports: terminal
	@tests/lint/exports.sh lib/terminal/kasir_terminal.h $(B)/lib/libkasir-terminal.a $(B)/lib/$(TERMINAL_SO)

## make example         the vendors' example, built as a vendor would build it
# -Wextra -pedantic and nothing of ours but the public headers: what a vendor sees.
$(B)/example/till: lib/terminal/example/till.c lib/terminal/kasir_terminal.h lib/terminal/kasir_terminal_mosquitto.h $(B)/lib/libkasir-terminal.a
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) -std=c99 -Wall -Wextra -pedantic -Werror $(OPT) -Ilib/terminal $(LDFLAGS) -o $@ $< \
	    $(B)/lib/libkasir-terminal.a -lmosquitto $(LIBS_terminal)

example: $(B)/example/till

install-terminal: terminal
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig \
	    $(DESTDIR)$(PREFIX)/share/kasir/proto/kasir/v1 \
	    $(DESTDIR)$(PREFIX)/share/doc/kasir-terminal/examples
	install -m 644 lib/terminal/kasir_terminal.h lib/terminal/kasir_terminal_mosquitto.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(B)/lib/libkasir-terminal.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(B)/lib/$(TERMINAL_SO) $(DESTDIR)$(PREFIX)/lib
	ln -sf $(TERMINAL_SO) $(DESTDIR)$(PREFIX)/lib/libkasir-terminal.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' lib/terminal/kasir-terminal.pc.in | \
	    install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/lib/pkgconfig/kasir-terminal.pc
	install -m 644 $(PROTOS) $(DESTDIR)$(PREFIX)/share/kasir/proto/kasir/v1
	install -m 644 lib/terminal/example/till.c $(DESTDIR)$(PREFIX)/share/doc/kasir-terminal/examples

.PHONY: terminal exports example install-terminal
