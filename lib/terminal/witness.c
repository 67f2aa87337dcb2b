/* witness.c - from "the store has it" to "headquarters has it". */
#include <string.h>

#include "terminal/inner.h"

/* All DURABLE sales were proved to stand in histories that the held checkpoint extends; this
 * one is of that history too, so what stands below its size is what was proved. */
static void
settle(struct session *s, const struct checkpoint *at, struct bytes note)
{
	size_t n = 0, gone = 0;
	enum kas_err err = s->ports.outbox.witness(s->ports.outbox.ctx, at->size, note, &n);

	if (err == KAS_OK)
		err = s->ports.outbox.prune(
		    s->ports.outbox.ctx, OUTBOX_WITNESSED, INT64_MAX, &gone);
	if (err != KAS_OK) {
		session_fail(s, err, "keeping a cosignature");
		s->question_due = s->now + QUESTION_US;
		return;
	}
	known_set(&s->cosigned, at, note);
	if (s->candidate.there && s->candidate.at.size <= at->size)
		known_forget(&s->candidate);
	s->count[OUTBOX_DURABLE] -= n;
	s->count[OUTBOX_WITNESSED] = 0;
	s->since.witnessed += n;
	if (s->ports.events.on_witnessed != NULL)
		s->ports.events.on_witnessed(s->ports.events.ctx, at->size, n);
}

static bool
contradicts(const struct known *k, const struct checkpoint *at)
{
	return k->there && k->at.size == at->size && !hash_equal(&k->at.root, &at->root);
}

static bool
agrees(const struct known *k, const struct checkpoint *at)
{
	return k->there && k->at.size == at->size && hash_equal(&k->at.root, &at->root);
}

static void
on_cosigned(struct session *s, const struct checkpoint *at, struct bytes note)
{
	if (s->cosigned.there && at->size <= s->cosigned.at.size)
		return;
	if (agrees(&s->held, at)) {
		settle(s, at, note);
		return;
	}
	if (s->candidate.there && at->size <= s->candidate.at.size)
		return;
	known_set(&s->candidate, at, note);
	s->question_due = s->now;
}

/* The store has signed something new: what it did not answer before, it may answer now.
 * Only ever larger sizes count, so that nobody can drive us by playing old notices. */
static void
on_sign_of_life(struct session *s)
{
	if (s->under_way && s->attempts > 0)
		session_again(s, UNLINKED_US);
}

void
session_on_notice(struct session *s, struct bytes payload)
{
	Kasir__V1__CheckpointNotice *notice =
	    PROTO_UNPACK(kasir__v1__checkpoint_notice, &s->arena, payload);
	struct checkpoint at;
	struct kas_why why = { "" };
	struct bytes note;
	enum kas_err err = KAS_MALFORMED;
	bool cosigned = false;

	(void)kas_fail(&why, KAS_MALFORMED, "it does not decode");
	if (notice != NULL) {
		note = bytes_of_proto(notice->checkpoint);
		err = note_cache_checkpoint(
		    s->cache, note, &s->config.store_key, s->config.hq, &at, &why);
		cosigned = err == KAS_OK && s->config.hq != NULL;
		if (err == KAS_NOTFOUND)	/* not cosigned: the store's alone */
			err = note_cache_checkpoint(
			    s->cache, note, &s->config.store_key, NULL, &at, &why);
	}
	if (err != KAS_OK) {
		session_bad_message(s, "a checkpoint", &why);
		return;
	}
	if (contradicts(&s->held, &at) || contradicts(&s->cosigned, &at) ||
	    contradicts(&s->candidate, &at)) {
		session_fork(s, note, "two checkpoints of one size with different roots");
		return;
	}
	if (cosigned)
		on_cosigned(s, &at, note);
	if (at.size > s->newest_notice) {
		s->newest_notice = at.size;
		on_sign_of_life(s);
	}
}

/* AT is held by now.  The answer may also link to it what we did not have to ask about. */
void
session_link_cosigned(struct session *s, const Kasir__V1__AckBatch *batch,
    const struct checkpoint *at)
{
	const struct checkpoint *c = &s->candidate.at;
	struct proof proof;
	struct kas_why why;

	if (!s->candidate.there || c->size > at->size)
		return;
	if (contradicts(&s->candidate, at)) {
		session_fork(s, buf_bytes(&s->candidate.note),
		    "two checkpoints of one size with different roots");
		return;
	}
	if (!agrees(&s->candidate, at)) {
		if (batch->cosigned_from != c->size)
			return;
		if (!wire_proof_of(
			batch->cosigned_consistency, batch->n_cosigned_consistency, &proof) ||
		    merkle_verify_consistency(
			c->size, &c->root, at->size, &at->root, proof.path, proof.n) != KAS_OK) {
			(void)kas_fail(&why, KAS_CORRUPT,
			    "no proof that checkpoint %llu follows from the cosigned %llu",
			    (unsigned long long)at->size, (unsigned long long)c->size);
			session_bad_message(s, "an ack", &why);
			return;
		}
	}
	settle(s, c, buf_bytes(&s->candidate.note));
}

/* What is proved only now may stand below what headquarters was known to have cosigned
 * before: the held checkpoint extends both, so that the cosigned history has it too. */
void
session_witness_late(struct session *s, const struct outbox_mark *marks, size_t n)
{
	struct checkpoint at = s->cosigned.at;
	struct bytes note;
	bool below = false;
	size_t i;

	for (i = 0; i < n; i++)
		below |= marks[i].state == OUTBOX_DURABLE && marks[i].index < at.size;
	if (s->cosigned.there && below && s->count[OUTBOX_DURABLE] > 0 &&
	    arena_copy(&s->arena, buf_bytes(&s->cosigned.note), &note))
		settle(s, &at, note);
}

bool
session_has_question(const struct session *s)
{
	return s->candidate.there && s->count[OUTBOX_DURABLE] > 0 && s->now >= s->question_due;
}
