/* damage.h - one field of a message changed at random, wherever it stands, and put back. */
#ifndef KASIR_TESTS_DAMAGE_H
#define KASIR_TESTS_DAMAGE_H

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"

struct damage {
	void *at;		/* the member that was changed */
	size_t n;		/* its size */
	uint64_t was;
	const char *message, *field;	/* for people */
	uint64_t now;
};

/* Change one field of M or of a message in it, as the numbers of SEED say; figures stay below
 * 2^46.  Texts are static. */
struct damage damage_one(ProtobufCMessage *m, uint64_t seed);
void damage_undo(const struct damage *d);

#endif
