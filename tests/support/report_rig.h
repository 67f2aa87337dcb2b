/* report_rig.h - a ledger of entries that reports are made from: whole days of a shop with
 * everything that moves a figure.  Its entries are what a store writes, without judging and
 * signing: reports believe the ledger. */
#ifndef KASIR_TESTS_SUPPORT_REPORT_RIG_H
#define KASIR_TESTS_SUPPORT_REPORT_RIG_H

#include "cash/period.h"
#include "proof/merkle.h"
#include "report/projection.h"
#include "tests/support/make_parts.h"

#define RIG_ENTRIES_MAX 4096

/* A transaction, and what became of it. */
struct rig_deal {
	uint64_t index;
	const char *terminal;
	const Kasir__V1__Transaction *doc;	/* NULL: does not decode */
	uint32_t day;				/* under which it is reported */
	enum standing standing;
	bool doubted;
	Kasir__V1__Resolution how;		/* unspecified: nobody has spoken */
};

struct report_rig {
	struct arena arena;
	struct make_dice dice;
	struct store_entry entries[RIG_ENTRIES_MAX];
	struct hash roots[RIG_ENTRIES_MAX + 1];	/* of the tree of so many entries */
	struct frontier tree;
	size_t n;
	struct rig_deal deals[RIG_ENTRIES_MAX];
	size_t n_deals;
	uint32_t newest_day;
};

/* Opened, with N entries from SEED. */
void report_rig_init(struct report_rig *r, uint64_t seed, size_t n);
void report_rig_fini(struct report_rig *r);
/* Forget the entries from N on and go on by another seed: a backup was put back. */
void report_rig_branch(struct report_rig *r, size_t n, uint64_t seed, size_t to);
/* One transaction of TERMINAL with BROKEN rules (0 or 1). */
void report_rig_enter(struct report_rig *r, Kasir__V1__Transaction *doc, const char *terminal,
    bool broken);
void report_rig_add(struct report_rig *r, Kasir__V1__LedgerEntry *e, struct bytes payload);

struct report_source report_rig_source(struct report_rig *r);

#endif
