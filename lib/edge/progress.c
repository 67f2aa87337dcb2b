#include "edge/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define EVERY_US 100000u
#define BAR_WIDTH 30

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

void
progress_init(struct progress *p, const char *what, const char *unit, uint64_t total)
{
	*p = (struct progress){ .what = what, .unit = unit, .total = total,
		.shown = isatty(STDERR_FILENO), .began_us = now_us() };
}

static void
draw(const struct progress *p, uint64_t done, uint64_t now)
{
	uint64_t rate = now > p->began_us ? done * 1000000u / (now - p->began_us) : 0;
	unsigned filled, percent;
	char bar[BAR_WIDTH + 1];

	if (p->total == 0) {
		fprintf(stderr, "\r%s %" PRIu64 " %s, %" PRIu64 "/s\033[K", p->what, done, p->unit,
		    rate);
		return;
	}
	if (done > p->total)
		done = p->total;
	filled = (unsigned)((double)done / (double)p->total * BAR_WIDTH);
	percent = (unsigned)((double)done / (double)p->total * 100);
	for (unsigned i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r%s [%s] %3u %%  %" PRIu64 " of %" PRIu64 " %s, %" PRIu64 "/s\033[K",
	    p->what, bar, percent, done, p->total, p->unit, rate);
}

void
progress_set(struct progress *p, uint64_t done)
{
	uint64_t now;

	if (!p->shown)
		return;
	now = now_us();
	if (now - p->drawn_us < EVERY_US)
		return;
	p->drawn_us = now;
	draw(p, done, now);
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->shown && p->drawn_us != 0)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
