#include "tests/support/engine_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proof/checkpoint.h"
#include "tests/support/make_txn.h"
#include "wire/topic.h"

struct engine_rig *rig;
struct rig_till till;

static const char ORIGIN[] = "kasir.test/toko-1/1";

static struct signer *
make_signer(const char *name, enum key_type type, uint8_t fill)
{
	uint8_t seed[SEED_LEN];
	struct signer *s;

	memset(seed, fill, sizeof seed);
	assert_int_equal(signer_open_seed(seed, name, type, &s), KAS_OK);
	return s;
}

static enum kas_err
keep_in(struct engine_rig *r, struct rig_sent *list, size_t *n, const char *topic,
    struct bytes payload, bool retain)
{
	assert_true(*n < RIG_SENT_MAX);
	snprintf(list[*n].topic, sizeof list[*n].topic, "%s", topic);
	list[*n].payload = world_keep(&r->world, payload);
	list[*n].retained = retain;
	(*n)++;
	return KAS_OK;
}

static enum kas_err
on_publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct engine_rig *r = ctx;

	return keep_in(r, r->sent, &r->n_sent, topic, payload, retain);
}

static enum kas_err
on_publish_up(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct engine_rig *r = ctx;

	return keep_in(r, r->up, &r->n_up, topic, payload, retain);
}

static void
on_reply(void *ctx, uint64_t token, struct bytes response)
{
	struct engine_rig *r = ctx;

	(void)token;
	r->reply = world_keep(&r->world, response);
}

static void
on_line(void *ctx, enum log_level level, const char *sentence)
{
	struct engine_rig *r = ctx;

	if (level <= LOG_LVL_WARNING)
		snprintf(r->log, sizeof r->log, "%s", sentence);
	else if (level == LOG_LVL_NOTICE)
		snprintf(r->notice, sizeof r->notice, "%s", sentence);
}

static bool
is_dead(void *ctx)
{
	(void)ctx;
	return false;
}

static void
on_flushed(void *ctx, enum kas_err outcome)
{
	engine_on_flushed(((struct engine_rig *)ctx)->engine, outcome);
}

static void
on_reopened(void *ctx, enum kas_err outcome)
{
	engine_on_reopened(((struct engine_rig *)ctx)->engine, outcome);
}

static void
start(struct engine_rig *r)
{
	struct engine_ports ports = {
		.clock = machine_clock(&r->machine),
		.random = machine_random(&r->machine),
		.store = disk_port(r->disk),
		.bus = { on_publish, r },
		.uplink = { r->hq != NULL ? on_publish_up : NULL, r },
		.crew = sig_cache_crew(r->cache),
		.control = { on_reply, r },
		.log = { on_line, r },
	};
	static const struct disk_events events = { is_dead, on_flushed, on_reopened };
	struct kas_why why = { "" };

	memcpy(r->config.boot_id, r->machine.boot_id, sizeof r->config.boot_id);
	disk_listen(r->disk, &events, r);
	if (engine_open(&r->config, &ports, &r->engine, &why) != KAS_OK)
		fail_msg("engine_open: %s", why.text);
	engine_on_bus(r->engine, true);
	rig_run(r);
}

void
rig_init(struct engine_rig *r, bool hq)
{
	memset(r, 0, sizeof *r);
	world_init(&r->world, 1, false);
	machine_init(&r->machine, &r->world, "store");
	machine_boot(&r->machine);
	r->cache = sig_cache_open();
	r->disk = disk_open(&r->world, "disk");
	r->store = make_signer(ORIGIN, KEY_ED25519, 1);
	if (hq)
		r->hq = make_signer("kasir.test/hq", KEY_COSIGNATURE_V1, 2);
	r->config = (struct engine_config){ .store = "toko-1", .version = "test",
		.signer = r->store, .hq = hq ? signer_vkey(r->hq) : NULL,
		.currency = "IDR", .rounding = KASIR__V1__ROUNDING_MODE__HALF_UP };
	start(r);
}

void
rig_fini(struct engine_rig *r)
{
	engine_close(r->engine);
	disk_close(r->disk);
	sig_cache_close(r->cache);
	signer_close(r->store);
	signer_close(r->hq);
	world_fini(&r->world);
}

void
rig_open(bool hq)
{
	rig = malloc(sizeof *rig);
	assert_non_null(rig);
	rig_init(rig, hq);
	rig_enrol(rig, &till, "kasa-1");
	rig_forget(rig);
}

