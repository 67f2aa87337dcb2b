/* replay_rupiah.h - amounts and counts as Indonesian receipts print them. */
#ifndef KASIR_TERM_REPLAY_RUPIAH_H
#define KASIR_TERM_REPLAY_RUPIAH_H

#include <stdbool.h>
#include <stdint.h>

/* Rupiah in TEXT: "75,000", "46.000,00", "Rp 1.234.567", "11 225", "(4.200)", "800-"; thousands
 * in threes by comma, point or space, sen behind them rounded.  The last number, the last that
 * is not 0 (rows of several taxes), or the sum of the magnitudes of all.  false: there is no
 * number. */
bool receipt_amount(const char *text, int64_t *ret);
bool receipt_amount_not_zero(const char *text, int64_t *ret);
bool receipt_amounts_sum(const char *text, int64_t *ret);
/* Count in TEXT: "x 1", "2X", "0,292X", "*4 Pcs" in thousandths; a separator is a decimal
 * one.  false: there is none, or not of at most three places. */
bool receipt_count(const char *text, int64_t *ret);

#endif
