/* Receipts are kept as printed: what does not follow from the rest breaks a rule and makes
 * the document an exception, which is what the store would have to look at. */
#include "tools/kasir-term/replay_cord.h"

#include "tools/kasir-term/replay_receipt.h"
#include "wire/limits.h"

#include <stdlib.h>
#include <string.h>

#define LINE_TEXT_MAX (256u * 1024)
#define TAX_CODE_TEXT "PB1"		/* regional restaurant tax */

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

/* ---- lines ---- */

struct making {
	struct arena *a;
	const struct receipt *r;
	struct receipt_fit fit;
	Kasir__V1__Transaction *doc;
	struct dataset_counts *counts;
};

static bool
set_text(struct arena *a, char **field, const char *text)
{
	if (text != NULL)
		*field = arena_text(a, text);
	return *field != NULL;
}

/* PRICE for QUANTITY is what is printed; the unit price is the printed one where the two
 * agree, else the one that gives it back. */
static void
price_line(Kasir__V1__Line *line, int64_t quantity, int64_t price, int64_t unit_price)
{
	struct money m;

	line->quantity = quantity;
	line->extended = line->amount = price;
	line->unit_price = unit_price * 1000;
	if (unit_price != 0 && money_extend((struct quantity){ quantity }, line->unit_price,
	    KASIR__V1__ROUNDING_MODE__HALF_UP, &m) == KAS_OK && m.minor == price)
		return;
	if (money_divide((int128)price * 1000000, quantity, KASIR__V1__ROUNDING_MODE__HALF_UP,
	    &m) == KAS_OK)
		line->unit_price = m.minor;
}

static bool
take_off_line(struct making *m, Kasir__V1__Line *line, int64_t amount)
{
	Kasir__V1__Discount *d = arena_alloc(m->a, sizeof *d);

	line->discounts = arena_alloc(m->a, sizeof *line->discounts);
	if (d == NULL || line->discounts == NULL)
		return false;
	kasir__v1__discount__init(d);
	d->number = 1;
	d->amount = amount;
	line->discounts[line->n_discounts++] = d;
	line->amount -= amount;
	return true;
}

static bool
add_modifiers(struct making *m, const struct receipt_item *item)
{
	Kasir__V1__Line *line;

	if (item->modifiers_price == 0)
		return true;
	if (!m->fit.modifiers) {
		m->counts->figures_unused++;
		return true;
	}
	line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__ITEM);
	if (line == NULL || !set_text(m->a, &line->name, item->modifiers))
		return false;
	price_line(line, 1000, item->modifiers_price, 0);
	return true;
}

static bool
add_item(struct making *m, const struct receipt_item *item)
{
	Kasir__V1__Line *line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__ITEM);

	if (line == NULL || !set_text(m->a, &line->name, item->name) ||
	    !set_text(m->a, &line->sku, item->number) ||
	    !set_text(m->a, &line->note, item->modifiers))
		return false;
	m->counts->lines_for_rows++;
	if (item->readable) {
		price_line(line, item->quantity, item->price, item->unit_price);
	} else {
		m->counts->rows_unreadable++;	/* quantity 0 breaks line.quantity */
	}
	if (item->discount != 0 && !m->fit.line_discounts)
		m->counts->figures_unused++;
	else if (item->discount != 0 && !take_off_line(m, line, item->discount))
		return false;
	return add_modifiers(m, item);
}

/* The line that a void entry takes back: of its name, not taken back yet. */
static const Kasir__V1__Line *
find_voided(const Kasir__V1__Transaction *doc, const struct receipt_item *item)
{
	const Kasir__V1__Line *line;
	size_t i, k;

	for (i = doc->n_lines; i > 0; i--) {
		line = doc->lines[i - 1];
		for (k = i; k < doc->n_lines; k++)
			if (doc->lines[k]->voids_line == line->number)
				break;
		if (k == doc->n_lines && item->name != NULL && strcmp(line->name, item->name) == 0)
			return line;
	}
	return NULL;
}

