/* relations.c - rule 9: returns and voids beside the sale they refer to. */
#include "book/book.h"
#include "book/book_parts.h"

#include <stdlib.h>
#include <string.h>

bool
book_takes_back(const Kasir__V1__Transaction *doc)
{
	size_t i;

	if (doc->type == KASIR__V1__TRANSACTION_TYPE__EXCHANGE)
		for (i = 0; i < doc->n_lines; i++)
			if (doc->lines[i]->kind == KASIR__V1__LINE_KIND__RETURN_ITEM)
				return true;
	return doc->type == KASIR__V1__TRANSACTION_TYPE__RETURN;
}

enum kas_err
book_find_original(struct book *b, const char *terminal, const Kasir__V1__Transaction *doc,
    struct original *ret)
{
	const Kasir__V1__Reference *ref = doc->original;
	struct original o = { ORIGINAL_NONE, NULL, 0, 0, 0 };
	bool found;
	enum kas_err err;

	if (ref != NULL && ref->sequence != 0 && ref->epoch != 0 &&
	    strlen(ref->terminal) <= NAME_MAX_LEN) {
		o.where = ORIGINAL_MISSING;
		if (ref->store[0] != '\0' && strcmp(ref->store, b->store) != 0)
			o.where = ORIGINAL_ELSEWHERE;
		o.terminal = ref->terminal[0] != '\0' ? ref->terminal : terminal;
		o.epoch = ref->epoch;
		o.sequence = ref->sequence;
	}
	/* Nobody we know can ever bring it: as good as another store's. */
	if (o.where == ORIGINAL_MISSING && (o.sequence > INT64_MAX ||
	    keyring_find(&b->keys, o.terminal, o.epoch) == NULL))
		o.where = ORIGINAL_ELSEWHERE;
	if (o.where == ORIGINAL_MISSING) {
		err = book_find_sequence(b, o.terminal, o.epoch, o.sequence, &found, &o.index);
		if (err != KAS_OK)
			return err;
		if (found)
			o.where = ORIGINAL_HERE;
	}
	*ret = o;
	return KAS_OK;
}

/* As many returns wait for the missing original O as may. */
enum kas_err
book_is_awaited_enough(struct book *b, const struct original *o, bool *ret)
{
	uint64_t waiting[BOOK_WAITING_MAX];
	uint8_t key[FACT_KEY_MAX];
	size_t n;
	enum kas_err err;

	err = book_find(b, FACT_PENDING,
	    key_sequence(o->terminal, o->epoch, o->sequence, key), waiting, BOOK_WAITING_MAX, &n);
	if (err == KAS_OK)
		*ret = n == BOOK_WAITING_MAX;
	return err;
}

/* What stands against one original so far. */
struct history {
	bool voided;
	bool any_return;
	bool too_many;			/* returns: not all reckoned up */
	size_t bytes;			/* of payloads reckoned up */
	struct returned_line *lines;	/* one a line of the original */
	size_t n;
};

/* What cannot be reckoned stays at the end of the scale, past anything that was sold. */
static void
add_up(int64_t *sum, int64_t v)
{
	if (__builtin_add_overflow(*sum, v, sum))
		*sum = v < 0 ? INT64_MIN : INT64_MAX;
}

/* What the return at INDEX took back, whether or not it should have: goods and money have
 * moved. */
static enum kas_err
add_return(struct book *b, uint64_t index, const Kasir__V1__Transaction *original,
    struct history *h)
{
	struct rule_set ignored = { { 0 } };
	struct returned_line *lines;
	Kasir__V1__Transaction *doc;
	struct read_back r;
	size_t n, i;
	enum kas_err err;

	arena_reset(&b->scratch);
	err = book_read_back(b, index, &b->scratch, &r);
	if (err != KAS_OK)
		return err;
	h->bytes += r.payload.n;
	h->too_many = h->bytes > BOOK_RETURNS_BYTES;
	if (h->too_many)
		return KAS_OK;
	err = book_decode(r.payload, &b->scratch, &doc);
	if (err != KAS_OK || doc == NULL)
		return err;
	lines = arena_alloc(&b->scratch, (doc->n_lines + 1) * sizeof *lines);
	if (lines == NULL)
		return KAS_NOMEM;
	check_return(doc, original, false, NULL, 0, &ignored, lines, &n);
	for (i = 0; i < n; i++) {
		kas_assert(lines[i].line - 1 < h->n);
		add_up(&h->lines[lines[i].line - 1].quantity, lines[i].quantity);
		add_up(&h->lines[lines[i].line - 1].amount, lines[i].amount);
	}
	return KAS_OK;
}

