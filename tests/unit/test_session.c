/* A session against a store with real proofs, an honest one and every other kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/defect.h"
#include "terminal/outbox_mem.h"
#include "terminal/session.h"
#include "tests/support/fake_store.h"

#define SECOND 1000000u

#ifdef KASIR_DEFECTS
enum defect kasir_defect = DEFECT_NONE;
#endif

struct till {
	struct fake_store *store;
	struct signer *key;
	struct outbox_mem *outbox;
	struct session *session;
	struct clock_reading now;
	uint64_t dice;
	bool bus_is_full;
	struct buf tx, state;		/* newest published */
	unsigned sent, alarms, witnessed;
	char alarm[512];
	struct outbox_mark marks[512];
	unsigned n_marks;
};

static void
read_clock(void *ctx, struct clock_reading *ret)
{
	*ret = ((struct till *)ctx)->now;
}

static void
roll(void *ctx, uint8_t *p, size_t n)
{
	struct till *t = ctx;

	for (; n > 0; n--) {
		t->dice = t->dice * 6364136223846793005u + 1442695040888963407u;
		*p++ = (uint8_t)(t->dice >> 56);
	}
}

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct till *t = ctx;
	struct buf *to = retain ? &t->state : &t->tx;

	if (t->bus_is_full)
		return KAS_AGAIN;
	assert_string_equal(topic, retain ? "kasir/v1/toko-1/front/state" : "kasir/v1/toko-1/front/tx");
	t->sent += !retain;
	buf_reset(to);
	buf_add(to, payload.p, payload.n);
	return KAS_OK;
}

static void
on_mark(void *ctx, const struct outbox_mark *mark)
{
	struct till *t = ctx;

	assert_true(t->n_marks < 512);
	t->marks[t->n_marks++] = *mark;
}

static void
on_witnessed(void *ctx, uint64_t size, size_t n)
{
	(void)size;
	((struct till *)ctx)->witnessed += (unsigned)n;
}

static void
on_alarm(void *ctx, const char *sentence)
{
	struct till *t = ctx;

	t->alarms++;
	strncpy(t->alarm, sentence, sizeof(t->alarm) - 1);
}

static enum kas_err
try_open(struct till *t, uint64_t epoch, const struct vkey *hq, unsigned batch_max)
{
	struct session_config config = {
		.store = FAKE_STORE_ID,
		.terminal = FAKE_TERMINAL,
		.epoch = epoch,
		.signer = t->key,
		.store_key = *fake_store_vkey(t->store),
		.hq = hq,
		.batch_max = batch_max,
		.keep_us = (uint64_t)100 * SECOND,
	};
	struct session_ports ports = {
		.clock = { read_clock, t },
		.random = { roll, t },
		.bus = { publish, t },
		.outbox = outbox_mem_port(t->outbox),
		.events = { on_mark, on_witnessed, on_alarm, t },
	};
	struct kas_why why;

	return session_open(&config, &ports, &t->session, &why);
}

static void
reopen(struct till *t)
{
	session_close(t->session);
	t->session = NULL;
	assert_int_equal(try_open(t, 1, fake_store_hq(t->store), 0), KAS_OK);
	session_on_bus(t->session, true);
}

static int
setup(void **state)
{
	static struct till till;
	uint8_t secret[SEED_LEN] = { 7 };

	memset(&till, 0, sizeof(till));
	till.now = (struct clock_reading){ 1700000000 * (int64_t)SECOND, SECOND, true };
	till.store = fake_store_open("shop/toko-1/1", 1);
	assert_int_equal(
	    signer_open_seed(secret, "toko-1/front", KEY_ED25519, &till.key), KAS_OK);
	assert_int_equal(outbox_mem_open(&till.outbox), KAS_OK);
	reopen(&till);
	*state = &till;
	return 0;
}

static int
teardown(void **state)
{
	struct till *t = *state;

	session_close(t->session);
	outbox_mem_close(t->outbox);
	signer_close(t->key);
	fake_store_close(t->store);
	buf_fini(&t->tx);
	buf_fini(&t->state);
	return 0;
}

static struct receipt
sell(struct till *t)
{
	struct receipt r;
	uint8_t id[WIRE_TXN_ID_LEN];

	session_mint_id(t->session, id);
	assert_int_equal(session_sell(t->session, id, BYTES("basket", 6), BYTES_NONE, &r), KAS_OK);
	return r;
}

static void
wait_us(struct till *t, uint64_t us)
{
	t->now.mono_us += us;
	t->now.wall_us += (int64_t)us;
	session_turn(t->session);
}

