/* exceptions.c - the manager's desk: what waits for a person, and his word on it. */
#include "tools/kasirctl/ctl.h"

#include <inttypes.h>
#include <string.h>

#include "edge/lang.h"
#include "tools/kasirctl/confirm.h"
#include "tools/kasirctl/desk.h"
#include "tools/kasirctl/tx_find.h"
#include "tools/kasirctl/tx_text.h"

#define LIMIT_DEFAULT 50u

static void
add_name(struct table *t, const struct desk_row *row)
{
	if (row->sequence > 0)
		table_textf(t, "%s/%" PRIu64 "/%" PRIu64, row->terminal, row->epoch, row->sequence);
	else if (row->terminal[0] != '\0')
		table_textf(t, "%s/%" PRIu64, row->terminal, row->epoch);
	else
		table_text(t, NULL);
}

static void
add_amount(struct table *t, const struct desk_row *row)
{
	char shown[MONEY_TEXT_MAX];

	if (!row->has_amount) {
		table_text(t, NULL);
		return;
	}
	lang_money((struct money){ row->amount }, row->currency, row->exponent, shown);
	table_shown_number(t, shown, row->amount);
}

static void
add_row(struct table *t, const struct desk_row *row)
{
	table_shown_text(t, gettext(desk_kind_text(row->kind)), desk_kind_text(row->kind));
	if (row->index != DESK_NO_ENTRY)
		table_count(t, row->index);
	else
		table_text(t, NULL);
	add_name(t, row);
	table_time(t, row->wall_us);
	add_amount(t, row);
	table_text(t, row->has_amount ? row->currency : NULL);
	table_shown_text(t, row->shown, row->what);
	tx_add_rules(t, row->broken, row->n_broken);
	table_shown_text(t, row->done ? row->state_shown : gettext(row->state), row->state);
	table_bool(t, !row->done);
	table_text(t, desk_next_step(row->kind));
}

