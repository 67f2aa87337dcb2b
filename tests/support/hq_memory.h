/* hq_memory.h - headquarters' database in memory, for unit tests and the simulator.
 *
 * An append is done as a whole or not at all, and there is nothing volatile: a crash of
 * headquarters is receiver_close() and receiver_open() on the same hq_memory.  A backup is
 * hq_memory_copy(). */
#ifndef KASIR_TESTS_SUPPORT_HQ_MEMORY_H
#define KASIR_TESTS_SUPPORT_HQ_MEMORY_H

#include "book/entry.h"
#include "base/proto.h"
#include "daemon/hq/ports.h"

struct hq_memory;

struct hq_memory *hq_memory_open(void);
void hq_memory_close(struct hq_memory *m);		/* NULL is fine */
struct hq_memory *hq_memory_copy(const struct hq_memory *m);
struct hq_store_port hq_memory_port(struct hq_memory *m);

void hq_memory_register(struct hq_memory *m, const char *store, const struct vkey *key);

uint64_t hq_memory_size(const struct hq_memory *m, const char *store);
struct hash hq_memory_root(const struct hq_memory *m, const char *store);
/* What is held at INDEX; borrowed. */
struct store_entry hq_memory_entry(const struct hq_memory *m, const char *store, uint64_t index);
/* The newest note; borrowed. */
struct bytes hq_memory_checkpoint(const struct hq_memory *m, const char *store);

struct hq_memory_evidence {
	uint32_t reason;
	struct bytes held, shown;	/* borrowed */
};
size_t hq_memory_evidence_count(const struct hq_memory *m, const char *store);
struct hq_memory_evidence hq_memory_evidence(const struct hq_memory *m, const char *store, size_t n);

/* The next TIMES appends answer ERR; WRITTEN: although they did it. */
void hq_memory_fail(struct hq_memory *m, enum kas_err err, unsigned times, bool written);

#endif
