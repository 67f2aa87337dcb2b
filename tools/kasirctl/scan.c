#include "tools/kasirctl/scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "edge/history.h"
#include "edge/progress.h"
#include "wire/codec.h"

#define SCAN_ENTRIES 256u
#define SCAN_BYTES ((size_t)1024 * 1024)

const char *
scan_standing_name(enum scan_standing s)
{
	static const char *const names[] = { "counts", "exception", "accepted", "voided",
		"training" };

	return names[s];
}

bool
scan_is_counted(enum scan_standing s)
{
	return s == SCAN_COUNTS || s == SCAN_ACCEPTED;
}

static int
by_subject(const void *a, const void *b)
{
	const struct scan_word *x = a, *y = b;

	if (x->of != y->of)
		return x->of < y->of ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* The first word on INDEX of the wanted sort. */
static const struct scan_word *
word_on(const struct scan *s, uint64_t index, bool settles)
{
	size_t low = 0, high = s->n_words, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (s->words[mid].of < index)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < s->n_words && s->words[low].of == index; low++)
		if (s->words[low].settles == settles)
			return &s->words[low];
	return NULL;
}

static bool
is_training(const Kasir__V1__Transaction *doc)
{
	for (size_t i = 0; doc != NULL && i < doc->n_flags; i++)
		if (doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__TRAINING)
			return true;
	return false;
}

static void
judge(const struct scan *s, struct scan_step *x)
{
	bool broken = x->entry->transaction->n_broken > 0;

	x->settled = word_on(s, x->index, true);
	x->resolved = word_on(s, broken || x->settled == NULL ? x->index : x->settled->index,
	    false);
	if (is_training(x->doc))
		x->standing = SCAN_TRAINING;
	else if (x->resolved != NULL && x->resolved->how == KASIR__V1__RESOLUTION__VOIDED)
		x->standing = SCAN_VOIDED;
	else if (broken)
		x->standing = x->resolved != NULL ? SCAN_ACCEPTED : SCAN_EXCEPTION;
	else
		x->standing = SCAN_COUNTS;
}

/* What stands at INDEX, in A; with its words once they are known. */
static enum kas_err
open_step(const struct scan *s, uint64_t index, const struct store_entry *kept, struct arena *a,
    bool whole, struct scan_step *ret)
{
	struct scan_step x = { .index = index };
	Kasir__V1__LedgerEntry *e;
	enum kas_err err;

	err = wire_decode_entry(kept->entry, a, &e, NULL);
	if (err != KAS_OK)
		return err;
	x.entry = e;
	if (whole && e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION) {
		x.doc = PROTO_UNPACK(kasir__v1__transaction, a, kept->payload);
		if (x.doc == NULL && a->exhausted)
			return KAS_NOMEM;
		judge(s, &x);
	}
	*ret = x;
	return KAS_OK;
}

static int
fail_at(const struct cli *cli, uint64_t index, enum kas_err err)
{
	char what[64];

	snprintf(what, sizeof what, "entry %" PRIu64, index);
	return ctl_fail_read(cli, err, what);
}

struct walk {
	const struct cli *cli;
	const struct scan *s;
	bool whole;		/* with payloads */
	int (*visit)(void *ctx, const struct scan_step *step);
	void *ctx;
};

static int
walk_some(const struct walk *w, uint64_t first, uint64_t end, struct arena *a, size_t *ret_n)
{
	struct store_entry kept[SCAN_ENTRIES];
	struct scan_step x;
	enum kas_err err;
	int rc = EX_OK;

	arena_reset(a);
	err = ledger_read_entries(w->s->reader, first,
	    end - first < SCAN_ENTRIES ? (size_t)(end - first) : SCAN_ENTRIES, SCAN_BYTES, a, kept,
	    ret_n);
	if (err == KAS_OK && *ret_n == 0)
		err = KAS_CORRUPT;
	if (err != KAS_OK)
		return fail_at(w->cli, first, err);
	for (size_t i = 0; rc == EX_OK && i < *ret_n; i++) {
		err = open_step(w->s, first + i, &kept[i], a, w->whole, &x);
		rc = err == KAS_OK ? w->visit(w->ctx, &x) : fail_at(w->cli, first + i, err);
	}
	return rc;
}

