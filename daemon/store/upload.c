/* upload.c - a catalogue on its way in over the control socket, in order, one at a time.
 *
 *   parts --all have come, and load is ordered--> rows are looked at, some a turn --> the book
 *
 * A million rows take half a second to look at: nobody's sale waits for more than some. */
#include "daemon/store/engine_parts.h"

#include <string.h>

/* Half a catalogue is kept no longer: it may have 64 MiB. */
#define UPLOAD_US (60 * SECOND_US)
#define ROWS_A_TURN 1000	/* about 0.3 ms */

void
upload_drop(struct upload *up)
{
	catalogue_close(up->rows);
	arena_fini(&up->arena);
	*up = (struct upload){ 0 };
}

uint64_t
upload_due(const struct upload *up)
{
	if (up->rows != NULL)
		return 0;
	return up->size > 0 ? up->until_us : UINT64_MAX;
}

/* Whoever began before begins again.  All of its memory at once: what does not come is not
 * touched. */
static enum kas_err
begin(struct upload *up, const struct hash *hash, uint64_t size)
{
	upload_drop(up);
	up->bytes = arena_alloc(&up->arena, size);
	if (up->bytes == NULL)
		return KAS_NOMEM;
	up->hash = *hash;
	up->size = size;
	hasher_begin(&up->hasher);
	return KAS_OK;
}

enum kas_err
upload_take(struct upload *up, const struct hash *hash, uint64_t size, uint64_t offset,
    struct bytes part, uint64_t mono_us)
{
	if (up->rows != NULL)
		return KAS_EXISTS;
	if (offset == 0 && begin(up, hash, size) != KAS_OK)
		return KAS_NOMEM;
	if (!hash_equal(hash, &up->hash) || size != up->size || offset != up->n ||
	    part.n == 0 || part.n > up->size - up->n)
		return KAS_RANGE;
	memcpy(up->bytes + up->n, part.p, part.n);
	hasher_add(&up->hasher, part);
	up->n += part.n;
	up->until_us = mono_us + UPLOAD_US;
	return KAS_OK;
}

enum kas_err
upload_check(const struct upload *up, const struct hash *hash)
{
	struct hasher all = up->hasher;
	struct hash made;

	if (up->size == 0 || !hash_equal(hash, &up->hash) || up->n != up->size)
		return KAS_AGAIN;
	made = hasher_end(&all);
	return hash_equal(&made, hash) ? KAS_OK : KAS_MALFORMED;
}

enum kas_err
upload_open(struct upload *up, struct kas_why *why)
{
	return catalogue_begin(BYTES(up->bytes, up->size), &up->rows, why);
}

enum kas_err
upload_step(struct upload *up, struct kas_why *why)
{
	return catalogue_step(up->rows, ROWS_A_TURN, why);
}

struct store_blob
upload_give(struct upload *up, struct book *book)
{
	struct store_blob blob = { up->hash, BYTES(up->bytes, up->size) };

	book_offer_catalogue(book, &up->hash, &up->arena, up->rows);
	*up = (struct upload){ 0 };
	return blob;
}
