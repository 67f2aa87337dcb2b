#include "edge/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/cli_complete.h"
#include "edge/cli_help.h"
#include "edge/lang.h"
#include "edge/std_files.h"
#include "kasir/version.h"

#define OPTIONS_MAX 64
#define FIRST_LONG 256		/* getopt's value for option I is FIRST_LONG + I */

static const struct cli_option always[] = {
	{ "help", 'h', NULL, "explain, and do nothing" },
	{ "version", 0, NULL, "print the version" },
	{ NULL, 0, NULL, NULL },
};

/* What getopt_long wants, made from our tables. */
struct grammar {
	const struct cli_option *options[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 3];
	int n;
};

static void
grammar_add(struct grammar *g, const struct cli_option *o)
{
	char *end = g->letters + strlen(g->letters);

	for (; o != NULL && o->name != NULL; o++) {
		kas_assert(g->n < OPTIONS_MAX);
		g->options[g->n] = o;
		g->longs[g->n] = (struct option){ o->name,
			o->value != NULL ? required_argument : no_argument, NULL,
			FIRST_LONG + g->n };
		if (o->letter != 0) {
			*end++ = o->letter;
			if (o->value != NULL)
				*end++ = ':';
			*end = '\0';
		}
		g->n++;
	}
}

/* The leading ':' tells a missing value from an unknown option; '+' stops at the first
 * operand, which is where the command begins. */
static void
grammar_init(struct grammar *g, const struct cli *cli)
{
	*g = (struct grammar){ .letters = "+:" };
	if (cli->command != NULL) {
		memmove(g->letters, ":", 2);
		grammar_add(g, cli->command->options);
	}
	grammar_add(g, cli->program->options);
	grammar_add(g, always);
}

static const struct cli_option *
grammar_find(const struct grammar *g, int c)
{
	if (c >= FIRST_LONG)
		return g->options[c - FIRST_LONG];
	for (int i = 0; i < g->n; i++)
		if (g->options[i]->letter == c)
			return g->options[i];
	return NULL;
}

static const char *
where_help_stands(const struct cli *cli, char *to, size_t n)
{
	snprintf(to, n, "see '%s%s%s --help'", cli->program->name,
	    cli->command != NULL ? " " : "", cli->command != NULL ? cli->command->name : "");
	return to;
}

static int
bad_option(const struct cli *cli, const struct grammar *g, char **argv, int c)
{
	const char *names[OPTIONS_MAX + 1] = { NULL }, *near, *word = argv[optind - 1];
	const struct cli_option *o = optopt != 0 ? grammar_find(g, optopt) : NULL;
	char bare[64];

	if (c == ':' && o != NULL)
		return cli_usage(cli, "option '--%s' needs a value (%s)", o->name, o->value);
	if (o != NULL && optopt >= FIRST_LONG)
		return cli_usage(cli, "option '--%s' takes no value", o->name);
	if (optopt != 0)
		return cli_usage(cli, "unknown option '-%c'", optopt);
	for (int i = 0; i < g->n; i++)
		names[i] = g->options[i]->name;
	snprintf(bare, sizeof bare, "%.*s", (int)strcspn(word + 2, "="), word + 2);
	near = cli_nearest(bare, names);
	if (near != NULL)
		return cli_usage(cli, "unknown option '--%s'; did you mean '--%s'?", bare, near);
	return cli_usage(cli, "unknown option '--%s'", bare);
}

/* Options from argv[*at] on; *AT ends at the first operand.  -1: go on. */
static int
take_options(struct cli *cli, int argc, char **argv, int *at)
{
	const struct cli_option *o;
	struct grammar g;
	int c;

	grammar_init(&g, cli);
	opterr = 0;
	optind = 0;	/* glibc: begin anew, reread POSIXLY_CORRECT and the first char */
	while ((c = getopt_long(argc - *at, argv + *at, g.letters, g.longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			return bad_option(cli, &g, argv + *at, c);
		o = grammar_find(&g, c);
		if (o == &always[0])
			return cli_help(cli->program, cli->command, stdout);
		if (o == &always[1]) {
			printf("%s %s\n", cli->program->name, KASIR_VERSION);
			return EX_OK;
		}
		if (cli->n_given == CLI_VALUES_MAX)
			return cli_usage(cli, "more than %d options", CLI_VALUES_MAX);
		cli->given[cli->n_given].option = o;
		cli->given[cli->n_given++].value = optarg;
	}
	*at += optind;
	return -1;
}

/* How many of ARGV's words are NAME's, all of them or none. */
static int
words_of(const char *name, int argc, char **argv)
{
	int n = 0;
	size_t len;

	for (; *name != '\0'; n++, name += len + (name[len] == ' ')) {
		len = strcspn(name, " ");
		if (n == argc || strlen(argv[n]) != len || memcmp(argv[n], name, len) != 0)
			return 0;
	}
	return n;
}

static const struct cli_command *
find_command(const struct cli_program *p, int argc, char **argv, int *ret_words)
{
	for (const struct cli_command *c = p->commands; c->name != NULL; c++)
		if ((*ret_words = words_of(c->name, argc, argv)) > 0)
			return c;
	return NULL;
}

static int
unknown_command(struct cli *cli, int argc, char **argv)
{
	const char *names[128] = { NULL }, *near;
	const struct cli_command *c;
	char typed[128];
	size_t n = 0;

	snprintf(typed, sizeof typed, "%s%s%s", argv[0], argc > 1 && argv[1][0] != '-' ? " " : "",
	    argc > 1 && argv[1][0] != '-' ? argv[1] : "");
	for (c = cli->program->commands; c->name != NULL && n < 127; c++)
		names[n++] = c->name;
	near = cli_nearest(typed, names);
	if (near == NULL)
		near = cli_nearest(argv[0], names);
	if (!cli_is_group(cli->program, argv[0]))
		typed[strlen(argv[0]) < sizeof typed ? strlen(argv[0]) : sizeof typed - 1] = '\0';
	if (near != NULL)
		return cli_usage(cli, "unknown command '%s'; did you mean '%s %s'?",
		    typed, cli->program->name, near);
	return cli_usage(cli, "unknown command '%s'", typed);
}

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

/* "completion bash", "completion words ..."; -1: neither. */
static int
maybe_completion(struct cli *cli, int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[0], "completion") != 0)
		return -1;
	if (strcmp(argv[1], "bash") == 0 && argc == 2)
		cli_complete_script(cli->program, stdout);
	else if (strcmp(argv[1], "words") == 0)
		cli_complete_words(cli->program, argc - 2, argv + 2, stdout);
	else
		return -1;
	return EX_OK;
}

