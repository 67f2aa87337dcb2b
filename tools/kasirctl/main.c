/* kasirctl - the manager's tool: look, verify, prove, enrol. */
#include "tools/kasirctl/ctl.h"

#include "edge/random.h"
#include "tools/kasirctl/confirm.h"

static const struct cli_option everywhere[] = {
	{ "config", 'c', "FILE", "configuration of the store (" CONFIG_STORE_FILE ")" },
	{ "json", 'j', NULL, "for programs: JSON on standard output" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option ledger[] = {
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option tx_list[] = {
	{ "terminal", 't', "ID", "only of this terminal" },
	{ "day", 'd', "DAY", "only of this business day, 2026-05-31" },
	{ "type", 0, "TYPE", "only of this type: sale, return, post-void..." },
	{ "exceptions", 'x', NULL, "only what breaks a rule" },
	{ "limit", 'n', "COUNT", "the newest COUNT (20); 0: all" },
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option verify[] = {
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
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
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option check_proof[] = {
	{ "key", 'k', "FILE", "the store's public key" },
	{ "hq-key", 0, "FILE", "headquarters' public key: its cosignature must be there" },
	{ "payload", 'p', "FILE", "the sale as its terminal sent it: it must be the entry's" },
	{ "code", 0, "CODE", "the code of a receipt (KASIR1:...): it must name the entry" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option terminal_add[] = {
	{ "key", 'k', "FILE", "the terminal's public key" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option terminal_revoke[] = {
	{ "reason", 'r', "TEXT", "why; becomes part of the ledger" },
	CTL_CONFIRM_OPTIONS,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option rules_show[] = {
	{ "at", 0, "DAY", "only the period of this business day, 2026-05-31" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option rules_load[] = {
	CTL_CONFIRM_OPTIONS,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option catalog_import[] = {
	{ "cashiers", 0, "FILE", "these cashiers; without it those in force stay" },
	{ "limit", 'n', "COUNT", "differences that are shown (20); 0: all" },
	CTL_CONFIRM_OPTIONS,
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option catalog_export[] = {
	{ "cashiers", 0, "FILE", "write the cashiers there" },
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option exceptions_list[] = {
	{ "all", 0, NULL, "what is resolved too" },
	{ "limit", 'n', "COUNT", "the newest COUNT (50); 0: all" },
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option resolve[] = {
	{ "reason", 'r', "TEXT", "why; becomes part of the ledger" },
	CTL_CONFIRM_OPTIONS,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option day_close[] = {
	{ "reason", 'r', "TEXT", "why, or by whose order; becomes part of the ledger" },
	{ "carry-pending", 0, NULL, "close although tenders are pending; the next day has them" },
	CTL_CONFIRM_OPTIONS,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option shift_list[] = {
	{ "terminal", 't', "ID", "only of this terminal" },
	{ "limit", 'n', "COUNT", "the newest COUNT (20); 0: all" },
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_command commands[] = {
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
	{ "exceptions list", NULL, 0, 0, "what waits for you, and what to do about it",
	    "Sales that break a rule, returns and identities that do not fit, open bills and\n"
	    "tenders, card numbers in texts, sequences that have not come, messages that were\n"
	    "refused; newest first.  Reads the ledger itself; kasird need not run.\n"
	    "\n"
	    "  kasirctl exceptions list\n"
	    "  kasirctl --json exceptions list --all --limit 0 | jq '.[] | select(.open)'\n",
	    exceptions_list, ctl_exceptions_list },
	{ "exceptions show", "TXN", 1, 1, "what is wrong with one, and what was said of it",
	    "  kasirctl exceptions show 4711\n"
	    "  kasirctl exceptions show front/1/118\n", ledger, ctl_exceptions_show },
	{ "exceptions accept", "TXN", 1, 1, "its figures join the day that is open now",
	    "For what is right although it breaks a rule.  Becomes an entry of the ledger, once for\n"
	    "each exception.\n"
	    "\n"
	    "  kasirctl exceptions accept 4711 --reason 'price agreed with the customer'\n", resolve,
	    ctl_exceptions_accept },
	{ "exceptions void", "TXN", 1, 1, "it counts nowhere, and its cash is not expected",
	    "For what never happened: a double entry, a trial.  It stays in the ledger.\n"
	    "\n"
	    "  kasirctl exceptions void 4711 --reason 'keyed twice'\n", resolve,
	    ctl_exceptions_void },
	{ "exceptions annotate", "TXN TEXT", 2, 2, "add a remark to an entry",
	    "Changes no figure.\n"
	    "\n"
	    "  kasirctl exceptions annotate 4711 'customer has been called'\n", NULL,
	    ctl_exceptions_annotate },
	{ "day report", NULL, 0, 0, "the day so far (X), and the open shifts",
	    "Asks kasird: all that it has stored since the last close.  Changes nothing.\n", NULL,
	    ctl_day_report },
	{ "day close", NULL, 0, 0, "close the day (Z)",
	    "Shows the day as it would be closed, and asks.  Not while suspended sales are open;\n"
	    "tenders that are not settled may be carried into the next day.\n"
	    "\n"
	    "  kasirctl day close --dry-run\n"
	    "  kasirctl day close --reason 'end of Sunday' --yes\n", day_close, ctl_day_close },
	{ "shift list", NULL, 0, 0, "shifts that were closed: expected, counted, variance",
	    "Newest first.  Reads the ledger itself; kasird need not run.  'kasirctl day report'\n"
	    "shows those that are open.\n", shift_list, ctl_shift_list },
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
	{ "terminal add", "ID", 1, 1, "enrol a terminal by its public key",
	    "Enrolling a terminal again begins a new epoch.\n"
	    "\n"
	    "  kasirctl terminal add front --key front.vkey\n", terminal_add, ctl_terminal_add },
	{ "terminal list", NULL, 0, 0, "terminals, their newest sale, what is missing", NULL, NULL,
	    ctl_terminal_list },
	{ "terminal revoke", "ID", 1, 1, "what this terminal signs from now on is not genuine",
	    "  kasirctl terminal revoke front --reason 'stolen on Sunday'\n", terminal_revoke,
	    ctl_terminal_revoke },
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
	{ "rules show", NULL, 0, 0, "the rule set in force, as a file",
	    "What it prints can be edited and loaded again.  kasir-rules(5) explains it.\n"
	    "\n"
	    "  kasirctl rules show > rules.conf\n"
	    "  kasirctl rules show --at 2024-12-31\n"
	    "  kasirctl --json rules show\n", rules_show, ctl_rules_show },
	{ "rules check", "FILE", 1, 1, "is this file a rule set?",
	    "Reads the file and nothing else; every error comes with its line.\n"
	    "\n"
	    "  kasirctl rules check id-retail.conf\n", NULL, ctl_rules_check },
	{ "rules load", "FILE", 1, 1, "put a rule set in force",
	    "Shows field by field what would change, and asks.  The rule set becomes an entry of\n"
	    "the ledger; sales that come after it are judged by it, each by the period of its\n"
	    "business day.\n"
	    "\n"
	    "  kasirctl rules load --dry-run id-retail.conf\n"
	    "  kasirctl rules load id-retail.conf\n", rules_load, ctl_rules_load },
	{ "catalog import", "[FILE]", 0, 1, "put a list of products, of cashiers, in force",
	    "FILE is CSV with a line of column names: sku, name, price, and perhaps gtin,\n"
	    "department, tax_code, from, until; several rows of one sku give several prices.\n"
	    "Cashiers have id, name, rights.  All bad rows are listed, and with one of them nothing\n"
	    "changes; else it shows the differences, and asks.  Sales that do not fit the list are\n"
	    "noted, never refused.\n"
	    "\n"
	    "  kasirctl catalog import products.csv --dry-run\n"
	    "  kasirctl catalog import products.csv --cashiers cashiers.csv\n", catalog_import,
	    ctl_catalog_import },
	{ "catalog show", "[SKU]", 0, 1, "the list in force, or a product of it",
	    "SKU may be a GTIN.\n"
	    "\n"
	    "  kasirctl catalog show\n"
	    "  kasirctl catalog show 00417\n", ledger, ctl_catalog_show },
	{ "catalog export", "[FILE]", 0, 1, "write the list in force as a file to import",
	    "FILE must not exist; - is standard output.\n"
	    "\n"
	    "  kasirctl catalog export products.csv --cashiers cashiers.csv\n", catalog_export,
	    ctl_catalog_export },
	{ "export tlog", "DIR", 1, 1, "the whole ledger as a tlog-tiles directory",
	    "DIR must not exist or be empty.  What stands there then is what C2SP tlog-tiles\n"
	    "describes, for anybody's tools: checkpoint, tile/..., tile/entries/...\n"
	    "\n"
	    "  kasirctl export tlog /tmp/toko-1\n", ledger, ctl_export_tlog },
	{ "keys init", NULL, 0, 0, "make the store's key and an empty ledger",
	    "Writes store.key (secret, mode 0600), store.vkey (public: give it to headquarters and\n"
	    "to terminals) and ledger.db into the data folder.  Never overwrites anything; done\n"
	    "twice, it does nothing.\n", NULL, ctl_keys_init },
	{ "keys show", NULL, 0, 0, "public keys of the store and of headquarters", NULL, NULL,
	    ctl_keys_show },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};

static const struct cli_program program = {
	.name = "kasirctl",
	.summary = "look at a store's ledger, verify it, prove what is in it",
	.help = "Exit codes are those of sysexits.h and some of verify's own: kasirctl(1) lists them.\n",
	.options = everywhere,
	.commands = commands,
};

int
main(int argc, char **argv)
{
	random_system();
	return cli_main(&program, argc, argv);
}
