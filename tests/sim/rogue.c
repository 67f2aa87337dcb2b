#include "tests/sim/rogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/topic.h"

struct rogue {
	struct world *w;
	struct machine machine;
	struct client *link;
	struct oracle *oracle;
	const char *store;
	struct signer *signer, *stranger;
	struct basket basket;
	struct arena scratch;
	unsigned tricks;		/* still to be played */
	uint64_t sequence;
	struct hash previous;
	uint8_t txn_id[WIRE_TXN_ID_LEN];
	struct bytes last;		/* newest message, for replay */
};

#define ROGUE "till-rogue"

static void
ignore(void *ctx)
{
	(void)ctx;
}

static void
ignore_message(void *ctx, const char *topic, struct bytes payload)
{
	(void)ctx;
	(void)topic;
	(void)payload;
}

struct rogue *
rogue_open(struct world *w, struct broker *shop, struct oracle *oracle, const char *store,
    unsigned tricks)
{
	static const struct client_events events = { ignore, ignore, ignore_message };
	static const char *const filters[] = { NULL };
	struct rogue *r = sim_alloc(sizeof(*r));
	struct random_port random;

	r->w = w;
	machine_init(&r->machine, w, ROGUE);
	random = machine_random(&r->machine);
	r->link = client_attach(shop, ROGUE, filters, &events, r);
	r->oracle = oracle;
	r->store = store;
	r->tricks = tricks;
	r->basket = (struct basket){ prng_split(&w->prng), NULL };
	arena_init(&r->scratch, 0);
	if (signer_generate(&random, ROGUE, KEY_ED25519, &r->signer) != KAS_OK ||
	    signer_generate(&random, "stranger", KEY_ED25519, &r->stranger) != KAS_OK)
		abort();
	return r;
}

void
rogue_close(struct rogue *r)
{
	if (r == NULL)
		return;
	signer_close(r->signer);
	signer_close(r->stranger);
	arena_fini(&r->scratch);
	free(r);
}

const char *
rogue_name(const struct rogue *r)
{
	(void)r;
	return ROGUE;
}

const struct pubkey *
rogue_key(const struct rogue *r)
{
	return &signer_vkey(r->signer)->key;
}

static void
new_id(struct rogue *r)
{
	prng_fill(&r->machine.random, r->txn_id, sizeof(r->txn_id));
	r->txn_id[6] = 0x70 | (r->txn_id[6] & 0x0f);	/* RFC 9562: version 7 */
	r->txn_id[8] = 0x80 | (r->txn_id[8] & 0x3f);
}

/* A transaction of TERMINAL numbered SEQUENCE, signed by SIGNER as it should be. */
static struct bytes
make(struct rogue *r, const char *terminal, uint64_t sequence, const struct signer *signer,
    Kasir__V1__SignedTransaction *t)
{
	struct clock_reading now;
	struct statement st = { .store = r->store, .terminal = terminal, .epoch = 1,
		.sequence = sequence, .previous_known = sequence > 1, .previous = r->previous };
	char text[STATEMENT_MAX];
	uint8_t *signature = arena_alloc(&r->scratch, SIG_LEN);
	struct bytes payload, packed;
	size_t n;

	machine_clock(&r->machine).read(&r->machine, &now);
	payload = basket_next(&r->basket, &r->scratch, now.wall_us);
	memcpy(st.txn_id, r->txn_id, sizeof(st.txn_id));
	st.payload = hash_of(payload);
	n = statement_format(&st, text);
	signer_sign(signer, BYTES(text, n), signature);
	r->previous = hash_of(BYTES(text, n));
	kasir__v1__signed_transaction__init(t);
	t->epoch = 1;
	t->sequence = sequence;
	t->txn_id = proto_bytes(BYTES(r->txn_id, sizeof(r->txn_id)));
	t->payload = proto_bytes(payload);
	t->signature = proto_bytes(BYTES(signature, SIG_LEN));
	if (st.previous_known) {
		struct bytes kept;

		if (!arena_copy(&r->scratch, hash_bytes(&st.previous), &kept))
			abort();
		t->previous = proto_bytes(kept);
	}
	if (!proto_pack(&r->scratch, &t->base, &packed))
		abort();
	return packed;
}

