/* Bills and tenders that are open at the store, and what settles them. */
#include "tests/sim/books_parts.h"

#include <string.h>

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t

bool
books_opens_pending(const document *doc)
{
	switch (doc->type) {
	case TYPE(SALE):
	case TYPE(RETURN):
	case TYPE(EXCHANGE):
	case TYPE(PAYMENT_ON_ACCOUNT):
	case TYPE(TENDER_EXCHANGE):
		break;
	default:
		return false;
	}
	for (size_t i = 0; i < doc->n_tenders; i++) {
		if (posting_is_unsettled(doc->tenders[i]))
			return true;
	}
	return false;
}

struct posted *
books_original(struct books *b, const char *terminal, const document *doc)
{
	const Kasir__V1__Reference *ref = doc->original;

	if (ref == NULL || ref->sequence == 0 ||
	    (ref->store[0] != '\0' && strcmp(ref->store, b->store) != 0))
		return NULL;
	if (ref->terminal[0] != '\0')
		terminal = ref->terminal;
	for (uint64_t i = 0; i < b->size; i++) {
		struct posted *p = &b->posted[i];

		if (p->keeps_sequence && p->r->sequence == ref->sequence &&
		    p->r->epoch == ref->epoch && strcmp(p->r->terminal, terminal) == 0)
			return p;
	}
	return NULL;
}

/* What is unsettled in P joins (SIGN 1) or leaves. */
static void
move_pending(struct books *b, const struct posted *p, int sign)
{
	for (size_t i = 0; i < p->doc->n_tenders; i++) {
		if (!posting_is_unsettled(p->doc->tenders[i]))
			continue;
		b->pending_count += (uint64_t)sign;
		b->pending_amount += sign * posting_applied(p->doc->tenders[i]);
	}
}

void
books_leave_pending(struct books *b, struct posted *p)
{
	if (p->settled || !p->counts || !books_opens_pending(p->doc))
		return;
	move_pending(b, p, -1);
	p->settled = true;
}

void
books_take_up_bill(struct books *b, struct posted *p)
{
	struct posted *bill = books_original(b, p->r->terminal, p->doc);

	if (bill == NULL || bill->doc == NULL || bill->training || bill->conflict ||
	    bill->settled || bill->doc->type != TYPE(SUSPEND))
		return;
	bill->settled = true;
	b->bills--;
}

void
books_begin_to_count(struct books *b, uint64_t i)
{
	struct posted *p = &b->posted[i], *original;

	p->counts = true;
	if (p->doc->type == TYPE(TENDER_RESOLUTION) || p->doc->type == TYPE(POST_VOID)) {
		original = books_original(b, p->r->terminal, p->doc);
		if (original != NULL && original->doc != NULL && !original->training)
			books_leave_pending(b, original);
	} else if (books_opens_pending(p->doc) && !p->settled) {
		move_pending(b, p, 1);
	}
}
