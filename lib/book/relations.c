/* relations.c - rule 9: returns and voids beside the sale they refer to. */
#include "book/book.h"
#include "book/book_parts.h"

#include <stdlib.h>
#include <string.h>

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
	if (o.where == ORIGINAL_MISSING && keyring_find(&b->keys, o.terminal, o.epoch) == NULL)
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

/* What stands against one original so far. */
struct history {
	bool voided;
	struct returned_line *lines;
	size_t n, cap;
	bool any_return;
};

static bool
is_exception(const Kasir__V1__TransactionRecord *r)
{
	return r->n_broken > 0;
}

/* A void that stands: of the entry at INDEX, breaking no rule. */
static enum kas_err
is_voided(struct book *b, uint64_t index, struct arena *a, bool *ret)
{
	uint64_t links[BOOK_LINKS_MAX];
	uint8_t key[FACT_KEY_MAX];
	struct read_back r;
	size_t n, i;
	enum kas_err err;

	*ret = false;
	err = facts_find(b->facts, FACT_LINK, key_index(index, key), links, BOOK_LINKS_MAX, &n);
	for (i = 0; err == KAS_OK && i < n && !*ret; i++) {
		err = book_read_back(b, links[i], a, &r);
		if (err == KAS_OK && r.doc != NULL && !is_exception(r.record))
			*ret = r.doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID;
	}
	return err;
}

static enum kas_err
add_return(struct book *b, uint64_t index, const Kasir__V1__Transaction *doc,
    const Kasir__V1__Transaction *original, struct arena *a, struct history *h)
{
	struct rule_set ignored = { { 0 } };
	bool voided;
	size_t n = 0;
	enum kas_err err;

	err = is_voided(b, index, a, &voided);
	if (err != KAS_OK || voided)
		return err;
	h->any_return = true;
	if (doc->n_lines > h->cap - h->n)
		return KAS_OK;
	/* What it took back, whether or not it should have: goods and money have moved. */
	check_return(doc, original, false, NULL, 0, &ignored, h->lines + h->n, &n);
	h->n += n;
	return KAS_OK;
}

/* Everything linked to the original at INDEX but for the entry at EXCEPT. */
static enum kas_err
read_history(struct book *b, uint64_t index, uint64_t except,
    const Kasir__V1__Transaction *original, struct arena *a, struct history *ret)
{
	uint64_t links[BOOK_LINKS_MAX];
	uint8_t key[FACT_KEY_MAX];
	struct read_back r;
	size_t n, i;
	enum kas_err err;

	*ret = (struct history){ 0 };
	err = facts_find(b->facts, FACT_LINK, key_index(index, key), links, BOOK_LINKS_MAX, &n);
	if (err != KAS_OK || n == 0)
		return err;
	ret->cap = 4096;
	ret->lines = arena_alloc(a, ret->cap * sizeof *ret->lines);
	if (ret->lines == NULL)
		return KAS_NOMEM;
	for (i = 0; i < n; i++) {
		if (links[i] == except)
			continue;
		err = book_read_back(b, links[i], a, &r);
		if (err != KAS_OK)
			return err;
		if (r.doc == NULL)
			continue;
		if (r.doc->type == KASIR__V1__TRANSACTION_TYPE__RETURN)
			err = add_return(b, links[i], r.doc, original, a, ret);
		else if (!is_exception(r.record))
			ret->voided = true;
		if (err != KAS_OK)
			return err;
	}
	return KAS_OK;
}

static enum kas_err
judge_return_of(struct book *b, const Kasir__V1__Transaction *doc, uint64_t original_index,
    uint64_t except, struct arena *a, struct rule_set *broken)
{
	struct read_back original;
	struct returned_line *adds;
	struct history h;
	size_t n;
	enum kas_err err;

	err = book_read_back(b, original_index, a, &original);
	if (err != KAS_OK)
		return err;
	if (original.doc == NULL) {
		rule_set_add(broken, KASIR__V1__RULE__RETURN_ORIGINAL);
		return KAS_OK;
	}
	err = read_history(b, original_index, except, original.doc, a, &h);
	adds = arena_alloc(a, (doc->n_lines + 1) * sizeof *adds);
	if (err != KAS_OK || adds == NULL)
		return err != KAS_OK ? err : KAS_NOMEM;
	check_return(doc, original.doc, h.voided, h.lines, h.n, broken, adds, &n);
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
		return judge_return_of(b, j->doc, o.index, UINT64_MAX, a, &j->broken);
	case ORIGINAL_MISSING:
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
judge_void(struct book *b, const char *terminal, struct arena *a, struct judgement *j)
{
	struct read_back original;
	struct history h;
	struct original o;
	enum kas_err err;

	err = book_find_original(b, terminal, j->doc, &o);
	if (err != KAS_OK)
		return err;
	if (o.where != ORIGINAL_HERE) {
		rule_set_add(&j->broken, KASIR__V1__RULE__VOID_REFERENCE);
		return KAS_OK;
	}
	err = book_read_back(b, o.index, a, &original);
	if (err != KAS_OK)
		return err;
	if (original.doc == NULL) {
		rule_set_add(&j->broken, KASIR__V1__RULE__VOID_MISMATCH);
		return KAS_OK;
	}
	err = read_history(b, o.index, UINT64_MAX, original.doc, a, &h);
	if (err != KAS_OK)
		return err;
	/* What was returned in part cannot be voided as a whole: money would go out twice. */
	check_void(j->doc, original.doc, h.voided || h.any_return, &j->broken);
	return KAS_OK;
}

enum kas_err
book_judge_relation(struct book *b, const char *terminal, struct arena *a,
    struct judgement *j)
{
	if (j->doc->type == KASIR__V1__TRANSACTION_TYPE__RETURN)
		return judge_return(b, terminal, a, j);
	if (j->doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID)
		return judge_void(b, terminal, a, j);
	return KAS_OK;
}

enum kas_err
book_waiting(struct book *b, const char *terminal, uint64_t epoch, uint64_t sequence,
    uint64_t *ret, size_t max, size_t *ret_n)
{
	const struct terminal_row *row = keyring_find(&b->keys, terminal, epoch);
	uint8_t key[FACT_KEY_MAX];

	*ret_n = 0;
	if (row == NULL || sequence > row->awaited)
		return KAS_OK;
	return facts_find(b->facts, FACT_PENDING,
	    key_sequence(terminal, epoch, sequence, key), ret, max, ret_n);
}

enum kas_err
book_settle(struct book *b, uint64_t return_index, uint64_t original_index, struct arena *a,
    struct rule_set *ret_broken, uint64_t *ret_magnitude)
{
	struct read_back r;
	enum kas_err err;

	err = book_read_back(b, return_index, a, &r);
	if (err != KAS_OK)
		return err;
	*ret_magnitude = figures_of(r.doc).magnitude;
	if (r.doc == NULL)
		return KAS_OK;
	return judge_return_of(b, r.doc, original_index, return_index, a, ret_broken);
}
