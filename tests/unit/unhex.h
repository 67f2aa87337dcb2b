/* unhex.h - published vectors are printed in hex and base64; tests want bytes. */
#ifndef KASIR_TESTS_UNHEX_H
#define KASIR_TESTS_UNHEX_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "proof/hash.h"

/* The bytes live in TO, which must be large enough. */
static inline struct bytes
unhex(const char *text, uint8_t *to, size_t room)
{
	assert_int_equal(hex_parse(bytes_of_text(text), to, &room), KAS_OK);
	return BYTES(to, room);
}

static inline struct hash
unhex_hash(const char *text)
{
	uint8_t b[HASH_LEN];
	struct hash h;

	assert_true(hash_from(unhex(text, b, sizeof b), &h));
	return h;
}

static inline void
assert_hash_equal(struct hash a, struct hash b)
{
	assert_memory_equal(a.b, b.b, HASH_LEN);
}

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

#endif
