#include "edge/cli_complete.h"

#include <stdlib.h>
#include <string.h>

#define TYPED_MAX 32

/* A line as far as it is typed. */
struct line {
	struct cli cli;			/* options given, and the command when it is known */
	const char *typed[TYPED_MAX];	/* words that are no options, nor their values */
	size_t n;
	const struct cli_option *open;	/* its value comes next */
	const char *current;
};

static const struct cli_option always[] = {
	{ "help", 'h', NULL, NULL },
	{ "version", 0, NULL, NULL },
	{ NULL, 0, NULL, NULL },
};

void
cli_complete_script(const struct cli_program *p, FILE *to)
{
	char function[64];

	snprintf(function, sizeof function, "_%s", p->name);
	for (char *c = function; *c != '\0'; c++)
		*c = *c == '-' ? '_' : *c;
	fprintf(to, "# bash completion, made by `%s completion bash`\n"
	    "%s() {\n"
	    "	local IFS=$'\\n'\n"
	    "	COMPREPLY=($(\"$1\" completion words \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null))\n"
	    "}\n"
	    "complete -o bashdefault -o default -F %s %s\n", p->name, function, function, p->name);
}

const struct cli_kind *
cli_kind_of(const struct cli_program *p, const char *name)
{
	const struct cli_kind *k = p->kinds;
	size_t n;

	if (name == NULL || k == NULL)
		return NULL;
	name += *name == '[';
	n = strcspn(name, "].");
	for (; k->name != NULL; k++)
		if (strlen(k->name) == n && memcmp(k->name, name, n) == 0)
			return k;
	return NULL;
}

static const struct cli_option *
find_option(const struct cli_option *o, const char *word)
{
	for (; o != NULL && o->name != NULL; o++) {
		if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, o->name) == 0)
			return o;
		if (word[1] != '-' && word[1] == o->letter && word[2] == '\0')
			return o;
	}
	return NULL;
}

/* What is left of the command's name behind the words that are typed; NULL: they are not its. */
static const char *
rest_of(const char *name, const struct line *l)
{
	size_t len;

	for (size_t n = 0; n < l->n; n++, name += len + (name[len] == ' ')) {
		len = strcspn(name, " ");
		if (len == 0 || strlen(l->typed[n]) != len || memcmp(name, l->typed[n], len) != 0)
			return NULL;
	}
	return name;
}

/* The command that the words typed so far name in full; NULL: none. */
static const struct cli_command *
named(const struct line *l)
{
	const char *rest;

	for (const struct cli_command *c = l->cli.program->commands; c->name != NULL; c++) {
		rest = rest_of(c->name, l);
		if (rest != NULL && *rest == '\0')
			return c;
	}
	return NULL;
}

static void
take_option(struct line *l, const char *word)
{
	const struct cli_command *c = l->cli.command;
	const struct cli_option *o = c != NULL ? find_option(c->options, word) : NULL;

	if (o == NULL)
		o = find_option(l->cli.program->options, word);
	l->open = o != NULL && o->value != NULL ? o : NULL;
}

static void
take_value(struct line *l, const char *word)
{
	if (l->cli.n_given < CLI_VALUES_MAX) {
		l->cli.given[l->cli.n_given].option = l->open;
		l->cli.given[l->cli.n_given++].value = word;
	}
	l->open = NULL;
}

static void
read_line(struct line *l, int n, char **words)
{
	for (int i = 0; i + 1 < n; i++) {
		if (strcmp(words[i], "=") == 0)	/* bash breaks --type=sale there */
			continue;
		if (l->open != NULL)
			take_value(l, words[i]);
		else if (words[i][0] == '-')
			take_option(l, words[i]);
		else if (l->n < TYPED_MAX) {
			l->typed[l->n++] = words[i];
			if (l->cli.command == NULL)
				l->cli.command = named(l);
		}
	}
	l->current = n > 0 && strcmp(words[n - 1], "=") != 0 ? words[n - 1] : "";
}

static void
offer(const struct line *l, const char *word, size_t len, FILE *to)
{
	size_t n = strlen(l->current);

	if (n <= len && memcmp(word, l->current, n) == 0)
		fprintf(to, "%.*s\n", (int)len, word);
}

static void
offer_options(const struct line *l, const struct cli_option *o, FILE *to)
{
	char word[64];

	for (; o != NULL && o->name != NULL; o++) {
		snprintf(word, sizeof word, "--%s", o->name);
		offer(l, word, strlen(word), to);
	}
}

/* Each next word once: commands of one group stand together in the table. */
static void
offer_commands(const struct line *l, FILE *to)
{
	const char *at, *last = "";
	size_t len;

	for (const struct cli_command *c = l->cli.program->commands; c->name != NULL; c++) {
		at = rest_of(c->name, l);
		if (at == NULL)
			continue;
		len = strcspn(at, " ");
		if (strcspn(last, " ") != len || memcmp(last, at, len) != 0)
			offer(l, at, len, to);
		last = at;
	}
	if (l->n == 0)
		offer(l, "help", 4, to);
}

static void
offer_dynamic(const struct line *l, const struct cli_kind *k, FILE *to)
{
	char *all = NULL, *rest, *word;
	size_t n = 0;
	FILE *f = open_memstream(&all, &n);

	if (f == NULL)
		return;
	k->complete(&l->cli, f);
	if (fclose(f) == 0)
		for (rest = all; (word = strtok_r(rest, "\n", &rest)) != NULL;)
			offer(l, word, strlen(word), to);
	free(all);
}

static void
offer_kind(const struct line *l, const char *name, FILE *to)
{
	const struct cli_kind *k = cli_kind_of(l->cli.program, name);

	if (k != NULL && k->words != NULL)
		for (const char *const *w = k->words(); *w != NULL; w++)
			offer(l, *w, strlen(*w), to);
	if (k != NULL && k->complete != NULL)
		offer_dynamic(l, k, to);
}

/* What the operand that comes next stands for; the last one may be repeated ("ID..."). */
static void
offer_operand(struct line *l, FILE *to)
{
	const char *at = l->cli.command->operands;
	char name[32];
	size_t words = 1, len;

	for (const char *p = l->cli.command->name; *p != '\0'; p++)
		words += *p == ' ';
	if (at == NULL || l->n - words >= l->cli.command->max)
		return;
	for (size_t i = words; i < l->n && strchr(at, ' ') != NULL; i++)
		at = strchr(at, ' ') + 1;
	len = strcspn(at, " ");
	snprintf(name, sizeof name, "%.*s", (int)len, at);
	offer_kind(l, name, to);
}

void
cli_complete_words(const struct cli_program *p, int n, char **words, FILE *to)
{
	struct line l = { .cli.program = p };

	if (n > 0 && strcmp(words[0], "help") == 0) {
		n--;
		words++;
	}
	read_line(&l, n, words);
	if (l.open != NULL)
		offer_kind(&l, l.open->value, to);
	else if (l.current[0] == '-') {
		offer_options(&l, l.cli.command != NULL ? l.cli.command->options : NULL, to);
		offer_options(&l, p->options, to);
		offer_options(&l, always, to);
	} else if (l.cli.command == NULL)
		offer_commands(&l, to);
	else
		offer_operand(&l, to);
}
