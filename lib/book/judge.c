/* judge.c - identity, sequence, chain, time: what the book says of one transaction. */
#include "book/book.h"
#include "book/book_parts.h"

#include <stdlib.h>
#include <string.h>

static void
put_be64(uint8_t *to, uint64_t v)
{
	int i;

	for (i = 7; i >= 0; i--, v >>= 8)
		to[i] = (uint8_t)v;
}

struct bytes
key_sequence(const char *terminal, uint64_t epoch, uint64_t sequence, uint8_t *to)
{
	size_t n = strlen(terminal) + 1;

	kas_assert(n <= NAME_MAX_LEN + 1);
	memcpy(to, terminal, n);
	put_be64(to + n, epoch);
	put_be64(to + n + 8, sequence);
	return BYTES(to, n + 16);
}

struct bytes
key_txn(const char *terminal, const uint8_t txn_id[WIRE_TXN_ID_LEN], uint8_t *to)
{
	size_t n = strlen(terminal) + 1;

	kas_assert(n <= NAME_MAX_LEN + 1);
	memcpy(to, terminal, n);
	memcpy(to + n, txn_id, WIRE_TXN_ID_LEN);
	return BYTES(to, n + WIRE_TXN_ID_LEN);
}

struct bytes
key_index(uint64_t index, uint8_t *to)
{
	put_be64(to, index);
	return BYTES(to, 8);
}

enum kas_err
book_find(struct book *b, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	enum kas_err err = facts_find(b->facts, kind, key, ret, max, ret_n);

	/* A snapshot that was cut short has left facts of entries still to come; after the tail
	 * is folded an index past the end is damage. */
	while (err == KAS_OK && b->catching_up && *ret_n > 0 && ret[*ret_n - 1] >= b->size)
		(*ret_n)--;
	return err;
}

enum kas_err
book_find_first(struct book *b, enum fact_kind kind, struct bytes key, bool *ret_found,
    uint64_t *ret_index)
{
	size_t n;
	enum kas_err err;

	err = book_find(b, kind, key, ret_index, 1, &n);
	if (err == KAS_OK)
		*ret_found = n > 0;
	return err;
}

enum kas_err
book_is_done(struct book *b, enum fact_kind kind, uint64_t index, bool *ret)
{
	uint8_t key[FACT_KEY_MAX];
	uint64_t at;

	return book_find_first(b, kind, key_index(index, key), ret, &at);
}

enum kas_err
book_find_sequence(struct book *b, const char *terminal, uint64_t epoch, uint64_t sequence,
    bool *ret_found, uint64_t *ret_index)
{
	const struct terminal_row *row = keyring_find(&b->keys, terminal, epoch);
	uint8_t key[FACT_KEY_MAX];

	/* Nothing has come past the newest: the common case reads nothing. */
	if (row == NULL || sequence > row->newest) {
		*ret_found = false;
		return KAS_OK;
	}
	return book_find_first(b, FACT_SEQUENCE, key_sequence(terminal, epoch, sequence, key),
	    ret_found, ret_index);
}

enum kas_err
book_read_entry(struct book *b, uint64_t index, struct arena *a, Kasir__V1__LedgerEntry **ret,
    struct bytes *ret_payload)
{
	struct bytes bytes;
	enum kas_err err;

	err = b->port.read(b->port.ctx, index, a, &bytes, ret_payload);
	return err == KAS_OK ? wire_decode_entry(bytes, a, ret, NULL) : err;
}

enum kas_err
book_read_back(struct book *b, uint64_t index, struct arena *a, struct read_back *ret)
{
	Kasir__V1__LedgerEntry *entry;
	struct bytes payload;
	struct statement st;
	enum kas_err err;

	err = book_read_entry(b, index, a, &entry, &payload);
	if (err != KAS_OK)
		return err;
	if (entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION ||
	    wire_statement_of(entry->transaction, b->store, &st) != KAS_OK)
		return KAS_CORRUPT;
	ret->record = entry->transaction;
	ret->payload = payload;
	ret->hash = statement_hash(&st);
	return KAS_OK;
}

