/* cli.h - one table of commands, from which a program gets its parsing, its --help at
 * every level and its usage errors.
 *
 * `prog [options] command [options] [operands]`.  A command's name may be of several
 * words ("terminal add"); `prog help terminal`, `prog terminal --help` and
 * `prog terminal add --help` are made from the same table.  Program options may stand
 * before or after the command.  -h, --help and --version belong to every program, and so do
 * `prog completion bash` and `prog help --man`, a manual page's bones.
 *
 * Exit codes are those of <sysexits.h>; docs/reference/exit-codes.md has the rest. */
#ifndef KASIR_EDGE_CLI_H
#define KASIR_EDGE_CLI_H

#include <sysexits.h>

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct cli_option {
	const char *name;	/* long, without dashes; NULL ends a table */
	char letter;		/* short, or 0 */
	const char *value;	/* what its value is called, "FILE"; NULL: it takes none */
	const char *help;	/* a few words */
};

struct cli;

struct cli_command {
	const char *name;	/* "terminal add"; NULL ends a table */
	const char *operands;	/* as in the synopsis, "ID"; NULL: none */
	unsigned min, max;	/* how many operands */
	const char *summary;	/* one line, no full stop */
	const char *help;	/* paragraphs and examples, ends with a newline; NULL: none */
	const struct cli_option *options;	/* of its own; NULL: none */
	int (*run)(struct cli *cli);		/* returns the exit code */
};

/* What a value or an operand can be, by what it is called in the tables: "TYPE".  For
 * completion, and to say what was meant. */
struct cli_kind {
	const char *name;	/* NULL ends a table */
	/* All there are, ended by NULL: another value of an option is wrong use. */
	const char *const *(*words)(void);	/* or NULL */
	/* Some that are likely, one a line; CLI has the options that stand before. */
	void (*complete)(const struct cli *cli, FILE *to);	/* or NULL */
};

struct cli_program {
	const char *name;	/* "kasirctl" */
	const char *summary;
	const char *help;	/* as above, after the list of commands */
	const struct cli_option *options;	/* of every command; NULL: none */
	const struct cli_command *commands;
	const struct cli_kind *kinds;		/* NULL: none */
};

#define CLI_VALUES_MAX 64	/* options given in one call */

struct cli {
	const struct cli_program *program;
	const struct cli_command *command;
	int argc;		/* operands */
	char **argv;
	struct {
		const struct cli_option *option;
		const char *value;
	} given[CLI_VALUES_MAX];
	unsigned n_given;
};

/* Parse, run the command, return what the process should exit with.  Usage errors name
 * the nearest command or option and return EX_USAGE. */
int cli_main(const struct cli_program *program, int argc, char **argv);

/* Was --NAME given? */
bool cli_flag(const struct cli *cli, const char *name);
/* Its last value; OTHERWISE when it was not given. */
const char *cli_value(const struct cli *cli, const char *name, const char *otherwise);
/* Its N-th value, from 0, for options that may be given several times; NULL: no more. */
const char *cli_nth_value(const struct cli *cli, const char *name, unsigned n);
/* Its value as a number from MIN to MAX, or OTHERWISE; a bad one has been reported and
 * *RET_EXIT set to EX_USAGE, else *RET_EXIT is left alone. */
uint64_t cli_number(const struct cli *cli, const char *name, uint64_t min, uint64_t max,
    uint64_t otherwise, int *ret_exit);

/* Say on stderr what is wrong, a sentence without a full stop, and on a second line what
 * to do about it (NEXT_STEP, may be NULL).  Returns CODE, so that a handler reads
 * `return cli_fail(cli, EX_NOINPUT, "...", "%s: %s", path, why.text)`. */
int cli_fail(const struct cli *cli, int code, const char *next_step, const char *fmt, ...)
    KAS_PRINTF(4, 5);
/* Wrong use of the command: the sentence, and where its help stands.  EX_USAGE. */
int cli_usage(const struct cli *cli, const char *fmt, ...) KAS_PRINTF(2, 3);

/* The sysexits code that fits ERR; EX_OK for KAS_OK. */
int cli_exit_of(enum kas_err err);

/* Colours only where a person looks: TO is a terminal, NO_COLOR is not set, TERM is
 * not "dumb". */
bool cli_may_colour(FILE *to);

/* The entry of NAMES (ended by NULL) nearest to WORD, if near enough to be meant. */
const char *cli_nearest(const char *word, const char *const *names);

#endif
