#include "tests/sim/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORE "toko"
#define ORIGIN "example.com/toko/1"
#define LLU(n) ((unsigned long long)(n))

/* By when everything must have come right once the faults are over. */
#define CALM_MAX (15 * MINUTE)
#define EVENTS_MAX 2000000u

static const char *const till_names[TILLS] = { "till-1", "till-2", "till-3", "till-4", "till-5" };

static const char *const office_names[OFFICES] = { "dewi", "rudi" };
static const char *const hq_names[RECEIVERS] = { "hq", "hq-2" };

static void
open_keys(struct shop *s)
{
	struct prng p = prng_split(&s->w.prng);
	struct random_port random = { prng_fill, &p };

	if (signer_generate(&random, ORIGIN, KEY_ED25519, &s->store_signer) != KAS_OK ||
	    signer_generate(&random, "hq.example.com", KEY_COSIGNATURE_V1, &s->hq_signer) !=
	    KAS_OK || note_cache_open(&s->notes) != KAS_OK)
		abort();
	s->cache = sig_cache_open();
}

static void
open_hq(struct shop *s)
{
	s->hq_memory = hq_memory_open();
	hq_memory_register(s->hq_memory, STORE, signer_vkey(s->store_signer));
	s->n_hq = prng_chance(&s->w.prng, 800) ? 1 : RECEIVERS;
	for (unsigned i = 0; i < s->n_hq; i++)
		s->hq[i] = hq_node_open(&s->w, s->wan, hq_names[i], &s->hq_memory, s->hq_signer,
		    &s->oracle, s->cache);
}

static void
open_store(struct shop *s)
{
	struct prng *p = &s->w.prng;
	struct store_node_setup setup = {
		.w = &s->w, .shop = s->shop, .wan = s->wan, .disk = s->disk, .oracle = &s->oracle,
		.cache = s->cache,
		.engine = {
			.store = STORE, .version = "sim", .signer = s->store_signer,
			.hq = signer_vkey(s->hq_signer), .currency = "IDR",
			.rounding = KASIR__V1__ROUNDING_MODE__HALF_UP,
			.gather_us_max = prng_chance(p, 500) ? 0 : prng_between(p, 100, 3000),
			.inbox_max = prng_chance(p, 800) ? 0 : prng_between(p, 2, 8),
			.snapshot_every = prng_chance(p, 200) ? 0 : prng_between(p, 8, 200),
		},
	};

	s->store = store_node_open(&setup);
	s->manager.store = s->store;
	for (unsigned i = 0; i < OFFICES; i++)
		office_init(&s->offices[i], &s->w, s->store, &s->oracle, office_names[i]);
}

static void
open_tills(struct shop *s)
{
	struct prng *p = &s->w.prng;
	uint64_t pause = prng_between(p, 20, 1500) * MS;

	s->n_tills = (unsigned)prng_between(p, 1, TILLS);
	for (unsigned i = 0; i < s->n_tills; i++) {
		struct till_setup setup = {
			.w = &s->w, .shop = s->shop, .oracle = &s->oracle, .notes = s->notes,
			.store = STORE, .name = till_names[i], .floor = &s->floor,
			.store_key = signer_vkey(s->store_signer),
			.hq_key = signer_vkey(s->hq_signer),
			.sales = (unsigned)prng_between(p, 5, 50),
			.pause_lo = pause / 10, .pause_hi = 2 * pause,
		};

		s->tills[i] = till_open(&setup);
		manager_enrol(&s->manager, setup.name, till_key(s->tills[i]));
	}
	if (prng_chance(p, 400)) {
		s->rogue = rogue_open(&s->w, s->shop, &s->oracle, STORE,
		    (unsigned)prng_between(p, 3, 40));
		manager_enrol(&s->manager, rogue_name(s->rogue), rogue_key(s->rogue));
	}
}

static void
shop_open(struct shop *s, uint64_t seed, bool tracing)
{
	memset(s, 0, sizeof(*s));
	world_init(&s->w, seed, tracing);
	s->w.day_us = prng_between(&s->w.prng, 4, 40) * SECOND;
	open_keys(s);
	s->shop = broker_open(&s->w, "broker", prng_chance(&s->w.prng, 800) ? 1000 : 4);
	s->wan = broker_open(&s->w, "wan", 200);
	s->disk = disk_open(&s->w, "disk");
	oracle_init(&s->oracle, &s->w, signer_vkey(s->store_signer), signer_vkey(s->hq_signer),
	    s->disk, STORE, (const struct hq_memory *const *)&s->hq_memory);
	manager_init(&s->manager, &s->w);
	open_hq(s);
	open_store(s);
	open_tills(s);
	insider_init(&s->insider, &s->w, s->shop, s->wan, &s->oracle);
}

static void
shop_close(struct shop *s)
{
	for (unsigned i = 0; i < s->n_tills; i++)
		till_close(s->tills[i]);
	rogue_close(s->rogue);
	store_node_close(s->store);
	for (unsigned i = 0; i < s->n_hq; i++)
		hq_node_close(s->hq[i]);
	hq_memory_close(s->hq_memory);
	hq_memory_close(s->hq_backup);
	disk_close(s->disk);
	image_free(&s->backup);
	oracle_fini(&s->oracle);
	floor_fini(&s->floor);
	broker_close(s->shop);
	broker_close(s->wan);
	note_cache_close(s->notes);
	sig_cache_close(s->cache);
	signer_close(s->store_signer);
	signer_close(s->hq_signer);
	world_fini(&s->w);
}

