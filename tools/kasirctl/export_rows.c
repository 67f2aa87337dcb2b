#include "tools/kasirctl/export_rows.h"

#include "cash/period.h"
#include "cash/rules.h"
#include "tools/kasirctl/tx_text.h"

static void
rows_enum(struct rows *r, const char *key, const ProtobufCEnumDescriptor *d, int value)
{
	char word[TX_TYPE_MAX];

	tx_enum_text(d, value, word);
	rows_text(r, key, word);
}

static void
rows_rules(struct rows *r, const char *key, const Kasir__V1__Rule *rules, size_t n)
{
	char names[RULES_MAX][RULE_NAME_MAX];
	const char *list[RULES_MAX];

	n = n < RULES_MAX ? n : RULES_MAX;
	for (size_t i = 0; i < n; i++) {
		rule_name(rules[i], names[i]);
		list[i] = names[i];
	}
	rows_words(r, key, list, n);
}

static void
rows_flags(struct rows *r, const Kasir__V1__Transaction *doc)
{
	char words[8][TX_TYPE_MAX];
	const char *list[8];
	size_t n = doc->n_flags < 8 ? doc->n_flags : 8;

	for (size_t i = 0; i < n; i++) {
		tx_enum_text(&kasir__v1__transaction_flag__descriptor, (int)doc->flags[i],
		    words[i]);
		list[i] = words[i];
	}
	rows_words(r, "flags", list, n);
}

/* Of the document, or of a line. */
static void
rows_reference(struct rows *r, const Kasir__V1__Reference *o)
{
	bool blank = r->blank;
	static Kasir__V1__Reference none = KASIR__V1__REFERENCE__INIT;

	r->blank |= o == NULL;
	o = o != NULL ? o : &none;
	rows_text(r, "original_store", o->store);
	rows_text(r, "original_terminal", o->terminal);
	rows_count(r, "original_epoch", o->epoch);
	rows_count(r, "original_sequence", o->sequence);
	rows_count(r, "original_line", o->line);
	r->blank = blank;
}

static void
rows_resolution(struct rows *r, const struct scan_word *w)
{
	bool blank = r->blank;
	static const struct scan_word none;

	r->blank |= w == NULL;
	w = w != NULL ? w : &none;
	rows_enum(r, "resolution", &kasir__v1__resolution__descriptor, (int)w->how);
	rows_count(r, "resolved_index", w->index);
	rows_time(r, "resolved_at", w->wall_us);
	r->blank = blank;
}

/* What ledger and terminal say, whether or not the document can be read. */
static void
write_envelope(struct rows *r, const struct scan *s, const struct scan_step *x)
{
	const Kasir__V1__TransactionRecord *t = x->entry->transaction;
	bool blank = r->blank;

	rows_text(r, "store", s->store);
	rows_count(r, "index", x->index);
	rows_time(r, "stored_at", x->entry->wall_us);
	rows_text(r, "terminal", t->terminal);
	rows_count(r, "epoch", t->epoch);
	rows_count(r, "sequence", t->sequence);
	rows_hex(r, "txn_id", bytes_of_proto(t->txn_id));
	rows_hex(r, "payload_sha256", bytes_of_proto(t->payload_hash));
	rows_text(r, "standing", scan_standing_name(x->standing));
	rows_rules(r, "broken", t->broken, t->n_broken);
	rows_rules(r, "notes", t->notes, t->n_notes);
	r->blank |= !t->conflict;
	rows_count(r, "conflict_with", t->first);
	r->blank = blank || x->settled == NULL;
	rows_count(r, "settled_index", x->settled != NULL ? x->settled->index : 0);
	r->blank = blank;
	rows_resolution(r, x->resolved);
}

static void
write_movement(struct rows *r, const Kasir__V1__CashMovement *m)
{
	static Kasir__V1__CashMovement none = KASIR__V1__CASH_MOVEMENT__INIT;
	bool blank = r->blank;

	r->blank |= m == NULL;
	m = m != NULL ? m : &none;
	rows_money(r, "movement", m->amount);
	rows_text(r, "bag", m->bag);
	rows_text(r, "slip", m->slip);
	rows_text(r, "account", m->account);
	r->blank = blank;
}

static void
write_head(struct rows *r, const Kasir__V1__Transaction *doc)
{
	bool blank = r->blank;

	rows_enum(r, "type", &kasir__v1__transaction_type__descriptor, (int)doc->type);
	rows_flags(r, doc);
	rows_time(r, "at", doc->at_us);
	rows_number(r, "utc_offset_min", doc->utc_offset_min);
	rows_day(r, "business_day", doc->business_day);
	rows_text(r, "cashier", doc->cashier);
	rows_text(r, "supervisor", doc->supervisor);
	rows_text(r, "shift", doc->shift);
	rows_text(r, "currency", doc->currency);
	rows_count(r, "exponent", doc->exponent);
	rows_text(r, "receipt", doc->receipt_number);
	rows_reference(r, doc->original);
	rows_text(r, "reason", doc->reason);
	rows_money(r, "gross", doc->gross);
	rows_money(r, "cash_rounding", doc->cash_rounding);
	rows_money(r, "payable", doc->payable);
	write_movement(r, doc->movement);
	r->blank |= doc->n_count == 0;
	rows_money(r, "counted", period_count_of(doc));
	r->blank = blank || doc->event == NULL;
	rows_text(r, "event", doc->event != NULL ? doc->event->code : "");
	rows_text(r, "event_detail", doc->event != NULL ? doc->event->detail : "");
	r->blank = blank;
}

