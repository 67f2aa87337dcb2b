/* ledger_lock.h - one daemon a ledger. */
#ifndef KASIR_STORE_EDGE_LEDGER_LOCK_H
#define KASIR_STORE_EDGE_LEDGER_LOCK_H

#include "base/err.h"

/* Hold PATH.lock, which goes with the process however that ends; the file stays.  KAS_AGAIN:
 * another process holds it, WHY names it.  KAS_NOTFOUND: there is no ledger at PATH. */
KAS_CHECKED enum kas_err ledger_lock(const char *path, int *ret_fd, struct kas_why *why);
void ledger_unlock(int fd);		/* -1 is fine */

#endif
