#include "tests/sim/till.h"

#include <stdlib.h>

#include "wire/topic.h"

struct till {
	struct till_setup set;
	struct world *w;
	struct machine machine;
	struct client *link;
	struct outbox_mem *outbox;
	struct signer *signer;
	struct session *session;	/* NULL: off */
	struct clerk clerk;
	struct arena scratch;
	uint64_t generation, next_turn;
	bool selling;			/* the next transaction is planned */
	const char *filters[3];
	char ack[WIRE_TOPIC_MAX], checkpoint[WIRE_TOPIC_MAX];
};

static void
on_mark(void *ctx, const struct outbox_mark *mark)
{
	struct till *t = ctx;

	oracle_marked(t->set.oracle, t->set.name, mark);
}

static void
on_witnessed(void *ctx, uint64_t size, size_t n)
{
	struct till *t = ctx;

	world_trace(t->w, t->set.name, "%zu sales below %llu are witnessed", n,
	    (unsigned long long)size);
}

static void
on_alarm(void *ctx, const char *sentence)
{
	struct till *t = ctx;

	world_trace(t->w, t->set.name, "alarm: %s", sentence);
}

static void plan_turn(struct till *t, uint64_t delay_us);

static void
turn(void *ctx, void *what)
{
	struct till *t = ctx;
	uint64_t *generation = what, wait;

	if (*generation != t->generation || t->next_turn != t->w->now)
		return;
	t->next_turn = UINT64_MAX;
	session_turn(t->session);
	wait = machine_until(&t->machine, session_wakeup(t->session));
	if (wait != UINT64_MAX)
		plan_turn(t, wait + 1);
}

static void
plan_turn(struct till *t, uint64_t delay_us)
{
	uint64_t *generation;

	if (t->w->now + delay_us >= t->next_turn)
		return;
	t->next_turn = t->w->now + delay_us;
	generation = sim_alloc(sizeof(*generation));
	*generation = t->generation;
	world_after(t->w, delay_us, turn, t, generation);
}

static void
on_bus(struct till *t, bool connected)
{
	if (t->session == NULL)
		return;
	session_on_bus(t->session, connected);
	plan_turn(t, 0);
}

static void
on_connected(void *ctx)
{
	on_bus(ctx, true);
}

static void
on_disconnected(void *ctx)
{
	on_bus(ctx, false);
}

static void
on_message(void *ctx, const char *topic, struct bytes payload)
{
	struct till *t = ctx;

	if (t->session == NULL)
		return;
	session_on_message(t->session, topic, payload);
	plan_turn(t, 0);
}

static enum kas_err
publish(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct till *t = ctx;

	return client_publish(t->link, topic, payload, retain);
}

struct till *
till_open(const struct till_setup *setup)
{
	static const struct client_events events = { on_connected, on_disconnected, on_message };
	struct till *t = sim_alloc(sizeof(*t));
	struct random_port random;

	t->set = *setup;
	t->w = setup->w;
	t->next_turn = UINT64_MAX;
	machine_init(&t->machine, t->w, setup->name);
	random = machine_random(&t->machine);
	arena_init(&t->scratch, 0);
	clerk_init(&t->clerk, prng_split(&t->w->prng), setup->floor, setup->name, setup->sales);
	topic_format(TOPIC_ACK, setup->store, setup->name, t->ack);
	topic_format(TOPIC_CHECKPOINT, setup->store, NULL, t->checkpoint);
	t->filters[0] = t->ack;
	t->filters[1] = t->checkpoint;
	t->link = client_attach(setup->shop, setup->name, t->filters, &events, t);
	if (signer_generate(&random, setup->name, KEY_ED25519, &t->signer) != KAS_OK ||
	    outbox_mem_open(&t->outbox) != KAS_OK)
		abort();
	return t;
}

void
till_close(struct till *t)
{
	if (t == NULL)
		return;
	session_close(t->session);
	outbox_mem_close(t->outbox);
	signer_close(t->signer);
	arena_fini(&t->scratch);
	free(t);
}

const struct pubkey *
till_key(const struct till *t)
{
	return &signer_vkey(t->signer)->key;
}

/* The oracle hears of a sale when the outbox has it on disk. */
static void
report(struct till *t, const struct receipt *r)
{
	struct outbox_port port = outbox_mem_port(t->outbox);
	struct outbox_sale sale;
	size_t n = 0;

	if (port.waiting(port.ctx, r->epoch, r->sequence - 1, 1, SIZE_MAX, &t->scratch, &sale,
	    &n) != KAS_OK || n != 1 || sale.sequence != r->sequence) {
		world_fail(t->w, "%s sold %llu, but its outbox does not hold it", t->set.name,
		    (unsigned long long)r->sequence);
		return;
	}
	oracle_signed(t->set.oracle, t->set.name, world_keep(t->w, sale.message), true, true);
}

