#include <string.h>

#include "cash/money.h"
#include "edge/table_parts.h"

/* A name that a till sent must not be a formula in somebody's spreadsheet. */
static bool
looks_like_formula(const char *text)
{
	return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

static void
print_text(const char *text, FILE *to)
{
	if (looks_like_formula(text))
		fputc('\'', to);
	if (text[strcspn(text, ",\"\r\n")] == '\0') {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

/* What is neither text nor number stands as people see it. */
static void
print_cell(const struct cell *c, FILE *to)
{
	char plain[MONEY_TEXT_MAX];

	if (json_is_integer(c->value)) {
		money_format_plain((struct money){ json_integer_value(c->value) }, c->exponent,
		    plain);
		fputs(plain, to);
	} else if (json_is_string(c->value)) {
		print_text(json_string_value(c->value), to);
	} else if (json_is_boolean(c->value)) {
		fputs(json_is_true(c->value) ? "true" : "false", to);
	} else if (!json_is_null(c->value)) {
		print_text(c->shown, to);
	}
}

void
table_print_csv(const struct table *t, FILE *to)
{
	for (size_t c = 0; c < t->width; c++)
		fprintf(to, "%s%s", c > 0 ? "," : "", t->columns[c].key);
	fputs("\r\n", to);
	for (size_t i = 0; i < t->n; i++) {
		if (i % t->width > 0)
			fputc(',', to);
		print_cell(&t->cells[i], to);
		if (i % t->width == t->width - 1)
			fputs("\r\n", to);
	}
}
