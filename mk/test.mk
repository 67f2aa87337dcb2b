## make test            everything CI runs: installs what it lacks, builds, unit tests, scenarios, simulation, sanitizers
## make test-unit       unit tests only
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

.PHONY: unit-bins test-unit