static void
deliver(struct till *t, const Kasir__V1__AckBatch *a)
{
	struct buf b;

	buf_init(&b);
	proto_append(&b, &a->base);
	session_on_message(t->session, "kasir/v1/toko-1/front/ack", buf_bytes(&b));
	buf_fini(&b);
}

static void
notice(struct till *t, struct bytes note)
{
	Kasir__V1__CheckpointNotice n = KASIR__V1__CHECKPOINT_NOTICE__INIT;
	struct buf b;

	buf_init(&b);
	n.checkpoint = proto_bytes(note);
	proto_append(&b, &n.base);
	session_on_message(t->session, "kasir/v1/toko-1/checkpoint", buf_bytes(&b));
	buf_fini(&b);
}

static Kasir__V1__AckBatch *
answer(struct till *t)
{
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_GOOD);
	return fake_store_answer(t->store);
}

/* One sale, sent and acknowledged. */
static void
sell_through(struct till *t)
{
	sell(t);
	session_turn(t->session);
	deliver(t, answer(t));
}

static struct session_stats
stats(struct till *t)
{
	struct session_stats s;

	session_stats(t->session, &s);
	return s;
}

static void
a_proved_sale_is_durable(void **state)
{
	struct till *t = *state;
	struct receipt r = sell(t);

	assert_int_equal(r.sequence, 1);
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(t->n_marks, 1);
	assert_int_equal(t->marks[0].state, OUTBOX_DURABLE);
	assert_int_equal(t->marks[0].index, 1);
	assert_true(session_is_settled(t->session));
	assert_int_equal(stats(t).checkpoint_size, 2);
	assert_int_equal(stats(t).state, SESSION_IDLE);
	assert_int_equal(t->alarms, 0);
}

static void
sales_chain_and_count_without_gap(void **state)
{
	struct till *t = *state;
	struct receipt a = sell(t), b = sell(t);
	const Kasir__V1__TransactionBatch *batch;

	session_turn(t->session);
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_GOOD);
	batch = fake_store_batch(t->store);
	assert_int_equal(batch->n_transactions, 2);
	assert_int_equal(batch->transactions[0]->previous.len, 0);
	assert_memory_equal(batch->transactions[1]->previous.data, a.hash.b, HASH_LEN);
	assert_int_equal(b.sequence, 2);
	assert_true(memcmp(a.txn_id, b.txn_id, WIRE_TXN_ID_LEN) < 0);
	assert_int_equal(a.txn_id[6] >> 4, 7);
}

static void
what_is_sold_meanwhile_goes_as_one_batch(void **state)
{
	struct till *t = *state;
	unsigned i;

	sell(t);
	session_turn(t->session);
	for (i = 0; i < 100; i++)
		sell(t);
	session_turn(t->session);
	assert_int_equal(t->sent, 1);
	deliver(t, answer(t));
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 64);
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 36);
	assert_true(session_is_settled(t->session));
	assert_int_equal(stats(t).checkpoint_size, 102);
	assert_int_equal(t->alarms, 0);
}

static void
a_message_never_exceeds_what_the_store_takes(void **state)
{
	static uint8_t big[WIRE_PAYLOAD_MAX + 1];
	struct till *t = *state;
	uint8_t id[WIRE_TXN_ID_LEN];
	struct receipt r;
	unsigned i;

	for (i = 0; i < 9; i++) {
		session_mint_id(t->session, id);
		assert_int_equal(session_sell(t->session, id, BYTES(big, WIRE_PAYLOAD_MAX),
				     BYTES(big, WIRE_PERSONAL_MAX), &r),
		    KAS_OK);
	}
	assert_int_equal(session_sell(t->session, id, BYTES(big, WIRE_PAYLOAD_MAX + 1), BYTES_NONE, &r),
	    KAS_RANGE);
	assert_int_equal(
	    session_sell(t->session, id, BYTES("x", 1), BYTES(big, WIRE_PERSONAL_MAX + 1), &r),
	    KAS_RANGE);
	assert_int_equal(session_sell(t->session, id, BYTES_NONE, BYTES_NONE, &r), KAS_RANGE);
	for (i = 0; i < 3; i++) {
		session_turn(t->session);
		assert_true(t->tx.n <= WIRE_BATCH_MAX);
		deliver(t, answer(t));
	}
	assert_true(session_is_settled(t->session));
}

