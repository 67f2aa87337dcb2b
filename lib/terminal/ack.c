/* ack.c - what an ack message proves. */
#include <string.h>

#include "base/defect.h"
#include "terminal/inner.h"

enum link {
	LINK_NONE,	/* not proved to follow from what we hold: believe nothing of it */
	LINK_HELD,	/* the one we hold */
	LINK_NEWER,	/* proved to extend it */
	LINK_FORK,	/* contradicts it */
};

static enum link
link_from_held(const struct session *s, const Kasir__V1__AckBatch *batch,
    const struct checkpoint *at)
{
	const struct checkpoint *held = &s->held.at;
	struct proof proof;

	if (!s->held.there)
		return LINK_NEWER;	/* the first: the pinned key is all there is */
	if (at->size == held->size)
		return hash_equal(&at->root, &held->root) ? LINK_HELD : LINK_FORK;
	if (at->size < held->size || batch->consistency_from != held->size)
		return LINK_NONE;	/* an answer to something older */
	if (!wire_proof_of(batch->consistency, batch->n_consistency, &proof) ||
	    merkle_verify_consistency(held->size, &held->root, at->size, &at->root, proof.path,
		proof.n) != KAS_OK)
		return LINK_NONE;
	return LINK_NEWER;
}

static struct flight *
flight_of(struct session *s, const Kasir__V1__TransactionRecord *r)
{
	size_t i;

	for (i = 0; i < s->n_flight; i++)
		if (s->flight[i].sequence == r->sequence && s->flight[i].epoch == r->epoch)
			return &s->flight[i];
	return NULL;
}

/* The statement covers store, terminal, identity, predecessor, payload and personal data;
 * with the signature beside it, this is the very thing that was made here. */
static bool
is_ours(const struct session *s, const struct flight *f, const Kasir__V1__TransactionRecord *r)
{
	struct statement st;
	struct hash hash;

	if (DEFECT(ACK_UNCHECKED))
		return true;
	if (wire_statement_of(r, s->store, &st) != KAS_OK)
		return false;
	hash = statement_hash(&st);
	return hash_equal(&hash, &f->hash) && r->signature.len == SIG_LEN &&
	    memcmp(r->signature.data, f->signature, SIG_LEN) == 0;
}

static bool
stands_in(const Kasir__V1__Ack *ack, const struct hash *leaf, const struct checkpoint *at)
{
	struct proof path;

	return wire_proof_of(ack->inclusion, ack->n_inclusion, &path) &&
	    merkle_verify_inclusion(
		leaf, ack->index, at->size, &at->root, path.path, path.n) == KAS_OK;
}

/* KAS_OK: ACK proves that the sale at *RET_FLIGHT stands in AT.  KAS_NOTFOUND: it is about
 * nothing that is in flight.  KAS_CORRUPT: it does not hold. */
static enum kas_err
check_ack(struct session *s, const Kasir__V1__Ack *ack, const struct checkpoint *at,
    struct flight **ret_flight, struct outbox_mark *ret, struct kas_why *why)
{
	struct bytes bytes = bytes_of_proto(ack->entry);
	Kasir__V1__LedgerEntry *entry;
	Kasir__V1__TransactionRecord *r;
	struct flight *f;
	struct hash leaf;

	if (wire_decode_entry(bytes, &s->arena, &entry, why) != KAS_OK)
		return KAS_CORRUPT;
	if (entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return kas_fail(why, KAS_CORRUPT, "entry %llu is no transaction",
		    (unsigned long long)ack->index);
	r = entry->transaction;
	f = flight_of(s, r);
	if (f == NULL)
		return KAS_NOTFOUND;
	if (!is_ours(s, f, r))
		return kas_fail(why, KAS_CORRUPT, "entry %llu is not sale %llu as it was signed",
		    (unsigned long long)ack->index, (unsigned long long)f->sequence);
	leaf = merkle_leaf(bytes);
	if (!stands_in(ack, &leaf, at))
		return kas_fail(why, KAS_CORRUPT, "entry %llu of sale %llu is not in the tree",
		    (unsigned long long)ack->index, (unsigned long long)f->sequence);
	*ret_flight = f;
	/* The entry decides, being what the proof is about; the status only names it. */
	*ret = (struct outbox_mark){
		.epoch = f->epoch,
		.sequence = f->sequence,
		.state = r->conflict ? OUTBOX_CONFLICT : OUTBOX_DURABLE,
		.status = r->conflict	   ? KASIR__V1__ACK_STATUS__CONFLICT
		    : r->n_broken > 0	   ? KASIR__V1__ACK_STATUS__EXCEPTION
					   : KASIR__V1__ACK_STATUS__DURABLE,
		.index = ack->index,
		.leaf = leaf,
	};
	return KAS_OK;
}

/* A signed checkpoint that does not link may be a late or meddled message.  But a proof that
 * puts a sale of ours where, in the history that we had verified, there was something else
 * before the sale was even made, is a second history. */
static bool
rewrites_the_past(struct session *s, const Kasir__V1__AckBatch *batch,
    const struct checkpoint *at)
{
	struct outbox_mark mark;
	struct flight *f;
	struct kas_why why;
	size_t i;

	for (i = 0; i < batch->n_acks; i++)
		if (check_ack(s, batch->acks[i], at, &f, &mark, &why) == KAS_OK &&
		    mark.index < f->made_size)
			return true;
	return false;
}

static size_t
check_acks(struct session *s, const Kasir__V1__AckBatch *batch, const struct checkpoint *at,
    struct outbox_mark *ret)
{
	struct kas_why why;
	struct flight *f;
	size_t i, n = 0;