enum kas_err
book_decode(struct bytes payload, struct arena *a, Kasir__V1__Transaction **ret)
{
	*ret = PROTO_UNPACK(kasir__v1__transaction, a, payload);
	return *ret == NULL && a->exhausted ? KAS_NOMEM : KAS_OK;
}

/* For a moment: until the next one. */
static enum kas_err
read_for_a_moment(struct book *b, uint64_t index, struct read_back *ret)
{
	arena_reset(&b->scratch);
	return book_read_back(b, index, &b->scratch, ret);
}

/* The greatest txn_id that TERMINAL has used in any epoch: what is greater is new. */
static bool
txn_id_is_newest(const struct book *b, const struct signed_txn *t)
{
	const struct keyring *k = &b->keys;
	size_t i;

	for (i = keyring_first(k, t->st.terminal); i < k->n &&
	    strcmp(k->rows[i]->terminal, t->st.terminal) == 0; i++)
		if (memcmp(t->st.txn_id, k->rows[i]->newest_txn, WIRE_TXN_ID_LEN) <= 0)
			return false;
	return true;
}

/* Same sequence as the entry at FIRST: the same again, or a conflict with it. */
static enum kas_err
judge_taken(struct book *b, const struct signed_txn *t, uint64_t first, struct judgement *ret)
{
	struct read_back r;
	uint64_t known;
	bool found;
	enum kas_err err;

	err = read_for_a_moment(b, first, &r);
	if (err != KAS_OK)
		return err;
	ret->index = first;
	ret->verdict = VERDICT_DUPLICATE;
	if (hash_equal(&r.hash, &t->hash))
		return KAS_OK;
	err = book_find_first(b, FACT_CONFLICT, hash_bytes(&t->hash), &found, &known);
	if (err != KAS_OK)
		return err;
	ret->verdict = found ? VERDICT_CONFLICT_KNOWN : VERDICT_CONFLICT_NEW;
	if (found)
		ret->index = known;
	else
		rule_set_add(&ret->broken, KASIR__V1__RULE__IDENTITY_CONFLICT);
	return KAS_OK;
}

static enum kas_err
judge_identity(struct book *b, const struct signed_txn *t, struct judgement *ret)
{
	uint8_t key[FACT_KEY_MAX];
	uint64_t at;
	bool found;
	enum kas_err err;

	ret->verdict = VERDICT_NEW;
	err = book_find_sequence(b, t->st.terminal, t->st.epoch, t->st.sequence, &found, &at);
	if (err != KAS_OK)
		return err;
	if (found)
		return judge_taken(b, t, at, ret);
	if (txn_id_is_newest(b, t))
		return KAS_OK;
	err = book_find_first(b, FACT_TXN, key_txn(t->st.terminal, t->st.txn_id, key), &found, &at);
	if (err != KAS_OK || !found)
		return err;
	ret->verdict = VERDICT_CONFLICT_NEW;
	ret->index = at;
	rule_set_add(&ret->broken, KASIR__V1__RULE__IDENTITY_REUSED);
	return KAS_OK;
}

static bool
names_previous(const struct signed_txn *t, const struct hash *h)
{
	return t->st.previous_known && hash_equal(&t->st.previous, h);
}

/* The first of an epoch follows the last of the one before, or says "unknown". */
static bool
first_is_chained(const struct book *b, const struct signed_txn *t)
{
	const struct terminal_row *before;

	if (!t->st.previous_known)
		return true;
	before = keyring_find(&b->keys, t->st.terminal, t->st.epoch - 1);
	return before != NULL && before->newest_known &&
	    names_previous(t, &before->newest_hash);
}

/* One that comes late is compared with its neighbours, as far as they are here. */
static enum kas_err
late_is_chained(struct book *b, const struct signed_txn *t, bool *ret)
{
	struct read_back r;
	uint64_t at;
	bool found;
	enum kas_err err;

	*ret = true;
	err = book_find_sequence(b, t->st.terminal, t->st.epoch, t->st.sequence - 1, &found, &at);
	if (err == KAS_OK && found && (err = read_for_a_moment(b, at, &r)) == KAS_OK)
		*ret = names_previous(t, &r.hash);
	if (err != KAS_OK)
		return err;
	err = book_find_sequence(b, t->st.terminal, t->st.epoch, t->st.sequence + 1, &found, &at);
	if (err == KAS_OK && found && (err = read_for_a_moment(b, at, &r)) == KAS_OK)
		*ret = *ret && r.record->previous.len == HASH_LEN &&
		    memcmp(r.record->previous.data, t->hash.b, HASH_LEN) == 0;
	return err;
}