static void
an_unanswered_message_is_sent_again_with_growing_patience(void **state)
{
	struct till *t = *state;
	uint64_t last = 0, gap = 0;
	unsigned i, before;

	sell(t);
	session_turn(t->session);
	for (i = 0; i < 8; i++) {
		last = t->now.mono_us;
		before = t->sent;
		while (t->sent == before)
			wait_us(t, SECOND / 10);
		gap = t->now.mono_us - last;
		assert_true(gap <= 19 * (uint64_t)SECOND);
	}
	assert_true(gap >= 11 * (uint64_t)SECOND);
	assert_int_equal(stats(t).state, SESSION_HOLDING);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(stats(t).state, SESSION_IDLE);
}

static void
a_sign_of_life_ends_the_wait_once(void **state)
{
	struct till *t = *state;
	unsigned i;

	sell(t);
	session_turn(t->session);
	for (i = 0; i < 4; i++)
		wait_us(t, 20 * SECOND);
	t->sent = 0;
	fake_store_event(t->store);
	for (i = 0; i < 3; i++) {
		notice(t, fake_store_note(t->store, 2, false));
		wait_us(t, SECOND / 10);
		assert_int_equal(t->sent, 1);
	}
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
}

static void
a_second_answer_changes_nothing(void **state)
{
	struct till *t = *state;
	Kasir__V1__AckBatch *a;

	sell(t);
	session_turn(t->session);
	a = answer(t);
	deliver(t, a);
	deliver(t, a);
	assert_int_equal(t->n_marks, 1);
	assert_int_equal(stats(t).durable, 1);
	assert_int_equal(t->alarms, 0);
}

static void
a_lost_answer_is_made_good_by_a_duplicate(void **state)
{
	struct till *t = *state;

	sell(t);
	session_turn(t->session);
	(void)answer(t);
	wait_us(t, 5 * SECOND);
	assert_int_equal(t->sent, 2);
	deliver(t, answer(t));
	assert_int_equal(stats(t).duplicates, 1);
	assert_int_equal(fake_store_size(t->store), 2);
	assert_true(session_is_settled(t->session));
}

static void
an_answer_from_an_older_checkpoint_is_asked_for_again(void **state)
{
	struct till *t = *state;
	Kasir__V1__AckBatch *early, *late;

	sell_through(t);
	sell(t);
	sell(t);
	session_turn(t->session);
	early = answer(t);
	fake_store_event(t->store);
	late = fake_store_answer(t->store);
	early->n_acks = 1;
	late->acks++;
	late->n_acks = 1;
	deliver(t, early);
	deliver(t, late);		/* from a checkpoint that is no longer the held one */
	assert_int_equal(stats(t).made, 1);
	wait_us(t, SECOND / 10);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(t->alarms, 0);
}

static void
a_late_answer_of_a_smaller_tree_does_no_harm(void **state)
{
	struct till *t = *state;
	Kasir__V1__AckBatch *old;

	sell(t);
	session_turn(t->session);
	old = answer(t);
	fake_store_event(t->store);
	deliver(t, fake_store_answer(t->store));
	deliver(t, old);
	assert_int_equal(stats(t).checkpoint_size, 3);
	sell_through(t);
	assert_true(session_is_settled(t->session));
	assert_int_equal(t->alarms, 0);
}

/* --- Answers that must not be believed --- */

static void
spoil(ProtobufCBinaryData *d, size_t at)
{
	assert_true(d->len > at);
	d->data[at] ^= 1;
}

static void
false_entry(struct till *t, Kasir__V1__AckBatch *a)
{
	static uint8_t copy[1024];	/* the store keeps the true one */
	ProtobufCBinaryData *entry = &a->acks[0]->entry;

	(void)t;
	assert_true(entry->len <= sizeof(copy));
	memcpy(copy, entry->data, entry->len);
	entry->data = copy;
	spoil(entry, entry->len - 1);
}

static void
false_path(struct till *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	spoil(&a->acks[0]->inclusion[0], 5);
}

static void
short_path(struct till *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	a->acks[0]->n_inclusion--;
}

static void
false_index(struct till *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	a->acks[0]->index++;
}

static void
false_checkpoint_signature(struct till *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	spoil(&a->checkpoint, a->checkpoint.len - 10);
}

static void
false_consistency(struct till *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	spoil(&a->consistency[0], 0);
}

static void
no_consistency(struct till *t, Kasir__V1__AckBatch *a)
{
	(void)t;
	a->n_consistency = 0;
}

static void
foreign_origin(struct till *t, Kasir__V1__AckBatch *a)
{
	struct fake_store *other = fake_store_open("shop/toko-2/1", 1);
	struct bytes note = fake_store_note(other, 1, false);
	static uint8_t copy[NOTE_MAX];

	(void)t;
	memcpy(copy, note.p, note.n);
	a->checkpoint = proto_bytes(BYTES(copy, note.n));
	fake_store_close(other);
}

