/* The vendors' interface, over a real outbox file and against a store with real proofs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "terminal/kasir_terminal.h"
#include "tests/support/fake_store.h"
#include "tests/support/tmp_dir.h"

struct shop {
	struct tmp_dir dir;
	char outbox[128], key[128], why[320];
	struct fake_store *store;
	struct buf store_vkey, hq_vkey, tx;
	kasir_terminal *t;
	unsigned published, sold, witnessed, alarms;
	enum kasir_sale_state state;
	bool calls_back;
	unsigned busy;
};

static int
publish(void *user, const char *topic, const void *payload, size_t size, int retain)
{
	struct shop *s = user;

	(void)topic;
	if (retain)
		return 0;
	s->published++;
	buf_reset(&s->tx);
	buf_add(&s->tx, payload, size);
	return 0;
}

static void
on_sale(void *user, uint64_t epoch, uint64_t sequence, enum kasir_sale_state state,
    uint64_t index)
{
	struct shop *s = user;
	uint8_t id[16] = { 1 };

	assert_int_equal(epoch, 1);
	assert_true(sequence > 0 && index > 0);
	s->sold++;
	s->state = state;
	if (!s->calls_back)
		return;
	s->busy += kasir_terminal_sell(s->t, id, "x", 1, NULL, 0, NULL) == KASIR_BUSY;
	s->busy += kasir_terminal_retry(s->t) == KASIR_BUSY;
	kasir_terminal_on_message(s->t, kasir_terminal_ack_topic(s->t), "x", 1);
	kasir_terminal_connected(s->t, 0);
	kasir_terminal_leave(s->t);
	s->busy += kasir_terminal_poll(s->t) == 0;
}

static void
on_witnessed(void *user, uint64_t size, uint64_t n)
{
	(void)size;
	((struct shop *)user)->witnessed += (unsigned)n;
}

static void
on_alarm(void *user, const char *sentence)
{
	(void)sentence;
	((struct shop *)user)->alarms++;
}

static struct kasir_terminal_config
config_of(struct shop *s)
{
	return (struct kasir_terminal_config){
		.size = sizeof(struct kasir_terminal_config),
		.store = FAKE_STORE_ID,
		.terminal = FAKE_TERMINAL,
		.outbox = s->outbox,
		.key_file = s->key,
		.store_vkey = (const char *)s->store_vkey.p,
		.hq_vkey = (const char *)s->hq_vkey.p,
		.publish = publish,
		.on_sale = on_sale,
		.on_witnessed = on_witnessed,
		.on_alarm = on_alarm,
		.user = s,
	};
}

static void
open_terminal(struct shop *s)
{
	struct kasir_terminal_config c = config_of(s);

	if (kasir_terminal_open(&c, &s->t, s->why, sizeof(s->why)) != KASIR_OK)
		fail_msg("%s", s->why);
	kasir_terminal_connected(s->t, 1);
}

static void
text_of(const struct vkey *v, struct buf *to)
{
	vkey_format(v, to);
	buf_add(to, "", 1);
}

static int
setup(void **state)
{
	static struct shop s;

	memset(&s, 0, sizeof(s));
	tmp_dir_make(&s.dir);
	tmp_dir_file(&s.dir, "front.outbox", s.outbox);
	tmp_dir_file(&s.dir, "front.key", s.key);
	s.store = fake_store_open("shop/toko-1/1", 1);
	text_of(fake_store_vkey(s.store), &s.store_vkey);
	text_of(fake_store_hq(s.store), &s.hq_vkey);
	*state = &s;
	return 0;
}

static int
teardown(void **state)
{
	struct shop *s = *state;

	kasir_terminal_close(s->t);
	fake_store_close(s->store);
	buf_fini(&s->store_vkey);
	buf_fini(&s->hq_vkey);
	buf_fini(&s->tx);
	tmp_dir_remove(&s->dir);
	return 0;
}

static struct kasir_receipt
sell(struct shop *s)
{
	struct kasir_receipt r;
	uint8_t id[16];

	kasir_terminal_new_id(s->t, id);
	assert_int_equal(kasir_terminal_sell(s->t, id, "basket", 6, "somebody", 8, &r), KASIR_OK);
	assert_memory_equal(r.txn_id, id, 16);
	return r;
}

static void
answer(struct shop *s)
{
	struct buf b;

	buf_init(&b);
	fake_store_take(s->store, buf_bytes(&s->tx), FAKE_GOOD);
	proto_append(&b, &fake_store_answer(s->store)->base);
	kasir_terminal_on_message(s->t, kasir_terminal_ack_topic(s->t), b.p, b.n);
	buf_fini(&b);
}

static struct kasir_status
status_of(const struct shop *s)
{
	struct kasir_status st = { .size = sizeof(st) };

	kasir_terminal_status(s->t, &st);
	return st;
}

static void
a_sale_goes_all_the_way(void **state)
{
	struct shop *s = *state;
	Kasir__V1__CheckpointNotice n = KASIR__V1__CHECKPOINT_NOTICE__INIT;
	struct buf b;

	open_terminal(s);
	assert_int_equal(kasir_terminal_api(), KASIR_TERMINAL_API);
	assert_int_equal(sell(s).sequence, 1);
	assert_int_equal(kasir_terminal_waiting(s->t), 1);
	assert_true(kasir_terminal_poll(s->t) > 0);
	assert_int_equal(kasir_terminal_state(s->t), KASIR_STATE_SENDING);
	answer(s);
	assert_int_equal(s->sold, 1);
	assert_int_equal(s->state, KASIR_DURABLE);
	assert_int_equal(status_of(s).durable, 1);
	assert_int_equal(status_of(s).ledger_size, 2);
	buf_init(&b);
	n.checkpoint = proto_bytes(fake_store_note(s->store, 2, true));
	proto_append(&b, &n.base);
	kasir_terminal_on_message(s->t, kasir_terminal_checkpoint_topic(s->t), b.p, b.n);
	buf_fini(&b);
	assert_int_equal(s->witnessed, 1);
	assert_int_equal(status_of(s).durable, 0);
	assert_int_equal(status_of(s).cosigned_size, 2);
	assert_int_equal(s->alarms, 0);
}

static void
a_terminal_that_is_started_again_has_its_key_and_its_sales(void **state)
{
	struct shop *s = *state;
	char vkey[256];

	open_terminal(s);
	snprintf(vkey, sizeof(vkey), "%s", kasir_terminal_vkey(s->t));
	assert_int_equal(strncmp(vkey, "toko-1/front+", 13), 0);
	sell(s);
	kasir_terminal_close(s->t);
	open_terminal(s);
	assert_string_equal(kasir_terminal_vkey(s->t), vkey);
	assert_int_equal(kasir_terminal_waiting(s->t), 1);
	assert_int_equal(sell(s).sequence, 2);
}

static bool
is_there(struct shop *s, const char *name)
{
	char path[128];

	tmp_dir_file(&s->dir, name, path);
	return access(path, F_OK) == 0;
}

static void
a_key_is_made_once_and_missed_when_it_is_lost(void **state)
{
	struct shop *s = *state;
	struct kasir_terminal_config c = config_of(s);
	char vkey[256], path[128];

	open_terminal(s);
	snprintf(vkey, sizeof(vkey), "%s", kasir_terminal_vkey(s->t));
	kasir_terminal_close(s->t);
	s->t = NULL;
	assert_true(is_there(s, "front.key") && is_there(s, "front.vkey"));
	assert_false(is_there(s, "front.key.new") || is_there(s, "front.vkey.new"));

	/* The power went between the two files. */
	tmp_dir_file(&s->dir, "front.vkey", path);
	assert_int_equal(unlink(path), 0);
	open_terminal(s);
	assert_string_equal(kasir_terminal_vkey(s->t), vkey);
	assert_true(is_there(s, "front.vkey"));
	kasir_terminal_close(s->t);
	s->t = NULL;

	assert_int_equal(unlink(s->key), 0);
	assert_int_equal(
	    kasir_terminal_open(&c, &s->t, s->why, sizeof(s->why)), KASIR_BAD_ARGUMENT);
	assert_non_null(strstr(s->why, "put the key back"));
	assert_int_equal(unlink(path), 0);
	open_terminal(s);
	assert_string_not_equal(kasir_terminal_vkey(s->t), vkey);
}