static void
write_line(struct rows *r, const Kasir__V1__Line *l)
{
	rows_count(r, "line", l->number);
	rows_enum(r, "kind", &kasir__v1__line_kind__descriptor, (int)l->kind);
	rows_text(r, "sku", l->sku);
	rows_text(r, "gtin", l->gtin);
	rows_text(r, "name", l->name);
	rows_text(r, "department", l->department);
	rows_number(r, "quantity_thousandths", l->quantity);
	rows_text(r, "unit", l->unit);
	rows_number(r, "unit_price_thousandths", l->unit_price);
	rows_money(r, "extended", l->extended);
	rows_money(r, "amount", l->amount);
	rows_text(r, "tax_code", l->tax_code);
	rows_money(r, "tax", l->tax);
	rows_count(r, "voids_line", l->voids_line);
	rows_reference(r, l->original);
	rows_text(r, "note", l->note);
}

/* LINE: that it belongs to; 0: to the document. */
static void
write_discount(struct rows *r, uint32_t line, const Kasir__V1__Discount *d)
{
	rows_count(r, "line", line);
	rows_count(r, "discount", d->number);
	rows_text(r, "code", d->code);
	rows_text(r, "name", d->name);
	rows_count(r, "rate_bp", d->rate_bp);
	rows_money(r, "amount", d->amount);
	rows_text(r, "supervisor", d->supervisor);
}

static void
write_tax(struct rows *r, const Kasir__V1__Tax *t)
{
	rows_text(r, "code", t->code);
	rows_count(r, "rate_bp", t->rate_bp);
	rows_count(r, "base_numerator", t->base_numerator != 0 ? t->base_numerator : 1);
	rows_count(r, "base_denominator", t->base_denominator != 0 ? t->base_denominator : 1);
	rows_bool(r, "inclusive", t->inclusive);
	rows_bool(r, "by_line", t->by_line);
	rows_money(r, "tax_base", t->tax_base);
	rows_money(r, "taxable", t->taxable);
	rows_money(r, "tax", t->amount);
	rows_money(r, "gross", t->gross);
}

static void
write_tender(struct rows *r, const Kasir__V1__Tender *t)
{
	static Kasir__V1__Foreign none = KASIR__V1__FOREIGN__INIT;
	const Kasir__V1__Foreign *f = t->foreign != NULL ? t->foreign : &none;
	bool blank = r->blank;

	rows_count(r, "tender", t->number);
	rows_enum(r, "kind", &kasir__v1__tender_kind__descriptor, (int)t->kind);
	rows_enum(r, "state", &kasir__v1__tender_state__descriptor, (int)t->state);
	rows_money(r, "tendered", t->tendered);
	rows_money(r, "change", t->change);
	rows_money(r, "cash_back", t->cash_back);
	rows_money(r, "forfeit", t->forfeit);
	r->blank |= t->foreign == NULL;
	rows_text(r, "foreign_currency", f->currency);
	rows_count(r, "foreign_exponent", f->exponent);
	rows_number(r, "foreign_minor", f->amount);
	rows_count(r, "foreign_rate_e8", f->rate_e8);
	r->blank = blank;
	rows_text(r, "merchant_id", t->merchant_id);
	rows_text(r, "acquirer_terminal", t->acquirer_terminal);
	rows_text(r, "rrn", t->rrn);
	rows_text(r, "approval_code", t->approval_code);
	rows_text(r, "reference", t->reference);
	rows_count(r, "replaces", t->replaces);
}

static void
json_discounts(struct rows *r, uint32_t line, Kasir__V1__Discount *const *list, size_t n)
{
	rows_list(r, "discounts");
	for (size_t i = 0; i < n; i++) {
		rows_begin(r);
		write_discount(r, line, list[i]);
		rows_end_within(r);
	}
	rows_list_end(r);
}

static void
json_line(struct rows *r, const Kasir__V1__Line *l)
{
	rows_begin(r);
	write_line(r, l);
	json_discounts(r, l->number, l->discounts, l->n_discounts);
	rows_list(r, "shares");
	for (size_t i = 0; i < l->n_shares; i++) {
		rows_begin(r);
		rows_count(r, "discount", l->shares[i]->discount);
		rows_money(r, "amount", l->shares[i]->amount);
		rows_end_within(r);
	}
	rows_list_end(r);
	rows_end_within(r);
}

