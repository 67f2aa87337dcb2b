/* slip_words.h - the words on paper.  Its language is the shop's and its customers', not that
 * of whoever runs the command, and a slip printed years later has the same words: so they
 * stand here, and not in a catalogue that may not be installed. */
#ifndef KASIR_CTL_SLIP_WORDS_H
#define KASIR_CTL_SLIP_WORDS_H

#include "base/bytes.h"
#include "kasir/v1/transaction.pb-c.h"

enum slip_language { SLIP_ENGLISH, SLIP_INDONESIAN };

/* "id" and "id_ID.UTF-8" are Indonesian; all else, and NULL, English. */
enum slip_language slip_language_of(const char *name);

enum slip_word {
	WORD_ACCEPTED, WORD_ACCEPTED_LATER, WORD_ACCOUNT, WORD_BAG, WORD_BALANCE,
	WORD_BUSINESS_DAY, WORD_CARRIED,
	WORD_CASH, WORD_CASHIER, WORD_CASH_BACK, WORD_CASH_EXCEPTIONS, WORD_CASH_SALES, WORD_CHANGE,
	WORD_CLOSED_BY, WORD_CONFLICT, WORD_COPY, WORD_COSIGNED, WORD_COUNTED, WORD_DEPOSITS,
	WORD_DISCOUNT, WORD_DISCOUNTS, WORD_DROPS, WORD_ENTRIES, WORD_ENTRY, WORD_EXCEPTION,
	WORD_EXCEPTIONS, WORD_EXCHANGED, WORD_EXPECTED, WORD_FOREIGN, WORD_FORFEIT,
	WORD_GROSS_SALES, WORD_INCLUDED_TAX, WORD_LEDGER, WORD_LINE_VOID, WORD_LINE_VOIDS,
	WORD_LOANS, WORD_MISSING, WORD_NET, WORD_NON_CASH, WORD_NUMBER, WORD_OFFLINE, WORD_OF_BASE,
	WORD_OPENING, WORD_OPEN_SHIFTS, WORD_OTHER, WORD_OUTSIDE_TAX, WORD_OVERRIDES, WORD_PAID_IN,
	WORD_PAID_OUT, WORD_PENDING, WORD_PERPETUAL, WORD_PICKUPS, WORD_PROOF, WORD_REPRINT_OF,
	WORD_RETURNS, WORD_REVERSED, WORD_ROOT, WORD_ROUNDING, WORD_SALES, WORD_SALES_FIGURE,
	WORD_SEQUENCES, WORD_SERVICE, WORD_SHIFT, WORD_SHIFT_CLOSE, WORD_SHIFT_OPEN, WORD_SLIP,
	WORD_SO_FAR,
	WORD_SUBTOTAL, WORD_SUPERVISOR, WORD_TAX, WORD_TAXES, WORD_TENDERS, WORD_TERMINAL,
	WORD_TERMINALS, WORD_TOTAL, WORD_TRAINING, WORD_TRAINING_FIGURE, WORD_TRANSACTIONS,
	WORD_UNREADABLE, WORD_VARIANCE, WORD_VOIDED, WORD_VOIDED_BY, WORD_VOIDED_LATER, WORD_VOIDS,
	WORD_X, WORD_Z,
	WORD__COUNT
};
const char *slip_word(enum slip_language l, enum slip_word w);

/* "RETUR PENJUALAN", in capitals; for types that this version does not know their number. */
#define SLIP_NAME_MAX 40
void slip_type_name(enum slip_language l, unsigned type, char to[SLIP_NAME_MAX]);
/* "Tunai", "QRIS". */
void slip_tender_name(enum slip_language l, unsigned kind, char to[SLIP_NAME_MAX]);

#endif
