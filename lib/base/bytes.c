#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes
bytes_of_text(const char *text)
{
	return BYTES(text, strlen(text));
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

#define BLOCK_MIN ((size_t)64 * 1024)
#define ALIGN ((size_t)16)

struct arena_block {
	struct arena_block *next;
	size_t cap, used;
	_Alignas(16) uint8_t data[];
};

void
arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){ .limit = limit };
}

void
arena_fini(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ .limit = a->limit };
}

void
arena_reset(struct arena *a)
{
	struct arena_block **at = &a->first, *b;
	size_t kept = 0;

	while ((b = *at) != NULL) {
		kept += b->cap;
		if (kept > ARENA_KEEP) {
			*at = b->next;
			free(b);
			continue;
		}
		b->used = 0;
		at = &b->next;
	}
	a->current = a->first;
	a->used = 0;
	a->exhausted = false;
}

static struct arena_block *
block_add(struct arena *a, size_t n)
{
	struct arena_block *b;
	size_t cap = n > BLOCK_MIN ? n : BLOCK_MIN;

	b = malloc(sizeof *b + cap);
	if (b == NULL)
		return NULL;
	b->cap = cap;
	b->used = 0;
	if (a->current == NULL) {
		b->next = a->first;
		a->first = b;
	} else {
		b->next = a->current->next;
		a->current->next = b;
	}
	return b;
}

/* A block with room for N. */
static struct arena_block *
block_with_room(struct arena *a, size_t n)
{
	struct arena_block *b = a->current != NULL ? a->current : a->first;

	if (a->limit != 0 && n > a->limit - a->used)
		return NULL;
	while (b != NULL && b->cap - b->used < n)
		b = b->next;
	return b != NULL ? b : block_add(a, n);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = NULL;
	void *p;

	if (n <= SIZE_MAX - ALIGN) {
		n = (n + ALIGN - 1) & ~(ALIGN - 1);
		b = block_with_room(a, n);
	}
	if (b == NULL) {
		a->exhausted = true;
		return NULL;
	}
	a->current = b;
	p = b->data + b->used;
	b->used += n;
	a->used += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);

	if (p != NULL)
		memset(p, 0, n);
	return p;
}

bool
arena_copy(struct arena *a, struct bytes b, struct bytes *ret)
{
	void *p = arena_alloc(a, b.n);

	if (p == NULL)
		return false;
	if (b.n > 0)
		memcpy(p, b.p, b.n);
	*ret = BYTES(p, b.n);
	return true;
}

char *
arena_text(struct arena *a, const char *text)
{
	size_t n = strlen(text) + 1;
	char *p = arena_alloc(a, n);

	if (p != NULL)
		memcpy(p, text, n);
	return p;
}

void
buf_init(struct buf *b)
{
	*b = (struct buf){ 0 };
}

void
buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

void *
buf_grow(struct buf *b, size_t n)
{
	size_t cap;
	uint8_t *p;

	if (b->failed)
		return NULL;
	if (n > SIZE_MAX / 2 - b->n) {
		b->failed = true;
		return NULL;
	}
	if (b->n + n > b->cap || b->p == NULL) {
		cap = b->cap < 256 ? 256 : b->cap;
		while (cap < b->n + n)
			cap *= 2;
		p = realloc(b->p, cap);
		if (p == NULL) {
			b->failed = true;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	p = b->p + b->n;
	b->n += n;
	return p;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	void *to;

	if (n == 0)
		return;
	to = buf_grow(b, n);
	if (to != NULL)
		memcpy(to, p, n);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *to;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	/* vsnprintf wants room for its NUL; it is not counted. */
	to = buf_grow(b, (size_t)n + 1);
	if (to == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n--;
}

struct bytes
buf_bytes(const struct buf *b)
{
	return BYTES(b->p, b->n);
}
