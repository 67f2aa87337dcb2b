#include "tools/kasirctl/ctl.h"

#include <inttypes.h>

#include "cash/rules.h"
#include "edge/history.h"
#include "edge/lang.h"
#include "tools/kasirctl/proto_json.h"
#include "tools/kasirctl/tx_find.h"
#include "tools/kasirctl/tx_text.h"
#include "wire/codec.h"

/* The document as it was sent, whole, for programs. */
static void
add_document(struct table *t, const Kasir__V1__Transaction *doc)
{
	char type[TX_TYPE_MAX];

	if (doc == NULL) {
		table_shown_text(t, _("(not decodable)"), NULL);
		for (int i = 0; i < 6; i++)
			table_text(t, NULL);
		return;
	}
	tx_type_text(doc->type, type);
	tx_add_word(t, type);
	table_time(t, doc->at_us);
	tx_add_day(t, doc->business_day);
	table_text(t, doc->cashier);
	table_text(t, doc->receipt_number);
	tx_add_money(t, doc->payable, doc);
	table_json(t, "", proto_json(&doc->base));
}

static int
show_entry(const struct cli *cli, uint64_t index, const Kasir__V1__LedgerEntry *e,
    const Kasir__V1__Transaction *doc)
{
	static const struct table_column columns[] = {
		{ "index", "Entry", TABLE_LEFT }, { "stored_at", "Stored", TABLE_LEFT },
		{ "name", "Transaction", TABLE_LEFT }, { "txn_id", "Id", TABLE_LEFT },
		{ "type", "Type", TABLE_LEFT }, { "at", "Made", TABLE_LEFT },
		{ "day", "Day", TABLE_LEFT }, { "cashier", "Cashier", TABLE_LEFT },
		{ "receipt", "Receipt", TABLE_LEFT }, { "payable", "Payable", TABLE_LEFT },
		{ "document", NULL, TABLE_LEFT }, { "broken", "Exception", TABLE_LEFT },
		{ "notes", "Notes", TABLE_LEFT }, { "conflict", "Conflict", TABLE_LEFT },
		{ "payload_hash", "Payload hash", TABLE_LEFT },
		{ "signature", NULL, TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	const Kasir__V1__TransactionRecord *r = e->transaction;
	struct table *t = table_open(columns);
	char conflict[64];

	table_count(t, index);
	table_time(t, e->wall_us);
	table_textf(t, "%s/%" PRIu64 "/%" PRIu64, r->terminal, r->epoch, r->sequence);
	tx_add_id(t, r->txn_id);
	add_document(t, doc);
	tx_add_rules(t, r->broken, r->n_broken);
	tx_add_rules(t, r->notes, r->n_notes);
	snprintf(conflict, sizeof conflict, _("its identity belongs to entry %llu"),
	    (unsigned long long)r->first);
	table_shown_bool(t, r->conflict ? conflict : _("no"), r->conflict);
	table_hex(t, bytes_of_proto(r->payload_hash));
	table_hex(t, bytes_of_proto(r->signature));
	return ctl_print(cli, t, true);
}

/* What each rule says, under the table that names it. */
static void
explain(const Kasir__V1__Rule *rules, size_t n)
{
	char name[RULE_NAME_MAX];

	for (size_t i = 0; i < n; i++) {
		rule_name(rules[i], name);
		printf("  %s: %s\n", name, lang_word(rule_sentence(rules[i])));
	}
}

static void
add_quantity(struct table *t, int64_t thousandths)
{
	int64_t whole = thousandths / 1000, rest = thousandths % 1000;
	char shown[40];

	if (rest == 0)
		snprintf(shown, sizeof shown, "%" PRId64, whole);
	else
		snprintf(shown, sizeof shown, "%s%" PRIu64 ".%03" PRIu64, thousandths < 0 ? "-" : "",
		    (uint64_t)(whole < 0 ? -whole : whole), (uint64_t)(rest < 0 ? -rest : rest));
	table_shown_number(t, shown, thousandths);
}

static int
show_lines(const struct cli *cli, const Kasir__V1__Transaction *doc)
{
	static const struct table_column columns[] = {
		{ "number", "#", TABLE_RIGHT }, { "kind", "Kind", TABLE_LEFT },
		{ "name", "Name", TABLE_LEFT }, { "quantity", "Quantity", TABLE_RIGHT },
		{ "amount", "Amount", TABLE_RIGHT }, { "tax", "Tax", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	char kind[TX_TYPE_MAX];

	for (size_t i = 0; i < doc->n_lines; i++) {
		const Kasir__V1__Line *l = doc->lines[i];

		table_count(t, l->number);
		tx_enum_text(&kasir__v1__line_kind__descriptor, (int)l->kind, kind);
		tx_add_word(t, kind);
		tx_add_free_text(t, l->name);
		add_quantity(t, l->quantity);
		tx_add_money(t, l->amount, doc);
		table_text(t, l->tax_code);
	}
	printf("\n");
	return ctl_print(cli, t, false);
}

static int
show_tenders(const struct cli *cli, const Kasir__V1__Transaction *doc)
{
	static const struct table_column columns[] = {
		{ "number", "#", TABLE_RIGHT }, { "kind", "Tender", TABLE_LEFT },
		{ "state", "State", TABLE_LEFT }, { "tendered", "Tendered", TABLE_RIGHT },
		{ "change", "Change", TABLE_RIGHT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	char word[TX_TYPE_MAX];

	for (size_t i = 0; i < doc->n_tenders; i++) {
		const Kasir__V1__Tender *x = doc->tenders[i];

		table_count(t, x->number);
		tx_enum_text(&kasir__v1__tender_kind__descriptor, (int)x->kind, word);
		tx_add_word(t, word);
		tx_enum_text(&kasir__v1__tender_state__descriptor, (int)x->state, word);
		tx_add_word(t, word);
		tx_add_money(t, x->tendered, doc);
		tx_add_money(t, x->change, doc);
	}
	printf("\n");
	return ctl_print(cli, t, false);
}

static int
show(const struct cli *cli, uint64_t index, const struct store_entry *entry, struct arena *a)
{
	Kasir__V1__LedgerEntry *e;
	const Kasir__V1__Transaction *doc;
	struct kas_why why;
	int rc;

	if (wire_decode_entry(entry->entry, a, &e, &why) != KAS_OK)
		return cli_fail(cli, EX_DATAERR, "'kasirctl verify' says what is wrong with the ledger",
		    "entry %" PRIu64 ": %s", index, why.text);
	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return cli_fail(cli, EX_NOINPUT, NULL, "entry %" PRIu64 " is no transaction but an event "
		    "of the store's own", index);
	doc = PROTO_UNPACK(kasir__v1__transaction, a, entry->payload);
	rc = show_entry(cli, index, e, doc);
	if (rc == EX_OK && !cli_flag(cli, "json")) {
		explain(e->transaction->broken, e->transaction->n_broken);
		explain(e->transaction->notes, e->transaction->n_notes);
	}
	if (rc == EX_OK && doc != NULL && !cli_flag(cli, "json") && doc->n_lines > 0)
		rc = show_lines(cli, doc);
	if (rc == EX_OK && doc != NULL && !cli_flag(cli, "json") && doc->n_tenders > 0)
		rc = show_tenders(cli, doc);
	return rc;
}

int
ctl_tx_show(struct cli *cli)
{
	struct ledger_reader *r;
	struct store_entry entry;
	struct arena a;
	uint64_t index;
	enum kas_err err;
	int rc;

	rc = ctl_open_ledger(cli, &r);
	if (rc != EX_OK)
		return rc;
	arena_init(&a, 0);
	rc = tx_find(cli, r, cli->argv[0], &index);
	if (rc == EX_OK) {
		err = history_entry(r, index, &a, &entry);
		if (err == KAS_NOTFOUND)
			rc = cli_fail(cli, EX_NOINPUT, NULL, "the ledger has no entry %" PRIu64 " yet",
			    index);
		else
			rc = err != KAS_OK ? ctl_fail_read(cli, err, "the ledger") :
			    show(cli, index, &entry, &a);
	}
	arena_fini(&a);
	ledger_read_close(r);
	return rc;
}
