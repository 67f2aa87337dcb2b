## make headers         every header compiles alone, with gcc and clang
## make layers          no include points up; lib and engines ask for nothing of the outside world
## make hardened        the programs are built as a service should be
## make tidy            clang-tidy, warnings are errors
## make format          reformat FILES (default: all) with clang-format
## make format-check    white space and width, which need no taste
## make cover           line coverage of unit tests, simulation and scenarios
## make asan            units, 50 simulated seeds and scenarios with the address and undefined sanitizers
## make tsan            units and scenarios with the thread sanitizer
HEADERS  := $(sort $(shell find lib daemon tools tests -name '*.h'))
SOURCES  := $(sort $(shell find lib daemon tools tests -name '*.c'))
PURE_O   := $(call objs,$(filter-out lib/edge lib/sql lib/report,$(FLOORS)) daemon/store daemon/hq)

headers: $(GEN_H) $(SCHEMAS)
	@tests/lint/headers.sh $(HEADERS) -- $(CPPFLAGS) $(filter-out -Wno%,$(WARN))

layers: $(PURE_O)
	@tests/lint/layers.sh '$(FLOORS)'
	@tests/lint/pure.sh $(PURE_O)

hardened: $(BINS)
	@tests/lint/hardened.sh $(BINS)

tidy: $(GEN_H) $(SCHEMAS)
	@tests/lint/tidy.sh $(SOURCES) -- -std=c11 $(CPPFLAGS) -Ilib/terminal

format:
	clang-format -i $(or $(FILES),$(HEADERS) $(SOURCES))

format-check:
	@tests/lint/format.sh $(HEADERS) $(SOURCES)

SANITIZE = $(MAKE) --no-print-directory OPT="-O1 -g -fno-sanitize-recover=undefined"
ASAN     = $(SANITIZE) B=$(B)/asan SAN=address,undefined
TSAN     = $(SANITIZE) B=$(B)/tsan SAN=thread

asan:
	+@$(ASAN) test-unit
	+@$(ASAN) RUNS=50 sim
	+@$(ASAN) test-scenario

tsan:
	+@$(TSAN) test-unit
	+@$(TSAN) test-scenario

cover:
	@mk/deps.sh test cover
	@rm -f $$(find $(B)/cover -name '*.gcda' 2>/dev/null)
	@$(MAKE) --no-print-directory B=$(B)/cover COVER=--coverage OPT="-O0 -g" CC=gcc \
	    test-unit sim test-scenario
	@tests/lint/cover.sh $(B)/cover

.PHONY: headers layers hardened tidy format format-check asan tsan cover
