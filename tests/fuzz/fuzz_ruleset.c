/* A rule set that decodes is passed or refused, always alike; one that is passed can judge
 * any document.  Input: one byte, how many 256ths of the rest are the rule set; then the
 * transaction. */
#include "base/proto.h"
#include "cash/check.h"
#include "cash/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What it says of days and codes holds for those that it lists itself. */
static void
look_up(const Kasir__V1__RuleSet *rs)
{
	const Kasir__V1__RulePeriod *p;
	size_t i, k;

	for (i = 0; i < rs->n_periods; i++) {
		p = rs->periods[i];
		kas_assert(ruleset_period(rs, p->from_day) == p);
		kas_assert(p->until_day == 0 || ruleset_period(rs, p->until_day) == p);
		for (k = 0; k < p->n_tax_codes; k++)
			kas_assert(ruleset_tax_code(p, p->tax_codes[k]->code) == p->tax_codes[k]);
		kas_assert(ruleset_clock(p).ahead_us > 0 && ruleset_clock(p).behind_us > 0);
	}
}

/* No rule that hangs on a rule set is broken without one. */
static void
judge(const Kasir__V1__Transaction *doc, const Kasir__V1__RuleSet *rs)
{
	struct check_settings settings = { .currency = "IDR", .rules = rs };
	struct rule_set broken = { 0 }, notes = { 0 }, again = { 0 }, other = { 0 };

	check_document(doc, &settings, &broken, &notes);
	check_document(doc, &settings, &again, &other);
	kas_assert(rule_set_equal(&broken, &again) && rule_set_equal(&notes, &other));
	settings.rules = NULL;
	again = other = (struct rule_set){ 0 };
	check_document(doc, &settings, &again, &other);
	kas_assert(!rule_set_has(&again, KASIR__V1__RULE__TAX_UNKNOWN) &&
	    !rule_set_has(&again, KASIR__V1__RULE__TAX_TREATMENT) &&
	    !rule_set_has(&again, KASIR__V1__RULE__TOTAL_FREE) &&
	    !rule_set_has(&other, KASIR__V1__RULE__TIME_BUSINESS_DAY) &&
	    !rule_set_has(&other, KASIR__V1__RULE__DOCUMENT_INCOMPLETE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kas_why why = { "" };
	Kasir__V1__RuleSet *rs;
	struct arena a;
	size_t n;

	if (size == 0)
		return 0;
	n = (size - 1) * data[0] / 255;
	arena_init(&a, (size_t)16 << 20);
	rs = PROTO_UNPACK(kasir__v1__rule_set, &a, BYTES(data + 1, n));
	if (rs != NULL && ruleset_check(rs, &why) == KAS_OK) {
		kas_assert(ruleset_check(rs, NULL) == KAS_OK);
		look_up(rs);
		judge(PROTO_UNPACK(kasir__v1__transaction, &a,
		    BYTES(data + 1 + n, size - 1 - n)), rs);
	} else if (rs != NULL)
		kas_assert(why.text[0] != '\0');
	arena_fini(&a);
	return 0;
}
