/* A session that is told anything at all.
 *
 * Input: messages of {kind, 2 bytes of length, bytes}.  Kind, by its low bits: 0 an ack as it
 * is, 1 a checkpoint notice, 2 an ack whose checkpoint (first 40 bytes: size and root) and
 * refusals the store has signed, so that what lies behind the signatures is reached, 3 a
 * pause. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/outbox_mem.h"
#include "terminal/session.h"
#include "wire/codec.h"

static struct signer *store_key, *till_key;
static uint64_t now_us;

static void
read_clock(void *ctx, struct clock_reading *ret)
{
	(void)ctx;
	*ret = (struct clock_reading){ (int64_t)now_us, now_us, true };
}

static void
fill(void *ctx, uint8_t *p, size_t n)
{
	(void)ctx;
	memset(p, 0x5a, n);
}

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	(void)ctx;
	(void)topic;
	(void)payload;
	(void)retain;
	return KAS_OK;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	uint8_t a[SEED_LEN] = { 1 }, b[SEED_LEN] = { 2 };

	(void)argc;
	(void)argv;
	if (signer_open_seed(a, "shop/toko-1/1", KEY_ED25519, &store_key) != KAS_OK ||
	    signer_open_seed(b, "toko-1/front", KEY_ED25519, &till_key) != KAS_OK)
		abort();
	return 0;
}

static struct bytes
sign_checkpoint(struct bytes from, struct arena *a)
{
	struct checkpoint at = { .size = 0 };
	struct bytes copy = BYTES_NONE;
	struct buf note;
	unsigned i;

	if (from.n < 40)
		return from;
	strcpy(at.origin, "shop/toko-1/1");
	for (i = 0; i < 8; i++)
		at.size = at.size << 8 | from.p[i];
	memcpy(at.root.b, from.p + 8, HASH_LEN);
	buf_init(&note);
	checkpoint_sign(&at, store_key, &note);
	if (!arena_copy(a, buf_bytes(&note), &copy))
		abort();
	buf_fini(&note);
	return copy;
}

static void
sign_ack(struct session *s, struct bytes from)
{
	struct arena a;
	struct buf packed;
	Kasir__V1__AckBatch *m;
	uint8_t signature[SIG_LEN];
	char text[STATEMENT_MAX];

	arena_init(&a, (size_t)1 << 22);
	buf_init(&packed);
	m = PROTO_UNPACK(kasir__v1__ack_batch, &a, from);
	if (m != NULL) {
		m->checkpoint = proto_bytes(sign_checkpoint(bytes_of_proto(m->checkpoint), &a));
		if (m->refusals.len > 0) {
			size_t n = refusal_statement_format(
			    "toko-1", "front", bytes_of_proto(m->refusals), text);

			signer_sign(store_key, BYTES(text, n), signature);
			m->refusals_signature = proto_bytes(BYTES(signature, SIG_LEN));
		}
		proto_append(&packed, &m->base);
		session_on_message(s, session_ack_topic(s), buf_bytes(&packed));
	}
	buf_fini(&packed);
	arena_fini(&a);
}

static void
feed(struct session *s, uint8_t kind, struct bytes b)
{
	switch (kind & 3) {
	case 0:
		session_on_message(s, session_ack_topic(s), b);
		break;
	case 1:
		session_on_message(s, session_checkpoint_topic(s), b);
		break;
	case 2:
		sign_ack(s, b);
		break;
	default:
		now_us += (uint64_t)kind << 18;
	}
	session_turn(s);
}

static struct session *
open_till(struct outbox_mem *outbox)
{
	struct session_config config = {
		.store = "toko-1",
		.terminal = "front",
		.epoch = 1,
		.signer = till_key,
		.store_key = *signer_vkey(store_key),
	};
	struct session_ports ports = {
		.clock = { .read = read_clock },
		.random = { .fill = fill },
		.bus = { .publish = publish },
		.outbox = outbox_mem_port(outbox),
	};
	struct session *s;
	struct receipt r;
	uint8_t id[WIRE_TXN_ID_LEN];
	struct kas_why why;

	if (session_open(&config, &ports, &s, &why) != KAS_OK)
		abort();
	session_on_bus(s, true);
	session_mint_id(s, id);
	if (session_sell(s, id, BYTES("basket", 6), BYTES_NONE, &r) != KAS_OK)
		abort();
	session_turn(s);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct outbox_mem *outbox;
	struct session *s;
	struct session_stats stats;

	now_us = 1700000000000000;
	if (outbox_mem_open(&outbox) != KAS_OK)
		abort();
	s = open_till(outbox);
	while (n >= 3) {
		size_t len = (size_t)data[1] << 8 | data[2];

		if (len > n - 3)
			len = n - 3;
		feed(s, data[0], BYTES(data + 3, len));
		data += 3 + len;
		n -= 3 + len;
	}
	session_stats(s, &stats);
	/* Whatever it was told: a sale that was made is still there, in one state. */
	if (stats.made + stats.durable + stats.rejected + stats.conflict != 1)
		abort();
	session_close(s);
	outbox_mem_close(outbox);
	return 0;
}