static void
sell_one(struct till *t)
{
	struct clock_reading now;
	uint8_t id[WIRE_TXN_ID_LEN];
	struct bytes payload, personal = BYTES_NONE;
	struct receipt r;
	enum kas_err err;

	arena_reset(&t->scratch);
	machine_clock(&t->machine).read(&t->machine, &now);
	payload = clerk_next(&t->clerk, &t->scratch, now.wall_us);
	if (prng_chance(&t->clerk.prng, 60))
		personal = BYTES("\x0a\x04" "Budi", 6);
	session_mint_id(t->session, id);
	err = session_sell(t->session, id, payload, personal, &r);
	if (err != KAS_OK) {
		world_trace(t->w, t->set.name, "cannot sell: %s", kas_err_text(err));
		return;
	}
	world_trace(t->w, t->set.name, "sold %llu", (unsigned long long)r.sequence);
	report(t, &r);
	clerk_signed(&t->clerk, r.epoch, r.sequence, world_keep(t->w, payload));
	plan_turn(t, 0);
}

static void
sell(void *ctx, void *what)
{
	struct till *t = ctx;

	(void)what;
	if (t->session != NULL && !clerk_is_done(&t->clerk))
		sell_one(t);
	t->selling = !clerk_is_done(&t->clerk);
	if (t->selling)
		world_after(t->w, prng_between(&t->w->prng, t->set.pause_lo, t->set.pause_hi),
		    sell, t, NULL);
}

static struct session_ports
ports_of(struct till *t)
{
	return (struct session_ports){
		.clock = machine_clock(&t->machine),
		.random = machine_random(&t->machine),
		.bus = { publish, t },
		.outbox = outbox_mem_port(t->outbox),
		.events = { on_mark, on_witnessed, on_alarm, t },
	};
}

static void
set_will(struct till *t)
{
	struct buf b;

	buf_init(&b);
	session_will(t->session, &b);
	client_set_will(t->link, session_state_topic(t->session), buf_bytes(&b));
	buf_fini(&b);
}

void
till_start(struct till *t)
{
	struct session_config config = {
		.store = t->set.store, .terminal = t->set.name, .epoch = 1, .signer = t->signer,
		.store_key = *t->set.store_key, .hq = t->set.hq_key, .cache = t->set.notes,
		.version = "sim",
	};
	struct session_ports ports = ports_of(t);
	struct kas_why why = { "" };

	if (t->session != NULL)
		return;
	if (session_open(&config, &ports, &t->session, &why) != KAS_OK) {
		t->session = NULL;
		world_fail(t->w, "%s cannot start: %s", t->set.name, why.text);
		return;
	}
	world_trace(t->w, t->set.name, "starts");
	set_will(t);
	client_start(t->link);
	plan_turn(t, 0);
	if (!t->selling)
		sell(t, NULL);
}

static void
end_process(struct till *t, bool clean)
{
	session_close(t->session);
	t->session = NULL;
	t->generation++;
	t->next_turn = UINT64_MAX;
	client_stop(t->link, clean);
}

void
till_crash(struct till *t, bool power)
{
	if (t->session == NULL)
		return;
	world_trace(t->w, t->set.name, "dies (%s)", power ? "power cut" : "killed");
	end_process(t, false);
	if (power) {
		outbox_mem_crash(t->outbox);
		machine_boot(&t->machine);
	}
}

void
till_stop(struct till *t)
{
	if (t->session == NULL)
		return;
	world_trace(t->w, t->set.name, "ends cleanly");
	session_leave(t->session);
	end_process(t, true);
}

void
till_break_outbox(struct till *t, enum kas_err err)
{
	outbox_mem_fail(t->outbox, err);
}

bool
till_is_done(const struct till *t)
{
	return clerk_is_done(&t->clerk);
}

bool
till_is_settled(const struct till *t)
{
	struct session_stats st;

	if (!till_is_done(t) || t->session == NULL || !session_is_settled(t->session))
		return false;
	session_stats(t->session, &st);
	return st.durable == 0;
}

void
till_stats(const struct till *t, struct session_stats *ret)
{
	session_stats(t->session, ret);
}

struct listing {
	struct outbox_sale *sales;
	size_t n, cap;
};

static bool
list_sale(void *ctx, const struct outbox_sale *sale)
{
	struct listing *l = ctx;

	sim_reserve((void **)&l->sales, l->n, &l->cap, sizeof(*l->sales));
	l->sales[l->n++] = *sale;
	return true;
}

void
till_judge(const struct till *t, bool revoked)
{
	struct listing l = { NULL, 0, 0 };

	outbox_mem_each(t->outbox, list_sale, &l);
	oracle_judge_outbox(t->set.oracle, t->set.name, l.sales, l.n, revoked);
	free(l.sales);
}

const char *
till_name(const struct till *t)
{
	return t->set.name;
}

struct client *
till_link(struct till *t)
{
	return t->link;
}

struct machine *
till_machine(struct till *t)
{
	return &t->machine;
}
