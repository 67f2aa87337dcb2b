/* rules.h - what a transaction can break: stable numbers (ledger.proto), stable names,
 * sentences.  A set of rules is a value of 256 bits. */
#ifndef KASIR_CASH_RULES_H
#define KASIR_CASH_RULES_H

#include "base/bytes.h"
#include "kasir/v1/ledger.pb-c.h"

typedef Kasir__V1__Rule rule_id;

#define RULES_MAX 256
struct rule_set {
	uint64_t bits[RULES_MAX / 64];
};

void rule_set_add(struct rule_set *s, rule_id r);
bool rule_set_has(const struct rule_set *s, rule_id r);
bool rule_set_is_empty(const struct rule_set *s);
bool rule_set_equal(const struct rule_set *a, const struct rule_set *b);
/* Ascending; RET must hold RULES_MAX.  Returns how many. */
size_t rule_set_list(const struct rule_set *s, rule_id *ret);
struct rule_set rule_set_of(const rule_id *ids, size_t n);	/* ignores numbers out of range */

/* "tender.sum"; "rule.<number>" for one that this version does not know (static storage
 * per thread is not used: the text is copied to TO). */
#define RULE_NAME_MAX 40
void rule_name(rule_id r, char to[RULE_NAME_MAX]);
/* A sentence in English for people, without a full stop; edge/lang.h has the others. */
const char *rule_sentence(rule_id r);
bool rule_by_name(const char *name, rule_id *ret);
/* Every rule that this version knows, in ascending order, ended by RULE_UNSPECIFIED. */
const rule_id *rule_all(void);

#endif
