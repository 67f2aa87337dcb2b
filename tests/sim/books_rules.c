/* Which rules of the day a document breaks, by what is open when it comes: shifts, bills, pending
 * tenders and closes, as docs/reference/rules.md has them. */
#include "tests/sim/books_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define RULE(r) KASIR__V1__RULE__##r
#define STATE(s) KASIR__V1__TENDER_STATE__##s

/* The rules that are reckoned here; shift.variance hangs on the rule set, shift.name on the
 * document alone. */
static const int rules[] = { RULE(SHIFT_NOT_OPEN), RULE(SHIFT_OPEN_ALREADY), RULE(DAY_OPEN_BILLS),
	RULE(DAY_PENDING_TENDERS), RULE(BILL_REFERENCE), RULE(BILL_TWICE),
	RULE(RESOLUTION_REFERENCE), RULE(RESOLUTION_TENDER), RULE(RESOLUTION_TWICE) };
#define RULES (sizeof(rules) / sizeof(rules[0]))

struct broken {
	bool by[256];
};

static const Kasir__V1__Tender *
unsettled(const document *doc, uint32_t number)
{
	for (size_t i = 0; i < doc->n_tenders; i++) {
		if (doc->tenders[i]->number == number && posting_is_unsettled(doc->tenders[i]))
			return doc->tenders[i];
	}
	return NULL;
}

static bool
is_same_way(const Kasir__V1__Tender *a, const Kasir__V1__Tender *b)
{
	return a->tendered == 0 || (a->tendered < 0) == (b->tendered < 0);
}

/* What stands in for T, whose fate DOC tells: nothing, or as much as it was. */
static bool
is_made_up_for(const document *doc, const Kasir__V1__Tender *t)
{
	bool any = false;
	wide sum = 0;

	for (size_t i = 0; i < doc->n_tenders; i++) {
		if (doc->tenders[i]->replaces != t->number)
			continue;
		any = true;
		sum += posting_applied(doc->tenders[i]);
		if (t->state != STATE(REVERSED) || doc->tenders[i]->state != STATE(APPROVED) ||
		    !is_same_way(doc->tenders[i], t))
			return false;
	}
	return !any || sum == posting_applied(t);
}

static bool
is_fate_of(const Kasir__V1__Tender *t, const Kasir__V1__Tender *was)
{
	return was != NULL && (t->state == STATE(APPROVED) || t->state == STATE(REVERSED)) &&
	    t->kind == was->kind && t->tendered == was->tendered && t->change == was->change &&
	    t->cash_back == was->cash_back && t->forfeit == was->forfeit;
}

/* Every unsettled tender of ORIGINAL stands in DOC once, with its fate. */
static bool
tells_all_fates(const document *doc, const document *original)
{
	size_t told = 0, open = 0;

	for (size_t i = 0; i < original->n_tenders; i++)
		open += posting_is_unsettled(original->tenders[i]);
	for (size_t i = 0; i < doc->n_tenders; i++) {
		const Kasir__V1__Tender *t = doc->tenders[i];

		if (t->replaces != 0)
			continue;
		if (!is_fate_of(t, unsettled(original, t->number)) || !is_made_up_for(doc, t))
			return false;
		told++;
	}
	return told == open;
}

static void
expect_resolution(struct books *b, const struct posted *p, struct broken *x)
{
	const struct posted *o = books_original(b, p->r->terminal, p->doc);

	if (o == NULL || o->doc == NULL || o->training || o->conflict || !o->counts ||
	    !books_opens_pending(o->doc)) {
		x->by[RULE(RESOLUTION_REFERENCE)] = true;
		return;
	}
	x->by[RULE(RESOLUTION_TWICE)] = o->settled;
	x->by[RULE(RESOLUTION_TENDER)] = !tells_all_fates(p->doc, o->doc);
}

