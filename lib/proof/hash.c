#include "proof/hash.h"

#include <sodium.h>
#include <string.h>

struct hash
hash_of(struct bytes b)
{
	struct hash h;

	crypto_hash_sha256(h.b, b.p, b.n);
	return h;
}

struct hash
hash_of_two(struct bytes a, struct bytes b)
{
	crypto_hash_sha256_state st;
	struct hash h;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, a.p, a.n);
	crypto_hash_sha256_update(&st, b.p, b.n);
	crypto_hash_sha256_final(&st, h.b);
	return h;
}

bool
hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_LEN) == 0;
}

struct bytes
hash_bytes(const struct hash *h)
{
	return BYTES(h->b, HASH_LEN);
}

bool
hash_from(struct bytes b, struct hash *ret)
{
	if (b.n != HASH_LEN)
		return false;
	memcpy(ret->b, b.p, HASH_LEN);
	return true;
}
