/* till.h - one terminal in this process: key, outbox, session and connection, on a loop. */
#ifndef KASIR_TERM_TILL_H
#define KASIR_TERM_TILL_H

#include "edge/loop.h"
#include "edge/mqtt.h"
#include "terminal/session.h"
#include "tools/kasir-term/options.h"

struct till;

struct till_events {
	/* A sale of TILL got its answer. */
	void (*on_mark)(void *ctx, struct till *till, const struct outbox_mark *mark);
	/* N sales of TILL are at headquarters. */
	void (*on_witnessed)(void *ctx, struct till *till, size_t n);
	/* With every message and turn; a sale made in it gathers with others. */
	void (*on_turn)(void *ctx, struct till *till);
	void *ctx;
};

struct till_config {
	struct loop *loop;
	const struct term_options *options;
	const char *terminal;
	unsigned batch_max;		/* 0: as the protocol allows */
	bool forget;			/* in memory: drop what is durable */
	bool make_key;			/* if there is none */
	struct note_cache *cache;	/* shared */
	struct till_events events;
	void *user;
};

/* Opens everything and begins to connect. */
KAS_CHECKED enum kas_err till_open(const struct till_config *config, struct till **ret,
    struct kas_why *why);
/* Says goodbye if connected.  NULL is fine. */
void till_close(struct till *t);

KAS_CHECKED enum kas_err till_sell(struct till *t, const uint8_t id[WIRE_TXN_ID_LEN],
    struct bytes payload, struct bytes personal, struct receipt *ret);
struct session *till_session(struct till *t);
const char *till_name(const struct till *t);
void *till_user(const struct till *t);
bool till_is_connected(const struct till *t);

#endif
