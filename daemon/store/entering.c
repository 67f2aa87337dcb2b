/* entering.c - what is genuine becomes an entry, or is answered as before. */
#include "daemon/store/engine_parts.h"

#include "base/defect.h"

static Kasir__V1__AckStatus
status_of(const Kasir__V1__TransactionRecord *r)
{
	if (r->conflict)
		return KASIR__V1__ACK_STATUS__CONFLICT;
	return r->n_broken > 0 ? KASIR__V1__ACK_STATUS__EXCEPTION :
	    KASIR__V1__ACK_STATUS__DURABLE;
}

static struct reply
reply_to(const struct candidate *c, Kasir__V1__AckStatus status)
{
	return (struct reply){ .peer = c->peer, .status = status, .epoch = c->t.st.epoch,
		.sequence = c->t.st.sequence, .statement = c->t.hash };
}

/* The answer of the entry at INDEX again, whatever it was; if it is not durable yet, with
 * its flush. */
static enum kas_err
answer_taken(struct engine *en, const struct candidate *c, uint64_t index)
{
	Kasir__V1__LedgerEntry *entry;
	struct reply r = reply_to(c, KASIR__V1__ACK_STATUS__DUPLICATE);
	struct group *g = ledger_group_of(en, index);
	struct bytes payload;
	enum kas_err err;

	err = ledger_read(en, index, &en->turn, &r.entry, &payload);
	if (err == KAS_OK)
		err = wire_decode_entry(r.entry, &en->turn, &entry, NULL);
	if (err == KAS_OK && entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		err = KAS_CORRUPT;
	if (err != KAS_OK)
		return err;
	r.index = index;
	r.original = status_of(entry->transaction);
	if (r.original == KASIR__V1__ACK_STATUS__CONFLICT)
		r.status = r.original;
	/* It was sent again, so what we sent last may be lost: go by what the terminal says. */
	c->peer->linked = c->peer->stated;
	en->count.duplicates++;
	return acks_add(en, g, &r);
}

static enum kas_err
enter(struct engine *en, const struct candidate *c, const struct judgement *j,
    const struct clock_reading *now)
{
	struct reply r = reply_to(c, KASIR__V1__ACK_STATUS__DURABLE);
	enum kas_err err;

	err = ledger_stage_transaction(en, &c->t, j, now, &r.entry, &r.index);
	if (err != KAS_OK)
		return err;
	if (j->verdict == VERDICT_CONFLICT_NEW) {
		r.status = KASIR__V1__ACK_STATUS__CONFLICT;
		en->count.conflicts++;
		engine_log(en, LOG_LVL_WARNING,
		    "terminal \"%s\": sequence %llu conflicts with entry %llu; kept as entry %llu",
		    c->peer->terminal, (unsigned long long)c->t.st.sequence,
		    (unsigned long long)j->index, (unsigned long long)r.index);
	} else if (!rule_set_is_empty(&j->broken)) {
		r.status = KASIR__V1__ACK_STATUS__EXCEPTION;
		en->count.exceptions++;
	}
	c->peer->last_wall_us = now->wall_us;
	return acks_add(en, en->gather, &r);
}

void
enter_candidate(struct engine *en, const struct candidate *c, const struct clock_reading *now)
{
	struct judgement j;
	enum kas_err err;

	/* Documents may take a hundred times their size in memory: one at a time. */
	arena_reset(&en->judging);
	err = book_judge(en->book, &c->t, now->wall_us, &en->judging, &j);
	if (err == KAS_OK && DEFECT(DEDUPE_OFF) && j.verdict == VERDICT_DUPLICATE) {
		j.verdict = VERDICT_NEW;
		j.doc = PROTO_UNPACK(kasir__v1__transaction, &en->judging, c->t.payload);
	}
	if (err == KAS_OK)
		err = j.verdict == VERDICT_NEW || j.verdict == VERDICT_CONFLICT_NEW ?
		    enter(en, c, &j, now) : answer_taken(en, c, j.index);
	if (err != KAS_OK)
		intake_give_up(en, c->peer->terminal, err);
}
