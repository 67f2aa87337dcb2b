/* receiver.h - headquarters' side of the uplink.  No state of its own beyond a cache:
 * any number of receivers may run on one database. */
#ifndef KASIR_HQ_RECEIVER_H
#define KASIR_HQ_RECEIVER_H

#include "daemon/hq/ports.h"

struct receiver;

/* WITNESS: headquarters' cosignature key (KEY_COSIGNATURE_V1). */
KAS_CHECKED enum kas_err receiver_open(const struct hq_ports *ports, const struct signer *witness,
    struct receiver **ret);
void receiver_close(struct receiver *r);
/* A message on kasir/v1/<store>/up: handled and answered before it returns. */
void receiver_on_message(struct receiver *r, const char *topic, struct bytes payload);
/* The database may have changed under us, or failed: forget everything cached. */
void receiver_forget(struct receiver *r);

#endif
