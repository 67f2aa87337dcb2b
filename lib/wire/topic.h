/* topic.h - kasir/v1/... */
#ifndef KASIR_WIRE_TOPIC_H
#define KASIR_WIRE_TOPIC_H

#include "base/text.h"
#include "wire/limits.h"

enum topic_kind {
	TOPIC_TX, TOPIC_ACK, TOPIC_STATE,	/* of a terminal */
	TOPIC_CHECKPOINT, TOPIC_UP, TOPIC_DOWN, TOPIC_CATALOGUE,
	TOPIC_CATALOGUE_PART,
};

struct topic {
	enum topic_kind kind;
	char store[NAME_MAX_LEN + 1];
	char terminal[NAME_MAX_LEN + 1];	/* empty where the kind has none */
	uint32_t part;				/* of a catalogue; else 0 */
};

void topic_format(enum topic_kind kind, const char *store, const char *terminal,
    char to[WIRE_TOPIC_MAX]);
void topic_format_part(const char *store, uint32_t part, char to[WIRE_TOPIC_MAX]);
KAS_CHECKED enum kas_err topic_parse(const char *text, struct topic *ret);

#endif
