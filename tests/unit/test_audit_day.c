/* Closes, resolutions and rule sets: derived again, and compared with what the store wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/audit_rig.h"
#include "tests/support/day_docs.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define ACCEPTED KASIR__V1__RESOLUTION__ACCEPTED
#define VOIDED KASIR__V1__RESOLUTION__VOIDED

static Kasir__V1__Transaction *
document(struct made_ledger *m, Kasir__V1__TransactionType type, const char *shift)
{
	return day_doc(&m->arena, type, 0, shift);
}

static Kasir__V1__Transaction *
counted(struct made_ledger *m, Kasir__V1__TransactionType type, uint64_t n)
{
	Kasir__V1__Transaction *doc = document(m, type, "pagi");

	day_doc_count(&m->arena, doc, n);
	return doc;
}

static Kasir__V1__Transaction *
sale(struct made_ledger *m, int64_t n, int64_t paid)
{
	Kasir__V1__Transaction *doc = document(m, TYPE(SALE), "pagi");

	day_doc_line(&m->arena, doc, n);
	day_doc_tender(&m->arena, doc, KASIR__V1__TENDER_KIND__CASH,
	    KASIR__V1__TENDER_STATE__APPROVED, paid);
	return doc;
}

static Kasir__V1__RuleSet *
rule_set_with(uint64_t tolerance)
{
	static Kasir__V1__RuleSet rules;
	static Kasir__V1__RulePeriod period, *periods = &period;

	kasir__v1__rule_set__init(&rules);
	kasir__v1__rule_period__init(&period);
	rules.format = 1;
	rules.name = (char *)"toko";
	rules.currency = (char *)"IDR";
	rules.periods = &periods;
	rules.n_periods = 1;
	period.from_day = 20200101;
	period.variance_tolerance = tolerance;
	return &rules;
}

/* What stands where in a day that is told by live(). */
enum { OPENED = 4, SOLD, WRONG, SHIFT, SHIFT_Z, WORD, RULES, REFUSED, LATE, ASKED, Z, OWN_Z };

/* A day of two tills: a shift, an exception and the word on it, a rule set and what breaks it,
 * a close that a till asks for and one of the manager's. */
static struct made_ledger *
live_with(uint64_t seed, void (*lie)(Kasir__V1__LedgerEntry *e))
{
	struct made_ledger *m = made_ledger_open(seed);
	struct made_terminal *front = made_ledger_enrol(m, "front", 1);

	made_ledger_enrol(m, "back", 1);
	m->lie = lie;
	made_ledger_enter(m, front, counted(m, TYPE(SHIFT_OPEN), 500));
	made_ledger_enter(m, front, sale(m, 100, 100));
	made_ledger_enter(m, front, sale(m, 10, 9));
	made_ledger_enter(m, front, counted(m, TYPE(SHIFT_CLOSE), 600));
	made_ledger_resolve(m, WRONG, ACCEPTED);
	made_ledger_load_rules(m, rule_set_with(5));
	return m;
}

static struct made_ledger *
live(uint64_t seed)
{
	return live_with(seed, NULL);
}

static void
live_on(struct made_ledger *m)
{
	struct made_terminal *front = FRONT(m), *back = BACK(m);

	made_ledger_enter(m, front, counted(m, TYPE(SHIFT_CLOSE), 600));	/* none is open */
	made_ledger_enter(m, back, sale(m, 7, 7));
	made_ledger_enter(m, back, document(m, TYPE(DAY_CLOSE), ""));
	made_ledger_close_day(m);
}

static void
a_day_that_was_lived_verifies(void **state)
{
	struct made_ledger *m = live(700);
	struct audit_report r;

	(void)state;
	live_on(m);
	assert_int_equal(m->n, OWN_Z + 1);
	made_ledger_snapshot(m);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect_clean(&r, AUDIT_VERIFIED);
	assert_int_equal(r.totals.sales, 117);
	made_ledger_close(m);
}

static void
lie_variance(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED)
		e->shift_closed->variance = 0;
}
static void
lie_shift_range(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED)
		e->shift_closed->first_sequence++;
}
static void
lie_shift_cash(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_SHIFT_CLOSED)
		e->shift_closed->totals->cash->expected--;
}
static void
lie_resolved(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED)
		e->exception_resolved->index = SOLD;
}
static void
lie_resolved_totals(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED)
		e->totals->sales++;
}
static void
lie_number(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		e->day_closed->number++;
}
static void
lie_first(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		e->day_closed->first++;
}
static void
lie_root(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		e->day_closed->root.data[0] ^= 1;
}
static void
lie_total(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		e->day_closed->totals->total--;
}
static void
lie_missing(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		e->day_closed->terminals[0]->newest--;
}
static void
lie_cosigned(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED)
		e->day_closed->cosigned_size = e->day_closed->size + 1;
}
static void
lie_broken(Kasir__V1__LedgerEntry *e)
{
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		e->transaction->n_broken = 0;
}

