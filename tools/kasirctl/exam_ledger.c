/* exam_ledger.c - can the ledger be read, and do its last entries hold?  A look that takes no
 * time; `kasirctl verify` checks all of it. */
#include "tools/kasirctl/exam.h"

#include <inttypes.h>
#include <string.h>

#include "base/nls.h"
#include "edge/history.h"
#include "proof/checkpoint.h"
#include "wire/codec.h"

#define TAIL_ENTRIES 64u

static const char verify_step[] =
    N_("keep a copy of the data folder, then run 'kasirctl verify': it names what is wrong");

/* The root and size that were signed last; false: nothing was signed yet. */
static bool
signed_tree(const struct exam *x, struct checkpoint *ret)
{
	struct note n;

	return x->head.checkpoint.n > 0 && note_parse(x->head.checkpoint, &n, NULL) == KAS_OK &&
	    checkpoint_parse(n.text, ret, NULL) == KAS_OK;
}

/* What stands there is what the entry says that it is. */
static enum kas_err
check_entry(const struct store_entry *e, struct arena *a, struct kas_why *why)
{
	Kasir__V1__LedgerEntry *entry;
	struct hash payload;
	enum kas_err err = wire_decode_entry(e->entry, a, &entry, why);

	if (err != KAS_OK || entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return err;
	payload = hash_of(e->payload);
	if (memcmp(payload.b, entry->transaction->payload_hash.data, HASH_LEN) != 0)
		return kas_fail(why, KAS_CORRUPT, "its payload is not the one that was signed");
	return KAS_OK;
}

static enum kas_err
check_place(struct tree *tree, const struct checkpoint *c, uint64_t index,
    const struct store_entry *e, struct kas_why *why)
{
	struct hash leaf = merkle_leaf(e->entry);
	struct proof path;
	enum kas_err err = tree_prove_inclusion(tree, index, c->size, &path);

	if (err == KAS_OK)
		err = merkle_verify_inclusion(&leaf, index, c->size, &c->root, path.path, path.n);
	return err == KAS_OK ? KAS_OK :
	    kas_fail(why, err, "it is not in the tree that the store signed");
}

static enum kas_err
check_tail(struct exam *x, struct tree *tree, const struct checkpoint *c, uint64_t *ret_index,
    struct kas_why *why)
{
	uint64_t first = c->size > TAIL_ENTRIES ? c->size - TAIL_ENTRIES : 0;
	struct store_entry entry;
	enum kas_err err = KAS_OK;
	struct arena a;

	arena_init(&a, 0);
	for (uint64_t i = first; err == KAS_OK && i < c->size; i++) {
		arena_reset(&a);
		*ret_index = i;
		err = history_entry(x->ledger, i, &a, &entry);
		if (err != KAS_OK)
			kas_fail(why, err, "it cannot be read: %s", kas_err_text(err));
		if (err == KAS_OK)
			err = check_entry(&entry, &a, why);
		if (err == KAS_OK)
			err = check_place(tree, c, i, &entry, why);
	}
	arena_fini(&a);
	return err;
}

static void
examine_tail(struct exam *x)
{
	struct kas_why why = { "" };
	struct checkpoint c;
	struct tree *tree;
	uint64_t index = 0;

	if (!signed_tree(x, &c)) {
		exam_say(x, EXAM_NOTE, "ledger.empty", NULL, "ledger: nothing is signed yet");
		return;
	}
	if (c.size > x->head.size || history_open(x->ledger, c.size, &tree) != KAS_OK) {
		exam_say(x, EXAM_FAULT, "ledger.tree", verify_step,
		    "the ledger's tree of %llu entries cannot be read", (unsigned long long)c.size);
		return;
	}
	if (check_tail(x, tree, &c, &index, &why) != KAS_OK)
		exam_say(x, EXAM_FAULT, "ledger.tail", verify_step, "entry %llu: %s",
		    (unsigned long long)index, why.text);
	else
		exam_say(x, EXAM_GOOD, "ledger.good", NULL,
		    "ledger: %llu entries, the last of them checked", (unsigned long long)c.size);
	tree_close(tree);
}

void
exam_ledger(struct exam *x)
{
	char path[CONFIG_PATH_MAX];
	struct kas_why why = { "" };
	enum kas_err err;

	err = config_path(x->config.data_dir, CONFIG_LEDGER, path);
	if (err == KAS_OK)
		err = ledger_read_open(path, &x->ledger, &why);
	if (err == KAS_OK && (err = ledger_read_head(x->ledger, &x->arena, &x->head)) != KAS_OK) {
		kas_fail(&why, err, "%s: %s", path, kas_err_text(err));
		ledger_read_close(x->ledger);
		x->ledger = NULL;
	}
	if (err != KAS_OK) {
		exam_say(x, EXAM_FAULT, "ledger.unreadable", err == KAS_NOTFOUND ?
		    "'kasirctl keys init' makes an empty ledger; one that is lost comes from a backup" :
		    err == KAS_DENIED ? N_("run it as root, or as the user that owns the data folder") :
		    verify_step, "%s", why.text);
		return;
	}
	examine_tail(x);
}
