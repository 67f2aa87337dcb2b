## make bench           speed as ratios against this machine's own limits, in one run (SIZE=2000000, PAIRS=3)
BENCH_BIN := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
SIZE  ?= 2000000
PAIRS ?= 3

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/lib/libtests.a $(B)/lib/libsim.a $(B)/lib/libstore.a $(B)/lib/libkasir.a
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
	    $(LIBS_edge) $(LIBS_tool) $(LIBS_core)

bench:
	@mk/deps.sh test
	@$(MAKE) --no-print-directory all $(BENCH_BIN)
	@tests/bench/bench.py --build $(B) --size $(SIZE) --pairs $(PAIRS)

## make bench-check     what checking a transaction costs, beside its signature
bench-check: $(B)/bench/bench_check
	@$< 5

.PHONY: bench bench-check
