/* Whatever the text, reading ends; what it reads, the checks can use, and it is read again
 * from what is written of it. */
#include "edge/rules_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
packed(const Kasir__V1__RuleSet *rs, struct buf *to)
{
	uint8_t *room = buf_grow(to, kasir__v1__rule_set__get_packed_size(rs));

	return room != NULL ? kasir__v1__rule_set__pack(rs, room) : 0;
}

static void
reads_back(const Kasir__V1__RuleSet *rs, struct arena *a)
{
	struct problems problems;
	struct buf text, first, second;
	Kasir__V1__RuleSet *again;

	buf_init(&text);
	buf_init(&first);
	buf_init(&second);
	rules_write(rs, &text);
	kas_assert(rules_parse(buf_bytes(&text), a, &again, &problems) == KAS_OK);
	kas_assert(packed(rs, &first) == packed(again, &second));
	kas_assert(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
	buf_fini(&text);
	buf_fini(&first);
	buf_fini(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems;
	Kasir__V1__RuleSet *rs;
	struct kas_why why;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = rules_parse(BYTES(data, size), &a, &rs, &problems);
	kas_assert((err == KAS_OK) == (problems.n == 0));
	if (err == KAS_OK) {
		kas_assert(ruleset_check(rs, &why) == KAS_OK);
		reads_back(rs, &a);
	}
	arena_fini(&a);
	return 0;
}
