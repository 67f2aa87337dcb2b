/* open.c - a session begins with what its outbox remembers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/inner.h"

static enum kas_err
adopt_checkpoints(struct session *s, const struct outbox_head *head, struct kas_why *why)
{
	struct checkpoint at;
	enum kas_err err;

	if (head->checkpoint.n > 0) {
		err = note_cache_checkpoint(
		    s->cache, head->checkpoint, &s->config.store_key, NULL, &at, why);
		if (err != KAS_OK)
			return kas_fail(why, KAS_BADSIG,
			    "the outbox belongs to another ledger than %s",
			    s->config.store_key.name);
		known_set(&s->held, &at, head->checkpoint);
	}
	if (head->cosigned.n > 0 && s->held.there && s->config.hq != NULL &&
	    note_cache_checkpoint(s->cache, head->cosigned, &s->config.store_key, s->config.hq, &at,
		why) == KAS_OK)
		known_set(&s->cosigned, &at, head->cosigned);
	return s->held.note.failed || s->cosigned.note.failed ? KAS_NOMEM : KAS_OK;
}

static enum kas_err
adopt_outbox(struct session *s, struct kas_why *why)
{
	struct outbox_head head = { 0 };
	enum kas_err err;

	err = s->ports.outbox.head(s->ports.outbox.ctx, &s->arena, &head);
	if (err != KAS_OK)
		return kas_fail(why, err, "the outbox cannot be read: %s", kas_err_text(err));
	if (head.sequence > 0 && head.epoch > s->config.epoch)
		return kas_fail(why, KAS_RANGE,
		    "the outbox was used in epoch %llu, after epoch %llu",
		    (unsigned long long)head.epoch, (unsigned long long)s->config.epoch);
	s->last_known = head.sequence > 0;
	s->last = head.last;
	s->sequence = head.epoch == s->config.epoch ? head.sequence : 0;
	memcpy(s->count, head.count, sizeof(s->count));
	/* Switching it off and on must not be what makes it believe again. */
	if (head.fork.n > 0) {
		s->forked = true;
		snprintf(s->reason, sizeof(s->reason), "%.*s", (int)head.fork.n,
		    (const char *)head.fork.p);
	}
	return adopt_checkpoints(s, &head, why);
}

/* ORIGIN is <operator>/STORE/<ledger epoch>. */
static bool
names_store(const char *origin, const char *store)
{
	const char *epoch = strrchr(origin, '/');
	size_t n = strlen(store), before = epoch != NULL ? (size_t)(epoch - origin) : 0;

	return before > n + 1 && origin[before - n - 1] == '/' &&
	    memcmp(origin + before - n, store, n) == 0;
}

enum kas_err
session_check_keys(const char *store, const struct vkey *store_key, const struct vkey *hq,
    struct kas_why *why)
{
	if (store_key->type != KEY_ED25519 || !names_store(store_key->name, store))
		return kas_fail(why, KAS_MALFORMED, "%s is not the key of a ledger of store '%s'",
		    store_key->name, store);
	if (hq != NULL && hq->type != KEY_COSIGNATURE_V1)
		return kas_fail(why, KAS_MALFORMED, "%s is not the key of a witness: give the one that "
		    "headquarters cosigns with", hq->name);
	return KAS_OK;
}

static enum kas_err
adopt_config(struct session *s, const struct session_config *config, struct kas_why *why)
{
	if (!text_is_name(bytes_of_text(config->store)) ||
	    !text_is_name(bytes_of_text(config->terminal)))
		return kas_fail(why, KAS_MALFORMED, "'%s/%s' is no name of a store and terminal",
		    config->store, config->terminal);
	if (config->epoch == 0)
		return kas_fail(why, KAS_RANGE, "epochs count from 1");
	s->config = *config;
	snprintf(s->store, sizeof(s->store), "%s", config->store);
	snprintf(s->terminal, sizeof(s->terminal), "%s", config->terminal);
	snprintf(s->version, sizeof(s->version), "%s",
	    config->version != NULL ? config->version : "");
	if (config->hq != NULL) {
		s->hq = *config->hq;
		s->config.hq = &s->hq;
	}
	if (s->config.batch_max == 0 || s->config.batch_max > WIRE_BATCH_TRANSACTIONS_MAX)
		s->config.batch_max = WIRE_BATCH_TRANSACTIONS_MAX;
	if (s->config.resend_us == 0)
		s->config.resend_us = RESEND_US_DEFAULT;
	topic_format(TOPIC_TX, s->store, s->terminal, s->tx_topic);
	topic_format(TOPIC_ACK, s->store, s->terminal, s->ack_topic);
	topic_format(TOPIC_STATE, s->store, s->terminal, s->state_topic);
	topic_format(TOPIC_CHECKPOINT, s->store, "", s->checkpoint_topic);
	return KAS_OK;
}

enum kas_err
session_open(const struct session_config *config, const struct session_ports *ports,
    struct session **ret, struct kas_why *why)
{
	struct session *s = calloc(1, sizeof(*s));
	struct kas_why ignored;
	enum kas_err err;

	if (why == NULL)
		why = &ignored;
	if (s == NULL)
		return kas_fail(why, KAS_NOMEM, "no memory");
	arena_init(&s->arena, (size_t)4 * 1024 * 1024);
	s->ports = *ports;
	s->newest_refusal_us = INT64_MIN;
	err = adopt_config(s, config, why);
	if (err != KAS_OK)
		goto out;
	s->cache = config->cache;
	if (s->cache == NULL) {
		err = note_cache_open(&s->cache);
		if (err != KAS_OK)
			goto out;
		s->owns_cache = true;
	}
	err = adopt_outbox(s, why);
out:
	if (err != KAS_OK) {
		session_close(s);
		return err;
	}
	session_assert(s);
	*ret = s;
	return KAS_OK;
}

void
session_close(struct session *s)
{
	if (s == NULL)
		return;
	if (s->owns_cache)
		note_cache_close(s->cache);
	buf_fini(&s->held.note);
	buf_fini(&s->cosigned.note);
	buf_fini(&s->candidate.note);
	buf_fini(&s->out);
	arena_fini(&s->arena);
	free(s);
}
