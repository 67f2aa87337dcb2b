## make test            everything: installs what it lacks, units, scenarios, simulation, seeded defects, sanitizers, the demo
## make test-unit       unit tests only
## make lint            headers, layers, exports, format-check, man pages and units, catalogues, hardened, tidy
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:%.c=$(B)/%)

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(B)/lib/libtests.a $(B)/lib/libsim.a $(B)/lib/libstore.a \
    $(B)/lib/libhq.a $(B)/lib/libtools.a $(B)/lib/libkasir.a
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
	    $(LIBS_edge) $(LIBS_tool) $(LIBS_core) -lcmocka

unit-bins: $(UNIT_BIN)
test-unit: $(UNIT_BIN)
	@tests/run-unit.sh $(UNIT_BIN)

# $(MAKE_COMMAND) and not $(MAKE): what `make -n test` names it must not run.
test:
	@mk/deps.sh test
	@MAKE="$(MAKE_COMMAND)" B=$(B) tests/run-all.sh

lint:
	@mk/deps.sh test lint
	@$(MAKE) --no-print-directory headers layers exports format-check manuals pot-check hardened tidy

manuals: $(BINS)
	@tests/lint/manuals.sh $(B)/bin
	@tests/lint/units.sh systemd/*.service

.PHONY: unit-bins test-unit test lint manuals
