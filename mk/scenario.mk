## make test-scenario   real processes and a real broker against bad input; ONLY='words' selects
test-scenario: $(BINS) terminal
	@tests/scenario/run.sh $(B) $(ONLY)

.PHONY: test-scenario
