/* commands_report.c - what was sold, and what the drawers hold. */
#include "tools/kasirctl/commands.h"

#define DAYS \
	{ "from", 0, "DAY", "first business day (the last one)" }, \
	{ "to", 0, "DAY", "last business day (the newest); today, yesterday too" }
#define CSV { "csv", 0, NULL, "for spreadsheets: comma-separated values" }
#define COMPARE \
	{ "compare", 0, "BEFORE", "with the days before: yesterday, last-week, last-month" }

static const struct cli_option sales[] = {
	DAYS,
	{ "by", 'b', "GROUP", "hour, day, week, month, cashier, terminal, product, tender, tax..." },
	COMPARE,
	{ "limit", 'n', "COUNT", "only so many rows; 0: all" },
	CSV,
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option products[] = {
	DAYS,
	COMPARE,
	{ "limit", 'n', "COUNT", "the COUNT that sold best (50); 0: all" },
	CSV,
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option compared[] = {
	DAYS,
	COMPARE,
	CSV,
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option days[] = {
	DAYS,
	CSV,
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option exceptions[] = {
	DAYS,
	{ "open", 0, NULL, "those that wait for the manager, of whatever day" },
	{ "limit", 'n', "COUNT", "only so many rows; 0: all" },
	CSV,
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option z[] = {
	{ "list", 0, NULL, "all closes, a line each" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option ledger[] = {
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

const struct cli_command ctl_report_commands[] = {
	{ "report sales", NULL, 0, 0, "what was sold: gross - discounts - returns = net + tax = total",
	    "Of the newest business day, or of those from --from to --to, by the hour or by what\n"
	    "--by says.  What breaks a rule is not in it until it is accepted.\n"
	    "\n"
	    "  kasirctl report sales --compare last-week\n"
	    "  kasirctl report sales --from 2026-05-01 --to 2026-05-31 --by day\n"
	    "  kasirctl report sales --by tender --csv > tenders.csv\n", sales, ctl_report_sales },
	{ "report products", NULL, 0, 0, "what sold best",
	    "  kasirctl report products --from 2026-01-01 --to 2026-12-31 --limit 20\n"
	    "  kasirctl report products --compare last-month --csv\n", products,
	    ctl_report_products },
	{ "report cashiers", NULL, 0, 0, "who sold what: discounts, voids, drawer, exceptions too",
	    "  kasirctl report cashiers --from 2026-05-01 --to 2026-05-31\n", compared,
	    ctl_report_cashiers },
	{ "report tax", NULL, 0, 0, "tax by code and rate", NULL, compared, ctl_report_tax },
	{ "report cash", NULL, 0, 0, "what the drawers should hold, and what was counted",
	    "By terminal; and the shifts that were closed, with their variance.\n", days,
	    ctl_report_cash },
	{ "report exceptions", NULL, 0, 0, "what broke a rule, and what became of it",
	    "Of some days, or with --open what is not settled.  'kasirctl exceptions list' says what\n"
	    "to do about it.\n", exceptions,
	    ctl_report_exceptions },
	{ "report x", NULL, 0, 0, "the day so far, and the open shifts",
	    "Asks kasird; where it does not run, the ledger is read.  Changes nothing.\n", ledger,
	    ctl_report_x },
	{ "report z", "[NUMBER]", 0, 1, "a day as it was closed: the newest, or Z NUMBER",
	    "Its figures stand in the ledger and cannot change.  Marked as a reprint.\n"
	    "\n"
	    "  kasirctl report z 17\n"
	    "  kasirctl report z --list\n", z, ctl_report_z },
	{ "reports rebuild", NULL, 0, 0, "make reports.db again from the ledger",
	    "To the same content.  Where kasird runs, it does the work.\n", ledger,
	    ctl_reports_rebuild },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
