/* What goes wrong in a run.  Each run draws which kinds it suffers and how often, so that
 * some are calm, some are plagued by one thing, and some by everything at once. */
#include "tests/sim/shop.h"

#define ANY(s) (&(s)->w.prng)

static struct till *
some_till(struct shop *s)
{
	return s->tills[prng_below(ANY(s), s->n_tills)];
}

static struct hq_node *
some_hq(struct shop *s)
{
	return s->hq[prng_below(ANY(s), s->n_hq)];
}

/* Short most of the time, long now and then. */
static uint64_t
some_time(struct shop *s, uint64_t longest)
{
	return prng_between(ANY(s), 1 * MS, prng_chance(ANY(s), 700) ? longest / 10 : longest);
}

static void
start_store(void *ctx, void *what)
{
	struct shop *s = ctx;

	(void)what;
	store_node_start(s->store);
}

static void
start_hq(void *ctx, void *what)
{
	struct shop *s = ctx;

	(void)what;
	for (unsigned i = 0; i < s->n_hq; i++)
		hq_node_start(s->hq[i]);
}

static void
start_till(void *ctx, void *what)
{
	(void)what;
	till_start(ctx);
}

static void
cut_till(struct shop *s)
{
	client_cut(till_link(some_till(s)), some_time(s, 20 * SECOND));
}

static void
cut_store(struct shop *s)
{
	client_cut(store_node_shop_link(s->store), some_time(s, 20 * SECOND));
}

static void
cut_uplink(struct shop *s)
{
	bool at_store = prng_chance(ANY(s), 700);

	client_cut(at_store ? store_node_wan_link(s->store) : hq_node_link(some_hq(s)),
	    some_time(s, 60 * SECOND));
}

static void
restart_shop_broker(struct shop *s)
{
	broker_restart(s->shop, some_time(s, 10 * SECOND), prng_chance(ANY(s), 500));
}

static void
restart_wan_broker(struct shop *s)
{
	broker_restart(s->wan, some_time(s, 10 * SECOND), prng_chance(ANY(s), 500));
}

static void
kill_store(struct shop *s)
{
	store_node_crash(s->store, false);
	world_after(&s->w, some_time(s, 5 * SECOND), start_store, s, NULL);
}

static void
cut_power_of_store(struct shop *s)
{
	store_node_crash(s->store, true);
	world_after(&s->w, some_time(s, 10 * SECOND), start_store, s, NULL);
}

/* Comes back when somebody looks: the moment of death is not known. */
static void
kill_store_in_mid_turn(struct shop *s)
{
	store_node_crash_soon(s->store, (unsigned)prng_between(ANY(s), 1, 12));
	world_after(&s->w, some_time(s, 10 * SECOND), start_store, s, NULL);
}

static void
stop_store(struct shop *s)
{
	store_node_stop(s->store);
	world_after(&s->w, some_time(s, 15 * SECOND), start_store, s, NULL);
}

static void
kill_till(struct shop *s)
{
	struct till *t = some_till(s);

	till_crash(t, prng_chance(ANY(s), 500));
	world_after(&s->w, some_time(s, 10 * SECOND), start_till, t, NULL);
}

static void
stop_till(struct shop *s)
{
	struct till *t = some_till(s);

	till_stop(t);
	world_after(&s->w, some_time(s, 10 * SECOND), start_till, t, NULL);
}

static void
kill_hq(struct shop *s)
{
	hq_node_crash(some_hq(s));
	world_after(&s->w, some_time(s, 20 * SECOND), start_hq, s, NULL);
}

static void
fill_disk(struct shop *s)
{
	world_trace(&s->w, "disk", "is full");
	disk_fill(s->disk, some_time(s, 20 * SECOND));
}

static void
fail_hq_storage(struct shop *s)
{
	hq_memory_fail(s->hq_memory, prng_chance(ANY(s), 500) ? KAS_IO : KAS_FULL,
	    (unsigned)prng_between(ANY(s), 1, 3), prng_chance(ANY(s), 300));
}

static void
mend_outbox(void *ctx, void *what)
{
	(void)what;
	till_break_outbox(ctx, KAS_OK);
}

