#include "terminal/note_cache.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 64

struct slot {
	struct buf note;
	struct pubkey log_key, witness_key;
	bool witnessed, used;
	struct checkpoint at;
};

struct note_cache {
	struct slot slots[SLOTS];
	unsigned newest;		/* the last one filled */
	uint64_t checks;
};

enum kas_err
note_cache_open(struct note_cache **ret)
{
	struct note_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return KAS_NOMEM;
	*ret = c;
	return KAS_OK;
}

void
note_cache_close(struct note_cache *c)
{
	unsigned i;

	if (c == NULL)
		return;
	for (i = 0; i < SLOTS; i++)
		buf_fini(&c->slots[i].note);
	free(c);
}

static bool
slot_has(const struct slot *s, struct bytes note, const struct vkey *log,
    const struct vkey *witness)
{
	return s->used && s->witnessed == (witness != NULL) &&
	    memcmp(s->log_key.b, log->key.b, KEY_LEN) == 0 &&
	    strcmp(s->at.origin, log->name) == 0 &&
	    (witness == NULL || memcmp(s->witness_key.b, witness->key.b, KEY_LEN) == 0) &&
	    bytes_equal(buf_bytes(&s->note), note);
}

/* The newest first: what many acks share arrived a moment ago. */
static const struct slot *
find(const struct note_cache *c, struct bytes note, const struct vkey *log,
    const struct vkey *witness)
{
	unsigned i;

	for (i = 0; i < SLOTS; i++) {
		const struct slot *s = &c->slots[(c->newest + SLOTS - i) % SLOTS];

		if (slot_has(s, note, log, witness))
			return s;
	}
	return NULL;
}

static void
remember(struct note_cache *c, struct bytes note, const struct vkey *log,
    const struct vkey *witness, const struct checkpoint *at)
{
	struct slot *s;

	c->newest = (c->newest + 1) % SLOTS;
	s = &c->slots[c->newest];
	buf_reset(&s->note);
	buf_add(&s->note, note.p, note.n);
	s->log_key = log->key;
	s->witnessed = witness != NULL;
	if (witness != NULL)
		s->witness_key = witness->key;
	s->at = *at;
	s->used = !s->note.failed;
}

enum kas_err
note_cache_checkpoint(struct note_cache *c, struct bytes note, const struct vkey *log,
    const struct vkey *witness, struct checkpoint *ret, struct kas_why *why)
{
	const struct slot *s = find(c, note, log, witness);
	struct checkpoint at;
	enum kas_err err;

	if (s != NULL) {
		*ret = s->at;
		return KAS_OK;
	}
	c->checks++;
	err = witness != NULL ? checkpoint_open_cosigned(note, log, witness, &at, NULL, why)
			      : checkpoint_open(note, log, &at, why);
	if (err != KAS_OK)
		return err;
	remember(c, note, log, witness, &at);
	*ret = at;
	return KAS_OK;
}

uint64_t
note_cache_checks(const struct note_cache *c)
{
	return c->checks;
}
