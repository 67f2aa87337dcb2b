#include "tools/kasirctl/ctl.h"

#include <inttypes.h>

#include "audit/findings.h"
#include "cash/money.h"
#include "edge/keyfile.h"
#include "proof/tlog_proof.h"
#include "tools/kasirctl/entry_code.h"
#include "tools/kasirctl/tx_text.h"
#include "wire/codec.h"

#define PROOF_FILE_MAX ((size_t)256 * 1024)
#define PAYLOAD_FILE_MAX ((size_t)64 * 1024)

struct checked {
	struct tlog_proof proof;
	struct checkpoint checkpoint;
	bool cosigned;
	uint64_t cosigned_s;
	const char *hq;			/* NULL: not asked for */
	const Kasir__V1__LedgerEntry *entry;
	const Kasir__V1__Transaction *doc;	/* of --payload; NULL: not given, or undecodable */
};

static int
fail_signature(const struct cli *cli, const struct kas_why *why)
{
	return cli_fail(cli, audit_class_exit(AUDIT_SIGNATURES), "check that the public keys are "
	    "those of this store and its headquarters; if they are, the proof is false", "%s",
	    why->text);
}

static int
check_signatures(const struct cli *cli, struct checked *c)
{
	const char *hq_file = cli_value(cli, "hq-key", NULL);
	struct vkey key, hq;
	struct kas_why why;
	enum kas_err err;

	err = keyfile_load_vkey(cli_value(cli, "key", NULL), &key, &why);
	if (err == KAS_OK && hq_file != NULL)
		err = keyfile_load_vkey(hq_file, &hq, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	err = checkpoint_open(c->proof.checkpoint, &key, &c->checkpoint, &why);
	if (err != KAS_OK)
		return fail_signature(cli, &why);
	if (hq_file == NULL)
		return EX_OK;
	c->hq = "no cosignature";
	err = checkpoint_open_cosigned(c->proof.checkpoint, &key, &hq, &c->checkpoint,
	    &c->cosigned_s, &why);
	c->cosigned = err == KAS_OK;
	return err == KAS_OK || err == KAS_NOTFOUND ? EX_OK : fail_signature(cli, &why);
}

static int
check_inclusion(const struct cli *cli, const struct checked *c)
{
	const struct tlog_proof *p = &c->proof;
	struct hash leaf;

	if (p->extra.n == 0)
		return cli_fail(cli, EX_DATAERR, "ask for a proof made by 'kasirctl prove'",
		    "the proof carries no entry (line \"extra\")");
	leaf = merkle_leaf(p->extra);
	if (merkle_verify_inclusion(&leaf, p->index, c->checkpoint.size, &c->checkpoint.root,
	    p->path.path, p->path.n) != KAS_OK)
		return cli_fail(cli, audit_class_exit(AUDIT_DAMAGE), "the entry or the path was changed; "
		    "ask the store for the proof again", "entry %" PRIu64 " is not in the tree of %"
		    PRIu64 " entries that the checkpoint signs", p->index, c->checkpoint.size);
	return EX_OK;
}

static int
fail_receipt(const struct cli *cli, const char *what, const struct kas_why *why)
{
	return cli_fail(cli, audit_class_exit(AUDIT_DAMAGE), "the proof holds, but not for this "
	    "receipt: ask the store for the proof of the one that you have", "%s: %s", what, why->text);
}

static enum kas_err
compare_payload(const struct checked *c, struct bytes payload, struct kas_why *why)
{
	struct hash hash = hash_of(payload);

	if (c->entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return kas_fail(why, KAS_MALFORMED, "the entry is an event of the store's own");
	if (!bytes_equal(hash_bytes(&hash), bytes_of_proto(c->entry->transaction->payload_hash)))
		return kas_fail(why, KAS_MALFORMED, "its hash is not the one that the terminal signed");
	return KAS_OK;
}

/* The sale itself: its bytes are those whose hash the terminal signed. */
static int
check_payload(const struct cli *cli, struct checked *c, struct arena *a)
{
	const char *path = cli_value(cli, "payload", NULL);
	struct kas_why why = { "" };
	struct buf file;
	enum kas_err err;
	int rc = EX_OK;

	if (path == NULL)
		return EX_OK;
	buf_init(&file);
	err = file_read(path, PAYLOAD_FILE_MAX, &file, &why);
	if (err != KAS_OK)
		rc = cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	else if (compare_payload(c, buf_bytes(&file), &why) != KAS_OK)
		rc = fail_receipt(cli, path, &why);
	else
		c->doc = PROTO_UNPACK(kasir__v1__transaction, a, buf_bytes(&file));
	buf_fini(&file);
	return rc;
}

static int
check_code(const struct cli *cli, const struct checked *c)
{
	const char *text = cli_value(cli, "code", NULL);
	struct entry_code code;
	struct kas_why why;

	if (text == NULL)
		return EX_OK;
	if (entry_code_parse(text, &code, &why) != KAS_OK)
		return cli_usage(cli, "--code: %s", why.text);
	if (entry_code_check(&code, c->checkpoint.origin, c->proof.index, c->proof.extra, &why) !=
	    KAS_OK)
		return fail_receipt(cli, "--code", &why);
	return EX_OK;
}

static void
add_document(struct table *t, const Kasir__V1__Transaction *doc)
{
	char type[TX_TYPE_MAX];

	if (doc == NULL) {
		for (int i = 0; i < 4; i++)
			table_text(t, NULL);
		return;
	}
	tx_type_text(doc->type, type);
	table_text(t, type);
	table_text(t, doc->receipt_number);
	table_time(t, doc->at_us);
	tx_add_money(t, doc->payable, doc);
}

static void
add_entry(struct table *t, const Kasir__V1__LedgerEntry *e)
{
	const Kasir__V1__TransactionRecord *r = e->transaction;

	table_time(t, e->wall_us);
	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION) {
		table_shown_text(t, "an event of the store's own", NULL);
		table_text(t, NULL);
		table_text(t, NULL);
		table_bool(t, false);
		return;
	}
	table_textf(t, "%s/%" PRIu64 "/%" PRIu64, r->terminal, r->epoch, r->sequence);
	tx_add_id(t, r->txn_id);
	table_hex(t, bytes_of_proto(r->payload_hash));
	table_shown_bool(t, r->n_broken > 0 ? "yes: it breaks a rule" : "no", r->n_broken > 0);
}

static int
show(const struct cli *cli, const struct checked *c)
{
	static const struct table_column columns[] = {
		{ "origin", "Ledger", TABLE_LEFT }, { "index", "Entry", TABLE_LEFT },
		{ "size", "In the tree of", TABLE_LEFT }, { "stored_at", "Stored", TABLE_LEFT },
		{ "name", "Transaction", TABLE_LEFT }, { "txn_id", "Id", TABLE_LEFT },
		{ "payload_hash", "Payload hash", TABLE_LEFT },
		{ "exception", "Exception", TABLE_LEFT },
		{ "type", "Type", TABLE_LEFT }, { "receipt", "Receipt", TABLE_LEFT },
		{ "at", "Made", TABLE_LEFT }, { "payable", "Payable", TABLE_LEFT },
		{ "cosigned", "Headquarters", TABLE_LEFT }, { "cosigned_at", NULL, TABLE_LEFT },
		{ "verdict", "Verdict", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_text(t, c->checkpoint.origin);
	table_count(t, c->proof.index);
	table_count(t, c->checkpoint.size);
	add_entry(t, c->entry);
	add_document(t, c->doc);
	table_shown_bool(t, c->cosigned ? "has cosigned it" :
	    c->hq != NULL ? "has not cosigned it" : "not asked for (--hq-key)", c->cosigned);
	table_time(t, (int64_t)c->cosigned_s * 1000000);
	table_text(t, c->cosigned ? "in the ledger, cosigned by headquarters" :
	    "in the ledger by the store's own word; freshness unproven");
	return ctl_print(cli, t, true);
}

int
ctl_check_proof(struct cli *cli)
{
	struct checked c = { 0 };
	Kasir__V1__LedgerEntry *e = NULL;
	struct kas_why why = { "" };
	struct buf file;
	struct arena a;
	enum kas_err err;
	int rc;

	if (!cli_flag(cli, "key"))
		return cli_usage(cli, "--key FILE is missing: the store's public key");
	buf_init(&file);
	arena_init(&a, 0);
	err = file_read(cli->argv[0], PROOF_FILE_MAX, &file, &why);
	rc = err == KAS_OK ? EX_OK : cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	if (rc == EX_OK && tlog_proof_parse(buf_bytes(&file), &a, &c.proof, &why) != KAS_OK)
		rc = cli_fail(cli, EX_DATAERR, NULL, "%s: %s", cli->argv[0], why.text);
	if (rc == EX_OK)
		rc = check_signatures(cli, &c);
	if (rc == EX_OK)
		rc = check_inclusion(cli, &c);
	if (rc == EX_OK && wire_decode_entry(c.proof.extra, &a, &e, &why) != KAS_OK)
		rc = cli_fail(cli, EX_DATAERR, NULL, "the entry is in the ledger, but %s", why.text);
	c.entry = e;
	if (rc == EX_OK)
		rc = check_payload(cli, &c, &a);
	if (rc == EX_OK)
		rc = check_code(cli, &c);
	if (rc == EX_OK)
		rc = show(cli, &c);
	if (rc == EX_OK && c.hq != NULL && !c.cosigned)
		rc = CTL_EXIT_UNPROVEN;
	buf_fini(&file);
	arena_fini(&a);
	return rc;
}
