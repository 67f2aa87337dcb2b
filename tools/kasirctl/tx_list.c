#include "tools/kasirctl/ctl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cash/rules.h"
#include "edge/lang.h"
#include "tools/kasirctl/tx_text.h"
#include "wire/codec.h"

#define LOOK_ENTRIES 256u
#define LOOK_BYTES ((size_t)1024 * 1024)
#define LIMIT_DEFAULT 20u

struct filter {
	const char *terminal;
	uint32_t day;			/* 0: any */
	bool has_type, exceptions;
	Kasir__V1__TransactionType type;
};

/* Entries are looked at from the newest back, and the matching indexes kept. */
struct matches {
	uint64_t *list;
	size_t n, cap, limit;
};

static int
take_filter(const struct cli *cli, struct filter *f, size_t *limit)
{
	const char *day = cli_value(cli, "day", NULL), *type = cli_value(cli, "type", NULL);
	int rc = EX_OK;

	*f = (struct filter){ .terminal = cli_value(cli, "terminal", NULL),
		.exceptions = cli_flag(cli, "exceptions"), .has_type = type != NULL };
	if (day != NULL && !tx_day_parse(day, &f->day))
		return cli_usage(cli, "--day: '%s' is no day: expected 2026-05-31", day);
	if (type != NULL && !tx_type_parse(type, &f->type))
		return cli_usage(cli, "--type: '%s' is no type of transaction: sale, return, "
		    "post-void, shift-close...", type);
	*limit = cli_number(cli, "limit", 0, SIZE_MAX / 2, LIMIT_DEFAULT, &rc);
	if (*limit == 0)
		*limit = SIZE_MAX;
	return rc;
}

static bool
passes(const struct filter *f, const Kasir__V1__TransactionRecord *r, struct bytes payload,
    struct arena *a)
{
	const Kasir__V1__Transaction *doc;

	if (f->terminal != NULL && strcmp(f->terminal, r->terminal) != 0)
		return false;
	if (f->exceptions && r->n_broken == 0)
		return false;
	if (f->day == 0 && !f->has_type)
		return true;
	doc = PROTO_UNPACK(kasir__v1__transaction, a, payload);
	return doc != NULL && (f->day == 0 || doc->business_day == f->day) &&
	    (!f->has_type || doc->type == f->type);
}

static enum kas_err
keep(struct matches *m, uint64_t index)
{
	size_t cap = m->cap == 0 ? 64 : 2 * m->cap;
	uint64_t *list;

	if (m->n == m->cap) {
		list = realloc(m->list, cap * sizeof *list);
		if (list == NULL)
			return KAS_NOMEM;
		m->list = list;
		m->cap = cap;
	}
	m->list[m->n++] = index;
	return KAS_OK;
}

/* The entries FIRST to FIRST+N-1, looked at from the last one back. */
static enum kas_err
look_back(struct ledger_reader *r, uint64_t first, size_t n, const struct filter *f,
    struct arena *a, struct matches *m)
{
	struct store_entry entries[LOOK_ENTRIES];
	Kasir__V1__LedgerEntry *e;
	size_t got = 0, more;
	enum kas_err err = KAS_OK;

	for (; err == KAS_OK && got < n; got += more) {
		err = ledger_read_entries(r, first + got, n - got, LOOK_BYTES, a, entries + got,
		    &more);
		if (err == KAS_OK && more == 0)
			err = KAS_CORRUPT;
	}
	while (err == KAS_OK && n-- > 0 && m->n < m->limit) {
		if (wire_decode_entry(entries[n].entry, a, &e, NULL) == KAS_OK &&
		    e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION &&
		    passes(f, e->transaction, entries[n].payload, a))
			err = keep(m, first + n);
	}
	return err;
}

