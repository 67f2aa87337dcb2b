/* commands_desk.c - the manager's word on what broke a rule, and remarks. */
#include "daemon/store/commands_parts.h"

static void
fail_resolved(struct engine *en, const struct command *c, uint64_t index, uint64_t by)
{
	Kasir__V1__LedgerEntry *e;
	struct bytes payload;
	const Kasir__V1__ExceptionResolved *x;
	enum kas_err err;

	err = command_read_entry(en, by, &e, &payload);
	if (err == KAS_OK && e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED)
		err = KAS_CORRUPT;
	if (err != KAS_OK) {
		command_give_up(en, c, err);
		return;
	}
	x = e->exception_resolved;
	command_fail(en, c, EX_CANTCREAT, "nothing needs to be done; a remark can still be added "
	    "with `kasirctl exceptions annotate`", "entry %llu is resolved already: %s%s%s %s it, "
	    "with entry %llu", (unsigned long long)index, x->by != NULL ? "\"" : "",
	    x->by != NULL ? x->by->user : "somebody", x->by != NULL ? "\"" : "",
	    x->how == KASIR__V1__RESOLUTION__ACCEPTED ? "accepted" : "voided",
	    (unsigned long long)by);
}

/* False: it cannot be resolved, and that has been answered. */
static bool
find_open(struct engine *en, const struct command *c, uint64_t index, struct open_exception *ret)
{
	uint64_t by = 0;
	enum kas_err err = book_find_exception(en->book, index, ret, &by);

	switch (err) {
	case KAS_OK:
		return true;
	case KAS_NOTFOUND:
		command_fail(en, c, EX_NOINPUT, "`kasirctl exceptions list` shows what is open",
		    "the ledger has no entry %llu", (unsigned long long)index);
		break;
	case KAS_MALFORMED:
		command_fail(en, c, EX_DATAERR, "`kasirctl exceptions list` shows what is open",
		    "entry %llu is no exception", (unsigned long long)index);
		break;
	case KAS_EXISTS:
		fail_resolved(en, c, index, by);
		break;
	default:
		command_give_up(en, c, err);
	}
	return false;
}

void
command_resolve(struct engine *en, const struct command *c, const Kasir__V1__ResolveRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__EntryResult result = KASIR__V1__ENTRY_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__ExceptionResolved resolved = KASIR__V1__EXCEPTION_RESOLVED__INIT;
	Kasir__V1__GrandTotals totals;
	struct open_exception x;

	if (q->how != KASIR__V1__RESOLUTION__ACCEPTED && q->how != KASIR__V1__RESOLUTION__VOIDED) {
		command_fail(en, c, EX_USAGE, "say accept or void",
		    "an exception is accepted or voided");
		return;
	}
	if (!command_has_text(en, c, "the reason", q->reason) ||
	    !find_open(en, c, q->index, &x))
		return;
	if (q->how == KASIR__V1__RESOLUTION__VOIDED && x.is_taken_back) {
		command_fail(en, c, EX_DATAERR, "accept it: nothing is left to be taken out",
		    "the return that entry %llu is about was voided at its till already",
		    (unsigned long long)q->index);
		return;
	}
	totals = book_totals_resolved(en->book, &x, q->how);
	resolved.index = q->index;
	resolved.how = q->how;
	resolved.reason = q->reason;
	resolved.by = c->by;
	entry.totals = &totals;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED;
	entry.exception_resolved = &resolved;
	command_name_entry(en, &r, &result);
	command_finish(en, c, ledger_stage_event(en, &entry, BYTES_NONE), &r);
}

void
command_annotate(struct engine *en, const struct command *c, const Kasir__V1__AnnotateRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__EntryResult result = KASIR__V1__ENTRY_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__Annotated annotated = KASIR__V1__ANNOTATED__INIT;

	if (!command_has_text(en, c, "the remark", q->text))
		return;
	if (q->index >= book_size(en->book)) {
		command_fail(en, c, EX_NOINPUT, "`kasirctl tx list` shows the entries",
		    "the ledger has no entry %llu", (unsigned long long)q->index);
		return;
	}
	annotated.index = q->index;
	annotated.text = q->text;
	annotated.by = c->by;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_ANNOTATED;
	entry.annotated = &annotated;
	command_name_entry(en, &r, &result);
	command_finish(en, c, ledger_stage_event(en, &entry, BYTES_NONE), &r);
}
