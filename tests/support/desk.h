/* desk.h - a till's session against a store with real proofs, its clock, broker and outbox in
 * the test's hands.  Checks of its own use cmocka. */
#ifndef TESTS_SUPPORT_DESK_H
#define TESTS_SUPPORT_DESK_H

#include "terminal/outbox_mem.h"
#include "terminal/session.h"
#include "tests/support/fake_store.h"

#define SECOND 1000000u

struct desk {
	struct fake_store *store;
	struct signer *key;
	struct outbox_mem *outbox;
	struct session *session;
	struct clock_reading now;
	uint64_t dice;
	bool bus_is_full;
	struct buf tx, state;		/* newest published */
	unsigned sent, alarms, witnessed;
	char alarm[512];
	struct outbox_mark marks[512];
	unsigned n_marks;
};

/* For cmocka_unit_test_setup_teardown(): a till with an empty outbox, connected. */
int desk_setup(void **state);
int desk_teardown(void **state);

/* The session must be closed before; reopen closes it, and connects. */
enum kas_err desk_try_open(struct desk *t, uint64_t epoch, const struct vkey *hq,
    unsigned batch_max);
void desk_reopen(struct desk *t);

struct receipt desk_sell(struct desk *t);
/* Time goes by, then a turn. */
void desk_wait_us(struct desk *t, uint64_t us);
/* The store's answer to what was sent last, not delivered yet. */
Kasir__V1__AckBatch *desk_answer(struct desk *t);
void desk_deliver(struct desk *t, const Kasir__V1__AckBatch *a);
void desk_notice(struct desk *t, struct bytes note);
/* One sale, sent and acknowledged. */
void desk_sell_through(struct desk *t);
struct session_stats desk_stats(struct desk *t);

/* Random bytes, the same in every run; CTX is the desk. */
void desk_roll(void *ctx, uint8_t *p, size_t n);
/* Turn a bit of the byte at AT. */
void desk_spoil(ProtobufCBinaryData *d, size_t at);

#endif
