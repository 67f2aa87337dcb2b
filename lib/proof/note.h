/* note.h - C2SP signed-note: a text and signature lines under it.
 *
 *   text, ends with a newline
 *   (empty line)
 *   — <key name> <base64 of 4-byte key id and signature>      one or more
 *
 * Notes are at most NOTE_MAX bytes and carry at most NOTE_SIGS_MAX signatures. */
#ifndef KASIR_PROOF_NOTE_H
#define KASIR_PROOF_NOTE_H

#include "proof/key.h"

#define NOTE_MAX 4096
#define NOTE_SIGS_MAX 16

struct note_sig {
	struct bytes name;	/* borrowed from the note */
	uint32_t id;
	uint8_t body[8 + SIG_LEN];	/* cosignature/v1: timestamp before the signature */
	size_t body_n;		/* 0: of a kind we do not know, too long to keep */
};

struct note {
	struct bytes text;	/* with its last newline; borrowed */
	unsigned n;
	struct note_sig sigs[NOTE_SIGS_MAX];
};

KAS_CHECKED enum kas_err note_parse(struct bytes b, struct note *ret, struct kas_why *why);

/* KAS_OK: a line by exactly this name and id verifies.  KAS_NOTFOUND: there is
 * none.  KAS_BADSIG: there is one and it is false.  For KEY_COSIGNATURE_V1, *RET_TIME
 * (may be NULL) gets the seconds since 1970 that it states. */
KAS_CHECKED enum kas_err note_verify(const struct note *n, const struct vkey *v,
    uint64_t *ret_time);

/* Append to TO: a new note of TEXT with S's signature (KEY_ED25519). */
void note_sign(struct bytes text, const struct signer *s, struct buf *to);
/* Append one signature line to the finished note in TO.  TIME: seconds since
 * 1970, for KEY_COSIGNATURE_V1 (c2sp.org/tlog-cosignature); else ignored. */
void note_cosign(struct buf *to, const struct signer *s, uint64_t time);
/* Append FROM's signature lines by V, if it has any, to the note in TO. */
void note_add_sigs_of(struct buf *to, const struct note *from, const struct vkey *v);

#endif
