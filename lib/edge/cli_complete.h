/* cli_complete.h - what could be typed next, from the table of commands, and what could not.
 * `PROG completion bash` prints the script that asks `PROG completion words ...`. */
#ifndef KASIR_EDGE_CLI_COMPLETE_H
#define KASIR_EDGE_CLI_COMPLETE_H

#include "edge/cli.h"

/* For bash, to standard output. */
void cli_complete_script(const struct cli_program *p, FILE *to);
/* WORDS are those after the program's name, the last one as far as it is typed ("": not
 * begun).  One candidate a line; none: a file's name, for all that is known. */
void cli_complete_words(const struct cli_program *p, int n, char **words, FILE *to);

/* The kind of what NAME stands for in a synopsis: "[ID...]" is of kind "ID".  NULL: unknown. */
const struct cli_kind *cli_kind_of(const struct cli_program *p, const char *name);

/* Where all that an option's value can be is known, it must be one of these; else EX_USAGE,
 * told. */
int cli_check_values(const struct cli *cli);

#endif
