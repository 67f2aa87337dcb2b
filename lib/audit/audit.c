#include "audit/audit.h"
#include "audit/audit_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNKS_MAX 64u
#define STALE_US ((int64_t)24 * 3600 * 1000000)

/* Chunks on their way, a ring: read <= verified + slots, folded between the two. */
struct line {
	struct chunk *chunks[CHUNKS_MAX];
	unsigned slots;
	uint64_t read, folded, verified;	/* how many have passed the stage */
	uint64_t next;				/* first index not read yet */
	bool ended;
};

static struct chunk *
slot(struct line *l, uint64_t number)
{
	return l->chunks[number % l->slots];
}

/* OWNER/STORE/EPOCH: the store of an origin, for statements. */
static enum kas_err
take_store(struct audit *au)
{
	struct bytes rest = bytes_of_text(au->options->key->name), head, store;

	if (!text_cut(&rest, '/', &head) || !text_cut(&rest, '/', &store) || !text_is_name(store))
		return kas_fail(au->why, KAS_MALFORMED,
		    "the pinned key's name \"%.80s\" is not <operator>/<store>/<epoch>",
		    au->options->key->name);
	memcpy(au->store, store.p, store.n);
	au->store[store.n] = '\0';
	return KAS_OK;
}

static enum kas_err
take_head(struct audit *au)
{
	struct kas_why why;
	enum kas_err err;

	err = au->source->head(au->source->ctx, &au->arena, &au->head);
	if (err != KAS_OK)
		return kas_fail(au->why, err, "the ledger's head cannot be read: %s",
		    kas_err_text(err));
	err = checkpoint_open(au->head.checkpoint, au->options->key, &au->checkpoint, &why);
	au->checkpoint_good = err == KAS_OK;
	if (err != KAS_OK && (au->head.size > 0 || au->head.checkpoint.n > 0))
		findings_add(&au->report->findings, AUDIT_CHECKPOINT_SIGNATURE_INVALID, false,
		    au->head.size, "the newest checkpoint: %s", why.text);
	/* Whichever claims more is what must be there. */
	if (au->checkpoint_good && au->checkpoint.size > au->head.size)
		au->head.size = au->checkpoint.size;
	else if (au->checkpoint_good && au->checkpoint.size < au->head.size)
		findings_add(&au->report->findings, AUDIT_TREE_MISMATCH, false, au->checkpoint.size,
		    "the newest checkpoint covers only %" PRIu64 " of %" PRIu64 " entries",
		    au->checkpoint.size, au->head.size);
	au->report->size = au->head.size;
	return KAS_OK;
}

/* The rows from FIRST on one by one, up to the one that cannot be read. */
static enum kas_err
read_up_to_damage(struct audit *au, struct chunk *c, uint64_t first)
{
	enum kas_err err = KAS_OK;
	size_t n;

	for (c->n = 0; c->n < CHUNK_ROWS; c->n += n, first = c->rows[c->n - 1].index + 1) {
		n = 0;
		err = au->source->read(au->source->ctx, first, 1, CHUNK_BYTES, &c->arena,
		    &c->rows[c->n], &n);
		if (err != KAS_OK || n == 0)
			break;
	}
	if (err != KAS_CORRUPT && err != KAS_IO)
		return err;
	findings_add(&au->report->findings, AUDIT_PAGE_CORRUPT, false, first,
	    "entry %" PRIu64 " cannot be read: %s; nothing after it was checked", first,
	    err == KAS_CORRUPT ? "its page is damaged" : "the disk fails");
	au->unreadable = true;
	return KAS_OK;
}

static enum kas_err
read_chunk(struct audit *au, struct line *l, const struct audit_team *team)
{
	struct chunk *c = slot(l, l->read);
	uint64_t left = au->head.size - l->next;
	size_t max = left < CHUNK_ROWS ? (size_t)left : CHUNK_ROWS;
	enum kas_err err = KAS_OK;

	arena_reset(&c->arena);
	c->n = 0;
	if (max > 0)
		err = au->source->read(au->source->ctx, l->next, max, CHUNK_BYTES, &c->arena,
		    c->rows, &c->n);
	if (err == KAS_CORRUPT || err == KAS_IO)
		err = read_up_to_damage(au, c, l->next);
	if (err != KAS_OK)
		return kas_fail(au->why, err, "entry %" PRIu64 " cannot be read: %s", l->next,
		    kas_err_text(err));
	/* Rows past the head are of a moment after it. */
	while (c->n > 0 && c->rows[c->n - 1].index >= au->head.size)
		c->n--;
	l->ended = c->n == 0 || au->unreadable;
	if (c->n == 0)
		return KAS_OK;
	l->next = c->rows[c->n - 1].index + 1;
	c->task = (struct audit_task){ .run = examine_chunk };
	team->submit(team->ctx, &c->task);
	l->read++;
	return KAS_OK;
}

static enum kas_err
fold_chunk(struct audit *au, struct line *l, const struct audit_team *team)
{
	struct chunk *c = slot(l, l->folded);
	enum kas_err err = KAS_OK;

	team->wait(team->ctx, &c->task);
	for (size_t i = 0; i < c->n && err == KAS_OK; i++)
		err = fold_item(au, &c->items[i]);
	if (err != KAS_OK)
		return kas_fail(au->why, err, "entry %" PRIu64 ": %s", au->next, kas_err_text(err));
	c->task = (struct audit_task){ .run = verify_chunk };
	team->submit(team->ctx, &c->task);
	l->folded++;
	return KAS_OK;
}