int
rig_set_up(void **state)
{
	(void)state;
	rig_open(false);
	return 0;
}

int
rig_tear_down(void **state)
{
	(void)state;
	rig_till_fini(&till);
	rig_fini(rig);
	free(rig);
	return 0;
}

void
rig_restart(struct engine_rig *r)
{
	engine_close(r->engine);
	r->engine = NULL;
	disk_crash(r->disk, true);
	machine_boot(&r->machine);
	start(r);
}

void
rig_run(struct engine_rig *r)
{
	rig_pass(r, 2 * SECOND);
}

void
rig_pass(struct engine_rig *r, uint64_t us)
{
	uint64_t until = r->world.now + us;

	engine_turn(r->engine);
	while (r->world.now < until) {
		if (!world_step(&r->world, r->world.now + MS))
			r->world.now += MS;
		engine_turn(r->engine);
	}
}

void
rig_forget(struct engine_rig *r)
{
	r->n_sent = r->n_up = 0;
	r->log[0] = r->notice[0] = '\0';
}

Kasir__V1__ControlResponse *
rig_ask(struct engine_rig *r, const Kasir__V1__ControlRequest *q)
{
	struct bytes packed;
	Kasir__V1__ControlResponse *a;

	assert_true(proto_pack(&r->world.arena, &q->base, &packed));
	r->reply = BYTES_NONE;
	engine_on_control(r->engine, 7, 1000, "manager", packed);
	rig_run(r);
	assert_non_null(r->reply.p);
	a = PROTO_UNPACK(kasir__v1__control_response, &r->world.arena, r->reply);
	assert_non_null(a);
	return a;
}

void
rig_enrol(struct engine_rig *r, struct rig_till *t, const char *id)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalAddRequest add = KASIR__V1__TERMINAL_ADD_REQUEST__INIT;
	Kasir__V1__ControlResponse *a;
	uint8_t seed[SEED_LEN] = { 9 };
	char name[KEY_NAME_MAX];

	*t = (struct rig_till){ .epoch = 1 };
	snprintf(t->id, sizeof t->id, "%s", id);
	snprintf(name, sizeof name, "toko-1/%s", id);
	memcpy(seed, id, strlen(id) < SEED_LEN ? strlen(id) : SEED_LEN);
	assert_int_equal(signer_open_seed(seed, name, KEY_ED25519, &t->key), KAS_OK);
	add.terminal = t->id;
	add.key = proto_bytes(BYTES(signer_vkey(t->key)->key.b, KEY_LEN));
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD;
	q.terminal_add = &add;
	a = rig_ask(r, &q);
	assert_int_equal(a->exit_code, 0);
	t->epoch = a->terminal_add->epoch;
}

void
rig_till_fini(struct rig_till *t)
{
	signer_close(t->key);
}

struct bytes
rig_sale(struct engine_rig *r, uint64_t seed)
{
	Kasir__V1__Transaction *doc = make_sale(&r->world.arena, seed);
	struct clock_reading now;
	struct bytes packed;

	machine_clock(&r->machine).read(machine_clock(&r->machine).ctx, &now);
	assert_non_null(doc);
	doc->at_us = now.wall_us;
	assert_true(proto_pack(&r->world.arena, &doc->base, &packed));
	return packed;
}

Kasir__V1__SignedTransaction *
rig_sign_as(struct engine_rig *r, const struct rig_till *t, uint64_t sequence,
    const struct hash *previous, uint16_t serial, struct bytes payload)
{
	Kasir__V1__SignedTransaction *s = arena_alloc(&r->world.arena, sizeof *s);
	struct statement st = { .store = "toko-1", .terminal = t->id, .epoch = t->epoch,
		.sequence = sequence, .payload = hash_of(payload) };
	uint8_t sig[SIG_LEN];
	char text[STATEMENT_MAX];
	size_t n;

	memcpy(st.txn_id, (const uint8_t[]){ 1, 0x93, 4, 5, 6, 7, 0x70, 0, 0x80 }, 9);
	st.txn_id[14] = (uint8_t)(serial >> 8);
	st.txn_id[15] = (uint8_t)serial;
	st.previous_known = previous != NULL;
	if (previous != NULL)
		st.previous = *previous;
	n = statement_format(&st, text);
	signer_sign(t->key, BYTES(text, n), sig);
	kasir__v1__signed_transaction__init(s);
	s->epoch = t->epoch;
	s->sequence = sequence;
	s->txn_id = proto_bytes(world_keep(&r->world, BYTES(st.txn_id, sizeof st.txn_id)));
	if (previous != NULL)
		s->previous = proto_bytes(world_keep(&r->world, hash_bytes(previous)));
	s->payload = proto_bytes(payload);
	s->signature = proto_bytes(world_keep(&r->world, BYTES(sig, sizeof sig)));
	return s;
}