static int
walk(const struct walk *w, uint64_t first, uint64_t end, const char *what)
{
	struct progress bar;
	struct arena a;
	int rc = EX_OK;
	size_t n = 0;

	arena_init(&a, 0);
	progress_init(&bar, what, "entries", end - first);
	for (uint64_t at = first; rc == EX_OK && at < end; at += n) {
		progress_set(&bar, at - first);
		rc = walk_some(w, at, end, &a, &n);
	}
	progress_end(&bar);
	arena_fini(&a);
	return rc;
}

int
scan_each(const struct cli *cli, const struct scan *s, uint64_t first, uint64_t end,
    const char *what, int (*visit)(void *ctx, const struct scan_step *step), void *ctx)
{
	struct walk w = { cli, s, true, visit, ctx };

	return walk(&w, first, end, what);
}

int
scan_one(const struct cli *cli, const struct scan *s, uint64_t index, struct arena *a,
    struct scan_step *ret)
{
	struct store_entry kept;
	enum kas_err err;

	err = history_entry(s->reader, index, a, &kept);
	if (err == KAS_OK)
		err = open_step(s, index, &kept, a, true, ret);
	return err == KAS_OK ? EX_OK : fail_at(cli, index, err);
}

struct gathering {
	const struct cli *cli;
	struct scan *s;
	size_t cap;
};

static int
keep(struct gathering *g, const struct scan_word *w)
{
	size_t cap = g->cap == 0 ? 64 : 2 * g->cap;
	struct scan_word *more;

	if (g->s->n_words == g->cap) {
		more = realloc(g->s->words, cap * sizeof *more);
		if (more == NULL)
			return cli_fail(g->cli, EX_OSERR, NULL, "out of memory");
		g->s->words = more;
		g->cap = cap;
	}
	g->s->words[g->s->n_words++] = *w;
	return EX_OK;
}

static int
gather(void *ctx, const struct scan_step *x)
{
	struct gathering *g = ctx;
	const Kasir__V1__LedgerEntry *e = x->entry;
	struct scan_word w = { .index = x->index, .wall_us = e->wall_us };

	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED) {
		w.of = e->exception_resolved->index;
		w.how = e->exception_resolved->how;
		return keep(g, &w);
	}
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED &&
	    e->return_settled->n_broken > 0) {
		w.of = e->return_settled->return_index;
		w.settles = true;
		return keep(g, &w);
	}
	return EX_OK;
}

static int
take_store(const struct cli *cli, struct scan *s, struct arena *a)
{
	const Kasir__V1__StoreOpened *o;
	struct scan_step x = { 0 };
	int rc;

	rc = scan_one(cli, s, 0, a, &x);
	if (rc != EX_OK)
		return rc;
	if (x.entry == NULL || x.entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		return fail_at(cli, 0, KAS_CORRUPT);
	o = x.entry->store_opened;
	snprintf(s->store, sizeof s->store, "%s", o->store);
	snprintf(s->origin, sizeof s->origin, "%s", o->origin);
	snprintf(s->currency, sizeof s->currency, "%s", o->currency);
	s->exponent = o->exponent;
	return EX_OK;
}

static int
begin(const struct cli *cli, struct scan *s)
{
	struct gathering g = { cli, s, 0 };
	struct walk w = { cli, s, false, gather, &g };
	struct store_head head;
	enum kas_err err;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	err = ledger_read_head(s->reader, &a, &head);
	if (err != KAS_OK)
		rc = ctl_fail_read(cli, err, "the ledger");
	else if (head.size == 0)
		rc = cli_fail(cli, EX_NOINPUT, "start kasird once", "the ledger is empty");
	else
		rc = take_store(cli, s, &a);
	s->size = head.size;
	arena_fini(&a);
	if (rc == EX_OK)
		rc = walk(&w, 0, s->size, "Reading");
	if (rc == EX_OK && s->n_words > 0)
		qsort(s->words, s->n_words, sizeof *s->words, by_subject);
	return rc;
}

int
scan_open(const struct cli *cli, struct scan *ret)
{
	struct scan s = { 0 };
	int rc;

	rc = ctl_open_ledger(cli, &s.reader);
	if (rc != EX_OK)
		return rc;
	rc = begin(cli, &s);
	if (rc != EX_OK)
		scan_close(&s);
	else
		*ret = s;
	return rc;
}

void
scan_close(struct scan *s)
{
	free(s->words);
	ledger_read_close(s->reader);
}
