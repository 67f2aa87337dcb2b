#include "edge/rules_parts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "edge/cli.h"

const struct rules_word rules_roundings[] = {
	{ "half-up", KASIR__V1__ROUNDING_MODE__HALF_UP },
	{ "half-even", KASIR__V1__ROUNDING_MODE__HALF_EVEN },
	{ "floor", KASIR__V1__ROUNDING_MODE__FLOOR },
	{ NULL, 0 },
};

const struct rules_word rules_parts[] = {
	{ "receipt-number", KASIR__V1__TRANSACTION_PART__PART_RECEIPT_NUMBER },
	{ "cashier", KASIR__V1__TRANSACTION_PART__PART_CASHIER },
	{ "shift", KASIR__V1__TRANSACTION_PART__PART_SHIFT },
	{ "line-name", KASIR__V1__TRANSACTION_PART__PART_LINE_NAME },
	{ "line-code", KASIR__V1__TRANSACTION_PART__PART_LINE_CODE },
	{ "tax-code", KASIR__V1__TRANSACTION_PART__PART_TAX_CODE },
	{ "reason", KASIR__V1__TRANSACTION_PART__PART_REASON },
	{ NULL, 0 },
};

const struct rules_word rules_bools[] = { { "yes", 1 }, { "no", 0 }, { NULL, 0 } };
const struct rules_word rules_bys[] = { { "line", 1 }, { "document", 0 }, { NULL, 0 } };

const char *
rules_word_of(const struct rules_word *words, int value)
{
	for (; words->name != NULL; words++)
		if (words->value == value)
			return words->name;
	return NULL;
}

static void
bad(struct taking *t, const struct setting *s, const char *expected)
{
	problems_add(t->problems, s->line, "%s%s\"%.60s\": expected %s", s->name,
	    s->name[0] != '\0' ? " = " : "", s->value, expected);
}

/* "half-up, half-even or floor" */
static void
list_words(const struct rules_word *words, char *to, size_t room)
{
	size_t i, n = 0;

	for (i = 0; words[i].name != NULL; i++)
		n += (size_t)snprintf(to + n, room - n, "%s%s", i == 0 ? "" :
		    words[i + 1].name == NULL ? " or " : ", ", words[i].name);
}

#define WORDS_MAX 8

TAKER(take_word)
{
	const struct rules_word *words = key->words;
	const char *names[WORDS_MAX + 1] = { NULL }, *near;
	char expected[160], meant[60] = "";
	size_t i;

	for (i = 0; words[i].name != NULL; i++) {
		if (strcmp(words[i].name, s->value) == 0) {
			*(int *)field = words[i].value;
			return;
		}
		kas_assert(i < WORDS_MAX);
		names[i] = words[i].name;
	}
	near = cli_nearest(s->value, names);
	if (near != NULL)
		snprintf(meant, sizeof meant, "; did you mean %s?", near);
	list_words(words, expected, sizeof expected - sizeof meant);
	strcat(expected, meant);
	bad(t, s, expected);
}

TAKER(take_text)
{
	(void)key;
	(void)t;
	*(const char **)field = s->value;
}

TAKER(take_exponent)
{
	uint64_t v;

	(void)key;
	if (decimal_parse(bytes_of_text(s->value), &v) == KAS_OK && v <= RULES_EXPONENT_MAX)
		*(uint32_t *)field = (uint32_t)v;
	else
		bad(t, s, "0 to 4, the decimals of the currency in use");
}

/* Digits of a fixed width; false: others. */
static bool
fixed(const char *p, size_t n, int *ret)
{
	int v = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + p[i] - '0';
	}
	*ret = v;
	return true;
}

static uint32_t
day_of(time_t at)
{
	struct tm tm;

	gmtime_r(&at, &tm);
	return (uint32_t)((tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday);
}

/* timegm() mends what is no date: then it is another. */
static time_t
time_of(uint32_t day)
{
	struct tm tm = { .tm_year = (int)(day / 10000) - 1900, .tm_mon = (int)(day / 100 % 100) - 1,
		.tm_mday = (int)(day % 100) };

	return timegm(&tm);
}

bool
rules_parse_day(const char *text, uint32_t *ret)
{
	int y, m, d;
	uint32_t day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !fixed(text, 4, &y) ||
	    !fixed(text + 5, 2, &m) || !fixed(text + 8, 2, &d) || y < 1 || m < 1)
		return false;
	day = (uint32_t)(y * 10000 + m * 100 + d);
	if (day_of(time_of(day)) != day)
		return false;
	*ret = day;
	return true;
}

