/* cli_help.h - cli.c's other half: help as people read it, made from the table. */
#ifndef KASIR_EDGE_CLI_HELP_H
#define KASIR_EDGE_CLI_HELP_H

#include "edge/cli.h"

/* About COMMAND, or the whole program when it is NULL.  Always EX_OK. */
int cli_help(const struct cli_program *p, const struct cli_command *command, FILE *to);
/* "terminal" is a group when there are commands "terminal ...". */
bool cli_is_group(const struct cli_program *p, const char *word);
int cli_help_group(const struct cli_program *p, const char *word, FILE *to);

/* The bones of a manual page, in mdoc: every command and option is there, and somebody adds
 * what there is to know.  Always EX_OK. */
int cli_man(const struct cli_program *p, FILE *to);

#endif
