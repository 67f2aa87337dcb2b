/* statement.h - the text that a terminal signs.  docs/reference/protocol.md. */
#ifndef KASIR_WIRE_STATEMENT_H
#define KASIR_WIRE_STATEMENT_H

#include "proof/hash.h"
#include "wire/limits.h"

#define STATEMENT_MAX 512

struct statement {
	const char *store, *terminal;
	uint64_t epoch, sequence;
	uint8_t txn_id[WIRE_TXN_ID_LEN];
	bool previous_known;
	struct hash previous;
	struct hash payload;
	bool has_personal;
	struct hash personal;	/* SHA-256 of salt and data */
};

/* Returns the length; TO is NUL-terminated as well. */
size_t statement_format(const struct statement *s, char to[STATEMENT_MAX]);
struct hash statement_hash(const struct statement *s);

/* What the store signs over refusals: REFUSALS are the serialised bytes. */
size_t refusal_statement_format(const char *store, const char *terminal, struct bytes refusals,
    char to[STATEMENT_MAX]);

#endif
