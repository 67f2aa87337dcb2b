/* period.h - what a stretch of transactions adds up to: of a shift, of a day.
 *
 * The same value stands behind the X, the shift close, the Z and the verifier, and packs to
 * kasir.v1.PeriodTotals, whose comments have the equations.  Sums that would not fit stop at
 * the end of their range: a total never wraps. */
#ifndef KASIR_CASH_PERIOD_H
#define KASIR_CASH_PERIOD_H

#include "base/bytes.h"
#include "cash/money.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

#define PERIOD_TYPES 32		/* by TransactionType; what is beyond joins 0 */
#define PERIOD_TENDERS 32	/* by TenderKind, likewise */
#define PERIOD_TAXES 64		/* by code and rate; what finds no room joins "" */
#define PERIOD_FOREIGN 8	/* by currency, likewise */
#define PERIOD_CODE_MAX 32

struct figure {
	uint64_t count;
	int64_t amount;
};

struct period_tax {
	char code[PERIOD_CODE_MAX + 1];
	uint32_t rate_bp;
	int64_t tax_base, taxable, amount, gross;
};

struct period_foreign {
	char currency[4];
	int64_t amount;
};

struct period_cash {
	int64_t opening, sales, paid_in, loans, paid_out, pickups, drops, deposits, exchange,
	    cash_back, exceptions;
	struct period_foreign foreign[PERIOD_FOREIGN];
	size_t n_foreign;
};

struct period {
	int64_t items, discounts, returns, tax_included, tax, service, other, total, rounding;
	struct figure types[PERIOD_TYPES];
	struct figure tenders[PERIOD_TENDERS];
	struct period_tax taxes[PERIOD_TAXES];
	size_t n_taxes;
	struct figure exceptions, accepted, voided, training, line_voids, overrides;
	/* Of this stretch, less what was settled in it; who knows what is open at its end (the
	 * book, of a day) puts that in its place. */
	struct figure pending;
	struct period_cash cash;
};

enum standing {
	STANDING_COUNTS,	/* breaks no rule */
	STANDING_EXCEPTION,	/* breaks one: in `exceptions` and in expected cash only */
	STANDING_TRAINING,	/* nothing moves: in `training` only */
};

/* Take in DOC (NULL: the payload does not decode, an exception of no known amount). */
void period_add(struct period *p, const Kasir__V1__Transaction *doc, enum standing standing);
/* The manager's word on DOC, which was taken in as STANDING_EXCEPTION, there or in an earlier
 * period: accepted, its figures join and its cash moves from exceptions to where it belongs;
 * voided, its cash leaves. */
void period_accept(struct period *p, const Kasir__V1__Transaction *doc);
void period_void(struct period *p, const Kasir__V1__Transaction *doc);
/* DOC, a return that counted when it came, was found wrong when its original came: it is an
 * exception from then on, and its figures stay until the manager's word.  Upheld, they stay
 * for good; taken out, they leave, and its cash with them. */
void period_doubt(struct period *p, const Kasir__V1__Transaction *doc);
void period_uphold(struct period *p, const Kasir__V1__Transaction *doc);
void period_take_out(struct period *p, const Kasir__V1__Transaction *doc);

/* For those who add up the parts of a document by keys of their own. */

static inline int64_t
period_clamp(int128 v)
{
	return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

/* *SUM + V, stopped at the ends of the range. */
static inline void
period_gain(int64_t *sum, int128 v)
{
	*sum = period_clamp((int128)*sum + period_clamp(v));
}

/* Has lines, taxes and totals that count. */
bool period_trades(Kasir__V1__TransactionType type);
/* What a document is about: its movement, or what its tenders settle.  0 of NULL. */
int64_t period_amount_of(const Kasir__V1__Transaction *doc);
/* What line I of DOC, which trades, adds: PRICED to items, service or other, as KIND (a line
 * void's: its target's) says. */
struct period_line {
	Kasir__V1__LineKind kind;
	int128 priced, discount, returned;
};
struct period_line period_line_of(const Kasir__V1__Transaction *doc, size_t i);

int64_t period_net(const struct period *p);
int64_t period_expected_cash(const struct period *p);
/* Sum of value * count, stopped at the ends of the range. */
int64_t period_count_of(const Kasir__V1__Transaction *doc);

/* To its message, in A, and back.  KAS_NOMEM; KAS_CORRUPT: no period packs to that. */
KAS_CHECKED enum kas_err period_pack(const struct period *p, struct arena *a,
    Kasir__V1__PeriodTotals **ret);
KAS_CHECKED enum kas_err period_unpack(const Kasir__V1__PeriodTotals *m, struct period *ret);

#endif
