/* replay_receipt.h - a parsed receipt as CORD has it, and which of the printed figures
 * make up the printed total. */
#ifndef KASIR_TERM_REPLAY_RECEIPT_H
#define KASIR_TERM_REPLAY_RECEIPT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A printed figure; absent: 0. */
struct printed {
	bool there;
	int64_t amount;
};

/* One entry of the menu. */
struct receipt_item {
	const char *name, *number, *modifiers;
	int64_t quantity;		/* thousandths */
	int64_t price;			/* of all of it, as printed */
	int64_t unit_price;		/* rupiah; 0: not printed */
	int64_t discount;		/* magnitude */
	int64_t modifiers_price;
	bool readable;			/* has a price */
	bool voided;			/* stands under void_menu */
};

#define RECEIPT_ITEMS_MAX 128u
struct receipt {
	const char *id;
	struct receipt_item items[RECEIPT_ITEMS_MAX];
	size_t n;
	struct printed subtotal, service, tax, discount, total;
	struct printed cash, cash_sum;	/* the last figure; all of them (two notes) */
	struct printed change, card, emoney;
	struct printed other;		/* behind the total: a voucher, a rounding, a copy of it */
};

/* What ROOT says; texts borrowed from it.  KAS_MALFORMED: it is no receipt. */
KAS_CHECKED enum kas_err receipt_read(json_t *root, struct receipt *ret);

/* How the figures fit together: whether the discounts of lines are not yet in their prices,
 * modifiers are paid extra, the document's discount is still to be taken, tax is in the
 * prices; and what then remains between them and the total. */
struct receipt_fit {
	bool line_discounts, modifiers, discount, tax_in_prices;
	int64_t goods;			/* lines after their own discounts */
	int64_t rounding;		/* total - what the lines make, if that is rounding */
	bool reconciles;
};
#define RECEIPT_ROUNDING_MAX 500
struct receipt_fit receipt_fit(const struct receipt *r);

#endif
