#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "edge/lang.h"
#include "tools/kasirctl/report.h"
#include "tools/kasirctl/tx_text.h"

#define COLUMNS_MAX 48u
#define BAR_WIDTH 24

struct sheet {
	struct report *r;
	const struct report_figure *figures;
	struct table_column *columns;
	size_t n;
	struct table *table;
	struct stmt names;		/* of products */
	int64_t most;			/* of the figure that is drawn */
};

static void
add_column(struct sheet *s, const char *key, const char *title, enum table_align align)
{
	kas_assert(s->n + 1 < COLUMNS_MAX);
	s->columns[s->n++] = (struct table_column){ key, title, align };
}

static void
add_key_columns(struct sheet *s)
{
	static const char *const titles[REPORT__BYS] = {
		[REPORT_BY_HOUR] = N_("Hour"), [REPORT_BY_DAY] = N_("Day"),
		[REPORT_BY_WEEK] = N_("Week of"), [REPORT_BY_MONTH] = N_("Month"),
		[REPORT_BY_CASHIER] = N_("Cashier"), [REPORT_BY_TERMINAL] = N_("Terminal"),
		[REPORT_BY_PRODUCT] = N_("Product"), [REPORT_BY_DEPARTMENT] = N_("Department"),
		[REPORT_BY_TYPE] = N_("Type"), [REPORT_BY_TENDER] = N_("Tender"),
		[REPORT_BY_TAX] = N_("Tax code"), [REPORT_BY_DRAWER] = N_("Terminal"),
		[REPORT_BY_CURRENCY] = N_("Currency"),
	};
	const char *name = report_by_name(s->r->by);

	add_column(s, name != NULL ? name : "key", titles[s->r->by], TABLE_LEFT);
	if (s->r->by == REPORT_BY_TAX)
		add_column(s, "rate_bp", N_("Rate"), TABLE_RIGHT);
	if (s->r->by == REPORT_BY_PRODUCT) {
		add_column(s, "name", N_("Name"), TABLE_LEFT);
		add_column(s, "department", NULL, TABLE_LEFT);
	}
}

static bool
says_something(const struct report_answer *rows, const struct report_figure *f)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (report_value(rows->rows[i], f) != 0)
			return true;
	return false;
}

static void
add_figure_columns(struct sheet *s, const struct report_answer *rows)
{
	const struct report_figure *f, *drawn = report_main_figure(report_shape_of(s->r->by));
	bool shown;

	for (f = s->figures; f->key != NULL; f++) {
		shown = f->brief && (strcmp(f->key, drawn->key) == 0 || says_something(rows, f));
		add_column(s, f->key, shown ? f->title : NULL, TABLE_RIGHT);
	}
	if (s->r->compare != NULL) {
		add_column(s, "before", N_("Before"), TABLE_RIGHT);
		add_column(s, "change_bp", "+/-", TABLE_RIGHT);
	}
	if (s->r->bars)
		add_column(s, "bar", "", TABLE_PICTURE);
}

static void
add_product(struct sheet *s, const struct report_row *row)
{
	struct report_product p = { "", "", "" };

	if (s->names.s == NULL ||
	    report_find_product(&s->names, row->text, &s->r->arena, &p) != KAS_OK)
		p = (struct report_product){ "?", "", "?" };
	tx_add_free_text(s->table, p.name);
	table_text(s->table, p.department);
}

static void
add_key(struct sheet *s, const struct report_row *row)
{
	char word[TX_TYPE_MAX];
	struct table *t = s->table;

	switch (s->r->by) {
	case REPORT_BY_HOUR:
		table_textf(t, "%02u:00", row->number);
		break;
	case REPORT_BY_DAY:
	case REPORT_BY_WEEK:
		tx_add_day(t, row->number);
		break;
	case REPORT_BY_MONTH:
		table_textf(t, "%04u-%02u", row->number / 100, row->number % 100);
		break;
	case REPORT_BY_TYPE:
		tx_type_text((Kasir__V1__TransactionType)row->number, word);
		tx_add_word(t, word);
		break;
	case REPORT_BY_TENDER:
		tx_enum_text(&kasir__v1__tender_kind__descriptor, (int)row->number, word);
		tx_add_word(t, word);
		break;
	default:
		table_shown_text(t, row->text[0] != '\0' ? row->text : _("(none)"), row->text);
	}
	if (s->r->by == REPORT_BY_TAX) {
		snprintf(word, sizeof word, "%u.%02u %%", row->number / 100, row->number % 100);
		table_shown_number(t, word, row->number);
	}
	if (s->r->by == REPORT_BY_PRODUCT)
		add_product(s, row);
}

/* "12", "1.25": thousandths without what says nothing. */
static void
add_quantity(struct table *t, int64_t thousandths)
{
	uint64_t v = thousandths < 0 ? -(uint64_t)thousandths : (uint64_t)thousandths;
	char shown[40];
	size_t n;

	n = (size_t)snprintf(shown, sizeof shown, "%s%" PRIu64 ".%03" PRIu64,
	    thousandths < 0 ? "-" : "", v / 1000, v % 1000);
	while (shown[n - 1] == '0')
		shown[--n] = '\0';
	if (shown[n - 1] == '.')
		shown[--n] = '\0';
	table_shown_number(t, shown, thousandths);
}

