/* What people at the control socket are told is on disk, and closes are as the books say. */
#include "tests/sim/oracle.h"

#include <stdlib.h>
#include <string.h>

#define LLU(n) ((unsigned long long)(n))

void
oracle_told_x(struct oracle *o, struct bytes report, uint64_t size)
{
	const struct image *im = disk_durable(o->disk);

	oracle_look_at_disks(o);
	if (size > im->n)
		world_fail(o->w, "an X of %llu entries was told while %zu were on disk", LLU(size),
		    im->n);
	sim_reserve((void **)&o->xs, o->n_xs, &o->cap_xs, sizeof(*o->xs));
	o->xs[o->n_xs++] = (struct x_report){ world_keep(o->w, report), size };
}

void
oracle_told_entry(struct oracle *o, uint64_t index, Kasir__V1__LedgerEntry__BodyCase body)
{
	const struct image *im = disk_durable(o->disk);
	Kasir__V1__LedgerEntry *entry = NULL;
	struct arena a;

	arena_init(&a, 0);
	if (index >= im->n)
		world_fail(o->w, "somebody was told of entry %llu while %zu were on disk",
		    LLU(index), im->n);
	else if (wire_decode_entry(im->entries[index].entry, &a, &entry, NULL) != KAS_OK ||
	    entry->body_case != body)
		world_fail(o->w, "somebody was told that entry %llu was made for him; it is not "
		    "what he asked for", LLU(index));
	arena_fini(&a);
}

/* No till works by a list that is not in the ledger. */
void
oracle_told_catalogue(struct oracle *o, struct bytes notice)
{
	struct arena a;
	Kasir__V1__CatalogueNotice *n;

	arena_init(&a, 0);
	n = PROTO_UNPACK(kasir__v1__catalogue_notice, &a, notice);
	if (n == NULL)
		world_fail(o->w, "the store published a catalogue notice that does not decode");
	else
		oracle_told_entry(o, n->index,
		    KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED);
	arena_fini(&a);
}

void
oracle_judge_books(struct oracle *o)
{
	struct books_verdict v;

	oracle_look_at_disks(o);
	books_judge(disk_durable(o->disk), &o->now, o->store, o->xs, o->n_xs, &v);
	o->days += v.days;
	o->shifts += v.shifts;
	if (v.wrong[0] != '\0')
		world_fail(o->w, "%s", v.wrong);
}
