/* test_lang.c - Indonesian is complete, and spoken where it is asked for. */
#include "cash/rules.h"
#include "edge/lang.h"
#include "edge/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kasir/v1/transaction.pb-c.h"

static char catalogues[1024];

static void
speak(const char *all, const char *lang, const char *language)
{
	const struct {
		const char *name, *value;
	} v[] = { { "LC_ALL", all }, { "LANG", lang }, { "LANGUAGE", language },
		{ "LC_MESSAGES", NULL } };

	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
		if (v[i].value != NULL)
			setenv(v[i].name, v[i].value, 1);
		else
			unsetenv(v[i].name);
	lang_init_from(catalogues);
}

static void
the_environment_decides_the_language(void **state)
{
	static const struct {
		const char *all, *lang, *language, *code;
	} cases[] = {
		{ NULL, "id_ID.UTF-8", NULL, "id" },
		{ NULL, "id_ID", NULL, "id" },
		{ NULL, "id", NULL, "id" },
		{ NULL, "C.UTF-8", "id", "id" },
		{ NULL, "en_US.UTF-8", "id", "id" },
		{ NULL, NULL, "id", "id" },
		{ "id_ID.UTF-8", "C", NULL, "id" },
		{ NULL, NULL, NULL, "en" },
		{ NULL, "en_US.UTF-8", NULL, "en" },
		{ NULL, "C.UTF-8", NULL, "en" },
		{ NULL, "sv_SE.UTF-8", NULL, "en" },
		{ NULL, "C", "id", "en" },
		{ "C", "id_ID.UTF-8", NULL, "en" },
		{ "POSIX", "id_ID.UTF-8", "id", "en" },
		{ NULL, "id_ID.UTF-8", "en:id", "en" },
		{ NULL, "id_ID.UTF-8", "sv:id", "id" },
		{ NULL, "id_ID.UTF-8", "en_GB", "en" },
		{ NULL, "id_ID.UTF-8", "enm:id", "id" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		speak(cases[i].all, cases[i].lang, cases[i].language);
		if (strcmp(lang_code(), cases[i].code) != 0)
			fail_msg("case %zu: %s instead of %s", i, lang_code(), cases[i].code);
	}
}

static void
every_rule_has_an_indonesian_sentence(void **state)
{
	(void)state;
	speak(NULL, "id_ID.UTF-8", NULL);
	for (const rule_id *r = rule_all(); *r != 0; r++) {
		const char *english = rule_sentence(*r), *theirs = lang_word(english);

		if (strcmp(english, theirs) == 0)
			fail_msg("not translated: %s", english);
		assert_int_not_equal(theirs[strlen(theirs) - 1], '.');
	}
	speak("C", NULL, NULL);
	assert_string_equal(lang_word(rule_sentence(KASIR__V1__RULE__TENDER_SUM)),
	    "The tenders do not settle the payable total");
}

static void
every_word_of_a_transaction_is_in_the_catalogue(void **state)
{
	static const ProtobufCEnumDescriptor *const enums[] = {
		&kasir__v1__transaction_type__descriptor, &kasir__v1__line_kind__descriptor,
		&kasir__v1__tender_kind__descriptor, &kasir__v1__tender_state__descriptor,
	};
	char word[64], *p;

	(void)state;
	speak(NULL, "id_ID.UTF-8", NULL);
	for (size_t e = 0; e < sizeof enums / sizeof enums[0]; e++)
		for (unsigned i = 0; i < enums[e]->n_values; i++) {
			if (enums[e]->values[i].value == 0)
				continue;
			snprintf(word, sizeof word, "%s", enums[e]->values[i].name);
			for (p = word; *p != '\0'; p++)
				*p = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
			/* A word that is the same in both languages has another pointer still. */
			if (lang_word(word) == word)
				fail_msg("not in po/words.h: %s", word);
		}
}

static void
the_heading_of_a_catalogue_is_never_shown(void **state)
{
	(void)state;
	speak(NULL, "id_ID.UTF-8", NULL);
	assert_string_equal(lang_word(""), "");
}

static void
money_and_dates_are_written_as_the_language_writes_them(void **state)
{
	static const struct {
		const char *lang, *rupiah, *pounds, *time, *day;
	} cases[] = {
		{ "id_ID.UTF-8", "Rp 1.234.567", "GBP 12,50", "31/05/2026 07:05:09", "31/05/2026" },
		{ "C", "Rp 1.234.567", "GBP 12.50", "2026-05-31 07:05:09", "2026-05-31" },
	};
	char money[MONEY_TEXT_MAX], text[LANG_TIME_MAX];

	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		speak(NULL, cases[i].lang, NULL);
		lang_money((struct money){ 1234567 }, "IDR", 0, money);
		assert_string_equal(money, cases[i].rupiah);
		lang_money((struct money){ 1250 }, "GBP", 2, money);
		assert_string_equal(money, cases[i].pounds);
		assert_true(lang_time(INT64_C(1780211109) * 1000000, text));
		assert_string_equal(text, cases[i].time);
		lang_day(20260531, text);
		assert_string_equal(text, cases[i].day);
	}
}

/* A table of one row, as text. */
static void
print(enum table_format format, char *to, size_t n)
{
	static const struct table_column columns[] = {
		{ "cashier", "Cashier", TABLE_LEFT }, { "open", "State", TABLE_LEFT },
		{ "at", "Stored", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	FILE *f = fmemopen(to, n, "w");

	assert_non_null(f);
	table_text(t, "ani");
	table_bool(t, true);
	table_time(t, INT64_C(1780211109) * 1000000);
	assert_int_equal(table_print(t, format, f), KAS_OK);
	fclose(f);
	table_close(t);
}

static void
people_are_translated_to_and_programs_are_not(void **state)
{
	char people[1024], indonesian[1024], english[1024];

	(void)state;
	setenv("TZ", "UTC", 1);
	speak("C", NULL, NULL);
	print(TABLE_JSON, english, sizeof english);
	speak(NULL, "id_ID.UTF-8", NULL);
	print(TABLE_JSON, indonesian, sizeof indonesian);
	print(TABLE_PEOPLE, people, sizeof people);
	assert_string_equal(english, indonesian);
	assert_non_null(strstr(english, "\"cashier\": \"ani\""));
	assert_non_null(strstr(people, "Kasir"));
	assert_non_null(strstr(people, "ya"));
	assert_non_null(strstr(people, "31/05/2026"));
}

/* Programs of tests stand two folders below the build folder. */
static int
find_catalogues(void **state)
{
	ssize_t n = readlink("/proc/self/exe", catalogues, sizeof catalogues - 40);

	(void)state;
	while (n > 0 && catalogues[n - 1] != '/')
		n--;
	if (n <= 0)
		return -1;
	strcpy(catalogues + n, "../../share/locale");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_decides_the_language),
		cmocka_unit_test(every_rule_has_an_indonesian_sentence),
		cmocka_unit_test(every_word_of_a_transaction_is_in_the_catalogue),
		cmocka_unit_test(the_heading_of_a_catalogue_is_never_shown),
		cmocka_unit_test(money_and_dates_are_written_as_the_language_writes_them),
		cmocka_unit_test(people_are_translated_to_and_programs_are_not),
	};

	return cmocka_run_group_tests(tests, find_catalogues, NULL);
}
