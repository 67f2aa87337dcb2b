#include "terminal/outbox_mem_records.h"

#include <stdlib.h>
#include <string.h>

static void
record_free(struct record *r)
{
	if (r != NULL)
		free((uint8_t *)r->now.message.p);
	free(r);
}

static enum kas_err
make_room(struct record ***list, size_t n, size_t *cap)
{
	struct record **more;
	size_t want = *cap == 0 ? 64 : *cap * 2;

	if (n < *cap)
		return KAS_OK;
	more = realloc(*list, want * sizeof(struct record *));
	if (more == NULL)
		return KAS_NOMEM;
	*list = more;
	*cap = want;
	return KAS_OK;
}

/* Cut off what is gone at the front, and move down when that is more than half. */
static void
compact(struct outbox_mem *o)
{
	while (o->first < o->n && o->records[o->first]->gone && o->records[o->first]->gone_synced &&
	    !o->records[o->first]->dirty)
		record_free(o->records[o->first++]);
	if (o->first < 1024 || o->first < o->n / 2)
		return;
	memmove(o->records, o->records + o->first, (o->n - o->first) * sizeof(struct record *));
	o->n -= o->first;
	o->waiting_from = o->waiting_from > o->first ? o->waiting_from - o->first : 0;
	o->first = 0;
}

static void
copy_note(struct buf *to, const struct buf *from)
{
	buf_reset(to);
	buf_add(to, from->p, from->n);
}

void
mem_sync(struct outbox_mem *o)
{
	size_t i;

	for (i = 0; i < o->n_dirty; i++) {
		struct record *r = o->dirty[i];

		r->synced = r->now;
		r->gone_synced = r->gone;
		r->log_synced = r->log;
		r->dirty = false;
	}
	o->n_dirty = 0;
	copy_note(&o->checkpoint.synced, &o->checkpoint.now);
	copy_note(&o->cosigned.synced, &o->cosigned.now);
	o->log_synced = o->log;
	compact(o);
}

void
mem_forget_unsynced(struct outbox_mem *o)
{
	size_t i;

	for (i = 0; i < o->n_dirty; i++) {
		struct record *r = o->dirty[i];

		r->now = r->synced;
		r->gone = r->gone_synced;
		r->log = r->log_synced;
		r->dirty = false;
	}
	o->n_dirty = 0;
	copy_note(&o->checkpoint.now, &o->checkpoint.synced);
	copy_note(&o->cosigned.now, &o->cosigned.synced);
	o->log = o->log_synced;
	o->waiting_from = o->first;
}

enum kas_err
mem_touch(struct outbox_mem *o, struct record *r)
{
	if (r->dirty)
		return KAS_OK;
	if (make_room(&o->dirty, o->n_dirty, &o->cap_dirty) != KAS_OK)
		return KAS_NOMEM;
	o->dirty[o->n_dirty++] = r;
	r->dirty = true;
	return KAS_OK;
}

int
mem_order(const struct outbox_sale *a, uint64_t epoch, uint64_t sequence)
{
	if (a->epoch != epoch)
		return a->epoch < epoch ? -1 : 1;
	if (a->sequence != sequence)
		return a->sequence < sequence ? -1 : 1;
	return 0;
}

size_t
mem_lower_bound(const struct outbox_mem *o, uint64_t epoch, uint64_t sequence)
{
	size_t lo = o->first, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (mem_order(&o->records[mid]->now, epoch, sequence) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct record *
mem_find(const struct outbox_mem *o, uint64_t epoch, uint64_t sequence)
{
	size_t at = mem_lower_bound(o, epoch, sequence);

	if (at == o->n || o->records[at]->gone ||
	    mem_order(&o->records[at]->now, epoch, sequence) != 0)
		return NULL;
	return o->records[at];
}

static struct record *
record_new(const struct outbox_sale *sale, unsigned log)
{
	struct record *r = calloc(1, sizeof(*r));
	uint8_t *copy = malloc(sale->message.n > 0 ? sale->message.n : 1);

	if (r == NULL || copy == NULL) {
		free(r);
		free(copy);
		return NULL;
	}
	if (sale->message.n > 0)
		memcpy(copy, sale->message.p, sale->message.n);
	r->now = *sale;
	r->now.message = BYTES(copy, sale->message.n);
	r->synced = r->now;
	r->log = r->log_synced = log;
	return r;
}

enum kas_err
mem_append(struct outbox_mem *o, const struct outbox_sale *sale)
{
	struct record *r;

	if (make_room(&o->records, o->n, &o->cap) != KAS_OK)
		return KAS_NOMEM;
	r = record_new(sale, o->log);
	if (r == NULL)
		return KAS_NOMEM;
	o->records[o->n++] = r;
	o->newest_epoch = sale->epoch;
	o->newest_sequence = sale->sequence;
	o->last = sale->hash;
	mem_sync(o);
	return KAS_OK;
}

void
mem_free(struct outbox_mem *o)
{
	size_t i;

	for (i = o->first; i < o->n; i++)
		record_free(o->records[i]);
	free(o->records);
	free(o->dirty);
	buf_fini(&o->checkpoint.now);
	buf_fini(&o->checkpoint.synced);
	buf_fini(&o->cosigned.now);
	buf_fini(&o->cosigned.synced);
	free(o);
}
