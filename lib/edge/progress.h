/* progress.h - a bar on stderr, where stderr is a terminal; nothing elsewhere. */
#ifndef KASIR_EDGE_PROGRESS_H
#define KASIR_EDGE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what;	/* "Verifying"; borrowed */
	const char *unit;	/* "entries" */
	uint64_t total;		/* 0: not known */
	bool shown;		/* stderr is a terminal */
	uint64_t began_us, drawn_us;
};

void progress_init(struct progress *p, const char *what, const char *unit, uint64_t total);
/* Cheap: draws at most ten times a second. */
void progress_set(struct progress *p, uint64_t done);
/* Take the bar away, so that what follows begins on a clean line. */
void progress_end(struct progress *p);

#endif
