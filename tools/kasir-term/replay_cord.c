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
	int64_t change, applied;
};

/* What a reading takes for granted. */
enum {
	SUM_OF_NOTES = 1,	/* several figures in the cash field are several notes */
	BEHIND_TOTAL = 2,	/* what stands there paid: a voucher, or the cash */
	CASH_IS_NET = 4,	/* the cash is what was kept: the note is cash and change */
	PAID__READINGS = 8,
};

static struct paid
read_paid(const struct receipt *r, unsigned reading)
{
	struct paid p = { .cash = (reading & SUM_OF_NOTES) != 0 ? r->cash_sum : r->cash };

	/* Nobody gives change on a voucher: that is the cash. */
	if ((reading & BEHIND_TOTAL) != 0 && !p.cash.there && r->change.amount != 0)
		p.cash = r->other;
	else if ((reading & BEHIND_TOTAL) != 0)
		p.voucher = r->other;
	if (p.cash.there)
		p.change = r->change.amount;
	if ((reading & CASH_IS_NET) != 0)
		p.cash.amount += p.change;
	p.applied = p.cash.amount - p.change + p.voucher.amount + r->card.amount +
	    r->emoney.amount;
	return p;
}

static int64_t
apart(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

/* Cash beyond the total without a word of change: the change was given all the same. */
static struct paid
make_up_change(const struct making *m, struct paid p, int64_t total)
{
	int64_t over = p.applied - total;

	if (!p.cash.there || m->r->change.there || over <= RECEIPT_ROUNDING_MAX ||
	    over >= p.cash.amount)
		return p;
	p.change = over;
	p.applied = total;
	m->counts->changes_made_up++;
	return p;
}

/* The reading that comes closest to TOTAL, of several the plainest; where none comes close,
 * the plainest of all. */
static struct paid
find_paid(const struct making *m, int64_t total)
{
	struct paid plain = read_paid(m->r, 0), best = plain, p;
	unsigned reading;

	for (reading = 1; reading < PAID__READINGS; reading++) {
		p = read_paid(m->r, reading);
		if (apart(p.applied, total) < apart(best.applied, total))
			best = p;
	}
	if (apart(best.applied, total) <= RECEIPT_ROUNDING_MAX)
		return best;
	return make_up_change(m, plain, total);
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
	*paid = find_paid(m, total);
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

	if (!paid->cash.there && !paid->voucher.there && !r->card.there && !r->emoney.there) {
		m->counts->tenders_made_up++;
		return replay_pay(m->a, m->doc, r->id);
	}
	return add_printed(m, KASIR__V1__TENDER_KIND__CASH, paid->cash, paid->change) &&
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
