/* sell.c - a sale gets its name, its signature and its place in the outbox. */
#include <string.h>

#include "terminal/inner.h"

static void
fill_random(struct session *s, uint8_t *p, size_t n)
{
	s->ports.random.fill(s->ports.random.ctx, p, n);
}

/* RFC 9562 version 7, with a counter in rand_a so that ids rise even within a millisecond
 * and when the clock goes back: the store then knows an id for new at a glance. */
void
session_mint_id(struct session *s, uint8_t ret[WIRE_TXN_ID_LEN])
{
	struct clock_reading t;
	uint64_t ms;
	unsigned i;

	session_read_clock(s, &t);
	ms = t.wall_us > 0 ? (uint64_t)t.wall_us / 1000 : 0;
	fill_random(s, ret, WIRE_TXN_ID_LEN);
	if (ms > s->id_ms) {
		s->id_ms = ms;
		s->id_counter = ((unsigned)ret[6] << 8 | ret[7]) & 0x7ff;
	} else if (++s->id_counter > 0xfff) {
		s->id_ms++;
		s->id_counter = 0;
	}
	for (i = 0; i < 6; i++)
		ret[i] = (uint8_t)(s->id_ms >> (40 - 8 * i));
	ret[6] = (uint8_t)(0x70 | s->id_counter >> 8);
	ret[7] = (uint8_t)s->id_counter;
	ret[8] = (uint8_t)(0x80 | (ret[8] & 0x3f));
}

static void
make_statement(const struct session *s, const uint8_t *txn_id, struct bytes payload,
    const Kasir__V1__Personal *personal, struct statement *ret)
{
	*ret = (struct statement){
		.store = s->store,
		.terminal = s->terminal,
		.epoch = s->config.epoch,
		.sequence = s->sequence + 1,
		.previous_known = s->last_known,
		.previous = s->last,
		.payload = hash_of(payload),
		.has_personal = personal != NULL,
	};
	memcpy(ret->txn_id, txn_id, WIRE_TXN_ID_LEN);
	if (personal != NULL)
		ret->personal = hash_of_two(
		    bytes_of_proto(personal->salt), bytes_of_proto(personal->data));
}

/* The signed transaction's bytes go to s->out. */
static struct hash
sign(struct session *s, const struct statement *st, struct bytes payload,
    Kasir__V1__Personal *personal)
{
	Kasir__V1__SignedTransaction t = KASIR__V1__SIGNED_TRANSACTION__INIT;
	uint8_t signature[SIG_LEN];
	char text[STATEMENT_MAX];
	size_t n = statement_format(st, text);

	signer_sign(s->config.signer, BYTES(text, n), signature);
	t.epoch = st->epoch;
	t.sequence = st->sequence;
	t.txn_id = proto_bytes(BYTES(st->txn_id, WIRE_TXN_ID_LEN));
	if (st->previous_known)
		t.previous = proto_bytes(hash_bytes(&st->previous));
	t.payload = proto_bytes(payload);
	t.signature = proto_bytes(BYTES(signature, SIG_LEN));
	t.personal = personal;
	buf_reset(&s->out);
	proto_append(&s->out, &t.base);
	return hash_of(BYTES(text, n));
}

static enum kas_err
keep(struct session *s, const struct statement *st, const struct hash *hash)
{
	struct clock_reading t;
	struct outbox_sale sale = {
		.epoch = st->epoch,
		.sequence = st->sequence,
		.state = OUTBOX_MADE,
		.hash = *hash,
		.made_size = s->held.there ? s->held.at.size : 0,
		.message = buf_bytes(&s->out),
	};

	if (s->out.failed)
		return KAS_NOMEM;
	session_read_clock(s, &t);
	sale.made_us = t.wall_us;
	sale.made_sure = t.synchronised;
	return s->ports.outbox.put(s->ports.outbox.ctx, &sale);
}

enum kas_err
session_sell(struct session *s, const uint8_t txn_id[WIRE_TXN_ID_LEN], struct bytes payload,
    struct bytes personal, struct receipt *ret)
{
	Kasir__V1__Personal beside = KASIR__V1__PERSONAL__INIT;
	uint8_t salt[WIRE_SALT_LEN];
	struct statement st;
	struct hash hash;
	enum kas_err err;

	if (s->failed)
		return KAS_IO;
	if (payload.n == 0 || payload.n > WIRE_PAYLOAD_MAX || personal.n > WIRE_PERSONAL_MAX)
		return KAS_RANGE;
	if (personal.n > 0) {
		fill_random(s, salt, sizeof(salt));
		beside.salt = proto_bytes(BYTES(salt, sizeof(salt)));
		beside.data = proto_bytes(personal);
	}
	make_statement(s, txn_id, payload, personal.n > 0 ? &beside : NULL, &st);
	hash = sign(s, &st, payload, personal.n > 0 ? &beside : NULL);
	err = keep(s, &st, &hash);
	if (err != KAS_OK) {
		/* After KAS_IO the sale may or may not be there: only a fresh look at the
		 * outbox tells whether its sequence is taken. */
		session_fail(s, err, "keeping a sale");
		return err;
	}
	s->sequence = st.sequence;
	s->last = hash;
	s->last_known = true;
	s->count[OUTBOX_MADE]++;
	s->since.sold++;
	ret->epoch = st.epoch;
	ret->sequence = st.sequence;
	memcpy(ret->txn_id, txn_id, WIRE_TXN_ID_LEN);
	ret->hash = hash;
	return KAS_OK;
}
