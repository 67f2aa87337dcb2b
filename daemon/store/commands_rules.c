/* commands_rules.c - a rule set is put in force, as an entry. */
#include "daemon/store/commands_parts.h"

/* The rule set in force, as it was loaded; *RET is empty where there is none. */
static enum kas_err
rules_in_force(struct engine *en, struct bytes *ret, uint64_t *ret_index)
{
	Kasir__V1__LedgerEntry *e;
	Kasir__V1__BookState *state;
	enum kas_err err;

	*ret = BYTES_NONE;
	err = book_state(en->book, &en->turn, &state);
	if (err != KAS_OK || !state->has_rules)
		return err;
	*ret_index = state->rules_index;
	return command_read_entry(en, state->rules_index, &e, ret);
}

void
command_rules_show(struct engine *en, const struct command *c)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__RulesReport report = KASIR__V1__RULES_REPORT__INIT;
	struct bytes bytes;
	enum kas_err err;

	err = rules_in_force(en, &bytes, &report.index);
	if (err != KAS_OK) {
		command_give_up(en, c, err);
		return;
	}
	report.loaded = bytes.n > 0;
	report.rule_set = proto_bytes(bytes);
	r.body_case = KASIR__V1__CONTROL_RESPONSE__BODY_RULES;
	r.rules = &report;
	command_answer_when_durable(en, c, &r);
}

void
command_rules_load(struct engine *en, const struct command *c,
    const Kasir__V1__RulesLoadRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__EntryResult result = KASIR__V1__ENTRY_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__RulesChanged changed = KASIR__V1__RULES_CHANGED__INIT;
	struct bytes bytes = bytes_of_proto(q->rule_set), now;
	struct hash hash = hash_of(bytes);
	Kasir__V1__RuleSet *rules;
	struct kas_why why = { "" };
	enum kas_err err;

	err = book_open_rules(en->book, bytes, &en->turn, &rules, &why);
	if (err == KAS_MALFORMED) {
		command_fail(en, c, EX_DATAERR, "`kasirctl rules check FILE` says where in the file",
		    "the rule set cannot be taken: %s", why.text);
		return;
	}
	if (err == KAS_OK)
		err = rules_in_force(en, &now, &result.index);
	if (err != KAS_OK) {
		command_give_up(en, c, err);
		return;
	}
	if (bytes_equal(now, bytes)) {
		command_fail(en, c, EX_CANTCREAT, "nothing needs to be done",
		    "this very rule set is in force already, since entry %llu",
		    (unsigned long long)result.index);
		return;
	}
	if (q->compared && !command_is_as_compared(en, c, q->compared_with, result.index, "rule set"))
		return;
	changed.hash = proto_bytes(hash_bytes(&hash));
	changed.name = rules->name;
	changed.by = c->by;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED;
	entry.rules_changed = &changed;
	command_name_entry(en, &r, &result);
	command_finish(en, c, ledger_stage_event(en, &entry, bytes), &r);
}