Kasir__V1__SignedTransaction *
rig_sign(struct engine_rig *r, struct rig_till *t, struct bytes payload)
{
	Kasir__V1__SignedTransaction *s;
	struct signed_txn opened;
	struct kas_why why;

	s = rig_sign_as(r, t, t->sequence + 1, t->sequence > 0 ? &t->last : NULL,
	    ++t->txn_serial, payload);
	assert_int_equal(wire_open_txn(s, "toko-1", t->id, &opened, &why), KAS_OK);
	t->sequence++;
	t->last = opened.hash;
	return s;
}

void
rig_send(struct engine_rig *r, const struct rig_till *t, Kasir__V1__SignedTransaction **txns,
    size_t n, struct bytes checkpoint)
{
	Kasir__V1__TransactionBatch b = KASIR__V1__TRANSACTION_BATCH__INIT;
	char topic[WIRE_TOPIC_MAX];
	struct bytes packed;

	b.terminal = (char *)(uintptr_t)t->id;
	b.checkpoint = proto_bytes(checkpoint);
	b.n_transactions = n;
	b.transactions = txns;
	assert_true(proto_pack(&r->world.arena, &b.base, &packed));
	topic_format(TOPIC_TX, "toko-1", t->id, topic);
	assert_int_equal(engine_on_message(r->engine, topic, packed), KAS_OK);
}

Kasir__V1__AckBatch *
rig_answer(struct engine_rig *r, const struct rig_till *t)
{
	char topic[WIRE_TOPIC_MAX];
	Kasir__V1__AckBatch *m;
	struct kas_why why;
	size_t i;

	topic_format(TOPIC_ACK, "toko-1", t->id, topic);
	for (i = r->n_sent; i > 0; i--) {
		if (strcmp(r->sent[i - 1].topic, topic) != 0)
			continue;
		assert_int_equal(wire_decode_ack_batch(r->sent[i - 1].payload, &r->world.arena, &m,
		    &why), KAS_OK);
		return m;
	}
	return NULL;
}

Kasir__V1__Refusals *
rig_refusals(struct engine_rig *r, const struct rig_till *t, const Kasir__V1__AckBatch *m)
{
	char text[STATEMENT_MAX];
	size_t n;
	Kasir__V1__Refusals *l;

	assert_non_null(m);
	assert_int_equal(m->refusals_signature.len, SIG_LEN);
	n = refusal_statement_format("toko-1", t->id, bytes_of_proto(m->refusals), text);
	assert_true(sig_verify(&signer_vkey(r->store)->key, BYTES(text, n),
	    m->refusals_signature.data));
	l = PROTO_UNPACK(kasir__v1__refusals, &r->world.arena, bytes_of_proto(m->refusals));
	assert_non_null(l);
	return l;
}

Kasir__V1__LedgerEntry *
rig_check_ack(struct engine_rig *r, const Kasir__V1__AckBatch *m, const Kasir__V1__Ack *ack)
{
	Kasir__V1__LedgerEntry *entry;
	struct checkpoint c;
	struct proof p;
	struct hash leaf;
	struct kas_why why;

	assert_int_equal(checkpoint_open(bytes_of_proto(m->checkpoint), signer_vkey(r->store), &c,
	    &why), KAS_OK);
	assert_true(wire_proof_of(ack->inclusion, ack->n_inclusion, &p));
	leaf = merkle_leaf(bytes_of_proto(ack->entry));
	assert_int_equal(merkle_verify_inclusion(&leaf, ack->index, c.size, &c.root, p.path, p.n),
	    KAS_OK);
	/* Nothing is proved that a power cut could still take. */
	assert_true(c.size <= disk_durable(r->disk)->n);
	assert_int_equal(wire_decode_entry(bytes_of_proto(ack->entry), &r->world.arena, &entry,
	    &why), KAS_OK);
	return entry;
}
