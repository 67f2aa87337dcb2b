/* parcel.h - a catalogue put together from the retained messages that it comes in
 * (kasir/v1/catalogue.proto).
 *
 * Messages come in any order, and while a newer catalogue replaces an older one, parts of
 * both: it is whole when what was put together has the size and hash of the newest notice. */
#ifndef KASIR_WIRE_PARCEL_H
#define KASIR_WIRE_PARCEL_H

#include "base/bytes.h"
#include "proof/hash.h"

#define PARCEL_PARTS_MAX 4096u

struct parcel {
	struct hash hash;		/* of the notice */
	uint64_t size;			/* 0: no notice has come */
	uint32_t n_parts;
	uint64_t index;			/* of the entry that put it in force */
	struct buf *parts;
	uint32_t cap;			/* of `parts`: up to the highest that came */
	bool changed;			/* since it was last put together */
};

void parcel_init(struct parcel *p);
void parcel_fini(struct parcel *p);

/* PAYLOAD came on the notice's topic.  KAS_MALFORMED: it is none. */
KAS_CHECKED enum kas_err parcel_take_notice(struct parcel *p, struct bytes payload);
/* PAYLOAD came on the topic of part N; empty: there is no such part any more.  KAS_RANGE:
 * larger than any, or too many. */
KAS_CHECKED enum kas_err parcel_take_part(struct parcel *p, uint32_t n, struct bytes payload);
/* All of it to TO (which is emptied).  KAS_AGAIN: it is not whole yet. */
KAS_CHECKED enum kas_err parcel_open(struct parcel *p, struct buf *to);

#endif
