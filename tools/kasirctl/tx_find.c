/* tx_find.c - facts cover the ledger up to its snapshot; what is newer is looked through. */
#include "tools/kasirctl/tx_find.h"

#include <string.h>

#include "wire/codec.h"

#define LOOK_ENTRIES 256u
#define LOOK_BYTES ((size_t)1024 * 1024)

struct wanted {
	char terminal[NAME_MAX_LEN + 1];	/* empty: by txn_id */
	uint64_t epoch, sequence;
	uint8_t txn_id[WIRE_TXN_ID_LEN];
};

static bool
parse_position(const char *name, struct wanted *ret)
{
	struct bytes rest = bytes_of_text(name), terminal, epoch;

	if (!text_cut(&rest, '/', &terminal) || !text_cut(&rest, '/', &epoch) ||
	    !text_is_name(terminal))
		return false;
	memcpy(ret->terminal, terminal.p, terminal.n);
	return decimal_parse(epoch, &ret->epoch) == KAS_OK &&
	    decimal_parse(rest, &ret->sequence) == KAS_OK;
}

static bool
parse_txn_id(const char *name, struct wanted *ret)
{
	size_t n = 0, room = WIRE_TXN_ID_LEN;
	char digits[2 * WIRE_TXN_ID_LEN];

	for (; *name != '\0'; name++) {
		if (*name == '-')
			continue;
		if (n == sizeof digits)
			return false;
		digits[n++] = *name;
	}
	return n == sizeof digits && hex_parse(BYTES(digits, n), ret->txn_id, &room) == KAS_OK;
}

static void
put_be64(uint8_t *to, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		to[i] = (uint8_t)v;
}

/* Keys as lib/book/facts.h has them. */
static struct bytes
fact_key(const struct wanted *w, const char *terminal, uint8_t to[FACT_KEY_MAX])
{
	size_t n = strlen(terminal) + 1;

	memcpy(to, terminal, n);
	if (w->terminal[0] == '\0') {
		memcpy(to + n, w->txn_id, WIRE_TXN_ID_LEN);
		return BYTES(to, n + WIRE_TXN_ID_LEN);
	}
	put_be64(to + n, w->epoch);
	put_be64(to + n + 8, w->sequence);
	return BYTES(to, n + 16);
}

struct search {
	struct ledger_reader *reader;
	const struct wanted *wanted;
	bool found;
	uint64_t index;
};

static enum kas_err
look_up(struct search *s, const char *terminal)
{
	uint8_t key[FACT_KEY_MAX];
	uint64_t index;
	size_t n;
	enum kas_err err;

	err = ledger_read_facts(s->reader,
	    s->wanted->terminal[0] != '\0' ? FACT_SEQUENCE : FACT_TXN,
	    fact_key(s->wanted, terminal, key), &index, 1, &n);
	if (err == KAS_OK && n > 0) {
		s->found = true;
		s->index = index;
	}
	return err;
}

/* A txn_id says nothing of its terminal: ask for each. */
struct names {
	char (*list)[NAME_MAX_LEN + 1];
	size_t n;
	struct arena *arena;
	size_t cap;
};

static enum kas_err
collect_name(void *ctx, const struct terminal_row *row)
{
	struct names *n = ctx;
	char (*more)[NAME_MAX_LEN + 1];

	if (n->n > 0 && strcmp(n->list[n->n - 1], row->terminal) == 0)
		return KAS_OK;
	if (n->n == n->cap) {
		n->cap = n->cap == 0 ? 64 : 2 * n->cap;
		more = arena_alloc(n->arena, n->cap * sizeof *more);
		if (more == NULL)
			return KAS_NOMEM;
		if (n->n > 0)
			memcpy(more, n->list, n->n * sizeof *more);
		n->list = more;
	}
	memcpy(n->list[n->n++], row->terminal, sizeof *n->list);
	return KAS_OK;
}

static enum kas_err
search_snapshot(struct search *s, struct arena *a)
{
	struct names names = { .arena = a };
	enum kas_err err;

	if (s->wanted->terminal[0] != '\0')
		return look_up(s, s->wanted->terminal);
	err = ledger_read_terminals(s->reader, collect_name, &names);
	for (size_t i = 0; err == KAS_OK && !s->found && i < names.n; i++)
		err = look_up(s, names.list[i]);
	return err;
}

static bool
matches(const struct wanted *w, const Kasir__V1__LedgerEntry *e)
{
	const Kasir__V1__TransactionRecord *r;

	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return false;
	r = e->transaction;
	if (w->terminal[0] == '\0')
		return r->txn_id.len == WIRE_TXN_ID_LEN &&
		    memcmp(r->txn_id.data, w->txn_id, WIRE_TXN_ID_LEN) == 0;
	return r->epoch == w->epoch && r->sequence == w->sequence &&
	    strcmp(r->terminal, w->terminal) == 0;
}

static enum kas_err
search_tail(struct search *s, uint64_t first)
{
	struct store_entry entries[LOOK_ENTRIES];
	Kasir__V1__LedgerEntry *e;
	enum kas_err err = KAS_OK;
	struct arena a;
	size_t n = 1;

	arena_init(&a, 0);
	for (; err == KAS_OK && !s->found && n > 0; first += n) {
		arena_reset(&a);
		err = ledger_read_entries(s->reader, first, LOOK_ENTRIES, LOOK_BYTES, &a,
		    entries, &n);
		for (size_t i = 0; err == KAS_OK && !s->found && i < n; i++)
			if (wire_decode_entry(entries[i].entry, &a, &e, NULL) == KAS_OK &&
			    matches(s->wanted, e)) {
				s->found = true;
				s->index = first + i;
			}
	}
	arena_fini(&a);
	return err;
}

static enum kas_err
search(struct ledger_reader *r, const struct wanted *w, struct search *ret)
{
	struct search s = { .reader = r, .wanted = w };
	struct store_head head;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = ledger_read_head(r, &a, &head);
	if (err == KAS_OK)
		err = search_snapshot(&s, &a);
	if (err == KAS_OK && !s.found)
		err = search_tail(&s, head.snapshot_size);
	arena_fini(&a);
	*ret = s;
	return err;
}

int
tx_find(const struct cli *cli, struct ledger_reader *r, const char *name, uint64_t *ret)
{
	struct wanted w = { 0 };
	struct search s;
	enum kas_err err;

	if (decimal_parse(bytes_of_text(name), ret) == KAS_OK && strlen(name) < 20)
		return EX_OK;
	if (!parse_position(name, &w) && !parse_txn_id(name, &w))
		return cli_usage(cli, "'%s' names no transaction: expected terminal/epoch/sequence, an "
		    "entry's index, or a txn_id of 32 hex digits", name);
	err = search(r, &w, &s);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "the ledger");
	if (!s.found)
		return cli_fail(cli, EX_NOINPUT, "'kasirctl terminal list' shows how far each terminal "
		    "has come; what is newer still waits in its outbox", "%s is not in the ledger", name);
	*ret = s.index;
	return EX_OK;
}
