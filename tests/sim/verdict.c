/* The oracle's verdict when all is quiet: promises 1 to 6, by its own books and arithmetic. */
#include "tests/sim/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "kasir/v1/transaction.pb-c.h"
#include "proof/checkpoint.h"

#define LLU(n) ((unsigned long long)(n))

/* The ledger's totals as they ought to be so far. */
struct sums {
	Kasir__V1__GrandTotals t;
	struct row {
		uint64_t magnitude;	/* |payable| */
		bool counted;		/* as an exception, or as training, where no money moves */
		bool is_transaction;
		Kasir__V1__TransactionType type;
		bool negative;
	} *rows;			/* of the entry at each index */
};

static void
add(uint64_t *amount, uint64_t *count, uint64_t magnitude)
{
	*amount = *amount > INT64_MAX - magnitude || magnitude > INT64_MAX ? INT64_MAX
	    : *amount + magnitude;
	(*count)++;
}

static bool
is_training(const Kasir__V1__Transaction *doc)
{
	for (size_t i = 0; i < doc->n_flags; i++) {
		if (doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__TRAINING)
			return true;
	}
	return false;
}

static void
add_by_type(struct sums *s, const struct row *row)
{
	bool exchange = row->type == KASIR__V1__TRANSACTION_TYPE__EXCHANGE;

	if (row->type == KASIR__V1__TRANSACTION_TYPE__SALE || (exchange && !row->negative))
		add(&s->t.sales, &s->t.sales_count, row->magnitude);
	else if (row->type == KASIR__V1__TRANSACTION_TYPE__RETURN || exchange)
		add(&s->t.returns, &s->t.returns_count, row->magnitude);
	else if (row->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID)
		add(&s->t.voids, &s->t.voids_count, row->magnitude);
}

static void
add_transaction(struct sums *s, const Kasir__V1__TransactionRecord *r,
    const Kasir__V1__Transaction *doc, struct row *row)
{
	uint64_t magnitude = doc == NULL ? 0 : doc->payable < 0 ? 0 - (uint64_t)doc->payable
	    : (uint64_t)doc->payable;
	bool training = doc != NULL && is_training(doc);

	row->magnitude = magnitude;
	row->is_transaction = true;
	row->type = doc != NULL ? doc->type : KASIR__V1__TRANSACTION_TYPE__TRANSACTION_TYPE_UNSPECIFIED;
	row->negative = doc != NULL && doc->payable < 0;
	row->counted = training || r->n_broken > 0;
	if (training)
		add(&s->t.training, &s->t.training_count, magnitude);
	else if (r->n_broken > 0)
		add(&s->t.exceptions, &s->t.exceptions_count, magnitude);
	else
		add_by_type(s, row);
}

/* A return whose original came later, and that it does not fit. */
static void
add_settled(struct sums *s, const Kasir__V1__ReturnSettled *settled)
{
	const struct row *row = &s->rows[settled->return_index];

	if (settled->n_broken > 0 && !row->counted)
		add(&s->t.exceptions, &s->t.exceptions_count, row->magnitude);
}

/* What was accepted counts from then on; nothing is taken back. */
static void
add_resolved(struct sums *s, const Kasir__V1__ExceptionResolved *m)
{
	const struct row *row = &s->rows[m->index];

	if (m->how == KASIR__V1__RESOLUTION__ACCEPTED && row->is_transaction)
		add_by_type(s, row);
}

static bool
same_totals(const Kasir__V1__GrandTotals *a, const Kasir__V1__GrandTotals *b)
{
	return a->sales == b->sales && a->sales_count == b->sales_count &&
	    a->returns == b->returns && a->returns_count == b->returns_count &&
	    a->exceptions == b->exceptions && a->exceptions_count == b->exceptions_count &&
	    a->voids == b->voids && a->voids_count == b->voids_count &&
	    a->training == b->training && a->training_count == b->training_count;
}

/* The entry at INDEX is a transaction: some till signed it, and it stands here once. */
static void
judge_transaction(struct oracle *o, uint64_t index, const struct store_entry *e,
    const Kasir__V1__TransactionRecord *r, bool *seen)
{
	struct statement st;
	struct hash hash;
	struct sale *s;

	if (wire_statement_of(r, o->store, &st) != KAS_OK) {
		world_fail(o->w, "entry %llu has no statement", LLU(index));
		return;
	}
	hash = statement_hash(&st);
	s = oracle_find(o, &hash);
	if (s == NULL)
		world_fail(o->w, "entry %llu (%s %llu) is in the ledger, but no till signed it",
		    LLU(index), r->terminal, LLU(r->sequence));
	else if (seen[s - o->sales])
		world_fail(o->w, "%s's sale %llu is in the ledger twice; again at %llu",
		    s->terminal, LLU(s->sequence), LLU(index));
	else if (!bytes_equal(s->payload, e->payload) ||
	    !bytes_equal(s->signature, bytes_of_proto(r->signature)))
		world_fail(o->w, "entry %llu does not hold the bytes that %s sent", LLU(index),
		    s->terminal);
	else
		seen[s - o->sales] = true;
}

