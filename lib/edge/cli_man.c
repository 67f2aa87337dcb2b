#include "edge/cli_help.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

/* A word of mdoc: what its language would take for its own is escaped. */
static void
put(FILE *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '-' || *text == '\\')
			fputc('\\', to);
		fputc(*text == '\\' ? 'e' : *text, to);
	}
}

/* FILE -> "file"; "[ID...]" -> "id ...". */
static void
put_argument(FILE *to, const char *name)
{
	for (; *name != '\0'; name++)
		if (isalpha((unsigned char)*name))
			fputc(tolower((unsigned char)*name), to);
		else if (*name == ' ')
			fputs(" Ar ", to);
}

static void
put_options(FILE *to, const struct cli_option *o)
{
	if (o == NULL || o->name == NULL)
		return;
	fputs(".Pp\n.Bl -tag -width Ds -compact\n", to);
	for (; o->name != NULL; o++) {
		fputs(".It ", to);
		if (o->letter != 0) {
			fprintf(to, "Fl %c ", o->letter);
			if (o->value != NULL) {
				fputs("Ar ", to);
				put_argument(to, o->value);
				fputc(' ', to);
			}
			fputs(", ", to);
		}
		fprintf(to, "Fl -%s", o->name);
		if (o->value != NULL) {
			fputs(" Ar ", to);
			put_argument(to, o->value);
		}
		fputc('\n', to);
		put(to, o->help);
		fputs(".\n", to);
	}
	fputs(".El\n", to);
}

static void
put_command(FILE *to, const struct cli_command *c)
{
	bool options = c->options != NULL && c->options->name != NULL;

	fprintf(to, ".It Cm %s%s", c->name, options ? " Op Ar options" : "");
	if (c->operands != NULL) {
		fputs(c->min == 0 ? " Op Ar " : " Ar ", to);
		put_argument(to, c->operands);
	}
	fputc('\n', to);
	put(to, c->summary);
	fputs(".\n", to);
	put_options(to, c->options);
}

int
cli_man(const struct cli_program *p, FILE *to)
{
	char date[32] = "", upper[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(date, sizeof date, "%B %e, %Y", &tm);
	for (size_t i = 0; p->name[i] != '\0' && i + 1 < sizeof upper; i++)
		upper[i] = (char)toupper((unsigned char)p->name[i]);
	fprintf(to, ".Dd %s\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", date, upper, p->name);
	put(to, p->summary);
	fputs("\n.Sh SYNOPSIS\n.Nm\n.Op Ar options\n.Ar command\n.Op Ar options\n"
	    ".Op Ar operands\n.Sh DESCRIPTION\nOptions of every command:\n", to);
	put_options(to, p->options);
	fputs(".Pp\nCommands:\n.Bl -tag -width Ds\n", to);
	for (const struct cli_command *c = p->commands; c->name != NULL; c++)
		put_command(to, c);
	fputs(".El\n.Sh EXIT STATUS\n0 when all is well, else a code of\n.In sysexits.h .\n", to);
	return EX_OK;
}
