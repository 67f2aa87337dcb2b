/* commands.c - what kasirctl asks over the control socket.  Whatever changes something is
 * an entry that names who asked, and is answered when it is durable. */
#include "daemon/store/engine_parts.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define REASON_MAX 500	/* bytes: an entry must stay small enough for the uplink */

static void
send_response(struct engine *en, uint64_t token, const Kasir__V1__ControlResponse *r)
{
	buf_reset(&en->out);
	proto_append(&en->out, &r->base);
	if (!en->out.failed)
		en->ports.control.reply(en->ports.control.ctx, token, buf_bytes(&en->out));
}

static void
fail(struct engine *en, uint64_t token, uint32_t exit_code, const char *error,
    const char *next_step)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;

	r.exit_code = exit_code;
	r.error = (char *)(uintptr_t)error;
	r.next_step = (char *)(uintptr_t)next_step;
	send_response(en, token, &r);
}

static size_t
fill_counters(const struct engine *en, Kasir__V1__Counter *items, Kasir__V1__Counter **list)
{
	size_t n = 0;

#define X(field) \
	kasir__v1__counter__init(&items[n]); \
	items[n].name = (char *)(uintptr_t)#field; \
	items[n].value = en->count.field; \
	list[n] = &items[n]; \
	n++;
	ENGINE_COUNTERS(X)
#undef X
	return n;
}

static uint32_t
count_present(const struct engine *en)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < en->peers.n; i++)
		n += en->peers.slots[i]->presence == KASIR__V1__PRESENCE__PRESENT;
	return n;
}

static const char *
uplink_state_text(const struct engine *en)
{
	static const char *const texts[UPLINK__STATES] = {
		[UPLINK_DOWN] = "down",
		[UPLINK_GREETING] = "greeting",
		[UPLINK_STREAMING] = "streaming",
		[UPLINK_IN_STEP] = "in step",
		[UPLINK_HOLDING] = "holding",
		[UPLINK_STOPPED] = "stopped: histories differ",
	};

	return en->ports.uplink.publish == NULL ? "off" : texts[en->uplink.state];
}

static void
report_status(struct engine *en, uint64_t token)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__StatusReport s = KASIR__V1__STATUS_REPORT__INIT;
	Kasir__V1__Counter items[64], *list[64];
	Kasir__V1__GrandTotals totals;
	struct hash root;

	s.store = en->store;
	s.origin = (char *)(uintptr_t)signer_vkey(en->config.signer)->name;
	s.version = (char *)(uintptr_t)en->config.version;
	s.state = (char *)(uintptr_t)engine_state_text(en->state);
	s.state_detail = en->detail;
	s.size = en->durable;
	s.cosigned_size = en->cosigned_size;
	s.cosigned_wall_us = en->cosigned_wall_us;
	if (en->newer) {
		s.newer_size = en->evidence_size;
		s.newer_terminal = (char *)(uintptr_t)en->evidence.terminal;
		s.newer_wall_us = en->evidence.wall_us;
	}
	s.uplink_state = (char *)(uintptr_t)uplink_state_text(en);
	s.broker_connected = en->bus_connected;
	s.uptime_us = engine_now(en).mono_us - en->opened_us;
	s.terminals_present = count_present(en);
	s.n_counters = fill_counters(en, items, list);
	s.counters = list;
	if (en->book != NULL) {
		totals = *book_totals(en->book);
		s.totals = &totals;
		s.terminals = (uint32_t)book_keyring(en->book)->n;
		s.currency = (char *)(uintptr_t)book_settings(en->book)->currency;
		s.exponent = book_settings(en->book)->exponent;
		if (tree_root(en->tree, en->durable, &root) == KAS_OK)
			s.root = proto_bytes(hash_bytes(&root));
	}
	r.body_case = KASIR__V1__CONTROL_RESPONSE__BODY_STATUS;
	r.status = &s;
	send_response(en, token, &r);
}

