/* ledger_repair.h - after a failed write or sync: the ledger copied to new, synced files.
 *
 * What the page cache shows after a failed sync need not be on the disk, and syncing again
 * would succeed without writing it.  So everything is written anew.  A crash at any point
 * leaves either the old files or a complete copy, which the next start puts in place:
 *
 *     PATH, PATH-wal           old, untouched while the copy is made
 *     PATH.copying             the copy, unfinished: removed at the next start
 *     PATH.copied              complete, synced, verified: from here on the ledger
 *     PATH-wal removed, then PATH.copied renamed to PATH */
#ifndef KASIR_STORE_EDGE_LEDGER_REPAIR_H
#define KASIR_STORE_EDGE_LEDGER_REPAIR_H

#include "daemon/store/ports.h"

/* No connection of this process may be open.  The copy must hold at least DURABLE entries,
 * pass SQLite's quick_check, and its entries must hash to every stored tile and to the root
 * of its checkpoint (whose signature is the engine's to check); else KAS_CORRUPT and the
 * old files stay.  KAS_FULL, KAS_IO: try again later. */
KAS_CHECKED enum kas_err ledger_repair(const char *path, uint64_t durable, struct kas_why *why);

/* Put a complete copy in place if one waits, and remove what an unfinished one left. */
KAS_CHECKED enum kas_err ledger_repair_finish(const char *path, struct kas_why *why);

/* The third of the checks, for the file at PATH. */
KAS_CHECKED enum kas_err ledger_verify_tree(const char *path, uint64_t durable,
    struct kas_why *why);

#endif
