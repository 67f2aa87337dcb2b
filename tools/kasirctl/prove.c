#include "tools/kasirctl/ctl.h"

#include <inttypes.h>
#include <string.h>

#include "edge/keyfile.h"
#include "proof/tlog_proof.h"
#include "edge/history.h"
#include "tools/kasirctl/tx_find.h"

/* The note's own size; its signatures are for whoever checks the proof. */
static bool
size_of(struct bytes note, uint64_t *ret)
{
	struct checkpoint c;
	struct note n;

	if (note.n == 0 || note_parse(note, &n, NULL) != KAS_OK ||
	    checkpoint_parse(n.text, &c, NULL) != KAS_OK)
		return false;
	*ret = c.size;
	return true;
}

/* A checkpoint that headquarters has cosigned says more; the newest one says that it is
 * there at all. */
static int
choose_checkpoint(const struct cli *cli, const struct store_head *head, uint64_t index,
    struct bytes *ret, uint64_t *ret_size)
{
	if (size_of(head->cosigned, ret_size) && *ret_size > index && *ret_size <= head->size) {
		*ret = head->cosigned;
		return EX_OK;
	}
	if (size_of(head->checkpoint, ret_size) && *ret_size > index && *ret_size <= head->size) {
		*ret = head->checkpoint;
		return EX_OK;
	}
	return cli_fail(cli, EX_NOINPUT, NULL, "the ledger has no signed entry %" PRIu64 " yet", index);
}

static enum kas_err
make_path(struct ledger_reader *r, uint64_t index, uint64_t size, struct proof *ret)
{
	struct tree *tree;
	enum kas_err err;

	err = history_open(r, size, &tree);
	if (err != KAS_OK)
		return err;
	err = tree_prove_inclusion(tree, index, size, ret);
	tree_close(tree);
	return err;
}

/* Never hand out a proof that does not hold: whoever checks it would suspect the store. */
static enum kas_err
check_own(const struct tlog_proof *p, uint64_t size)
{
	struct hash leaf = merkle_leaf(p->extra);
	struct checkpoint c;
	struct note n;

	if (note_parse(p->checkpoint, &n, NULL) != KAS_OK ||
	    checkpoint_parse(n.text, &c, NULL) != KAS_OK)
		return KAS_CORRUPT;
	return merkle_verify_inclusion(&leaf, p->index, size, &c.root, p->path.path, p->path.n);
}

static int
write_proof(const struct cli *cli, const struct tlog_proof *p, uint64_t size)
{
	const char *path = cli_value(cli, "output", NULL);
	struct kas_why why;
	struct buf text;
	enum kas_err err = KAS_OK;

	buf_init(&text);
	tlog_proof_format(p, &text);
	if (text.failed)
		return cli_fail(cli, EX_OSERR, NULL, "out of memory");
	if (path != NULL)
		err = file_write_atomic(path, buf_bytes(&text), 0644, true, &why);
	else if (fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout) != 0)
		err = kas_fail(&why, KAS_IO, "standard output cannot be written");
	buf_fini(&text);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	if (path != NULL && !cli_flag(cli, "json"))
		fprintf(stderr, "entry %" PRIu64 " is in the tree of %" PRIu64 " entries: %s\n",
		    p->index, size, path);
	return EX_OK;
}

/* The receipt's data: whoever has it, and the proof, needs nothing of the store. */
static int
write_payload(const struct cli *cli, struct bytes payload)
{
	const char *path = cli_value(cli, "payload", NULL);
	struct kas_why why;
	enum kas_err err;

	if (path == NULL)
		return EX_OK;
	if (payload.n == 0)
		return cli_fail(cli, EX_NOINPUT, NULL, "the entry is an event of the store's own: no "
		    "terminal sent anything for it");
	err = file_write_atomic(path, payload, 0644, true, &why);
	return err == KAS_OK ? EX_OK : cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
}

static int
prove(const struct cli *cli, struct ledger_reader *r, uint64_t index, struct arena *a)
{
	struct tlog_proof p = { .index = index };
	struct store_entry entry;
	struct store_head head;
	uint64_t size = 0;
	enum kas_err err;
	int rc;

	err = ledger_read_head(r, a, &head);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "the ledger");
	rc = choose_checkpoint(cli, &head, index, &p.checkpoint, &size);
	if (rc != EX_OK)
		return rc;
	err = history_entry(r, index, a, &entry);
	if (err == KAS_OK)
		err = make_path(r, index, size, &p.path);
	p.extra = entry.entry;
	if (err == KAS_OK)
		err = check_own(&p, size);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "the ledger");
	rc = write_payload(cli, entry.payload);
	return rc == EX_OK ? write_proof(cli, &p, size) : rc;
}

int
ctl_prove(struct cli *cli)
{
	struct ledger_reader *r;
	struct arena a;
	uint64_t index;
	int rc;

	rc = ctl_open_ledger(cli, &r);
	if (rc != EX_OK)
		return rc;
	arena_init(&a, 0);
	rc = tx_find(cli, r, cli->argv[0], &index);
	if (rc == EX_OK)
		rc = prove(cli, r, index, &a);
	arena_fini(&a);
	ledger_read_close(r);
	return rc;
}
