#include "tools/kasirctl/tail_line.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "cash/rules.h"
#include "edge/glyph.h"
#include "edge/lang.h"
#include "tools/kasirctl/tx_text.h"

#define RECEIPT_COLUMNS 14u
#define RED "\033[31m"
#define PLAIN "\033[0m"

void
tail_heading(FILE *to)
{
	fprintf(to, "%-19s  %-20s  %-12s  %-14s  %5s  %16s  %s\n", _("Stored"), _("Transaction"),
	    _("Type"), _("Receipt"), _("Lines"), _("Payable"), _("Tender"));
}

/* Lines that stand: what was voided does not, nor what voided it. */
static unsigned
lines_standing(const Kasir__V1__Transaction *doc)
{
	unsigned n = 0, voids = 0;

	for (size_t i = 0; i < doc->n_lines; i++)
		if (doc->lines[i]->kind == KASIR__V1__LINE_KIND__LINE_VOID)
			voids++;
		else
			n++;
	return n > voids ? n - voids : 0;
}

/* TEXT in COLUMNS, cut where it is longer.  It comes from outside: what a screen would obey is
 * not shown to it. */
static void
print_tame(FILE *to, const char *text, unsigned columns)
{
	unsigned used = 0, one;
	struct buf tame;
	size_t n = 0, step;

	buf_init(&tame);
	glyph_tame(&tame, text);
	for (; !tame.failed && n < tame.n; n += step, used += one) {
		step = glyph_next((const char *)tame.p + n, &one);
		if (used + one > columns)
			break;
	}
	if (n > 0)
		fwrite(tame.p, 1, n, to);
	fprintf(to, "%*s", (int)(columns - used), "");
	buf_fini(&tame);
}

static void
tenders_text(const Kasir__V1__Transaction *doc, char *to, size_t n)
{
	char word[TX_TYPE_MAX];
	size_t at = 0;

	*to = '\0';
	for (size_t i = 0; i < doc->n_tenders && at < n; i++) {
		tx_enum_text(&kasir__v1__tender_kind__descriptor, (int)doc->tenders[i]->kind, word);
		at += (size_t)snprintf(to + at, n - at, "%s%s", i > 0 ? "+" : "", lang_word(word));
	}
}

/* What changes hands; nothing where a type has no figure. */
static void
money_text(const Kasir__V1__Transaction *doc, char to[MONEY_TEXT_MAX])
{
	int64_t amount = doc->movement != NULL ? doc->movement->amount : doc->payable;

	to[0] = '\0';
	if (doc->movement != NULL || doc->n_lines > 0 || doc->n_tenders > 0 || amount != 0)
		lang_money((struct money){ amount }, doc->currency, doc->exponent, to);
}

static void
print_document(FILE *to, const Kasir__V1__Transaction *doc)
{
	char type[TX_TYPE_MAX], money[MONEY_TEXT_MAX], tenders[120];

	if (doc == NULL) {
		fprintf(to, "%s", _("(not decodable)"));
		return;
	}
	tx_type_text(doc->type, type);
	money_text(doc, money);
	tenders_text(doc, tenders, sizeof tenders);
	fprintf(to, "%-12s  ", lang_word(type));
	print_tame(to, doc->receipt_number, RECEIPT_COLUMNS);
	fprintf(to, "  %5u  %16s  %s", lines_standing(doc), money, tenders);
}

static void
print_rules(FILE *to, const char *before, const Kasir__V1__Rule *rules, size_t n)
{
	char name[RULE_NAME_MAX];

	for (size_t i = 0; i < n; i++) {
		rule_name(rules[i], name);
		fprintf(to, "%s%s", i > 0 ? " " : before, name);
	}
}

void
tail_line(FILE *to, bool colour, const Kasir__V1__LedgerEntry *e,
    const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__TransactionRecord *x = e->transaction;
	bool broken = x->n_broken > 0 || x->conflict;
	char at[LANG_TIME_MAX], name[80];

	if (!lang_time(e->wall_us, at))
		snprintf(at, sizeof at, "%" PRId64, e->wall_us);
	snprintf(name, sizeof name, "%s/%" PRIu64 "/%" PRIu64, x->terminal, x->epoch, x->sequence);
	fprintf(to, "%s%-19s  %-20s  ", colour && broken ? RED : "", at, name);
	print_document(to, doc);
	print_rules(to, "  ! ", x->broken, x->n_broken);
	if (x->conflict)
		fprintf(to, "  ! %s", _("Conflict"));
	fprintf(to, "%s\n", colour && broken ? PLAIN : "");
}

static json_t *
rules_json(const Kasir__V1__Rule *rules, size_t n)
{
	json_t *list = json_array();
	char name[RULE_NAME_MAX];

	for (size_t i = 0; i < n; i++) {
		rule_name(rules[i], name);
		json_array_append_new(list, json_string(name));
	}
	return list;
}

/* Bytes from outside may be no UTF-8, which JSON cannot hold. */
static json_t *
text_json(const char *text)
{
	json_t *v = json_string(text);

	return v != NULL ? v : json_null();
}

static json_t *
document_json(const Kasir__V1__Transaction *doc)
{
	char type[TX_TYPE_MAX], day[16];
	json_t *tenders = json_array();

	for (size_t i = 0; i < doc->n_tenders; i++) {
		tx_enum_text(&kasir__v1__tender_kind__descriptor, (int)doc->tenders[i]->kind, type);
		json_array_append_new(tenders, json_string(type));
	}
	tx_type_text(doc->type, type);
	tx_day_text(doc->business_day, day);
	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:I, s:o, s:i, s:o}", "type", type, "day", day,
	    "cashier", text_json(doc->cashier), "receipt", text_json(doc->receipt_number), "lines",
	    (int)lines_standing(doc), "payable", (json_int_t)doc->payable, "currency",
	    text_json(doc->currency), "exponent", (int)doc->exponent, "tenders", tenders);
}

enum kas_err
tail_json(FILE *to, uint64_t index, const Kasir__V1__LedgerEntry *e,
    const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__TransactionRecord *x = e->transaction;
	json_t *o = json_pack("{s:I, s:I, s:s, s:I, s:I, s:o, s:o, s:b, s:o}", "index",
	    (json_int_t)index, "stored_us", (json_int_t)e->wall_us, "terminal", x->terminal,
	    "epoch", (json_int_t)x->epoch, "sequence", (json_int_t)x->sequence, "broken",
	    rules_json(x->broken, x->n_broken), "notes", rules_json(x->notes, x->n_notes),
	    "conflict", x->conflict, "document", doc != NULL ? document_json(doc) : json_null());

	if (o == NULL)
		return KAS_NOMEM;
	json_dumpf(o, to, JSON_COMPACT);
	fputc('\n', to);
	json_decref(o);
	return KAS_OK;
}
