/* outbox_mem.c - sales in a growing array, in the order of their sequences.
 *
 * Each record has two faces: what a reader sees, and what a power cut would leave.  Records
 * that differ are listed in `dirty`; a sync makes the second face equal to the first. */
#include "terminal/outbox_mem.h"

#include <stdlib.h>
#include <string.h>

struct record {
	struct outbox_sale now, synced;	/* message shared, owned by `now` */
	bool gone, gone_synced;		/* pruned */
	bool dirty;
	unsigned log, log_synced;
};

struct note_pair {
	struct buf now, synced;
};

struct outbox_mem {
	struct record **records;
	size_t n, cap;
	size_t first;			/* records before it are gone for good, freed */
	size_t waiting_from;		/* none before it is MADE */
	struct record **dirty;
	size_t n_dirty, cap_dirty;
	struct note_pair checkpoint, cosigned;
	unsigned log, log_synced;
	uint64_t newest_epoch, newest_sequence;	/* survive pruning */
	struct hash last;
	uint64_t evidence;
	enum kas_err fail;
	bool forgets_durable;
};

enum kas_err
outbox_mem_open(struct outbox_mem **ret)
{
	struct outbox_mem *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return KAS_NOMEM;
	*ret = o;
	return KAS_OK;
}

static void
record_free(struct record *r)
{
	if (r != NULL)
		free((uint8_t *)r->now.message.p);
	free(r);
}