static void
judge_entry(struct oracle *o, uint64_t index, const struct store_entry *e, struct sums *sums,
    bool *seen, struct arena *a)
{
	Kasir__V1__LedgerEntry *entry;
	Kasir__V1__Transaction *doc = NULL;

	if (wire_decode_entry(e->entry, a, &entry, NULL) != KAS_OK || entry->totals == NULL) {
		world_fail(o->w, "entry %llu does not decode", LLU(index));
		return;
	}
	if (entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION) {
		judge_transaction(o, index, e, entry->transaction, seen);
		doc = PROTO_UNPACK(kasir__v1__transaction, a, e->payload);
		add_transaction(sums, entry->transaction, doc, &sums->rows[index]);
	} else if (entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED) {
		add_settled(sums, entry->return_settled);
	} else if (entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED) {
		add_resolved(sums, entry->exception_resolved);
	}
	if (!same_totals(&sums->t, entry->totals))
		world_fail(o->w, "the grand totals of entry %llu are not the sum of the rows up to "
		    "it", LLU(index));
}

static void
judge_checkpoint(struct oracle *o, const struct image *im)
{
	struct checkpoint c;
	struct hash root;
	struct kas_why why;

	if (im->n == 0)
		return;
	if (checkpoint_open(im->checkpoint, &o->store_key, &c, &why) != KAS_OK)
		world_fail(o->w, "the ledger's checkpoint is bad: %s", why.text);
	else if (c.size != im->n || !history_root(&o->now, c.size, &root) ||
	    !hash_equal(&root, &c.root))
		world_fail(o->w, "the ledger's checkpoint (size %llu) is not of its %zu entries",
		    LLU(c.size), im->n);
}

/* What tills were proved to be in the ledger is there, or was before a backup was put back. */
static void
judge_fates(struct oracle *o, const bool *seen)
{
	for (size_t i = 0; i < o->n_sales; i++) {
		const struct sale *s = &o->sales[i];
		bool proved = s->fate == FATE_DURABLE || s->fate == FATE_CONFLICT;

		if (s->honest && proved && !seen[i] && !o->rolled_back)
			world_fail(o->w, "%s was proved that its sale %llu is in the ledger; "
			    "it is not", s->terminal, LLU(s->sequence));
	}
}

void
oracle_judge_ledger(struct oracle *o)
{
	const struct image *im = disk_durable(o->disk);
	struct sums sums = { .t = KASIR__V1__GRAND_TOTALS__INIT,
		.rows = sim_alloc((im->n + 1) * sizeof(*sums.rows)) };
	bool *seen = sim_alloc((o->n_sales + 1) * sizeof(*seen));
	struct arena a;

	arena_init(&a, 0);
	oracle_look_at_disks(o);
	for (uint64_t i = 0; i < im->n && !o->w->failed; i++) {
		arena_reset(&a);
		judge_entry(o, i, &im->entries[i], &sums, seen, &a);
	}
	judge_checkpoint(o, im);
	judge_fates(o, seen);
	arena_fini(&a);
	free(seen);
	free(sums.rows);
}

static const struct outbox_sale *
in_outbox(const struct outbox_sale *sales, size_t n, const struct sale *s)
{
	for (size_t i = 0; i < n; i++) {
		if (hash_equal(&sales[i].hash, &s->hash))
			return &sales[i];
	}
	return NULL;
}

static void
judge_kept(struct oracle *o, const struct sale *s, const struct outbox_sale *kept, bool revoked)
{
	const char *wrong = NULL;

	if (kept == NULL) {
		/* Only what headquarters has cosigned may be forgotten. */
		if (s->fate != FATE_DURABLE || s->index >= o->hq_cosigned_ever)
			wrong = "is gone from its outbox, but headquarters never had it";
	} else if (kept->state == OUTBOX_MADE) {
		if (!o->rolled_back && !revoked)
			wrong = "still waits though all is quiet";
	} else if (kept->state == OUTBOX_REJECTED) {
		if (!revoked)
			wrong = "was refused though its key is good";
	} else if (kept->state == OUTBOX_CONFLICT) {
		if (!s->equivocal)
			wrong = "is marked as a conflict, but has its identity to itself";
	} else if (s->fate != FATE_DURABLE || !hash_equal(&kept->leaf, &s->leaf)) {
		wrong = "is marked durable without proof";
	} else if (kept->state == OUTBOX_WITNESSED && kept->index >= o->hq_cosigned_ever) {
		wrong = "is marked witnessed, but headquarters never had it";
	}
	if (wrong != NULL)
		world_fail(o->w, "%s's sale %llu %s", s->terminal, LLU(s->sequence), wrong);
}

void
oracle_judge_outbox(struct oracle *o, const char *terminal, const struct outbox_sale *sales,
    size_t n, bool revoked)
{
	for (size_t i = 0; i < o->n_sales && !o->w->failed; i++) {
		const struct sale *s = &o->sales[i];

		if (s->honest && s->made && strcmp(s->terminal, terminal) == 0)
			judge_kept(o, s, in_outbox(sales, n, s), revoked);
	}
}

void
oracle_judge_agreement(struct oracle *o)
{
	struct bytes note = hq_memory_checkpoint(*o->hq_memory, o->store);
	struct checkpoint c;
	struct hash root;
	struct kas_why why;

	oracle_look_at_disks(o);
	if (o->hq.n != o->now.n || history_common(&o->hq, &o->now) != o->now.n)
		world_fail(o->w, "headquarters holds %zu entries, the store %zu; they agree on the "
		    "first %zu", o->hq.n, o->now.n, history_common(&o->hq, &o->now));
	else if (checkpoint_open_cosigned(note, &o->store_key, &o->hq_key, &c, NULL, &why) !=
	    KAS_OK)
		world_fail(o->w, "headquarters' newest checkpoint is not cosigned: %s", why.text);
	else if (c.size != o->now.n || !history_root(&o->now, c.size, &root) ||
	    !hash_equal(&root, &c.root))
		world_fail(o->w, "headquarters cosigned size %llu; the store has %zu", LLU(c.size),
		    o->now.n);
}
