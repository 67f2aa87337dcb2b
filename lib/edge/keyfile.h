/* keyfile.h - keys in files: one line, the texts of key.h, a newline.
 *
 * A file with a secret must be a regular file, mode 0600 or stricter, and ours (or
 * root's); else it is refused with what to do about it.  Files in systemd's credentials
 * folder are taken as systemd made them. */
#ifndef KASIR_EDGE_KEYFILE_H
#define KASIR_EDGE_KEYFILE_H

#include "proof/key.h"

/* KAS_NOTFOUND, KAS_DENIED (permissions), KAS_MALFORMED, KAS_IO; WHY names the file, what
 * is wrong and the next step. */
KAS_CHECKED enum kas_err keyfile_load_signer(const char *path, struct signer **ret,
    struct kas_why *why);
KAS_CHECKED enum kas_err keyfile_load_vkey(const char *path, struct vkey *ret, struct kas_why *why);

/* Whole and synced, or not at all; never over a file that is there (KAS_EXISTS). */
KAS_CHECKED enum kas_err keyfile_save_signer(const char *path, const struct signer *s,
    struct kas_why *why);			/* mode 0600 */
KAS_CHECKED enum kas_err keyfile_save_vkey(const char *path, const struct vkey *v,
    struct kas_why *why);			/* mode 0644 */

/* Any small file: write beside, sync, put in place, sync the folder.  REPLACE: an old one
 * gives way at once; else KAS_EXISTS. */
KAS_CHECKED enum kas_err file_write_atomic(const char *path, struct bytes content, unsigned mode,
    bool replace, struct kas_why *why);
/* What root makes in a daemon's folder must be the daemon's: PATH gets its folder's owner.
 * Does nothing for others than root. */
KAS_CHECKED enum kas_err file_give_away(const char *path, struct kas_why *why);
/* At most MAX bytes, appended to TO; KAS_RANGE when it is longer. */
KAS_CHECKED enum kas_err file_read(const char *path, size_t max, struct buf *to,
    struct kas_why *why);

#endif
