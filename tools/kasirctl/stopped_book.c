#include "tools/kasirctl/stopped_book.h"

#include "book/book.h"
#include "edge/history.h"

#define CHUNK 256u
#define CHUNK_BYTES ((size_t)1024 * 1024)

static enum kas_err
read_entry(void *ctx, uint64_t index, struct arena *a, struct bytes *ret_entry,
    struct bytes *ret_payload)
{
	struct store_entry e;
	enum kas_err err = history_entry(ctx, index, a, &e);

	if (err == KAS_OK) {
		*ret_entry = e.entry;
		*ret_payload = e.payload;
	}
	return err;
}

static enum kas_err
read_blob(void *ctx, const struct hash *hash, struct arena *a, struct bytes *ret)
{
	return ledger_read_blob(ctx, hash, a, ret);
}

static enum kas_err
restore_row(void *ctx, const struct terminal_row *row)
{
	return book_restore_terminal(ctx, row);
}

static enum kas_err
decode_at(struct ledger_reader *r, uint64_t index, struct arena *a, Kasir__V1__LedgerEntry **ret)
{
	struct store_entry e;
	enum kas_err err = history_entry(r, index, a, &e);

	return err == KAS_OK ? wire_decode_entry(e.entry, a, ret, NULL) : err;
}

static enum kas_err
restore(struct ledger_reader *r, struct book *b, const struct store_head *head, struct arena *a)
{
	Kasir__V1__LedgerEntry *first, *last;
	uint64_t n = head->snapshot_size;
	enum kas_err err;

	if (n == 0)
		return KAS_OK;
	err = decode_at(r, 0, a, &first);
	if (err == KAS_OK && first->body_case != KASIR__V1__LEDGER_ENTRY__BODY_STORE_OPENED)
		err = KAS_CORRUPT;
	if (err == KAS_OK)
		err = decode_at(r, n - 1, a, &last);
	if (err == KAS_OK)
		err = ledger_read_terminals(r, restore_row, b);
	return err == KAS_OK
	    ? book_restore(b, n, first->store_opened, last->totals, head->state) : err;
}

static enum kas_err
apply(struct book *b, const struct store_entry *e, struct kas_why *why)
{
	Kasir__V1__Transaction *doc = NULL;
	Kasir__V1__LedgerEntry *entry;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = wire_decode_entry(e->entry, &a, &entry, why);
	if (err == KAS_OK && entry->body_case == KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		doc = PROTO_UNPACK(kasir__v1__transaction, &a, e->payload);
	if (err == KAS_OK)
		err = a.exhausted ? KAS_NOMEM : book_apply(b, entry, e->payload, NULL, doc, why);
	arena_fini(&a);
	return err;
}

static enum kas_err
apply_tail(struct ledger_reader *r, struct book *b, uint64_t size, struct kas_why *why)
{
	struct store_entry chunk[CHUNK];
	struct arena a;
	enum kas_err err = KAS_OK;
	size_t n, i;

	arena_init(&a, 0);
	while (err == KAS_OK && book_size(b) < size) {
		arena_reset(&a);
		err = ledger_read_entries(r, book_size(b), CHUNK, CHUNK_BYTES, &a, chunk, &n);
		if (err == KAS_OK && n == 0)
			err = KAS_CORRUPT;
		for (i = 0; err == KAS_OK && i < n; i++)
			err = apply(b, &chunk[i], why);
	}
	arena_fini(&a);
	return err;
}

/* Of its own: what the book lends goes with it. */
static enum kas_err
keep(const Kasir__V1__DayReport *lent, struct arena *a, Kasir__V1__DayReport **ret)
{
	struct bytes b;

	if (!proto_pack(a, &lent->base, &b))
		return KAS_NOMEM;
	*ret = PROTO_UNPACK(kasir__v1__day_report, a, b);
	return *ret != NULL ? KAS_OK : KAS_NOMEM;
}

static enum kas_err
report(struct book *b, uint64_t cosigned_size, struct arena *a, Kasir__V1__DayReport **ret)
{
	Kasir__V1__DayReport lent = KASIR__V1__DAY_REPORT__INIT;
	Kasir__V1__DayClosed *as_closed;
	enum kas_err err;

	err = book_state(b, a, &lent.state);
	if (err == KAS_OK)
		err = book_close_day(b, a, &as_closed);
	if (err != KAS_OK)
		return err;
	lent.size = book_size(b);
	lent.n_terminals = as_closed->n_terminals;
	lent.terminals = as_closed->terminals;
	lent.cosigned_size = cosigned_size;
	return keep(&lent, a, ret);
}

static enum kas_err
take_cosigned(void *ctx, uint64_t size, struct bytes note)
{
	(void)note;
	*(uint64_t *)ctx = size;
	return KAS_OK;
}

enum kas_err
stopped_day(struct ledger_reader *r, struct arena *a, Kasir__V1__DayReport **ret,
    struct kas_why *why)
{
	struct book_port port = { .facts = ledger_read_fact_port(r), .read = read_entry,
		.blob = read_blob, .ctx = r };
	struct store_head head;
	struct book *b = NULL;
	uint64_t cosigned = 0;
	enum kas_err err;

	why->text[0] = '\0';
	err = book_open(&port, &b);
	if (err == KAS_OK)
		err = ledger_read_head(r, a, &head);
	if (err == KAS_OK)
		err = restore(r, b, &head, a);
	if (err == KAS_OK)
		err = apply_tail(r, b, head.size, why);
	if (err == KAS_OK)
		err = ledger_read_cosigned(r, 0, take_cosigned, &cosigned);
	if (err == KAS_OK)
		err = report(b, cosigned, a, ret);
	book_close(b);
	if (err != KAS_OK && why->text[0] == '\0')
		kas_fail(why, err, "ledger: %s", kas_err_text(err));
	return err;
}
