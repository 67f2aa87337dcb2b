/* control.h - the control socket: kasirctl's way to the engine.
 *
 * A Unix stream socket, mode 0660.  Who asks is known from the kernel (SO_PEERCRED).
 * Frames are 4 bytes of length, big-endian, and at most CONTROL_FRAME_MAX bytes; one
 * request at a time a client.  At most CONTROL_CLIENTS_MAX clients; one that does not
 * finish a frame, or take its answer, within CONTROL_TIMEOUT_US is dropped. */
#ifndef KASIR_STORE_EDGE_CONTROL_H
#define KASIR_STORE_EDGE_CONTROL_H

#include "daemon/store/ports.h"
#include "edge/loop.h"

#define CONTROL_CLIENTS_MAX 16
#define CONTROL_TIMEOUT_US (30u * 1000 * 1000)

struct control;

struct control_events {
	/* REQUEST is borrowed; the answer comes through control_port_of(), at once or later. */
	void (*on_request)(void *ctx, uint64_t token, uint32_t uid, const char *user,
	    struct bytes request);
	void *ctx;
};

/* Makes the socket, replacing one that nobody listens on.  KAS_EXISTS: somebody does.
 * GROUP: name of the group that may ask; empty: ours. */
KAS_CHECKED enum kas_err control_open(struct loop *l, const char *path, const char *group,
    const struct control_events *events, struct control **ret, struct kas_why *why);
void control_close(struct control *c);		/* removes the socket; NULL is fine */
struct control_port control_port_of(struct control *c);

#endif