void
outbox_mem_close(struct outbox_mem *o)
{
	size_t i;

	if (o == NULL)
		return;
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

void
outbox_mem_fail(struct outbox_mem *o, enum kas_err err)
{
	o->fail = err;
}

void
outbox_mem_forget_durable(struct outbox_mem *o)
{
	o->forgets_durable = true;
}

uint64_t
outbox_mem_evidence(const struct outbox_mem *o)
{
	return o->evidence;
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

static void
sync_all(struct outbox_mem *o)
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
outbox_mem_crash(struct outbox_mem *o)
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

static enum kas_err
touch(struct outbox_mem *o, struct record *r)
{
	if (r->dirty)
		return KAS_OK;
	if (make_room(&o->dirty, o->n_dirty, &o->cap_dirty) != KAS_OK)
		return KAS_NOMEM;
	o->dirty[o->n_dirty++] = r;
	r->dirty = true;
	return KAS_OK;
}

static int
order(const struct outbox_sale *a, uint64_t epoch, uint64_t sequence)
{
	if (a->epoch != epoch)
		return a->epoch < epoch ? -1 : 1;
	if (a->sequence != sequence)
		return a->sequence < sequence ? -1 : 1;
	return 0;
}

/* The first record at or behind (EPOCH, SEQUENCE). */
static size_t
lower_bound(const struct outbox_mem *o, uint64_t epoch, uint64_t sequence)
{
	size_t lo = o->first, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (order(&o->records[mid]->now, epoch, sequence) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct record *
find(const struct outbox_mem *o, uint64_t epoch, uint64_t sequence)
{
	size_t at = lower_bound(o, epoch, sequence);

	if (at == o->n || o->records[at]->gone || order(&o->records[at]->now, epoch, sequence) != 0)
		return NULL;
	return o->records[at];
}

static enum kas_err
mem_head(void *ctx, struct arena *a, struct outbox_head *ret)
{
	struct outbox_mem *o = ctx;
	struct outbox_head head = {
		.epoch = o->newest_epoch,
		.sequence = o->newest_sequence,
		.last = o->last,
	};
	size_t i;

	if (!arena_copy(a, buf_bytes(&o->checkpoint.now), &head.checkpoint) ||
	    !arena_copy(a, buf_bytes(&o->cosigned.now), &head.cosigned))
		return KAS_NOMEM;
	for (i = o->first; i < o->n; i++)
		if (!o->records[i]->gone)
			head.count[o->records[i]->now.state]++;
	*ret = head;
	return KAS_OK;
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

static enum kas_err
mem_put(void *ctx, const struct outbox_sale *sale)
{
	struct outbox_mem *o = ctx;
	struct record *r;

	if (o->fail != KAS_OK)
		return o->fail;
	if (o->newest_epoch > sale->epoch ||
	    (o->newest_epoch == sale->epoch && o->newest_sequence >= sale->sequence))
		return KAS_EXISTS;
	if (make_room(&o->records, o->n, &o->cap) != KAS_OK)
		return KAS_NOMEM;
	r = record_new(sale, o->log);
	if (r == NULL)
		return KAS_NOMEM;
	o->records[o->n++] = r;
	o->newest_epoch = sale->epoch;
	o->newest_sequence = sale->sequence;
	o->last = sale->hash;
	sync_all(o);
	return KAS_OK;
}

static enum kas_err
mem_waiting(void *ctx, uint64_t epoch, uint64_t sequence, size_t max, size_t max_bytes,
    struct arena *a, struct outbox_sale *ret, size_t *ret_n)
{
	struct outbox_mem *o = ctx;
	size_t i, n = 0, bytes = 0;

	if (o->waiting_from < o->first)
		o->waiting_from = o->first;	/* those before are freed */
	while (o->waiting_from < o->n && (o->records[o->waiting_from]->gone ||
					     o->records[o->waiting_from]->now.state != OUTBOX_MADE))
		o->waiting_from++;
	i = lower_bound(o, epoch, sequence);
	if (i < o->waiting_from)
		i = o->waiting_from;
	for (; i < o->n && n < max; i++) {
		const struct record *r = o->records[i];

		if (r->gone || r->now.state != OUTBOX_MADE ||
		    order(&r->now, epoch, sequence) == 0)
			continue;
		bytes += r->now.message.n;
		if (n > 0 && bytes > max_bytes)
			break;
		ret[n] = r->now;
		if (!arena_copy(a, r->now.message, &ret[n].message))
			return KAS_NOMEM;
		n++;
	}
	*ret_n = n;
	return KAS_OK;
}

static void
apply_mark(struct outbox_mem *o, struct record *r, const struct outbox_mark *m)
{
	r->now.state = m->state;
	r->now.status = m->status;
	r->now.index = m->index;
	r->now.leaf = m->leaf;
	r->log = o->log;
	r->gone = o->forgets_durable && m->state == OUTBOX_DURABLE;
}

static enum kas_err
mem_mark(void *ctx, const struct outbox_mark *marks, size_t n, struct bytes checkpoint)
{
	struct outbox_mem *o = ctx;
	size_t i;

	if (o->fail != KAS_OK)
		return o->fail;
	for (i = 0; i < n; i++) {
		struct record *r = find(o, marks[i].epoch, marks[i].sequence);

		if (r != NULL && touch(o, r) != KAS_OK)
			return KAS_NOMEM;
	}
	for (i = 0; i < n; i++) {
		struct record *r = find(o, marks[i].epoch, marks[i].sequence);

		if (r != NULL)
			apply_mark(o, r, &marks[i]);
	}
	if (checkpoint.n > 0) {
		buf_reset(&o->checkpoint.now);
		buf_add(&o->checkpoint.now, checkpoint.p, checkpoint.n);
	}
	return KAS_OK;
}

/* Change every record that CHOSEN picks; how many is *RET_N. */
static enum kas_err
change(struct outbox_mem *o, bool (*chosen)(const struct outbox_mem *, const struct record *,
    uint64_t), uint64_t arg, void (*act)(struct outbox_mem *, struct record *), size_t *ret_n)
{
	size_t i, n = 0;

	if (o->fail != KAS_OK)
		return o->fail;
	for (i = o->first; i < o->n; i++) {
		struct record *r = o->records[i];

		if (r->gone || !chosen(o, r, arg))
			continue;
		if (touch(o, r) != KAS_OK)
			return KAS_NOMEM;
		act(o, r);
		n++;
	}
	*ret_n = n;
	return KAS_OK;
}

static bool
is_below(const struct outbox_mem *o, const struct record *r, uint64_t size)
{
	return r->now.state == OUTBOX_DURABLE && r->log == o->log && r->now.index < size;
}

static void
make_witnessed(struct outbox_mem *o, struct record *r)
{
	(void)o;
	r->now.state = OUTBOX_WITNESSED;
}

static enum kas_err
mem_witness(void *ctx, uint64_t size, struct bytes cosigned, size_t *ret_n)
{
	struct outbox_mem *o = ctx;
	enum kas_err err = change(o, is_below, size, make_witnessed, ret_n);

	if (err != KAS_OK)
		return err;
	buf_reset(&o->cosigned.now);
	buf_add(&o->cosigned.now, cosigned.p, cosigned.n);
	return KAS_OK;
}

static enum kas_err
mem_prune(void *ctx, enum outbox_state state, int64_t made_us, size_t *ret_n)
{
	struct outbox_mem *o = ctx;
	size_t i, n = 0;

	if (o->fail != KAS_OK)
		return o->fail;
	for (i = o->first; i < o->n; i++) {
		struct record *r = o->records[i];

		if (r->gone || r->now.state != state || r->now.made_us >= made_us)
			continue;
		if (touch(o, r) != KAS_OK)
			return KAS_NOMEM;
		r->gone = true;
		n++;
	}
	*ret_n = n;
	return KAS_OK;
}

static bool
is_rejected(const struct outbox_mem *o, const struct record *r, uint64_t arg)
{
	(void)o;
	(void)arg;
	return r->now.state == OUTBOX_REJECTED;
}

static void
make_made(struct outbox_mem *o, struct record *r)
{
	r->now.state = OUTBOX_MADE;
	r->now.status = 0;
	o->waiting_from = o->first;
}

static enum kas_err
mem_retry(void *ctx, size_t *ret_n)
{
	return change(ctx, is_rejected, 0, make_made, ret_n);
}

static bool
is_beyond(const struct outbox_mem *o, const struct record *r, uint64_t size)
{
	return (r->now.state == OUTBOX_DURABLE || r->now.state == OUTBOX_CONFLICT ||
		   r->now.state == OUTBOX_WITNESSED) &&
	    r->log == o->log && r->now.index >= size;
}

static enum kas_err
mem_begin_log(void *ctx, uint64_t size, bool held, size_t *ret_demoted)
{
	struct outbox_mem *o = ctx;
	size_t i, settled;
	enum kas_err err = change(o, is_beyond, size, make_made, ret_demoted);

	if (err == KAS_OK && held)
		err = change(o, is_below, size, make_witnessed, &settled);
	if (err != KAS_OK)
		return err;
	for (i = o->first; i < o->n; i++)
		o->records[i]->now.made_size = o->records[i]->synced.made_size = 0;
	o->log++;
	buf_reset(&o->checkpoint.now);
	buf_reset(&o->cosigned.now);
	sync_all(o);
	return KAS_OK;
}

static enum kas_err
mem_keep_evidence(void *ctx, int64_t wall_us, struct bytes held, struct bytes shown,
    const char *text)
{
	struct outbox_mem *o = ctx;

	(void)wall_us;
	(void)held;
	(void)shown;
	(void)text;
	o->evidence++;
	return KAS_OK;
}

struct outbox_port
outbox_mem_port(struct outbox_mem *o)
{
	return (struct outbox_port){
		.head = mem_head,
		.put = mem_put,
		.waiting = mem_waiting,
		.mark = mem_mark,
		.witness = mem_witness,
		.prune = mem_prune,
		.retry = mem_retry,
		.begin_log = mem_begin_log,
		.keep_evidence = mem_keep_evidence,
		.ctx = o,
	};
}

void
outbox_mem_each(const struct outbox_mem *o,
    bool (*sale)(void *ctx, const struct outbox_sale *sale), void *ctx)
{
	size_t i;

	for (i = o->first; i < o->n; i++)
		if (!o->records[i]->gone && !sale(ctx, &o->records[i]->now))
			return;
}
