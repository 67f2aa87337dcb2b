#include "tests/sim/office.h"

#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "kasir/v1/control.pb-c.h"
#include "tests/support/make_catalogue.h"
#include "tests/support/make_day.h"

#define BODY(b) KASIR__V1__LEDGER_ENTRY__BODY_##b
#define ASK(b) KASIR__V1__CONTROL_REQUEST__BODY_##b
#define WALL_DAY_US ((int64_t)86400 * 1000000)
#define LAST_ENTRIES 60

/* What somebody waits for: an entry of that kind, or (NOT_SET) something else. */
struct question {
	struct office *f;
	Kasir__V1__LedgerEntry__BodyCase body;
	bool closes_up;
};

static void
on_answer(void *ctx, struct bytes response)
{
	struct question *q = ctx;
	struct office *f = q->f;
	Kasir__V1__ControlResponse *r;
	struct bytes report;
	struct arena a;

	arena_init(&a, 0);
	r = PROTO_UNPACK(kasir__v1__control_response, &a, response);
	if (q->closes_up)
		f->answered = true;
	if (r == NULL) {
		world_fail(f->w, "a control response does not decode");
	} else if (r->exit_code != 0) {
		world_trace(f->w, f->name, "is told: %s (%u)", r->error, r->exit_code);
	} else if (r->body_case == KASIR__V1__CONTROL_RESPONSE__BODY_DAY) {
		if (proto_pack(&a, &r->day->base, &report))
			oracle_told_x(f->oracle, report, r->day->size);
	} else if (q->body != BODY(_NOT_SET)) {
		world_trace(f->w, f->name, "is told of entry %llu",
		    (unsigned long long)r->entry->index);
		oracle_told_entry(f->oracle, r->entry->index, q->body);
	}
	arena_fini(&a);
}

static void
ask(struct office *f, const Kasir__V1__ControlRequest *request,
    Kasir__V1__LedgerEntry__BodyCase body, bool closes_up)
{
	struct question *q = arena_alloc(&f->w->arena, sizeof(*q));
	struct buf b;

	*q = (struct question){ f, body, closes_up };
	buf_init(&b);
	proto_append(&b, &request->base);
	store_node_ask(f->store, f->name, buf_bytes(&b), (struct control_answer){ on_answer, q });
	buf_fini(&b);
}

/* As the exceptions desk shows them: something of the newest entries that breaks a rule, or
 * perhaps not, or is settled already. */
static bool
find_exception(struct office *f, uint64_t *ret)
{
	const struct image *im = disk_durable(f->oracle->disk);
	uint64_t last = im->n < LAST_ENTRIES ? im->n : LAST_ENTRIES;
	bool any = prng_chance(&f->prng, 60), found = false;
	Kasir__V1__LedgerEntry *e;
	struct arena a;

	arena_init(&a, 0);
	for (int tries = 0; last > 0 && tries < 12 && !found; tries++) {
		*ret = im->n - 1 - prng_below(&f->prng, last);
		found = any || (wire_decode_entry(im->entries[*ret].entry, &a, &e, NULL) == KAS_OK &&
		    ((e->body_case == BODY(TRANSACTION) && e->transaction->n_broken > 0) ||
		    (e->body_case == BODY(RETURN_SETTLED) && e->return_settled->n_broken > 0)));
	}
	arena_fini(&a);
	return found;
}

static void
resolve(struct office *f)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__ResolveRequest body = KASIR__V1__RESOLVE_REQUEST__INIT;
	int again = prng_chance(&f->prng, 250) ? 2 : 1;

	if (!find_exception(f, &body.index))
		return;
	request.body_case = ASK(RESOLVE);
	request.resolve = &body;
	body.reason = (char *)"seen";
	for (; again > 0; again--) {
		body.how = prng_chance(&f->prng, 500) ? KASIR__V1__RESOLUTION__ACCEPTED :
		    KASIR__V1__RESOLUTION__VOIDED;
		ask(f, &request, BODY(EXCEPTION_RESOLVED), false);
	}
}

static void
annotate(struct office *f)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__AnnotateRequest body = KASIR__V1__ANNOTATE_REQUEST__INIT;

	if (!find_exception(f, &body.index))
		return;
	body.text = (char *)"the customer was called";
	request.body_case = ASK(ANNOTATE);
	request.annotate = &body;
	ask(f, &request, BODY(ANNOTATED), false);
}

static void
look_at_x(struct office *f)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayReportRequest body = KASIR__V1__DAY_REPORT_REQUEST__INIT;

	request.body_case = ASK(DAY_REPORT);
	request.day_report = &body;
	ask(f, &request, BODY(_NOT_SET), false);
}

