/* commands_day.c - the day at any time (X), and closed at the manager's word (Z). */
#include "daemon/store/commands_parts.h"

#include <stdio.h>

/* What keeps the day open, in a person's words, and what to do about it. */
static void
fail_in_the_way(struct engine *en, const struct command *c, const struct rule_set *in_the_way)
{
	const struct day *d = book_day(en->book);
	bool bills = rule_set_has(in_the_way, KASIR__V1__RULE__DAY_OPEN_BILLS);
	bool tenders = rule_set_has(in_the_way, KASIR__V1__RULE__DAY_PENDING_TENDERS);
	char open[64] = "", pending[64] = "";

	if (bills)
		snprintf(open, sizeof open, "%llu suspended sale%s open",
		    (unsigned long long)d->open_bills, d->open_bills == 1 ? " is" : "s are");
	if (tenders)
		snprintf(pending, sizeof pending, "%llu tender%s not settled",
		    (unsigned long long)d->pending.count, d->pending.count == 1 ? " is" : "s are");
	command_fail(en, c, EX_TEMPFAIL, bills ?
	    N_("resume or cancel them at their tills; `kasirctl exceptions list` names them") :
	    N_("settle them at their tills, or close with --carry-pending, which carries them into the "
	    "next day; `kasirctl exceptions list` names them"), "the day cannot be closed: %s%s%s",
	    open, bills && tenders ? ", and " : "", pending);
}

/* The day as it would be closed now. */
static enum kas_err
make_close(struct engine *en, const struct command *c, const Kasir__V1__DayCloseRequest *q,
    Kasir__V1__DayClosed **ret)
{
	enum kas_err err;

	err = book_close_day(en->book, &en->turn, ret);
	if (err == KAS_OK)
		err = closes_complete(en, &en->turn, *ret);
	if (err != KAS_OK)
		return err;
	(*ret)->by = c->by;
	(*ret)->reason = q->reason;
	return KAS_OK;
}

void
command_day_close(struct engine *en, const struct command *c,
    const Kasir__V1__DayCloseRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__EntryResult result = KASIR__V1__ENTRY_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	struct rule_set in_the_way = book_day_in_the_way(en->book, q->carry_pending);
	struct bytes packed;
	enum kas_err err;

	if (!q->dry_run && !command_has_text(en, c, "the reason", q->reason))
		return;
	if (!rule_set_is_empty(&in_the_way)) {
		fail_in_the_way(en, c, &in_the_way);
		return;
	}
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED;
	err = make_close(en, c, q, &entry.day_closed);
	if (err == KAS_OK && q->dry_run && !proto_pack(&en->turn, &entry.base, &packed))
		err = KAS_NOMEM;
	if (err != KAS_OK) {
		command_give_up(en, c, err);
		return;
	}
	if (q->number != 0 && q->number != entry.day_closed->number) {
		command_fail(en, c, EX_CANTCREAT, "`kasirctl report z` shows it",
		    "the day has been closed meanwhile, by Z %llu",
		    (unsigned long long)(entry.day_closed->number - 1));
		return;
	}
	command_name_entry(en, &r, &result);
	if (q->dry_run) {
		result.entry = proto_bytes(packed);
		command_answer_when_durable(en, c, &r);
		return;
	}
	err = ledger_stage_event(en, &entry, BYTES_NONE);
	if (err == KAS_OK)
		result.entry = proto_bytes(en->gather->entries[en->gather->n - 1].entry);
	command_finish(en, c, err, &r);
}

/* The X: of all that is staged, told when that is durable, so that nobody counts a drawer
 * against sales that are taken back. */
void
command_day_report(struct engine *en, const struct command *c)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__DayReport report = KASIR__V1__DAY_REPORT__INIT;
	Kasir__V1__DayClosed *as_closed;
	enum kas_err err;

	err = book_state(en->book, &en->turn, &report.state);
	if (err == KAS_OK)
		err = book_close_day(en->book, &en->turn, &as_closed);
	if (err != KAS_OK) {
		command_give_up(en, c, err);
		return;
	}
	report.size = book_size(en->book);
	report.n_terminals = as_closed->n_terminals;
	report.terminals = as_closed->terminals;
	report.cosigned_size = en->cosigned_size;
	r.body_case = KASIR__V1__CONTROL_RESPONSE__BODY_DAY;
	r.day = &report;
	command_answer_when_durable(en, c, &r);
}
