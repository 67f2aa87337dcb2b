#include "edge/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

struct source {
	FILE *file;			/* NULL: bytes given */
	ZSTD_DStream *zstd;		/* NULL: plain */
	const char *path;
	uint8_t *in, *out;
	size_t in_cap, out_cap;
	ZSTD_inBuffer pending;		/* read and not yet decompressed */
	const uint8_t *at, *end;	/* what source_get() hands out */
	size_t frame_left;		/* 0: a zstd frame has ended */
	enum kas_err err;
	char reason[160];
};

static int
fail(struct source *s, enum kas_err err, const char *reason)
{
	s->err = err;
	snprintf(s->reason, sizeof s->reason, "%s", reason);
	return SOURCE_END;
}

static bool
read_more(struct source *s)
{
	size_t n = fread(s->in, 1, s->in_cap, s->file);

	if (n == 0 && ferror(s->file))
		fail(s, KAS_IO, strerror(errno));
	s->pending = (ZSTD_inBuffer){ s->in, n, 0 };
	return n > 0;
}

static bool
refill_plain(struct source *s)
{
	/* What was read to look for zstd's magic comes first. */
	if (s->pending.pos == s->pending.size && !read_more(s))
		return false;
	s->at = (const uint8_t *)s->pending.src + s->pending.pos;
	s->end = (const uint8_t *)s->pending.src + s->pending.size;
	s->pending.pos = s->pending.size;
	return true;
}

static bool
refill_zstd(struct source *s)
{
	ZSTD_outBuffer out = { s->out, s->out_cap, 0 };

	while (out.pos == 0) {
		if (s->pending.pos == s->pending.size && !read_more(s)) {
			if (s->err == KAS_OK && s->frame_left != 0)
				fail(s, KAS_MALFORMED, "the zstd stream is cut off");
			return false;
		}
		s->frame_left = ZSTD_decompressStream(s->zstd, &out, &s->pending);
		if (ZSTD_isError(s->frame_left)) {
			fail(s, KAS_MALFORMED, ZSTD_getErrorName(s->frame_left));
			return false;
		}
	}
	s->at = s->out;
	s->end = s->out + out.pos;
	return true;
}

static bool
refill(struct source *s)
{
	if (s->err != KAS_OK || s->file == NULL)
		return false;
	return s->zstd != NULL ? refill_zstd(s) : refill_plain(s);
}

int
source_peek(struct source *s)
{
	if (s->at == s->end && !refill(s))
		return SOURCE_END;
	return *s->at;
}

int
source_get(struct source *s)
{
	int c = source_peek(s);

	if (c != SOURCE_END)
		s->at++;
	return c;
}

enum kas_err
source_error(const struct source *s, struct kas_why *why)
{
	if (s->err == KAS_OK)
		return KAS_OK;
	return kas_fail(why, s->err, "%s: %s", s->path, s->reason);
}

static const uint8_t zstd_magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

static enum kas_err
begin(struct source *s, const char *path, struct kas_why *why)
{
	s->path = strdup(path);
	s->in_cap = ZSTD_DStreamInSize();
	s->out_cap = ZSTD_DStreamOutSize();
	s->in = malloc(s->in_cap);
	s->out = malloc(s->out_cap);
	if (s->path == NULL || s->in == NULL || s->out == NULL)
		return KAS_NOMEM;
	s->file = fopen(path, "rb");
	if (s->file == NULL)
		return kas_fail(why, KAS_IO, "%s: %s", path, strerror(errno));
	if (!read_more(s))
		return source_error(s, why);
	if (s->pending.size < sizeof zstd_magic ||
	    memcmp(s->in, zstd_magic, sizeof zstd_magic) != 0)
		return KAS_OK;
	s->zstd = ZSTD_createDStream();
	return s->zstd != NULL ? KAS_OK : KAS_NOMEM;
}

enum kas_err
source_open(const char *path, struct source **ret, struct kas_why *why)
{
	struct source *s = calloc(1, sizeof *s);
	enum kas_err err;

	if (s == NULL)
		return KAS_NOMEM;
	err = begin(s, path, why);
	if (err != KAS_OK) {
		source_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

enum kas_err
source_open_bytes(struct bytes b, struct source **ret)
{
	struct source *s = calloc(1, sizeof *s);

	if (s == NULL)
		return KAS_NOMEM;
	s->at = b.p;
	s->end = b.n > 0 ? b.p + b.n : b.p;
	*ret = s;
	return KAS_OK;
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	if (s->file != NULL)
		fclose(s->file);
	ZSTD_freeDStream(s->zstd);
	free((char *)s->path);
	free(s->in);
	free(s->out);
	free(s);
}
