#define KASIR_BASE_ERR_C
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[KAS__ERRS] = {
	[KAS_OK] = "success",
	[KAS_AGAIN] = "try again later",
	[KAS_NOTFOUND] = "not found",
	[KAS_EXISTS] = "already exists",
	[KAS_MALFORMED] = "malformed",
	[KAS_BADSIG] = "bad signature",
	[KAS_DENIED] = "not permitted",
	[KAS_RANGE] = "out of range",
	[KAS_FULL] = "no room",
	[KAS_NOMEM] = "out of memory",
	[KAS_IO] = "input/output error",
	[KAS_NEWER] = "made by a newer version",
	[KAS_FORK] = "contradicts signed history",
	[KAS_CORRUPT] = "history does not verify",
};

const char *
kas_err_text(enum kas_err err)
{
	if ((unsigned)err >= KAS__ERRS || texts[err] == NULL)
		return "unknown error";
	return texts[err];
}

enum kas_err
kas_fail(struct kas_why *why, enum kas_err err, const char *fmt, ...)
{
	va_list ap;

	if (why != NULL) {
		va_start(ap, fmt);
		vsnprintf(why->text, sizeof why->text, fmt, ap);
		va_end(ap);
	}
	return err;
}

void
kas_why_prefix(struct kas_why *why, const char *fmt, ...)
{
	char text[2 * sizeof why->text];
	va_list ap;
	size_t used;

	if (why == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof why->text, fmt, ap);
	va_end(ap);
	used = strlen(text);
	snprintf(text + used, sizeof text - used, ": %.*s",
	    (int)(sizeof why->text - 1), why->text);
	text[sizeof why->text - 1] = '\0';
	memcpy(why->text, text, sizeof why->text);
}

void
kas_assert_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "kasir: bug: %s:%d: %s does not hold\n", file, line, cond);
	abort();
}
