#include "report/sums.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	const char *day;		/* name of its column: day, month */
	const char *text, *number;	/* NULL: no such key */
	const char *columns[SUMS_VALUES_MAX + 1];
} tables[SUMS__COUNT] = {
#define X(name) #name,
	[SUMS_HOUR] = { "by_hour", "day", NULL, "hour", { TRADE_COLUMNS(X) NULL } },
	[SUMS_CASHIER] = { "by_cashier", "day", "cashier", NULL, { TRADE_COLUMNS(X) NULL } },
	[SUMS_TERMINAL] = { "by_terminal", "day", "terminal", NULL, { TRADE_COLUMNS(X) NULL } },
	[SUMS_PRODUCT] = { "by_product", "day", "product", NULL, { GOODS_COLUMNS(X) NULL } },
	[SUMS_PRODUCT_MONTH] = { "by_product_month", "month", "product", NULL,
	    { GOODS_COLUMNS(X) NULL } },
	[SUMS_DEPARTMENT] = { "by_department", "day", "department", NULL,
	    { GOODS_COLUMNS(X) NULL } },
	[SUMS_DEPARTMENT_MONTH] = { "by_department_month", "month", "department", NULL,
	    { GOODS_COLUMNS(X) NULL } },
	[SUMS_TYPE] = { "by_type", "day", NULL, "type", { "documents", "amount", NULL } },
	[SUMS_TENDER] = { "by_tender", "day", NULL, "kind", { "tenders", "amount", NULL } },
	[SUMS_TAX] = { "by_tax", "day", "code", "rate_bp",
	    { "tax_base", "taxable", "amount", "gross", NULL } },
	[SUMS_CASH] = { "cash", "day", "terminal", NULL, { CASH_COLUMNS(X) NULL } },
	[SUMS_FOREIGN] = { "cash_foreign", "day", "currency", NULL, { "amount", NULL } },
#undef X
};
/* Products' marks stand among the rows, under no table. */
#define NO_TABLE SUMS__COUNT

struct row {
	struct sums_key key;
	bool dirty;
	uint64_t mark;
	size_t n;
	int64_t values[];
};

/* The hash stands beside the row, so that looking for one row touches no other. */
struct slot {
	uint64_t hash;
	struct row *row;
};

struct sums {
	struct arena rows;
	struct slot *slots;		/* open addressing; a power of two, half of it free */
	size_t n, cap;
	struct stmt read[SUMS__COUNT], write[SUMS__COUNT];
};

#define SLOTS_LEAST 4096u

static size_t
count_columns(enum sums_table t)
{
	size_t n = 0;

	while (tables[t].columns[n] != NULL)
		n++;
	return n;
}

static void
add_names(struct buf *b, enum sums_table t, bool keys_only)
{
	size_t i;

	buf_addf(b, "%s", tables[t].day);
	if (tables[t].text != NULL)
		buf_addf(b, ", %s", tables[t].text);
	if (tables[t].number != NULL)
		buf_addf(b, ", %s", tables[t].number);
	for (i = 0; !keys_only && tables[t].columns[i] != NULL; i++)
		buf_addf(b, ", %s", tables[t].columns[i]);
}

static unsigned
count_keys(enum sums_table t)
{
	return 1 + (tables[t].text != NULL) + (tables[t].number != NULL);
}

static void
add_read(struct buf *b, enum sums_table t)
{
	size_t i;

	buf_addf(b, "SELECT ");
	for (i = 0; tables[t].columns[i] != NULL; i++)
		buf_addf(b, "%s%s", i == 0 ? "" : ", ", tables[t].columns[i]);
	buf_addf(b, " FROM %s WHERE (", tables[t].name);
	add_names(b, t, true);
	buf_addf(b, ") = (?1");
	for (i = 2; i <= count_keys(t); i++)
		buf_addf(b, ", ?%zu", i);
	buf_add(b, ")", 2);
}

static void
add_write(struct buf *b, enum sums_table t)
{
	size_t i, n = count_keys(t) + count_columns(t);

	buf_addf(b, "INSERT OR REPLACE INTO %s (", tables[t].name);
	add_names(b, t, false);
	buf_addf(b, ") VALUES (?1");
	for (i = 2; i <= n; i++)
		buf_addf(b, ", ?%zu", i);
	buf_add(b, ")", 2);
}

static enum kas_err
prepare(struct stmt *st, sqlite3 *db, enum sums_table t,
    void (*text)(struct buf *b, enum sums_table t))
{
	struct buf b;
	enum kas_err err;

	buf_init(&b);
	text(&b, t);
	err = b.failed ? KAS_NOMEM : stmt_init(st, db, (const char *)b.p);
	buf_fini(&b);
	return err;
}

static bool
make_slots(struct sums *s, size_t cap)
{
	struct slot *slots = calloc(cap, sizeof *slots);

	if (slots == NULL)
		return false;
	free(s->slots);
	s->slots = slots;
	s->cap = cap;
	return true;
}

