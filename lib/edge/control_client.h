/* control_client.h - one request to the daemon over its control socket, one answer. */
#ifndef KASIR_EDGE_CONTROL_CLIENT_H
#define KASIR_EDGE_CONTROL_CLIENT_H

#include "base/proto.h"
#include "kasir/v1/control.pb-c.h"

#define CONTROL_FRAME_MAX (1024u * 1024)

/* KAS_NOTFOUND: no daemon listens there.  KAS_DENIED: the socket's permissions.
 * KAS_AGAIN: no answer within TIMEOUT_MS, or too many others are asking.  KAS_MALFORMED:
 * the answer is none.  *RET lives in A. */
KAS_CHECKED enum kas_err control_call(const char *socket_path, unsigned timeout_ms,
    const Kasir__V1__ControlRequest *request, struct arena *a,
    Kasir__V1__ControlResponse **ret, struct kas_why *why);

#endif
