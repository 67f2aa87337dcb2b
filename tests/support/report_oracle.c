#include "tests/support/report_oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/sql.h"

static const char raw[] =
    "CREATE TABLE deal (id INTEGER PRIMARY KEY, day, hour, cashier, terminal, type, gross,"
    " rounding, amount, supervisor, standing, doubted, how, float);"
    "CREATE TABLE line (tax_code, deal, number, kind, sku, department, quantity, extended, amount);"
    "CREATE TABLE tender (deal, kind, state, replaces, applied, change, cash_back, currency,"
    " foreign_amount);"
    "CREATE TABLE tax (deal, code, rate, base, taxable, amount, gross, inclusive);";

static const char joined[] =
    "CREATE INDEX line_of ON line (deal); CREATE INDEX tax_of ON tax (deal);"
    "CREATE INDEX tender_of ON tender (deal);"
    /* counted: was ever in the totals; counts: is there in the end. */
    "CREATE TABLE fate AS SELECT *,"
    " (standing = 0 OR (standing = 1 AND how = 1)) AS counted,"
    " (standing = 0 OR (standing = 1 AND how = 1)) AND NOT (doubted AND how = 2) AS counts,"
    " type IN (1, 2, 3, 4, 8) AS trades, type BETWEEN 10 AND 15 AS moves FROM deal;"
    "CREATE TABLE sold AS SELECT f.*, l.kind, l.sku, l.department, l.quantity,"
    " l.extended AS ext, l.amount AS net, l.number FROM fate f JOIN line l ON l.deal = f.id"
    " WHERE f.trades;"
    "CREATE TABLE paid AS SELECT f.*, t.kind, t.applied, t.change, t.cash_back, t.currency,"
    " t.foreign_amount, CASE WHEN f.type = 17 AND t.replaces = 0 THEN -(t.state = 4)"
    " ELSE t.state <> 4 END AS weight"
    " FROM fate f JOIN tender t ON t.deal = f.id WHERE f.trades OR f.type IN (16, 17);"
    /* What each document put into the drawer. */
    "CREATE INDEX sold_of ON sold (id);"
    "CREATE TABLE drawer AS"
    " SELECT id, 'opening' AS what, float AS v FROM fate WHERE type = 19"
    " UNION ALL SELECT id, CASE type WHEN 10 THEN 'paid_in' WHEN 11 THEN 'paid_out'"
    "  WHEN 12 THEN 'loans' WHEN 13 THEN 'pickups' WHEN 14 THEN 'drops' ELSE 'deposits' END,"
    "  amount FROM fate WHERE moves"
    " UNION ALL SELECT id, CASE type WHEN 16 THEN 'exchange' ELSE 'sales' END, applied * weight"
    "  FROM paid WHERE kind = 1"
    " UNION ALL SELECT id, 'exchange', -change * weight FROM paid WHERE kind = 2"
    " UNION ALL SELECT id, 'cash_back', -cash_back * weight FROM paid WHERE kind NOT IN (1, 2);";

#define TRADE(key) \
	"SELECT day, " key ", sum(receipts), sum(items), sum(discounts), sum(returns)," \
	" sum(tax_included), sum(tax), sum(service), sum(other), sum(total), sum(rounding)," \
	" sum(return_receipts), sum(voids), sum(voids_amount), sum(line_voids)," \
	" sum(line_voids_amount), sum(overrides), sum(overrides_amount), sum(no_sale)," \
	" sum(exceptions), sum(exceptions_amount), sum(accepted), sum(accepted_amount)," \
	" sum(voided), sum(voided_amount), sum(training), sum(training_amount)" \
	" FROM trade GROUP BY 1, 2"
#define GOODS(day, key) \
	"SELECT " day ", " key ", sum(CASE kind WHEN 2 THEN 0 ELSE quantity END)," \
	" sum(CASE kind WHEN 2 THEN -quantity ELSE 0 END)," \
	" sum(CASE kind WHEN 2 THEN 0 ELSE ext END)," \
	" sum(CASE kind WHEN 2 THEN 0 ELSE ext - net END)," \
	" sum(CASE kind WHEN 2 THEN -net ELSE 0 END)" \
	" FROM sold WHERE counts AND kind IN (1, 2) GROUP BY 1, 2"
#define SUM_OF(kinds, what) "coalesce((SELECT sum(" what ") FROM sold l WHERE l.id = f.id" \
	" AND l.kind " kinds ") * counts, 0)"
#define DRAWER(name, sign) "sum(CASE what WHEN '" name "' THEN " sign "v * counts ELSE 0 END)"

