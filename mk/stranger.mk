## make test-stranger   a verifier written from the documents alone agrees with kasirctl, on damage too
test-stranger: $(BINS)
	@tests/stranger/run.sh $(B)

.PHONY: test-stranger
