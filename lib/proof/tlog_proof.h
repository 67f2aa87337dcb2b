/* tlog_proof.h - c2sp.org/tlog-proof@v1: an entry's offline proof as one text file. */
#ifndef KASIR_PROOF_TLOG_PROOF_H
#define KASIR_PROOF_TLOG_PROOF_H

#include "proof/checkpoint.h"
#include "proof/merkle.h"

#define TLOG_PROOF_EXTRA_MAX ((size_t)128 * 1024)

struct tlog_proof {
	struct bytes extra;	/* opaque; BYTES_NONE: no line.  kasird puts the entry here */
	uint64_t index;
	struct proof path;
	struct bytes checkpoint;	/* the signed note */
};

void tlog_proof_format(const struct tlog_proof *p, struct buf *to);
/* Decoded bytes go to A. */
KAS_CHECKED enum kas_err tlog_proof_parse(struct bytes b, struct arena *a,
    struct tlog_proof *ret, struct kas_why *why);

#endif
