/* What was given on the command line. */
#include "edge/cli_complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Letters and '_' as one is used to type them. */
static bool
same_word(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++)
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b) &&
		    !(*a == '_' && *b == '-'))
			return false;
	return *a == *b;
}

static int
bad_value(const struct cli *cli, const struct cli_option *o, const char *value,
    const char *const *words)
{
	const char *near = cli_nearest(value, words);
	char list[400] = "";

	if (near != NULL)
		return cli_usage(cli, "--%s: there is no '%s'; did you mean '%s'?", o->name, value,
		    near);
	for (size_t n = 0; *words != NULL && n < sizeof list; words++, n = strlen(list))
		snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", *words);
	return cli_usage(cli, "--%s: there is no '%s'; there are: %s", o->name, value, list);
}

int
cli_check_values(const struct cli *cli)
{
	const char *const *words;
	const struct cli_kind *k;
	size_t w;

	for (unsigned i = 0; i < cli->n_given; i++) {
		k = cli_kind_of(cli->program, cli->given[i].option->value);
		if (k == NULL || k->words == NULL)
			continue;
		words = k->words();
		for (w = 0; words[w] != NULL && !same_word(cli->given[i].value, words[w]);)
			w++;
		if (words[w] == NULL)
			return bad_value(cli, cli->given[i].option, cli->given[i].value, words);
	}
	return EX_OK;
}

const char *
cli_nth_value(const struct cli *cli, const char *name, unsigned n)
{
	for (unsigned i = 0; i < cli->n_given; i++)
		if (strcmp(cli->given[i].option->name, name) == 0 && n-- == 0)
			return cli->given[i].value != NULL ? cli->given[i].value : "";
	return NULL;
}

bool
cli_flag(const struct cli *cli, const char *name)
{
	return cli_nth_value(cli, name, 0) != NULL;
}

const char *
cli_value(const struct cli *cli, const char *name, const char *otherwise)
{
	const char *v, *last = otherwise;

	for (unsigned n = 0; (v = cli_nth_value(cli, name, n)) != NULL; n++)
		last = v;
	return last;
}

uint64_t
cli_number(const struct cli *cli, const char *name, uint64_t min, uint64_t max,
    uint64_t otherwise, int *ret_exit)
{
	const char *text = cli_value(cli, name, NULL);
	uint64_t v;

	if (text == NULL)
		return otherwise;
	if (decimal_parse(bytes_of_text(text), &v) == KAS_OK && v >= min && v <= max)
		return v;
	*ret_exit = cli_usage(cli, "--%s: '%s' is not a number from %llu to %llu", name, text,
	    (unsigned long long)min, (unsigned long long)max);
	return otherwise;
}
