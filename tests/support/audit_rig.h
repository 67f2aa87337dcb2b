/* audit_rig.h - a ledger of a shop with two terminals, audited (cmocka). */
#ifndef KASIR_TESTS_SUPPORT_AUDIT_RIG_H
#define KASIR_TESTS_SUPPORT_AUDIT_RIG_H

#include "audit/audit.h"
#include "tests/support/make_ledger.h"

/* 602 entries: two full tiles and a tail, signed and cosigned at 300, with the tables made
 * from the first 300.  Entry 600 is a sale with personal data, 601 a return of the sale at 40. */
struct made_ledger *audit_rig_make(uint64_t seed);
#define FRONT(m) (&(m)->terminals[0])
#define BACK(m) (&(m)->terminals[1])

/* Signed and cosigned as it stands. */
void audit_rig_finish(struct made_ledger *m);
/* A copy of B with one bit of byte AT changed. */
struct bytes audit_rig_changed(struct made_ledger *m, struct bytes b, size_t at);

/* Audited alone and by three together, with the same result. */
struct audit_report audit_rig_run(struct made_ledger *m, const struct bytes *against,
    size_t n_against, bool with_hq);
/* The first thing to say of what R found in the case named WHAT. */
void audit_rig_expect(const char *what, const struct audit_report *r, enum audit_kind kind,
    uint64_t index, enum audit_class class);
void audit_rig_expect_clean(const struct audit_report *r, enum audit_class class);

#endif