static void
lies_about_the_day_are_named(void **state)
{
	static const struct {
		const char *what;
		void (*early)(Kasir__V1__LedgerEntry *e);
		void (*late)(Kasir__V1__LedgerEntry *e);
		enum audit_kind kind;
		uint64_t index;
	} cases[] = {
		{ "variance", lie_variance, NULL, AUDIT_CLOSE_MISMATCH, SHIFT_Z },
		{ "the shift's range", lie_shift_range, NULL, AUDIT_CLOSE_MISMATCH, SHIFT_Z },
		{ "expected cash", lie_shift_cash, NULL, AUDIT_CLOSE_MISMATCH, SHIFT_Z },
		{ "word on no exception", lie_resolved, NULL, AUDIT_RULE_MISMATCH, WORD },
		{ "totals after the word", lie_resolved_totals, NULL, AUDIT_GRAND_TOTAL_MISMATCH, WORD },
		{ "not by the rules then", NULL, lie_broken, AUDIT_RULE_MISMATCH, REFUSED },
		{ "number", NULL, lie_number, AUDIT_CLOSE_MISMATCH, Z },
		{ "range", NULL, lie_first, AUDIT_CLOSE_MISMATCH, Z },
		{ "root", NULL, lie_root, AUDIT_CLOSE_MISMATCH, Z },
		{ "total", NULL, lie_total, AUDIT_CLOSE_MISMATCH, Z },
		{ "completeness", NULL, lie_missing, AUDIT_CLOSE_MISMATCH, Z },
		{ "cosigned beyond itself", NULL, lie_cosigned, AUDIT_CLOSE_MISMATCH, Z },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct made_ledger *m = live_with(710 + i, cases[i].early);
		struct audit_report r;

		if (cases[i].late != NULL) {
			m->lie = cases[i].late;
			live_on(m);
		}
		audit_rig_finish(m);
		r = audit_rig_run(m, NULL, 0, true);
		audit_rig_expect(cases[i].what, &r, cases[i].kind, cases[i].index, AUDIT_BOOKS);
		made_ledger_close(m);
	}
}

static void
a_close_that_was_asked_for_and_not_written_is_missed(void **state)
{
	int at_end;

	(void)state;
	for (at_end = 0; at_end < 2; at_end++) {
		struct made_ledger *m = live(730);
		struct audit_report r;

		m->forgets = true;
		made_ledger_enter(m, BACK(m), document(m, TYPE(DAY_CLOSE), ""));
		m->lie = lie_number;	/* the book need not take it */
		if (!at_end)
			made_ledger_sell(m, BACK(m), 1);
		audit_rig_finish(m);
		r = audit_rig_run(m, NULL, 0, true);
		audit_rig_expect("missing", &r, AUDIT_CLOSE_MISMATCH, REFUSED + 1, AUDIT_BOOKS);
		made_ledger_close(m);
	}
}

static void
the_manager_does_not_close_over_open_bills(void **state)
{
	struct made_ledger *m = live(740);
	struct audit_report r;

	(void)state;
	made_ledger_enter(m, BACK(m), document(m, TYPE(SUSPEND), ""));
	made_ledger_close_day(m);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_CLOSE_MISMATCH, REFUSED + 1, AUDIT_BOOKS);
	made_ledger_close(m);
}

static void
a_word_is_given_once(void **state)
{
	struct made_ledger *m = live(750);
	struct audit_report r;

	(void)state;
	m->lie = lie_number;
	made_ledger_resolve(m, WRONG, VOIDED);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_RULE_MISMATCH, REFUSED, AUDIT_BOOKS);
	made_ledger_close(m);
}

static void
a_return_that_waited_must_be_settled(void **state)
{
	struct made_ledger *m = live(760);
	struct audit_report r;

	(void)state;
	made_ledger_return_early(m, BACK(m), FRONT(m));
	made_ledger_sell(m, FRONT(m), 1);
	made_ledger_sell(m, FRONT(m), 1);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_RULE_MISMATCH, REFUSED + 2, AUDIT_BOOKS);
	made_ledger_close(m);
}

static void
a_rule_set_is_bound_by_its_hash(void **state)
{
	struct made_ledger *m = live(770);
	struct audit_report r;

	(void)state;
	m->rows[RULES].e.payload = audit_rig_changed(m, m->rows[RULES].e.payload, 3);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_ENTRY_EDITED, RULES, AUDIT_DAMAGE);
	made_ledger_close(m);
}

static void
what_is_kept_of_the_open_day_is_compared(void **state)
{
	struct made_ledger *m = live(780);
	struct audit_report r;

	(void)state;
	made_ledger_snapshot(m);
	m->state = audit_rig_changed(m, m->state, m->state.n / 2);
	live_on(m);
	audit_rig_finish(m);
	r = audit_rig_run(m, NULL, 0, true);
	audit_rig_expect(__func__, &r, AUDIT_SNAPSHOT_MISMATCH, REFUSED, AUDIT_BOOKS);
	made_ledger_close(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_that_was_lived_verifies),
		cmocka_unit_test(lies_about_the_day_are_named),
		cmocka_unit_test(a_close_that_was_asked_for_and_not_written_is_missed),
		cmocka_unit_test(the_manager_does_not_close_over_open_bills),
		cmocka_unit_test(a_word_is_given_once),
		cmocka_unit_test(a_return_that_waited_must_be_settled),
		cmocka_unit_test(a_rule_set_is_bound_by_its_hash),
		cmocka_unit_test(what_is_kept_of_the_open_day_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
