/* oracle_parts.h - what the oracle's questions are asked about.  Internal to the oracle. */
#ifndef KASIR_TESTS_ORACLE_PARTS_H
#define KASIR_TESTS_ORACLE_PARTS_H

#include "tests/support/oracle.h"

#define TYPE(t) KASIR__V1__TRANSACTION_TYPE__##t
#define LINE(k) KASIR__V1__LINE_KIND__##k
#define TENDER(k) KASIR__V1__TENDER_KIND__##k
#define BIT(n) (UINT64_C(1) << (n))

/* Sets of types, by bit. */
#define SALES (BIT(TYPE(SALE)) | BIT(TYPE(RETURN)) | BIT(TYPE(EXCHANGE)) | BIT(TYPE(POST_VOID)) | \
    BIT(TYPE(PAYMENT_ON_ACCOUNT)))
#define BILLS (BIT(TYPE(SUSPEND)) | BIT(TYPE(RESUME)) | BIT(TYPE(CANCEL)))
#define INTO (BIT(TYPE(PAID_IN)) | BIT(TYPE(LOAN)))
#define OUT_OF (BIT(TYPE(PAID_OUT)) | BIT(TYPE(PICKUP)) | BIT(TYPE(SAFE_DROP)) | \
    BIT(TYPE(BANK_DEPOSIT)))
#define COUNTS (BIT(TYPE(TILL_COUNT)) | BIT(TYPE(SHIFT_OPEN)) | BIT(TYPE(SHIFT_CLOSE)))
#define EVENTS (BIT(TYPE(OVERRIDE)) | BIT(TYPE(TERMINAL_EVENT)))
#define SWAPS (BIT(TYPE(TENDER_EXCHANGE)))
#define RESOLUTIONS (BIT(TYPE(TENDER_RESOLUTION)))
#define ALL (BIT(28) - 2)

struct asked {
	const Kasir__V1__Transaction *d;
	const struct check_settings *settings;
	const Kasir__V1__RulePeriod *period;	/* NULL: none */
	Kasir__V1__RoundingMode mode;
	int s;					/* -1 in a POST_VOID */
};

/* One rule: of which types it is asked, and whether it holds. */
struct question {
	Kasir__V1__Rule rule;
	uint64_t types;
	bool (*holds)(const struct asked *q);
};
/* Each ended by rule 0. */
extern const struct question oracle_lines[], oracle_money[], oracle_tenders[];
bool oracle_gtin(const struct asked *q);

bool oracle_is(const struct asked *q, uint64_t types);
bool oracle_empty(const char *text);
bool oracle_voided(const Kasir__V1__Transaction *d, size_t i);	/* line I, by a later one */
/* STATED is NUM / DEN rounded in MODE on the magnitude, give or take OFF. */
bool oracle_rounds(int128 stated, int128 num, int128 den, Kasir__V1__RoundingMode mode, int128 off);
/* The value itself, for sums of rounded figures: found, not reckoned. */
int128 oracle_rounded(int128 num, int128 den, Kasir__V1__RoundingMode mode);

bool oracle_holds_card_data(const Kasir__V1__Transaction *d);

#endif
