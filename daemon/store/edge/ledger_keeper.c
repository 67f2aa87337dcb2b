#include "daemon/store/edge/ledger_keeper.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/edge/ledger_repair.h"

enum kas_err
ledger_keeper_flush(struct ledger_keeper *k, const struct flush_group *group,
    struct kas_why *why)
{
	enum kas_err err;

	if (k->writer == NULL)
		return kas_fail(why, KAS_IO, "the ledger is not open");
	err = ledger_writer_commit(k->writer, group, why);
	k->durable = ledger_writer_size(k->writer);
	k->doubtful = k->doubtful || err == KAS_IO;
	return err;
}

static enum kas_err
open_writer(struct ledger_keeper *k, struct kas_why *why)
{
	enum kas_err err = ledger_writer_open(k->path, &k->writer, why);
	uint64_t size;

	k->doubtful = err == KAS_IO;
	if (err != KAS_OK)
		return err;
	size = ledger_writer_size(k->writer);
	if (size < k->durable)
		return kas_fail(why, KAS_CORRUPT, "%s: holds %llu entries, %llu were durable",
		    k->path, (unsigned long long)size, (unsigned long long)k->durable);
	return KAS_OK;
}

static enum kas_err
open_copy(struct ledger_keeper *k, struct kas_why *why)
{
	enum kas_err err;

	ledger_writer_abandon(k->writer);
	k->writer = NULL;
	if ((err = ledger_repair(k->path, k->durable, why)) != KAS_OK ||
	    (err = open_writer(k, why)) != KAS_OK)
		return err;
	/* Perhaps with the group whose commit failed. */
	k->durable = ledger_writer_size(k->writer);
	return KAS_OK;
}

enum kas_err
ledger_keeper_reopen(struct ledger_keeper *k, enum kas_err after, struct kas_why *why)
{
	enum kas_err err;

	k->doubtful = k->doubtful || after != KAS_FULL;
	if (k->doubtful)
		return open_copy(k, why);
	ledger_writer_abandon(k->writer);
	k->writer = NULL;
	if ((err = open_writer(k, why)) != KAS_OK)
		return err;
	/* A full disk was to leave nothing.  If it did, who knows what is on the disk? */
	k->doubtful = ledger_writer_size(k->writer) != k->durable;
	return k->doubtful ? open_copy(k, why) : KAS_OK;
}

bool
ledger_keeper_wants_upkeep(const struct ledger_keeper *k, bool urgent)
{
	return k->writer != NULL && ledger_writer_wants_checkpoint(k->writer, urgent);
}

void
ledger_keeper_upkeep(struct ledger_keeper *k)
{
	/* A failure breaks the writer, and the next flush says so. */
	ledger_writer_checkpoint(k->writer);
}

enum kas_err
ledger_keeper_init(struct ledger_keeper *k, const char *path, struct kas_why *why)
{
	enum kas_err err;

	*k = (struct ledger_keeper){ .path = strdup(path) };
	if (k->path == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	if ((err = ledger_repair_finish(path, why)) != KAS_OK ||
	    (err = open_writer(k, why)) != KAS_OK)
		return err;
	k->durable = ledger_writer_size(k->writer);
	return KAS_OK;
}

void
ledger_keeper_fini(struct ledger_keeper *k)
{
	if (k->doubtful)
		ledger_writer_abandon(k->writer);
	else
		ledger_writer_close(k->writer);
	free(k->path);
	*k = (struct ledger_keeper){ 0 };
}
