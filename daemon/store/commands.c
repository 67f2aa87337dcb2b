/* commands.c - what kasirctl asks over the control socket.  Whatever changes something is
 * an entry that names who asked, and is answered when it is durable. */
#include "daemon/store/commands_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/defect.h"

void
command_answer(struct engine *en, const struct command *c, const Kasir__V1__ControlResponse *r)
{
	buf_reset(&en->out);
	proto_append(&en->out, &r->base);
	if (!en->out.failed)
		en->ports.control.reply(en->ports.control.ctx, c->token, buf_bytes(&en->out));
}

void
command_fail(struct engine *en, const struct command *c, uint32_t exit_code,
    const char *next_step, const char *fmt, ...)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	char error[sizeof en->detail + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, sizeof error, fmt, ap);
	va_end(ap);
	r.exit_code = exit_code;
	r.error = error;
	r.next_step = (char *)(uintptr_t)next_step;
	command_answer(en, c, &r);
}

void
command_give_up(struct engine *en, const struct command *c, enum kas_err err)
{
	/* What cannot be read now may be read when the ledger is open again. */
	if (err != KAS_NOMEM)
		en->broken = KAS_IO;
	command_fail(en, c, EX_OSERR, "see the log of kasird", "%s", kas_err_text(err));
}

/* The response waits in G until that is durable. */
static enum kas_err
answer_with(struct group *g, const struct command *c, const Kasir__V1__ControlResponse *r)
{
	struct command_reply *reply = &g->commands[g->n_commands];

	if (!proto_pack(&g->arena, &r->base, &reply->response))
		return KAS_NOMEM;
	reply->token = c->token;
	g->n_commands++;
	return KAS_OK;
}

void
command_answer_when_durable(struct engine *en, const struct command *c,
    const Kasir__V1__ControlResponse *r)
{
	struct group *g = en->gather->n > 0 ? en->gather : en->flight;

	if (g == NULL || g->n == 0 || DEFECT(X_BEFORE_FLUSH))
		command_answer(en, c, r);
	else if (g->n_commands == GROUP_COMMANDS_MAX)
		command_fail(en, c, EX_TEMPFAIL, "try again", "too much is going on");
	else if (answer_with(g, c, r) != KAS_OK)
		command_give_up(en, c, KAS_NOMEM);
}

enum kas_err
command_read_entry(struct engine *en, uint64_t index, Kasir__V1__LedgerEntry **ret,
    struct bytes *ret_payload)
{
	struct bytes entry;
	enum kas_err err;

	err = ledger_read(en, index, &en->turn, &entry, ret_payload);
	return err == KAS_OK ? wire_decode_entry(entry, &en->turn, ret, NULL) : err;
}

void
command_name_entry(const struct engine *en, Kasir__V1__ControlResponse *r,
    Kasir__V1__EntryResult *result)
{
	result->index = book_size(en->book);
	r->body_case = KASIR__V1__CONTROL_RESPONSE__BODY_ENTRY;
	r->entry = result;
}

bool
command_may_read(struct engine *en, const struct command *c)
{
	if (en->book != NULL && en->broken == KAS_OK)
		return true;
	command_fail(en, c, EX_TEMPFAIL, "try again when the ledger is open", "%s",
	    en->detail[0] != '\0' ? en->detail : N_("the ledger is being opened again"));
	return false;
}

bool
command_may_stage(struct engine *en, const struct command *c)
{
	if (en->state != ENGINE_SERVING || en->stopping || en->broken != KAS_OK) {
		command_fail(en, c, EX_TEMPFAIL, "try again when `kasirctl status` says serving", "%s",
		    en->detail[0] != '\0' ? en->detail : N_("the ledger is being opened again"));
		return false;
	}
	if (!ledger_has_room(en) || en->gather->n_commands == GROUP_COMMANDS_MAX) {
		command_fail(en, c, EX_TEMPFAIL, "try again", "too much is going on");
		return false;
	}
	return true;
}

