/* snapshot.c - what the store keeps beside its entries so as not to read them all at every
 * start: which terminals there are and how far each has come, and what is found where.
 *
 * It decides what is a duplicate and whose signature counts, and no signature covers it: so
 * it is made anew from the entries, and held against what is stored, row by row. */
#include "audit/audit_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MISMATCH AUDIT_SNAPSHOT_MISMATCH

enum kas_err
snapshot_init(struct audit *au)
{
	const struct audit_source *source = au->source;
	enum kas_err err;

	if (source->snapshot == NULL)
		return KAS_OK;
	err = source->snapshot(source->ctx, &au->arena, &au->snapshot);
	au->snapshot_due = err == KAS_OK;
	if (err != KAS_CORRUPT && err != KAS_IO)
		return err;
	findings_add(&au->report->findings, MISMATCH, false, 0,
	    "the table of terminals cannot be read, or its rows make no sense");
	return KAS_OK;
}

static int
row_order(const void *pa, const void *pb)
{
	const struct terminal_row *a = pa, *b = pb;
	int d = strcmp(a->terminal, b->terminal);

	return d != 0 ? d : (a->epoch > b->epoch) - (a->epoch < b->epoch);
}

/* What differs; NULL: nothing. */
static const char *
difference(const struct terminal_row *is, const struct terminal_row *should, bool keys_only)
{
	if (memcmp(is->key.b, should->key.b, KEY_LEN) != 0)
		return "key";
	if (is->added_at != should->added_at)
		return "enrolment";
	if (is->revoked_at != should->revoked_at)
		return "revocation";
	if (keys_only)
		return NULL;
	if (is->newest != should->newest || is->count != should->count)
		return "sequence";
	if (is->newest_known != should->newest_known ||
	    (is->newest_known && !hash_equal(&is->newest_hash, &should->newest_hash)))
		return "newest sale";
	if (memcmp(is->newest_txn, should->newest_txn, sizeof is->newest_txn) != 0)
		return "newest identity";
	return is->awaited != should->awaited ? "awaited return" : NULL;
}

static void
check_row(struct audit *au, const struct terminal_row *should)
{
	const struct audit_snapshot *s = &au->snapshot;
	const struct terminal_row *is = NULL;
	const char *what;

	if (s->n_rows > 0)
		is = bsearch(should, s->rows, s->n_rows, sizeof *is, row_order);
	if (is == NULL)
		findings_add(&au->report->findings, MISMATCH, false, should->added_at,
		    "terminal %s epoch %" PRIu64 ", enrolled by entry %" PRIu64
		    ", is not in the table of terminals", should->terminal, should->epoch,
		    should->added_at);
	else if ((what = difference(is, should, s->keys_only)) != NULL)
		findings_add(&au->report->findings, MISMATCH, false, should->added_at,
		    "the table of terminals has another %s of terminal %s epoch %" PRIu64
		    " than the entries", what, should->terminal, should->epoch);
}

static void
check_rows(struct audit *au)
{
	const struct keyring *keys = book_keyring(au->book);
	const struct audit_snapshot *s = &au->snapshot;

	for (size_t i = 0; i < keys->n; i++)
		check_row(au, keys->rows[i]);
	for (size_t i = 0; i < s->n_rows; i++)
		if (keyring_find(keys, s->rows[i].terminal, s->rows[i].epoch) == NULL)
			findings_add(&au->report->findings, MISMATCH, false, s->rows[i].added_at,
			    "terminal %s epoch %" PRIu64 " is in the table of terminals, and no "
			    "entry enrolled it", s->rows[i].terminal, s->rows[i].epoch);
}

