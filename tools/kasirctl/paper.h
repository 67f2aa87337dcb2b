/* paper.h - what receipts and slips of closes share: the shop's head, amounts, times, the
 * mark of a copy, and the code that leads to the ledger. */
#ifndef KASIR_CTL_PAPER_H
#define KASIR_CTL_PAPER_H

#include "edge/config.h"
#include "tools/kasirctl/slip.h"
#include "tools/kasirctl/slip_words.h"

struct paper {
	struct slip slip;
	enum slip_language language;
	const struct receipt_config *shop;
	const char *store, *origin;
	const char *currency;		/* the store's, or the document's */
	unsigned exponent;
	int64_t printed_us;		/* when, and minutes east of UTC there */
	int printed_offset_min;
};

/* A word in the paper's language. */
const char *paper_word(const struct paper *p, enum slip_word w);
/* "Rp 1.155". */
void paper_money(const struct paper *p, int64_t minor, char to[MONEY_TEXT_MAX]);
void paper_amount(struct paper *p, const char *left, int64_t minor);
/* A word and an amount; nothing where it is zero. */
void paper_figure(struct paper *p, enum slip_word w, int64_t minor);
/* "Kasir: sari"; nothing where VALUE is empty. */
void paper_field(struct paper *p, enum slip_word w, const char *value);
/* "22-11-2026 14:02", in English "2026-11-22 14:02". */
#define PAPER_TIME_MAX 32
void paper_time(const struct paper *p, int64_t us, int offset_min, char to[PAPER_TIME_MAX]);
void paper_day(const struct paper *p, uint32_t day, char to[PAPER_TIME_MAX]);
/* "1,25" */
void paper_quantity(const struct paper *p, int64_t thousandths, char to[32]);
/* "12%", "7,25%" */
void paper_rate(const struct paper *p, uint32_t rate_bp, char to[24]);

void paper_head(struct paper *p);
/* What the office prints is a copy: the till gave the original. */
void paper_copy_mark(struct paper *p);
void paper_title(struct paper *p, const char *title);
/* The entry's code, in squares and in letters. */
void paper_code(struct paper *p, uint64_t index, struct bytes entry);

#endif
