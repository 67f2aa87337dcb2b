/* ledger_maker.h - groups for a ledger file, as the engine would hand them over: entries
 * that follow from their index, true tiles, a signed checkpoint.  The content means nothing;
 * the tree is right. */
#ifndef TESTS_SUPPORT_LEDGER_MAKER_H
#define TESTS_SUPPORT_LEDGER_MAKER_H

#include "daemon/store/ports.h"

#define MAKER_GROUP_MAX 1024u
#define MAKER_FACTS_MAX 2048u

struct ledger_maker;

/* Entries of ENTRY_N bytes with payloads of PAYLOAD_N; every seventh has personal data. */
struct ledger_maker *maker_open(size_t entry_n, size_t payload_n);
void maker_close(struct ledger_maker *m);
uint64_t maker_size(const struct ledger_maker *m);

/* The next group of N entries; valid until the next call. */
struct flush_group *maker_group(struct ledger_maker *m, size_t n);
/* The same with a snapshot: a fact for each entry up to its end that none covers yet, and
 * the row of one terminal. */
struct flush_group *maker_group_with_snapshot(struct ledger_maker *m, size_t n);
/* What stands at INDEX; valid until the next call. */
struct store_entry maker_entry(struct ledger_maker *m, uint64_t index);
/* The fact of INDEX. */
struct fact maker_fact(uint64_t index);

#endif