static void
close_day(struct office *f, bool carry, bool dry_run, bool closes_up)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__DayCloseRequest body = KASIR__V1__DAY_CLOSE_REQUEST__INIT;

	world_trace(f->w, f->name, "asks for the day to be closed");
	body.reason = (char *)"midnight";
	body.carry_pending = carry;
	body.dry_run = dry_run;
	request.body_case = ASK(DAY_CLOSE);
	request.day_close = &body;
	ask(f, &request, dry_run ? BODY(_NOT_SET) : BODY(DAY_CLOSED), closes_up);
}

/* Around now, or for a time that has not come yet. */
static void
load_rules(struct office *f)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__RulesLoadRequest body = KASIR__V1__RULES_LOAD_REQUEST__INIT;
	uint64_t seed = prng_next(&f->prng);
	Kasir__V1__RuleSet *rules;
	struct bytes packed;
	struct arena a;

	arena_init(&a, 0);
	rules = make_rules_for(&a, seed, make_sale(&a, seed));
	if (prng_chance(&f->prng, 500)) {
		rules->periods[1]->until_day = 0;
		rules->periods[1]->from_day = 20990101;
	}
	if (!proto_pack(&a, &rules->base, &packed))
		abort();
	body.rule_set = proto_bytes(packed);
	request.body_case = ASK(RULES_LOAD);
	request.rules_load = &body;
	ask(f, &request, BODY(RULES_CHANGED), false);
	arena_fini(&a);
}

static void
load_catalogue(struct office *f)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CataloguePartRequest part = KASIR__V1__CATALOGUE_PART_REQUEST__INIT;
	Kasir__V1__CatalogueLoadRequest load = KASIR__V1__CATALOGUE_LOAD_REQUEST__INIT;
	struct bytes list;
	struct hash hash;
	struct arena a;

	arena_init(&a, 0);
	list = make_large_catalogue(&a, prng_between(&f->prng, 1, 30), 2);
	hash = hash_of(list);
	part.hash = load.hash = proto_bytes(hash_bytes(&hash));
	part.size = list.n;
	request.body_case = ASK(CATALOGUE_PART);
	request.catalogue_part = &part;
	for (size_t half = list.n / 2; part.offset < list.n; part.offset += half) {
		if (list.n - part.offset < 2 * half)
			half = list.n - part.offset;
		part.part = proto_bytes(BYTES(list.p + part.offset, half));
		ask(f, &request, BODY(_NOT_SET), false);
	}
	request.body_case = ASK(CATALOGUE_LOAD);
	request.catalogue_load = &load;
	ask(f, &request, BODY(CATALOGUE_CHANGED), false);
	arena_fini(&a);
}

/* The store's own clock: whoever sets it wrong closes at a wrong time. */
static bool
is_midnight(struct office *f)
{
	struct machine *m = store_node_machine(f->store);
	struct clock_reading now;
	int64_t day;

	machine_clock(m).read(m, &now);
	day = now.wall_us / WALL_DAY_US;
	if (day == f->day)
		return false;
	f->day = day;
	return true;
}

static void
do_something(struct office *f)
{
	uint64_t dice = prng_below(&f->prng, 100);

	if (is_midnight(f))
		close_day(f, prng_chance(&f->prng, 500), false, false);
	else if (prng_chance(&f->prng, f->rules))
		load_rules(f);
	else if (prng_chance(&f->prng, f->catalogues))
		load_catalogue(f);
	else if (dice < 55)
		resolve(f);
	else if (dice < 65)
		annotate(f);
	else if (dice < 95)
		look_at_x(f);
	else
		close_day(f, prng_chance(&f->prng, 500), prng_chance(&f->prng, 700), false);
}

static void
work(void *ctx, void *what)
{
	struct office *f = ctx;

	(void)what;
	if (f->quiet)
		return;
	do_something(f);
	world_after(f->w, prng_between(&f->prng, 20, 2 * f->pause_ms) * MS, work, f, NULL);
}

void
office_init(struct office *f, struct world *w, struct store_node *store,
    struct oracle *oracle, const char *name)
{
	memset(f, 0, sizeof(*f));
	f->w = w;
	f->store = store;
	f->oracle = oracle;
	f->name = name;
	f->prng = prng_split(&w->prng);
	f->pause_ms = (unsigned)prng_between(&f->prng, 200, 2500);
	f->rules = prng_chance(&f->prng, 150) ? 30 : 0;
	f->catalogues = prng_chance(&f->prng, 200) ? 40 : 0;
}

void
office_start(struct office *f)
{
	(void)is_midnight(f);
	world_after(f->w, SECOND, work, f, NULL);
}

void
office_close_up(struct office *f)
{
	f->answered = false;
	close_day(f, true, false, true);
}
