/* Card data in free texts: every stretch of a text is tried. */
#include "tests/support/oracle_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool
digit(char c)
{
	return isdigit((unsigned char)c) != 0;
}

/* The digits of TEXT's first N bytes; 0 where they are not groups of three and more with one
 * blank or hyphen between. */
static size_t
gather(const char *text, size_t n, char digits[20])
{
	size_t i, got = 0, group = 0;

	for (i = 0; i <= n; i++) {
		if (i < n && digit(text[i])) {
			if (got == 19)
				return 0;
			digits[got++] = text[i];
			group++;
			continue;
		}
		if (group < 3 || (i < n && text[i] != ' ' && text[i] != '-'))
			return 0;
		group = 0;
	}
	digits[got] = '\0';
	return got;
}

static int
leading(const char *digits, int n)
{
	char copy[8] = { 0 };

	memcpy(copy, digits, (size_t)n);
	return atoi(copy);
}

static bool
within(int v, int low, int high)
{
	return v >= low && v <= high;
}

static bool
issued(const char *digits, size_t n)
{
	int two = leading(digits, 2), three = leading(digits, 3), four = leading(digits, 4);

	if (digits[0] == '4')
		return n == 13 || n == 16 || n == 19;
	if (within(two, 51, 55) || within(four, 2221, 2720))
		return n == 16;
	if (two == 34 || two == 37)
		return n == 15;
	if (within(three, 300, 305) || four == 3095 || two == 36 || two == 38 || two == 39)
		return n == 14 || n >= 16;
	if (within(four, 3528, 3589) || four == 6011 || two == 62 || within(three, 644, 659))
		return n >= 16;
	return four == 5018 || four == 5020 || four == 5038 || four == 5893 || four == 6304 ||
	    four == 6759 || within(four, 6761, 6763);
}

static bool
luhn(const char *digits, size_t n)
{
	int sum = 0, v;
	size_t i;

	for (i = 1; i <= n; i++) {
		v = (digits[n - i] - '0') * (i % 2 == 0 ? 2 : 1);
		sum += v / 10 + v % 10;
	}
	return sum % 10 == 0;
}

static bool
card_within(const char *text, size_t n)
{
	char digits[20];
	size_t got = gather(text, n, digits);

	return got >= 13 && issued(digits, got) && luhn(digits, got);
}

static size_t
digits_at(const char *p)
{
	size_t n = 0;

	while (digit(p[n]))
		n++;
	return n;
}

static bool
stripe_at(const char *p)
{
	size_t n;

	if (strncmp(p, "%B", 2) == 0)
		return (n = digits_at(p + 2)) >= 13 && n <= 19 && p[2 + n] == '^';
	return *p == ';' && (n = digits_at(p + 1)) >= 13 && n <= 19 && p[1 + n] == '=' &&
	    digits_at(p + 2 + n) >= 4;
}

static bool
code_at(const char *p)
{
	if (strncasecmp(p, "cvv", 3) != 0 && strncasecmp(p, "cvc", 3) != 0)
		return false;
	p += 3;
	p += *p == '2' && !digit(p[1]);
	while (*p != '\0' && strchr(" :=#-", *p) != NULL)
		p++;
	return digits_at(p) == 3 || digits_at(p) == 4;
}

static bool
text_holds(const char *text)
{
	size_t n = strlen(text), i, k;

	for (i = 0; i < n; i++) {
		if (stripe_at(text + i) ||
		    (code_at(text + i) && (i == 0 || !isalnum((unsigned char)text[i - 1]))))
			return true;
		for (k = i + 13; k <= n && k <= i + 30 && digit(text[i]); k++)
			if ((i == 0 || !digit(text[i - 1])) && !digit(text[k]) &&
			    card_within(text + i, k - i))
				return true;
	}
	return false;
}

bool
oracle_holds_card_data(const Kasir__V1__Transaction *d)
{
	bool found = text_holds(d->reason) || (d->event != NULL && text_holds(d->event->detail));
	size_t i, k;

	for (i = 0; i < d->n_discounts; i++)
		found = found || text_holds(d->discounts[i]->name);
	for (i = 0; i < d->n_lines; i++) {
		found = found || text_holds(d->lines[i]->name) || text_holds(d->lines[i]->note);
		for (k = 0; k < d->lines[i]->n_discounts; k++)
			found = found || text_holds(d->lines[i]->discounts[k]->name);
	}
	return found;
}
