/* spine.c - the tree made anew from the entries, held against stored tiles and against
 * every checkpoint that somebody signed. */
#include "audit/audit_parts.h"

#include <inttypes.h>
#include <string.h>

static enum kas_err
read_stored_tile(void *ctx, struct tile_id id, struct hash ret[TILE_WIDTH])
{
	struct audit *au = ctx;

	return au->source->read_tile(au->source->ctx, id, ret);
}

/* One past the newest: of a later moment, or an older note under a size that it is not of. */
static void
check_past_newest(struct audit *au)
{
	struct spine *s = &au->spine;
	struct checkpoint c;
	struct kas_why why;

	if (checkpoint_open(s->note, au->options->key, &c, &why) != KAS_OK ||
	    c.size != s->next_cosigned)
		findings_add(&au->report->findings, AUDIT_COSIGNATURE_INVALID, false,
		    s->next_cosigned, "what is kept as the cosigned checkpoint of %" PRIu64
		    " entries is not one", s->next_cosigned);
}

/* The next cosigned checkpoint of at least SIZE entries waits in the spine. */
static enum kas_err
await_cosigned(struct audit *au, uint64_t size)
{
	struct spine *s = &au->spine;
	enum kas_err err;

	s->next_cosigned = UINT64_MAX;
	if (s->past_newest)
		return KAS_OK;
	arena_reset(&s->notes);
	err = au->source->cosigned(au->source->ctx, size, &s->notes, &s->next_cosigned, &s->note);
	if (err == KAS_OK && s->next_cosigned <= s->last_cosigned)
		return KAS_OK;
	s->past_newest = true;
	if (err == KAS_OK)
		check_past_newest(au);
	s->next_cosigned = UINT64_MAX;
	return err == KAS_NOTFOUND ? KAS_OK : err;
}

/* A checkpoint from elsewhere counts when the store's key has signed it. */
static void
take_against(struct audit *au, struct bytes note)
{
	struct spine *s = &au->spine;
	struct checkpoint c;
	struct kas_why why;

	if (checkpoint_open(note, au->options->key, &c, &why) != KAS_OK) {
		findings_add(&au->report->findings, AUDIT_CHECKPOINT_SIGNATURE_INVALID, false, 0,
		    "the checkpoint to be held against: %s", why.text);
		return;
	}
	if (c.size > au->head.size) {
		findings_add(&au->report->findings, AUDIT_ROLLBACK, false, au->head.size,
		    "the store has signed a checkpoint of %" PRIu64 " entries, the ledger has %" PRIu64,
		    c.size, au->head.size);
		return;
	}
	s->against[s->n_against++] = (struct anchor){ c.size, c.root };
}

static enum kas_err
open_newest_cosigned(struct audit *au)
{
	struct checkpoint c;
	struct kas_why why;

	if (au->head.cosigned.n == 0)
		return KAS_OK;
	/* Where the newest is false, those below it still say something. */
	au->spine.last_cosigned = au->head.size;
	if (checkpoint_open(au->head.cosigned, au->options->key, &c, &why) != KAS_OK) {
		findings_add(&au->report->findings, AUDIT_COSIGNATURE_INVALID, false, au->head.size,
		    "the newest cosigned checkpoint: %s", why.text);
		return KAS_OK;
	}
	/* The row's own size is not signed; the note's is. */
	au->spine.last_cosigned = c.size;
	if (c.size > au->head.size)
		findings_add(&au->report->findings, AUDIT_ROLLBACK, false, au->head.size,
		    "a checkpoint of %" PRIu64 " entries is cosigned, the ledger has %" PRIu64,
		    c.size, au->head.size);
	return KAS_OK;
}

enum kas_err
spine_init(struct audit *au)
{
	struct tile_port port = { read_stored_tile, au };
	struct spine *s = &au->spine;
	enum kas_err err;

	s->alive = true;
	arena_init(&s->notes, 0);
	s->against = arena_alloc(&au->arena, (au->options->n_against + 1) * sizeof *s->against);
	err = s->against == NULL ? KAS_NOMEM : tree_open(&port, 0, NULL, &s->tree);
	if (err == KAS_OK)
		err = open_newest_cosigned(au);
	for (size_t i = 0; err == KAS_OK && i < au->options->n_against; i++)
		take_against(au, au->options->against[i]);
	return err != KAS_OK ? err : await_cosigned(au, 1);
}

void
spine_fini(struct audit *au)
{
	tree_close(au->spine.tree);
	arena_fini(&au->spine.notes);
}

/* How the 256 leaves made from entries differ from the stored ones. */
struct difference {
	unsigned first, n;
	bool permuted;
};