/* Every return of the original that is not voided itself. */
static enum kas_err
add_returns(struct book *b, const uint64_t *links, size_t n,
    const Kasir__V1__Transaction *original, struct history *h)
{
	enum kas_err err = KAS_OK;
	bool voided;
	size_t i;

	for (i = 0; i < n && err == KAS_OK && !h->too_many; i++) {
		err = book_is_done(b, FACT_VOID, links[i], &voided);
		if (err != KAS_OK || voided)
			continue;
		h->any_return = true;
		err = add_return(b, links[i], original, h);
	}
	return err;
}

/* All that is linked to the original at INDEX. */
static enum kas_err
read_history(struct book *b, uint64_t index, const Kasir__V1__Transaction *original,
    struct arena *a, struct history *ret)
{
	uint64_t links[BOOK_RETURNS_MAX];
	uint8_t key[FACT_KEY_MAX];
	size_t n, i;
	enum kas_err err;

	*ret = (struct history){ .n = original->n_lines };
	ret->lines = arena_zalloc(a, (ret->n + 1) * sizeof *ret->lines);
	if (ret->lines == NULL)
		return KAS_NOMEM;
	for (i = 0; i < ret->n; i++)
		ret->lines[i].line = (uint32_t)i + 1;
	err = book_is_done(b, FACT_VOID, index, &ret->voided);
	if (err == KAS_OK)
		err = book_find(b, FACT_LINK, key_index(index, key), links,
		    BOOK_RETURNS_MAX, &n);
	if (err != KAS_OK)
		return err;
	ret->too_many = n == BOOK_RETURNS_MAX;
	return ret->too_many ? KAS_OK : add_returns(b, links, n, original, ret);
}

static enum kas_err
judge_return_of(struct book *b, const Kasir__V1__Transaction *doc, uint64_t original_index,
    struct arena *a, struct rule_set *broken)
{
	Kasir__V1__Transaction *original;
	struct returned_line *adds;
	struct read_back r;
	struct history h;
	size_t n;
	enum kas_err err;

	err = book_read_back(b, original_index, a, &r);
	if (err == KAS_OK)
		err = book_decode(r.payload, a, &original);
	if (err != KAS_OK)
		return err;
	if (original == NULL) {
		rule_set_add(broken, KASIR__V1__RULE__RETURN_ORIGINAL);
		return KAS_OK;
	}
	err = read_history(b, original_index, original, a, &h);
	adds = arena_alloc(a, (doc->n_lines + 1) * sizeof *adds);
	if (err != KAS_OK || adds == NULL)
		return err != KAS_OK ? err : KAS_NOMEM;
	check_return(doc, original, h.voided, h.lines, h.n, broken, adds, &n);
	if (h.too_many)
		rule_set_add(broken, KASIR__V1__RULE__RETURN_QUANTITY);
	return KAS_OK;
}

/* Nothing but time can say whether it is right; too many of them, nobody. */
static enum kas_err
judge_waiting(struct book *b, const struct original *o, struct judgement *j)
{
	bool enough;
	enum kas_err err;

	err = book_is_awaited_enough(b, o, &enough);
	if (err != KAS_OK)
		return err;
	if (enough)
		rule_set_add(&j->broken, KASIR__V1__RULE__RETURN_QUANTITY);
	else
		rule_set_add(&j->notes, KASIR__V1__RULE__RETURN_PENDING);
	return KAS_OK;
}

static enum kas_err
judge_return(struct book *b, const char *terminal, struct arena *a, struct judgement *j)
{
	struct original o;
	enum kas_err err;
	size_t i;

	err = book_find_original(b, terminal, j->doc, &o);
	if (err != KAS_OK)
		return err;
	switch (o.where) {
	case ORIGINAL_HERE:
		return judge_return_of(b, j->doc, o.index, a, &j->broken);
	case ORIGINAL_MISSING:
		return judge_waiting(b, &o, j);
	case ORIGINAL_ELSEWHERE:
		rule_set_add(&j->notes, KASIR__V1__RULE__RETURN_PENDING);
		return KAS_OK;
	case ORIGINAL_NONE:
		break;
	}
	for (i = 0; i < j->doc->n_flags; i++)
		if (j->doc->flags[i] == KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN)
			return KAS_OK;
	rule_set_add(&j->broken, KASIR__V1__RULE__RETURN_REFERENCE);
	return KAS_OK;
}

