/* tail.c - sales as they come.  Reads the ledger itself, in short transactions, so that the
 * daemon's log can be emptied between two of them. */
#include "tools/kasirctl/commands.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "edge/lang.h"
#include "tools/kasirctl/tail_line.h"
#include "tools/kasirctl/walk.h"
#include "wire/codec.h"

#define STEP_ENTRIES 64u
#define STEP_BYTES ((size_t)1024 * 1024)
#define POLL_NS 200000000L
#define COUNT_DEFAULT 10u

struct tail {
	const struct cli *cli;
	struct ledger_reader *reader;
	char path[CONFIG_PATH_MAX];
	ino_t file;			/* that the reader has open */
	uint64_t next;			/* index of the first entry not yet shown */
	const char *terminal;		/* only of this one; NULL: of all */
	bool json, colour;
};

static bool
wanted(const struct tail *t, const Kasir__V1__LedgerEntry *e)
{
	return e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION &&
	    (t->terminal == NULL || strcmp(e->transaction->terminal, t->terminal) == 0);
}

struct first {
	const struct tail *tail;
	uint64_t left, index;
};

static enum walk_next
count_back(void *ctx, const struct walk_step *step)
{
	struct first *f = ctx;

	if (f->left == 0)
		return WALK_STOP;
	if (wanted(f->tail, step->entry)) {
		f->index = step->index;
		f->left--;
	}
	return WALK_ON;
}

/* Where the last COUNT that are wanted begin. */
static enum kas_err
find_first(struct tail *t, uint64_t count)
{
	struct first f = { t, count, 0 };
	struct store_head head;
	enum kas_err err;
	struct arena a;

	arena_init(&a, 0);
	err = ledger_read_head(t->reader, &a, &head);
	if (err == KAS_OK) {
		f.index = head.size;
		err = walk_back(t->reader, head.size, count_back, &f);
	}
	arena_fini(&a);
	t->next = f.index;
	return err;
}

static enum kas_err
show(struct tail *t, const struct store_entry *entry, struct arena *a)
{
	const Kasir__V1__Transaction *doc;
	Kasir__V1__LedgerEntry *e;

	if (wire_decode_entry(entry->entry, a, &e, NULL) != KAS_OK || !wanted(t, e))
		return KAS_OK;
	doc = PROTO_UNPACK(kasir__v1__transaction, a, entry->payload);
	if (t->json)
		return tail_json(stdout, t->next, e, doc);
	tail_line(stdout, t->colour, e, doc);
	return KAS_OK;
}

/* All that the ledger has by now. */
static enum kas_err
show_new(struct tail *t)
{
	struct store_entry entries[STEP_ENTRIES];
	enum kas_err err;
	struct arena a;
	size_t n;

	arena_init(&a, 0);
	do {
		arena_reset(&a);
		n = 0;
		err = ledger_read_entries(t->reader, t->next, STEP_ENTRIES, STEP_BYTES, &a, entries,
		    &n);
		for (size_t i = 0; err == KAS_OK && i < n; i++, t->next++)
			err = show(t, &entries[i], &a);
	} while (err == KAS_OK && n > 0);
	arena_fini(&a);
	return err;
}

static int
open_ledger(struct tail *t)
{
	struct stat st;
	int rc = ctl_open_ledger(t->cli, &t->reader);

	if (rc == EX_OK)
		t->file = stat(t->path, &st) == 0 ? st.st_ino : 0;
	return rc;
}

/* After a failed disk write the daemon puts a new file in the ledger's place. */
static int
follow_the_name(struct tail *t)
{
	struct stat st;

	if (stat(t->path, &st) != 0 || st.st_ino == t->file)
		return EX_OK;
	ledger_read_close(t->reader);
	t->reader = NULL;
	return open_ledger(t);
}

static int
follow(struct tail *t)
{
	static const struct timespec poll = { 0, POLL_NS };
	enum kas_err err;
	int rc;

	for (;;) {
		err = show_new(t);
		if (err != KAS_OK)
			return ctl_fail_read(t->cli, err, "the ledger");
		if (fflush(stdout) != 0)
			return cli_fail(t->cli, EX_IOERR, NULL, "standard output: %s",
			    strerror(errno));
		if (!cli_flag(t->cli, "follow"))
			return EX_OK;
		nanosleep(&poll, NULL);
		rc = follow_the_name(t);
		if (rc != EX_OK)
			return rc;
	}
}

int
ctl_tail(struct cli *cli)
{
	struct tail t = { .cli = cli, .json = cli_flag(cli, "json"),
		.terminal = cli_value(cli, "terminal", NULL), .colour = cli_may_colour(stdout) };
	int rc = EX_OK;
	uint64_t count = cli_number(cli, "lines", 0, 1000000, COUNT_DEFAULT, &rc);
	enum kas_err err;

	if (rc == EX_OK)
		rc = ctl_ledger_path(cli, t.path);
	if (rc == EX_OK)
		rc = open_ledger(&t);
	if (rc != EX_OK)
		return rc;
	if (!t.json)
		tail_heading(stdout);
	err = find_first(&t, count);
	rc = err == KAS_OK ? follow(&t) : ctl_fail_read(cli, err, "the ledger");
	ledger_read_close(t.reader);
	return rc;
}