static void
fill_row(const struct engine *en, const struct terminal_row *t, Kasir__V1__TerminalRow *row)
{
	const struct peer *p = peers_find(&en->peers, t->terminal);

	kasir__v1__terminal_row__init(row);
	row->terminal = (char *)(uintptr_t)t->terminal;
	row->epoch = t->epoch;
	row->key = proto_bytes(BYTES(t->key.b, KEY_LEN));
	row->revoked = t->revoked_at != KEYRING_NEVER;
	row->newest_sequence = t->newest;
	row->missing = t->newest - t->count;
	if (p != NULL) {
		row->last_wall_us = p->last_wall_us;
		row->presence = p->presence;
	}
}

static void
list_terminals(struct engine *en, uint64_t token)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__TerminalList l = KASIR__V1__TERMINAL_LIST__INIT;
	const struct keyring *k = book_keyring(en->book);
	Kasir__V1__TerminalRow *rows;
	size_t i;

	rows = arena_alloc(&en->turn, (k->n + 1) * sizeof *rows);
	l.terminals = arena_alloc(&en->turn, (k->n + 1) * sizeof *l.terminals);
	if (rows == NULL || l.terminals == NULL) {
		fail(en, token, EX_OSERR, "out of memory", "");
		return;
	}
	for (i = 0; i < k->n; i++) {
		fill_row(en, k->rows[i], &rows[i]);
		l.terminals[i] = &rows[i];
	}
	l.n_terminals = k->n;
	r.body_case = KASIR__V1__CONTROL_RESPONSE__BODY_TERMINAL_LIST;
	r.terminal_list = &l;
	send_response(en, token, &r);
}

/* The response waits in the group until that is durable. */
static enum kas_err
answer_with_group(struct engine *en, uint64_t token, const Kasir__V1__ControlResponse *r)
{
	struct group *g = en->gather;

	if (!proto_pack(&g->arena, &r->base, &g->commands[g->n_commands].response))
		return KAS_NOMEM;
	g->commands[g->n_commands++].token = token;
	return KAS_OK;
}

static bool
may_stage(struct engine *en, uint64_t token)
{
	if (en->state != ENGINE_SERVING || en->stopping || en->broken != KAS_OK) {
		fail(en, token, EX_TEMPFAIL, en->detail, "try again when `kasirctl status` says serving");
		return false;
	}
	if (!ledger_has_room(en) ||
	    en->gather->n_commands == sizeof en->gather->commands / sizeof *en->gather->commands) {
		fail(en, token, EX_TEMPFAIL, "too much is going on", "try again");
		return false;
	}
	return true;
}

/* ERR: of the last entry staged for the command, whose response is R. */
static void
finish_command(struct engine *en, uint64_t token, enum kas_err err,
    const Kasir__V1__ControlResponse *r)
{
	if (err == KAS_OK)
		err = answer_with_group(en, token, r);
	if (err == KAS_OK)
		return;
	en->broken = err == KAS_NOMEM ? KAS_NOMEM : KAS_IO;
	fail(en, token, EX_OSERR, kas_err_text(err), "see the log of kasird");
}

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

static void
add_terminal(struct engine *en, uint64_t token, Kasir__V1__Actor *by,
    const Kasir__V1__TerminalAddRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__TerminalAddResult done = KASIR__V1__TERMINAL_ADD_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TerminalAdded added = KASIR__V1__TERMINAL_ADDED__INIT;
	const struct terminal_row *newest;

	if (!text_is_name(bytes_of_text(q->terminal)) || q->key.len != KEY_LEN) {
		fail(en, token, EX_USAGE, "a terminal's id is 1 to 32 of a-z, 0-9 and -, its key 32 bytes",
		    "give the id that the terminal uses in its topics, and its public key file");
		return;
	}
	newest = keyring_newest(book_keyring(en->book), q->terminal);
	if (newest != NULL && newest->revoked_at == KEYRING_NEVER &&
	    memcmp(newest->key.b, q->key.data, KEY_LEN) == 0) {
		fail(en, token, EX_CANTCREAT, "the terminal is there already, with this key",
		    "nothing needs to be done; `kasirctl terminal list` shows it");
		return;
	}
	if (was_revoked(book_keyring(en->book), bytes_of_proto(q->key))) {
		fail(en, token, EX_NOPERM, "this key was revoked",
		    "let the terminal make a new one; `kasir-term keys init` does");
		return;
	}
	added.terminal = q->terminal;
	added.epoch = newest != NULL ? newest->epoch + 1 : 1;
	added.key = q->key;
	added.by = by;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED;
	entry.terminal_added = &added;
	done.epoch = added.epoch;
	done.index = book_size(en->book);
	r.body_case = KASIR__V1__CONTROL_RESPONSE__BODY_TERMINAL_ADD;
	r.terminal_add = &done;
	finish_command(en, token, ledger_stage_event(en, &entry), &r);
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
		err = ledger_stage_event(en, &entry);
	}
	return err;
}

