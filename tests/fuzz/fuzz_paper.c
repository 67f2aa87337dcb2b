/* Whatever a till has sent: its receipt stays on the paper and cannot steer the printer, its
 * line of JSON is JSON, and its bookings balance. */
#include <jansson.h>
#include <string.h>

#include "edge/glyph.h"
#include "tools/kasirctl/export_rows.h"
#include "tools/kasirctl/postings.h"
#include "tools/kasirctl/receipt_slip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_lines(const struct slip *s)
{
	const char *p = (const char *)s->lines.p, *end = p + s->lines.n, *next;

	for (; p < end; p = next + 1) {
		next = memchr(p, '\n', (size_t)(end - p));
		kas_assert(next != NULL);
		kas_assert(glyph_columns(p, (size_t)(next - p)) <= s->width);
		for (; p < next; p++)
			kas_assert((unsigned char)*p >= ' ' && *p != 0x7f);
	}
}

static void
print(const Kasir__V1__LedgerEntry *e, const Kasir__V1__Transaction *doc, unsigned width,
    enum slip_language language)
{
	struct receipt r = { .index = 7, .entry_bytes = BYTES("entry", 5), .entry = e, .doc = doc };
	struct receipt_config shop = { .name = "Toko" };
	struct paper p = { .language = language, .shop = &shop, .store = "s", .origin = "o/s/1",
		.currency = "IDR" };
	struct buf out;

	slip_init(&p.slip, width);
	buf_init(&out);
	receipt_print(&r, &p);
	check_lines(&p.slip);
	kas_assert(slip_write(&p.slip, SLIP_TEXT, &out) == KAS_OK);
	kas_assert(slip_write(&p.slip, SLIP_SVG, &out) == KAS_OK);
	buf_fini(&out);
	slip_fini(&p.slip);
}

static void
export_it(const Kasir__V1__LedgerEntry *e, const Kasir__V1__Transaction *doc)
{
	struct scan_step x = { .index = 7, .entry = e, .doc = doc };
	struct scan s = { .store = "s", .currency = "IDR" };
	struct rows r;
	json_t *v;

	rows_init(&r, ROW_JSON);
	export_json(&r, &s, &x);
	/* Counts beyond 2^63 are numbers all the same. */
	v = json_loadb((const char *)r.out.p, r.out.n, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL);
	kas_assert(v != NULL);
	json_decref(v);
	r.form = ROW_CSV;
	for (unsigned part = 0; part < EXPORT__PARTS; part++) {
		buf_reset(&r.out);
		export_csv(&r, (enum export_part)part, &s, &x);
	}
	rows_fini(&r);
}

static void
book(const Kasir__V1__Transaction *doc)
{
	struct accounts m = { { NULL }, { NULL }, { NULL }, NULL, NULL, NULL };
	struct postings p;
	int128 sum = 0;

	for (unsigned i = 0; i < ACCOUNT__COUNT; i++)
		m.of[i] = &"abcdefghijklmnopqrstuvwxyz"[i];
	postings_init(&p, &m);
	postings_except(&p, doc);
	postings_accept(&p, doc);
	for (size_t i = 0; i < p.n; i++)
		sum += p.list[i].sum;
	kas_assert(sum == 0);
	postings_fini(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord record = KASIR__V1__TRANSACTION_RECORD__INIT;
	const Kasir__V1__Transaction *doc;
	struct arena a;

	arena_init(&a, (size_t)1 << 24);
	doc = PROTO_UNPACK(kasir__v1__transaction, &a, BYTES(data, size));
	record.terminal = (char *)"front";
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	e.transaction = &record;
	print(&e, doc, SLIP_WIDTH_MIN, SLIP_INDONESIAN);
	print(&e, doc, 48, SLIP_ENGLISH);
	export_it(&e, doc);
	if (doc != NULL)
		book(doc);
	arena_fini(&a);
	return 0;
}
