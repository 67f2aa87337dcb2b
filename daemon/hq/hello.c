/* Hello: where a store stands, against what is held of it. */
#include "daemon/hq/receiver_parts.h"

#include <stdio.h>

#define FORK KASIR__V1__UPLINK_REFUSAL__FORK

/* The store signed more than it now says it has, as PROOF shows: either it was put back
 * from a backup, or this hello is an old one that the network delivered late.  The store
 * can tell, so that nothing is kept against it. */
static void
refuse_newer(struct exchange *x, uint64_t has, uint64_t signed_size, struct bytes proof)
{
	char text[160];

	snprintf(text, sizeof text, "the store says that it has %llu entries, and signed for %llu "
	    "before", (unsigned long long)has, (unsigned long long)signed_size);
	refuse_with(x, &(struct refusal){ .reason = KASIR__V1__UPLINK_REFUSAL__NEWER, .text = text,
	    .evidence = proof, .size = x->head.size });
}

/* Headquarters' own cosignature above what it holds: it was put back from a backup. */
static enum kas_err
raise_floor(struct exchange *x, const struct checkpoint *shown, struct bytes note)
{
	const struct hq_store_port *store = &x->r->ports.store;
	struct checkpoint floor;

	if (read_floor(x, &floor) == KAS_OK && floor.size >= shown->size)
		return KAS_OK;
	return store->raise_floor(store->ctx, x->answer.store, shown->size, note);
}

/* False: answered. */
static bool
take_cosigned(struct exchange *x, const struct checkpoint *newest, struct bytes note)
{
	struct checkpoint shown;
	struct kas_why why;
	enum kas_err err;

	if (note.n == 0)
		return true;
	err = checkpoint_open_cosigned(note, &x->head.key, signer_vkey(x->r->witness), &shown,
	    NULL, &why);
	/* Somebody else's cosignature, or an older key's, binds us to nothing. */
	if (err == KAS_NOTFOUND)
		return true;
	if (err != KAS_OK) {
		refuse(x, KASIR__V1__UPLINK_REFUSAL__CHECKPOINT_BAD, why.text);
		return false;
	}
	if (shown.size > newest->size) {
		refuse_newer(x, newest->size, shown.size, note);
		return false;
	}
	err = shown.size > x->head.size ? raise_floor(x, &shown, note) : check_held(x, &shown);
	if (err == KAS_FORK)
		refuse_contradiction(x, FORK, x->head.checkpoint, note,
		    "a cosigned checkpoint contradicts what headquarters holds");
	else if (err != KAS_OK)
		refuse_for_now(x, err);
	return err == KAS_OK;
}

/* A checkpoint beyond what is held is not looked at here: its entries will show whether it
 * follows. */
static bool
take_newest(struct exchange *x, const struct checkpoint *newest, struct bytes note)
{
	enum kas_err err;

	if (newest->size > x->head.size)
		return true;
	err = check_held(x, newest);
	if (err == KAS_FORK)
		refuse_contradiction(x, FORK, x->head.checkpoint, note,
		    "the store's checkpoint contradicts what headquarters holds");
	else if (err != KAS_OK)
		refuse_for_now(x, err);
	else if (newest->size < x->head.size)
		refuse_newer(x, newest->size, x->head.size, x->head.checkpoint);
	return err == KAS_OK && newest->size == x->head.size;
}

void
on_hello(struct exchange *x, const Kasir__V1__Hello *hello)
{
	struct bytes note = bytes_of_proto(hello->checkpoint);
	struct checkpoint newest;
	struct kas_why why;

	if (checkpoint_open(note, &x->head.key, &newest, &why) != KAS_OK) {
		refuse(x, KASIR__V1__UPLINK_REFUSAL__CHECKPOINT_BAD, why.text);
		return;
	}
	if (take_newest(x, &newest, note) &&
	    take_cosigned(x, &newest, bytes_of_proto(hello->cosigned)))
		answer_welcome(&x->answer, &x->head);
}