static void
fill_outbox(struct shop *s)
{
	struct till *t = some_till(s);

	till_break_outbox(t, KAS_FULL);
	world_after(&s->w, some_time(s, 5 * SECOND), mend_outbox, t, NULL);
}

static void
jump_clock(struct shop *s)
{
	static const int64_t jumps[] = { -3600, 3600, -86400, 7 * 86400, 1, -400 * 86400,
		3000 * (int64_t)86400 };
	struct machine *m[] = { store_node_machine(s->store), till_machine(some_till(s)),
		hq_node_machine(some_hq(s)) };
	struct machine *one = m[prng_below(ANY(s), 3)];
	int64_t jump = jumps[prng_below(ANY(s), sizeof(jumps) / sizeof(jumps[0]))] * 1000000;

	/* Half of the time somebody has set it right again. */
	if (one->wall_off_us != 0 && prng_chance(ANY(s), 500))
		jump = -one->wall_off_us;
	machine_jump_clock(one, jump);
}

static void
change_weather(struct shop *s)
{
	struct client *links[] = { till_link(some_till(s)), store_node_shop_link(s->store),
		store_node_wan_link(s->store), hq_node_link(some_hq(s)) };
	struct weather weather = {
		.drop = prng_chance(ANY(s), 500) ? (unsigned)prng_below(ANY(s), 300) : 0,
		.duplicate = prng_chance(ANY(s), 500) ? (unsigned)prng_below(ANY(s), 300) : 0,
		.reorder = prng_chance(ANY(s), 500) ? (unsigned)prng_below(ANY(s), 300) : 0,
		.delay_lo = 100, .delay_hi = prng_between(ANY(s), 200, 500 * MS),
	};

	client_set_weather(links[prng_below(ANY(s), 4)], &weather);
}

static void
revoke_till(struct shop *s)
{
	if (s->revoked != NULL || !prng_chance(ANY(s), 100))
		return;
	s->revoked = some_till(s);
	manager_revoke(&s->manager, till_name(s->revoked));
}

