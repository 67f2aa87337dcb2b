/* commands_paper.c - what is printed, and what leaves for other programs. */
#include "tools/kasirctl/commands.h"

static const struct cli_option paper[] = {
	{ "width", 'w', "COLUMNS", "of the paper, 24 to 80 (as configured, 32)" },
	{ "lang", 0, "LANG", "id or en (as configured, or as the environment says)" },
	{ "format", 'f', "FORMAT", "text, svg, or qr-png: the code alone (text)" },
	{ "output", 'o', "FILE", "write there instead of standard output" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

/* Of what the daemon alone knows. */
static const struct cli_option paper_x[] = {
	{ "width", 'w', "COLUMNS", "of the paper, 24 to 80 (as configured, 32)" },
	{ "lang", 0, "LANG", "id or en (as configured, or as the environment says)" },
	{ "format", 'f', "FORMAT", "text or svg (text)" },
	{ "output", 'o', "FILE", "write there instead of standard output" },
	{ NULL, 0, NULL, NULL },
};

#define DAY_OPTIONS \
	{ "from", 0, "DAY", "first business day, 2026-05-01" }, \
	{ "to", 0, "DAY", "last business day" }

static const struct cli_option export_transactions[] = {
	{ "format", 'f', "FORMAT", "jsonl, a line of JSON each; or csv (jsonl)" },
	{ "rows", 'r', "WHAT", "of csv: documents, lines, discounts, taxes or tenders (documents)" },
	DAY_OPTIONS,
	{ "output", 'o', "FILE", "write there instead of standard output" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option export_tax[] = {
	{ "day", 'd', "DAY", "only of this business day, 2026-05-31" },
	{ "month", 'm', "MONTH", "only of this month, 2026-05" },
	DAY_OPTIONS,
	{ "rows", 'r', "WHAT", "days, with a row for each code; or receipts (days)" },
	{ "output", 'o', "FILE", "write there instead of standard output" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option export_daybook[] = {
	{ "accounts", 'a', "FILE", "which figure goes to which account" },
	DAY_OPTIONS,
	{ "output", 'o', "FILE", "write there instead of standard output" },
	CTL_LEDGER_OPTION,
	{ NULL, 0, NULL, NULL },
};

const struct cli_command ctl_paper_commands[] = {
	{ "receipt", "TXN", 1, 1, "a transaction on paper, as the customer saw it",
	    "Text for a printer or a screen, or a picture; with a QR code that names the entry in\n"
	    "the ledger.  What the office prints is marked as a copy.  The shop's name, address and\n"
	    "tax number are the configuration's (receipt { ... }).\n"
	    "\n"
	    "  kasirctl receipt front/1/118\n"
	    "  kasirctl receipt 4711 --width 48 --lang id | lp\n"
	    "  kasirctl receipt 4711 --format svg -o receipt.svg\n", paper, ctl_receipt },
	{ "slip z", "[NUMBER]", 0, 1, "the close of a day (Z) on paper",
	    "The newest one, or the one with this number, as it stands in the ledger: marked as a\n"
	    "copy, with a QR code that names its entry.\n"
	    "\n"
	    "  kasirctl slip z\n"
	    "  kasirctl slip z 17 --width 48 | lp\n", paper, ctl_slip_z },
	{ "slip shift", "[TERMINAL [SHIFT]]", 0, 2, "the close of a shift on paper",
	    "The newest one, of any terminal or of this one.\n"
	    "\n"
	    "  kasirctl slip shift front\n"
	    "  kasirctl slip shift front 20261122-1\n", paper, ctl_slip_shift },
	{ "slip x", "[TERMINAL]", 0, 1, "the day so far (X) on paper, or a terminal's open shift",
	    "Asks kasird.  Closes nothing.\n"
	    "\n"
	    "  kasirctl slip x\n"
	    "  kasirctl slip x front\n", paper_x, ctl_slip_x },
	{ "export transactions", NULL, 0, 0, "every transaction, for other programs",
	    "All of it in a line of JSON, or one table of it as CSV; docs/reference/exports.md has\n"
	    "the fields.  The same ledger gives the same bytes.\n"
	    "\n"
	    "  kasirctl export transactions --from 2026-05-01 --to 2026-05-31 -o may.jsonl\n"
	    "  kasirctl export transactions --format csv --rows lines -o lines.csv\n",
	    export_transactions, ctl_export_transactions },
	{ "export tax", NULL, 0, 0, "taxes by day and code, or by receipt, for the tax office",
	    "CSV.  What counts in the sales: no exceptions but accepted ones, no training.\n"
	    "\n"
	    "  kasirctl export tax --day 2026-05-31\n"
	    "  kasirctl export tax --month 2026-05 --rows receipts -o receipts.csv\n", export_tax,
	    ctl_export_tax },
	{ "export daybook", NULL, 0, 0, "each closed day as a booking, for the accountant",
	    "CSV: date, account, debit, credit, reference; debits and credits of a day are equal.\n"
	    "What is booked is the Z, which never changes.  docs/reference/exports.md explains the\n"
	    "file of accounts, and has one to begin with.\n"
	    "\n"
	    "  kasirctl export daybook --accounts accounts.conf --from 2026-05-01 --to 2026-05-31\n",
	    export_daybook, ctl_export_daybook },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
