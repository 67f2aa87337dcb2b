/* Receipts are kept as printed: what does not follow from the rest breaks a rule and makes
 * the document an exception, which is what the store would have to look at. */
#include "tools/kasir-term/replay_cord.h"

#include "tools/kasir-term/replay_cord_parts.h"
#include "wire/limits.h"

#include <stdlib.h>

#define LINE_TEXT_MAX (256u * 1024)

struct cord {
	struct source *source;
	struct buf text;
	uint64_t line;
	struct receipt receipt;
};

enum kas_err
cord_open(struct source *source, struct cord **ret)
{
	struct cord *c = calloc(1, sizeof *c);

	if (c == NULL)
		return KAS_NOMEM;
	c->source = source;
	buf_init(&c->text);
	*ret = c;
	return KAS_OK;
}

void
cord_close(struct cord *c)
{
	if (c == NULL)
		return;
	buf_fini(&c->text);
	free(c);
}

static enum kas_err
read_text(struct cord *c, struct kas_why *why)
{
	uint8_t byte;
	int got;

	buf_reset(&c->text);
	while ((got = source_get(c->source)) != SOURCE_END && got != '\n') {
		byte = (uint8_t)got;
		buf_add(&c->text, &byte, 1);
		if (c->text.n > LINE_TEXT_MAX)
			return kas_fail(why, KAS_MALFORMED, "line %llu is too long",
			    (unsigned long long)c->line + 1);
	}
	if (got == SOURCE_END && c->text.n == 0) {
		enum kas_err err = source_error(c->source, why);

		return err != KAS_OK ? err : KAS_NOTFOUND;
	}
	c->line++;
	return c->text.failed ? KAS_NOMEM : KAS_OK;
}

static int64_t
gross_of(const Kasir__V1__Transaction *doc)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < doc->n_lines; i++)
		if (doc->lines[i]->tax_code[0] == '\0')
			sum += doc->lines[i]->amount;
	for (i = 0; i < doc->n_taxes; i++)
		sum += doc->taxes[i]->gross;
	return sum;
}

/* How the receipt was paid: one reading of the figures under the total. */
struct paid {
	struct printed cash, voucher;
	int64_t applied;
};

static struct paid
read_paid(const struct receipt *r, bool sum, bool voucher)
{
	struct paid p = { .cash = sum ? r->cash_sum : r->cash };

	if (voucher)
		p.voucher = r->other;
	p.applied = p.cash.amount - (p.cash.there ? r->change.amount : 0) + p.voucher.amount +
	    r->card.amount + r->emoney.amount;
	return p;
}

static int64_t
apart(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

/* The plainest reading that settles TOTAL; if none does, the plainest. */
static struct paid
find_paid(const struct receipt *r, int64_t total)
{
	struct paid p;
	unsigned way;

	for (way = 0; way < 4; way++) {
		p = read_paid(r, (way & 1) != 0, (way & 2) != 0);
		if (apart(p.applied, total) <= RECEIPT_ROUNDING_MAX)
			return p;
	}
	return read_paid(r, false, false);
}

/* Small differences are rounding, whether printed before the total or after it; larger ones
 * stay, and break total.gross or tender.sum. */
static void
set_totals(struct making *m, struct paid *paid)
{
	Kasir__V1__Transaction *doc = m->doc;
	int64_t gross = gross_of(doc);
	int64_t total = m->r->total.there ? m->r->total.amount : gross;

	m->counts->totals_made_up += !m->r->total.there;
	*paid = find_paid(m->r, total);
	doc->payable = apart(paid->applied, total) <= RECEIPT_ROUNDING_MAX ? paid->applied : total;
	doc->gross = apart(gross, total) <= RECEIPT_ROUNDING_MAX ? gross : total;
	doc->cash_rounding = doc->payable - doc->gross;
}

static bool
add_printed(struct making *m, Kasir__V1__TenderKind kind, struct printed p, int64_t change)
{
	Kasir__V1__Tender *t;

	if (!p.there || (p.amount == 0 && change == 0))
		return true;
	t = replay_tender(m->a, m->doc, kind, p.amount);
	if (t != NULL)
		t->change = change;
	return t != NULL;
}

static bool
add_tenders(struct making *m, const struct paid *paid)
{
	const struct receipt *r = m->r;

	if (!r->cash.there && !r->card.there && !r->emoney.there) {
		m->counts->tenders_made_up++;
		return replay_pay(m->a, m->doc, r->id);
	}
	return add_printed(m, KASIR__V1__TENDER_KIND__CASH, paid->cash, r->change.amount) &&
	    add_printed(m, KASIR__V1__TENDER_KIND__VOUCHER, paid->voucher, 0) &&
	    add_printed(m, KASIR__V1__TENDER_KIND__CREDIT, r->card, 0) &&
	    add_printed(m, KASIR__V1__TENDER_KIND__EMONEY, r->emoney, 0);
}

static bool
make_document(struct making *m)
{
	struct paid paid;

	m->doc = replay_document(m->a, KASIR__V1__TRANSACTION_TYPE__SALE, "IDR", 0);
	if (m->doc == NULL || !making_set_text(m->a, &m->doc->receipt_number, m->r->id) ||
	    !replay_room(m->a, m->doc, 2 * m->r->n + 1))
		return false;
	if (!making_add_lines(m) || !making_add_tax(m))
		return false;
	set_totals(m, &paid);
	return add_tenders(m, &paid);
}

static enum kas_err
make_case(struct cord *c, struct arena *a, struct dataset_counts *counts, struct dataset_case *ret)
{
	struct making m = { .a = a, .r = &c->receipt, .counts = counts };

	m.fit = receipt_fit(m.r);
	if (!make_document(&m))
		return KAS_NOMEM;
	counts->rows += m.r->n;
	counts->lines += m.doc->n_lines;
	counts->documents++;
	counts->names_shortened += replay_fit(m.doc, WIRE_PAYLOAD_MAX);
	*ret = (struct dataset_case){ m.doc->receipt_number, m.doc, NULL };
	return KAS_OK;
}

enum kas_err
cord_next(struct cord *c, struct arena *a, struct dataset_counts *counts,
    struct dataset_case *ret, struct kas_why *why)
{
	enum kas_err err = read_text(c, why);
	json_error_t e;
	json_t *root;

	if (err != KAS_OK)
		return err;
	root = json_loadb((const char *)c->text.p, c->text.n, 0, &e);
	if (root == NULL)
		return kas_fail(why, KAS_MALFORMED, "line %llu: %s", (unsigned long long)c->line,
		    e.text);
	err = receipt_read(root, &c->receipt);
	if (err != KAS_OK)
		kas_fail(why, err, "line %llu: no receipt with an id", (unsigned long long)c->line);
	else
		err = make_case(c, a, counts, ret);
	json_decref(root);
	return err;
}
