/* history.c - checkpoints: those we issued, those others show us.
 *
 * A validly signed checkpoint of our own that we do not hold means that somebody put an
 * old copy back, or runs a second store with our key.  Signing on would make a second
 * history, so the engine stops (design: a restore begins a new ledger epoch). */
#include "daemon/store/engine_parts.h"

#include <stdio.h>

#include "base/defect.h"

/* Without headquarters nothing is cosigned: announce our own now and then. */
#define ANNOUNCE_US (5 * SECOND_US)
#define ANNOUNCE_AGAIN_US (60 * SECOND_US)

void
history_issued(struct engine *en, uint64_t size, struct bytes note)
{
	struct issued *i = &en->issued[en->issued_n % ISSUED_KEPT];

	i->size = size;
	i->note = hash_of(note);
	en->issued_n++;
}

static bool
was_issued(const struct engine *en, const struct hash *note, uint64_t *ret_size)
{
	size_t n = en->issued_n < ISSUED_KEPT ? en->issued_n : ISSUED_KEPT;
	size_t i, at;

	for (i = 1; i <= n; i++) {
		at = (en->issued_n - i) % ISSUED_KEPT;
		if (hash_equal(&en->issued[at].note, note)) {
			*ret_size = en->issued[at].size;
			return true;
		}
	}
	return false;
}

void
history_stand_still(struct engine *en)
{
	const char *terminal = en->evidence.terminal;
	char at[UTC_TEXT_MAX];

	utc_format(en->evidence.wall_us, at);
	engine_set_state(en, ENGINE_NEWER_HISTORY,
	    "%s%s%s showed, on %s, a checkpoint of ours of %llu entries that does not follow from "
	    "the %llu here: an older copy of the ledger is in place, or a second store uses its "
	    "key; nothing is signed until the ledger is restored",
	    terminal[0] != '\0' ? "terminal \"" : "", terminal[0] != '\0' ? terminal :
	    "headquarters", terminal[0] != '\0' ? "\"" : "", at,
	    (unsigned long long)en->evidence_size, (unsigned long long)en->durable);
}

/* E, of SIZE entries, shows another history of ours.  The first such stands: it goes to the
 * disk, so that no restart forgets it, and nothing is signed from then on.  One that comes
 * from the disk goes there again: the log may hold it without ever having been synced. */
static void
take_evidence(struct engine *en, const struct store_evidence *e, uint64_t size)
{
	if (en->newer)
		return;
	en->newer = true;
	en->evidence = *e;
	en->evidence_size = size;
	buf_reset(&en->evidence_note);
	buf_add(&en->evidence_note, e->note.p, e->note.n);
	en->evidence.note = buf_bytes(&en->evidence_note);
	en->evidence_unsaved = !en->evidence_note.failed && !DEFECT(EVIDENCE_NOT_KEPT);
	history_stand_still(en);
	uplink_stop(en);
}

/* C was validly signed with our key, in E's note: do we hold it? */
static enum kas_err
compare(struct engine *en, const struct checkpoint *c, const struct store_evidence *e)
{
	struct hash root;
	enum kas_err err;

	if (c->size <= en->durable) {
		err = tree_root(en->tree, c->size, &root);
		if (err != KAS_OK)
			return err;
		if (hash_equal(&root, &c->root))
			return KAS_OK;
	}
	if (DEFECT(NEWER_HISTORY_IGNORED))
		return KAS_NOTFOUND;
	take_evidence(en, e, c->size);
	return KAS_FORK;
}

/* NOTE as TERMINAL (NULL: headquarters) shows it now. */
static struct store_evidence
shown(const struct engine *en, const char *terminal, struct bytes note)
{
	struct store_evidence e = { .note = note, .wall_us = engine_now(en).wall_us };

	snprintf(e.terminal, sizeof e.terminal, "%s", terminal != NULL ? terminal : "");
	return e;
}

enum kas_err
history_recall(struct engine *en, const struct store_evidence *e, struct kas_why *why)
{
	struct checkpoint c;
	enum kas_err err;

	if (e->note.n == 0)
		return KAS_OK;
	err = checkpoint_open(e->note, signer_vkey(en->config.signer), &c, why);
	if (err != KAS_OK) {
		kas_why_prefix(why, "the checkpoint that is kept as evidence");
		return KAS_CORRUPT;
	}
	err = compare(en, &c, e);
	return err == KAS_FORK || err == KAS_NOTFOUND ? KAS_OK : err;
}