static const struct {
	void (*happen)(struct shop *s);
	unsigned likely;	/* per mille of runs that know it at all */
} kinds[] = {
	{ cut_till, 400 }, { cut_store, 400 }, { cut_uplink, 400 }, { restart_shop_broker, 300 },
	{ restart_wan_broker, 300 }, { kill_store, 400 }, { cut_power_of_store, 400 },
	{ kill_store_in_mid_turn, 400 }, { stop_store, 200 }, { kill_till, 400 },
	{ stop_till, 200 }, { kill_hq, 300 }, { fill_disk, 300 }, { fail_hq_storage, 300 },
	{ fill_outbox, 200 }, { jump_clock, 300 }, { change_weather, 500 }, { revoke_till, 200 },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
mischief(void *ctx, void *what)
{
	struct shop *s = ctx;
	uint64_t sum = 0, at;
	size_t i;

	(void)what;
	if (s->quiet)
		return;
	for (i = 0; i < KINDS; i++)
		sum += s->menu[i];
	if (sum == 0)
		return;
	at = prng_below(ANY(s), sum);
	for (i = 0; at >= s->menu[i]; i++)
		at -= s->menu[i];
	kinds[i].happen(s);
	world_after(&s->w, prng_between(ANY(s), 20 * MS, s->unrest_us), mischief, s, NULL);
}

static void
put_ledger_back(void *ctx, void *what)
{
	struct shop *s = ctx;

	(void)what;
	if (s->quiet || s->backup.n == 0)
		return;
	store_node_crash(s->store, true);
	if (disk_durable(s->disk)->n > s->backup.n) {
		oracle_store_rolled_back(&s->oracle);
		disk_put_back(s->disk, &s->backup);
		s->put_back = true;
	}
	world_after(&s->w, some_time(s, 5 * SECOND), start_store, s, NULL);
}

static void
back_up_ledger(void *ctx, void *what)
{
	struct shop *s = ctx;

	(void)what;
	if (s->quiet)
		return;
	image_copy(&s->backup, disk_durable(s->disk));
	world_trace(&s->w, "disk", "backed up with %zu entries", s->backup.n);
	world_after(&s->w, some_time(s, s->faults_until), put_ledger_back, s, NULL);
}

static void
put_hq_back(void *ctx, void *what)
{
	struct shop *s = ctx;

	(void)what;
	if (s->quiet)
		return;
	for (unsigned i = 0; i < s->n_hq; i++)
		hq_node_crash(s->hq[i]);
	hq_node_put_back(s->hq[0], s->hq_backup);
	world_after(&s->w, some_time(s, 5 * SECOND), start_hq, s, NULL);
}

static void
back_up_hq(void *ctx, void *what)
{
	struct shop *s = ctx;

	(void)what;
	if (s->quiet)
		return;
	s->hq_backup = hq_memory_copy(s->hq_memory);
	world_after(&s->w, some_time(s, s->faults_until), put_hq_back, s, NULL);
}

/* As systemd would: what is down comes up again. */
static void
supervise(void *ctx, void *what)
{
	struct shop *s = ctx;
	struct session_stats st;

	(void)what;
	store_node_start(s->store);
	start_hq(s, NULL);
	for (unsigned i = 0; i < s->n_tills; i++) {
		till_start(s->tills[i]);
		if (s->w.failed)
			return;
		till_stats(s->tills[i], &st);
		if (st.state == SESSION_FAILED)
			till_crash(s->tills[i], false);
	}
	world_after(&s->w, s->quiet ? SECOND : 10 * SECOND, supervise, s, NULL);
}

static void
draw_insider(struct shop *s)
{
	struct insider *in = &s->insider;

	in->replay = prng_chance(ANY(s), 300) ? 50 : 0;
	in->misroute = prng_chance(ANY(s), 300) ? 50 : 0;
	in->forge = prng_chance(ANY(s), 300) ? 100 : 0;
	in->alter = prng_chance(ANY(s), 300) ? 300 : 0;
	in->stolen = prng_chance(ANY(s), 150) ? s->store_signer : NULL;
}

static void
draw_disk(struct shop *s)
{
	struct disk_faults f = {
		.io = prng_chance(ANY(s), 300) ? (unsigned)prng_below(ANY(s), 100) : 0,
		.full = prng_chance(ANY(s), 300) ? (unsigned)prng_below(ANY(s), 100) : 0,
		.flush_lo = 100, .flush_hi = prng_chance(ANY(s), 700) ? 600 : 200 * MS,
	};

	if (prng_chance(ANY(s), 200))
		f.read = (unsigned)prng_below(ANY(s), 30);
	disk_set_faults(s->disk, &f);
}

void
faults_begin(struct shop *s)
{
	bool calm = prng_chance(ANY(s), 60);

	s->faults_until = prng_between(ANY(s), 5, 60) * SECOND;
	s->unrest_us = prng_between(ANY(s), 100, 6000) * MS;
	for (size_t i = 0; i < KINDS; i++) {
		if (!calm && prng_chance(ANY(s), kinds[i].likely))
			s->menu[i] = (unsigned)prng_between(ANY(s), 1, 10);
	}
	if (calm)
		return;
	draw_insider(s);
	draw_disk(s);
	if (prng_chance(ANY(s), 150))
		world_after(&s->w, some_time(s, s->faults_until), back_up_ledger, s, NULL);
	if (prng_chance(ANY(s), 150))
		world_after(&s->w, some_time(s, s->faults_until), back_up_hq, s, NULL);
	world_after(&s->w, 500 * MS, mischief, s, NULL);
	world_after(&s->w, 10 * SECOND, supervise, s, NULL);
}

void
faults_end(struct shop *s)
{
	static const struct disk_faults none = { .flush_lo = 100, .flush_hi = 600 };

	world_trace(&s->w, "world", "the faults are over");
	s->quiet = true;
	for (unsigned i = 0; i < OFFICES; i++)
		s->offices[i].quiet = true;
	insider_retire(&s->insider);
	broker_heal(s->shop);
	broker_heal(s->wan);
	disk_set_faults(s->disk, &none);
	disk_fill(s->disk, 0);
	hq_memory_fail(s->hq_memory, KAS_OK, 0, false);
	store_node_crash_soon(s->store, 0);
	for (unsigned i = 0; i < s->n_tills; i++)
		till_break_outbox(s->tills[i], KAS_OK);
	supervise(s, NULL);
}
