/* refusal.c - what the store says without a proof: under its signature, or it counts for
 * nothing. */
#include <stdio.h>
#include <string.h>

#include "terminal/inner.h"

static const char *
reason_text(Kasir__V1__RefusalReason reason)
{
	static const char *const text[] = {
		[KASIR__V1__REFUSAL_REASON__NOT_A_BATCH] = "the store could not read the message",
		[KASIR__V1__REFUSAL_REASON__WRONG_TERMINAL] = "the message names another terminal",
		[KASIR__V1__REFUSAL_REASON__UNKNOWN_TERMINAL] = "the store does not know this terminal",
		[KASIR__V1__REFUSAL_REASON__UNKNOWN_EPOCH] = "the store does not know this epoch",
		[KASIR__V1__REFUSAL_REASON__REVOKED] = "this terminal's key is revoked",
		[KASIR__V1__REFUSAL_REASON__BAD_SIGNATURE] = "the signature is not by the known key",
		[KASIR__V1__REFUSAL_REASON__MALFORMED] = "a field is missing or of the wrong length",
		[KASIR__V1__REFUSAL_REASON__STARTING] = "the store is starting",
		[KASIR__V1__REFUSAL_REASON__STORAGE_FULL] = "the store's disk is full",
		[KASIR__V1__REFUSAL_REASON__STORAGE_FAILED] = "the store's disk failed",
		[KASIR__V1__REFUSAL_REASON__NEWER_HISTORY] = "the store has lost history that was shown to us",
		[KASIR__V1__REFUSAL_REASON__BUSY] = "the store is busy",
	};
	size_t i = (size_t)reason;

	return i < sizeof(text) / sizeof(text[0]) && text[i] != NULL ? text[i] : "the store refuses";
}

static bool
is_signed(const struct session *s, const Kasir__V1__AckBatch *batch)
{
	char text[STATEMENT_MAX];
	size_t n;

	if (batch->refusals_signature.len != SIG_LEN)
		return false;
	n = refusal_statement_format(
	    s->store, s->terminal, bytes_of_proto(batch->refusals), text);
	return sig_verify(
	    &s->config.store_key.key, BYTES(text, n), batch->refusals_signature.data);
}

static struct flight *
flight_by_hash(struct session *s, ProtobufCBinaryData hash)
{
	size_t i;

	for (i = 0; i < s->n_flight; i++)
		if (!s->flight[i].answered && hash.len == HASH_LEN &&
		    memcmp(s->flight[i].hash.b, hash.data, HASH_LEN) == 0)
			return &s->flight[i];
	return NULL;
}

static void
give_reason(struct session *s, const Kasir__V1__Refusal *r)
{
	snprintf(s->reason, sizeof(s->reason), "%s", reason_text(r->reason));
}

/* One voice for a whole batch; each sale's state is kept and shown anyway. */
static void
call_for_help(struct session *s, const struct flight *f, const Kasir__V1__Refusal *r)
{
	if (s->now < s->rejected_alarm_due)
		return;
	s->rejected_alarm_due = s->now + BAD_ALARM_US;
	session_alarm(s, "sale %llu of epoch %llu is rejected: %s",
	    (unsigned long long)f->sequence, (unsigned long long)f->epoch, reason_text(r->reason));
}

static void
reject(struct session *s, struct flight *f, const Kasir__V1__Refusal *r)
{
	struct outbox_mark mark = {
		.epoch = f->epoch,
		.sequence = f->sequence,
		.state = OUTBOX_REJECTED,
		.status = KASIR__V1__ACK_STATUS__REJECTED,
	};
	enum kas_err err = s->ports.outbox.mark(s->ports.outbox.ctx, &mark, 1, BYTES_NONE);

	if (err != KAS_OK) {
		session_fail(s, err, "keeping a rejection");
		return;
	}
	f->answered = true;
	s->unanswered--;
	s->count[OUTBOX_MADE]--;
	if (s->count[OUTBOX_REJECTED]++ == 0)
		s->retry_due = s->now + REFUSED_RETRY_US;
	call_for_help(s, f, r);
	if (s->ports.events.on_mark != NULL)
		s->ports.events.on_mark(s->ports.events.ctx, &mark);
}

/* The message as a whole was refused: nothing is wrong with any one sale, so none is
 * marked; all wait until somebody has enrolled this terminal, or repaired it. */
static void
refuse_all(struct session *s, const Kasir__V1__Refusal *r)
{
	if (!s->refused)
		session_alarm(s, "the store refuses this terminal: %s", reason_text(r->reason));
	give_reason(s, r);
	session_hold(s, PATIENCE_US_MAX);
	s->refused = true;
}

static void
apply(struct session *s, const Kasir__V1__Refusals *all)
{
	const Kasir__V1__Refusal *later = NULL, *whole = NULL;
	bool rejected = false;
	size_t i;

	for (i = 0; i < all->n_refusals && !s->failed; i++) {
		const Kasir__V1__Refusal *r = all->refusals[i];
		bool about_us = r->statement_hash.len == 0;
		struct flight *f = flight_by_hash(s, r->statement_hash);

		if (f == NULL && !about_us)
			s->since.strays++;
		else if (r->status == KASIR__V1__ACK_STATUS__RETRY_LATER)
			later = r;
		else if (r->status == KASIR__V1__ACK_STATUS__REJECTED && about_us)
			whole = r;
		else if (r->status == KASIR__V1__ACK_STATUS__REJECTED) {
			reject(s, f, r);
			rejected = true;
		}
	}
	if (!s->under_way)
		return;
	if (whole != NULL) {
		refuse_all(s, whole);
	} else if (later != NULL) {
		session_hold(s, (uint64_t)all->retry_after_ms * 1000);
		give_reason(s, later);
	} else if (rejected) {
		session_progress(s);
	}
}

void
session_on_refusals(struct session *s, const Kasir__V1__AckBatch *batch)
{
	Kasir__V1__Refusals *all;
	struct kas_why why = { "" };

	if (!is_signed(s, batch)) {
		(void)kas_fail(&why, KAS_BADSIG, "it is not signed by the store");
		session_bad_message(s, "a refusal", &why);
		return;
	}
	all = PROTO_UNPACK(kasir__v1__refusals, &s->arena, bytes_of_proto(batch->refusals));
	if (all == NULL) {
		(void)kas_fail(&why, KAS_MALFORMED, "it does not decode");
		session_bad_message(s, "a refusal", &why);
		return;
	}
	/* Signed once, it could be played to us for ever. */
	if (all->at_us <= s->newest_refusal_us) {
		s->since.strays++;
		return;
	}
	s->newest_refusal_us = all->at_us;
	apply(s, all);
}
