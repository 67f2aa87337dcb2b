/* resolve.h - host names to addresses, on a thread that may hang as long as it likes. */
#ifndef KASIR_EDGE_RESOLVE_H
#define KASIR_EDGE_RESOLVE_H

#include <stddef.h>

#include "edge/loop.h"

#define RESOLVE_ADDRESSES_MAX 8
#define RESOLVE_TEXT 64

struct resolve_answer {
	size_t n;				/* 0: none, and `why` says why */
	char address[RESOLVE_ADDRESSES_MAX][RESOLVE_TEXT];	/* numeric */
	char why[120];
};

struct resolver;

/* DONE runs on the loop's thread, once for each resolver_ask(). */
KAS_CHECKED enum kas_err resolver_open(struct loop *l,
    void (*done)(void *ctx, const struct resolve_answer *answer), void *ctx, struct resolver **ret);
void resolver_close(struct resolver *r);	/* a question still open is forgotten */
/* One question at a time.  An address that is numeric already needs no thread, but its
 * answer comes the same way. */
KAS_CHECKED enum kas_err resolver_ask(struct resolver *r, const char *host);

#endif
