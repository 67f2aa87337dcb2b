#include "wire/parcel.h"

#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "cash/catalogue.h"
#include "wire/limits.h"

void
parcel_init(struct parcel *p)
{
	*p = (struct parcel){ 0 };
}

void
parcel_fini(struct parcel *p)
{
	uint32_t i;

	for (i = 0; i < p->cap; i++)
		buf_fini(&p->parts[i]);
	free(p->parts);
	*p = (struct parcel){ 0 };
}

enum kas_err
parcel_take_notice(struct parcel *p, struct bytes payload)
{
	Kasir__V1__CatalogueNotice *n;
	enum kas_err err = KAS_MALFORMED;
	struct arena a;

	arena_init(&a, 0);
	n = PROTO_UNPACK(kasir__v1__catalogue_notice, &a, payload);
	if (n != NULL && n->hash.len == HASH_LEN && n->size > 0 &&
	    n->size <= CATALOGUE_BYTES_MAX && n->parts > 0 && n->parts <= PARCEL_PARTS_MAX) {
		memcpy(p->hash.b, n->hash.data, HASH_LEN);
		p->size = n->size;
		p->n_parts = n->parts;
		p->index = n->index;
		p->changed = true;
		err = KAS_OK;
	}
	arena_fini(&a);
	return err;
}

static bool
make_room(struct parcel *p, uint32_t n)
{
	uint32_t cap = p->cap;
	struct buf *more;

	if (n < cap)
		return true;
	while (cap <= n)
		cap = cap > 0 ? 2 * cap : 64;
	more = realloc(p->parts, cap * sizeof *more);
	if (more == NULL)
		return false;
	for (; p->cap < cap; p->cap++)
		buf_init(&more[p->cap]);
	p->parts = more;
	return true;
}

enum kas_err
parcel_take_part(struct parcel *p, uint32_t n, struct bytes payload)
{
	if (n >= PARCEL_PARTS_MAX || payload.n > CATALOGUE_BYTES_MAX)
		return KAS_RANGE;
	if (!make_room(p, n))
		return KAS_NOMEM;
	buf_reset(&p->parts[n]);
	buf_add(&p->parts[n], payload.p, payload.n);
	p->changed = true;
	return p->parts[n].failed ? KAS_NOMEM : KAS_OK;
}

static bool
is_whole(const struct parcel *p)
{
	uint64_t size = 0;
	uint32_t i;

	if (p->size == 0 || p->n_parts > p->cap)
		return false;
	for (i = 0; i < p->n_parts; i++) {
		if (p->parts[i].n == 0)
			return false;
		size += p->parts[i].n;
	}
	return size == p->size;
}

enum kas_err
parcel_open(struct parcel *p, struct buf *to)
{
	struct hash hash;
	uint32_t i;

	if (!p->changed || !is_whole(p))
		return KAS_AGAIN;
	p->changed = false;
	buf_reset(to);
	for (i = 0; i < p->n_parts; i++)
		buf_add(to, p->parts[i].p, p->parts[i].n);
	if (to->failed)
		return KAS_NOMEM;
	hash = hash_of(buf_bytes(to));
	return hash_equal(&hash, &p->hash) ? KAS_OK : KAS_AGAIN;
}