static const char per_deal[] =
    "CREATE TABLE trade AS SELECT day, hour, cashier, terminal,"
    " counted AND type IN (1, 2, 3, 8) AS receipts," SUM_OF("= 1", "ext") " AS items,"
    SUM_OF("<> 2", "ext - net") " AS discounts," SUM_OF("= 2", "-net") " AS returns,"
    " coalesce((SELECT sum(x.amount) FROM tax x WHERE x.deal = f.id AND x.inclusive)"
    "  * counts * trades, 0) AS tax_included,"
    " coalesce((SELECT sum(x.amount) FROM tax x WHERE x.deal = f.id) * counts * trades, 0) AS tax,"
    SUM_OF("= 3", "ext") " AS service," SUM_OF("NOT IN (1, 2, 3)", "ext") " AS other,"
    " gross * counts * trades AS total, rounding * counts * trades AS rounding,"
    " counted AND type = 2 AS return_receipts, counted AND type = 4 AS voids,"
    " -amount * (counts AND type = 4) AS voids_amount,"
    " (SELECT count(*) FROM line l WHERE l.deal = f.id AND l.number < 0) * (type <> 4) * counted"
    "  AS line_voids,"
    " coalesce((SELECT sum(abs(amount)) FROM line l WHERE l.deal = f.id AND l.number < 0), 0)"
    "  * (type <> 4) * counted AS line_voids_amount,"
    " supervisor <> '' AND counted AS overrides,"
    " abs(amount) * (supervisor <> '' AND counted) AS overrides_amount,"
    " counted AND type = 9 AS no_sale,"
    " standing = 1 OR doubted AS exceptions,"
    " abs(amount) * (standing = 1 OR doubted) AS exceptions_amount,"
    " how = 1 AS accepted, abs(amount) * (how = 1) AS accepted_amount,"
    " how = 2 AS voided, abs(amount) * (how = 2) AS voided_amount,"
    " standing = 2 AS training, abs(amount) * (standing = 2) AS training_amount FROM fate f;";

static const struct {
	const char *table, *expected;
} comparisons[] = {
	{ "by_hour", TRADE("hour") },
	{ "by_cashier", TRADE("cashier") },
	{ "by_terminal", TRADE("terminal") },
	{ "by_product", GOODS("day", "sku") },
	{ "by_product_month", GOODS("day / 100", "sku") },
	{ "by_department", GOODS("day", "department") },
	{ "by_department_month", GOODS("day / 100", "department") },
	{ "by_type", "SELECT day, type, sum(counted), sum(amount * counts) FROM fate"
	    " WHERE type <> 0 GROUP BY 1, 2" },
	{ "by_tender", "SELECT day, kind, sum(counted AND weight > 0), sum(applied * weight * counts)"
	    " FROM paid GROUP BY 1, 2" },
	{ "by_tax", "SELECT day, code, rate, sum(b), sum(t), sum(a), sum(g) FROM ("
	    " SELECT f.day, x.code, x.rate, x.base AS b, x.taxable AS t, x.amount AS a,"
	    "  x.gross AS g FROM tax x JOIN fate f ON f.id = x.deal WHERE f.counts AND f.trades"
	    " UNION ALL SELECT day, '', 0, net, 0, 0, net FROM sold s WHERE counts AND NOT EXISTS"
	    "  (SELECT 1 FROM line l JOIN tax x ON x.deal = l.deal AND x.code = l.tax_code"
	    "   WHERE l.deal = s.id AND abs(l.number) = abs(s.number))) GROUP BY 1, 2, 3" },
	{ "cash", "SELECT day, terminal," DRAWER("opening", "") "," DRAWER("sales", "") ","
	    DRAWER("paid_in", "") "," DRAWER("loans", "") "," DRAWER("paid_out", "-") ","
	    DRAWER("pickups", "-") "," DRAWER("drops", "-") "," DRAWER("deposits", "-") ","
	    DRAWER("exchange", "") "," DRAWER("cash_back", "-") ","
	    " sum(v * (standing = 1 AND how = 0)) FROM fate JOIN drawer USING (id) GROUP BY 1, 2" },
	{ "cash_foreign", "SELECT day, currency, sum(foreign_amount * weight"
	    " * (counts OR (standing = 1 AND how = 0))) FROM paid WHERE kind = 2 GROUP BY 1, 2" },
};

static void
run(sqlite3 *db, const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) {
		fprintf(stderr, "report oracle: %s in %s\n", why, text);
		abort();
	}
}

/* VALUES: printf arguments for one row. */
#define ROW(db, table, ...) \
	do { \
		char *values = sqlite3_mprintf(__VA_ARGS__); \
		char *text = sqlite3_mprintf("INSERT INTO " table " VALUES (%s)", values); \
		run(db, text); \
		sqlite3_free(text); \
		sqlite3_free(values); \
	} while (0)

static const Kasir__V1__Line *
target_of(const Kasir__V1__Transaction *doc, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (doc->lines[k]->number == doc->lines[i]->voids_line)
			return doc->lines[k];
	return NULL;
}