static void
start_all(struct shop *s)
{
	for (unsigned i = 0; i < s->n_hq; i++)
		hq_node_start(s->hq[i]);
	store_node_start(s->store);
	for (unsigned i = 0; i < s->n_tills; i++)
		till_start(s->tills[i]);
	if (s->rogue != NULL)
		rogue_start(s->rogue);
	manager_start(&s->manager);
	for (unsigned i = 0; i < OFFICES; i++)
		office_start(&s->offices[i]);
}

static bool
tills_are_settled(const struct shop *s)
{
	for (unsigned i = 0; i < s->n_tills; i++) {
		if (s->tills[i] == s->revoked ? !till_is_done(s->tills[i])
		    : !till_is_settled(s->tills[i]))
			return false;
	}
	return true;
}

/* When all is sold, the day is closed. */
static bool
is_closed_up(struct shop *s)
{
	if (!s->closed_up)
		office_close_up(&s->offices[0]);
	s->closed_up = true;
	return s->offices[0].answered;
}

/* All sold, proved, shipped and cosigned; nothing left to say. */
static bool
has_come_right(struct shop *s)
{
	const struct engine *en = store_node_engine(s->store);
	uint64_t size = engine_durable_size(en);

	return tills_are_settled(s) && is_closed_up(s) && engine_state(en) == ENGINE_SERVING && engine_is_idle(en) &&
	    engine_cosigned_size(en) == size && hq_memory_size(s->hq_memory, STORE) == size &&
	    disk_durable(s->disk)->n == size;
}

static void
name_what_hangs(struct shop *s)
{
	const struct engine *en = store_node_engine(s->store);
	struct session_stats st;

	for (unsigned i = 0; i < s->n_tills; i++) {
		if (s->tills[i] == s->revoked || till_is_settled(s->tills[i]))
			continue;
		till_stats(s->tills[i], &st);
		world_fail(&s->w, "%s still has %llu sales that wait and %llu that are not "
		    "witnessed %llu minutes after the last fault (it is %s: %s; the store is %s)",
		    till_name(s->tills[i]), LLU(st.made), LLU(st.durable), LLU(CALM_MAX / MINUTE),
		    session_state_text(st.state), st.reason,
		    engine_state_text(engine_state(en)));
	}
	world_fail(&s->w, "the store (%s) has %llu entries, %llu cosigned, headquarters %llu, "
	    "%llu minutes after the last fault", engine_state_text(engine_state(en)),
	    LLU(engine_durable_size(en)), LLU(engine_cosigned_size(en)),
	    LLU(hq_memory_size(s->hq_memory, STORE)), LLU(CALM_MAX / MINUTE));
}

static bool
step(struct shop *s, uint64_t until)
{
	if (s->w.events > EVENTS_MAX)
		world_fail(&s->w, "no end to it: %u events", EVENTS_MAX);
	return world_step(&s->w, until);
}

/* An old backup was put back, or the key was stolen and used. */
static bool
two_histories(const struct shop *s)
{
	return s->put_back || s->insider.has_forked;
}

/* A store that has another history against it must stand still; all others come right. */
static void
await_calm(struct shop *s)
{
	uint64_t until = s->w.now + (two_histories(s) ? MINUTE : CALM_MAX), check = 0;
	bool calm = false;

	while (!calm && step(s, until)) {
		if (two_histories(s) || s->w.now < check)
			continue;
		check = s->w.now + SECOND;
		calm = has_come_right(s);
	}
	if (!calm && !two_histories(s) && !s->w.failed)
		name_what_hangs(s);
}

static void
judge_rollback(struct shop *s)
{
	struct oracle *o = &s->oracle;
	enum engine_state state = engine_state(store_node_engine(s->store));

	if (o->shown_at != UINT64_MAX && state != ENGINE_NEWER_HISTORY)
		world_fail(&s->w, "the store was shown a later history of its own and is %s",
		    engine_state_text(state));
	if (o->shown_at != UINT64_MAX && !oracle_store_has_evidence(o))
		world_fail(&s->w, "the store was shown a later history of its own and has not kept "
		    "it: the next start would forget it");
}

static void
judge(struct shop *s)
{
	oracle_judge_ledger(&s->oracle);
	oracle_judge_books(&s->oracle);
	oracle_judge_by_audit(&s->oracle);
	for (unsigned i = 0; i < s->n_tills; i++)
		till_judge(s->tills[i], s->tills[i] == s->revoked);
	if (two_histories(s))
		judge_rollback(s);
	else
		oracle_judge_agreement(&s->oracle);
}

void
shop_run(uint64_t seed, bool tracing, struct outcome *ret)
{
	struct shop *s = sim_alloc(sizeof(*s));

	shop_open(s, seed, tracing);
	start_all(s);
	faults_begin(s);
	while (step(s, s->faults_until))
		;
	s->w.now = s->faults_until;
	faults_end(s);
	await_calm(s);
	if (!s->w.failed)
		judge(s);
	*ret = (struct outcome){ .failed = s->w.failed, .trace_hash = s->w.trace_hash,
		.events = s->w.events, .simulated_us = s->w.now, .sales = s->oracle.n_sales,
		.acks = s->oracle.acks, .entries = disk_durable(s->disk)->n,
		.days = s->oracle.days, .shifts = s->oracle.shifts, .xs = s->oracle.n_xs };
	memcpy(ret->reason, s->w.reason, sizeof(ret->reason));
	shop_close(s);
	free(s);
}