static void
json_count(struct rows *r, const Kasir__V1__Transaction *doc)
{
	rows_list(r, "count");
	for (size_t i = 0; i < doc->n_count; i++) {
		rows_begin(r);
		rows_money(r, "value", doc->count[i]->value);
		rows_count(r, "count", doc->count[i]->count);
		rows_end_within(r);
	}
	rows_list_end(r);
}

static void
json_lists(struct rows *r, const Kasir__V1__Transaction *doc)
{
	rows_list(r, "lines");
	for (size_t i = 0; i < doc->n_lines; i++)
		json_line(r, doc->lines[i]);
	rows_list_end(r);
	json_discounts(r, 0, doc->discounts, doc->n_discounts);
	rows_list(r, "taxes");
	for (size_t i = 0; i < doc->n_taxes; i++) {
		rows_begin(r);
		write_tax(r, doc->taxes[i]);
		rows_end_within(r);
	}
	rows_list_end(r);
	rows_list(r, "tenders");
	for (size_t i = 0; i < doc->n_tenders; i++) {
		rows_begin(r);
		write_tender(r, doc->tenders[i]);
		rows_end_within(r);
	}
	rows_list_end(r);
	json_count(r, doc);
}

static const Kasir__V1__Transaction *
blank_document(void)
{
	static Kasir__V1__Transaction none = KASIR__V1__TRANSACTION__INIT;

	return &none;
}

void
export_json(struct rows *r, const struct scan *s, const struct scan_step *x)
{
	rows_begin(r);
	rows_text(r, "schema", EXPORT_SCHEMA);
	write_envelope(r, s, x);
	r->blank = x->doc == NULL;
	write_head(r, x->doc != NULL ? x->doc : blank_document());
	r->blank = false;
	json_lists(r, x->doc != NULL ? x->doc : blank_document());
	rows_end(r);
}

const char *const export_part_names[EXPORT__PARTS + 1] = { "documents", "lines", "discounts",
	"taxes", "tenders", NULL };

/* What every table but that of documents begins with. */
static void
write_key(struct rows *r, const struct scan_step *x)
{
	rows_begin(r);
	rows_count(r, "index", x->index);
}

static void
csv_discounts(struct rows *r, const struct scan_step *x, uint32_t line,
    Kasir__V1__Discount *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		write_key(r, x);
		write_discount(r, line, list[i]);
		rows_end(r);
	}
}

static void
csv_parts(struct rows *r, enum export_part part, const struct scan_step *x)
{
	const Kasir__V1__Transaction *doc = x->doc;
	size_t i;

	for (i = 0; part == EXPORT_LINES && i < doc->n_lines; i++) {
		write_key(r, x);
		write_line(r, doc->lines[i]);
		rows_end(r);
	}
	for (i = 0; part == EXPORT_DISCOUNTS && i < doc->n_lines; i++)
		csv_discounts(r, x, doc->lines[i]->number, doc->lines[i]->discounts,
		    doc->lines[i]->n_discounts);
	if (part == EXPORT_DISCOUNTS)
		csv_discounts(r, x, 0, doc->discounts, doc->n_discounts);
	for (i = 0; part == EXPORT_TAXES && i < doc->n_taxes; i++) {
		write_key(r, x);
		write_tax(r, doc->taxes[i]);
		rows_end(r);
	}
	for (i = 0; part == EXPORT_TENDERS && i < doc->n_tenders; i++) {
		write_key(r, x);
		write_tender(r, doc->tenders[i]);
		rows_end(r);
	}
}

void
export_csv(struct rows *r, enum export_part part, const struct scan *s, const struct scan_step *x)
{
	r->exponent = x->doc != NULL ? x->doc->exponent : s->exponent;
	if (part == EXPORT_DOCUMENTS) {
		rows_begin(r);
		write_envelope(r, s, x);
		r->blank = x->doc == NULL;
		write_head(r, x->doc != NULL ? x->doc : blank_document());
		r->blank = false;
		rows_end(r);
	} else if (x->doc != NULL) {
		csv_parts(r, part, x);
	}
}

void
export_heading(struct rows *r, enum export_part part)
{
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord record = KASIR__V1__TRANSACTION_RECORD__INIT;
	Kasir__V1__Transaction doc = KASIR__V1__TRANSACTION__INIT;
	Kasir__V1__Line line = KASIR__V1__LINE__INIT, *lines[] = { &line };
	Kasir__V1__Discount discount = KASIR__V1__DISCOUNT__INIT, *discounts[] = { &discount };
	Kasir__V1__Tax tax = KASIR__V1__TAX__INIT, *taxes[] = { &tax };
	Kasir__V1__Tender tender = KASIR__V1__TENDER__INIT, *tenders[] = { &tender };
	struct scan_step x = { .entry = &entry, .doc = &doc };
	struct scan s = { 0 };

	entry.transaction = &record;
	doc.lines = lines;
	doc.discounts = discounts;
	doc.taxes = taxes;
	doc.tenders = tenders;
	doc.n_lines = doc.n_discounts = doc.n_taxes = doc.n_tenders = 1;
	r->form = ROW_HEADING;
	export_csv(r, part, &s, &x);
	r->form = ROW_CSV;
}
