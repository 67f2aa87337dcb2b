/* commands_terminal.c - who may send sales: terminals are enrolled and revoked. */
#include "daemon/store/commands_parts.h"

#include <string.h>

/* Whoever had a revoked key may have it still. */
static bool
was_revoked(const struct keyring *k, struct bytes key)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->rows[i]->revoked_at != KEYRING_NEVER &&
		    bytes_equal(BYTES(k->rows[i]->key.b, KEY_LEN), key))
			return true;
	return false;
}

void
command_terminal_add(struct engine *en, const struct command *c,
    const Kasir__V1__TerminalAddRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__TerminalAddResult done = KASIR__V1__TERMINAL_ADD_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalAdded added = KASIR__V1__TERMINAL_ADDED__INIT;
	const struct terminal_row *newest;

	if (!text_is_name(bytes_of_text(q->terminal)) || q->key.len != KEY_LEN) {
		command_fail(en, c, EX_USAGE, "give the id that the terminal uses in its topics, and "
		    "its public key file", "a terminal's id is 1 to 32 of a-z, 0-9 and -, its key "
		    "32 bytes");
		return;
	}
	newest = keyring_newest(book_keyring(en->book), q->terminal);
	if (newest != NULL && newest->revoked_at == KEYRING_NEVER &&
	    memcmp(newest->key.b, q->key.data, KEY_LEN) == 0) {
		command_fail(en, c, EX_CANTCREAT, "nothing needs to be done; `kasirctl terminal list` "
		    "shows it", "the terminal is there already, with this key");
		return;
	}
	if (was_revoked(book_keyring(en->book), bytes_of_proto(q->key))) {
		command_fail(en, c, EX_NOPERM, "let the terminal make a new one; `kasir-term keys init` "
		    "does", "this key was revoked");
		return;
	}
	added.terminal = q->terminal;
	added.epoch = newest != NULL ? newest->epoch + 1 : 1;
	added.key = q->key;
	added.by = c->by;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED;
	entry.terminal_added = &added;
	done.epoch = added.epoch;
	done.index = book_size(en->book);
	r.body_case = KASIR__V1__CONTROL_RESPONSE__BODY_TERMINAL_ADD;
	r.terminal_add = &done;
	command_finish(en, c, ledger_stage_event(en, &entry, BYTES_NONE), &r);
}

static size_t
count_valid_keys(const struct keyring *k, const char *terminal)
{
	size_t i, n = 0;

	for (i = keyring_first(k, terminal);
	    i < k->n && strcmp(k->rows[i]->terminal, terminal) == 0; i++)
		n += k->rows[i]->revoked_at == KEYRING_NEVER;
	return n;
}

/* Every key of the terminal: those of older epochs sign as well as the newest. */
static enum kas_err
stage_revocations(struct engine *en, Kasir__V1__TerminalRevoked *revoked)
{
	const struct keyring *k = book_keyring(en->book);
	size_t first = keyring_first(k, revoked->terminal), i;
	enum kas_err err = KAS_OK;

	for (i = first; err == KAS_OK && i < k->n &&
	    strcmp(k->rows[i]->terminal, revoked->terminal) == 0; i++) {
		Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;

		if (k->rows[i]->revoked_at != KEYRING_NEVER)
			continue;
		revoked->epoch = k->rows[i]->epoch;
		entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED;
		entry.terminal_revoked = revoked;
		err = ledger_stage_event(en, &entry, BYTES_NONE);
	}
	return err;
}

void
command_terminal_revoke(struct engine *en, const struct command *c,
    const Kasir__V1__TerminalRevokeRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__TerminalRevoked revoked = KASIR__V1__TERMINAL_REVOKED__INIT;
	const struct keyring *k = book_keyring(en->book);
	size_t n = count_valid_keys(k, q->terminal);

	if (n == 0) {
		command_fail(en, c, EX_NOINPUT, "`kasirctl terminal list` shows the terminals", "%s",
		    keyring_newest(k, q->terminal) == NULL ? N_("no such terminal") :
		    N_("the terminal's keys are revoked already"));
		return;
	}
	if (strlen(q->reason) > REASON_MAX || !text_is_utf8(bytes_of_text(q->reason))) {
		command_fail(en, c, EX_USAGE, "say it in at most 500 bytes of UTF-8",
		    "the reason is not text, or too long");
		return;
	}
	if (en->gather->n + n > GROUP_ENTRIES_MAX) {
		command_fail(en, c, EX_TEMPFAIL, "try again", "too much is going on");
		return;
	}
	revoked.terminal = q->terminal;
	revoked.by = c->by;
	revoked.reason = q->reason;
	command_finish(en, c, stage_revocations(en, &revoked), &r);
}
