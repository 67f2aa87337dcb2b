/* db_lock.h - one daemon a database. */
#ifndef KASIR_EDGE_DB_LOCK_H
#define KASIR_EDGE_DB_LOCK_H

#include "base/err.h"

/* Hold PATH.lock for DAEMON ("kasird"), which goes with the process however that ends; the
 * file stays.  KAS_AGAIN: another process holds it, WHY names it.  KAS_NOTFOUND: there is no
 * database at PATH. */
KAS_CHECKED enum kas_err db_lock(const char *path, const char *daemon, int *ret_fd,
    struct kas_why *why);
void db_unlock(int fd);		/* -1 is fine */

#endif