static void
revoke_terminal(struct engine *en, uint64_t token, Kasir__V1__Actor *by,
    const Kasir__V1__TerminalRevokeRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__TerminalRevoked revoked = KASIR__V1__TERMINAL_REVOKED__INIT;
	const struct keyring *k = book_keyring(en->book);
	size_t n = count_valid_keys(k, q->terminal);

	if (n == 0) {
		fail(en, token, EX_NOINPUT, keyring_newest(k, q->terminal) == NULL ?
		    "no such terminal" : "the terminal's keys are revoked already",
		    "`kasirctl terminal list` shows the terminals");
		return;
	}
	if (strlen(q->reason) > REASON_MAX || !text_is_utf8(bytes_of_text(q->reason))) {
		fail(en, token, EX_USAGE, "the reason is not text, or too long",
		    "say it in at most 500 bytes of UTF-8");
		return;
	}
	if (en->gather->n + n > GROUP_ENTRIES_MAX) {
		fail(en, token, EX_TEMPFAIL, "too much is going on", "try again");
		return;
	}
	revoked.terminal = q->terminal;
	revoked.by = by;
	revoked.reason = q->reason;
	finish_command(en, token, stage_revocations(en, &revoked), &r);
}

static void
do_request(struct engine *en, uint64_t token, Kasir__V1__Actor *by,
    const Kasir__V1__ControlRequest *q)
{
	switch (q->body_case) {
	case KASIR__V1__CONTROL_REQUEST__BODY_STATUS:
		report_status(en, token);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_LIST:
		if (en->book != NULL)
			list_terminals(en, token);
		else
			fail(en, token, EX_TEMPFAIL, en->detail, "try again when the ledger is open");
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD:
		if (may_stage(en, token))
			add_terminal(en, token, by, q->terminal_add);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_REVOKE:
		if (may_stage(en, token))
			revoke_terminal(en, token, by, q->terminal_revoke);
		break;
	default:
		fail(en, token, EX_PROTOCOL, "this kasird does not know the request",
		    "use the kasirctl that came with this kasird");
	}
}

void
engine_on_control(struct engine *en, uint64_t token, uint32_t uid, const char *user,
    struct bytes request)
{
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;
	Kasir__V1__ControlRequest *q;

	by.uid = uid;
	by.user = (char *)(uintptr_t)user;
	q = PROTO_UNPACK(kasir__v1__control_request, &en->turn, request);
	if (q != NULL)
		do_request(en, token, &by, q);
	else
		fail(en, token, EX_PROTOCOL, "the request does not decode",
		    "use the kasirctl that came with this kasird");
	/* The next turn has all of its memory. */
	arena_reset(&en->turn);
}

void
commands_answer(struct engine *en, const struct group *g)
{
	size_t i;

	for (i = 0; i < g->n_commands; i++)
		en->ports.control.reply(en->ports.control.ctx, g->commands[i].token,
		    g->commands[i].response);
}

void
commands_take_back(struct engine *en, const struct group *g, const char *why)
{
	size_t i;

	for (i = 0; i < g->n_commands; i++)
		fail(en, g->commands[i].token, EX_IOERR, why,
		    "nothing was changed; try again when `kasirctl status` says serving");
}
