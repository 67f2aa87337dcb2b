/* commands_setup.c - what is set up once: keys, terminals, rules, products. */
#include "tools/kasirctl/commands.h"

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
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option ledger[] = {
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option catalog_export[] = {
	{ "cashiers", 0, "FILE", "write the cashiers there" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

const struct cli_command ctl_setup_commands[] = {
	{ "terminal add", "ID", 1, 1, "enrol a terminal by its public key",
	    "Enrolling a terminal again begins a new epoch.\n"
	    "\n"
	    "  kasirctl terminal add front --key front.vkey\n", terminal_add, ctl_terminal_add },
	{ "terminal list", NULL, 0, 0, "terminals, their newest sale, what is missing", NULL, NULL,
	    ctl_terminal_list },
	{ "terminal revoke", "ID", 1, 1, "what this terminal signs from now on is not genuine",
	    "  kasirctl terminal revoke front --reason 'stolen on Sunday'\n", terminal_revoke,
	    ctl_terminal_revoke },
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
	{ "keys init", NULL, 0, 0, "make the store's key and an empty ledger",
	    "Writes store.key (secret, mode 0600), store.vkey (public: give it to headquarters and\n"
	    "to terminals) and ledger.db into the data folder.  Never overwrites anything; done\n"
	    "twice, it does nothing.\n", NULL, ctl_keys_init },
	{ "keys show", NULL, 0, 0, "public keys of the store and of headquarters", NULL, NULL,
	    ctl_keys_show },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