	for (i = 0; i < batch->n_acks && n < s->n_flight; i++) {
		enum kas_err err = check_ack(s, batch->acks[i], at, &f, &ret[n], &why);

		if (err == KAS_NOTFOUND || (err == KAS_OK && f->answered)) {
			s->since.strays++;
			continue;
		}
		if (err != KAS_OK) {
			session_bad_message(s, "an ack", &why);
			continue;
		}
		f->answered = true;
		s->since.duplicates += batch->acks[i]->status == KASIR__V1__ACK_STATUS__DUPLICATE;
		n++;
	}
	return n;
}

static void
unanswer(struct session *s, const struct outbox_mark *marks, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < s->n_flight; j++)
			if (s->flight[j].sequence == marks[i].sequence &&
			    s->flight[j].epoch == marks[i].epoch)
				s->flight[j].answered = false;
}

static void
count_mark(struct session *s, const struct outbox_mark *m)
{
	s->count[OUTBOX_MADE]--;
	s->count[m->state]++;
	s->unanswered--;
	s->since.acked++;
	s->since.exceptions += m->status == KASIR__V1__ACK_STATUS__EXCEPTION;
	if (m->state == OUTBOX_CONFLICT)
		session_alarm(s,
		    "sale %llu of epoch %llu is in conflict: its number belongs to another sale; if "
		    "this outbox was lost or copied, enrol the terminal again",
		    (unsigned long long)m->sequence, (unsigned long long)m->epoch);
	if (s->ports.events.on_mark != NULL)
		s->ports.events.on_mark(s->ports.events.ctx, m);
}

/* Kept first, believed then: after a crash in between, the store answers again. */
static bool
keep_marks(struct session *s, const struct outbox_mark *marks, size_t n, struct bytes note)
{
	enum kas_err err;
	size_t i;

	if (n == 0 && note.n == 0)
		return true;
	err = s->ports.outbox.mark(s->ports.outbox.ctx, marks, n, note);
	if (err != KAS_OK) {
		unanswer(s, marks, n);
		session_fail(s, err, "keeping what the store has proved");
		return false;
	}
	for (i = 0; i < n; i++)
		count_mark(s, &marks[i]);
	return true;
}

static void
on_unlinked(struct session *s, const Kasir__V1__AckBatch *batch, const struct checkpoint *at)
{
	struct kas_why why;

	if (s->held.there && rewrites_the_past(s, batch, at)) {
		session_fork(s, bytes_of_proto(batch->checkpoint),
		    "a sale stands in the ledger before the time at which it was made");
		return;
	}
	if (at->size < s->held.at.size || batch->consistency_from != s->held.at.size) {
		/* Honest but late: it answers what we sent under an older checkpoint.  Asked
		 * again, the store proves from the right one. */
		s->since.strays++;
		if (s->under_way && at->size > s->held.at.size)
			session_again(s, UNLINKED_US);
		return;
	}
	(void)kas_fail(&why, KAS_CORRUPT, "no proof that checkpoint %llu follows from %llu",
	    (unsigned long long)at->size, (unsigned long long)s->held.at.size);
	session_bad_message(s, "an ack", &why);
}

static void
on_linked(struct session *s, const Kasir__V1__AckBatch *batch, const struct checkpoint *at,
    bool newer)
{
	struct outbox_mark marks[WIRE_BATCH_TRANSACTIONS_MAX];
	struct bytes note = newer ? bytes_of_proto(batch->checkpoint) : BYTES_NONE;
	size_t n = check_acks(s, batch, at, marks);

	if (!keep_marks(s, marks, n, note))
		return;
	if (newer)
		known_set(&s->held, at, note);
	session_link_cosigned(s, batch, at);
	if (s->forked)
		return;
	session_witness_late(s, marks, n);
	if (n > 0 || (s->under_way && s->n_flight == 0)) {
		if (n == 0)
			s->question_due = s->now + QUESTION_US;
		session_progress(s);
	}
}

static void
on_proofs(struct session *s, const Kasir__V1__AckBatch *batch)
{
	struct checkpoint at;
	struct kas_why why;

	if (note_cache_checkpoint(s->cache, bytes_of_proto(batch->checkpoint),
		&s->config.store_key, NULL, &at, &why) != KAS_OK) {
		session_bad_message(s, "an ack's checkpoint", &why);
		return;
	}
	switch (link_from_held(s, batch, &at)) {
	case LINK_NONE:
		on_unlinked(s, batch, &at);
		break;
	case LINK_HELD:
		on_linked(s, batch, &at, false);
		break;
	case LINK_NEWER:
		on_linked(s, batch, &at, true);
		break;
	case LINK_FORK:
		session_fork(s, bytes_of_proto(batch->checkpoint),
		    "two checkpoints of one size with different roots");
		break;
	}
}

void
session_on_ack(struct session *s, struct bytes payload)
{
	Kasir__V1__AckBatch *batch;
	struct kas_why why;

	if (wire_decode_ack_batch(payload, &s->arena, &batch, &why) != KAS_OK) {
		session_bad_message(s, "an ack", &why);
		return;
	}
	/* Proofs first: a refusal may end the wait for what it does not mention. */
	if (batch->checkpoint.len > 0)
		on_proofs(s, batch);
	if (batch->refusals.len > 0 && !s->forked && !s->failed)
		session_on_refusals(s, batch);
}