TAKER(take_day)
{
	(void)key;
	if (!rules_parse_day(s->value, field))
		bad(t, s, "a day like \"2025-01-31\"");
}

void
rules_day_format(uint32_t day, char to[RULES_DAY_TEXT])
{
	snprintf(to, RULES_DAY_TEXT, "%04u-%02u-%02u", day / 10000 % 10000, day / 100 % 100,
	    day % 100);
}

uint32_t
rules_day_before(uint32_t day)
{
	return day_of(time_of(day) - 24 * 60 * 60);
}

TAKER(take_amount)
{
	char expected[100];
	struct money m;

	(void)key;
	if (money_parse(s->value, t->exponent, &m) == KAS_OK && m.minor >= 0 &&
	    m.minor <= RULESET_AMOUNT_MAX) {
		*(uint64_t *)field = (uint64_t)m.minor;
		return;
	}
	if (t->exponent == 0)
		snprintf(expected, sizeof expected, "a whole amount like 500");
	else
		snprintf(expected, sizeof expected, "an amount with at most %u decimals",
		    t->exponent);
	bad(t, s, expected);
}

TAKER(take_rate)
{
	size_t n = strlen(s->value);
	struct money hundredths;
	char number[24];

	(void)key;
	if (n > 0 && n < sizeof number && s->value[n - 1] == '%') {
		for (n--; n > 0 && (s->value[n - 1] == ' ' || s->value[n - 1] == '\t'); n--)
			;
		memcpy(number, s->value, n);
		number[n] = '\0';
		if (money_parse(number, 2, &hundredths) == KAS_OK && hundredths.minor >= 0 &&
		    hundredths.minor <= RULESET_RATE_BP_MAX) {
			*(uint32_t *)field = (uint32_t)hundredths.minor;
			return;
		}
	}
	bad(t, s, "a rate with at most two decimals, like 12 % or 7.25 %");
}

void
rules_rate_format(uint32_t rate_bp, char to[24])
{
	if (rate_bp % 100 == 0)
		snprintf(to, 24, "%u %%", rate_bp / 100);
	else
		snprintf(to, 24, "%u.%02u %%", rate_bp / 100, rate_bp % 100);
}

TAKER(take_fraction)
{
	struct bytes rest = bytes_of_text(s->value), head;
	uint64_t p, q;

	(void)key;
	if (text_cut(&rest, '/', &head) && decimal_parse(head, &p) == KAS_OK &&
	    decimal_parse(rest, &q) == KAS_OK && p > 0 && q > 0 &&
	    p <= RULESET_FACTOR_MAX && q <= RULESET_FACTOR_MAX) {
		*(struct rules_fraction *)field =
		    (struct rules_fraction){ (uint32_t)p, (uint32_t)q };
		return;
	}
	bad(t, s, "a fraction like 11/12");
}

TAKER(take_time)
{
	int h, m;

	(void)key;
	if (strlen(s->value) == 5 && s->value[2] == ':' && fixed(s->value, 2, &h) &&
	    fixed(s->value + 3, 2, &m) && h < 24 && m < 60)
		*(uint32_t *)field = (uint32_t)(h * 60 + m);
	else
		bad(t, s, "a time of day from 00:00 to 23:59");
}

static const struct {
	const char *unit;
	uint32_t seconds;
} spans[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };
#define SPANS (sizeof spans / sizeof spans[0])

TAKER(take_span)
{
	size_t digits = strspn(s->value, "0123456789"), i;
	const char *unit = s->value + digits + strspn(s->value + digits, " \t");
	uint64_t v;

	(void)key;
	for (i = 0; i < SPANS; i++)
		if (strcmp(unit, spans[i].unit) == 0 &&
		    decimal_parse(BYTES(s->value, digits), &v) == KAS_OK &&
		    v <= RULESET_CLOCK_MAX / spans[i].seconds) {
			*(uint32_t *)field = (uint32_t)v * spans[i].seconds;
			return;
		}
	bad(t, s, "a time like 90 s, 10 min, 2 h or 3 d, up to 366 d");
}

void
rules_span_format(uint32_t seconds, char to[24])
{
	size_t i = 0;

	while (seconds % spans[i].seconds != 0)
		i++;
	if (seconds == 0)
		i = SPANS - 1;
	snprintf(to, 24, "%u %s", seconds / spans[i].seconds, spans[i].unit);
}
