#include "support/hq_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "wire/codec.h"
#include "wire/topic.h"

static void
read_clock(void *ctx, struct clock_reading *ret)
{
	const struct hq_rig *r = ctx;

	*ret = (struct clock_reading){ .wall_us = 1700000000000000 + (int64_t)r->now_us,
		.mono_us = r->now_us, .synchronised = true };
}

static enum kas_err
catch_answer(void *ctx, const char *topic, struct bytes payload, bool retain)
{
	struct hq_rig *r = ctx;
	struct bytes copy;

	assert_false(retain);
	assert_null(r->answer);		/* one answer a message */
	assert_true(arena_copy(&r->arena, payload, &copy));
	assert_int_equal(wire_decode_down(copy, &r->arena, &r->answer, NULL), KAS_OK);
	snprintf(r->topic, sizeof r->topic, "%s", topic);
	return KAS_OK;
}

static void
verify_inline(void *ctx, struct sig_job *jobs, size_t n)
{
	struct pubkey key;
	size_t i;

	(void)ctx;
	for (i = 0; i < n; i++) {
		memcpy(key.b, jobs[i].key, KEY_LEN);
		jobs[i].ok = sig_verify(&key, jobs[i].message, jobs[i].sig);
	}
}

static void
catch_line(void *ctx, enum log_level level, const char *sentence)
{
	struct hq_rig *r = ctx;

	(void)level;
	r->lines++;
	snprintf(r->log, sizeof r->log, "%s", sentence);
}

void
hq_rig_init(struct hq_rig *r, struct hq_store_port store)
{
	uint8_t seed[SEED_LEN];

	memset(r, 0, sizeof *r);
	memset(seed, 0x99, sizeof seed);
	assert_int_equal(signer_open_seed(seed, "hq.test.example", KEY_COSIGNATURE_V1,
	    &r->witness), KAS_OK);
	r->ports = (struct hq_ports){ .clock = { read_clock, r }, .store = store,
		.bus = { catch_answer, r }, .crew = { verify_inline, r }, .log = { catch_line, r } };
	arena_init(&r->arena, 0);
	assert_int_equal(receiver_open(&r->ports, r->witness, &r->receiver), KAS_OK);
}

void
hq_rig_fini(struct hq_rig *r)
{
	receiver_close(r->receiver);
	signer_close(r->witness);
	arena_fini(&r->arena);
}

void
hq_rig_restart(struct hq_rig *r)
{
	receiver_close(r->receiver);
	assert_int_equal(receiver_open(&r->ports, r->witness, &r->receiver), KAS_OK);
}

void
hq_rig_send(struct hq_rig *r, struct made_store *s, struct bytes frame)
{
	char topic[WIRE_TOPIC_MAX], down[WIRE_TOPIC_MAX];

	topic_format(TOPIC_UP, s->id, NULL, topic);
	topic_format(TOPIC_DOWN, s->id, NULL, down);
	r->answer = NULL;
	r->now_us += 1000000;
	receiver_on_message(r->receiver, topic, frame);
	assert_non_null(r->answer);
	assert_string_equal(r->topic, down);
}

static struct bytes
check_cosigned(struct hq_rig *r, struct made_store *s, uint64_t size, bool cosigned,
    ProtobufCBinaryData note)
{
	struct checkpoint c;
	uint64_t when = 0;

	assert_int_equal(r->answer->session, s->session);
	if (!cosigned) {
		assert_int_equal(note.len, 0);
		return BYTES_NONE;
	}
	assert_int_equal(checkpoint_open_cosigned(bytes_of_proto(note), signer_vkey(s->signer),
	    signer_vkey(r->witness), &c, &when, NULL), KAS_OK);
	assert_int_equal(c.size, size);
	assert_true(hash_equal(&c.root, &s->roots[size]));
	assert_true(when >= 1700000000);
	return bytes_of_proto(note);
}

struct bytes
hq_rig_expect_welcome(struct hq_rig *r, struct made_store *s, uint64_t size, bool cosigned)
{
	if (r->answer->body_case != KASIR__V1__UPLINK_DOWN__BODY_WELCOME)
		fail_msg("no welcome; last line: %s", r->log);
	assert_int_equal(r->answer->welcome->size, size);
	return check_cosigned(r, s, size, cosigned, r->answer->welcome->cosigned);
}

struct bytes
hq_rig_expect_held(struct hq_rig *r, struct made_store *s, uint64_t size, bool cosigned)
{
	if (r->answer->body_case != KASIR__V1__UPLINK_DOWN__BODY_HELD)
		fail_msg("not held; last line: %s", r->log);
	assert_int_equal(r->answer->held->size, size);
	return check_cosigned(r, s, size, cosigned, r->answer->held->cosigned);
}

void
hq_rig_expect_refused(struct hq_rig *r, Kasir__V1__UplinkRefusal reason)
{
	assert_int_equal(r->answer->body_case, KASIR__V1__UPLINK_DOWN__BODY_REFUSED);
	if (r->answer->refused->reason != reason)
		fail_msg("refused for %d: %s", (int)r->answer->refused->reason,
		    r->answer->refused->text);
	assert_true(strlen(r->answer->refused->text) > 10);
}
