#include "cash/check_parts.h"

#include <string.h>

/* What has gone back of each line of the original, in magnitudes: before this return and
 * with the lines of it seen so far.  slot: 1 + position in the result, 0: none yet. */
struct tally {
	struct {
		int64_t quantity, amount;
		uint16_t slot;
		bool voided;		/* in the original itself */
	} of[CHECK_LINES_MAX];
};

struct returning {
	struct check c;
	const Kasir__V1__Transaction *original;
	struct tally t;
	struct returned_line *lines;
	size_t n;
};

static bool
add_to(int64_t *sum, int64_t v)
{
	int64_t all;

	if (__builtin_add_overflow(*sum, v, &all))
		return false;
	*sum = all;
	return true;
}

static void
tally_before(struct returning *r, const struct returned_line *before, size_t n)
{
	size_t i, at;

	for (i = 0; i < n; i++) {
		at = (size_t)before[i].line - 1;
		if (before[i].line == 0 || at >= CHECK_LINES_MAX)
			continue;
		check_holds(&r->c, add_to(&r->t.of[at].quantity, before[i].quantity) &&
		    add_to(&r->t.of[at].amount, before[i].amount), RULE(AMOUNT_OVERFLOW));
	}
}

/* This return adds QUANTITY and AMOUNT (negative where a line of it is voided) to line
 * AT of the original. */
static void
tally_add(struct returning *r, size_t at, int64_t quantity, int64_t amount)
{
	struct returned_line *line;

	if (r->t.of[at].slot == 0) {
		r->lines[r->n++] = (struct returned_line){ .line = (uint32_t)at + 1 };
		r->t.of[at].slot = (uint16_t)r->n;
	}
	line = &r->lines[r->t.of[at].slot - 1];
	check_holds(&r->c, add_to(&line->quantity, quantity) && add_to(&line->amount, amount) &&
	    add_to(&r->t.of[at].quantity, quantity) && add_to(&r->t.of[at].amount, amount),
	    RULE(AMOUNT_OVERFLOW));
}

static bool
same_transaction(const Kasir__V1__Reference *a, const Kasir__V1__Reference *b)
{
	return strcmp(a->store, b->store) == 0 && strcmp(a->terminal, b->terminal) == 0 &&
	    a->epoch == b->epoch && a->sequence == b->sequence;
}

/* Position in the original of the line that LINE returns; false: it names none.  A
 * reference may leave out what the document's own already says. */
static bool
original_position(const struct returning *r, const Kasir__V1__Line *line, size_t *ret)
{
	const Kasir__V1__Reference *ref = line->original;

	if (ref == NULL || ref->line == 0)
		return false;
	if (ref->sequence != 0 &&
	    (r->c.doc->original == NULL || !same_transaction(ref, r->c.doc->original)))
		return false;
	*ret = ref->line - 1;
	return true;
}

static void
find_voided(struct returning *r)
{
	const Kasir__V1__Line *target;
	size_t i;

	for (i = 0; i < r->original->n_lines && i < CHECK_LINES_MAX; i++) {
		if (r->original->lines[i]->kind != KASIR__V1__LINE_KIND__LINE_VOID)
			continue;
		target = check_void_target(r->original, i);
		if (target != NULL)
			r->t.of[r->original->lines[i]->voids_line - 1].voided = true;
	}
}

/* The line as sold; NULL: there is none at AT, it is no sold line, or it was voided. */
static const Kasir__V1__Line *
sold_line(const struct returning *r, size_t at)
{
	const Kasir__V1__Line *sold;

	if (at >= r->original->n_lines || at >= CHECK_LINES_MAX || r->t.of[at].voided)
		return NULL;
	sold = r->original->lines[at];
	if (sold->quantity <= 0 || sold->kind == KASIR__V1__LINE_KIND__LINE_VOID)
		return NULL;
	return sold;
}

static bool
same_goods(const Kasir__V1__Line *a, const Kasir__V1__Line *b)
{
	return strcmp(a->sku, b->sku) == 0 && strcmp(a->gtin, b->gtin) == 0;
}

static bool
same_tax(const Kasir__V1__Tax *a, const Kasir__V1__Tax *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->rate_bp == b->rate_bp && a->base_numerator == b->base_numerator &&
	    a->base_denominator == b->base_denominator && a->inclusive == b->inclusive;
}

