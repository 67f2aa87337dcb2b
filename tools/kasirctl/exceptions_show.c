/* exceptions_show.c - one entry on the manager's desk: what is wrong with it, in sentences, and
 * what was said of it since. */
#include "tools/kasirctl/ctl.h"

#include <inttypes.h>

#include "cash/rules.h"
#include "edge/history.h"
#include "edge/lang.h"
#include "tools/kasirctl/marks.h"
#include "tools/kasirctl/tx_find.h"
#include "tools/kasirctl/tx_text.h"
#include "tools/kasirctl/walk.h"
#include "wire/codec.h"

/* The remarks on INDEX, newest first, and the word on it. */
struct search {
	struct marks marks;
	uint64_t index;
};

static enum walk_next
look_at(void *ctx, const struct walk_step *step)
{
	struct search *s = ctx;

	if (step->index <= s->index)
		return WALK_STOP;
	return marks_take(&s->marks, step->index, step->entry) ? WALK_ON : WALK_NOMEM;
}

static struct table *
rules_table(const Kasir__V1__Rule *rules, size_t n)
{
	static const struct table_column columns[] = {
		{ "rule", "Rule", TABLE_LEFT }, { "sentence", "What is wrong", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	char name[RULE_NAME_MAX];

	for (size_t i = 0; i < n; i++) {
		rule_name(rules[i], name);
		table_text(t, name);
		table_shown_text(t, gettext(rule_sentence(rules[i])), rule_sentence(rules[i]));
	}
	return t;
}

static struct table *
marks_table(const struct marks *m, uint64_t index)
{
	static const struct table_column columns[] = {
		{ "by_index", "Entry", TABLE_RIGHT }, { "at", "Stored", TABLE_LEFT },
		{ "what", "What", TABLE_LEFT }, { "who", "Who", TABLE_LEFT },
		{ "text", "Why", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	for (size_t i = m->n; i-- > 0;) {
		const struct mark *k = &m->list[i];

		if (k->index != index)
			continue;
		table_count(t, k->by_index);
		table_time(t, k->wall_us);
		table_shown_text(t, gettext(mark_word(k)), mark_word(k));
		table_text(t, k->who);
		table_text(t, k->text);
	}
	return t;
}

struct shown {
	uint64_t index;
	const Kasir__V1__LedgerEntry *entry;
	const Kasir__V1__TransactionRecord *record;	/* of the return, where it was settled */
	const Kasir__V1__Transaction *doc;
	const Kasir__V1__Rule *broken;
	size_t n_broken;
};

static void
add_document(struct table *t, const Kasir__V1__Transaction *doc)
{
	char type[TX_TYPE_MAX];

	if (doc == NULL) {
		table_shown_text(t, _("does not decode"), NULL);
		table_text(t, NULL);
		table_text(t, NULL);
		return;
	}
	tx_type_text(doc->type, type);
	tx_add_word(t, type);
	tx_add_money(t, doc->payable, doc);
	table_text(t, doc->cashier);
}

static int
print(const struct cli *cli, const struct shown *s, const struct marks *m)
{
	static const struct table_column columns[] = {
		{ "index", "Entry", TABLE_LEFT }, { "at", "Stored", TABLE_LEFT },
		{ "name", "Transaction", TABLE_LEFT }, { "type", "Type", TABLE_LEFT },
		{ "payable", "Payable", TABLE_LEFT }, { "cashier", "Cashier", TABLE_LEFT },
		{ "state", "State", TABLE_LEFT }, { "notes", "Notes", TABLE_LEFT },
		{ "broken", NULL, TABLE_LEFT }, { "remarks", NULL, TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	const struct mark *word = marks_find(m, MARK_RESOLVED, s->index);
	struct table *t = table_open(columns), *rules = rules_table(s->broken, s->n_broken);
	struct table *remarks = marks_table(m, s->index);
	bool has_remarks = word != NULL || marks_find(m, MARK_ANNOTATED, s->index) != NULL;
	const char *plain = word != NULL ? mark_word(word) :
	    s->n_broken > 0 ? N_("open") : N_("no exception");
	char state[160];
	int rc;

	if (word != NULL)
		mark_text(word, state, sizeof state);
	else
		snprintf(state, sizeof state, "%s", gettext(plain));
	table_count(t, s->index);
	table_time(t, s->entry->wall_us);
	table_textf(t, "%s/%" PRIu64 "/%" PRIu64, s->record->terminal, s->record->epoch,
	    s->record->sequence);
	add_document(t, s->doc);
	table_shown_text(t, state, plain);
	tx_add_rules(t, s->record->notes, s->record->n_notes);
	table_rows(t, rules);
	table_rows(t, remarks);
	rc = ctl_print(cli, t, true);
	if (rc == EX_OK && !cli_flag(cli, "json") && s->n_broken > 0) {
		printf("\n");
		rc = ctl_print(cli, rules, false);
		rules = NULL;
	}
	if (rc == EX_OK && !cli_flag(cli, "json") && has_remarks) {
		printf("\n");
		rc = ctl_print(cli, remarks, false);
		remarks = NULL;
	}
	table_close(rules);
	table_close(remarks);
	return rc;
}

/* The transaction at INDEX, or the one that a settled return at INDEX is about. */
static enum kas_err
take(struct ledger_reader *r, uint64_t index, struct arena *a, struct shown *ret)
{
	Kasir__V1__LedgerEntry *e;
	struct store_entry kept;
	enum kas_err err;

	err = history_entry(r, index, a, &kept);
	if (err == KAS_OK)
		err = wire_decode_entry(kept.entry, a, &e, NULL);
	if (err != KAS_OK)
		return err;
	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED && ret->entry == NULL) {
		ret->entry = e;
		ret->broken = e->return_settled->broken;
		ret->n_broken = e->return_settled->n_broken;
		return take(r, e->return_settled->return_index, a, ret);
	}
	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return KAS_NOTFOUND;
	ret->record = e->transaction;
	ret->doc = PROTO_UNPACK(kasir__v1__transaction, a, kept.payload);
	if (ret->entry == NULL) {
		ret->entry = e;
		ret->broken = e->transaction->broken;
		ret->n_broken = e->transaction->n_broken;
	}
	return KAS_OK;
}

static int
show(const struct cli *cli, struct ledger_reader *r, uint64_t index, struct arena *a)
{
	struct shown s = { .index = index };
	struct search search = { .index = index };
	struct store_head head;
	enum kas_err err;
	int rc;

	err = take(r, index, a, &s);
	if (err == KAS_NOTFOUND)
		return cli_fail(cli, EX_NOINPUT, "'kasirctl exceptions list' shows what waits",
		    "entry %" PRIu64 " is not there, or no transaction", index);
	if (err == KAS_OK)
		err = ledger_read_head(r, a, &head);
	if (err == KAS_OK)
		err = walk_back(r, head.size, look_at, &search);
	rc = err != KAS_OK ? ctl_fail_read(cli, err, "the ledger") : print(cli, &s, &search.marks);
	marks_fini(&search.marks);
	return rc;
}

int
ctl_exceptions_show(struct cli *cli)
{
	struct ledger_reader *r;
	struct arena a;
	uint64_t index;
	int rc;

	rc = ctl_open_ledger(cli, &r);
	if (rc != EX_OK)
		return rc;
	arena_init(&a, 0);
	rc = tx_find(cli, r, cli->argv[0], &index);
	if (rc == EX_OK)
		rc = show(cli, r, index, &a);
	arena_fini(&a);
	ledger_read_close(r);
	return rc;
}
