/* insider.h - people in the middle.
 *
 * One sits at the shop's broker: sends old messages again, delivers answers to the wrong
 * till, and - holding the ledger and its proofs - puts another sale's entry into an answer.
 * One sits in the store's uplink and ships entries that are not those of the ledger, under
 * the ledger's checkpoint; or, having stolen the store's key, under one of their own, which
 * nobody can tell from the truth until the truth comes too. */
#ifndef KASIR_SIM_INSIDER_H
#define KASIR_SIM_INSIDER_H

#include "tests/sim/net.h"
#include "tests/sim/oracle.h"

#define INSIDER_KEEPS 16

struct insider {
	struct world *w;
	struct broker *shop, *wan;
	struct oracle *oracle;
	unsigned replay, misroute, forge;	/* per mille of messages at the shop's broker */
	unsigned alter;				/* per mille of batches in the uplink */
	const struct signer *stolen;		/* NULL: no key; used once */
	bool has_forked;
	struct { char topic[WIRE_TOPIC_MAX]; struct bytes payload; } kept[INSIDER_KEEPS];
	size_t n_kept;
};

void insider_init(struct insider *in, struct world *w, struct broker *shop, struct broker *wan,
    struct oracle *oracle);
void insider_retire(struct insider *in);	/* does no more harm */

#endif