/* AMOUNT is PART of WHOLE pieces' worth of NET, rounded either way. */
static bool
is_part(int128 amount, int128 net, int128 part, int128 whole)
{
	int128 off = amount * whole - net * part;

	return off < whole && off > -whole;
}

/* What comes back is its part of the sold line's net: rounded by itself, or so that all the
 * parts returned so far add up (three for 100 come back as 33, 34, 33).  Never more than
 * the line in all. */
static bool
is_net_part(const struct returning *r, const Kasir__V1__Line *sold, size_t at,
    int64_t quantity, int64_t amount)
{
	int128 all = (int128)r->t.of[at].amount + amount;
	int128 pieces = (int128)r->t.of[at].quantity + quantity;

	/* Within these bounds the products below fit. */
	return all >= 0 && all <= sold->amount &&
	    (is_part(amount, sold->amount, quantity, sold->quantity) ||
		is_part(all, sold->amount, pieces, sold->quantity));
}

static void
check_returned(struct returning *r, const Kasir__V1__Line *line)
{
	const Kasir__V1__Line *sold;
	int64_t quantity = 0, amount = 0;
	size_t at = 0;

	/* Of the wrong sign, or not negatable: check_document() has said so. */
	if (line->quantity >= 0 || __builtin_sub_overflow(0, line->quantity, &quantity) ||
	    __builtin_sub_overflow(0, line->amount, &amount))
		return;
	if (!check_holds(&r->c, original_position(r, line, &at), RULE(RETURN_REFERENCE)))
		return;
	sold = sold_line(r, at);
	if (!check_holds(&r->c, sold != NULL, RULE(RETURN_QUANTITY)))
		return;
	check_holds(&r->c, same_goods(line, sold), RULE(RETURN_REFERENCE));
	check_holds(&r->c, is_net_part(r, sold, at, quantity, amount) &&
	    same_tax(check_tax_of(r->c.doc, line->tax_code),
	    check_tax_of(r->original, sold->tax_code)), RULE(RETURN_PRICE));
	tally_add(r, at, quantity, amount);
}

/* A LINE_VOID in the return takes back what the line it names had returned. */
static void
check_taken_back(struct returning *r, size_t i)
{
	const Kasir__V1__Line *target = check_void_target(r->c.doc, i);
	size_t at;

	if (target == NULL || target->kind != KASIR__V1__LINE_KIND__RETURN_ITEM ||
	    target->quantity >= 0 || !original_position(r, target, &at) ||
	    at >= CHECK_LINES_MAX || r->t.of[at].slot == 0)
		return;
	tally_add(r, at, target->quantity, target->amount);
}

/* After all lines: a line voided in the same return does not count against the limit. */
static void
check_quantities(struct returning *r)
{
	size_t i, at;

	for (i = 0; i < r->n; i++) {
		at = r->lines[i].line - 1;
		check_holds(&r->c, r->t.of[at].quantity <= r->original->lines[at]->quantity,
		    RULE(RETURN_QUANTITY));
	}
}

static bool
is_sale(const Kasir__V1__Transaction *original, bool training)
{
	return (original->type == KASIR__V1__TRANSACTION_TYPE__SALE ||
		   original->type == KASIR__V1__TRANSACTION_TYPE__EXCHANGE) &&
	    check_has_flag(original, KASIR__V1__TRANSACTION_FLAG__TRAINING) == training;
}

void
check_return(const Kasir__V1__Transaction *doc, const Kasir__V1__Transaction *original,
    bool original_voided, const struct returned_line *before, size_t n_before,
    struct rule_set *broken, struct returned_line *ret_lines, size_t *ret_n)
{
	struct returning r;
	size_t i;

	memset(&r, 0, sizeof r);
	r.c = (struct check){ .doc = doc, .sign = 1, .broken = broken };
	r.original = original;
	r.lines = ret_lines;
	check_holds(&r.c, !original_voided && is_sale(original,
	    check_has_flag(doc, KASIR__V1__TRANSACTION_FLAG__TRAINING)), RULE(RETURN_ORIGINAL));
	find_voided(&r);
	tally_before(&r, before, n_before);
	for (i = 0; i < doc->n_lines && i < CHECK_LINES_MAX; i++) {
		if (doc->lines[i]->kind == KASIR__V1__LINE_KIND__RETURN_ITEM)
			check_returned(&r, doc->lines[i]);
		else if (doc->lines[i]->kind == KASIR__V1__LINE_KIND__LINE_VOID)
			check_taken_back(&r, i);
	}
	check_quantities(&r);
	*ret_n = r.n;
}
