/* The card guard: card data that slipped into a free text.  Only there: among the digits of
 * typed fields (GTIN, SKU, references) one run in ten passes Luhn by chance. */
#include "cash/check_parts.h"

#include <string.h>

#define PAN_MIN 13u
#define PAN_MAX 19u
#define GROUP_MIN 3u		/* of "4111 1111 1111 1111" and "3782 822463 10005" */

#define OF(n) (1u << (n))
#define FROM_16 (OF(16) | OF(17) | OF(18) | OF(19))
#define ANY (OF(13) | OF(14) | OF(15) | FROM_16)

/* First four digits, and how many digits the issuer's numbers have. */
static const struct issuer {
	uint16_t low, high;
	uint32_t lengths;
} issuers[] = {
	{ 2221, 2720, OF(16) },				/* Mastercard */
	{ 3000, 3059, OF(14) | FROM_16 },		/* Diners Club */
	{ 3095, 3095, OF(14) | FROM_16 },
	{ 3400, 3499, OF(15) },				/* American Express */
	{ 3528, 3589, FROM_16 },			/* JCB */
	{ 3600, 3699, OF(14) | FROM_16 },
	{ 3700, 3799, OF(15) },
	{ 3800, 3999, OF(14) | FROM_16 },
	{ 4000, 4999, OF(13) | OF(16) | OF(19) },	/* Visa */
	{ 5018, 5018, ANY },				/* Maestro */
	{ 5020, 5020, ANY },
	{ 5038, 5038, ANY },
	{ 5100, 5599, OF(16) },
	{ 5893, 5893, ANY },
	{ 6011, 6011, FROM_16 },			/* Discover */
	{ 6200, 6299, FROM_16 },			/* UnionPay */
	{ 6304, 6304, ANY },
	{ 6440, 6599, FROM_16 },
	{ 6759, 6759, ANY },
	{ 6761, 6763, ANY },
};

static bool
is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool
is_alnum(char ch)
{
	return is_digit(ch) || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static bool
has_issuer(const uint8_t *digits, size_t n)
{
	unsigned first = digits[0] * 1000u + digits[1] * 100u + digits[2] * 10u + digits[3];
	size_t i;

	for (i = 0; i < sizeof issuers / sizeof issuers[0]; i++)
		if (first >= issuers[i].low && first <= issuers[i].high)
			return (issuers[i].lengths & OF(n)) != 0;
	return false;
}

/* Luhn: from the right, every second digit counts twice. */
static bool
passes_luhn(const uint8_t *digits, size_t n)
{
	static const uint8_t twice[] = { 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 };
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += (n - i) % 2 == 0 ? twice[digits[i]] : digits[i];
	return sum % 10 == 0;
}

static bool
is_card(const uint8_t *digits, size_t n)
{
	return n >= PAN_MIN && n <= PAN_MAX && has_issuer(digits, n) && passes_luhn(digits, n);
}

/* A number that begins at P, in one run or in groups set apart by a blank or hyphen. */
static bool
card_begins(const char *p)
{
	uint8_t digits[PAN_MAX];
	size_t n = 0, group;

	for (;; p++) {
		for (group = 0; is_digit(p[group]); group++)
			if (n < PAN_MAX)
				digits[n++] = (uint8_t)(p[group] - '0');
			else
				return false;
		if (group < GROUP_MIN)
			return false;
		if (is_card(digits, n))
			return true;
		p += group;
		if (*p != ' ' && *p != '-')
			return false;
	}
}

/* What a magnetic stripe holds: "%B4111111111111111^..." or ";4111111111111111=2512...". */
static bool
track_begins(const char *p)
{
	bool first = p[0] == '%' && p[1] == 'B';
	size_t n;

	if (!first && p[0] != ';')
		return false;
	p += first ? 2 : 1;
	n = strspn(p, "0123456789");
	if (n < PAN_MIN || n > PAN_MAX)
		return false;
	return first ? p[n] == '^' : p[n] == '=' && strspn(p + n + 1, "0123456789") >= 4;
}

/* "CVV 123", "cvc2: 1234". */
static bool
code_begins(const char *p)
{
	size_t n;

	if ((p[0] | 0x20) != 'c' || (p[1] | 0x20) != 'v' ||
	    ((p[2] | 0x20) != 'v' && (p[2] | 0x20) != 'c'))
		return false;
	p += 3;
	if (*p == '2' && !is_digit(p[1]))
		p++;
	p += strspn(p, " :=#-");
	n = strspn(p, "0123456789");
	return n == 3 || n == 4;
}

bool
check_text_has_card(const char *text)
{
	char before = ' ', ch;

	for (; text != NULL && (ch = *text) != '\0'; before = ch, text++) {
		if (is_digit(ch)) {
			if (!is_digit(before) && card_begins(text))
				return true;
		} else if (ch == '%' || ch == ';') {
			if (track_begins(text))
				return true;
		} else if ((ch | 0x20) == 'c' && !is_alnum(before) && code_begins(text))
			return true;
	}
	return false;
}

static bool
discounts_hold(Kasir__V1__Discount *const *discounts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (check_text_has_card(discounts[i]->name))
			return true;
	return false;
}

static bool
lines_hold(const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__Line *line;
	size_t i;

	for (i = 0; i < doc->n_lines; i++) {
		line = doc->lines[i];
		if (check_text_has_card(line->name) || check_text_has_card(line->note) ||
		    discounts_hold(line->discounts, line->n_discounts))
			return true;
	}
	return false;
}

void
check_card_data(struct check *c)
{
	const Kasir__V1__Transaction *doc = c->doc;

	if (check_text_has_card(doc->reason) || discounts_hold(doc->discounts, doc->n_discounts) ||
	    lines_hold(doc) || (doc->event != NULL && check_text_has_card(doc->event->detail)))
		rule_set_add(c->notes, RULE(CARD_NUMBER_PRESENT));
}
