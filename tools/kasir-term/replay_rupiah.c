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
	while (is_digit(*p) || is_separator(*p))
		p++;
	ret->end = p;
	while (is_separator(ret->end[-1]))
		ret->end--;
	while (*p == ' ')
		p++;
	ret->negative = minus || (*p == '-' && !is_digit(p[1]) && p[1] != ' ');
	if (*p == '-' && (p[1] == '\0' || p[1] == ' '))
		ret->negative = true;
	return p;
}

/* "46,000.00" and "1.00": two zeros behind the last separator are no rupiah. */
static const char *
without_decimals(const struct token *t)
{
	const char *end = t->end;

	if (end - t->begin > 3 && is_separator(end[-3]) && end[-2] == '0' && end[-1] == '0')
		return end - 3;
	return end;
}

static bool
token_amount(const struct token *t, int64_t *ret)
{
	const char *p, *end = without_decimals(t);
	int64_t v = 0;

	for (p = t->begin; p < end; p++)
		if (is_digit(*p) && (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, *p - '0', &v)))
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