static void
add_figure(struct sheet *s, const struct report_figure *f, int64_t v)
{
	if (f->kind == SHOWN_COUNT)
		table_number(s->table, v);
	else if (f->kind == SHOWN_QUANTITY)
		add_quantity(s->table, v);
	else
		table_amount(s->table, v, s->r->place.currency, s->r->place.exponent);
}

/* For people in percent with a sign, for programs in basis points (whole tenths of a percent);
 * nothing to compare with: nothing. */
static void
add_change(struct sheet *s, int64_t now, int64_t before)
{
	int128 tenths;
	char shown[40];

	if (before == 0) {
		table_text(s->table, NULL);
		return;
	}
	tenths = ((int128)now - before) * 1000 / (before < 0 ? -(int128)before : before);
	if (tenths > 99999 || tenths < -99999)
		strcpy(shown, tenths > 0 ? ">9999 %" : "<-9999 %");
	else
		snprintf(shown, sizeof shown, "%c%d.%d %%", tenths < 0 ? '-' : '+',
		    (int)(tenths < 0 ? -tenths : tenths) / 10,
		    (int)(tenths < 0 ? -tenths : tenths) % 10);
	table_shown_number(s->table, shown, period_clamp(tenths * 10));
}

/* Eighths of a character, from a ninth part of nothing to the whole width. */
static void
add_bar(struct sheet *s, int64_t v)
{
	static const char *const eighths[] = { "", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b",
		"\u258a", "\u2589" };
	char text[BAR_WIDTH * 3 + 8] = "";
	unsigned filled;

	filled = v <= 0 || s->most <= 0 ? 0 : (unsigned)((int128)v * BAR_WIDTH * 8 / s->most);
	for (unsigned i = 0; i < filled / 8; i++)
		strcat(text, "\u2588");
	strcat(text, eighths[filled % 8]);
	table_text(s->table, text);
}

static void
add_row(struct sheet *s, const struct report_row *row, const struct report_row *before)
{
	const struct report_figure *f, *drawn = report_main_figure(report_shape_of(s->r->by));
	int64_t now = report_value(row, drawn);
	int64_t then = before != NULL ? report_value(before, drawn) : 0;

	for (f = s->figures; f->key != NULL; f++)
		add_figure(s, f, report_value(row, f));
	if (s->r->compare != NULL) {
		add_figure(s, drawn, then);
		add_change(s, now, then);
	}
}

/* People add up columns with their eyes: do it for them. */
static void
add_sum(struct sheet *s, const struct report_answer *rows, struct report_row *const *before)
{
	struct report_row sum = { .number = 0 }, then = { .number = 0 };
	size_t i, k;

	for (i = 0; i < rows->n; i++)
		for (k = 0; k < SUMS_VALUES_MAX; k++) {
			period_gain(&sum.all[k], rows->rows[i]->all[k]);
			if (before != NULL && before[i] != NULL)
				period_gain(&then.all[k], before[i]->all[k]);
		}
	table_text(s->table, _("all"));
	if (s->r->by == REPORT_BY_TAX)
		table_text(s->table, NULL);
	if (s->r->by == REPORT_BY_PRODUCT) {
		table_text(s->table, NULL);
		table_text(s->table, NULL);
	}
	add_row(s, &sum, before != NULL ? &then : NULL);
	if (s->r->bars)
		table_text(s->table, NULL);
}

struct table *
report_table(struct report *r, const struct report_figure *figures,
    const struct report_answer *rows, struct report_row *const *before)
{
	const struct report_figure *drawn = report_main_figure(report_shape_of(r->by));
	struct sheet s = { .r = r, .figures = figures };
	size_t i;

	s.columns = arena_zalloc(&r->arena, COLUMNS_MAX * sizeof *s.columns);
	if (s.columns == NULL)
		return NULL;
	if (r->by == REPORT_BY_PRODUCT && report_prepare_products(r->db, &s.names) != KAS_OK)
		stmt_fini(&s.names);
	add_key_columns(&s);
	add_figure_columns(&s, rows);
	s.table = table_open(s.columns);
	for (i = 0; i < rows->n; i++)
		if (report_value(rows->rows[i], drawn) > s.most)
			s.most = report_value(rows->rows[i], drawn);
	for (i = 0; i < rows->n && i < r->limit; i++) {
		add_key(&s, rows->rows[i]);
		add_row(&s, rows->rows[i], before != NULL ? before[i] : NULL);
		if (r->bars)
			add_bar(&s, report_value(rows->rows[i], drawn));
	}
	if (r->output == REPORT_PEOPLE && rows->n > 1)
		add_sum(&s, rows, before);
	stmt_fini(&s.names);
	return s.table;
}