static void
anothers_sale(struct till *t, Kasir__V1__AckBatch *a)
{
	/* A true entry with a true path, of the same epoch and sequence, but of another's sale. */
	Kasir__V1__TransactionBatch *b;
	struct arena arena;
	struct buf packed;

	arena_init(&arena, 0);
	buf_init(&packed);
	b = PROTO_UNPACK(kasir__v1__transaction_batch, &arena, buf_bytes(&t->tx));
	b->terminal = (char *)"back";
	proto_append(&packed, &b->base);
	fake_store_take(t->store, buf_bytes(&packed), FAKE_GOOD);
	*a = *fake_store_answer(t->store);
	buf_fini(&packed);
	arena_fini(&arena);
}

static void
an_event_of_the_store(struct till *t, Kasir__V1__AckBatch *a)
{
	Kasir__V1__AckBatch *b = fake_store_answer(t->store);

	(void)a;
	b->acks[0]->entry = proto_bytes(BYTES("\x08\x00", 2));
	*a = *b;
}

static void
answers_that_do_not_hold_mark_nothing(void **state)
{
	static const struct {
		const char *what;
		void (*spoil)(struct till *t, Kasir__V1__AckBatch *a);
	} cases[] = {
		{ "entry", false_entry },
		{ "path", false_path },
		{ "short path", short_path },
		{ "index", false_index },
		{ "checkpoint signature", false_checkpoint_signature },
		{ "consistency", false_consistency },
		{ "no consistency", no_consistency },
		{ "foreign origin", foreign_origin },
		{ "another's sale", anothers_sale },
		{ "an event", an_event_of_the_store },
	};
	struct till *t = *state;
	size_t i;

	sell_through(t);
	fake_store_event(t->store);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Kasir__V1__AckBatch *a;
		uint64_t bad = stats(t).bad_messages;

		print_message("%s\n", cases[i].what);
		sell(t);
		session_turn(t->session);
		a = answer(t);
		cases[i].spoil(t, a);
		deliver(t, a);
		assert_int_equal(stats(t).made, 1);
		assert_true(stats(t).bad_messages > bad);
		/* And the truth is still believed afterwards. */
		wait_us(t, 10 * SECOND);
		deliver(t, answer(t));
		assert_true(session_is_settled(t->session));
	}
	assert_int_equal(stats(t).durable, i + 1);
}

static void
garbage_is_counted_and_ignored(void **state)
{
	struct till *t = *state;

	sell(t);
	session_turn(t->session);
	session_on_message(t->session, session_ack_topic(t->session), BYTES("\xff\xff\xff", 3));
	session_on_message(t->session, session_checkpoint_topic(t->session), BYTES("\xff", 1));
	session_on_message(t->session, "kasir/v1/toko-1/back/ack", BYTES("\xff", 1));
	assert_int_equal(stats(t).bad_messages, 2);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
}

/* --- Two histories --- */

static void
another_root_of_the_same_size_is_a_fork(void **state)
{
	struct till *t = *state;
	struct fake_store *twin = fake_store_open("shop/toko-1/1", 1);

	sell_through(t);
	fake_store_event(twin);
	notice(t, fake_store_note(twin, 2, false));
	assert_int_equal(stats(t).state, SESSION_FORKED);
	assert_int_equal(outbox_mem_evidence(t->outbox), 1);
	/* Selling goes on, sending does not. */
	sell(t);
	t->sent = 0;
	wait_us(t, 1000 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	fake_store_close(twin);
}

static void
a_sale_that_stands_before_it_was_made_is_a_fork(void **state)
{
	struct till *t = *state;
	struct fake_store *restored = fake_store_open("shop/toko-1/1", 1);
	unsigned i;

	for (i = 0; i < 3; i++)
		sell_through(t);
	sell(t);
	session_turn(t->session);
	/* The store was put back to its beginning and signs over it. */
	fake_store_take(restored, buf_bytes(&t->tx), FAKE_GOOD);
	deliver(t, fake_store_answer(restored));
	assert_int_equal(stats(t).state, SESSION_FORKED);
	assert_int_equal(stats(t).made, 1);
	assert_int_equal(outbox_mem_evidence(t->outbox), 1);
	fake_store_close(restored);
}

/* --- Refusals --- */

static void
a_rejected_sale_is_kept_and_the_next_goes_on(void **state)
{
	struct till *t = *state;
	struct receipt r = sell(t);

	session_turn(t->session);
	deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
		       KASIR__V1__REFUSAL_REASON__BAD_SIGNATURE, &r.hash, 1, 0));
	assert_int_equal(stats(t).rejected, 1);
	assert_int_equal(t->marks[0].state, OUTBOX_REJECTED);
	assert_int_equal(t->alarms, 1);
	sell_through(t);
	assert_int_equal(stats(t).durable, 1);
	assert_int_equal(session_retry_rejected(t->session), KAS_OK);
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(stats(t).durable, 2);
	assert_int_equal(stats(t).rejected, 0);
}

