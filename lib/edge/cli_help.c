#include "edge/cli_help.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/lang.h"

bool
cli_may_colour(FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(to)) && (no == NULL || *no == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

static void
heading(FILE *to, const char *text)
{
	bool colour = cli_may_colour(to);

	fprintf(to, "\n%s%s%s\n", colour ? "\033[1m" : "", lang_word(text), colour ? "\033[0m" : "");
}

static void
print_options(FILE *to, const char *title, const struct cli_option *o)
{
	char left[64];

	if (o == NULL || o->name == NULL)
		return;
	heading(to, title);
	for (; o->name != NULL; o++) {
		snprintf(left, sizeof left, "%c%c%s--%s%s%s", o->letter != 0 ? '-' : ' ',
		    o->letter != 0 ? o->letter : ' ', o->letter != 0 ? ", " : "  ", o->name,
		    o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
		fprintf(to, "  %-26s %s\n", left, lang_word(o->help));
	}
}

static bool
in_group(const struct cli_command *c, const char *word)
{
	size_t n = strlen(word);

	return strncmp(c->name, word, n) == 0 && c->name[n] == ' ';
}

static void
print_commands(FILE *to, const struct cli_program *p, const char *group)
{
	const struct cli_command *c;
	char left[64];

	heading(to, N_("Commands"));
	for (c = p->commands; c->name != NULL; c++) {
		if (group != NULL && !in_group(c, group))
			continue;
		snprintf(left, sizeof left, "%s%s%s", c->name, c->operands != NULL ? " " : "",
		    c->operands != NULL ? c->operands : "");
		fprintf(to, "  %-26s %s\n", left, lang_word(c->summary));
	}
}

static void
print_program(FILE *to, const struct cli_program *p)
{
	fprintf(to, "%s - %s\n", p->name, lang_word(p->summary));
	heading(to, N_("Usage"));
	fprintf(to, "  %s [options] command [options] [operands]\n", p->name);
	print_commands(to, p, NULL);
	print_options(to, N_("Options of every command"), p->options);
	if (p->help != NULL)
		fprintf(to, "\n%s", p->help);
	fprintf(to, _("\n'%s help COMMAND' tells more about one.\n"), p->name);
}

static void
print_command(FILE *to, const struct cli_program *p, const struct cli_command *c)
{
	bool has_options = (c->options != NULL && c->options->name != NULL) ||
	    (p->options != NULL && p->options->name != NULL);

	fprintf(to, "%s %s - %s\n", p->name, c->name, lang_word(c->summary));
	heading(to, N_("Usage"));
	fprintf(to, "  %s %s%s%s%s\n", p->name, c->name, has_options ? " [options]" : "",
	    c->operands != NULL ? " " : "", c->operands != NULL ? c->operands : "");
	if (c->help != NULL)
		fprintf(to, "\n%s", c->help);
	print_options(to, N_("Options"), c->options);
	print_options(to, N_("Options of every command"), p->options);
}

int
cli_help(const struct cli_program *p, const struct cli_command *command, FILE *to)
{
	if (command != NULL)
		print_command(to, p, command);
	else
		print_program(to, p);
	return EX_OK;
}

bool
cli_is_group(const struct cli_program *p, const char *word)
{
	for (const struct cli_command *c = p->commands; c->name != NULL; c++)
		if (in_group(c, word))
			return true;
	return false;
}

int
cli_help_group(const struct cli_program *p, const char *word, FILE *to)
{
	fprintf(to, "%s %s\n", p->name, word);
	print_commands(to, p, word);
	fprintf(to, _("\n'%s help %s COMMAND' tells more about one.\n"), p->name, word);
	return EX_OK;
}

/* Edit distance with transpositions counted once (optimal string alignment), of words
 * of at most 47 letters. */
#define WORD_MAX 48

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static unsigned
distance(const char *a, const char *b)
{
	unsigned d[WORD_MAX + 1][WORD_MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	for (size_t i = 0; i <= n; i++)
		d[i][0] = (unsigned)i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
			    d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[n][m];
}

const char *
cli_nearest(const char *word, const char *const *names)
{
	const char *best = NULL;
	unsigned least = UINT32_MAX, d;

	if (strlen(word) >= WORD_MAX)
		return NULL;
	for (; *names != NULL; names++) {
		if (strlen(*names) >= WORD_MAX)
			continue;
		/* A beginning is meant as much as a slip of the finger is. */
		d = strncmp(*names, word, strlen(word)) == 0 ? 1 : distance(word, *names);
		if (d < least) {
			least = d;
			best = *names;
		}
	}
	return least <= 1 + strlen(word) / 4 ? best : NULL;
}
