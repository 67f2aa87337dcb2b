/* outbox_mem.c - the outbox's contract over records in memory. */
#include "terminal/outbox_mem.h"

#include <stdio.h>
#include <stdlib.h>

#include "terminal/outbox_mem_records.h"

enum kas_err
outbox_mem_open(struct outbox_mem **ret)
{
	struct outbox_mem *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return KAS_NOMEM;
	*ret = o;
	return KAS_OK;
}

void
outbox_mem_close(struct outbox_mem *o)
{
	if (o != NULL)
		mem_free(o);
}

void
outbox_mem_crash(struct outbox_mem *o)
{
	mem_forget_unsynced(o);
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
	    !arena_copy(a, buf_bytes(&o->cosigned.now), &head.cosigned) ||
	    !arena_copy(a, bytes_of_text(o->fork), &head.fork))
		return KAS_NOMEM;
	for (i = o->first; i < o->n; i++)
		if (!o->records[i]->gone)
			head.count[o->records[i]->now.state]++;
	*ret = head;
	return KAS_OK;
}

static enum kas_err
mem_put(void *ctx, const struct outbox_sale *sale)
{
	struct outbox_mem *o = ctx;

	if (o->fail != KAS_OK)
		return o->fail;
	if (o->newest_epoch > sale->epoch ||
	    (o->newest_epoch == sale->epoch && o->newest_sequence >= sale->sequence))
		return KAS_EXISTS;
	return mem_append(o, sale);
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
	i = mem_lower_bound(o, epoch, sequence);
	if (i < o->waiting_from)
		i = o->waiting_from;
	for (; i < o->n && n < max; i++) {
		const struct record *r = o->records[i];

		if (r->gone || r->now.state != OUTBOX_MADE ||
		    mem_order(&r->now, epoch, sequence) == 0)
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
		struct record *r = mem_find(o, marks[i].epoch, marks[i].sequence);

		if (r != NULL && mem_touch(o, r) != KAS_OK)
			return KAS_NOMEM;
	}
	for (i = 0; i < n; i++) {
		struct record *r = mem_find(o, marks[i].epoch, marks[i].sequence);

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
		if (mem_touch(o, r) != KAS_OK)
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

		if (r->gone || r->now.state != state ||
		    (made_us != INT64_MAX && (!r->now.made_sure || r->now.made_us >= made_us)))
			continue;
		if (mem_touch(o, r) != KAS_OK)
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
	o->fork[0] = '\0';
	buf_reset(&o->checkpoint.now);
	buf_reset(&o->cosigned.now);
	mem_sync(o);
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
	if (o->fail != KAS_OK)
		return o->fail;
	snprintf(o->fork, sizeof(o->fork), "%s", text);
	o->evidence++;
	mem_sync(o);
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
