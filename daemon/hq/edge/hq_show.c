/* Looking: stores, status and evidence. */
#include "daemon/hq/edge/hq_commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/hq/edge/hq_db.h"
#include "edge/config.h"
#include "edge/table.h"
#include "kasir/version.h"
#include "proof/note.h"

struct view {			/* one look at the database */
	struct cli *cli;
	struct hq_config config;
	struct vkey witness;
	bool has_witness;
	struct hq_db *db;
	struct table *table;
	uint64_t wanted;	/* piece of evidence; 0: all */
	uint64_t found;		/* rows */
	bool printed;		/* without the table */
};

static int
open_view(struct cli *cli, struct view *v)
{
	const char *file = cli_value(cli, "config", CONFIG_HQ_FILE);
	char path[CONFIG_PATH_MAX];
	struct kas_why why;
	enum kas_err err;

	*v = (struct view){ .cli = cli };
	if (config_load_hq(file, &v->config, &why) != KAS_OK)
		return cli_fail(cli, EX_CONFIG, "--config FILE reads another file", "%s", why.text);
	if (config_path(v->config.data_dir, CONFIG_HQ_DB, path) != KAS_OK)
		return cli_fail(cli, EX_CONFIG, NULL, "%s: data-dir is too long", file);
	err = hq_db_open(path, SQL_READ, &v->db, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), "`kasir-hq keys init` makes a database",
		    "%s", why.text);
	return EX_OK;
}

static int
close_view(struct view *v, enum kas_err err, enum table_format people, enum table_format json)
{
	enum kas_err printed = KAS_OK;
	int code = EX_OK;

	if (err != KAS_OK)
		code = cli_fail(v->cli, cli_exit_of(err), NULL, "the database cannot be read: %s",
		    hq_db_why(v->db));
	else if (!v->printed)
		printed = table_print(v->table, cli_flag(v->cli, "json") ? json : people, stdout);
	if (printed != KAS_OK)
		code = cli_fail(v->cli, EX_IOERR, NULL, "cannot print: %s", kas_err_text(printed));
	table_close(v->table);
	hq_db_close(v->db);
	return code;
}

/* An empty list is an answer too: programs get [], people a sentence. */
static void
say_if_none(struct view *v, enum kas_err err, const char *sentence)
{
	if (err != KAS_OK || v->found > 0 || cli_flag(v->cli, "json"))
		return;
	fprintf(stderr, "%s\n", sentence);
	v->printed = true;
}

/* When a cosigned note says that it was cosigned; 0: it is not, or not that we can see. */
static int64_t
cosigned_at_us(struct bytes b)
{
	struct note n;
	unsigned i, k;
	uint64_t seconds;

	if (b.n == 0 || note_parse(b, &n, NULL) != KAS_OK)
		return 0;
	for (i = 0; i < n.n; i++) {
		if (n.sigs[i].body_n != 8 + SIG_LEN)
			continue;
		for (k = 0, seconds = 0; k < 8; k++)
			seconds = seconds << 8 | n.sigs[i].body[k];
		return seconds < INT64_MAX / 1000000 ? (int64_t)seconds * 1000000 : 0;
	}
	return 0;
}

static enum kas_err
show_store(void *ctx, const struct hq_store_row *row)
{
	struct view *v = ctx;
	struct table *t = v->table;

	v->found++;
	table_text(t, row->store);
	table_count(t, row->size);
	table_count(t, row->cosigned_size);
	table_time(t, cosigned_at_us(row->cosigned));
	table_count(t, row->terminals);
	table_count(t, row->evidence);
	table_text(t, row->evidence > 0 ? "FORK: see `kasir-hq evidence list`" :
	    row->floor_size > 0 ? "being refilled" : row->size == 0 ? "nothing yet" : "in order");
	table_hex(t, hash_bytes(&row->root));
	table_text(t, row->vkey);
	table_time(t, row->added_us);
	return KAS_OK;
}

static const struct table_column store_columns[] = {
	{ "store", "Store", TABLE_LEFT },
	{ "size", "Entries", TABLE_RIGHT },
	{ "cosigned_size", "Cosigned", TABLE_RIGHT },
	{ "cosigned_at", "At", TABLE_LEFT },
	{ "terminals", "Terminals", TABLE_RIGHT },
	{ "evidence", "Evidence", TABLE_RIGHT },
	{ "state", "State", TABLE_LEFT },
	{ "root", NULL, TABLE_LEFT },
	{ "key", NULL, TABLE_LEFT },
	{ "registered_at", NULL, TABLE_LEFT },
	{ NULL, NULL, TABLE_LEFT },
};

int
hq_store_list(struct cli *cli)
{
	struct view v;
	int code = open_view(cli, &v);
	enum kas_err err;

	if (code != EX_OK)
		return code;
	v.table = table_open(store_columns);
	err = hq_db_list_stores(v.db, show_store, &v);
	say_if_none(&v, err, "no store is registered; `kasir-hq store add` registers one");
	return close_view(&v, err, TABLE_PEOPLE, TABLE_JSON);
}

struct sums {
	uint64_t stores, entries, cosigned, evidence, refilled;
	int64_t newest_us;
};

