#include "report/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/calendar.h"

struct asking {
	enum report_by by;
	struct arena *a;
	struct report_row **slots;	/* open addressing, half of it free; from malloc */
	size_t n, cap;
};

/* Where an answer is found. */
static const struct {
	enum report_shape shape;
	const char *table, *text, *number, *months;	/* months: table of whole months, or NULL */
} sources[REPORT__BYS] = {
	[REPORT_BY_HOUR] = { REPORT_TRADE, "by_hour", NULL, "hour", NULL },
	[REPORT_BY_DAY] = { REPORT_TRADE, "by_hour", NULL, NULL, NULL },
	[REPORT_BY_WEEK] = { REPORT_TRADE, "by_hour", NULL, NULL, NULL },
	[REPORT_BY_MONTH] = { REPORT_TRADE, "by_hour", NULL, NULL, NULL },
	[REPORT_BY_CASHIER] = { REPORT_TRADE, "by_cashier", "cashier", NULL, NULL },
	[REPORT_BY_TERMINAL] = { REPORT_TRADE, "by_terminal", "terminal", NULL, NULL },
	[REPORT_BY_PRODUCT] = { REPORT_GOODS, "by_product", "product", NULL, "by_product_month" },
	[REPORT_BY_DEPARTMENT] = { REPORT_GOODS, "by_department", "department", NULL,
	    "by_department_month" },
	[REPORT_BY_TYPE] = { REPORT_COUNTED, "by_type", NULL, "type", NULL },
	[REPORT_BY_TENDER] = { REPORT_COUNTED, "by_tender", NULL, "kind", NULL },
	[REPORT_BY_TAX] = { REPORT_TAXES, "by_tax", "code", "rate_bp", NULL },
	[REPORT_BY_DRAWER] = { REPORT_DRAWERS, "cash", "terminal", NULL, NULL },
	[REPORT_BY_CURRENCY] = { REPORT_FOREIGN, "cash_foreign", "currency", NULL, NULL },
};

#define X(name) ", " #name
static const char *const columns[] = {
	[REPORT_TRADE] = TRADE_COLUMNS(X), [REPORT_GOODS] = GOODS_COLUMNS(X),
	[REPORT_COUNTED] = NULL,	/* its count has a name by its table */
	[REPORT_TAXES] = ", tax_base, taxable, amount, gross", [REPORT_DRAWERS] = CASH_COLUMNS(X),
	[REPORT_FOREIGN] = ", amount",
};
#undef X
#define VALUES(type) (sizeof(type) / sizeof(int64_t))
static const size_t widths[] = {
	[REPORT_TRADE] = VALUES(struct trade), [REPORT_GOODS] = VALUES(struct goods),
	[REPORT_COUNTED] = VALUES(struct counted), [REPORT_TAXES] = VALUES(struct taxed),
	[REPORT_DRAWERS] = VALUES(struct drawer), [REPORT_FOREIGN] = 1,
};

enum report_shape
report_shape_of(enum report_by by)
{
	return sources[by].shape;
}

