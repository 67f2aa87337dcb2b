/* commands_desk.c - the manager's day: exceptions, shifts, closes. */
#include "tools/kasirctl/commands.h"

static const struct cli_option exceptions_list[] = {
	{ "all", 0, NULL, "what is resolved too" },
	{ "limit", 'n', "COUNT", "the newest COUNT (50); 0: all" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option ledger[] = {
	CTL_LEDGER_OPTION,
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
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

const struct cli_command ctl_desk_commands[] = {
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
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