static void
publish(struct rogue *r, const char *terminal, const char *claimed,
    Kasir__V1__SignedTransaction **list, size_t n)
{
	Kasir__V1__TransactionBatch batch = KASIR__V1__TRANSACTION_BATCH__INIT;
	char topic[WIRE_TOPIC_MAX];
	struct bytes payload;

	batch.terminal = (char *)claimed;
	batch.transactions = list;
	batch.n_transactions = n;
	if (!proto_pack(&r->scratch, &batch.base, &payload))
		abort();
	r->last = world_keep(r->w, payload);
	topic_format(TOPIC_TX, r->store, terminal, topic);
	(void)client_publish(r->link, topic, payload, false);
}

/* Genuine: the ledger may have it. */
static void
sell(struct rogue *r, uint64_t sequence)
{
	Kasir__V1__SignedTransaction t, *list[] = { &t };
	struct bytes message = make(r, ROGUE, sequence, r->signer, &t);

	oracle_signed(r->oracle, ROGUE, world_keep(r->w, message), false, false);
	publish(r, ROGUE, ROGUE, list, 1);
}

/* Not genuine, whatever it looks like. */
static void
intrude(struct rogue *r, const char *terminal, const char *claimed)
{
	Kasir__V1__SignedTransaction t, *list[] = { &t };

	new_id(r);
	make(r, claimed, prng_between(&r->w->prng, 1, 20), r->stranger, &t);
	publish(r, terminal, claimed, list, 1);
}

static void
send_rubbish(struct rogue *r)
{
	char topic[WIRE_TOPIC_MAX];
	uint8_t rubbish[300];
	size_t n = prng_below(&r->w->prng, sizeof(rubbish));

	prng_fill(&r->machine.random, rubbish, n);
	topic_format(prng_chance(&r->w->prng, 800) ? TOPIC_TX : TOPIC_STATE, r->store, ROGUE,
	    topic);
	(void)client_publish(r->link, topic, BYTES(rubbish, n), false);
}

static void
send_again(struct rogue *r)
{
	char topic[WIRE_TOPIC_MAX];

	topic_format(TOPIC_TX, r->store, ROGUE, topic);
	(void)client_publish(r->link, topic, r->last, false);
}

static void
play(struct rogue *r)
{
	uint64_t trick = prng_below(&r->w->prng, 12);

	world_trace(r->w, ROGUE, "plays trick %llu", (unsigned long long)trick);
	switch (trick) {
	case 0:		/* the same number, another sale */
		if (r->sequence > 0) {
			new_id(r);
			sell(r, prng_between(&r->w->prng, 1, r->sequence));
		}
		break;
	case 1:		/* the same id, another number */
		sell(r, ++r->sequence);
		break;
	case 2:		/* a gap, perhaps filled later by trick 0 */
		r->sequence += prng_between(&r->w->prng, 1, 3);
		break;
	case 3:		/* a stranger in an honest till's name */
		intrude(r, "till-1", "till-1");
		break;
	case 4:		/* an honest till's topic, another's name */
		intrude(r, "till-1", "till-2");
		break;
	case 5:		/* nobody has heard of it */
		intrude(r, "till-nobody", "till-nobody");
		break;
	case 6:
		send_rubbish(r);
		break;
	case 7:
		send_again(r);
		break;
	default:
		new_id(r);
		sell(r, ++r->sequence);
		break;
	}
}

static void
next_trick(void *ctx, void *what)
{
	struct rogue *r = ctx;

	(void)what;
	if (r->tricks == 0)
		return;
	r->tricks--;
	arena_reset(&r->scratch);
	play(r);
	world_after(r->w, prng_between(&r->w->prng, 10 * MS, 800 * MS), next_trick, r, NULL);
}

void
rogue_start(struct rogue *r)
{
	client_start(r->link);
	world_after(r->w, 2 * SECOND, next_trick, r, NULL);
}
