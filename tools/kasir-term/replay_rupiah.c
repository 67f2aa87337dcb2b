#include "tools/kasir-term/replay_rupiah.h"

#include <stddef.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_separator(char c)
{
	return c == '.' || c == ',';
}

struct token {
	const char *begin, *end;	/* digits and separators, the last a digit */
	bool negative;
};

static const char *
skip_digits(const char *p)
{
	while (is_digit(*p))
		p++;
	return p;
}

/* "11 225" is one number: the till printed its thousands apart. */
static const char *
skip_number(const char *p)
{
	const char *lead = skip_digits(p), *end = p;

	while (is_digit(*end) || is_separator(*end))
		end++;
	if (end == lead && lead - p <= 3 && *lead == ' ' && skip_digits(lead + 1) == lead + 4 &&
	    !is_separator(lead[4]))
		return lead + 4;
	return end;
}

/* The next number at or after P; NULL: none. */
static const char *
next_token(const char *p, struct token *ret)
{
	bool minus = false;

	for (; *p != '\0' && !is_digit(*p); p++)
		minus = *p == '-' || *p == '(' || (minus && *p == ' ');
	if (*p == '\0')
		return NULL;
	ret->begin = p;
	ret->end = p = skip_number(p);
	while (is_separator(ret->end[-1]))
		ret->end--;
	while (*p == ' ')
		p++;
	ret->negative = minus || (*p == '-' && !is_digit(p[1]) && p[1] != ' ');
	if (*p == '-' && (p[1] == '\0' || p[1] == ' '))
		ret->negative = true;
	return p;
}

/* Thousands stand in threes: one or two digits behind the last separator are sen, as in
 * "46,000.00" and "9,817.8". */
static const char *
without_sen(const struct token *t)
{
	const char *p = t->end;

	while (p > t->begin && is_digit(p[-1]))
		p--;
	return p > t->begin && t->end - p <= 2 ? p - 1 : t->end;
}

/* In rupiah, sen rounded half up. */
static bool
token_amount(const struct token *t, int64_t *ret)
{
	const char *p, *end = without_sen(t);
	int64_t v = 0;

	for (p = t->begin; p < end; p++)
		if (is_digit(*p) && (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, *p - '0', &v)))
			return false;
	if (end < t->end && end[1] >= '5' && __builtin_add_overflow(v, 1, &v))
		return false;
	*ret = t->negative ? -v : v;
	return true;
}

bool
receipt_amount(const char *text, int64_t *ret)
{
	struct token t;
	bool found = false;

	while ((text = next_token(text, &t)) != NULL)
		found = token_amount(&t, ret) || found;
	return found;
}

bool
receipt_amount_not_zero(const char *text, int64_t *ret)
{
	int64_t v;
	struct token t;
	bool found = false;

	while ((text = next_token(text, &t)) != NULL) {
		if (!token_amount(&t, &v) || (found && v == 0))
			continue;
		*ret = v;
		found = true;
	}
	return found;
}

bool
receipt_amounts_sum(const char *text, int64_t *ret)
{
	struct token t;
	int64_t sum = 0, one;
	bool found = false;

	while ((text = next_token(text, &t)) != NULL) {
		if (!token_amount(&t, &one))
			continue;
		if (__builtin_add_overflow(sum, one < 0 ? -one : one, &sum))
			return false;
		found = true;
	}
	if (found)
		*ret = sum;
	return found;
}

bool
receipt_count(const char *text, int64_t *ret)
{
	int places = -1;
	int64_t v = 0;
	struct token t;
	const char *p;

	if (next_token(text, &t) == NULL)
		return false;
	for (p = t.begin; p < t.end; p++) {
		if (is_separator(*p) && places++ >= 0)
			return false;
		if (is_separator(*p))
			continue;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
			return false;
		places += places >= 0;
	}
	if (places > 3)
		return false;
	for (places = places < 0 ? 0 : places; places < 3; places++)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	if (v == 0)
		return false;
	*ret = v;
	return true;
}