static void
rejected_sales_are_tried_again_by_themselves(void **state)
{
	struct till *t = *state;
	struct receipt r = sell(t);

	session_turn(t->session);
	deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
		       KASIR__V1__REFUSAL_REASON__UNKNOWN_TERMINAL, &r.hash, 1, 0));
	t->sent = 0;
	wait_us(t, 299 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	wait_us(t, 2 * SECOND);
	assert_int_equal(t->sent, 1);
}

static void
a_refusal_that_is_unsigned_or_replayed_counts_for_nothing(void **state)
{
	struct till *t = *state;
	struct receipt r = sell(t);
	Kasir__V1__AckBatch *a;

	session_turn(t->session);
	a = fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
	    KASIR__V1__REFUSAL_REASON__REVOKED, &r.hash, 5, 0);
	a->refusals_signature.data[3] ^= 1;
	deliver(t, a);
	assert_int_equal(stats(t).rejected, 0);
	assert_int_equal(stats(t).bad_messages, 1);
	a->refusals_signature.data[3] ^= 1;
	deliver(t, a);
	assert_int_equal(stats(t).rejected, 1);
	assert_int_equal(session_retry_rejected(t->session), KAS_OK);
	session_turn(t->session);
	deliver(t, a);
	assert_int_equal(stats(t).rejected, 0);
	assert_int_equal(stats(t).strays, 1);
}

static void
retry_later_is_obeyed_within_reason(void **state)
{
	struct till *t = *state;

	sell(t);
	session_turn(t->session);
	deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__RETRY_LATER,
		       KASIR__V1__REFUSAL_REASON__STORAGE_FULL, NULL, 1, 10000));
	assert_int_equal(stats(t).state, SESSION_HOLDING);
	assert_non_null(strstr(stats(t).reason, "disk is full"));
	t->sent = 0;
	wait_us(t, 9 * SECOND);
	assert_int_equal(t->sent, 0);
	wait_us(t, 5 * SECOND);
	assert_int_equal(t->sent, 1);
	deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__RETRY_LATER,
		       KASIR__V1__REFUSAL_REASON__BUSY, NULL, 2, UINT32_MAX));
	wait_us(t, 800 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 2);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
}

static void
a_terminal_that_the_store_does_not_know_calls_for_help_and_waits(void **state)
{
	struct till *t = *state;
	unsigned i;

	sell(t);
	session_turn(t->session);
	for (i = 0; i < 3; i++) {
		deliver(t, fake_store_refuse(t->store, KASIR__V1__ACK_STATUS__REJECTED,
			       KASIR__V1__REFUSAL_REASON__UNKNOWN_TERMINAL, NULL, i + 1, 0));
		assert_int_equal(stats(t).state, SESSION_REFUSED);
		assert_int_equal(stats(t).made, 1);
		wait_us(t, 90 * (uint64_t)SECOND);
	}
	assert_int_equal(t->alarms, 1);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(stats(t).state, SESSION_IDLE);
}

/* --- What the entry says --- */

static void
the_entry_decides_over_the_status(void **state)
{
	struct till *t = *state;

	sell(t);
	session_turn(t->session);
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_BROKEN);
	deliver(t, fake_store_answer(t->store));
	assert_int_equal(stats(t).exceptions, 1);
	assert_int_equal(t->marks[0].status, KASIR__V1__ACK_STATUS__EXCEPTION);
	sell(t);
	session_turn(t->session);
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_CONFLICT);
	deliver(t, fake_store_answer(t->store));
	assert_int_equal(t->marks[1].state, OUTBOX_CONFLICT);
	assert_int_equal(stats(t).conflict, 1);
	assert_int_equal(t->alarms, 1);
}

/* --- Headquarters --- */

static void
a_cosigned_checkpoint_that_we_hold_witnesses_at_once(void **state)
{
	struct till *t = *state;

	sell_through(t);
	notice(t, fake_store_note(t->store, 2, false));
	assert_int_equal(t->witnessed, 0);
	notice(t, fake_store_note(t->store, 2, true));
	assert_int_equal(t->witnessed, 1);
	assert_int_equal(stats(t).durable, 0);
	assert_int_equal(stats(t).cosigned_size, 2);
	wait_us(t, SECOND);
	assert_int_equal(t->sent, 1);
}

