/* upload.c - a catalogue on its way in over the control socket, in order, one at a time. */
#include "daemon/store/engine_parts.h"

/* Half a catalogue is kept no longer: it may have 64 MiB. */
#define UPLOAD_US (60 * SECOND_US)

void
upload_drop(struct upload *up)
{
	buf_fini(&up->bytes);
	*up = (struct upload){ 0 };
}

uint64_t
upload_due(const struct upload *up)
{
	return up->size > 0 ? up->until_us : UINT64_MAX;
}

enum kas_err
upload_take(struct upload *up, const struct hash *hash, uint64_t size, uint64_t offset,
    struct bytes part, uint64_t mono_us)
{
	if (offset == 0) {		/* whoever began before begins again */
		upload_drop(up);
		up->hash = *hash;
		up->size = size;
	}
	if (!hash_equal(hash, &up->hash) || size != up->size || offset != up->bytes.n ||
	    part.n == 0 || part.n > up->size - up->bytes.n)
		return KAS_RANGE;
	buf_add(&up->bytes, part.p, part.n);
	up->until_us = mono_us + UPLOAD_US;
	if (!up->bytes.failed)
		return KAS_OK;
	upload_drop(up);
	return KAS_NOMEM;
}

enum kas_err
upload_check(const struct upload *up, const struct hash *hash)
{
	struct hash made;

	if (up->size == 0 || !hash_equal(hash, &up->hash) || up->bytes.n != up->size)
		return KAS_AGAIN;
	made = hash_of(buf_bytes(&up->bytes));
	return hash_equal(&made, hash) ? KAS_OK : KAS_MALFORMED;
}

void
upload_give(struct upload *up, struct group *g)
{
	kas_assert(g->blob.bytes.n == 0);
	g->blob_bytes = up->bytes;
	g->blob = (struct store_blob){ up->hash, buf_bytes(&g->blob_bytes) };
	*up = (struct upload){ 0 };
}