enum kas_err
history_check(struct engine *en, const char *terminal, struct bytes note, uint64_t *ret_size)
{
	struct store_evidence e;
	struct checkpoint c;
	struct hash h;
	uint64_t size = 0;
	enum kas_err err;

	*ret_size = 0;
	if (note.n == 0)
		return KAS_OK;
	if (note.n > NOTE_MAX) {
		en->count.checkpoints_unreadable++;
		return KAS_OK;
	}
	h = hash_of(note);
	if (was_issued(en, &h, ret_size))
		return KAS_OK;
	if (checkpoint_open(note, signer_vkey(en->config.signer), &c, NULL) != KAS_OK) {
		en->count.checkpoints_unreadable++;
		return KAS_OK;
	}
	size = c.size;
	e = shown(en, terminal, note);
	err = compare(en, &c, &e);
	if (err == KAS_OK) {
		history_issued(en, size, note);
		*ret_size = size;
	}
	return err == KAS_NOTFOUND ? KAS_OK : err;
}

enum kas_err
history_take_cosigned(struct engine *en, const char *terminal, struct bytes note,
    uint64_t *ret_size)
{
	struct checkpoint c;
	struct clock_reading now = engine_now(en);
	struct store_evidence e = shown(en, terminal, note);
	enum kas_err err;

	*ret_size = 0;
	if (!en->has_hq || note.n == 0)
		return KAS_NOTFOUND;
	err = checkpoint_open_cosigned(note, signer_vkey(en->config.signer), &en->hq, &c, NULL,
	    NULL);
	if (err != KAS_OK)
		return err;
	err = compare(en, &c, &e);
	if (err != KAS_OK)
		return err;
	*ret_size = c.size;
	if (c.size > en->cosigned_size || en->cosigned.n == 0) {
		buf_reset(&en->cosigned);
		buf_add(&en->cosigned, note.p, note.n);
		en->cosigned_size = c.size;
		en->cosigned_wall_us = now.wall_us;
		if (!en->cosigned_unsaved)
			en->cosigned_unsaved_since = now.mono_us;
		en->cosigned_unsaved = true;
	}
	return KAS_OK;
}

static void
publish_notice(struct engine *en, struct bytes note, uint64_t size)
{
	Kasir__V1__CheckpointNotice n = KASIR__V1__CHECKPOINT_NOTICE__INIT;
	char topic[WIRE_TOPIC_MAX];

	n.checkpoint = proto_bytes(note);
	buf_reset(&en->out);
	proto_append(&en->out, &n.base);
	topic_format(TOPIC_CHECKPOINT, en->store, NULL, topic);
	if (en->out.failed || en->ports.bus.publish(en->ports.bus.ctx, topic,
	    buf_bytes(&en->out), true) != KAS_OK)
		return;
	en->announced_us = engine_now(en).mono_us;
	en->announced_size = size;
}

void
history_announce(struct engine *en)
{
	uint64_t now = engine_now(en).mono_us;

	if (en->has_hq) {
		if (en->cosigned_size > en->announced_size)
			publish_notice(en, buf_bytes(&en->cosigned), en->cosigned_size);
	} else if (en->durable > en->announced_size &&
	    (en->announced_size == 0 || now - en->announced_us >= ANNOUNCE_US)) {
		publish_notice(en, buf_bytes(&en->note), en->durable);
	}
}

/* What the broker acknowledges may still get lost on the way to a terminal that has nothing
 * else to hear in a quiet hour, and keeps its sales until it hears this. */
uint64_t
history_announce_due(const struct engine *en)
{
	uint64_t size = en->has_hq ? en->cosigned_size : en->durable;

	if (en->state != ENGINE_SERVING || !en->bus_connected || size == 0)
		return UINT64_MAX;
	return en->announced_us + ANNOUNCE_AGAIN_US;
}

void
history_announce_again(struct engine *en, uint64_t mono_us)
{
	if (history_announce_due(en) > mono_us)
		return;
	en->announced_size = 0;
	en->announced_us = mono_us;
	history_announce(en);
}