static void
an_idle_till_asks_to_link_a_cosignature(void **state)
{
	struct till *t = *state;

	sell_through(t);
	fake_store_event(t->store);
	notice(t, fake_store_note(t->store, 3, true));
	assert_int_equal(t->witnessed, 0);
	session_turn(t->session);
	assert_int_equal(t->sent, 2);
	deliver(t, answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 0);
	assert_int_equal(t->witnessed, 1);
	assert_int_equal(session_wakeup(t->session) > t->now.mono_us, true);
}

static void
only_what_stands_below_the_cosignature_is_witnessed(void **state)
{
	struct till *t = *state;

	sell_through(t);
	sell_through(t);
	sell_through(t);
	notice(t, fake_store_note(t->store, 3, true));
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(t->witnessed, 2);
	assert_int_equal(stats(t).durable, 1);
}

static void
a_false_link_witnesses_nothing_and_is_asked_again_in_time(void **state)
{
	struct till *t = *state;
	Kasir__V1__AckBatch *a;

	sell_through(t);
	sell_through(t);
	notice(t, fake_store_note(t->store, 2, true));
	session_turn(t->session);
	a = answer(t);
	assert_true(a->n_cosigned_consistency > 0);
	spoil(&a->cosigned_consistency[0], 1);
	deliver(t, a);
	assert_int_equal(t->witnessed, 0);
	assert_int_equal(stats(t).bad_messages, 1);
	t->sent = 0;
	wait_us(t, 30 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	wait_us(t, 31 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 1);
	deliver(t, answer(t));
	assert_int_equal(t->witnessed, 1);
}

static void
a_cosignature_by_anybody_else_is_none(void **state)
{
	struct till *t = *state;
	struct bytes note;

	sell_through(t);
	note = fake_store_note(t->store, 2, true);
	((uint8_t *)note.p)[note.n - 20] ^= 1;
	notice(t, note);
	assert_int_equal(t->witnessed, 0);
	assert_int_equal(stats(t).bad_messages, 1);
}

static void
without_headquarters_age_decides_when_the_clock_is_sure(void **state)
{
	struct till *t = *state;

	session_close(t->session);
	t->session = NULL;
	assert_int_equal(try_open(t, 1, NULL, 0), KAS_OK);
	session_on_bus(t->session, true);
	sell_through(t);
	wait_us(t, 1);
	assert_int_equal(stats(t).durable, 1);
	t->now.synchronised = false;
	wait_us(t, 4000 * (uint64_t)SECOND);
	assert_int_equal(stats(t).durable, 1);
	t->now.synchronised = true;
	wait_us(t, 4000 * (uint64_t)SECOND);
	assert_int_equal(stats(t).durable, 0);
}

/* --- Restarts, power cuts, restores --- */

static void
a_restarted_till_goes_on_where_it_was(void **state)
{
	struct till *t = *state;
	struct receipt r;

	sell_through(t);
	r = sell(t);
	reopen(t);
	assert_int_equal(stats(t).checkpoint_size, 2);
	assert_int_equal(sell(t).sequence, r.sequence + 1);
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(fake_store_batch(t->store)->n_transactions, 2);
	assert_memory_equal(
	    fake_store_batch(t->store)->transactions[1]->previous.data, r.hash.b, HASH_LEN);
	assert_true(session_is_settled(t->session));
}

static void
a_power_cut_loses_no_sale_and_no_number(void **state)
{
	struct till *t = *state;

	sell_through(t);
	session_close(t->session);
	t->session = NULL;
	outbox_mem_crash(t->outbox);
	reopen(t);
	assert_int_equal(stats(t).made, 1);
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(stats(t).duplicates, 1);
	assert_int_equal(sell(t).sequence, 2);
}

static void
an_outbox_of_another_ledger_or_a_later_epoch_is_refused(void **state)
{
	struct till *t = *state;
	struct fake_store *own = t->store;

	session_close(t->session);
	t->session = NULL;
	assert_int_equal(try_open(t, 2, NULL, 0), KAS_OK);
	session_on_bus(t->session, true);
	sell_through(t);
	session_close(t->session);
	t->session = NULL;
	assert_int_equal(try_open(t, 1, NULL, 0), KAS_RANGE);
	t->store = fake_store_open("shop/toko-1/2", 9);
	assert_int_equal(try_open(t, 2, NULL, 0), KAS_BADSIG);
	fake_store_close(t->store);
	t->store = own;
}

static void
a_new_epoch_of_the_terminal_starts_at_one_and_drains_the_old(void **state)
{
	struct till *t = *state;
	struct receipt old = sell(t), r;

	session_close(t->session);
	t->session = NULL;
	assert_int_equal(try_open(t, 2, NULL, 0), KAS_OK);
	session_on_bus(t->session, true);
	r = sell(t);
	assert_int_equal(r.epoch, 2);
	assert_int_equal(r.sequence, 1);
	session_turn(t->session);
	deliver(t, answer(t));
	assert_int_equal(fake_store_batch(t->store)->transactions[0]->epoch, 1);
	assert_memory_equal(
	    fake_store_batch(t->store)->transactions[1]->previous.data, old.hash.b, HASH_LEN);
	assert_true(session_is_settled(t->session));
}

static void
what_a_restored_ledger_lacks_is_sent_again(void **state)
{
	struct till *t = *state;
	struct fake_store *old = t->store, *fresh = fake_store_open("shop/toko-1/2", 9);
	struct hash root, wrong = { { 0 } };
	unsigned i;

	for (i = 0; i < 5; i++)
		sell_through(t);
	root = fake_store_root(old, 3);
	assert_int_equal(session_begin_epoch(t->session, fake_store_vkey(fresh), 6, &wrong, true),
	    KAS_FORK);
	assert_int_equal(
	    session_begin_epoch(t->session, fake_store_vkey(fresh), 3, &root, true), KAS_OK);
	assert_int_equal(stats(t).made, 3);
	assert_int_equal(stats(t).witnessed, 2);
	assert_int_equal(stats(t).checkpoint_size, 0);
	t->store = fresh;
	session_turn(t->session);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
	assert_int_equal(stats(t).durable, 3);
	assert_int_equal(t->alarms, 0);
	fake_store_close(old);
}

/* --- Outbox and bus that fail --- */

static void
a_sale_that_is_not_on_disk_was_not_made(void **state)
{
	struct till *t = *state;
	uint8_t id[WIRE_TXN_ID_LEN];
	struct receipt r;

	session_mint_id(t->session, id);
	outbox_mem_fail(t->outbox, KAS_FULL);
	assert_int_equal(session_sell(t->session, id, BYTES("b", 1), BYTES_NONE, &r), KAS_FULL);
	assert_int_equal(t->alarms, 1);
	outbox_mem_fail(t->outbox, KAS_OK);
	assert_int_equal(sell(t).sequence, 1);
	session_turn(t->session);
	outbox_mem_fail(t->outbox, KAS_FULL);
	deliver(t, answer(t));
	assert_int_equal(stats(t).made, 1);
	assert_int_equal(t->n_marks, 0);
	outbox_mem_fail(t->outbox, KAS_OK);
	wait_us(t, 10 * SECOND);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
	outbox_mem_fail(t->outbox, KAS_IO);
	assert_int_equal(session_sell(t->session, id, BYTES("b", 1), BYTES_NONE, &r), KAS_IO);
	outbox_mem_fail(t->outbox, KAS_OK);
	assert_int_equal(stats(t).state, SESSION_FAILED);
	assert_int_equal(session_sell(t->session, id, BYTES("b", 1), BYTES_NONE, &r), KAS_IO);
}

static void
a_bus_that_is_full_or_gone_delays_and_loses_nothing(void **state)
{
	struct till *t = *state;
	unsigned i;

	session_on_bus(t->session, false);
	sell(t);
	wait_us(t, 100 * (uint64_t)SECOND);
	assert_int_equal(t->sent, 0);
	assert_int_equal(stats(t).state, SESSION_OFFLINE);
	t->bus_is_full = true;
	session_on_bus(t->session, true);
	for (i = 0; i < 20; i++)
		wait_us(t, 100 * (uint64_t)SECOND);
	t->bus_is_full = false;
	session_on_bus(t->session, true);
	session_turn(t->session);
	assert_int_equal(t->sent, 1);
	deliver(t, answer(t));
	assert_true(session_is_settled(t->session));
}

static void
nothing_to_do_means_no_wakeup(void **state)
{
	struct till *t = *state;

	sell_through(t);
	wait_us(t, 61 * (uint64_t)SECOND);
	assert_true(session_wakeup(t->session) == UINT64_MAX);
}

static Kasir__V1__TerminalState *
state_of(struct arena *a, struct bytes b)
{
	return PROTO_UNPACK(kasir__v1__terminal_state, a, b);
}

static void
presence_says_here_gone_and_lost(void **state)
{
	struct till *t = *state;
	struct arena a;
	struct buf will;

	arena_init(&a, 0);
	buf_init(&will);
	assert_int_equal(
	    state_of(&a, buf_bytes(&t->state))->presence, KASIR__V1__PRESENCE__PRESENT);
	sell(t);
	wait_us(t, 61 * (uint64_t)SECOND);
	assert_int_equal(state_of(&a, buf_bytes(&t->state))->waiting, 1);
	session_will(t->session, &will);
	assert_int_equal(state_of(&a, buf_bytes(&will))->presence, KASIR__V1__PRESENCE__LOST);
	session_leave(t->session);
	assert_int_equal(state_of(&a, buf_bytes(&t->state))->presence, KASIR__V1__PRESENCE__GONE);
	buf_fini(&will);
	arena_fini(&a);
}

/* --- A network that does as it likes --- */

static void
any_loss_repetition_and_disorder_ends_with_every_sale_once(void **state)
{
	struct till *t = *state;
	struct buf late[4] = { 0 };
	unsigned i, sold = 0;
	uint8_t dice;

	for (i = 0; i < 20000 && (sold < 300 || !session_is_settled(t->session)); i++) {
		unsigned before = t->sent;
		struct buf *keep;

		roll(t, &dice, 1);
		if (sold < 300 && dice < 100) {
			sell(t);
			sold++;
		}
		wait_us(t, SECOND / 4);
		if (t->sent > before) {
			roll(t, &dice, 1);
			if (dice < 64)
				continue;	/* lost on the way there */
			keep = &late[dice % 4];
			buf_reset(keep);
			proto_append(keep, &answer(t)->base);
			if (dice % 3 == 0)
				fake_store_event(t->store);
		}
		roll(t, &dice, 1);
		keep = &late[dice % 4];	/* in any order, some never, some twice */
		if (keep->n > 0)
			session_on_message(t->session, session_ack_topic(t->session), buf_bytes(keep));
		if (dice < 8)
			notice(t, fake_store_note(t->store, 1 + dice % fake_store_size(t->store), true));
	}
	assert_int_equal(sold, 300);
	assert_true(session_is_settled(t->session));
	assert_int_equal(t->n_marks, 300);
	assert_int_equal(stats(t).sequence, 300);
	for (i = 0; i < 4; i++)
		buf_fini(&late[i]);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_proved_sale_is_durable),
		T(sales_chain_and_count_without_gap),
		T(what_is_sold_meanwhile_goes_as_one_batch),
		T(a_message_never_exceeds_what_the_store_takes),
		T(an_unanswered_message_is_sent_again_with_growing_patience),
		T(a_sign_of_life_ends_the_wait_once),
		T(a_second_answer_changes_nothing),
		T(a_lost_answer_is_made_good_by_a_duplicate),
		T(an_answer_from_an_older_checkpoint_is_asked_for_again),
		T(a_late_answer_of_a_smaller_tree_does_no_harm),
		T(answers_that_do_not_hold_mark_nothing),
		T(garbage_is_counted_and_ignored),
		T(another_root_of_the_same_size_is_a_fork),
		T(a_sale_that_stands_before_it_was_made_is_a_fork),
		T(a_rejected_sale_is_kept_and_the_next_goes_on),
		T(rejected_sales_are_tried_again_by_themselves),
		T(a_refusal_that_is_unsigned_or_replayed_counts_for_nothing),
		T(retry_later_is_obeyed_within_reason),
		T(a_terminal_that_the_store_does_not_know_calls_for_help_and_waits),
		T(the_entry_decides_over_the_status),
		T(a_cosigned_checkpoint_that_we_hold_witnesses_at_once),
		T(an_idle_till_asks_to_link_a_cosignature),
		T(only_what_stands_below_the_cosignature_is_witnessed),
		T(a_false_link_witnesses_nothing_and_is_asked_again_in_time),
		T(a_cosignature_by_anybody_else_is_none),
		T(without_headquarters_age_decides_when_the_clock_is_sure),
		T(a_restarted_till_goes_on_where_it_was),
		T(a_power_cut_loses_no_sale_and_no_number),
		T(an_outbox_of_another_ledger_or_a_later_epoch_is_refused),
		T(a_new_epoch_of_the_terminal_starts_at_one_and_drains_the_old),
		T(what_a_restored_ledger_lacks_is_sent_again),
		T(a_sale_that_is_not_on_disk_was_not_made),
		T(a_bus_that_is_full_or_gone_delays_and_loses_nothing),
		T(nothing_to_do_means_no_wakeup),
		T(presence_says_here_gone_and_lost),
		T(any_loss_repetition_and_disorder_ends_with_every_sale_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
