/* peers.c - terminals as conversation partners, sorted by name. */
#include "daemon/store/engine_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where TERMINAL stands, or would stand. */
static size_t
place_of(const struct peers *p, const char *terminal)
{
	size_t low = 0, high = p->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(p->slots[mid]->terminal, terminal) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct peer *
peers_find(const struct peers *p, const char *terminal)
{
	size_t at = place_of(p, terminal);

	if (at < p->n && strcmp(p->slots[at]->terminal, terminal) == 0)
		return p->slots[at];
	return NULL;
}

struct peer *
peers_get(struct peers *p, const char *terminal)
{
	struct peer *peer = peers_find(p, terminal);
	struct peer **more;
	size_t at, cap;

	if (peer != NULL)
		return peer;
	if (p->n == p->cap) {
		cap = p->cap == 0 ? 16 : 2 * p->cap;
		more = realloc(p->slots, cap * sizeof *more);
		if (more == NULL)
			return NULL;
		p->slots = more;
		p->cap = cap;
	}
	peer = calloc(1, sizeof *peer);
	if (peer == NULL)
		return NULL;
	snprintf(peer->terminal, sizeof peer->terminal, "%s", terminal);
	at = place_of(p, terminal);
	memmove(p->slots + at + 1, p->slots + at, (p->n - at) * sizeof *p->slots);
	p->slots[at] = peer;
	p->n++;
	return peer;
}

void
peers_forget_links(struct peers *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		p->slots[i]->linked = 0;
		p->slots[i]->asked = 0;
		p->slots[i]->answer_due = false;
		p->slots[i]->replies = NULL;
	}
}

void
peers_drop_answers(struct peers *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		p->slots[i]->answer_due = false;
		p->slots[i]->replies = NULL;
	}
}

void
peers_fini(struct peers *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		free(p->slots[i]);
	free(p->slots);
	*p = (struct peers){ 0 };
}
