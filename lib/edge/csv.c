#include "edge/csv.h"

#include "base/nls.h"

void
csv_init(struct csv *c, struct source *source)
{
	*c = (struct csv){ .source = source, .separator = ',' };
	buf_init(&c->text);
}

void
csv_fini(struct csv *c)
{
	buf_fini(&c->text);
}

static enum kas_err
malformed(struct csv *c, const char *what, struct kas_why *why)
{
	c->reason = what;
	return kas_fail(why, KAS_MALFORMED, "line %llu: %s", (unsigned long long)c->line + 1, what);
}

static enum kas_err
put(struct csv *c, int byte, struct kas_why *why)
{
	uint8_t b = (uint8_t)byte;

	if (c->text.n >= CSV_RECORD_MAX)
		return malformed(c, N_("the record is too long"), why);
	buf_add(&c->text, &b, 1);
	return KAS_OK;
}

static bool
ends_field(const struct csv *c, int byte)
{
	return byte == c->separator || byte == '\n' || byte == '\r' || byte == SOURCE_END;
}

/* After the opening quote, up to the closing one. */
static enum kas_err
read_quoted(struct csv *c, struct kas_why *why)
{
	enum kas_err err;
	int byte;

	for (;;) {
		byte = source_get(c->source);
		if (byte == SOURCE_END)
			return malformed(c, N_("the file ends inside quotes"), why);
		if (byte == '"') {
			if (source_peek(c->source) != '"')
				break;
			source_get(c->source);
		}
		if (byte == '\n')
			c->line++;
		if (byte == '\0')
			return malformed(c, N_("a NUL byte"), why);
		if ((err = put(c, byte, why)) != KAS_OK)
			return err;
	}
	if (!ends_field(c, source_peek(c->source)))
		return malformed(c, N_("text after a closing quote"), why);
	return KAS_OK;
}

static enum kas_err
read_plain(struct csv *c, struct kas_why *why)
{
	enum kas_err err;
	int byte;

	while (!ends_field(c, source_peek(c->source))) {
		byte = source_get(c->source);
		if (byte == '"')
			return malformed(c, N_("a quote inside an unquoted field"), why);
		if (byte == '\0')
			return malformed(c, N_("a NUL byte"), why);
		if ((err = put(c, byte, why)) != KAS_OK)
			return err;
	}
	return KAS_OK;
}

static enum kas_err
read_field(struct csv *c, struct kas_why *why)
{
	enum kas_err err;

	if (c->n == CSV_FIELDS_MAX)
		return malformed(c, N_("too many fields"), why);
	c->start[c->n++] = c->text.n;
	if (source_peek(c->source) == '"') {
		source_get(c->source);
		err = read_quoted(c, why);
	} else {
		err = read_plain(c, why);
	}
	return err != KAS_OK ? err : put(c, '\0', why);
}

/* The line's end, where the fields have stopped. */
static enum kas_err
end_line(struct csv *c, struct kas_why *why)
{
	int byte = source_get(c->source);

	if (byte == '\r') {
		if (source_peek(c->source) != '\n')
			return malformed(c, N_("a carriage return without a line feed"), why);
		byte = source_get(c->source);
	}
	c->line += byte == '\n';
	return source_error(c->source, why);
}

static enum kas_err
skip_empty_lines(struct csv *c, struct kas_why *why)
{
	enum kas_err err;

	while (source_peek(c->source) == '\n' || source_peek(c->source) == '\r')
		if ((err = end_line(c, why)) != KAS_OK)
			return err;
	err = source_error(c->source, why);
	if (err == KAS_OK && source_peek(c->source) == SOURCE_END)
		return KAS_NOTFOUND;
	return err;
}

static enum kas_err
read_record(struct csv *c, struct kas_why *why)
{
	enum kas_err err = read_field(c, why);

	while (err == KAS_OK && source_peek(c->source) == c->separator) {
		source_get(c->source);
		err = read_field(c, why);
	}
	return err == KAS_OK ? end_line(c, why) : err;
}

/* What is left of a line that is no record. */
static void
skip_line(struct csv *c)
{
	int byte;

	do
		byte = source_get(c->source);
	while (byte != '\n' && byte != SOURCE_END);
	c->line += byte == '\n';
}

enum kas_err
csv_next(struct csv *c, struct kas_why *why)
{
	enum kas_err err;
	size_t i;

	c->n = 0;
	buf_reset(&c->text);
	if ((err = skip_empty_lines(c, why)) != KAS_OK)
		return err;
	c->first = c->line + 1;
	if ((err = read_record(c, why)) != KAS_OK) {
		if (err == KAS_MALFORMED)
			skip_line(c);
		return err;
	}
	if (c->text.failed)
		return KAS_NOMEM;
	for (i = 0; i < c->n; i++)
		c->field[i] = (const char *)c->text.p + c->start[i];
	return KAS_OK;
}
