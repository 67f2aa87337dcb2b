#include "proof/hash.h"

#include <string.h>

/* libcrypto as of 1.1: its state lies on the stack and cannot fail, where EVP's is
 * allocated and would have to be kept a thread (docs/decisions/0013). */
#define OPENSSL_API_COMPAT 10100
#include <openssl/sha.h>

struct hash
hash_of(struct bytes b)
{
	return hash_of_two(b, BYTES_NONE);
}

struct hash
hash_of_two(struct bytes a, struct bytes b)
{
	SHA256_CTX st;
	struct hash h;

	SHA256_Init(&st);
	SHA256_Update(&st, a.p, a.n);
	SHA256_Update(&st, b.p, b.n);
	SHA256_Final(h.b, &st);
	return h;
}

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct hasher), "a hasher holds libcrypto's state");

void
hasher_begin(struct hasher *h)
{
	SHA256_Init((SHA256_CTX *)h);
}

void
hasher_add(struct hasher *h, struct bytes part)
{
	SHA256_Update((SHA256_CTX *)h, part.p, part.n);
}

struct hash
hasher_end(struct hasher *h)
{
	struct hash made;

	SHA256_Final(made.b, (SHA256_CTX *)h);
	return made;
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
