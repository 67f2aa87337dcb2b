#include "cash/rules.h"
#include "report/fold_parts.h"

#include <stdio.h>
#include <string.h>

static const char *const texts[ROW__COUNT] = {
	[ROW_TX] = "INSERT INTO tx (idx, terminal, epoch, sequence, type, standing, conflict, day,"
	    " at_us, cashier, supervisor, shift, receipt, amount)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
	[ROW_DAY_OF] = "SELECT day FROM tx WHERE idx = ?1",
	[ROW_EXCEPTION] = "INSERT INTO exception (idx, tx, day, terminal, amount, rules, resolved,"
	    " how, who, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, 0, '', '')",
	[ROW_RESOLVED] = "UPDATE exception SET resolved = ?2, how = ?3, who = ?4, why = ?5"
	    " WHERE idx = ?1",
	[ROW_SHIFT] = "INSERT INTO shift_close (idx, day, wall_us, terminal, epoch, shift, cashier,"
	    " supervisor, opened, closed, total, expected, counted, variance)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
	[ROW_DAY] = "INSERT INTO day_close (number, idx, day, wall_us, first, size, net, tax,"
	    " total, exceptions, exceptions_amount, pending, pending_amount, expected)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
	[ROW_PRODUCT] = "INSERT OR REPLACE INTO product (product, name, gtin, department)"
	    " VALUES (?1, ?2, ?3, ?4)",
};

enum kas_err
fold_open_rows(struct fold *f)
{
	enum kas_err err = KAS_OK;
	size_t i;

	for (i = 0; i < ROW__COUNT && err == KAS_OK; i++)
		err = stmt_init(&f->rows[i], f->db, texts[i]);
	return err;
}

void
fold_close_rows(struct fold *f)
{
	size_t i;

	for (i = 0; i < ROW__COUNT; i++)
		stmt_fini(&f->rows[i]);
}

static void
bind_count(struct stmt *st, int at, uint64_t n)
{
	stmt_bind_int(st, at, (int64_t)n);
}

/* A document's texts are bounded only by its size; what is shown in a list need not be. */
static void
bind_short(struct stmt *st, int at, const char *text)
{
	char kept[SUMS_KEY_MAX + 1];

	fold_key_text(text, kept);
	if (st->rc == SQLITE_OK)
		st->rc = sqlite3_bind_text(st->s, at, kept, -1, SQLITE_TRANSIENT);
}

enum kas_err
fold_add_tx(struct fold *f, const struct dealing *d)
{
	static const Kasir__V1__Transaction nothing = KASIR__V1__TRANSACTION__INIT;
	const Kasir__V1__Transaction *doc = d->doc != NULL ? d->doc : &nothing;
	struct stmt *st = &f->rows[ROW_TX];

	bind_count(st, 1, d->index);
	stmt_bind_text(st, 2, d->record->terminal);
	bind_count(st, 3, d->record->epoch);
	bind_count(st, 4, d->record->sequence);
	stmt_bind_int(st, 5, doc->type);
	stmt_bind_int(st, 6, d->standing);
	stmt_bind_int(st, 7, d->record->conflict);
	stmt_bind_int(st, 8, d->day);
	stmt_bind_int(st, 9, doc->at_us);
	stmt_bind_text(st, 10, d->cashier);
	bind_short(st, 11, doc->supervisor);
	bind_short(st, 12, doc->shift);
	bind_short(st, 13, doc->receipt_number);
	stmt_bind_int(st, 14, period_amount_of(d->doc));
	return stmt_run(st);
}

enum kas_err
fold_find_day(struct fold *f, uint64_t index, uint32_t *ret)
{
	struct stmt *st = &f->rows[ROW_DAY_OF];
	uint32_t day = 0;
	bool found;
	enum kas_err err;

	bind_count(st, 1, index);
	if ((found = stmt_row(st)))
		day = (uint32_t)stmt_int(st, 0);
	err = stmt_done(st);
	if (err == KAS_OK && !found)
		err = KAS_CORRUPT;
	if (err == KAS_OK)
		*ret = day;
	return err;
}

