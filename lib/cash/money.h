/* money.h - exact amounts.  docs/reference/transactions.md; the units are transaction.proto's.
 * 128-bit intermediates; an overflow is KAS_RANGE, never a wrap. */
#ifndef KASIR_CASH_MONEY_H
#define KASIR_CASH_MONEY_H

#include "base/err.h"
#include "kasir/v1/ledger.pb-c.h"

#include <stdint.h>
#include <stddef.h>

struct money {
	int64_t minor;
};
struct quantity {
	int64_t thousandths;
};

KAS_CHECKED enum kas_err money_add(struct money a, struct money b, struct money *ret_sum);
KAS_CHECKED enum kas_err money_sub(struct money a, struct money b, struct money *ret_diff);
KAS_CHECKED enum kas_err money_neg(struct money a, struct money *ret);

typedef Kasir__V1__RoundingMode rounding_mode;
__extension__ typedef __int128 int128;

/* R(numerator / denominator), denominator > 0. */
KAS_CHECKED enum kas_err money_divide(int128 numerator, int128 denominator,
    rounding_mode mode, struct money *ret);
/* R(quantity * unit price / 1e6); UNIT_PRICE in thousandths of a minor unit. */
KAS_CHECKED enum kas_err money_extend(struct quantity q, int64_t unit_price, rounding_mode mode,
    struct money *ret);

/* "Rp 1.234.567" for IDR, "GBP 12.50" else; for people. */
#define MONEY_TEXT_MAX 48
void money_format(struct money m, const char *currency, unsigned exponent,
    char to[MONEY_TEXT_MAX]);
/* The decimals that ISO 4217 gives CURRENCY.  For foreign money in totals, which are in its minor
 * units and state no exponent. */
unsigned money_iso_exponent(const char *currency);
/* "12.50" with EXPONENT digits: plain, for machines. */
void money_format_plain(struct money m, unsigned exponent, char to[MONEY_TEXT_MAX]);
/* Plain decimal, at most EXPONENT places, optional minus. */
KAS_CHECKED enum kas_err money_parse(const char *text, unsigned exponent, struct money *ret);

#endif
