## make sim             SEED=n: replay one seed with its trace; RUNS=n [BASE=b]: explore
## make test-sim        300 seeds, the regression list, determinism, and the seeded defects
SIM      := $(B)/bin/kasir-sim
SEED     ?=
RUNS     ?= 300
BASE     ?= 1
JOBS     ?= $(shell nproc)

$(SIM): $(B)/obj/tests/sim/main.o $(B)/lib/libsim.a $(B)/lib/libtests.a $(B)/lib/libstore.a \
    $(B)/lib/libhq.a $(B)/lib/libkasir.a
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
	    $(LIBS_edge) $(LIBS_tool) $(LIBS_core)

sim: $(SIM)
	@$(SIM) $(if $(SEED),--seed $(SEED) --trace,--runs $(RUNS) --base $(BASE) --jobs $(JOBS))

DEFECTIVE := $(B)/defects/bin/kasir-sim
defective-sim:
	@$(MAKE) --no-print-directory B=$(B)/defects DEFECTS=1 $(DEFECTIVE)

test-sim: $(SIM) defective-sim
	@tests/sim/run.sh $(SIM) $(DEFECTIVE) $(JOBS)

test-defects: defective-sim
	@tests/sim/defects.sh $(DEFECTIVE) $(JOBS)

.PHONY: sim defective-sim test-sim test-defects
