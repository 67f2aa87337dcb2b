/* bytes.h - borrowed byte strings, an arena for one turn, a growing buffer. */
#ifndef KASIR_BASE_BYTES_H
#define KASIR_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Borrowed: whoever made it owns what it points to. */
struct bytes {
	const uint8_t *p;
	size_t n;
};

#define BYTES(ptr, len) ((struct bytes){ (const uint8_t *)(ptr), (len) })
#define BYTES_NONE ((struct bytes){ NULL, 0 })
struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);

/* Arena: allocations live until arena_reset() or arena_fini().  Blocks are kept
 * across resets up to ARENA_KEEP bytes, so that a steady load allocates nothing and a
 * single large one is not paid for ever after. */
#define ARENA_KEEP ((size_t)2 * 1024 * 1024)
struct arena_block;
struct arena {
	struct arena_block *first, *current;
	size_t used;		/* bytes handed out since the last reset */
	size_t limit;		/* KAS_NOMEM (NULL) beyond it; 0: none */
	bool exhausted;		/* an allocation has failed since the last reset */
};

void arena_init(struct arena *a, size_t limit);
void arena_fini(struct arena *a);	/* fini of a zeroed arena is safe */
void arena_reset(struct arena *a);
/* 16-byte aligned, not zeroed; NULL when memory or the limit is exhausted. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_zalloc(struct arena *a, size_t n);
/* A copy that the arena owns; BYTES_NONE with n > 0 on failure never happens:
 * returns false instead. */
KAS_CHECKED bool arena_copy(struct arena *a, struct bytes b, struct bytes *ret);
char *arena_text(struct arena *a, const char *text);	/* NULL: no memory */

/* Growing buffer with a sticky error: after the first failure every append is a
 * no-op, and one check of `failed` at the end is enough. */
struct buf {
	uint8_t *p;
	size_t n, cap;
	bool failed;
};

void buf_init(struct buf *b);
void buf_fini(struct buf *b);
void buf_reset(struct buf *b);		/* empty, keeps its memory */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_addf(struct buf *b, const char *fmt, ...) KAS_PRINTF(2, 3);
void *buf_grow(struct buf *b, size_t n);	/* room for N more, counted; NULL when failed */
struct bytes buf_bytes(const struct buf *b);

#endif
