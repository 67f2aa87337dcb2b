/* commands_watch.c - how it goes: live sales, what is watched, the doctor. */
#include "tools/kasirctl/commands.h"

static const struct cli_option tail[] = {
	{ "lines", 'n', "COUNT", "begin with the newest COUNT (10)" },
	{ "follow", 'f', NULL, "go on with what comes, until it is stopped" },
	{ "terminal", 't', "ID", "only of this terminal" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option watch[] = {
	{ "interval", 'i', "SECONDS", "time between two looks (2)" },
	{ "times", 'n', "COUNT", "so many times, then end" },
	{ NULL, 0, NULL, NULL },
};

const struct cli_command ctl_watch_commands[] = {
	{ "tail", NULL, 0, 0, "sales as they come, one line each",
	    "Reads the ledger itself; kasird need not run.  With --json each line is an object.\n"
	    "\n"
	    "  kasirctl tail --follow\n"
	    "  kasirctl --json tail -n 0 -f | jq -r 'select(.broken != []) | .sequence'\n", tail,
	    ctl_tail },
	{ "watch", "[COMMAND...]", 0, 24, "look again and again (status)",
	    "Drawn in place on a terminal, one after the other elsewhere.  Only commands that look:\n"
	    "status, terminal list, tx list, exceptions list, day report, shift list, doctor.\n"
	    "\n"
	    "  kasirctl watch\n"
	    "  kasirctl watch --interval 10 exceptions list\n"
	    "  kasirctl watch -- tx list -n 5\n", watch, ctl_watch },
	{ "doctor", NULL, 0, 0, "is this store well, and what to do if not",
	    "Configuration, files and their modes, keys, the ledger's last entries, disk, clock,\n"
	    "broker, kasird, headquarters, reports, and what waits for the manager.  Changes nothing.\n"
	    "Exit codes: 0 well, 2 with warnings, 4 with faults.\n"
	    "\n"
	    "  kasirctl doctor\n"
	    "  kasirctl --json doctor | jq '.[] | select(.severity == \"fault\")'\n", NULL,
	    ctl_doctor },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