static bool
add_void(struct making *m, const struct receipt_item *item)
{
	const Kasir__V1__Line *target = find_voided(m->doc, item);
	Kasir__V1__Line *line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__LINE_VOID);
	int64_t price = item->price < 0 ? item->price : -item->price;

	if (line == NULL || !set_text(m->a, &line->name, item->name))
		return false;
	m->counts->lines_for_rows++;
	line->quantity = target != NULL ? -target->quantity : -1000;
	line->voids_line = target != NULL ? target->number : 0;
	line->unit_price = target != NULL ? target->unit_price : -price * 1000;
	line->extended = line->amount = price;
	return true;
}

static bool
add_service(struct making *m)
{
	Kasir__V1__Line *line;

	if (m->r->service.amount == 0)
		return true;
	line = replay_line(m->a, m->doc, KASIR__V1__LINE_KIND__SERVICE_CHARGE);
	if (line == NULL || !set_text(m->a, &line->name, "Service charge"))
		return false;
	price_line(line, 1000, m->r->service.amount, 0);
	return true;
}

/* Cumulative rounding: the shares sum to the discount exactly. */
static bool
share_discount(struct making *m, int64_t discount)
{
	Kasir__V1__DiscountShare *share;
	Kasir__V1__Line *line;
	int128 seen = 0;
	int64_t given = 0, upto;
	size_t i;

	for (i = 0; i < m->doc->n_lines; i++) {
		line = m->doc->lines[i];
		if (line->kind != KASIR__V1__LINE_KIND__ITEM || line->amount <= 0)
			continue;
		seen += line->amount;
		upto = (int64_t)((int128)discount * seen / m->fit.goods);
		share = arena_alloc(m->a, sizeof *share);
		line->shares = arena_alloc(m->a, sizeof *line->shares);
		if (share == NULL || line->shares == NULL)
			return false;
		kasir__v1__discount_share__init(share);
		share->discount = 1;
		share->amount = upto - given;
		line->shares[line->n_shares++] = share;
		line->amount -= share->amount;
		given = upto;
	}
	return true;
}

static bool
add_discount(struct making *m)
{
	Kasir__V1__Discount *d;

	if (m->r->discount.amount == 0)
		return true;
	if (!m->fit.discount || m->fit.goods <= 0) {
		m->counts->figures_unused++;
		return true;
	}
	d = arena_alloc(m->a, sizeof *d);
	m->doc->discounts = arena_alloc(m->a, sizeof *m->doc->discounts);
	if (d == NULL || m->doc->discounts == NULL)
		return false;
	kasir__v1__discount__init(d);
	d->number = 1;
	d->amount = m->r->discount.amount;
	m->doc->discounts[m->doc->n_discounts++] = d;
	return share_discount(m, d->amount);
}

/* ---- tax ---- */

static int64_t
rounded(int128 numerator, int128 denominator)
{
	struct money q = { 0 };
	bool negative = numerator < 0;

	if (money_divide(negative ? -numerator : numerator, denominator,
	    KASIR__V1__ROUNDING_MODE__HALF_UP, &q) != KAS_OK)
		return 0;
	return negative ? -q.minor : q.minor;
}

static int64_t
tax_in(const Kasir__V1__Tax *t, int64_t amount)
{
	if (t->inclusive)
		return amount - rounded((int128)amount * 10000, 10000 + (int128)t->rate_bp);
	return rounded((int128)amount * t->rate_bp, 10000);
}

static bool
is_taxed(const Kasir__V1__Line *line, bool service)
{
	return service || line->kind != KASIR__V1__LINE_KIND__SERVICE_CHARGE;
}