static struct difference
compare_leaves(const struct hash *made, const struct hash *stored)
{
	struct difference d = { TILE_WIDTH, 0, true };
	unsigned i, j;

	for (i = 0; i < TILE_WIDTH; i++) {
		if (hash_equal(&made[i], &stored[i]))
			continue;
		if (d.n++ == 0)
			d.first = i;
		for (j = 0; j < TILE_WIDTH; j++)
			if (!hash_equal(&made[j], &stored[j]) && hash_equal(&made[i], &stored[j]))
				break;
		d.permuted = d.permuted && j < TILE_WIDTH;
	}
	return d;
}

static void
suspect_leaves(struct audit *au, uint64_t n, const struct hash *made, const struct hash *stored)
{
	struct difference d = compare_leaves(made, stored);
	struct findings *f = &au->spine.suspects;
	uint64_t index = n * TILE_WIDTH + d.first;

	if (d.permuted)
		findings_add(f, AUDIT_ENTRY_REORDERED, false, index,
		    "%u entries stand in another order, the first is %" PRIu64, d.n, index);
	else if (d.first + 1 < TILE_WIDTH && hash_equal(&made[d.first], &stored[d.first + 1]))
		findings_add(f, AUDIT_ENTRY_MISSING, false, index,
		    "the entry that was %" PRIu64 " is gone and later ones have moved up", index);
	else
		findings_add(f, AUDIT_ENTRY_EDITED, false, index,
		    "%u of the entries from %" PRIu64 " on are not those whose hashes were stored",
		    d.n, index);
}

static enum kas_err
check_tile(struct audit *au, struct tile_id id, const struct hash made[TILE_WIDTH])
{
	struct hash stored[TILE_WIDTH];
	uint64_t first = id.n << 8 * (id.level + 1);
	enum kas_err err = read_stored_tile(au, id, stored);

	if (err == KAS_NOTFOUND || err == KAS_CORRUPT || err == KAS_MALFORMED) {
		findings_add(&au->report->findings, AUDIT_TREE_MISMATCH, false, first,
		    "tile %u/%" PRIu64 " is %s", id.level, id.n,
		    err == KAS_NOTFOUND ? "not there" : "damaged");
		return KAS_OK;
	}
	if (err != KAS_OK)
		return err;
	if (memcmp(stored, made, sizeof stored) == 0)
		return KAS_OK;
	if (id.level == 0)
		suspect_leaves(au, id.n, made, stored);
	else
		findings_add(&au->spine.suspects, AUDIT_TREE_MISMATCH, false, first,
		    "tile %u/%" PRIu64 " does not hold the hashes of what is below it", id.level,
		    id.n);
	return KAS_OK;
}

/* The root that was signed at SIZE follows from the entries: so what differed below it
 * are tiles. */
static void
vouch(struct audit *au, uint64_t size)
{
	const struct finding *f = findings_headline(&au->spine.suspects);

	au->spine.good = size;
	if (f == NULL)
		return;
	findings_add(&au->report->findings, AUDIT_TREE_MISMATCH, false, f->first,
	    "the entries give the signed root, but a stored tile about %" PRIu64 " differs",
	    f->first);
	au->spine.suspects.n = 0;
}

static enum kas_err
check_against(struct audit *au)
{
	struct spine *s = &au->spine;
	uint64_t size = tree_size(s->tree);
	struct hash root;
	enum kas_err err;

	for (size_t i = 0; i < s->n_against; i++) {
		if (s->against[i].size != size)
			continue;
		err = tree_root(s->tree, size, &root);
		if (err != KAS_OK)
			return err;
		if (hash_equal(&root, &s->against[i].root))
			vouch(au, size);
		else
			findings_add(&au->report->findings, AUDIT_FORK, false, s->good,
			    "the store has signed another history of %" PRIu64 " entries", size);
	}
	return KAS_OK;
}

static enum kas_err
check_cosigned(struct audit *au)
{
	const struct audit_options *o = au->options;
	struct spine *s = &au->spine;
	struct checkpoint c;
	struct kas_why why;
	struct hash root;
	uint64_t seconds = 0;
	enum kas_err err;

	err = o->hq != NULL ? checkpoint_open_cosigned(s->note, o->key, o->hq, &c, &seconds, &why)
	    : checkpoint_open(s->note, o->key, &c, &why);
	if (err == KAS_NOMEM)
		return err;
	if (err != KAS_OK || c.size != s->next_cosigned) {
		findings_add(&au->report->findings, AUDIT_COSIGNATURE_INVALID, false,
		    s->next_cosigned, "the checkpoint kept as cosigned at %" PRIu64 ": %s",
		    s->next_cosigned, err != KAS_OK ? why.text : "is of another size");
		return KAS_OK;
	}
	err = tree_root(s->tree, c.size, &root);
	if (err != KAS_OK)
		return err;
	if (!hash_equal(&root, &c.root)) {
		if (!s->has_bad_cosigned)
			s->bad_cosigned = c.size;
		s->has_bad_cosigned = true;
		return KAS_OK;
	}
	vouch(au, c.size);
	if (o->hq != NULL) {
		au->report->cosigned_size = c.size;
		au->report->cosigned_us = (int64_t)seconds * 1000000;
	}
	return KAS_OK;
}