enum kas_err
sums_open(sqlite3 *db, struct sums **ret)
{
	struct sums *s = calloc(1, sizeof *s);
	enum kas_err err;
	size_t t;

	if (s == NULL)
		return KAS_NOMEM;
	arena_init(&s->rows, 0);
	err = make_slots(s, SLOTS_LEAST) ? KAS_OK : KAS_NOMEM;
	for (t = 0; err == KAS_OK && t < SUMS__COUNT; t++) {
		err = prepare(&s->read[t], db, t, add_read);
		if (err == KAS_OK)
			err = prepare(&s->write[t], db, t, add_write);
	}
	if (err != KAS_OK) {
		sums_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

void
sums_close(struct sums *s)
{
	size_t t;

	if (s == NULL)
		return;
	for (t = 0; t < SUMS__COUNT; t++) {
		stmt_fini(&s->read[t]);
		stmt_fini(&s->write[t]);
	}
	arena_fini(&s->rows);
	free(s->slots);
	free(s);
}

/* FNV-1a, whose low bits are then mixed with the others: they choose the slot. */
static uint64_t
hash_key(const struct sums_key *k)
{
	uint64_t h = 0xcbf29ce484222325u ^ ((uint64_t)k->table << 56 | (uint64_t)k->number << 32 |
	    k->day);
	const char *c;

	h *= 0x100000001b3u;
	for (c = k->text; *c != '\0'; c++)
		h = (h ^ (uint8_t)*c) * 0x100000001b3u;
	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static bool
key_equals(const struct sums_key *a, const struct sums_key *b)
{
	return a->table == b->table && a->day == b->day && a->number == b->number &&
	    strcmp(a->text, b->text) == 0;
}

/* Where the row of KEY is, or belongs. */
static struct slot *
find_slot(const struct sums *s, const struct sums_key *key, uint64_t hash)
{
	size_t i = hash & (s->cap - 1);

	while (s->slots[i].row != NULL &&
	    (s->slots[i].hash != hash || !key_equals(&s->slots[i].row->key, key)))
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

static bool
grow(struct sums *s)
{
	struct slot *old = s->slots;
	size_t i, cap = s->cap;

	s->slots = NULL;
	if (!make_slots(s, cap * 2)) {
		s->slots = old;
		return false;
	}
	for (i = 0; i < cap; i++)
		if (old[i].row != NULL)
			*find_slot(s, &old[i].row->key, old[i].hash) = old[i];
	free(old);
	return true;
}

static int
bind_key(struct stmt *st, const struct sums_key *k)
{
	int at = 1;

	stmt_bind_int(st, at++, k->day);
	if (tables[k->table].text != NULL)
		stmt_bind_text(st, at++, k->text);
	if (tables[k->table].number != NULL)
		stmt_bind_int(st, at++, k->number);
	return at;
}

/* What the table has of ROW; nothing, where it has none. */
static enum kas_err
read_row(struct sums *s, struct row *row)
{
	struct stmt *st;
	size_t i;

	if (row->key.table == NO_TABLE)
		return KAS_OK;
	st = &s->read[row->key.table];
	bind_key(st, &row->key);
	if (stmt_row(st))
		for (i = 0; i < row->n; i++)
			row->values[i] = stmt_int(st, (int)i);
	return stmt_done(st);
}

static enum kas_err
touch(struct sums *s, const struct sums_key *key, size_t n, struct row **ret)
{
	uint64_t hash = hash_key(key);
	struct row *row = find_slot(s, key, hash)->row;
	enum kas_err err;

	if (row != NULL) {
		*ret = row;
		return KAS_OK;
	}
	row = arena_zalloc(&s->rows, sizeof *row + n * sizeof row->values[0]);
	if (row == NULL || (s->n * 2 >= s->cap && !grow(s)))
		return KAS_NOMEM;
	row->key = *key;
	row->n = n;
	if ((err = read_row(s, row)) != KAS_OK)
		return err;
	*find_slot(s, key, hash) = (struct slot){ hash, row };
	s->n++;
	*ret = row;
	return KAS_OK;
}

enum kas_err
sums_add(struct sums *s, const struct sums_key *key, const int64_t *values, size_t n)
{
	struct row *row;
	enum kas_err err;
	size_t i = 0;

	while (i < n && values[i] == 0)
		i++;
	if (i == n)
		return KAS_OK;
	if ((err = touch(s, key, n, &row)) != KAS_OK)
		return err;
	for (; i < n; i++)
		period_gain(&row->values[i], values[i]);
	row->dirty = true;
	return KAS_OK;
}

uint64_t *
sums_mark(struct sums *s, const char *product)
{
	struct sums_key key = { .table = NO_TABLE };
	struct row *row;

	memcpy(key.text, product, strnlen(product, SUMS_KEY_MAX));
	return touch(s, &key, 0, &row) == KAS_OK ? &row->mark : NULL;
}

static enum kas_err
write_row(struct sums *s, const struct row *row)
{
	struct stmt *st = &s->write[row->key.table];
	int at = bind_key(st, &row->key);
	size_t i;

	for (i = 0; i < row->n; i++)
		stmt_bind_int(st, at++, row->values[i]);
	return stmt_run(st);
}

enum kas_err
sums_write(struct sums *s)
{
	enum kas_err err = KAS_OK;
	struct row *row;
	size_t i;

	for (i = 0; i < s->cap && err == KAS_OK; i++) {
		row = s->slots[i].row;
		if (row == NULL || !row->dirty)
			continue;
		err = write_row(s, row);
		row->dirty = false;
	}
	return err;
}

size_t
sums_in_memory(const struct sums *s)
{
	return s->n;
}

void
sums_forget(struct sums *s)
{
	memset(s->slots, 0, s->cap * sizeof s->slots[0]);
	s->n = 0;
	arena_reset(&s->rows);
}
