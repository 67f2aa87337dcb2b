## make demo            a shop that sells, loses its uplink, is killed, loses nothing, and closes its day (under a minute)
## make shop            a shop that stays open until Ctrl-C, for docs/tutorial/a-day.md
## make replay          DATA=FILE: a real data set through broker, daemon and headquarters
RECEIPTS ?= $(wildcard ../shared/data/cord_receipts.jsonl)
DATA     ?=

demo:
	@mk/deps.sh run
	@$(MAKE) --no-print-directory all
	@tools/demo/demo.sh $(B)/bin $(RECEIPTS)

shop:
	@mk/deps.sh run
	@$(MAKE) --no-print-directory all
	@tools/demo/open.sh $(B)/bin $(B)/shop

replay:
	@[ -n "$(DATA)" ] || { echo "say which data set: make replay DATA=FILE" >&2; exit 64; }
	@mk/deps.sh run test
	@$(MAKE) --no-print-directory all
	@tools/demo/replay.sh $(B)/bin $(DATA)

.PHONY: demo shop replay
