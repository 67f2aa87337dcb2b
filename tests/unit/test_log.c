/* Lines in the log are lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "edge/log.h"

/* What log_line() writes for TEXT, with its newline. */
static void
written(const char *text, char *to, size_t size)
{
	FILE *f = tmpfile();
	int before = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(f);
	fflush(stderr);
	assert_true(dup2(fileno(f), STDERR_FILENO) >= 0);
	log_init("kasird", LOG_LVL_NOTICE);
	log_line(LOG_LVL_NOTICE, "%s", text);
	fflush(stderr);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	rewind(f);
	n = fread(to, 1, size - 1, f);
	to[n] = '\0';
	fclose(f);
}

static void
nothing_in_a_sentence_moves_the_cursor_or_begins_a_line(void **state)
{
	static const struct { const char *text, *wanted; } cases[] = {
		{ "plain", "plain" },
		{ "line\nkasird: error: forged", "line?kasird: error: forged" },
		{ "\x1b[2Jgone", "?[2Jgone" },
		{ "tab\tdel\x7f", "tab?del?" },
		{ "Toko Sélatan \xe2\x80\x94 Rp", "Toko Sélatan \xe2\x80\x94 Rp" },
		{ "\xc2\x9b" "2J", "??2J" },			/* CSI as one character */
		{ "\xc2\x9f\xc2\xa0", "??\xc2\xa0" },		/* U+009F; U+00A0 */
		{ "latin1 \x9b" "2J", "latin1 ?2J" },		/* CSI as one byte */
		{ "cut \xe2\x80", "cut ??" },
		{ "ends with \xc2", "ends with ?" },
	};
	char line[256], wanted[256];
	size_t i;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		written(cases[i].text, line, sizeof line);
		snprintf(wanted, sizeof wanted, "kasird: %s\n", cases[i].wanted);
		assert_string_equal(line, wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_a_sentence_moves_the_cursor_or_begins_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
