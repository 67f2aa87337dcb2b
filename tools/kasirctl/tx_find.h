/* tx_find.h - a transaction by what people call it. */
#ifndef KASIR_CTL_TX_FIND_H
#define KASIR_CTL_TX_FIND_H

#include "tools/kasirctl/ctl.h"

/* NAME: terminal/epoch/sequence, an entry's index, or a txn_id (32 hex digits, dashes
 * allowed).  Reports and returns the exit code, or EX_OK. */
int tx_find(const struct cli *cli, struct ledger_reader *r, const char *name, uint64_t *ret);

#endif