enum kas_err
spine_append(struct audit *au, const struct hash *leaf)
{
	struct hash made[TILE_WIDTH];
	struct spine *s = &au->spine;
	struct tile_id id;
	enum kas_err err;

	if (!s->alive)
		return KAS_OK;
	err = tree_append(s->tree, leaf);
	while (err == KAS_OK && tree_size(s->tree) % TILE_WIDTH == 0 &&
	    tree_take_tile(s->tree, &id, made))
		err = check_tile(au, id, made);
	if (err == KAS_OK && s->n_against > 0)
		err = check_against(au);
	if (err != KAS_OK || tree_size(s->tree) < s->next_cosigned)
		return err;
	if (tree_size(s->tree) == s->next_cosigned)
		err = check_cosigned(au);
	return err != KAS_OK ? err : await_cosigned(au, tree_size(s->tree) + 1);
}

enum kas_err
spine_bridge(struct audit *au, uint64_t first, uint64_t past)
{
	struct hash stored[TILE_WIDTH];
	struct tile_id id = { 0, UINT64_MAX };
	enum kas_err err;

	for (; first < past && au->spine.alive; first++) {
		if (id.n != first / TILE_WIDTH) {
			id.n = first / TILE_WIDTH;
			err = read_stored_tile(au, id, stored);
			if (err == KAS_NOTFOUND || err == KAS_CORRUPT) {
				au->spine.alive = false;
				return KAS_OK;
			}
			if (err != KAS_OK)
				return err;
		}
		err = spine_append(au, &stored[first % TILE_WIDTH]);
		if (err != KAS_OK)
			return err;
	}
	return KAS_OK;
}

/* Nothing stored says which of the newest entries it is; what they say of each other may. */
static void
explain_tail(struct audit *au)
{
	struct findings *f = &au->report->findings;
	const struct finding *first = NULL;
	bool moved = false;

	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->list[i];

		if (x->remark || x->first < au->spine.good || x->first >= au->head.size ||
		    x->kind == AUDIT_TREE_MISMATCH)
			continue;
		moved = moved || x->kind == AUDIT_TERMINAL_CHAIN_BROKEN ||
		    x->kind == AUDIT_TERMINAL_SEQUENCE_GAP;
		if (first == NULL || x->first < first->first)
			first = x;
	}
	if (first != NULL && first->kind >= AUDIT_ENTRY_MISSING &&
	    first->kind <= AUDIT_ENTRY_EDITED)
		return;
	if (first != NULL)
		findings_add(f, moved ? AUDIT_ENTRY_REORDERED : AUDIT_ENTRY_EDITED, false,
		    first->first, "the signed root does not follow, and this is the first entry "
		    "that does not fit: %.90s", first->text);
	else
		findings_add(f, AUDIT_TREE_MISMATCH, false, au->spine.good,
		    "the entries from %" PRIu64 " to %" PRIu64 " do not give the root that was signed",
		    au->spine.good, au->head.size);
}

static void
judge_head(struct audit *au)
{
	struct findings *f = &au->report->findings;
	struct spine *s = &au->spine;
	bool holds = s->good == au->head.size;

	if (au->checkpoint_good && au->checkpoint.size == au->head.size)
		holds = hash_equal(&au->checkpoint.root, &au->report->root);
	if (holds)
		vouch(au, au->head.size);
	else if (s->suspects.n == 0 && au->checkpoint_good)
		explain_tail(au);
	if (holds && s->has_bad_cosigned)
		findings_add(f, AUDIT_FORK, false, au->report->cosigned_size,
		    "headquarters cosigned another history of %" PRIu64 " entries", s->bad_cosigned);
}

enum kas_err
spine_end(struct audit *au)
{
	struct spine *s = &au->spine;
	enum kas_err err = KAS_OK;

	if (s->alive)
		err = tree_root(s->tree, tree_size(s->tree), &au->report->root);
	if (err == KAS_OK && s->alive && tree_size(s->tree) == au->head.size)
		judge_head(au);
	for (size_t i = 0; i < s->suspects.n; i++)
		findings_add(&au->report->findings, s->suspects.list[i].kind, false,
		    s->suspects.list[i].first, "%s", s->suspects.list[i].text);
	return err;
}
