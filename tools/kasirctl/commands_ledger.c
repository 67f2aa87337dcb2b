/* commands_ledger.c - the ledger: looking, verifying, proving, carrying away. */
#include "tools/kasirctl/commands.h"

static const struct cli_option tx_list[] = {
	{ "terminal", 't', "ID", "only of this terminal" },
	{ "day", 'd', "DAY", "only of this business day, 2026-05-31" },
	{ "type", 0, "TYPE", "only of this type: sale, return, post-void..." },
	{ "exceptions", 'x', NULL, "only what breaks a rule" },
	{ "limit", 'n', "COUNT", "the newest COUNT (20); 0: all" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option ledger[] = {
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option verify[] = {
	CTL_LEDGER_OPTION,
	{ "key", 'k', "FILE", "the store's pinned public key (store.vkey beside the ledger)" },
	{ "hq-key", 0, "FILE", "headquarters' public key (the configured one)" },
	{ "against", 'a', "FILE", "a checkpoint kept elsewhere that must fit; may be repeated" },
	{ "hq", 0, "FILE", "verify a store's copy in headquarters' hq.db" },
	{ "store", 's', "ID", "which store, with --hq" },
	{ "strict", 0, NULL, "remarks make the exit code 2" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option prove[] = {
	{ "output", 'o', "FILE", "write there instead of standard output" },
	{ "payload", 'p', "FILE", "write the sale as its terminal sent it there" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option check_proof[] = {
	{ "key", 'k', "FILE", "the store's public key" },
	{ "hq-key", 0, "FILE", "headquarters' public key: its cosignature must be there" },
	{ "payload", 'p', "FILE", "the sale as its terminal sent it: it must be the entry's" },
	{ "code", 0, "CODE", "the code of a receipt (KASIR1:...): it must name the entry" },
	{ NULL, 0, NULL, NULL },
};

const struct cli_command ctl_ledger_commands[] = {
	{ "status", NULL, 0, 0, "how the store stands",
	    "Asks kasird: what is stored, what headquarters has, who is there.\n"
	    "\n"
	    "  kasirctl status\n"
	    "  kasirctl --json status | jq .size\n", NULL, ctl_status },
	{ "tx list", NULL, 0, 0, "transactions, newest last",
	    "Reads the ledger itself; kasird need not run.\n"
	    "\n"
	    "  kasirctl tx list --day 2026-05-31 --terminal front\n"
	    "  kasirctl tx list --exceptions --limit 0\n", tx_list, ctl_tx_list },
	{ "tx show", "TXN", 1, 1, "one transaction with its lines and tenders",
	    "TXN is terminal/epoch/sequence, the entry's index, or the txn_id.\n"
	    "\n"
	    "  kasirctl tx show front/1/118\n"
	    "  kasirctl tx show 4711\n"
	    "  kasirctl tx show 018f3b1c-7a54-7cc0-8a11-0e0f5b7f3a21\n", ledger, ctl_tx_show },
	{ "verify", NULL, 0, 0, "is the ledger what was written?",
	    "Checks every entry from the pinned key on: hashes, tree, signatures, chains, rules,\n"
	    "totals.  Works while kasird runs and when it is stopped.  Exit codes: 0 verified and\n"
	    "cosigned, 3 consistent but freshness unproven, 4 damage, 5 signatures, 6 history,\n"
	    "7 terminals, 8 books.\n"
	    "\n"
	    "  kasirctl verify\n"
	    "  kasirctl verify --ledger copy.db --key toko-1.vkey --hq-key hq.vkey\n"
	    "  kasirctl verify --against checkpoint-of-a-terminal\n"
	    "  kasirctl verify --hq /var/lib/kasir-hq/hq.db --store toko-1\n", verify, ctl_verify },
	{ "prove", "TXN", 1, 1, "write a proof that a sale is in the ledger",
	    "A tlog-proof file: with the store's public key anybody can check it, without the\n"
	    "ledger and without asking the store.  Where headquarters has cosigned the sale, the\n"
	    "proof carries the cosignature.\n"
	    "\n"
	    "  kasirctl prove front/1/118 -o sale.tlog-proof --payload sale.bin\n"
	    "  kasirctl check-proof sale.tlog-proof --key toko-1.vkey --hq-key hq.vkey\n", prove,
	    ctl_prove },
	{ "check-proof", "FILE", 1, 1, "check such a proof, offline",
	    "Needs nothing but public keys.  With --payload and --code it confirms proof and receipt\n"
	    "together.  Exit codes: 0 it holds, 4 the entry is not in that tree, or sale or code are\n"
	    "not the entry's, 5 a signature is false, 3 it holds but lacks headquarters'\n"
	    "cosignature.\n"
	    "\n"
	    "  kasirctl check-proof sale.tlog-proof --key toko-1.vkey --hq-key hq.vkey\n"
	    "  kasirctl check-proof sale.tlog-proof --key toko-1.vkey --payload sale.bin \\\n"
	    "      --code KASIR1:KASIR.EXAMPLE/TOKO-1/1:4711:OLJ2GXVNK5RC2IY4Z3M7QDTBHHVYGQ3E\n",
	    check_proof, ctl_check_proof },
	{ "export tlog", "DIR", 1, 1, "the whole ledger as a tlog-tiles directory",
	    "DIR must not exist or be empty.  What stands there then is what C2SP tlog-tiles\n"
	    "describes, for anybody's tools: checkpoint, tile/..., tile/entries/...\n"
	    "\n"
	    "  kasirctl export tlog /tmp/toko-1\n", ledger, ctl_export_tlog },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
