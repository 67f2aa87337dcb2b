#include "book/facts.h"

#include <stdlib.h>
#include <string.h>

/* In memory a fact is a record in one growing buffer, reached through a hash table of
 * offsets; records of one bucket are chained.  A record never moves within the buffer,
 * so a snapshot can be taken of the first part while the second one grows.
 *
 *   kind 1 | key length 1 | index 8 | next 4 | key */
struct record {
	uint64_t index;
	uint32_t next;		/* offset + 1 of the next in the bucket; 0: none */
	uint8_t kind, key_n;
};

struct facts {
	struct fact_port port;
	struct buf records;
	uint32_t *buckets;	/* offset + 1 of the first record; 0: none */
	size_t n_buckets;	/* a power of two */
	size_t n;
	size_t lent, lent_n;	/* bytes and facts that a snapshot holds; 0: none is open */
	struct fact *sorted;
};

#define BUCKETS_MIN ((size_t)4096)

enum kas_err
facts_open(const struct fact_port *port, struct facts **ret)
{
	struct facts *f = calloc(1, sizeof *f);

	if (f == NULL)
		return KAS_NOMEM;
	f->port = *port;
	f->n_buckets = BUCKETS_MIN;
	f->buckets = calloc(f->n_buckets, sizeof *f->buckets);
	if (f->buckets == NULL) {
		free(f);
		return KAS_NOMEM;
	}
	*ret = f;
	return KAS_OK;
}

void
facts_close(struct facts *f)
{
	if (f == NULL)
		return;
	buf_fini(&f->records);
	free(f->buckets);
	free(f->sorted);
	free(f);
}

/* FNV-1a: short keys, no need for more. */
static uint64_t
key_hash(enum fact_kind kind, struct bytes key)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)kind;
	size_t i;

	for (i = 0; i < key.n; i++)
		h = (h ^ key.p[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

static struct record
record_at(const struct facts *f, size_t at)
{
	struct record r;

	memcpy(&r, f->records.p + at, sizeof r);
	return r;
}

static struct bytes
record_key(const struct facts *f, size_t at, const struct record *r)
{
	return BYTES(f->records.p + at + sizeof *r, r->key_n);
}

static void
bucket_push(struct facts *f, size_t at)
{
	struct record r = record_at(f, at);
	size_t b = key_hash(r.kind, record_key(f, at, &r)) & (f->n_buckets - 1);

	r.next = f->buckets[b];
	memcpy(f->records.p + at, &r, sizeof r);
	f->buckets[b] = (uint32_t)at + 1;
}

/* Put every record into its bucket anew. */
static void
rehash(struct facts *f)
{
	struct record r;
	size_t at;

	memset(f->buckets, 0, f->n_buckets * sizeof *f->buckets);
	for (at = 0; at < f->records.n; at += sizeof r + r.key_n) {
		bucket_push(f, at);
		r = record_at(f, at);
	}
}

static enum kas_err
grow_buckets(struct facts *f)
{
	uint32_t *more;

	if (f->n < f->n_buckets)
		return KAS_OK;
	more = realloc(f->buckets, 2 * f->n_buckets * sizeof *more);
	if (more == NULL)
		return KAS_NOMEM;
	f->buckets = more;
	f->n_buckets *= 2;
	rehash(f);
	return KAS_OK;
}

enum kas_err
facts_add(struct facts *f, enum fact_kind kind, struct bytes key, uint64_t index)
{
	struct record r = { .index = index, .kind = (uint8_t)kind, .key_n = (uint8_t)key.n };
	size_t at = f->records.n;
	enum kas_err err;

	kas_assert(key.n <= FACT_KEY_MAX);
	if (at > UINT32_MAX - sizeof r - FACT_KEY_MAX - 1)
		return KAS_FULL;
	err = grow_buckets(f);
	if (err != KAS_OK)
		return err;
	if (buf_grow(&f->records, sizeof r + key.n) == NULL) {
		f->records.failed = false;
		return KAS_NOMEM;
	}
	memcpy(f->records.p + at, &r, sizeof r);
	memcpy(f->records.p + at + sizeof r, key.p, key.n);
	bucket_push(f, at);
	f->n++;
	return KAS_OK;
}

/* Put INDEX in its place among the N of RET, once; the greatest falls out when full. */
static void
insert_sorted(uint64_t *ret, size_t max, size_t *n, uint64_t index)
{
	size_t i = 0;

	while (i < *n && ret[i] < index)
		i++;
	if (i == max || (i < *n && ret[i] == index))
		return;
	if (*n < max)
		(*n)++;
	memmove(ret + i + 1, ret + i, (*n - i - 1) * sizeof *ret);
	ret[i] = index;
}

enum kas_err
facts_find(struct facts *f, enum fact_kind kind, struct bytes key, uint64_t *ret, size_t max,
    size_t *ret_n)
{
	struct record r;
	uint32_t link;
	size_t n = 0;
	enum kas_err err;

	err = f->port.find(f->port.ctx, kind, key, ret, max, &n);
	if (err != KAS_OK)
		return err;
	link = f->buckets[key_hash(kind, key) & (f->n_buckets - 1)];
	for (; link != 0; link = r.next) {
		r = record_at(f, link - 1);
		if (r.kind == kind && bytes_equal(record_key(f, link - 1, &r), key))
			insert_sorted(ret, max, &n, r.index);
	}
	*ret_n = n;
	return KAS_OK;
}

size_t
facts_in_memory(const struct facts *f)
{
	return f->n;
}

static int
fact_order(const void *pa, const void *pb)
{
	const struct fact *a = pa, *b = pb;
	size_t n = a->key_n < b->key_n ? a->key_n : b->key_n;
	int d;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	d = memcmp(a->key, b->key, n);
	if (d != 0)
		return d;
	if (a->key_n != b->key_n)
		return a->key_n < b->key_n ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

enum kas_err
facts_begin_write(struct facts *f, const struct fact **ret, size_t *ret_n)
{
	struct record r;
	size_t at, i = 0;

	kas_assert(f->sorted == NULL);
	f->sorted = malloc((f->n + 1) * sizeof *f->sorted);
	if (f->sorted == NULL)
		return KAS_NOMEM;
	for (at = 0; at < f->records.n; at += sizeof r + r.key_n) {
		r = record_at(f, at);
		f->sorted[i] = (struct fact){ .kind = r.kind, .key_n = r.key_n,
			.index = r.index };
		memcpy(f->sorted[i].key, f->records.p + at + sizeof r, r.key_n);
		i++;
	}
	kas_assert(i == f->n);
	qsort(f->sorted, f->n, sizeof *f->sorted, fact_order);
	f->lent = f->records.n;
	f->lent_n = f->n;
	*ret = f->sorted;
	*ret_n = f->n;
	return KAS_OK;
}

void
facts_end_write(struct facts *f, bool written)
{
	free(f->sorted);
	f->sorted = NULL;
	if (!written || f->lent == 0)
		return;
	memmove(f->records.p, f->records.p + f->lent, f->records.n - f->lent);
	f->records.n -= f->lent;
	f->n -= f->lent_n;
	f->lent = f->lent_n = 0;
	rehash(f);
}
