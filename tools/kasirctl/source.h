/* source.h - a ledger in a database, as an audit reads it: a store's own ledger.db, or one
 * store's copy in headquarters' hq.db.  Reads rows as they lie there, damage and all; each
 * call is a short read transaction, so that a daemon's log is not kept from being emptied. */
#ifndef KASIR_CTL_SOURCE_H
#define KASIR_CTL_SOURCE_H

#include "audit/audit.h"
#include "proof/key.h"
#include "sql/sql.h"

struct db_source;

/* KAS_MALFORMED: its tables are not those that the programs make. */
KAS_CHECKED enum kas_err source_open_ledger(const char *path, struct db_source **ret,
    struct kas_why *why);
/* *RET_KEY: the key that headquarters has registered for STORE. */
KAS_CHECKED enum kas_err source_open_hq(const char *path, const char *store,
    struct db_source **ret, struct vkey *ret_key, struct kas_why *why);
void db_source_close(struct db_source *s);		/* NULL is fine */
struct audit_source source_port(struct db_source *s);

/* The newest checkpoint that was shown and that the ledger did not lead to then.  A store's:
 * with its own signature; headquarters': with its cosignature.  KAS_NOTFOUND: none. */
KAS_CHECKED enum kas_err source_kept(struct db_source *s, struct buf *to);

/* KAS_CORRUPT: tables and triggers are not those that the programs make, or hold rows that
 * belong to no entry. */
KAS_CHECKED enum kas_err source_check_schema(struct db_source *s, struct kas_why *why);

#endif