static enum kas_err
judge_sequence(struct book *b, const struct signed_txn *t, struct judgement *ret)
{
	const struct terminal_row *row = keyring_find(&b->keys, t->st.terminal, t->st.epoch);
	bool chained = true;
	enum kas_err err = KAS_OK;

	kas_assert(row != NULL);
	if (t->st.sequence > row->newest + 1)
		rule_set_add(&ret->notes, KASIR__V1__RULE__SEQUENCE_GAP);
	else if (t->st.sequence <= row->newest) {
		rule_set_add(&ret->notes, KASIR__V1__RULE__SEQUENCE_LATE);
		err = late_is_chained(b, t, &chained);
	} else if (row->newest_known)
		chained = names_previous(t, &row->newest_hash);
	if (t->st.sequence == 1)
		chained = chained && first_is_chained(b, t);
	if (!chained)
		rule_set_add(&ret->notes, KASIR__V1__RULE__CHAIN_BROKEN);
	return err;
}

static bool
is_delayed(const Kasir__V1__Transaction *doc)
{
	size_t i;

	for (i = 0; i < doc->n_flags; i++)
		if (doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__OFFLINE ||
		    doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__LATE ||
		    doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__HANDWRITTEN)
			return true;
	return false;
}

static void
judge_time(const struct book *b, const struct signed_txn *t, const Kasir__V1__Transaction *doc,
    int64_t wall_us, struct rule_set *notes)
{
	struct clock_tolerance may;
	int64_t behind;

	/* RFC 9562: version 7, variant 10. */
	if (t->st.txn_id[6] >> 4 != 7 || t->st.txn_id[8] >> 6 != 2)
		rule_set_add(notes, KASIR__V1__RULE__IDENTITY_TXN_ID);
	if (doc == NULL)
		return;
	may = ruleset_clock(ruleset_period(b->settings.rules, doc->business_day));
	if (__builtin_sub_overflow(wall_us, doc->at_us, &behind) || behind < -may.ahead_us ||
	    (behind > may.behind_us && !is_delayed(doc)))
		rule_set_add(notes, KASIR__V1__RULE__TIME_SKEW);
}

/* What the document says by itself, and beside the catalogue. */
static enum kas_err
judge_document(struct book *b, const struct signed_txn *t, int64_t wall_us, struct arena *a,
    struct judgement *j)
{
	enum kas_err err;

	err = book_decode(t->payload, a, &j->doc);
	if (err != KAS_OK)
		return err;
	check_document(j->doc, &b->settings, &j->broken, &j->notes);
	judge_time(b, t, j->doc, wall_us, &j->notes);
	if (j->doc != NULL && b->in_force.catalogue.rows != NULL)
		check_catalogue(j->doc, b->in_force.catalogue.rows, &j->notes);
	return KAS_OK;
}

enum kas_err
book_judge(struct book *b, const struct signed_txn *t, int64_t wall_us, struct arena *a,
    struct judgement *ret)
{
	struct judgement j = { 0 };
	enum kas_err err;

	b->catching_up = false;
	err = judge_identity(b, t, &j);
	if (err == KAS_OK && (j.verdict == VERDICT_NEW || j.verdict == VERDICT_CONFLICT_NEW))
		err = judge_document(b, t, wall_us, a, &j);
	if (err != KAS_OK)
		return err;
	/* A conflict over the sequence says nothing of the chain, one over the txn_id does. */
	if (j.verdict == VERDICT_NEW ||
	    rule_set_has(&j.broken, KASIR__V1__RULE__IDENTITY_REUSED))
		err = judge_sequence(b, t, &j);
	if (err == KAS_OK && j.verdict == VERDICT_NEW && j.doc != NULL)
		err = book_judge_relation(b, t, a, &j);
	if (err == KAS_OK && j.verdict == VERDICT_NEW && j.doc != NULL)
		err = book_judge_day(b, t, a, &j);
	if (err == KAS_OK)
		*ret = j;
	return err;
}
