#include "tests/sim/manager.h"

#include <string.h>

#include "base/proto.h"
#include "kasir/v1/control.pb-c.h"

void
manager_init(struct manager *m, struct world *w)
{
	memset(m, 0, sizeof(*m));
	m->w = w;
}

void
manager_enrol(struct manager *m, const char *till, const struct pubkey *key)
{
	kas_assert(m->n < TILLS_MAX);
	m->tills[m->n].name = till;
	m->tills[m->n++].key = *key;
}

void
manager_revoke(struct manager *m, const char *till)
{
	for (size_t i = 0; i < m->n; i++) {
		if (strcmp(m->tills[i].name, till) == 0)
			m->tills[i].revoke = true;
	}
}

static void on_reply(void *manager, struct bytes response);

static void
ask(struct manager *m, const Kasir__V1__ControlRequest *request)
{
	struct control_answer answer = { on_reply, m };
	struct buf b;

	buf_init(&b);
	proto_append(&b, &request->base);
	store_node_ask(m->store, "manager", buf_bytes(&b), answer);
	buf_fini(&b);
}

static void
look(void *ctx, void *what)
{
	struct manager *m = ctx;
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalListRequest list = KASIR__V1__TERMINAL_LIST_REQUEST__INIT;

	(void)what;
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_LIST;
	request.terminal_list = &list;
	ask(m, &request);
	world_after(m->w, prng_between(&m->w->prng, 300 * MS, 700 * MS), look, m, NULL);
}

static void
add(struct manager *m, size_t i)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalAddRequest body = KASIR__V1__TERMINAL_ADD_REQUEST__INIT;

	world_trace(m->w, "manager", "enrols %s", m->tills[i].name);
	body.terminal = (char *)m->tills[i].name;
	body.key = proto_bytes(BYTES(m->tills[i].key.b, KEY_LEN));
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD;
	request.terminal_add = &body;
	ask(m, &request);
}

static void
revoke(struct manager *m, size_t i)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalRevokeRequest body = KASIR__V1__TERMINAL_REVOKE_REQUEST__INIT;

	world_trace(m->w, "manager", "revokes %s", m->tills[i].name);
	body.terminal = (char *)m->tills[i].name;
	body.reason = (char *)"stolen";
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_REVOKE;
	request.terminal_revoke = &body;
	ask(m, &request);
}

static const Kasir__V1__TerminalRow *
row_of(const Kasir__V1__TerminalList *list, const char *till)
{
	for (size_t i = 0; i < list->n_terminals; i++) {
		if (strcmp(list->terminals[i]->terminal, till) == 0)
			return list->terminals[i];
	}
	return NULL;
}

static void
on_list(struct manager *m, const Kasir__V1__TerminalList *list)
{
	for (size_t i = 0; i < m->n; i++) {
		const Kasir__V1__TerminalRow *row = row_of(list, m->tills[i].name);

		if (row == NULL)
			add(m, i);
		else if (m->tills[i].revoke && !row->revoked)
			revoke(m, i);
		else if (row->revoked)
			m->tills[i].revoked = true;
	}
}

static void
on_reply(void *manager, struct bytes response)
{
	struct manager *m = manager;
	struct arena a;
	Kasir__V1__ControlResponse *r;

	arena_init(&a, 0);
	r = PROTO_UNPACK(kasir__v1__control_response, &a, response);
	if (r == NULL)
		world_fail(m->w, "a control response does not decode");
	else if (r->exit_code != 0)
		world_trace(m->w, "manager", "is told: %s (%u)", r->error, r->exit_code);
	else if (r->body_case == KASIR__V1__CONTROL_RESPONSE__BODY_TERMINAL_LIST)
		on_list(m, r->terminal_list);
	arena_fini(&a);
}

void
manager_start(struct manager *m)
{
	world_after(m->w, 0, look, m, NULL);
}