static uint64_t
hash_key(const char *text, size_t n, uint32_t number)
{
	uint64_t h = (0xcbf29ce484222325u ^ number) * 0x100000001b3u;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (uint8_t)text[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

static bool
row_is(const struct report_row *row, const char *text, size_t n, uint32_t number)
{
	return row->number == number && strncmp(row->text, text, n) == 0 && row->text[n] == '\0';
}

static struct report_row **
find_slot(const struct asking *q, const char *text, size_t n, uint32_t number)
{
	size_t i = hash_key(text, n, number) & (q->cap - 1);

	while (q->slots[i] != NULL && !row_is(q->slots[i], text, n, number))
		i = (i + 1) & (q->cap - 1);
	return &q->slots[i];
}

static bool
grow(struct asking *q)
{
	struct report_row **old = q->slots, *row;
	size_t i, cap = q->cap;

	q->cap = cap > 0 ? 2 * cap : 256;
	q->slots = calloc(q->cap, sizeof(struct report_row *));
	if (q->slots == NULL) {
		q->slots = old;
		q->cap = cap;
		return false;
	}
	for (i = 0; i < cap; i++)
		if ((row = old[i]) != NULL)
			*find_slot(q, row->text, strlen(row->text), row->number) = row;
	free(old);
	return true;
}

/* NULL: no memory. */
static struct report_row *
touch(struct asking *q, const char *text, size_t n, uint32_t number)
{
	struct report_row **slot;

	if (n > SUMS_KEY_MAX || (2 * q->n >= q->cap && !grow(q)))
		return NULL;
	slot = find_slot(q, text, n, number);
	if (*slot != NULL)
		return *slot;
	*slot = arena_zalloc(q->a, sizeof **slot);
	if (*slot == NULL)
		return NULL;
	memcpy((*slot)->text, text, n);
	(*slot)->number = number;
	q->n++;
	return *slot;
}

/* What rows of DAY are gathered under, where that is a stretch of time. */
static uint32_t
bucket_of(enum report_by by, uint32_t day, uint32_t number)
{
	switch (by) {
	case REPORT_BY_DAY:
		return day;
	case REPORT_BY_WEEK:
		return calendar_is_day(day) ? calendar_monday(day) : day;
	case REPORT_BY_MONTH:
		return day / 100;
	default:
		return number;
	}
}

/* The row at which ST stands: day, text, number, values. */
static enum kas_err
gather(struct asking *q, struct stmt *st, int sign)
{
	struct bytes text = stmt_bytes(st, 1);
	uint32_t day = (uint32_t)stmt_int(st, 0), number = (uint32_t)stmt_int(st, 2);
	struct report_row *row;
	size_t i;

	row = touch(q, text.n > 0 ? (const char *)text.p : "", text.n,
	    bucket_of(q->by, day, number));
	if (row == NULL)
		return KAS_NOMEM;
	for (i = 0; i < widths[sources[q->by].shape]; i++)
		period_gain(&row->all[i], sign * (int128)stmt_int(st, 3 + (int)i));
	return KAS_OK;
}

/* Rows of TABLE from FROM to TO, days or MONTHS; SIGN -1 takes them away. */
static enum kas_err
gather_range(struct asking *q, sqlite3 *db, bool months, uint32_t from, uint32_t to, int sign)
{
	const char *table = months ? sources[q->by].months : sources[q->by].table;
	const char *day = months ? "month" : "day";
	const char *values = columns[sources[q->by].shape];
	enum kas_err err, done;
	struct stmt st;
	char text[640];

	if (from > to)
		return KAS_OK;
	if (values == NULL)
		values = q->by == REPORT_BY_TYPE ? ", documents, amount" : ", tenders, amount";
	snprintf(text, sizeof text, "SELECT %s, %s, %s%s FROM %s WHERE %s BETWEEN ?1 AND ?2", day,
	    sources[q->by].text != NULL ? sources[q->by].text : "''",
	    sources[q->by].number != NULL ? sources[q->by].number : "0", values, table, day);
	err = stmt_init(&st, db, text);
	if (err != KAS_OK)
		return err;
	stmt_bind_int(&st, 1, from);
	stmt_bind_int(&st, 2, to);
	while (err == KAS_OK && stmt_row(&st))
		err = gather(q, &st, sign);
	done = stmt_done(&st);
	stmt_fini(&st);
	return err != KAS_OK ? err : done;
}

/* Days FROM to TO of one month: by the days, or, where that reads less, by the month without
 * its other days. */
static enum kas_err
gather_part(struct asking *q, sqlite3 *db, uint32_t from, uint32_t to)
{
	uint32_t month = from / 100, first = calendar_first_of(month);
	uint32_t last = calendar_last_of(month);
	enum kas_err err;

	if (2 * (to - from + 1) <= last - first + 1)
		return gather_range(q, db, false, from, to, 1);
	err = gather_range(q, db, true, month, month, 1);
	if (err == KAS_OK)
		err = gather_range(q, db, false, first, from - 1, -1);
	if (err == KAS_OK)
		err = gather_range(q, db, false, to + 1, last, -1);
	return err;
}

/* Whole months, and what is left at both ends. */
static enum kas_err
gather_months(struct asking *q, sqlite3 *db, uint32_t from, uint32_t to)
{
	uint32_t m1 = from / 100, m2 = to / 100;
	enum kas_err err;

	if (m1 == m2)
		return gather_part(q, db, from, to);
	err = gather_part(q, db, from, calendar_last_of(m1));
	if (err == KAS_OK)
		err = gather_range(q, db, true, m1 + 1, m2 - 1, 1);
	if (err == KAS_OK)
		err = gather_part(q, db, calendar_first_of(m2), to);
	return err;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct report_row *x = *(struct report_row *const *)a;
	const struct report_row *y = *(struct report_row *const *)b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->text, y->text);
}

static bool
is_zero(const struct report_row *row)
{
	size_t i;

	for (i = 0; i < SUMS_VALUES_MAX; i++)
		if (row->all[i] != 0)
			return false;
	return true;
}

/* What took away as much as it added says nothing, however it was reckoned. */
static enum kas_err
finish(struct asking *q, struct report_answer *ret)
{
	size_t i, n = 0;

	ret->rows = arena_alloc(q->a, (q->n + 1) * sizeof(struct report_row *));
	if (ret->rows == NULL)
		return KAS_NOMEM;
	for (i = 0; i < q->cap; i++)
		if (q->slots[i] != NULL && !is_zero(q->slots[i]))
			ret->rows[n++] = q->slots[i];
	qsort(ret->rows, n, sizeof(struct report_row *), compare_rows);
	ret->n = n;
	return KAS_OK;
}

enum kas_err
report_ask(sqlite3 *db, enum report_by by, uint32_t from, uint32_t to, struct arena *a,
    struct report_answer *ret)
{
	struct asking q = { .by = by, .a = a };
	enum kas_err err = grow(&q) ? KAS_OK : KAS_NOMEM;

	if (err == KAS_OK)
		err = sources[by].months != NULL ? gather_months(&q, db, from, to)
		    : gather_range(&q, db, false, from, to, 1);
	if (err == KAS_OK)
		err = finish(&q, ret);
	free(q.slots);
	return err;
}

static const char *
take_text(struct stmt *st, int at, struct arena *a)
{
	struct bytes b = stmt_bytes(st, at);
	char *text = arena_zalloc(a, b.n + 1);

	if (text != NULL && b.n > 0)
		memcpy(text, b.p, b.n);
	return text;
}

enum kas_err
report_prepare_products(sqlite3 *db, struct stmt *names)
{
	return stmt_init(names, db, "SELECT name, gtin, department FROM product WHERE product = ?1");
}

enum kas_err
report_find_product(struct stmt *names, const char *product, struct arena *a,
    struct report_product *ret)
{
	struct report_product found = { "", "", "" };
	enum kas_err err;

	stmt_bind_text(names, 1, product);
	if (stmt_row(names)) {
		found.name = take_text(names, 0, a);
		found.gtin = take_text(names, 1, a);
		found.department = take_text(names, 2, a);
	}
	err = stmt_done(names);
	if (found.name == NULL || found.gtin == NULL || found.department == NULL)
		return KAS_NOMEM;
	if (err == KAS_OK)
		*ret = found;
	return err;
}
