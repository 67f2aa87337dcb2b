/* proto_json.h - any message as JSON, by its descriptor: names as in the .proto, enums by
 * name, bytes as hex.  Numbers always stand; texts, lists and messages that are not set are
 * left out. */
#ifndef KASIR_CTL_PROTO_JSON_H
#define KASIR_CTL_PROTO_JSON_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

/* The caller's; NULL: no memory. */
json_t *proto_json(const ProtobufCMessage *m);

#endif
