#include "cash/money.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum kas_err
money_add(struct money a, struct money b, struct money *ret_sum)
{
	int64_t sum;

	if (__builtin_add_overflow(a.minor, b.minor, &sum))
		return KAS_RANGE;
	ret_sum->minor = sum;
	return KAS_OK;
}

enum kas_err
money_sub(struct money a, struct money b, struct money *ret_diff)
{
	int64_t diff;

	if (__builtin_sub_overflow(a.minor, b.minor, &diff))
		return KAS_RANGE;
	ret_diff->minor = diff;
	return KAS_OK;
}

enum kas_err
money_neg(struct money a, struct money *ret)
{
	return money_sub((struct money){ 0 }, a, ret);
}

/* With QUOTIENT already rounded toward negative infinity and 0 <= REMAINDER < DENOMINATOR:
 * does MODE go one up? */
static bool
rounds_up(int128 quotient, int128 remainder, int128 denominator, rounding_mode mode)
{
	int128 rest = denominator - remainder;	/* comparing with it cannot overflow, 2r could */

	if (remainder == 0 || mode == KASIR__V1__ROUNDING_MODE__FLOOR)
		return false;
	if (remainder != rest)
		return remainder > rest;
	if (mode == KASIR__V1__ROUNDING_MODE__HALF_EVEN)
		return quotient % 2 != 0;
	return quotient >= 0;	/* HALF_UP: away from zero */
}

enum kas_err
money_divide(int128 numerator, int128 denominator, rounding_mode mode, struct money *ret)
{
	int128 quotient, remainder;

	kas_assert(denominator > 0);
	quotient = numerator / denominator;
	remainder = numerator % denominator;
	if (remainder < 0) {
		remainder += denominator;
		quotient--;
	}
	if (rounds_up(quotient, remainder, denominator, mode))
		quotient++;
	if (quotient < INT64_MIN || quotient > INT64_MAX)
		return KAS_RANGE;
	ret->minor = (int64_t)quotient;
	return KAS_OK;
}

enum kas_err
money_extend(struct quantity q, int64_t unit_price, rounding_mode mode, struct money *ret)
{
	return money_divide((int128)q.thousandths * unit_price, 1000000, mode, ret);
}

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* Digits of V, at least EXPONENT + 1 of them; returns their number. */
static unsigned
format_digits(uint64_t v, unsigned exponent, char to[MONEY_TEXT_MAX])
{
	int n = snprintf(to, MONEY_TEXT_MAX, "%0*llu", (int)exponent + 1, (unsigned long long)v);

	return (unsigned)n;
}

/* A currency has at most 4 decimal places; more than 18 are none that we print. */
#define EXPONENT_MAX 18u
#define CODE_MAX 8u

static void
format_grouped(struct money m, unsigned exponent, char group, char point, char *to)
{
	char digits[MONEY_TEXT_MAX];
	unsigned n, whole, i;

	if (exponent > EXPONENT_MAX)
		exponent = EXPONENT_MAX;
	n = format_digits(magnitude(m.minor), exponent, digits);
	whole = n - exponent;
	if (m.minor < 0)
		*to++ = '-';
	for (i = 0; i < n; i++) {
		if (i == whole)
			*to++ = point;
		else if (group != '\0' && i > 0 && i < whole && (whole - i) % 3 == 0)
			*to++ = group;
		*to++ = digits[i];
	}
	*to = '\0';
}

unsigned
money_iso_exponent(const char *currency)
{
	static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
	static const char three[] = "BHD IQD JOD KWD LYD OMR TND";

	if (strlen(currency) != 3)
		return 0;
	return strstr(none, currency) != NULL ? 0 : strstr(three, currency) != NULL ? 3 : 2;
}

/* A code has letters; a till may send anything. */
static void
format_code(const char *currency, char to[CODE_MAX + 1])
{
	size_t i;

	for (i = 0; i < CODE_MAX && currency[i] != '\0'; i++)
		to[i] = currency[i] >= ' ' && currency[i] <= '~' ? currency[i] : '?';
	to[i] = '\0';
}

void
money_format(struct money m, const char *currency, unsigned exponent, char to[MONEY_TEXT_MAX])
{
	char amount[MONEY_TEXT_MAX], code[CODE_MAX + 1];

	if (strcmp(currency, "IDR") == 0) {
		format_grouped(m, exponent, '.', ',', amount);
		snprintf(to, MONEY_TEXT_MAX, "Rp %.44s", amount);
		return;
	}
	format_grouped(m, exponent, '\0', '.', amount);
	format_code(currency, code);
	snprintf(to, MONEY_TEXT_MAX, "%s %.36s", code, amount);
}

void
money_format_plain(struct money m, unsigned exponent, char to[MONEY_TEXT_MAX])
{
	format_grouped(m, exponent, '\0', '.', to);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Gather downward from zero, so that the smallest int64 parses too. */
static enum kas_err
take_digit(int64_t *v, char c)
{
	if (__builtin_mul_overflow(*v, 10, v) || __builtin_sub_overflow(*v, c - '0', v))
		return KAS_RANGE;
	return KAS_OK;
}

enum kas_err
money_parse(const char *text, unsigned exponent, struct money *ret)
{
	const char *p = text;
	bool negative = *p == '-', point = false;
	unsigned places = 0;
	int64_t v = 0;
	enum kas_err err;

	if (negative)
		p++;
	if (!is_digit(*p))
		return KAS_MALFORMED;
	for (; *p != '\0'; p++) {
		if (*p == '.' && !point && is_digit(p[1])) {
			point = true;
			continue;
		}
		if (!is_digit(*p) || (point && ++places > exponent))
			return KAS_MALFORMED;
		if ((err = take_digit(&v, *p)) != KAS_OK)
			return err;
	}
	for (; places < exponent; places++)
		if ((err = take_digit(&v, '0')) != KAS_OK)
			return err;
	if (negative) {
		ret->minor = v;
		return KAS_OK;
	}
	return money_neg((struct money){ v }, ret);
}
