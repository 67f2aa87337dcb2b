#include "edge/lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DOMAIN "kasir"
#define FOLDER_MAX 1024

/* What we print is UTF-8 whatever the environment says; tables count its columns by the
 * locale. */
static void
write_utf8(void)
{
	if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

static const char *
set_in_environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* The first of them that is set counts, as everywhere; NULL: none is. */
static const char *
asked_for(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value = NULL;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && value == NULL; i++)
		value = set_in_environment(names[i]);
	return value;
}

/* There is no catalogue of English: gettext would go on to the next language. */
static bool
is_english(const char *locale)
{
	return strncmp(locale, "en", 2) == 0 && strchr("_.@:", locale[2]) != NULL;
}

/* gettext looks for a catalogue by the name of the locale in use, never in the C locale, and
 * a bare system has generated no other.  C.UTF-8 is always there and is not "C": with it
 * LANGUAGE decides alone. */
static void
choose(void)
{
	const char *asked = asked_for(), *first = set_in_environment("LANGUAGE");

	if (asked != NULL && (strcmp(asked, "C") == 0 || strcmp(asked, "POSIX") == 0))
		first = "en";
	else if (first == NULL)
		first = asked;
	if (first != NULL && is_english(first)) {
		setlocale(LC_MESSAGES, "C");
		return;
	}
	if (asked != NULL && setlocale(LC_MESSAGES, "") != NULL)
		return;
	setlocale(LC_MESSAGES, "C.UTF-8");
	if (first != NULL)
		setenv("LANGUAGE", first, 1);
}

void
lang_init_from(const char *folder)
{
	write_utf8();
	choose();
	bindtextdomain(DOMAIN, folder);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

void
lang_init(void)
{
	static const char beside[] = "/../share/locale";
	char path[FOLDER_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof beside);

	while (n > 0 && path[n - 1] != '/')
		n--;
	if (n > 0)
		strcpy(path + n - 1, beside);
	lang_init_from(n > 0 ? path : "/usr/share/locale");
}

const char *
lang_code(void)
{
	/* TRANSLATORS: the code of your language, "id".  It decides how dates and decimal
	 * marks are written. */
	return _("en");
}

static bool
indonesian(void)
{
	return strcmp(lang_code(), "id") == 0;
}

const char *
lang_word(const char *text)
{
	return *text != '\0' ? gettext(text) : text;
}

void
lang_money(struct money m, const char *currency, unsigned exponent, char to[MONEY_TEXT_MAX])
{
	char *point;

	money_format(m, currency, exponent, to);
	if (indonesian() && strcmp(currency, "IDR") != 0 && (point = strrchr(to, '.')) != NULL)
		*point = ',';
}

bool
lang_time(int64_t wall_us, char to[LANG_TIME_MAX])
{
	time_t s = (time_t)(wall_us / 1000000 - (wall_us % 1000000 < 0));
	struct tm tm;

	return localtime_r(&s, &tm) != NULL && strftime(to, LANG_TIME_MAX,
	    indonesian() ? "%d/%m/%Y %T" : "%F %T", &tm) > 0;
}

void
lang_day(unsigned day, char to[LANG_TIME_MAX])
{
	unsigned y = day / 10000 % 10000, m = day / 100 % 100, d = day % 100;

	if (indonesian())
		snprintf(to, LANG_TIME_MAX, "%02u/%02u/%04u", d, m, y);
	else
		snprintf(to, LANG_TIME_MAX, "%04u-%02u-%02u", y, m, d);
}
