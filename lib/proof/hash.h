/* hash.h - SHA-256 (FIPS 180-4) as a value. */
#ifndef KASIR_PROOF_HASH_H
#define KASIR_PROOF_HASH_H

#include "base/bytes.h"

#define HASH_LEN 32
struct hash {
	uint8_t b[HASH_LEN];
};

struct hash hash_of(struct bytes b);
struct hash hash_of_two(struct bytes a, struct bytes b);	/* of the concatenation */
/* The same for what comes in parts: begin, any number of parts, end. */
struct hasher {
	uint64_t state[16];
};
void hasher_begin(struct hasher *h);
void hasher_add(struct hasher *h, struct bytes part);
struct hash hasher_end(struct hasher *h);
bool hash_equal(const struct hash *a, const struct hash *b);
struct bytes hash_bytes(const struct hash *h);		/* borrows H */
/* False unless B is 32 bytes long. */
KAS_CHECKED bool hash_from(struct bytes b, struct hash *ret);

#endif
