#include "tools/kasirctl/receipt_slip.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cash/period.h"
#include "cash/rules.h"
#include "tools/kasirctl/receipt_parts.h"

static bool
has_flag(const Kasir__V1__Transaction *doc, Kasir__V1__TransactionFlag flag)
{
	for (size_t i = 0; i < doc->n_flags; i++)
		if (doc->flags[i] == flag)
			return true;
	return false;
}

static void
print_broken(const struct receipt *r, struct paper *p)
{
	const Kasir__V1__TransactionRecord *t = r->entry->transaction;
	char name[RULE_NAME_MAX], line[160];

	if (t->n_broken == 0)
		return;
	rule_name(t->broken[0], name);
	snprintf(line, sizeof line, "%s: %s%s", paper_word(p, WORD_EXCEPTION), name,
	    t->n_broken > 1 ? "..." : "");
	slip_centre(&p->slip, line);
	if (r->resolved == KASIR__V1__RESOLUTION__ACCEPTED)
		slip_centre(&p->slip, paper_word(p, WORD_ACCEPTED_LATER));
	if (r->resolved == KASIR__V1__RESOLUTION__VOIDED)
		slip_centre(&p->slip, paper_word(p, WORD_VOIDED_LATER));
}

static void
print_marks(const struct receipt *r, struct paper *p)
{
	char line[160], type[SLIP_NAME_MAX];

	paper_copy_mark(p);
	if (r->doc != NULL && r->doc->type != KASIR__V1__TRANSACTION_TYPE__SALE) {
		slip_type_name(p->language, (unsigned)r->doc->type, type);
		paper_title(p, type);
	}
	if (r->doc != NULL && has_flag(r->doc, KASIR__V1__TRANSACTION_FLAG__TRAINING))
		slip_centre(&p->slip, paper_word(p, WORD_TRAINING));
	if (r->entry->transaction->conflict)
		slip_centre(&p->slip, paper_word(p, WORD_CONFLICT));
	print_broken(r, p);
	if (r->voided_by[0] != '\0') {
		snprintf(line, sizeof line, "%s %s", paper_word(p, WORD_VOIDED_BY), r->voided_by);
		slip_centre(&p->slip, line);
	}
}

static void
print_original(const Kasir__V1__Reference *o, struct paper *p)
{
	char line[160];

	if (o == NULL)
		return;
	snprintf(line, sizeof line, "%s %.40s%s%.40s%s%" PRIu64 "/%" PRIu64,
	    paper_word(p, WORD_REPRINT_OF), o->store, o->store[0] != '\0' ? " " : "", o->terminal,
	    o->terminal[0] != '\0' ? "/" : "", o->epoch, o->sequence);
	slip_text(&p->slip, line);
}

static void
print_header(const struct receipt *r, struct paper *p)
{
	const Kasir__V1__TransactionRecord *t = r->entry->transaction;
	char left[200], right[80];

	snprintf(right, sizeof right, "%s/%" PRIu64 "/%" PRIu64, t->terminal, t->epoch, t->sequence);
	if (r->doc == NULL) {
		slip_pair(&p->slip, "", right);
		slip_centre(&p->slip, paper_word(p, WORD_UNREADABLE));
		return;
	}
	snprintf(left, sizeof left, "%s %.120s", paper_word(p, WORD_NUMBER),
	    r->doc->receipt_number[0] != '\0' ? r->doc->receipt_number : "-");
	slip_pair(&p->slip, left, right);
	snprintf(left, sizeof left, "%s: %.120s", paper_word(p, WORD_CASHIER), r->doc->cashier);
	paper_time(p, r->doc->at_us, r->doc->utc_offset_min, right);
	slip_pair(&p->slip, r->doc->cashier[0] != '\0' ? left : "", right);
	paper_field(p, WORD_SUPERVISOR, r->doc->supervisor);
	print_original(r->doc->original, p);
	slip_text(&p->slip, r->doc->reason);
}

static void
print_movement(const Kasir__V1__Transaction *doc, struct paper *p)
{
	char value[MONEY_TEXT_MAX], line[128];

	if (doc->movement != NULL) {
		paper_field(p, WORD_ACCOUNT, doc->movement->account);
		paper_field(p, WORD_BAG, doc->movement->bag);
		paper_field(p, WORD_SLIP, doc->movement->slip);
		paper_amount(p, paper_word(p, WORD_TOTAL), doc->movement->amount);
	}
	for (size_t i = 0; i < doc->n_count; i++) {
		const Kasir__V1__Denomination *d = doc->count[i];

		paper_money(p, d->value, value);
		snprintf(line, sizeof line, "%" PRIu64 " x %s", d->count, value);
		paper_amount(p, line, period_clamp((int128)d->value * (int128)d->count));
	}
	if (doc->n_count > 0)
		paper_amount(p, paper_word(p, WORD_COUNTED), period_count_of(doc));
	if (doc->event != NULL) {
		slip_text(&p->slip, doc->event->code);
		slip_text(&p->slip, doc->event->detail);
	}
}

void
receipt_print(const struct receipt *r, struct paper *p)
{
	const Kasir__V1__Transaction *doc = r->doc;

	if (doc != NULL) {
		p->currency = doc->currency;
		p->exponent = doc->exponent;
	}
	paper_head(p);
	print_marks(r, p);
	print_header(r, p);
	slip_rule(&p->slip, '-');
	if (doc != NULL) {
		receipt_print_lines(doc, p);
		print_movement(doc, p);
		receipt_print_totals(doc, p);
		receipt_print_tenders(doc, p);
		slip_rule(&p->slip, '-');
	}
	slip_centre(&p->slip, p->shop->footer);
	paper_code(p, r->index, r->entry_bytes);
}
