/* commands.h - kasirctl's commands, a table a subject; main.c puts them together. */
#ifndef KASIR_CTL_COMMANDS_H
#define KASIR_CTL_COMMANDS_H

#include "tools/kasirctl/ctl.h"

#define CTL_LEDGER_OPTION \
	{ "ledger", 0, "FILE", "this ledger.db instead of the configured one" }

/* Each ends with a row without a name. */
extern const struct cli_command ctl_ledger_commands[];
extern const struct cli_command ctl_paper_commands[];
extern const struct cli_command ctl_desk_commands[];
extern const struct cli_command ctl_report_commands[];
extern const struct cli_command ctl_setup_commands[];
extern const struct cli_command ctl_watch_commands[];

extern const struct cli_kind ctl_kinds[];

int ctl_doctor(struct cli *cli);
int ctl_tail(struct cli *cli);
int ctl_watch(struct cli *cli);
/* What can be watched, ended by NULL. */
const char *const *ctl_watched(void);

#endif
