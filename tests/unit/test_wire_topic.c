/* Topics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "wire/topic.h"

static void
topics_are_parsed_and_formatted(void **state)
{
	static const struct {
		const char *text;
		enum topic_kind kind;
		const char *store, *terminal;
	} cases[] = {
		{ "kasir/v1/toko-1/kasa-2/tx", TOPIC_TX, "toko-1", "kasa-2" },
		{ "kasir/v1/toko-1/kasa-2/ack", TOPIC_ACK, "toko-1", "kasa-2" },
		{ "kasir/v1/toko-1/kasa-2/state", TOPIC_STATE, "toko-1", "kasa-2" },
		{ "kasir/v1/toko-1/checkpoint", TOPIC_CHECKPOINT, "toko-1", "" },
		{ "kasir/v1/toko-1/up", TOPIC_UP, "toko-1", "" },
		{ "kasir/v1/toko-1/down", TOPIC_DOWN, "toko-1", "" },
		{ "kasir/v1/toko-1/catalogue", TOPIC_CATALOGUE, "toko-1", "" },
		{ "kasir/v1/toko-1/catalogue/tx", TOPIC_TX, "toko-1", "catalogue" },
		{ "kasir/v1/up/up/tx", TOPIC_TX, "up", "up" },
		{ "kasir/v1/abcdefghijklmnopqrstuvwxyz012345/up", TOPIC_UP,
		    "abcdefghijklmnopqrstuvwxyz012345", "" },
	};
	char text[WIRE_TOPIC_MAX];
	struct topic t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(topic_parse(cases[i].text, &t), KAS_OK);
		assert_int_equal(t.kind, cases[i].kind);
		assert_string_equal(t.store, cases[i].store);
		assert_string_equal(t.terminal, cases[i].terminal);
		topic_format(t.kind, t.store, t.terminal, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void
parts_of_a_catalogue_have_topics_of_their_own(void **state)
{
	char text[WIRE_TOPIC_MAX];
	struct topic t;

	(void)state;
	assert_int_equal(topic_parse("kasir/v1/toko-1/catalogue/511", &t), KAS_OK);
	assert_int_equal(t.kind, TOPIC_CATALOGUE_PART);
	assert_int_equal(t.part, 511);
	assert_string_equal(t.store, "toko-1");
	assert_string_equal(t.terminal, "");
	topic_format_part(t.store, t.part, text);
	assert_string_equal(text, "kasir/v1/toko-1/catalogue/511");
}

static void
what_is_no_topic_of_ours_is_refused(void **state)
{
	static const char *const cases[] = {
		"", "kasir", "kasir/v1", "kasir/v1/", "kasir/v1//up", "kasir/v1/up",
		"kasir/v2/s/up", "Kasir/v1/s/up", "kasir/v1/s/up/", "kasir/v1/s/down2",
		"kasir/v1/s/catalogue/01", "kasir/v1/s/catalogue/4294967296",
		"kasir/v1/s/catalogue/-1", "kasir/v1/s/t/0",
		"kasir/v1/S/up", "kasir/v1/-s/up", "kasir/v1/s/t/up", "kasir/v1/s/tx",
		"kasir/v1/s//tx", "kasir/v1/s/t/tx/x", "kasir/v1/s/t/", "kasir/v1/+/up",
		"kasir/v1/abcdefghijklmnopqrstuvwxyz0123456/up", "/kasir/v1/s/up",
		"kasir/v1/s/t/"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};
	struct topic t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (topic_parse(cases[i], &t) != KAS_MALFORMED)
			fail_msg("\"%s\" was taken for a topic", cases[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(topics_are_parsed_and_formatted),
		cmocka_unit_test(parts_of_a_catalogue_have_topics_of_their_own),
		cmocka_unit_test(what_is_no_topic_of_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
