/* restore.c - another ledger follows on the one that was. */
#include <string.h>

#include "terminal/inner.h"

static enum kas_err
check_grant(struct session *s, uint64_t size, const struct hash *root)
{
	if (s->held.there && s->held.at.size == size && !hash_equal(&s->held.at.root, root))
		return KAS_FORK;
	return KAS_OK;
}

enum kas_err
session_begin_epoch(struct session *s, const struct vkey *store_key, uint64_t size,
    const struct hash *root, bool held)
{
	struct outbox_head head = { 0 };
	size_t demoted = 0;
	struct clock_reading t;
	enum kas_err err = check_grant(s, size, root);

	session_read_clock(s, &t);
	if (err != KAS_OK)
		return err;
	err = s->ports.outbox.begin_log(s->ports.outbox.ctx, size, held, &demoted);
	if (err != KAS_OK)
		return err;
	arena_reset(&s->arena);
	err = s->ports.outbox.head(s->ports.outbox.ctx, &s->arena, &head);
	if (err != KAS_OK) {
		s->failed = true;
		return err;
	}
	memcpy(s->count, head.count, sizeof(s->count));
	s->config.store_key = *store_key;
	known_forget(&s->held);
	known_forget(&s->cosigned);
	known_forget(&s->candidate);
	s->forked = s->refused = s->holding = false;
	s->reason[0] = '\0';
	s->newest_refusal_us = INT64_MIN;
	s->newest_notice = 0;
	session_again(s, 0);
	return KAS_OK;
}