static enum kas_err
judge_void_of(struct book *b, const Kasir__V1__Transaction *doc, uint64_t original_index,
    struct arena *a, struct rule_set *broken)
{
	Kasir__V1__Transaction *original;
	struct read_back r;
	struct history h;
	bool counts;
	enum kas_err err;

	err = book_read_back(b, original_index, a, &r);
	if (err == KAS_OK)
		err = book_decode(r.payload, a, &original);
	if (err != KAS_OK)
		return err;
	if (original == NULL) {
		rule_set_add(broken, KASIR__V1__RULE__VOID_MISMATCH);
		return KAS_OK;
	}
	err = read_history(b, original_index, original, a, &h);
	if (err != KAS_OK)
		return err;
	/* What was returned in part cannot be voided as a whole: money would go out twice. */
	check_void(doc, original, h.voided || h.any_return || h.too_many, broken);
	/* Nor can what is in no total: it would be taken from what others sold. */
	err = book_counts(b, original_index, r.record, &counts);
	if (err == KAS_OK && !counts && !h.voided)
		rule_set_add(broken, KASIR__V1__RULE__VOID_REFERENCE);
	return err;
}

/* A shift is one till's, and one that is closed stays as it was counted; where no shifts are
 * kept, the day is. */
static bool
is_in_open_shift(const struct book *b, const struct signed_txn *t, const struct original *o)
{
	const struct terminal_row *row = keyring_find(&b->keys, t->st.terminal, t->st.epoch);
	const struct open_shift *s = day_shift(&b->day, t->st.terminal);

	if (strcmp(o->terminal, t->st.terminal) != 0)
		return false;
	if (s != NULL)
		return o->index >= s->opened_index;
	return (row == NULL || !row->keeps_shifts) && o->index >= b->day.first;
}

static enum kas_err
judge_void(struct book *b, const struct signed_txn *t, struct arena *a, struct judgement *j)
{
	struct original o;
	enum kas_err err;

	err = book_find_original(b, t->st.terminal, j->doc, &o);
	if (err != KAS_OK)
		return err;
	if (o.where != ORIGINAL_HERE) {
		rule_set_add(&j->broken, KASIR__V1__RULE__VOID_REFERENCE);
		return KAS_OK;
	}
	if (!is_in_open_shift(b, t, &o))
		rule_set_add(&j->broken, KASIR__V1__RULE__VOID_SHIFT);
	return judge_void_of(b, j->doc, o.index, a, &j->broken);
}

enum kas_err
book_judge_relation(struct book *b, const struct signed_txn *t, struct arena *a,
    struct judgement *j)
{
	if (book_takes_back(j->doc))
		return judge_return(b, t->st.terminal, a, j);
	if (j->doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID)
		return judge_void(b, t, a, j);
	return KAS_OK;
}

enum kas_err
book_waiting(struct book *b, const char *terminal, uint64_t epoch, uint64_t sequence,
    uint64_t ret[BOOK_WAITING_MAX], size_t *ret_n)
{
	const struct terminal_row *row = keyring_find(&b->keys, terminal, epoch);
	uint8_t key[FACT_KEY_MAX];

	*ret_n = 0;
	if (row == NULL || sequence > row->awaited)
		return KAS_OK;
	return book_find(b, FACT_PENDING,
	    key_sequence(terminal, epoch, sequence, key), ret, BOOK_WAITING_MAX, ret_n);
}

enum kas_err
book_settle(struct book *b, uint64_t return_index, uint64_t original_index, struct arena *a,
    struct settlement *ret)
{
	Kasir__V1__Transaction *doc;
	struct read_back r;
	struct figures f;
	bool voided;
	enum kas_err err;

	*ret = (struct settlement){ .magnitude = 0 };
	err = book_read_back(b, return_index, a, &r);
	if (err == KAS_OK)
		err = book_decode(r.payload, a, &doc);
	if (err != KAS_OK)
		return err;
	f = figures_of(doc);
	ret->magnitude = f.magnitude;
	ret->counted = f.training || r.record->n_broken > 0;
	/* One that was voided while it waited is beyond judgement. */
	err = book_is_done(b, FACT_VOID, return_index, &voided);
	if (err != KAS_OK || voided || doc == NULL)
		return err;
	return judge_return_of(b, doc, original_index, a, &ret->broken);
}
