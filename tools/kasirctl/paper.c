#include "tools/kasirctl/paper.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/kasirctl/entry_code.h"

#define FIRST_US INT64_C(-62135596800000000)	/* 0001-01-01 */
#define LAST_US INT64_C(253402300799999999)	/* 9999-12-31 */

const char *
paper_word(const struct paper *p, enum slip_word w)
{
	return slip_word(p->language, w);
}

void
paper_money(const struct paper *p, int64_t minor, char to[MONEY_TEXT_MAX])
{
	money_format((struct money){ minor }, p->currency, p->exponent, to);
}

void
paper_amount(struct paper *p, const char *left, int64_t minor)
{
	char amount[MONEY_TEXT_MAX];

	paper_money(p, minor, amount);
	slip_pair(&p->slip, left, amount);
}

void
paper_figure(struct paper *p, enum slip_word w, int64_t minor)
{
	if (minor != 0)
		paper_amount(p, paper_word(p, w), minor);
}

void
paper_field(struct paper *p, enum slip_word w, const char *value)
{
	char line[320];

	if (value == NULL || *value == '\0')
		return;
	snprintf(line, sizeof line, "%s: %s", paper_word(p, w), value);
	slip_text(&p->slip, line);
}

static void
format_day(const struct paper *p, unsigned year, unsigned month, unsigned day,
    char to[PAPER_TIME_MAX])
{
	if (p->language == SLIP_INDONESIAN)
		snprintf(to, PAPER_TIME_MAX, "%02u-%02u-%04u", day, month, year);
	else
		snprintf(to, PAPER_TIME_MAX, "%04u-%02u-%02u", year, month, day);
}

void
paper_day(const struct paper *p, uint32_t day, char to[PAPER_TIME_MAX])
{
	format_day(p, day / 10000, day / 100 % 100, day % 100, to);
}

void
paper_time(const struct paper *p, int64_t us, int offset_min, char to[PAPER_TIME_MAX])
{
	int64_t minutes;
	unsigned month, day;
	int year;
	size_t n;

	if (us < FIRST_US || us > LAST_US || offset_min < -1440 || offset_min > 1440) {
		snprintf(to, PAPER_TIME_MAX, "?");
		return;
	}
	minutes = us / 60000000 - (us % 60000000 < 0) + offset_min;
	civil_of(minutes / 1440 - (minutes % 1440 < 0), &year, &month, &day);
	minutes = (minutes % 1440 + 1440) % 1440;
	format_day(p, (unsigned)year, month, day, to);
	n = strlen(to);
	snprintf(to + n, PAPER_TIME_MAX - n, " %02d:%02d", (int)minutes / 60, (int)minutes % 60);
}

/* N hundredths or thousandths behind the point, without the zeros at its end. */
static void
format_decimal(const struct paper *p, uint64_t n, unsigned scale, unsigned places, char *to,
    size_t room)
{
	int at = snprintf(to, room, "%" PRIu64, n / scale);
	char *end;

	if (n % scale == 0)
		return;
	snprintf(to + at, room - (size_t)at, "%c%0*" PRIu64,
	    p->language == SLIP_INDONESIAN ? ',' : '.', (int)places, n % scale);
	for (end = to + strlen(to) - 1; *end == '0'; end--)
		*end = '\0';
}

void
paper_quantity(const struct paper *p, int64_t thousandths, char to[32])
{
	uint64_t magnitude = thousandths < 0 ? -(uint64_t)thousandths : (uint64_t)thousandths;

	*to = '-';
	format_decimal(p, magnitude, 1000, 3, to + (thousandths < 0), 31);
}

void
paper_rate(const struct paper *p, uint32_t rate_bp, char to[24])
{
	format_decimal(p, rate_bp, 100, 2, to, 22);
	strcat(to, "%");
}

void
paper_head(struct paper *p)
{
	slip_centre(&p->slip, p->shop->name[0] != '\0' ? p->shop->name : p->store);
	for (unsigned i = 0; i < CONFIG_ADDRESS_LINES; i++)
		slip_centre(&p->slip, p->shop->address[i]);
	if (p->shop->tax_number[0] != '\0') {
		char line[80];

		snprintf(line, sizeof line, "%s %s",
		    p->language == SLIP_INDONESIAN ? "NPWP" : "Tax no.", p->shop->tax_number);
		slip_centre(&p->slip, line);
	}
	slip_rule(&p->slip, '-');
}

void
paper_copy_mark(struct paper *p)
{
	char time[PAPER_TIME_MAX], line[96];

	paper_time(p, p->printed_us, p->printed_offset_min, time);
	snprintf(line, sizeof line, "*** %s %s ***", paper_word(p, WORD_COPY), time);
	slip_centre(&p->slip, line);
}

void
paper_title(struct paper *p, const char *title)
{
	slip_centre(&p->slip, title);
}

/* CODE as people copy it: broken behind colons only.  Its hash stands in a line of its own, which
 * narrow paper just holds. */
static void
print_code(struct paper *p, const char *code)
{
	const char *hash = strrchr(code, ':') + 1;
	char part[ENTRY_CODE_MAX];
	size_t n;

	while (code < hash) {
		n = (size_t)(hash - code);
		while (n > p->slip.width && memrchr(code, ':', n - 1) != NULL)
			n = (size_t)((const char *)memrchr(code, ':', n - 1) - code) + 1;
		snprintf(part, sizeof part, "%.*s", (int)n, code);
		slip_centre(&p->slip, part);
		code += n;
	}
	slip_centre(&p->slip, hash);
}

void
paper_code(struct paper *p, uint64_t index, struct bytes entry)
{
	char code[ENTRY_CODE_MAX], scanned[ENTRY_CODE_MAX + sizeof p->shop->proof_url];

	entry_code_format(p->origin, index, entry, code);
	snprintf(scanned, sizeof scanned, "%s%s", p->shop->proof_url, code);
	slip_blank(&p->slip);
	slip_code(&p->slip, scanned);
	print_code(p, code);
}
