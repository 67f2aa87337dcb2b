/* entry_code.h - an entry's name on paper, short enough for a QR code on 58 mm:
 *
 *   KASIR1:KASIR.EXAMPLE/TOKO-1/1:4711:OLJ2GXVNK5RC2IY4Z3M7QDTBHHVYGQ3E
 *
 * the ledger's origin, the entry's index, and the first 20 bytes of its leaf hash in base32
 * (RFC 4648).  Capitals, because a QR code holds them in fewer bits; whoever compares does so
 * without regard to case.  docs/decisions/0030-the-code-on-a-receipt.md. */
#ifndef KASIR_CTL_ENTRY_CODE_H
#define KASIR_CTL_ENTRY_CODE_H

#include "proof/merkle.h"

#define ENTRY_CODE_HASH 20u	/* bytes of the leaf's hash */
#define ENTRY_CODE_ORIGIN_MAX 160u
#define ENTRY_CODE_MAX 256u

struct entry_code {
	char origin[ENTRY_CODE_ORIGIN_MAX];
	uint64_t index;
	uint8_t hash[ENTRY_CODE_HASH];
};

/* Of the entry at INDEX whose bytes are ENTRY. */
void entry_code_format(const char *origin, uint64_t index, struct bytes entry,
    char to[ENTRY_CODE_MAX]);
/* What a person or a scanner gives: anything (a URL) may stand before it. */
KAS_CHECKED enum kas_err entry_code_parse(const char *text, struct entry_code *ret,
    struct kas_why *why);
/* Does CODE name this entry?  KAS_NOTFOUND: another one, WHY says in what. */
KAS_CHECKED enum kas_err entry_code_check(const struct entry_code *code, const char *origin,
    uint64_t index, struct bytes entry, struct kas_why *why);

#endif
