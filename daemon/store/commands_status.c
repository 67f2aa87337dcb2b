/* commands_status.c - how the store stands, and who its terminals are. */
#include "daemon/store/commands_parts.h"

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

void
command_status(struct engine *en, const struct command *c)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__StatusReport s = KASIR__V1__STATUS_REPORT__INIT;
	Kasir__V1__Counter items[64], *list[64];
	Kasir__V1__GrandTotals totals;
	struct reports_state reports = { .on = false };
	struct hash root;

	if (en->ports.reports.state != NULL)
		en->ports.reports.state(en->ports.reports.ctx, &reports);
	s.reports_on = reports.on;
	s.reports_size = reports.size;
	s.reports_why = reports.why;
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
	command_answer(en, c, &r);
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

void
command_terminal_list(struct engine *en, const struct command *c)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__TerminalList l = KASIR__V1__TERMINAL_LIST__INIT;
	const struct keyring *k = book_keyring(en->book);
	Kasir__V1__TerminalRow *rows;
	size_t i;

	rows = arena_alloc(&en->turn, (k->n + 1) * sizeof *rows);
	l.terminals = arena_alloc(&en->turn, (k->n + 1) * sizeof *l.terminals);
	if (rows == NULL || l.terminals == NULL) {
		command_give_up(en, c, KAS_NOMEM);
		return;
	}
	for (i = 0; i < k->n; i++) {
		fill_row(en, k->rows[i], &rows[i]);
		l.terminals[i] = &rows[i];
	}
	l.n_terminals = k->n;
	r.body_case = KASIR__V1__CONTROL_RESPONSE__BODY_TERMINAL_LIST;
	r.terminal_list = &l;
	command_answer(en, c, &r);
}
