/* compare.c - what an entry says beside what follows from it. */
#include "audit/audit_parts.h"

#include <inttypes.h>

static struct findings *
found(struct audit *au)
{
	return &au->report->findings;
}

static bool
missing_from(const struct rule_set *there, const struct rule_set *expected, rule_id rule)
{
	return rule_set_has(expected, rule) && !rule_set_has(there, rule);
}

void
compare_name(const struct rule_set *a, const struct rule_set *b, char to[RULE_NAME_MAX])
{
	rule_id list[RULES_MAX];
	struct rule_set differ;

	for (size_t i = 0; i < RULES_MAX / 64; i++)
		differ.bits[i] = a->bits[i] ^ b->bits[i];
	to[0] = '\0';
	if (rule_set_list(&differ, list) > 0)
		rule_name(list[0], to);
}

/* Where the catalogue is not kept nobody can say what should have been noted of it. */
static void
forget_catalogue(const struct audit *au, struct rule_set *notes)
{
	int r;

	for (r = KASIR__V1__RULE__PRODUCT_UNKNOWN; book_lacks_catalogue(au->book) &&
	    r <= KASIR__V1__RULE__CASHIER_RIGHT_LACKING; r++)
		notes->bits[r / 64] &= ~((uint64_t)1 << r % 64);
}

bool
compare_judgement(struct audit *au, const struct item *it, const struct judgement *j)
{
	const Kasir__V1__TransactionRecord *r = it->record;
	struct rule_set broken = rule_set_of(r->broken, r->n_broken);
	struct rule_set notes = rule_set_of(r->notes, r->n_notes);
	bool same_broken = rule_set_equal(&broken, &j->broken);
	enum audit_kind kind = AUDIT_RULE_MISMATCH;
	char name[RULE_NAME_MAX];

	forget_catalogue(au, &notes);

	if (j->verdict == VERDICT_DUPLICATE || j->verdict == VERDICT_CONFLICT_KNOWN) {
		findings_add(found(au), AUDIT_TERMINAL_REPLAY, false, it->index,
		    "%s %" PRIu64 "/%" PRIu64 " stands at entry %" PRIu64 " already", r->terminal,
		    r->epoch, r->sequence, j->index);
		return false;
	}
	if (same_broken && rule_set_equal(&notes, &j->notes) &&
	    r->conflict == (j->verdict == VERDICT_CONFLICT_NEW) &&
	    (!r->conflict || r->first == j->index))
		return true;
	if (missing_from(&notes, &j->notes, KASIR__V1__RULE__SEQUENCE_GAP))
		kind = AUDIT_TERMINAL_SEQUENCE_GAP;
	else if (missing_from(&notes, &j->notes, KASIR__V1__RULE__CHAIN_BROKEN))
		kind = AUDIT_TERMINAL_CHAIN_BROKEN;
	else if (j->verdict == VERDICT_CONFLICT_NEW && !r->conflict)
		kind = AUDIT_TERMINAL_EQUIVOCATION;
	compare_name(same_broken ? &notes : &broken, same_broken ? &j->notes : &j->broken, name);
	findings_add(found(au), kind, false, it->index,
	    "%s %" PRIu64 "/%" PRIu64 ": the entry and its transaction differ about %s",
	    r->terminal, r->epoch, r->sequence, name[0] != '\0' ? name : "its identity");
	return false;
}

void
compare_totals(struct audit *au, const struct item *it, const Kasir__V1__GrandTotals *t)
{
	const Kasir__V1__GrandTotals *e = it->entry->totals;
	const struct { const char *what; uint64_t is, should; } pairs[] = {
		{ "sales", e->sales, t->sales }, { "sales count", e->sales_count, t->sales_count },
		{ "returns", e->returns, t->returns },
		{ "returns count", e->returns_count, t->returns_count },
		{ "exceptions", e->exceptions, t->exceptions },
		{ "exceptions count", e->exceptions_count, t->exceptions_count },
		{ "voids", e->voids, t->voids }, { "voids count", e->voids_count, t->voids_count },
		{ "training", e->training, t->training },
		{ "training count", e->training_count, t->training_count },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i].is != pairs[i].should) {
			findings_add(found(au), AUDIT_GRAND_TOTAL_MISMATCH, false, it->index,
			    "%s stand at %" PRIu64 " and should at %" PRIu64, pairs[i].what,
			    pairs[i].is, pairs[i].should);
			return;
		}
}
