/* receipt.c - the command: which sale, on which paper. */
#include <inttypes.h>
#include <string.h>

#include "edge/history.h"
#include "tools/kasirctl/paper_out.h"
#include "tools/kasirctl/receipt_slip.h"
#include "tools/kasirctl/sequel.h"
#include "tools/kasirctl/tx_find.h"
#include "wire/codec.h"

static int
print(const struct cli *cli, struct ledger_reader *r, uint64_t index,
    const struct store_entry *entry, struct arena *a, struct paper_job *job)
{
	struct receipt receipt = { .index = index, .entry_bytes = entry->entry };
	struct sequel sequel;
	Kasir__V1__LedgerEntry *e;
	struct kas_why why;
	enum kas_err err;

	if (wire_decode_entry(entry->entry, a, &e, &why) != KAS_OK)
		return cli_fail(cli, EX_DATAERR, "'kasirctl verify' says what is wrong with the ledger",
		    "entry %" PRIu64 ": %s", index, why.text);
	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return cli_fail(cli, EX_NOINPUT, "'kasirctl slip' prints closes of shifts and days",
		    "entry %" PRIu64 " is no transaction but an event of the store's own", index);
	err = sequel_find(r, index, e->transaction, &sequel);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "the ledger");
	receipt.entry = e;
	receipt.doc = PROTO_UNPACK(kasir__v1__transaction, a, entry->payload);
	memcpy(receipt.voided_by, sequel.voided_by, sizeof receipt.voided_by);
	receipt.resolved = sequel.resolved;
	receipt_print(&receipt, &job->paper);
	return paper_end(cli, job);
}

static int
find_and_print(const struct cli *cli, struct ledger_reader *r, struct arena *a,
    struct paper_job *job)
{
	struct store_entry entry;
	uint64_t index;
	enum kas_err err;
	int rc;

	rc = paper_take_ledger(cli, r, job);
	if (rc == EX_OK)
		rc = tx_find(cli, r, cli->argv[0], &index);
	if (rc != EX_OK)
		return rc;
	err = history_entry(r, index, a, &entry);
	if (err == KAS_NOTFOUND)
		return cli_fail(cli, EX_NOINPUT, NULL, "the ledger has no entry %" PRIu64 " yet",
		    index);
	return err == KAS_OK ? print(cli, r, index, &entry, a, job) :
	    ctl_fail_read(cli, err, "the ledger");
}

int
ctl_receipt(struct cli *cli)
{
	struct ledger_reader *r;
	struct paper_job job;
	struct arena a;
	int rc;

	rc = paper_begin(cli, &job);
	if (rc != EX_OK)
		return rc;
	rc = ctl_open_ledger(cli, &r);
	if (rc == EX_OK) {
		arena_init(&a, 0);
		rc = find_and_print(cli, r, &a, &job);
		arena_fini(&a);
		ledger_read_close(r);
	}
	paper_fini(&job);
	return rc;
}