static struct table *
make_table(const struct desk *d)
{
	static const struct table_column columns[] = {
		{ "kind", "Kind", TABLE_LEFT }, { "index", "Entry", TABLE_RIGHT },
		{ "name", "Transaction", TABLE_LEFT }, { "at", "Stored", TABLE_LEFT },
		{ "amount", "Amount", TABLE_RIGHT }, { "currency", NULL, TABLE_LEFT },
		{ "what", "What", TABLE_SENTENCE }, { "broken", NULL, TABLE_LEFT },
		{ "state", "State", TABLE_LEFT }, { "open", NULL, TABLE_LEFT },
		{ "next", NULL, TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	for (size_t i = 0; i < d->n; i++)
		add_row(t, &d->rows[i]);
	return t;
}

/* What to do about each kind that is there, once. */
static void
say_next(const struct desk *d)
{
	bool said[DESK__KINDS] = { false };

	for (size_t i = 0; i < d->n; i++) {
		if (d->rows[i].done || said[d->rows[i].kind])
			continue;
		said[d->rows[i].kind] = true;
		printf("\n%-9s  %s\n", gettext(desk_kind_text(d->rows[i].kind)),
		    gettext(desk_next_step(d->rows[i].kind)));
	}
	if (d->cut)
		printf(_("\nthere may be more further back: --limit 0 shows all\n"));
}

int
ctl_exceptions_list(struct cli *cli)
{
	struct desk_wants wants = { .all = cli_flag(cli, "all") };
	struct ledger_reader *r;
	struct desk d = { 0 };
	enum kas_err err;
	int rc = EX_OK;

	wants.limit = cli_number(cli, "limit", 0, SIZE_MAX / 2, LIMIT_DEFAULT, &rc);
	if (rc != EX_OK || (rc = ctl_open_ledger(cli, &r)) != EX_OK)
		return rc;
	if (wants.limit == 0)
		wants.limit = SIZE_MAX;
	err = desk_read(r, &wants, &d);
	if (err != KAS_OK) {
		rc = ctl_fail_read(cli, err, "the ledger");
	} else if (d.n == 0 && !cli_flag(cli, "json")) {
		printf(_("nothing waits for you\n"));
	} else {
		rc = ctl_print(cli, make_table(&d), false);
		if (rc == EX_OK && !cli_flag(cli, "json"))
			say_next(&d);
	}
	desk_fini(&d);
	ledger_read_close(r);
	return rc;
}

/* NAME, an index or a transaction's name, as an index. */
static int
find_index(const struct cli *cli, const char *name, uint64_t *ret)
{
	struct ledger_reader *r;
	int rc;

	if (decimal_parse(bytes_of_text(name), ret) == KAS_OK)
		return EX_OK;
	rc = ctl_open_ledger(cli, &r);
	if (rc != EX_OK)
		return rc;
	rc = tx_find(cli, r, name, ret);
	ledger_read_close(r);
	return rc;
}

static int
ask_daemon(const struct cli *cli, const Kasir__V1__ControlRequest *q, const char *done,
    uint64_t index)
{
	static const struct table_column columns[] = {
		{ "index", NULL, TABLE_LEFT }, { "by_index", NULL, TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	Kasir__V1__ControlResponse *answer;
	struct table *t;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = ctl_call(cli, q, &a, &answer);
	if (rc == EX_OK && answer->body_case != KASIR__V1__CONTROL_RESPONSE__BODY_ENTRY)
		rc = cli_fail(cli, EX_PROTOCOL, "install kasird and kasirctl of one version",
		    "kasird answered something else than was asked");
	if (rc == EX_OK && cli_flag(cli, "json")) {
		t = table_open(columns);
		table_count(t, index);
		table_count(t, answer->entry->index);
		rc = ctl_print(cli, t, true);
	} else if (rc == EX_OK) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		printf(gettext(done), (unsigned long long)index,
		    (unsigned long long)answer->entry->index);
#pragma GCC diagnostic pop
	}
	arena_fini(&a);
	return rc;
}

static int
resolve(struct cli *cli, Kasir__V1__Resolution how)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__ResolveRequest resolve = KASIR__V1__RESOLVE_REQUEST__INIT;
	const char *reason = cli_value(cli, "reason", "");
	bool accept = how == KASIR__V1__RESOLUTION__ACCEPTED;
	bool go;
	int rc;

	if (reason[0] == '\0')
		return cli_usage(cli, "--reason TEXT is missing: why; it becomes part of the ledger");
	rc = find_index(cli, cli->argv[0], &resolve.index);
	if (rc != EX_OK)
		return rc;
	rc = accept ? ctl_confirm(cli, &go, "entry %llu will be accepted: its figures join the day "
	    "that is open now", (unsigned long long)resolve.index) :
	    ctl_confirm(cli, &go, "entry %llu will be voided: it stays in the ledger, and its cash is "
	    "no longer expected in the drawer", (unsigned long long)resolve.index);
	if (rc != EX_OK || !go)
		return rc;
	resolve.how = how;
	resolve.reason = (char *)(uintptr_t)reason;
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_RESOLVE;
	q.resolve = &resolve;
	return ask_daemon(cli, &q, accept ? N_("entry %llu is accepted, with entry %llu\n") :
	    N_("entry %llu is voided, with entry %llu\n"), resolve.index);
}

int
ctl_exceptions_accept(struct cli *cli)
{
	return resolve(cli, KASIR__V1__RESOLUTION__ACCEPTED);
}

int
ctl_exceptions_void(struct cli *cli)
{
	return resolve(cli, KASIR__V1__RESOLUTION__VOIDED);
}

int
ctl_exceptions_annotate(struct cli *cli)
{
	Kasir__V1__ControlRequest q = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__AnnotateRequest annotate = KASIR__V1__ANNOTATE_REQUEST__INIT;
	int rc;

	if (cli->argv[1][0] == '\0')
		return cli_usage(cli, "the remark is empty");
	rc = find_index(cli, cli->argv[0], &annotate.index);
	if (rc != EX_OK)
		return rc;
	annotate.text = cli->argv[1];
	q.body_case = KASIR__V1__CONTROL_REQUEST__BODY_ANNOTATE;
	q.annotate = &annotate;
	return ask_daemon(cli, &q, N_("entry %llu has a remark, with entry %llu\n"),
	    annotate.index);
}
