/* What stands in a terminal's outbox, and sending it on without selling. */
#include "tools/kasir-term/commands.h"

#include <stdio.h>

#include "edge/table.h"
#include "terminal/edge/outbox_sqlite.h"
#include "tools/kasir-term/report.h"

static const struct table_column columns[] = {
	{ "epoch", "epoch", TABLE_RIGHT },
	{ "sequence", "sequence", TABLE_RIGHT },
	{ "state", "state", TABLE_LEFT },
	{ "made_at", "made", TABLE_LEFT },
	{ "index", "ledger index", TABLE_RIGHT },
	{ "bytes", "bytes", TABLE_RIGHT },
	{ "statement", "statement", TABLE_LEFT },
	{ NULL, NULL, TABLE_LEFT },
};

static bool
add_row(void *ctx, const struct outbox_sale *s)
{
	struct table *t = ctx;

	table_count(t, s->epoch);
	table_count(t, s->sequence);
	table_text(t, outbox_state_text(s->state));
	table_time(t, s->made_us);
	if (s->state == OUTBOX_MADE || s->state == OUTBOX_REJECTED)
		table_text(t, NULL);
	else
		table_count(t, s->index);
	table_count(t, s->message.n);
	table_hex(t, hash_bytes(&s->hash));
	return true;
}

int
status(struct cli *cli)
{
	const char *dir = cli_value(cli, "outbox", "."), *terminal = cli->argv[0];
	struct table *t = table_open(columns);
	struct outbox_sqlite *o = NULL;
	char path[TERM_PATH_MAX];
	uint64_t evidence = 0;
	struct kas_why why = { "" };
	enum kas_err err;

	if (!options_path(dir, terminal, ".outbox", path)) {
		table_close(t);
		return cli_usage(cli, "%s: the path is too long", dir);
	}
	err = outbox_sqlite_open_read(path, &o, &why);
	if (err == KAS_OK)
		err = outbox_sqlite_each(o, add_row, t);
	if (err == KAS_OK)
		err = outbox_sqlite_evidence(o, &evidence);
	if (err == KAS_OK)
		err = table_print(t, cli_flag(cli, "json") ? TABLE_JSON : TABLE_PEOPLE, stdout);
	outbox_sqlite_close(o);
	table_close(t);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s",
		    why.text[0] != '\0' ? why.text : kas_err_text(err));
	if (evidence > 0)
		return cli_fail(cli, EX_DATAERR, "keep this file and call for help",
		    "the store has shown two histories: %llu pieces of evidence",
		    (unsigned long long)evidence);
	return EX_OK;
}

int
run(struct cli *cli)
{
	struct term_options o;
	struct fleet_config config = { .options = &o, .n = 1, .name = cli->argv[0] };
	struct run_report r = { .options = &o };
	struct fleet *f;
	struct kas_why why;
	uint64_t began = loop_now_us();
	int code = options_read(cli, false, &o);
	enum kas_err err;

	if (code != EX_OK)
		return code;
	err = fleet_open(&config, &f, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	while (!fleet_interrupted(f))
		fleet_turn(f, loop_now_us() + 1000000);
	r.elapsed_us = loop_now_us() - began;
	code = report_run(cli, f, &r);
	fleet_close(f);
	return code;
}