enum kas_err
fold_add_exception(struct fold *f, uint64_t index, const struct dealing *d,
    const Kasir__V1__Rule *rules, size_t n)
{
	struct stmt *st = &f->rows[ROW_EXCEPTION];
	char name[RULE_NAME_MAX];
	struct buf b;
	enum kas_err err;
	size_t i;

	buf_init(&b);
	for (i = 0; i < n; i++) {
		rule_name(rules[i], name);
		buf_addf(&b, "%s%s", i == 0 ? "" : ",", name);
	}
	buf_add(&b, "", 1);
	bind_count(st, 1, index);
	bind_count(st, 2, d->index);
	stmt_bind_int(st, 3, d->day);
	stmt_bind_text(st, 4, d->record->terminal);
	stmt_bind_int(st, 5, period_amount_of(d->doc));
	stmt_bind_text(st, 6, b.failed ? "" : (const char *)b.p);
	err = stmt_run(st);
	if (b.failed)
		err = KAS_NOMEM;
	buf_fini(&b);
	return err;
}

enum kas_err
fold_add_resolution(struct fold *f, const Kasir__V1__ExceptionResolved *m)
{
	struct stmt *st = &f->rows[ROW_RESOLVED];

	bind_count(st, 1, m->index);
	bind_count(st, 2, f->place.tree.size);
	stmt_bind_int(st, 3, m->how);
	stmt_bind_text(st, 4, m->by != NULL ? m->by->user : "");
	stmt_bind_text(st, 5, m->reason);
	return stmt_run(st);
}

enum kas_err
fold_add_shift_close(struct fold *f, int64_t wall_us, const Kasir__V1__ShiftClosed *m)
{
	static const Kasir__V1__PeriodTotals none = KASIR__V1__PERIOD_TOTALS__INIT;
	const Kasir__V1__PeriodTotals *t = m->totals != NULL ? m->totals : &none;
	struct stmt *st = &f->rows[ROW_SHIFT];

	bind_count(st, 1, f->place.tree.size);
	stmt_bind_int(st, 2, f->place.day);
	stmt_bind_int(st, 3, wall_us);
	stmt_bind_text(st, 4, m->terminal);
	bind_count(st, 5, m->epoch);
	stmt_bind_text(st, 6, m->shift);
	stmt_bind_text(st, 7, m->cashier);
	stmt_bind_text(st, 8, m->supervisor);
	bind_count(st, 9, m->opened_index);
	bind_count(st, 10, m->closed_index);
	stmt_bind_int(st, 11, t->total);
	stmt_bind_int(st, 12, t->cash != NULL ? t->cash->expected : 0);
	stmt_bind_int(st, 13, m->counted);
	stmt_bind_int(st, 14, m->variance);
	return stmt_run(st);
}

static void
bind_figure(struct stmt *st, int at, const Kasir__V1__Figure *f)
{
	bind_count(st, at, f != NULL ? f->count : 0);
	stmt_bind_int(st, at + 1, f != NULL ? f->amount : 0);
}

enum kas_err
fold_add_day_close(struct fold *f, int64_t wall_us, const Kasir__V1__DayClosed *m)
{
	static const Kasir__V1__PeriodTotals none = KASIR__V1__PERIOD_TOTALS__INIT;
	const Kasir__V1__PeriodTotals *t = m->totals != NULL ? m->totals : &none;
	struct stmt *st = &f->rows[ROW_DAY];

	bind_count(st, 1, m->number);
	bind_count(st, 2, f->place.tree.size);
	stmt_bind_int(st, 3, m->business_day);
	stmt_bind_int(st, 4, wall_us);
	bind_count(st, 5, m->first);
	bind_count(st, 6, m->size);
	stmt_bind_int(st, 7, t->net);
	stmt_bind_int(st, 8, t->tax);
	stmt_bind_int(st, 9, t->total);
	bind_figure(st, 10, t->exceptions);
	bind_figure(st, 12, t->pending);
	stmt_bind_int(st, 14, t->cash != NULL ? t->cash->expected : 0);
	return stmt_run(st);
}

enum kas_err
fold_add_product(struct fold *f, const char *product, const Kasir__V1__Line *line)
{
	struct stmt *st = &f->rows[ROW_PRODUCT];

	stmt_bind_text(st, 1, product);
	bind_short(st, 2, line->name);
	bind_short(st, 3, line->gtin);
	bind_short(st, 4, line->department);
	return stmt_run(st);
}
