#include "base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

bool
text_is_name(struct bytes b)
{
	size_t i;

	if (b.n == 0 || b.n > NAME_MAX_LEN || b.p[0] == '-')
		return false;
	for (i = 0; i < b.n; i++)
		if (!((b.p[i] >= 'a' && b.p[i] <= 'z') ||
		    (b.p[i] >= '0' && b.p[i] <= '9') || b.p[i] == '-'))
			return false;
	return true;
}

/* Length of the well-formed UTF-8 sequence at P (RFC 3629, table in section 4),
 * or 0. */
static size_t
utf8_sequence(const uint8_t *p, size_t n)
{
	size_t len, i;
	uint8_t low = 0x80, high = 0xbf;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;	/* no overlong forms */
	else if (p[0] == 0xed)
		high = 0x9f;	/* no surrogates */
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;	/* nothing past U+10FFFF */
	if (n < len || p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool
text_is_utf8(struct bytes b)
{
	size_t i = 0, step;

	while (i < b.n) {
		step = utf8_sequence(b.p + i, b.n - i);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

void
hex_format(struct bytes b, char *to)
{
	sodium_bin2hex(to, 2 * b.n + 1, b.p, b.n);
}

void
base64_format(struct bytes b, char *to)
{
	sodium_bin2base64(to, BASE64_LEN(b.n) + 1, b.p, b.n,
	    sodium_base64_VARIANT_ORIGINAL);
}

enum kas_err
hex_parse(struct bytes text, uint8_t *to, size_t *ret_n)
{
	size_t n;

	if (text.n % 2 != 0 || text.n / 2 > *ret_n)
		return KAS_MALFORMED;
	if (sodium_hex2bin(to, *ret_n, (const char *)text.p, text.n, NULL, &n, NULL) != 0 ||
	    n != text.n / 2)
		return KAS_MALFORMED;
	*ret_n = n;
	return KAS_OK;
}

static bool
is_ascii(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.n; i++)
		if (b.p[i] >= 0x80)
			return false;
	return true;
}

enum kas_err
base64_parse(struct bytes text, uint8_t *to, size_t *ret_n)
{
	size_t n;

	/* libsodium refuses bad padding and stray low bits by itself, but 1.0.18 takes
	 * some bytes past ASCII for characters of the alphabet. */
	if (!is_ascii(text))
		return KAS_MALFORMED;
	if (sodium_base642bin(to, *ret_n, (const char *)text.p, text.n, NULL, &n,
	    NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return KAS_MALFORMED;
	*ret_n = n;
	return KAS_OK;
}

enum kas_err
decimal_parse(struct bytes text, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i;

	if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
		return KAS_MALFORMED;
	for (i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return KAS_MALFORMED;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, text.p[i] - '0', &v))
			return KAS_RANGE;
	}
	*ret = v;
	return KAS_OK;
}

bool
text_cut(struct bytes *rest, char sep, struct bytes *ret_head)
{
	const uint8_t *at;

	at = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
	if (at == NULL)
		return false;
	*ret_head = BYTES(rest->p, (size_t)(at - rest->p));
	*rest = BYTES(at + 1, rest->n - ret_head->n - 1);
	return true;
}

/* Counted in eras of 400 years from 0000-03-01: leap days then come last. */
void
civil_of(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	int64_t since = days + 719468, era = since / 146097;
	unsigned in_era = (unsigned)(since % 146097);
	unsigned year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * in_year + 2) / 153;	/* from March */

	*ret_day = in_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = (int)(year + era * 400) + (month >= 10);
}

void
utc_format(int64_t wall_us, char to[UTC_TEXT_MAX])
{
	static const int64_t day = 86400, first = -719528 * day, past = 2932897 * day;
	int64_t s = wall_us / 1000000 - (wall_us % 1000000 < 0);
	unsigned month, dom, in_day;
	int year;

	if (s < first + 60 * day || s >= past) {
		snprintf(to, UTC_TEXT_MAX, "?");
		return;
	}
	in_day = (unsigned)((s % day + day) % day);
	civil_of((s - in_day) / day, &year, &month, &dom);
	snprintf(to, UTC_TEXT_MAX, "%04u-%02u-%02u %02u:%02u:%02u UTC", (unsigned)year % 10000, month % 100,
	    dom % 100, in_day / 3600, in_day / 60 % 60, in_day % 60);
}
