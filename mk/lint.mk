## make headers         every header compiles alone, with gcc and clang
## make layers          no include points up; lib and engines ask for nothing of the outside world
## make tidy            clang-tidy, warnings are errors
## make format          reformat FILES (default: all) with clang-format
## make format-check    white space and width, which need no taste
## make cover           line coverage of unit tests and simulation
## make asan | tsan     unit tests with the address and undefined, or the thread sanitizer
HEADERS  := $(shell git ls-files '*.h' 2>/dev/null)
SOURCES  := $(shell git ls-files '*.c' 2>/dev/null)
PURE_O   := $(call objs,$(filter-out lib/edge lib/sql,$(FLOORS)) daemon/store daemon/hq)

headers: $(GEN_H) $(SCHEMAS)
	@tests/lint/headers.sh $(HEADERS) -- $(CPPFLAGS) $(filter-out -Wno%,$(WARN))

layers: $(PURE_O)
	@tests/lint/layers.sh '$(FLOORS)'
	@tests/lint/pure.sh $(PURE_O)

tidy: $(GEN_H) $(SCHEMAS)
	@tests/lint/tidy.sh $(SOURCES) -- -std=c11 $(CPPFLAGS) -Ilib/terminal

format:
	clang-format -i $(or $(FILES),$(HEADERS) $(SOURCES))

format-check:
	@tests/lint/format.sh $(HEADERS) $(SOURCES)

SANITIZE = $(MAKE) --no-print-directory OPT="-O1 -g -fno-sanitize-recover=undefined"
asan:
	@$(SANITIZE) B=$(B)/asan SAN=address,undefined test-unit
tsan:
	@$(SANITIZE) B=$(B)/tsan SAN=thread test-unit

cover:
	@rm -f $$(find $(B)/cover -name '*.gcda' 2>/dev/null)
	@$(MAKE) --no-print-directory B=$(B)/cover COVER=--coverage OPT="-O0 -g" CC=gcc \
	    test-unit $(if $(wildcard mk/sim.mk),sim)
	@tests/lint/cover.sh $(B)/cover

.PHONY: headers layers tidy format format-check asan tsan cover