static void
expect_bill(struct books *b, const struct posted *p, struct broken *x)
{
	const struct posted *o = books_original(b, p->r->terminal, p->doc);

	if (p->doc->type == TYPE(CANCEL) && p->doc->original == NULL)
		return;
	if (o == NULL || o->doc == NULL || o->training || o->conflict || o->doc->type != TYPE(SUSPEND))
		x->by[RULE(BILL_REFERENCE)] = true;
	else
		x->by[RULE(BILL_TWICE)] = o->settled;
}

/* Signing on, the day's own documents and what happens to the machine are in no shift. */
static bool
is_in_a_shift(const document *doc)
{
	return doc->type != TYPE(DAY_OPEN) && doc->type != TYPE(SIGN_ON) &&
	    doc->type != TYPE(SIGN_OFF) && doc->type != TYPE(TERMINAL_EVENT);
}

static void
expect(struct books *b, const struct posted *p, struct broken *x)
{
	const struct open_till *s = books_shift(b, p->r->terminal);
	bool named = strcmp(p->doc->shift, s != NULL ? s->shift : "") == 0;

	switch (p->doc->type) {
	case TYPE(SHIFT_OPEN):
		x->by[RULE(SHIFT_OPEN_ALREADY)] = s != NULL;
		return;
	case TYPE(SHIFT_CLOSE):
		x->by[RULE(SHIFT_NOT_OPEN)] = s == NULL || !named;
		return;
	case TYPE(DAY_CLOSE):
		x->by[RULE(DAY_OPEN_BILLS)] = b->bills > 0;
		x->by[RULE(DAY_PENDING_TENDERS)] = b->pending_count > 0;
		return;
	case TYPE(RESUME):
	case TYPE(CANCEL):
		expect_bill(b, p, x);
		break;
	case TYPE(TENDER_RESOLUTION):
		expect_resolution(b, p, x);
		break;
	default:
		break;
	}
	x->by[RULE(SHIFT_NOT_OPEN)] = books_keeps_shifts(b, p->r) && is_in_a_shift(p->doc) &&
	    !named;
}

/* What it breaks in training and as a conflict too, whatever else is in the ledger. */
static void
expect_by_itself(const document *doc, struct broken *x)
{
	bool names = doc->original != NULL && doc->original->sequence != 0;

	if (doc->type == TYPE(RESUME))
		x->by[RULE(BILL_REFERENCE)] |= !names;
	if (doc->type != TYPE(TENDER_RESOLUTION))
		return;
	x->by[RULE(RESOLUTION_REFERENCE)] |= !names;
	x->by[RULE(RESOLUTION_TENDER)] |= doc->n_tenders == 0;
	for (size_t i = 0; i < doc->n_tenders; i++)
		x->by[RULE(RESOLUTION_TENDER)] |= doc->tenders[i]->state != STATE(APPROVED) &&
		    doc->tenders[i]->state != STATE(REVERSED);
}

static void
take_down(const Kasir__V1__Rule *list, size_t n, struct broken *x)
{
	for (size_t i = 0; i < n; i++) {
		if ((unsigned)list[i] < sizeof(x->by))
			x->by[list[i]] = true;
	}
}

void
books_check_rules(struct books *b, const struct posted *p)
{
	struct broken is = { { false } }, said = { { false } };

	if (p->doc != NULL && !p->training && !p->conflict)
		expect(b, p, &is);
	if (p->doc != NULL)
		expect_by_itself(p->doc, &is);
	take_down(p->r->broken, p->r->n_broken, &said);
	take_down(p->r->notes, p->r->n_notes, &said);
	for (size_t i = 0; i < RULES; i++) {
		if (is.by[rules[i]] != said.by[rules[i]])
			books_wrong(b, "entry %llu (%s %llu) %s rule %d, and ought %sto",
			    (unsigned long long)b->size, p->r->terminal,
			    (unsigned long long)p->r->sequence,
			    said.by[rules[i]] ? "breaks" : "does not break", rules[i],
			    is.by[rules[i]] ? "" : "not ");
	}
}