static enum kas_err
check_fact(void *ctx, uint64_t covered, const struct fact *fact)
{
	struct audit *au = ctx;

	if (fact_index_mark(&au->facts, fact))
		return KAS_OK;
	/* The next snapshot is written in slices, so some of it may stand ahead; a store that
	 * sells meanwhile may have finished it.  A settled return is linked under its own index,
	 * which may be older. */
	if (fact->index >= au->snapshot.size ||
	    (covered > au->snapshot.size && fact->kind == FACT_LINK))
		return KAS_OK;
	findings_add(&au->report->findings, MISMATCH, false, fact->index,
	    "the table of facts says of entry %" PRIu64 " what does not follow from it",
	    fact->index);
	return KAS_OK;
}

static void
lacks_fact(void *ctx, uint64_t index)
{
	struct audit *au = ctx;

	findings_add(&au->report->findings, MISMATCH, false, index,
	    "what entry %" PRIu64 " is found by is not in the table of facts: sent again, it could "
	    "be taken for new", index);
}

static enum kas_err
check_facts(struct audit *au)
{
	const struct audit_source *source = au->source;
	enum kas_err err;

	if (source->facts == NULL)
		return KAS_OK;
	err = source->facts(source->ctx, check_fact, au);
	if (err == KAS_CORRUPT || err == KAS_IO) {
		findings_add(&au->report->findings, AUDIT_PAGE_CORRUPT, false, 0,
		    "the table of facts cannot be read: %s", err == KAS_CORRUPT ?
		    "a page of it is damaged" : "the disk fails");
		return KAS_OK;
	}
	if (err == KAS_OK)
		fact_index_unmarked(&au->facts, lacks_fact, au);
	return err;
}

static enum kas_err
check_root(struct audit *au)
{
	struct hash root = merkle_empty();
	enum kas_err err = KAS_OK;

	if (!au->snapshot.has_root || !au->spine.alive)
		return KAS_OK;
	if (au->next > 0)
		err = tree_root(au->spine.tree, au->next, &root);
	if (err == KAS_OK && !hash_equal(&root, &au->snapshot.root))
		findings_add(&au->report->findings, MISMATCH, false, au->next,
		    "the root that is kept beside the first %" PRIu64 " entries is not theirs",
		    au->next);
	return err;
}

static enum kas_err
check_state(struct audit *au)
{
	Kasir__V1__BookState *m;
	struct bytes should;
	enum kas_err err;

	if (!au->snapshot.has_state || !au->sums_known || au->next == 0)
		return KAS_OK;
	arena_reset(&au->scratch);
	err = book_state(au->book, &au->scratch, &m);
	if (err == KAS_OK && !proto_pack(&au->scratch, &m->base, &should))
		err = KAS_NOMEM;
	if (err == KAS_OK && !bytes_equal(should, au->snapshot.state))
		findings_add(&au->report->findings, MISMATCH, false, au->next,
		    "what is kept of the open day, its shifts and rules after %" PRIu64
		    " entries is not what they give", au->next);
	return err;
}

/* Entries that are damaged or missing give other tables, and have findings of their own. */
static bool
entries_are_sound(const struct audit *au)
{
	const struct finding *f = findings_headline(&au->report->findings);

	return au->following && au->spine.suspects.n == 0 &&
	    (f == NULL || f->first >= au->snapshot.size);
}

enum kas_err
snapshot_check(struct audit *au)
{
	enum kas_err err;

	if (!au->snapshot_due || au->next != au->snapshot.size)
		return KAS_OK;
	au->snapshot_due = false;
	err = check_root(au);
	if (err != KAS_OK || !entries_are_sound(au))
		return err;
	check_rows(au);
	err = check_state(au);
	if (err == KAS_OK)
		err = fold_drain_facts(au);
	return err == KAS_OK ? check_facts(au) : err;
}

enum kas_err
snapshot_end(struct audit *au)
{
	enum kas_err err = snapshot_check(au);

	if (err == KAS_OK && au->snapshot_due && entries_are_sound(au) && au->next == au->head.size)
		findings_add(&au->report->findings, MISMATCH, false, au->next,
		    "what is kept beside the entries is of %" PRIu64 " entries, and there are %" PRIu64,
		    au->snapshot.size, au->next);
	return err;
}