static enum kas_err
sum_store(void *ctx, const struct hq_store_row *row)
{
	struct sums *s = ctx;
	int64_t at = cosigned_at_us(row->cosigned);

	s->stores++;
	s->entries += row->size;
	s->cosigned += row->cosigned_size;
	s->evidence += row->evidence;
	s->refilled += row->floor_size > 0;
	if (at > s->newest_us)
		s->newest_us = at;
	return KAS_OK;
}

int
hq_status(struct cli *cli)
{
	static const struct table_column columns[] = {
		{ "name", "Headquarters", TABLE_LEFT },
		{ "version", "Version", TABLE_LEFT },
		{ "stores", "Stores", TABLE_LEFT },
		{ "entries", "Entries held", TABLE_LEFT },
		{ "cosigned", "Of them cosigned", TABLE_LEFT },
		{ "newest_cosignature", "Newest cosignature", TABLE_LEFT },
		{ "refilled", "Stores being refilled", TABLE_LEFT },
		{ "evidence", "Evidence of forks", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct sums s = { 0 };
	struct view v;
	int code = open_view(cli, &v);
	enum kas_err err;

	if (code != EX_OK)
		return code;
	err = hq_db_list_stores(v.db, sum_store, &s);
	v.table = table_open(columns);
	table_text(v.table, v.config.name);
	table_text(v.table, KASIR_VERSION);
	table_count(v.table, s.stores);
	table_count(v.table, s.entries);
	table_count(v.table, s.cosigned);
	table_time(v.table, s.newest_us);
	table_count(v.table, s.refilled);
	table_count(v.table, s.evidence);
	return close_view(&v, err, TABLE_RECORD, TABLE_JSON_RECORD);
}

static const char *
reason_text(uint32_t reason)
{
	switch (reason) {
	case KASIR__V1__UPLINK_REFUSAL__FORK:
		return "fork";
	case KASIR__V1__UPLINK_REFUSAL__ROOT_BAD:
		return "root";
	default:
		return "other";
	}
}

static void
note_cell(struct table *t, struct bytes note)
{
	table_textf(t, "%.*s", (int)note.n, note.n > 0 ? (const char *)note.p : "");
}

static enum kas_err
show_evidence(void *ctx, const struct hq_evidence_row *row)
{
	struct view *v = ctx;
	struct table *t = v->table;

	if (v->wanted != 0 && row->id != v->wanted)
		return KAS_OK;
	v->found++;
	table_count(t, row->id);
	table_time(t, row->wall_us);
	table_text(t, row->store);
	table_text(t, reason_text(row->reason));
	table_text(t, row->text);
	note_cell(t, row->held);
	note_cell(t, row->shown);
	return KAS_OK;
}

static const struct table_column evidence_columns[] = {
	{ "id", "Number", TABLE_RIGHT },
	{ "at", "When", TABLE_LEFT },
	{ "store", "Store", TABLE_LEFT },
	{ "reason", "Kind", TABLE_LEFT },
	{ "text", "What", TABLE_LEFT },
	{ "held", NULL, TABLE_LEFT },
	{ "shown", NULL, TABLE_LEFT },
	{ NULL, NULL, TABLE_LEFT },
};

int
hq_evidence_list(struct cli *cli)
{
	struct view v;
	int code = open_view(cli, &v);
	enum kas_err err;

	if (code != EX_OK)
		return code;
	v.table = table_open(evidence_columns);
	err = hq_db_list_evidence(v.db, show_evidence, &v);
	say_if_none(&v, err, "no evidence against any store");
	return close_view(&v, err, TABLE_PEOPLE, TABLE_JSON);
}

/* For people the notes are printed whole, as they were signed: they are the proof. */
static enum kas_err
print_evidence(void *ctx, const struct hq_evidence_row *row)
{
	struct view *v = ctx;

	if (row->id != v->wanted)
		return KAS_OK;
	v->found++;
	v->printed = true;
	printf("Evidence %" PRIu64 " against store %s: %s.\n\nHeadquarters held:\n\n%.*s\n"
	    "The store showed:\n\n%.*s", row->id, row->store, row->text, (int)row->held.n,
	    (const char *)row->held.p, (int)row->shown.n, (const char *)row->shown.p);
	return KAS_OK;
}

int
hq_evidence_show(struct cli *cli)
{
	bool json = cli_flag(cli, "json");
	struct view v;
	uint64_t wanted;
	enum kas_err err;
	int code;

	if (decimal_parse(bytes_of_text(cli->argv[0]), &wanted) != KAS_OK || wanted == 0)
		return cli_usage(cli, "\"%s\" is no number of a piece of evidence", cli->argv[0]);
	code = open_view(cli, &v);
	if (code != EX_OK)
		return code;
	v.wanted = wanted;
	v.table = table_open(evidence_columns);
	err = hq_db_list_evidence(v.db, json ? show_evidence : print_evidence, &v);
	v.printed |= v.found == 0;
	code = close_view(&v, err, TABLE_PEOPLE, TABLE_JSON_RECORD);
	if (code == EX_OK && v.found == 0)
		code = cli_fail(cli, EX_NOINPUT, "`kasir-hq evidence list` shows what there is",
		    "no evidence has the number %s", cli->argv[0]);
	return code;
}
