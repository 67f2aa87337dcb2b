/* kasirctl - the manager's tool: look, settle, close, verify, prove, set up. */
#include "tools/kasirctl/commands.h"

#include "edge/random.h"

static const struct cli_option everywhere[] = {
	{ "config", 'c', "FILE", "configuration of the store (" CONFIG_STORE_FILE ")" },
	{ "json", 'j', NULL, "for programs: JSON on standard output" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_command *const tables[] = {
	ctl_ledger_commands, ctl_watch_commands, ctl_paper_commands, ctl_desk_commands,
	ctl_report_commands, ctl_setup_commands,
};

/* In one table, ended by the row that is left empty. */
#define COMMANDS_MAX 96
static struct cli_command commands[COMMANDS_MAX + 1];

static void
gather(void)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		for (const struct cli_command *c = tables[i]; c->name != NULL; c++) {
			kas_assert(n < COMMANDS_MAX);
			commands[n++] = *c;
		}
}

static const struct cli_program program = {
	.name = "kasirctl",
	.summary = "look at a store's ledger, settle and close its day, verify and prove",
	.help = "Exit codes are those of sysexits.h and some of verify's own: kasirctl(1) lists them.\n",
	.options = everywhere,
	.commands = commands,
	.kinds = ctl_kinds,
};

int
main(int argc, char **argv)
{
	random_system();
	gather();
	return cli_main(&program, argc, argv);
}
