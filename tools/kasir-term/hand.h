/* hand.h - a till that is worked by hand: one document is made, sent and proved. */
#ifndef KASIR_TERM_HAND_H
#define KASIR_TERM_HAND_H

#include "edge/cli.h"
#include "kasir/v1/transaction.pb-c.h"

/* What every such command takes: who stands there, and how long to wait. */
#define HAND_OPTIONS \
	{ "terminal", 't', "ID", "at which till" }, \
	{ "cashier", 0, "ID", "who is signed on (sari)" }, \
	{ "shift", 0, "TEXT", "of the till (1)" }, \
	{ "supervisor", 0, "ID", "who allows it" }, \
	{ "wait-witnessed", 'w', NULL, "wait until headquarters has it, too" }, \
	{ "patience", 0, "SECONDS", "how long to wait (30)" }

/* DOC, which has its type and what belongs to that, gets time, cashier, shift and store's currency;
 * then it is signed, put into the outbox, sent, and what became of it is told.  Returns the exit
 * code: EX_OK only if it is proved to be in the ledger, be it an exception. */
int hand_in(struct cli *cli, Kasir__V1__Transaction *doc);

#endif