bool
command_has_text(struct engine *en, const struct command *c, const char *what, const char *text)
{
	if (text[0] != '\0' && strlen(text) <= REASON_MAX && text_is_utf8(bytes_of_text(text)))
		return true;
	command_fail(en, c, EX_USAGE, "say it in at most 500 bytes of UTF-8", "%s is %s", what,
	    text[0] == '\0' ? "missing: it becomes part of the ledger" : "not text, or too long");
	return false;
}

bool
command_is_as_compared(struct engine *en, const struct command *c, uint64_t with, uint64_t now,
    const char *what)
{
	if (with != now)
		command_fail(en, c, EX_TEMPFAIL, "do it again, and look at the new difference",
		    "another %s was put in force meanwhile, with entry %llu", what,
		    (unsigned long long)now);
	return with == now;
}

void
command_finish(struct engine *en, const struct command *c, enum kas_err err,
    const Kasir__V1__ControlResponse *r)
{
	if (err == KAS_OK)
		err = answer_with(en->gather, c, r);
	if (err == KAS_OK)
		return;
	en->broken = err == KAS_NOMEM ? KAS_NOMEM : KAS_IO;
	command_fail(en, c, EX_OSERR, "see the log of kasird", "%s", kas_err_text(err));
}

/* What writes nothing. */
static bool
do_question(struct engine *en, const struct command *c, const Kasir__V1__ControlRequest *q)
{
	switch (q->body_case) {
	case KASIR__V1__CONTROL_REQUEST__BODY_STATUS:
		command_status(en, c);
		return true;
	case KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_PART:
		command_catalogue_part(en, c, q->catalogue_part);
		return true;
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_LIST:
		if (command_may_read(en, c))
			command_terminal_list(en, c);
		return true;
	case KASIR__V1__CONTROL_REQUEST__BODY_RULES_SHOW:
		if (command_may_read(en, c))
			command_rules_show(en, c);
		return true;
	case KASIR__V1__CONTROL_REQUEST__BODY_DAY_REPORT:
		if (command_may_read(en, c))
			command_day_report(en, c);
		return true;
	default:
		return false;
	}
}

static void
do_order(struct engine *en, const struct command *c, const Kasir__V1__ControlRequest *q)
{
	switch (q->body_case) {
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD:
		command_terminal_add(en, c, q->terminal_add);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_REVOKE:
		command_terminal_revoke(en, c, q->terminal_revoke);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_RULES_LOAD:
		command_rules_load(en, c, q->rules_load);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_LOAD:
		command_catalogue_load(en, c, q->catalogue_load);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_RESOLVE:
		command_resolve(en, c, q->resolve);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_ANNOTATE:
		command_annotate(en, c, q->annotate);
		break;
	case KASIR__V1__CONTROL_REQUEST__BODY_DAY_CLOSE:
		command_day_close(en, c, q->day_close);
		break;
	default:
		command_fail(en, c, EX_PROTOCOL, "use the kasirctl that came with this kasird",
		    "this kasird does not know the request");
	}
}

void
engine_on_control(struct engine *en, uint64_t token, uint32_t uid, const char *user,
    struct bytes request)
{
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;
	struct command c = { .token = token, .by = &by };
	Kasir__V1__ControlRequest *q;

	by.uid = uid;
	by.user = (char *)(uintptr_t)user;
	q = PROTO_UNPACK(kasir__v1__control_request, &en->turn, request);
	if (q == NULL)
		command_fail(en, &c, EX_PROTOCOL, "use the kasirctl that came with this kasird",
		    "the request does not decode");
	else if (!do_question(en, &c, q) && command_may_stage(en, &c))
		do_order(en, &c, q);
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
		command_fail(en, &(struct command){ .token = g->commands[i].token }, EX_IOERR,
		    "nothing was changed; try again when `kasirctl status` says serving", "%s", why);
}