/* Tax of the document under T, and what it is reckoned on. */
static int64_t
reckon(const Kasir__V1__Transaction *doc, const Kasir__V1__Tax *t, bool service, int64_t *ret_sum)
{
	int64_t by_line = 0;
	size_t i;

	*ret_sum = 0;
	for (i = 0; i < doc->n_lines; i++)
		if (is_taxed(doc->lines[i], service)) {
			*ret_sum += doc->lines[i]->amount;
			by_line += tax_in(t, doc->lines[i]->amount);
		}
	return t->by_line ? by_line : tax_in(t, *ret_sum);
}

/* The treatment that gives the printed tax, of those in use when these receipts were
 * printed; the first of them (10 %, service charge taxed) where none does. */
static bool
find_treatment(const Kasir__V1__Transaction *doc, Kasir__V1__Tax *t, int64_t printed,
    bool *ret_service)
{
	static const uint32_t rates[] = { 1000, 1100, 500 };
	unsigned way;
	int64_t sum;

	for (way = 0; way < 12; way++) {
		t->rate_bp = rates[way / 4];
		t->by_line = (way & 2) != 0;
		*ret_service = (way & 1) == 0;
		if (reckon(doc, t, *ret_service, &sum) == printed)
			return true;
	}
	t->rate_bp = rates[0];
	t->by_line = false;
	*ret_service = true;
	return false;
}

/* The printed subtotal stands in the tax base, so that lines which do not make it show. */
static int64_t
printed_base(const struct making *m, int64_t sum, int64_t service)
{
	int64_t lines = m->fit.goods - (m->doc->n_discounts > 0 ? m->r->discount.amount : 0);

	if (!m->r->subtotal.there || m->r->subtotal.amount == lines ||
	    m->r->subtotal.amount == m->fit.goods)
		return sum;
	return m->r->subtotal.amount + service -
	    (m->doc->n_discounts > 0 ? m->r->discount.amount : 0);
}

static bool
add_tax(struct making *m)
{
	Kasir__V1__Tax *t = arena_alloc(m->a, sizeof *t);
	bool service;
	int64_t sum;
	size_t i;

	if (m->r->tax.amount == 0)
		return true;
	m->doc->taxes = arena_alloc(m->a, sizeof *m->doc->taxes);
	if (t == NULL || m->doc->taxes == NULL)
		return false;
	kasir__v1__tax__init(t);
	m->doc->taxes[m->doc->n_taxes++] = t;
	t->inclusive = m->fit.tax_in_prices;
	find_treatment(m->doc, t, m->r->tax.amount, &service);
	reckon(m->doc, t, service, &sum);
	for (i = 0; i < m->doc->n_lines; i++)
		if (is_taxed(m->doc->lines[i], service)) {
			if (!set_text(m->a, &m->doc->lines[i]->tax_code, TAX_CODE_TEXT))
				return false;
			if (t->by_line)
				m->doc->lines[i]->tax = tax_in(t, m->doc->lines[i]->amount);
		}
	t->amount = m->r->tax.amount;
	t->tax_base = t->inclusive ? sum - t->amount
				   : printed_base(m, sum, service ? m->r->service.amount : 0);
	t->taxable = t->tax_base;
	t->gross = t->inclusive ? sum : t->tax_base + t->amount;
	return set_text(m->a, &t->code, TAX_CODE_TEXT);
}

/* ---- totals and tenders ---- */

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
	size_t i;

	m->doc = replay_document(m->a, KASIR__V1__TRANSACTION_TYPE__SALE, "IDR", 0);
	if (m->doc == NULL || !set_text(m->a, &m->doc->receipt_number, m->r->id) ||
	    !replay_room(m->a, m->doc, 2 * m->r->n + 1))
		return false;
	for (i = 0; i < m->r->n; i++)
		if (!(m->r->items[i].voided ? add_void(m, &m->r->items[i])
					    : add_item(m, &m->r->items[i])))
			return false;
	if (!add_service(m) || !add_discount(m) || !add_tax(m))
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
