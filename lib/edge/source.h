/* source.h - the bytes of a file, plain or zstd, as a stream. */
#ifndef KASIR_EDGE_SOURCE_H
#define KASIR_EDGE_SOURCE_H

#include "base/bytes.h"

struct source;

KAS_CHECKED enum kas_err source_open(const char *path, struct source **ret, struct kas_why *why);
/* The bytes themselves (borrowed), for tests and fuzzing. */
KAS_CHECKED enum kas_err source_open_bytes(struct bytes b, struct source **ret);
void source_close(struct source *s);

#define SOURCE_END (-1)
/* The next byte or SOURCE_END, which is also what a failure looks like: see source_error(). */
int source_get(struct source *s);
int source_peek(struct source *s);
enum kas_err source_error(const struct source *s, struct kas_why *why);

#endif
