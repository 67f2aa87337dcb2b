## make fuzz            SECONDS=10 for each tests/fuzz/fuzz_*.c, from its corpus in tests/fuzz/corpus/
SECONDS   ?= 10
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN  := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzzers/%)
FUZZ_LIBS := $(B)/lib/libtools.a $(B)/lib/libstore.a $(B)/lib/libhq.a $(B)/lib/libtools.a $(B)/lib/libkasir.a

$(B)/fuzzers/%: $(B)/obj/tests/fuzz/%.o $(FUZZ_LIBS)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< -Wl,--start-group $(FUZZ_LIBS) -Wl,--end-group \
	    $(LIBS_edge) $(LIBS_tool) $(LIBS_core)

fuzz:
	@$(MAKE) --no-print-directory CC=clang B=$(B)/fuzz SAN=fuzzer-no-link,address,undefined \
	    OPT="-O1 -g -fno-sanitize-recover=undefined" fuzz-run

fuzz-run: $(FUZZ_BIN)
	@tests/fuzz/run.sh $(SECONDS) $(B)/corpus $(FUZZ_BIN)

.PHONY: fuzz fuzz-run
