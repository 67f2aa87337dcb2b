#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_US (10 * MS)
#define SLICE_EVENTS_MAX 3000u

struct event {
	uint64_t at, seq;
	void (*act)(void *ctx, void *what);
	void *ctx, *what;
};

uint64_t
prng_next(struct prng *p)
{
	uint64_t z = (p->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
prng_below(struct prng *p, uint64_t n)
{
	kas_assert(n > 0);
	return prng_next(p) % n;
}

uint64_t
prng_between(struct prng *p, uint64_t lo, uint64_t hi)
{
	return lo + prng_below(p, hi - lo + 1);
}

bool
prng_chance(struct prng *p, unsigned per_mille)
{
	return prng_below(p, 1000) < per_mille;
}

void
prng_fill(void *prng, uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(prng_next(prng) >> 32);
}

struct prng
prng_split(struct prng *p)
{
	return (struct prng){ prng_next(p) };
}

void
world_init(struct world *w, uint64_t seed, bool tracing)
{
	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->prng.state = seed;
	w->tracing = tracing;
	w->day_us = 24 * 60 * MINUTE;	/* as anywhere else */
	w->day_us = (uint64_t)86400 * SECOND;	/* unless days are to go by faster */
	w->trace_hash = 0xcbf29ce484222325u;	/* FNV-1a's offset basis */
	arena_init(&w->arena, 0);
}

void
world_fini(struct world *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->heap[i].what);
	free(w->heap);
	arena_fini(&w->arena);
}

static bool
is_before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void
swap(struct event *a, struct event *b)
{
	struct event t = *a;

	*a = *b;
	*b = t;
}

void
world_after(struct world *w, uint64_t delay_us, void (*act)(void *ctx, void *what),
    void *ctx, void *take_what)
{
	size_t i = w->n;

	sim_reserve((void **)&w->heap, w->n, &w->cap, sizeof(*w->heap));
	w->heap[w->n++] = (struct event){ w->now + delay_us, w->next_seq++, act, ctx, take_what };
	for (; i > 0 && is_before(&w->heap[i], &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&w->heap[i], &w->heap[(i - 1) / 2]);
}

static struct event
take_first(struct world *w)
{
	struct event first = w->heap[0];
	size_t i = 0, child;

	w->heap[0] = w->heap[--w->n];
	while ((child = 2 * i + 1) < w->n) {
		if (child + 1 < w->n && is_before(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (!is_before(&w->heap[child], &w->heap[i]))
			break;
		swap(&w->heap[i], &w->heap[child]);
		i = child;
	}
	return first;
}

/* A node that asks to be woken again and again for nothing would heat the shop. */
static void
count_event(struct world *w)
{
	w->events++;
	if (w->slice != w->now / SLICE_US) {
		w->slice = w->now / SLICE_US;
		w->slice_events = 0;
	}
	if (++w->slice_events > SLICE_EVENTS_MAX)
		world_fail(w, "somebody is busy for nothing: %u events in %llu ms",
		    SLICE_EVENTS_MAX, (unsigned long long)(SLICE_US / MS));
}

bool
world_step(struct world *w, uint64_t until)
{
	struct event e;

	if (w->failed || w->n == 0 || w->heap[0].at > until)
		return false;
	e = take_first(w);
	kas_assert(e.at >= w->now);
	w->now = e.at;
	count_event(w);
	e.act(e.ctx, e.what);
	free(e.what);
	return true;
}

static void
trace_text(struct world *w, const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		w->trace_hash = (w->trace_hash ^ (uint8_t)line[i]) * 0x100000001b3u;
	w->trace_lines++;
	if (w->tracing)
		printf("%.*s\n", (int)n, line);
}

void
world_trace(struct world *w, const char *who, const char *fmt, ...)
{
	char line[600];
	va_list ap;
	int n, m;

	n = snprintf(line, sizeof(line), "%12.6f %-10s ", (double)w->now / 1e6, who);
	va_start(ap, fmt);
	m = vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	n += m;
	trace_text(w, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

void
world_fail(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->failed)
		return;
	w->failed = true;
	va_start(ap, fmt);
	vsnprintf(w->reason, sizeof(w->reason), fmt, ap);
	va_end(ap);
	world_trace(w, "ORACLE", "%s", w->reason);
}

struct bytes
world_keep(struct world *w, struct bytes b)
{
	struct bytes kept = BYTES_NONE;

	if (!arena_copy(&w->arena, b, &kept))
		abort();
	return kept;
}

void *
sim_alloc(size_t n)
{
	void *p = calloc(1, n);

	if (p == NULL)
		abort();
	return p;
}

void
sim_reserve(void **array, size_t n, size_t *cap, size_t element)
{
	if (n < *cap)
		return;
	*cap = *cap == 0 ? 64 : *cap * 2;
	*array = realloc(*array, *cap * element);
	if (*array == NULL)
		abort();
}