static enum kas_err
look(struct ledger_reader *r, const struct filter *f, struct matches *m)
{
	struct store_head head;
	enum kas_err err;
	struct arena a;
	size_t n;

	arena_init(&a, 0);
	err = ledger_read_head(r, &a, &head);
	while (err == KAS_OK && head.size > 0 && m->n < m->limit) {
		n = head.size < LOOK_ENTRIES ? (size_t)head.size : LOOK_ENTRIES;
		head.size -= n;
		arena_reset(&a);
		err = look_back(r, head.size, n, f, &a, m);
	}
	arena_fini(&a);
	return err;
}

static void
add_document(struct table *t, const Kasir__V1__Transaction *doc)
{
	char type[TX_TYPE_MAX];

	if (doc == NULL) {
		table_shown_text(t, _("(not decodable)"), NULL);
		table_text(t, NULL);
		table_text(t, NULL);
		table_text(t, NULL);
		return;
	}
	tx_type_text(doc->type, type);
	tx_add_word(t, type);
	tx_add_day(t, doc->business_day);
	tx_add_money(t, doc->payable, doc);
	table_text(t, doc->currency);
}

static enum kas_err
add_row(struct table *t, struct ledger_reader *r, uint64_t index, struct arena *a)
{
	const Kasir__V1__TransactionRecord *x;
	Kasir__V1__LedgerEntry *e;
	struct store_entry entry;
	enum kas_err err;
	size_t n;

	err = ledger_read_entries(r, index, 1, LOOK_BYTES, a, &entry, &n);
	if (err == KAS_OK && n == 0)
		err = KAS_CORRUPT;
	if (err == KAS_OK)
		err = wire_decode_entry(entry.entry, a, &e, NULL);
	if (err != KAS_OK)
		return err;
	x = e->transaction;
	table_count(t, index);
	table_text(t, x->terminal);
	table_count(t, x->epoch);
	table_count(t, x->sequence);
	table_time(t, e->wall_us);
	add_document(t, PROTO_UNPACK(kasir__v1__transaction, a, entry.payload));
	tx_add_rules(t, x->broken, x->n_broken);
	tx_add_rules(t, x->notes, x->n_notes);
	table_bool(t, x->conflict);
	return KAS_OK;
}

static enum kas_err
fill(struct table *t, struct ledger_reader *r, const struct matches *m)
{
	enum kas_err err = KAS_OK;
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = m->n; err == KAS_OK && i-- > 0;) {
		arena_reset(&a);
		err = add_row(t, r, m->list[i], &a);
	}
	arena_fini(&a);
	return err;
}

int
ctl_tx_list(struct cli *cli)
{
	static const struct table_column columns[] = {
		{ "index", "Entry", TABLE_RIGHT }, { "terminal", "Terminal", TABLE_LEFT },
		{ "epoch", "Epoch", TABLE_RIGHT }, { "sequence", "Sequence", TABLE_RIGHT },
		{ "at", "Stored", TABLE_LEFT }, { "type", "Type", TABLE_LEFT },
		{ "day", "Day", TABLE_LEFT }, { "payable", "Payable", TABLE_RIGHT },
		{ "currency", NULL, TABLE_LEFT }, { "broken", "Exception", TABLE_LEFT },
		{ "notes", "Notes", TABLE_LEFT }, { "conflict", NULL, TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct matches m = { 0 };
	struct ledger_reader *r;
	struct table *t;
	struct filter f;
	enum kas_err err;
	int rc;

	if ((rc = take_filter(cli, &f, &m.limit)) != EX_OK ||
	    (rc = ctl_open_ledger(cli, &r)) != EX_OK)
		return rc;
	t = table_open(columns);
	err = look(r, &f, &m);
	if (err == KAS_OK)
		err = fill(t, r, &m);
	if (err == KAS_OK) {
		rc = ctl_print(cli, t, false);
		if (rc == EX_OK && m.n == 0 && !cli_flag(cli, "json"))
			fprintf(stderr, _("no transaction in the ledger fits\n"));
	} else {
		table_close(t);
		rc = ctl_fail_read(cli, err, "the ledger");
	}
	free(m.list);
	ledger_read_close(r);
	return rc;
}