/* A line void has its target's kind, and a negative number. */
static void
put_line(sqlite3 *db, size_t id, const Kasir__V1__Transaction *doc, size_t i)
{
	const Kasir__V1__Line *l = doc->lines[i], *target = target_of(doc, i);
	bool is_void = l->kind == KASIR__V1__LINE_KIND__LINE_VOID;
	int kind = !is_void ? (int)l->kind : target != NULL ? (int)target->kind : 1;
	const char *product = l->sku[0] ? l->sku : l->gtin[0] ? l->gtin : l->name;

	ROW(db, "line", "%Q, %d, %d, %d, %Q, %Q, %lld, %lld, %lld", l->tax_code, (int)id,
	    is_void ? -(int)l->number : (int)l->number, kind, product, l->department,
	    (long long)l->quantity, (long long)l->extended, (long long)l->amount);
}

static void
put_tender(sqlite3 *db, size_t id, const Kasir__V1__Tender *t)
{
	ROW(db, "tender", "%d, %d, %d, %u, %lld, %lld, %lld, %Q, %lld", (int)id, (int)t->kind,
	    (int)t->state, t->replaces,
	    (long long)(t->tendered - t->change - t->cash_back - t->forfeit),
	    (long long)t->change, (long long)t->cash_back,
	    t->foreign != NULL ? t->foreign->currency : "",
	    (long long)(t->foreign != NULL ? t->foreign->amount : 0));
}

static void
put_deal(sqlite3 *db, size_t id, const struct rig_deal *d)
{
	static const Kasir__V1__Transaction nothing = KASIR__V1__TRANSACTION__INIT;
	const Kasir__V1__Transaction *doc = d->doc != NULL ? d->doc : &nothing;
	int64_t local = doc->at_us / 1000000 + doc->utc_offset_min * 60;
	int64_t amount = doc->movement != NULL ? doc->movement->amount : doc->payable;
	size_t i;

	ROW(db, "deal", "%d, %u, %d, %Q, %Q, %d, %lld, %lld, %lld, %Q, %d, %d, %d, %lld", (int)id,
	    d->day, d->doc != NULL ? (int)(local / 3600 % 24) : 0, doc->cashier, d->terminal,
	    (int)doc->type, (long long)doc->gross, (long long)doc->cash_rounding,
	    (long long)amount, doc->supervisor, (int)d->standing, d->doubted, (int)d->how,
	    (long long)(doc->n_count > 0 ? doc->count[0]->value * (int64_t)doc->count[0]->count
	    : 0));
	for (i = 0; i < doc->n_lines; i++)
		put_line(db, id, doc, i);
	for (i = 0; i < doc->n_tenders; i++)
		put_tender(db, id, doc->tenders[i]);
	for (i = 0; i < doc->n_taxes; i++)
		ROW(db, "tax", "%d, %Q, %u, %lld, %lld, %lld, %lld, %d", (int)id,
		    doc->taxes[i]->code, doc->taxes[i]->rate_bp,
		    (long long)doc->taxes[i]->tax_base, (long long)doc->taxes[i]->taxable,
		    (long long)doc->taxes[i]->amount, (long long)doc->taxes[i]->gross,
		    (int)doc->taxes[i]->inclusive);
}

static bool
is_zero(sqlite3_stmt *s)
{
	int i;

	/* Behind two keys, or three. */
	for (i = sqlite3_column_count(s) - 1; i >= 2; i--)
		if (sqlite3_column_int64(s, i) != 0)
			return false;
	return true;
}

/* Rows that one side has and the other has not, but for those of nothing but zeros. */
static int
count_differences(sqlite3 *db, const char *table, const char *expected)
{
	char *text = sqlite3_mprintf("SELECT * FROM (SELECT * FROM (%s) EXCEPT SELECT * FROM r.%s)"
	    " UNION ALL SELECT * FROM (SELECT * FROM r.%s EXCEPT SELECT * FROM (%s))", expected,
	    table, table, expected);
	sqlite3_stmt *s = NULL;
	int n = 0;

	if (sqlite3_prepare_v2(db, text, -1, &s, NULL) != SQLITE_OK) {
		fprintf(stderr, "report oracle: %s: %s\n", table, sqlite3_errmsg(db));
		abort();
	}
	while (sqlite3_step(s) == SQLITE_ROW)
		n += !is_zero(s);
	sqlite3_finalize(s);
	sqlite3_free(text);
	return n;
}

void
report_oracle_compare(const struct report_rig *r, const char *path, char *to, size_t n)
{
	sqlite3 *db = NULL;
	char attach[300];
	size_t i;
	int found;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		abort();
	run(db, raw);
	for (i = 0; i < r->n_deals; i++)
		put_deal(db, i, &r->deals[i]);
	run(db, joined);
	run(db, per_deal);
	snprintf(attach, sizeof attach, "ATTACH 'file:%s' AS r", path);
	run(db, attach);
	*to = '\0';
	for (i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
		found = count_differences(db, comparisons[i].table, comparisons[i].expected);
		if (found > 0)
			snprintf(to + strlen(to), n - strlen(to), "%s:%d ", comparisons[i].table,
			    found);
	}
	sqlite3_close(db);
}