/* "help", "help terminal", "terminal" and "terminal --help" are made here; -1: none of
 * these. */
static int
maybe_help(struct cli *cli, int argc, char **argv)
{
	bool asked = strcmp(argv[0], "help") == 0;
	int words;

	if (asked) {
		argc--;
		argv++;
	}
	if (argc == 0)
		return cli_help(cli->program, NULL, stdout);
	if (asked && strcmp(argv[0], "--man") == 0)
		return cli_man(cli->program, stdout);
	cli->command = find_command(cli->program, argc, argv, &words);
	if (cli->command != NULL)
		return asked ? cli_help(cli->program, cli->command, stdout) : -1;
	if (!cli_is_group(cli->program, argv[0]))
		return -1;
	if (asked || asks_for_help(argc, argv))
		return cli_help_group(cli->program, argv[0], stdout);
	if (argc > 1)
		return -1;
	cli_help_group(cli->program, argv[0], stderr);
	return EX_USAGE;
}

static int
check_operands(const struct cli *cli)
{
	const struct cli_command *c = cli->command;

	if ((unsigned)cli->argc < c->min)
		return c->min - (unsigned)cli->argc > 1 ?
		    cli_usage(cli, "more than one operand is missing; usage: %s %s %s",
			cli->program->name, c->name, c->operands) :
		    cli_usage(cli, "an operand is missing; usage: %s %s %s",
			cli->program->name, c->name, c->operands);
	if ((unsigned)cli->argc > c->max)
		return cli_usage(cli, "'%s' is one operand too many", cli->argv[c->max]);
	return EX_OK;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	int at = 0, rc, words;

	rc = take_options(cli, argc, argv, &at);
	if (rc != -1)
		return rc;
	if (at == argc) {
		cli_help(cli->program, NULL, stderr);
		return EX_USAGE;
	}
	rc = maybe_completion(cli, argc - at, argv + at);
	if (rc == -1)
		rc = maybe_help(cli, argc - at, argv + at);
	if (rc != -1)
		return rc;
	cli->command = find_command(cli->program, argc - at, argv + at, &words);
	if (cli->command == NULL)
		return unknown_command(cli, argc - at, argv + at);
	/* getopt wants a word before the options; the command's last one serves. */
	at += words - 1;
	rc = take_options(cli, argc, argv, &at);
	if (rc != -1)
		return rc;
	cli->argc = argc - at;
	cli->argv = argv + at;
	rc = cli_check_values(cli);
	if (rc == EX_OK)
		rc = check_operands(cli);
	return rc != EX_OK ? rc : cli->command->run(cli);
}

/* What could not be printed was not done: a key that was to go into a file on a full disk. */
int
cli_main(const struct cli_program *program, int argc, char **argv)
{
	struct cli cli = { .program = program };
	int rc;

	std_files_hold();
	lang_init();
	rc = run(&cli, argc, argv);
	if (rc != EX_OK || std_files_flush())
		return rc;
	return cli_fail(&cli, EX_IOERR, NULL, "standard output: %s", strerror(errno));
}

static KAS_PRINTF(3, 0) void
complain(const struct cli *cli, const char *next_step, const char *fmt, va_list ap)
{
	bool colour = cli_may_colour(stderr);

	fflush(stdout);
	fprintf(stderr, "%s%s:%s ", colour ? "\033[1;31m" : "", cli->program->name,
	    colour ? "\033[0m" : "");
	vfprintf(stderr, gettext(fmt), ap);
	fputc('\n', stderr);
	if (next_step != NULL)
		fprintf(stderr, _("%s: next step: %s\n"), cli->program->name,
		    lang_word(next_step));
}

int
cli_fail(const struct cli *cli, int code, const char *next_step, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(cli, next_step, fmt, ap);
	va_end(ap);
	return code;
}

int
cli_usage(const struct cli *cli, const char *fmt, ...)
{
	char next[160];
	va_list ap;

	va_start(ap, fmt);
	complain(cli, where_help_stands(cli, next, sizeof next), fmt, ap);
	va_end(ap);
	return EX_USAGE;
}

int
cli_exit_of(enum kas_err err)
{
	switch (err) {
	case KAS_OK:
		return EX_OK;
	case KAS_AGAIN:
		return EX_TEMPFAIL;
	case KAS_NOTFOUND:
		return EX_NOINPUT;
	case KAS_EXISTS:
		return EX_CANTCREAT;
	case KAS_DENIED:
		return EX_NOPERM;
	case KAS_NOMEM:
		return EX_OSERR;
	case KAS_FULL:
	case KAS_IO:
		return EX_IOERR;
	case KAS_NEWER:
		return EX_UNAVAILABLE;
	default:
		return EX_DATAERR;
	}
}