static void
a_callback_that_calls_back_changes_nothing(void **state)
{
	struct shop *s = *state;

	open_terminal(s);
	s->calls_back = true;
	sell(s);
	kasir_terminal_poll(s->t);
	answer(s);
	assert_int_equal(s->sold, 1);
	assert_int_equal(s->busy, 3);
	assert_int_equal(kasir_terminal_waiting(s->t), 0);
	s->calls_back = false;
	assert_int_equal(sell(s).sequence, 2);
	assert_int_equal(kasir_terminal_state(s->t), KASIR_STATE_SENDING);
}

static void
a_short_status_is_filled_as_far_as_it_goes(void **state)
{
	struct shop *s = *state;
	struct kasir_status st;

	open_terminal(s);
	memset(&st, 0x55, sizeof(st));
	st.size = offsetof(struct kasir_status, waiting);
	kasir_terminal_status(s->t, &st);
	assert_int_equal(st.state, KASIR_STATE_IDLE);
	assert_true(st.waiting == 0x5555555555555555u);
}

static void
a_configuration_that_cannot_be_is_refused_with_a_sentence(void **state)
{
	static const struct {
		const char *what, *says;
		enum kasir_result result;
	} cases[] = {
		{ "size", "size", KASIR_BAD_ARGUMENT },
		{ "no store", "missing", KASIR_BAD_ARGUMENT },
		{ "bad name", "is no name", KASIR_BAD_ARGUMENT },
		{ "another store's key", "not the key of a ledger of store 'toko-2'",
		    KASIR_BAD_ARGUMENT },
		{ "store's key for headquarters'", "not the key of a witness", KASIR_BAD_ARGUMENT },
		{ "key of another terminal", "is the key of toko-1/front", KASIR_BAD_ARGUMENT },
		{ "no folder", "", KASIR_BAD_ARGUMENT },
		{ "open already", "another process", KASIR_BUSY },
	};
	struct shop *s = *state;
	size_t i;

	open_terminal(s);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kasir_terminal_config c = config_of(s);
		kasir_terminal *other = NULL;

		print_message("%s\n", cases[i].what);
		c.size -= i == 0 ? 8 : 0;
		c.store = i == 1 ? NULL : i == 3 ? "toko-2" : c.store;
		c.terminal = i == 2 ? "Front!" : i == 5 ? "back" : c.terminal;
		if (i == 4)
			c.hq_vkey = c.store_vkey;
		if (i == 6)
			c.outbox = "/nowhere/at/all.outbox";
		s->why[0] = '\0';
		assert_int_equal(
		    kasir_terminal_open(&c, &other, s->why, sizeof(s->why)), cases[i].result);
		assert_non_null(strstr(s->why, cases[i].says));
		assert_true(s->why[0] != '\0');
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_sale_goes_all_the_way),
		T(a_terminal_that_is_started_again_has_its_key_and_its_sales),
		T(a_key_is_made_once_and_missed_when_it_is_lost),
		T(a_callback_that_calls_back_changes_nothing),
		T(a_short_status_is_filled_as_far_as_it_goes),
		T(a_configuration_that_cannot_be_is_refused_with_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