static void
take_verified(struct audit *au, struct line *l, const struct audit_team *team)
{
	struct chunk *c = slot(l, l->verified);

	team->wait(team->ctx, &c->task);
	for (size_t i = 0; i < c->n; i++) {
		const struct item *it = &c->items[i];

		au->report->signatures += it->key != NULL;
		if (!it->genuine)
			findings_add(&au->report->findings, AUDIT_TERMINAL_SIGNATURE_INVALID, false,
			    it->index, "%s %" PRIu64 "/%" PRIu64 " is not what its terminal signed",
			    it->record->terminal, it->record->epoch, it->record->sequence);
	}
	l->verified++;
	if (au->options->progress != NULL)
		au->options->progress(au->options->progress_ctx,
		    c->n > 0 ? c->items[c->n - 1].index + 1 : 0, au->head.size);
}

/* Keep the team supplied: read while there is room, fold what has been read, and only
 * then wait for signatures, oldest first. */
static enum kas_err
run_line(struct audit *au, struct line *l, const struct audit_team *team)
{
	enum kas_err err = KAS_OK;

	while (err == KAS_OK && (!l->ended || l->verified < l->read)) {
		if (!l->ended && l->read - l->verified < l->slots &&
		    l->read - l->folded <= l->slots / 2)
			err = read_chunk(au, l, team);
		else if (l->folded < l->read)
			err = fold_chunk(au, l, team);
		else
			take_verified(au, l, team);
	}
	/* After an error, tasks that are under way still need their chunks. */
	for (; l->verified < l->read; l->verified++)
		team->wait(team->ctx, &slot(l, l->verified)->task);
	return err;
}

static enum kas_err
line_init(struct audit *au, struct line *l, unsigned width)
{
	unsigned slots = 2 * width + 4;

	*l = (struct line){ .slots = slots < CHUNKS_MAX ? slots : CHUNKS_MAX };
	for (unsigned i = 0; i < l->slots; i++) {
		l->chunks[i] = calloc(1, sizeof *l->chunks[i]);
		if (l->chunks[i] == NULL)
			return KAS_NOMEM;
		arena_init(&l->chunks[i]->arena, 0);
		l->chunks[i]->store = au->store;
	}
	return KAS_OK;
}

static void
line_fini(struct line *l)
{
	for (unsigned i = 0; i < l->slots; i++)
		if (l->chunks[i] != NULL) {
			arena_fini(&l->chunks[i]->arena);
			free(l->chunks[i]);
		}
}

static enum kas_err
read_all(struct audit *au, const struct audit_team *team)
{
	struct line l;
	enum kas_err err;

	err = line_init(au, &l, team->width);
	if (err == KAS_OK)
		err = run_line(au, &l, team);
	line_fini(&l);
	return err;
}

static enum kas_err
end(struct audit *au)
{
	struct audit_report *r = au->report;
	enum kas_err err;

	if (au->next < au->head.size && !au->unreadable)
		findings_add(&r->findings, AUDIT_TAIL_TRUNCATED, false, au->next,
		    "the ledger ends after %" PRIu64 " entries, the store has signed %" PRIu64,
		    au->next, au->head.size);
	err = fold_end(au);
	if (r->cosigned_size > 0 && r->cosigned_size < r->size && au->options->now_us != 0 &&
	    au->options->now_us - r->cosigned_us > STALE_US)
		findings_add(&r->findings, AUDIT_COSIGNATURE_STALE, true, r->cosigned_size,
		    "entries from %" PRIu64 " on wait for a cosignature, the newest is %" PRId64
		    " hours old", r->cosigned_size,
		    (au->options->now_us - r->cosigned_us) / 3600000000);
	return err == KAS_OK ? spine_end(au) : err;
}

static enum kas_err
run(struct audit *au, const struct audit_team *team)
{
	enum kas_err err;

	err = take_store(au);
	if (err == KAS_OK)
		err = snapshot_init(au);
	if (err == KAS_OK)
		err = take_head(au);
	if (err == KAS_OK)
		err = fold_init(au);
	if (err == KAS_OK)
		err = spine_init(au);
	if (err == KAS_OK)
		err = read_all(au, team);
	return err == KAS_OK ? end(au) : err;
}

enum kas_err
audit_run(const struct audit_source *source, const struct audit_team *team,
    const struct audit_options *options, struct audit_report *ret, struct kas_why *why)
{
	struct audit *au = calloc(1, sizeof *au);
	struct kas_why reason = { "" };
	enum kas_err err;

	if (au == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	*ret = (struct audit_report){ 0 };
	kasir__v1__grand_totals__init(&ret->totals);
	*au = (struct audit){ .source = source, .options = options, .report = ret,
		.why = &reason };
	arena_init(&au->arena, 0);
	arena_init(&au->scratch, 0);
	err = run(au, team);
	if (err != KAS_OK)
		kas_fail(why, err, "%s", reason.text[0] != '\0' ? reason.text : kas_err_text(err));
	spine_fini(au);
	fold_fini(au);
	arena_fini(&au->arena);
	arena_fini(&au->scratch);
	free(au);
	return err;
}

static void
submit_alone(void *ctx, struct audit_task *task)
{
	(void)ctx;
	task->run(task);
	task->done = true;
}

static void
wait_alone(void *ctx, struct audit_task *task)
{
	(void)ctx;
	kas_assert(task->done);
}

struct audit_team
audit_team_alone(void)
{
	return (struct audit_team){ submit_alone, wait_alone, 1, NULL };
}
