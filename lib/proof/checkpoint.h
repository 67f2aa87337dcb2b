/* checkpoint.h - C2SP tlog-checkpoint: origin, tree size, root hash, in a signed note. */
#ifndef KASIR_PROOF_CHECKPOINT_H
#define KASIR_PROOF_CHECKPOINT_H

#include "proof/note.h"

#define ORIGIN_MAX KEY_NAME_MAX

struct checkpoint {
	char origin[ORIGIN_MAX + 1];
	uint64_t size;
	struct hash root;
};

/* The note's text, three lines; extension lines are refused on our own logs. */
void checkpoint_format(const struct checkpoint *c, struct buf *to);
KAS_CHECKED enum kas_err checkpoint_parse(struct bytes text, struct checkpoint *ret,
    struct kas_why *why);

/* Make and sign in one go: appends the note to TO. */
void checkpoint_sign(const struct checkpoint *c, const struct signer *s, struct buf *to);

/* Parse the note in B, require LOG's signature and LOG's name as the origin. */
KAS_CHECKED enum kas_err checkpoint_open(struct bytes b, const struct vkey *log,
    struct checkpoint *ret, struct kas_why *why);
/* The same, and WITNESS' cosignature (KEY_COSIGNATURE_V1) too.  KAS_NOTFOUND when
 * the witness has not signed. */
KAS_CHECKED enum kas_err checkpoint_open_cosigned(struct bytes b, const struct vkey *log,
    const struct vkey *witness, struct checkpoint *ret, uint64_t *ret_time, struct kas_why *why);

#endif
