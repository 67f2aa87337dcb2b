#include "tests/support/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
read_clock(void *ctx, struct clock_reading *ret)
{
	*ret = ((struct desk *)ctx)->now;
}

void
desk_roll(void *ctx, uint8_t *p, size_t n)
{
	struct desk *t = ctx;

	for (; n > 0; n--) {
		t->dice = t->dice * 6364136223846793005u + 1442695040888963407u;
		*p++ = (uint8_t)(t->dice >> 56);
	}
}

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct desk *t = ctx;
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
	struct desk *t = ctx;

	assert_true(t->n_marks < 512);
	t->marks[t->n_marks++] = *mark;
}

static void
on_witnessed(void *ctx, uint64_t size, size_t n)
{
	(void)size;
	((struct desk *)ctx)->witnessed += (unsigned)n;
}

static void
on_alarm(void *ctx, const char *sentence)
{
	struct desk *t = ctx;

	t->alarms++;
	strncpy(t->alarm, sentence, sizeof(t->alarm) - 1);
}

enum kas_err
desk_try_open(struct desk *t, uint64_t epoch, const struct vkey *hq, unsigned batch_max)
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
		.random = { desk_roll, t },
		.bus = { publish, t },
		.outbox = outbox_mem_port(t->outbox),
		.events = { on_mark, on_witnessed, on_alarm, t },
	};
	struct kas_why why;

	return session_open(&config, &ports, &t->session, &why);
}

void
desk_reopen(struct desk *t)
{
	session_close(t->session);
	t->session = NULL;
	assert_int_equal(desk_try_open(t, 1, fake_store_hq(t->store), 0), KAS_OK);
	session_on_bus(t->session, true);
}

int
desk_setup(void **state)
{
	static struct desk desk;
	uint8_t secret[SEED_LEN] = { 7 };

	memset(&desk, 0, sizeof(desk));
	desk.now = (struct clock_reading){ 1700000000 * (int64_t)SECOND, SECOND, true };
	desk.store = fake_store_open("shop/toko-1/1", 1);
	assert_int_equal(
	    signer_open_seed(secret, "toko-1/front", KEY_ED25519, &desk.key), KAS_OK);
	assert_int_equal(outbox_mem_open(&desk.outbox), KAS_OK);
	desk_reopen(&desk);
	*state = &desk;
	return 0;
}

int
desk_teardown(void **state)
{
	struct desk *t = *state;

	session_close(t->session);
	outbox_mem_close(t->outbox);
	signer_close(t->key);
	fake_store_close(t->store);
	buf_fini(&t->tx);
	buf_fini(&t->state);
	return 0;
}

struct receipt
desk_sell(struct desk *t)
{
	struct receipt r;
	uint8_t id[WIRE_TXN_ID_LEN];

	session_mint_id(t->session, id);
	assert_int_equal(session_sell(t->session, id, BYTES("basket", 6), BYTES_NONE, &r), KAS_OK);
	return r;
}

void
desk_wait_us(struct desk *t, uint64_t us)
{
	t->now.mono_us += us;
	t->now.wall_us += (int64_t)us;
	session_turn(t->session);
}

void
desk_deliver(struct desk *t, const Kasir__V1__AckBatch *a)
{
	struct buf b;

	buf_init(&b);
	proto_append(&b, &a->base);
	session_on_message(t->session, "kasir/v1/toko-1/front/ack", buf_bytes(&b));
	buf_fini(&b);
}

void
desk_notice(struct desk *t, struct bytes note)
{
	Kasir__V1__CheckpointNotice n = KASIR__V1__CHECKPOINT_NOTICE__INIT;
	struct buf b;

	buf_init(&b);
	n.checkpoint = proto_bytes(note);
	proto_append(&b, &n.base);
	session_on_message(t->session, "kasir/v1/toko-1/checkpoint", buf_bytes(&b));
	buf_fini(&b);
}

Kasir__V1__AckBatch *
desk_answer(struct desk *t)
{
	fake_store_take(t->store, buf_bytes(&t->tx), FAKE_GOOD);
	return fake_store_answer(t->store);
}

/* One sale, sent and acknowledged. */
void
desk_sell_through(struct desk *t)
{
	desk_sell(t);
	session_turn(t->session);
	desk_deliver(t, desk_answer(t));
}

struct session_stats
desk_stats(struct desk *t)
{
	struct session_stats s;

	session_stats(t->session, &s);
	return s;
}

void
desk_spoil(ProtobufCBinaryData *d, size_t at)
{
	assert_true(d->len > at);
	d->data[at] ^= 1;
}
