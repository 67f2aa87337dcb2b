/* What is watched while a run lasts; the verdict at its end is in verdict.c. */
#include "tests/sim/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "proof/checkpoint.h"
#include "wire/topic.h"

#define LLU(n) ((unsigned long long)(n))
/* How long a store may go on before what it was shown has been read. */
#define HEED_US (10 * MS)

void
oracle_init(struct oracle *o, struct world *w, const struct vkey *store_key,
    const struct vkey *hq_key, const struct disk *disk, const char *store,
    const struct hq_memory *const *hq_memory)
{
	memset(o, 0, sizeof(*o));
	o->w = w;
	o->store_key = *store_key;
	o->hq_key = *hq_key;
	o->disk = disk;
	o->store = store;
	o->hq_memory = hq_memory;
	o->shown_at = UINT64_MAX;
}

void
oracle_fini(struct oracle *o)
{
	free(o->sales);
	free(o->published);
	free(o->xs);
	history_fini(&o->now);
	history_fini(&o->past);
	history_fini(&o->hq);
}

/* What is durable only grows. */
static void
look_at_store(struct oracle *o)
{
	const struct image *im = disk_durable(o->disk);

	if (im->n < o->now.n)
		world_fail(o->w, "the ledger shrank from %zu to %zu entries", o->now.n, im->n);
	else if (o->now.n > 0 &&
	    im->entries[o->now.n - 1].entry.p != o->now.entries[o->now.n - 1].p)
		world_fail(o->w, "entry %zu of the ledger was replaced", o->now.n - 1);
	for (size_t i = o->now.n; i < im->n; i++)
		history_append(&o->now, im->entries[i].entry);
}

static void
look_at_hq(struct oracle *o)
{
	uint64_t n = hq_memory_size(*o->hq_memory, o->store);

	if (n < o->hq.n)
		world_fail(o->w, "headquarters' copy shrank from %zu to %llu entries", o->hq.n,
		    LLU(n));
	for (uint64_t i = o->hq.n; i < n; i++)
		history_append(&o->hq, world_keep(o->w,
		    hq_memory_entry(*o->hq_memory, o->store, i).entry));
}

void
oracle_look_at_disks(struct oracle *o)
{
	look_at_store(o);
	look_at_hq(o);
}

struct sale *
oracle_find(struct oracle *o, const struct hash *statement)
{
	for (size_t i = 0; i < o->n_sales; i++) {
		if (hash_equal(&o->sales[i].hash, statement))
			return &o->sales[i];
	}
	return NULL;
}

static struct sale *
find_number(struct oracle *o, const char *terminal, uint64_t epoch, uint64_t sequence)
{
	for (size_t i = 0; i < o->n_sales; i++) {
		struct sale *s = &o->sales[i];

		if (s->honest && s->sequence == sequence && s->epoch == epoch &&
		    strcmp(s->terminal, terminal) == 0)
			return s;
	}
	return NULL;
}

static void
note_equivocation(struct oracle *o, struct sale *s)
{
	for (struct sale *other = o->sales; other < s; other++) {
		if (other->sequence == s->sequence && other->epoch == s->epoch &&
		    strcmp(other->terminal, s->terminal) == 0)
			other->equivocal = s->equivocal = true;
	}
}

void
oracle_signed(struct oracle *o, const char *terminal, struct bytes message, bool honest,
    bool made)
{
	Kasir__V1__SignedTransaction *t = PROTO_UNPACK(kasir__v1__signed_transaction,
	    &o->w->arena, message);
	struct signed_txn txn;
	struct sale *known, s = { .honest = honest, .made = made };

	if (t == NULL || wire_open_txn(t, o->store, terminal, &txn, NULL) != KAS_OK) {
		world_fail(o->w, "%s signed what does not parse", terminal);
		return;
	}
	known = oracle_find(o, &txn.hash);
	if (known != NULL) {
		known->made |= made;
		return;
	}
	s.hash = txn.hash;
	memcpy(s.terminal, terminal, strlen(terminal) + 1);
	s.epoch = txn.st.epoch;
	s.sequence = txn.st.sequence;
	s.payload = txn.payload;
	s.signature = BYTES(txn.signature, SIG_LEN);
	sim_reserve((void **)&o->sales, o->n_sales, &o->cap_sales, sizeof(*o->sales));
	o->sales[o->n_sales] = s;
	note_equivocation(o, &o->sales[o->n_sales++]);
}

/* A till believes that S stands at MARK's place.  Does it? */
static void
check_proved(struct oracle *o, const struct sale *s, const struct outbox_mark *m)
{
	struct arena a = { 0 };
	Kasir__V1__LedgerEntry *e;
	struct statement st;
	struct hash hash;
	const struct history *h = &o->now;

	look_at_store(o);
	if (m->index >= h->n || !hash_equal(&h->leaves[m->index], &m->leaf))
		h = &o->past;
	if (m->index >= h->n || !hash_equal(&h->leaves[m->index], &m->leaf)) {
		world_fail(o->w, "%s believes that its sale %llu is entry %llu, which is not on "
		    "disk", s->terminal, LLU(s->sequence), LLU(m->index));
		return;
	}
	arena_init(&a, 0);
	if (wire_decode_entry(h->entries[m->index], &a, &e, NULL) != KAS_OK ||
	    e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION ||
	    wire_statement_of(e->transaction, o->store, &st) != KAS_OK ||
	    (hash = statement_hash(&st), !hash_equal(&hash, &s->hash)))
		world_fail(o->w, "%s took entry %llu for its sale %llu; it is another's",
		    s->terminal, LLU(m->index), LLU(s->sequence));
	arena_fini(&a);
}

void
oracle_marked(struct oracle *o, const char *terminal, const struct outbox_mark *m)
{
	struct sale *s = find_number(o, terminal, m->epoch, m->sequence);

	world_trace(o->w, terminal, "%llu is %s at %llu", LLU(m->sequence),
	    outbox_state_text(m->state), LLU(m->index));
	if (s == NULL) {
		world_fail(o->w, "%s marked a sale %llu that it never made", terminal,
		    LLU(m->sequence));
		return;
	}
	if (m->state == OUTBOX_DURABLE || m->state == OUTBOX_CONFLICT) {
		check_proved(o, s, m);
		o->acks++;
		s->fate = m->state == OUTBOX_DURABLE ? FATE_DURABLE : FATE_CONFLICT;
		s->index = m->index;
		s->leaf = m->leaf;
	} else if (m->state == OUTBOX_REJECTED) {
		s->fate = FATE_REFUSED;
	}
}

static bool
was_published(struct oracle *o, const struct checkpoint *c)
{
	for (size_t i = 0; i < o->n_published; i++) {
		struct published *p = &o->published[i];

		if (p->size != c->size)
			continue;
		if (hash_equal(&p->root, &c->root))
			return true;
		if (!o->rolled_back)
			world_fail(o->w, "two checkpoints of size %llu with different roots",
			    LLU(c->size));
	}
	return false;
}

static bool
stands_in(const struct history *h, const struct checkpoint *c)
{
	struct hash root;

	return history_root(h, c->size, &root) && hash_equal(&root, &c->root);
}

static void
check_published(struct oracle *o, struct bytes note)
{
	struct checkpoint c;
	struct kas_why why;

	if (note.n == 0)
		return;
	if (checkpoint_open(note, &o->store_key, &c, &why) != KAS_OK) {
		world_fail(o->w, "the store published a bad checkpoint: %s", why.text);
		return;
	}
	if (was_published(o, &c))
		return;
	look_at_store(o);
	if (!stands_in(&o->now, &c))
		world_fail(o->w, "a checkpoint of size %llu left the store while %zu entries were "
		    "on disk%s", LLU(c.size), o->now.n,
		    c.size <= o->now.n ? ", and it is not their root" : "");
	if (o->shown_at != UINT64_MAX && o->w->now > o->shown_at + HEED_US)
		world_fail(o->w, "the store signed size %llu after it was shown a later history",
		    LLU(c.size));
	sim_reserve((void **)&o->published, o->n_published, &o->cap_published,
	    sizeof(*o->published));
	o->published[o->n_published++] =
	    (struct published){ c.size, c.root, world_keep(o->w, note) };
}

static void
check_up(struct oracle *o, const Kasir__V1__UplinkUp *up)
{
	if (up->body_case == KASIR__V1__UPLINK_UP__BODY_HELLO)
		check_published(o, bytes_of_proto(up->hello->checkpoint));
	else if (up->body_case == KASIR__V1__UPLINK_UP__BODY_BATCH)
		check_published(o, bytes_of_proto(up->batch->checkpoint));
}

void
oracle_store_published(struct oracle *o, const char *topic, struct bytes payload)
{
	struct arena a;
	struct topic t;
	Kasir__V1__AckBatch *acks;
	Kasir__V1__UplinkUp *up;
	Kasir__V1__CheckpointNotice *notice;

	arena_init(&a, 0);
	if (topic_parse(topic, &t) != KAS_OK)
		world_fail(o->w, "the store published to \"%s\"", topic);
	else if (t.kind == TOPIC_ACK && wire_decode_ack_batch(payload, &a, &acks, NULL) == KAS_OK)
		check_published(o, bytes_of_proto(acks->checkpoint));
	else if (t.kind == TOPIC_UP && wire_decode_up(payload, &a, &up, NULL) == KAS_OK)
		check_up(o, up);
	else if (t.kind == TOPIC_CATALOGUE_PART)
		;	/* means nothing without its notice */
	else if (t.kind == TOPIC_CATALOGUE)
		oracle_told_catalogue(o, payload);
	else if (t.kind == TOPIC_CHECKPOINT &&
	    (notice = PROTO_UNPACK(kasir__v1__checkpoint_notice, &a, payload)) != NULL)
		check_published(o, bytes_of_proto(notice->checkpoint));
	else
		world_fail(o->w, "the store published what does not decode to \"%s\"", topic);
	arena_fini(&a);
}

/* A cosignature must be over what headquarters has on disk, and never fall. */
static void
check_cosigned(struct oracle *o, struct bytes note)
{
	struct checkpoint c;
	uint64_t at;
	struct kas_why why;

	if (note.n == 0 || checkpoint_open_cosigned(note, &o->store_key, &o->hq_key, &c, &at,
	    &why) != KAS_OK)
		return;		/* while it is refilled it answers with what is not cosigned */
	look_at_hq(o);
	if (!stands_in(&o->hq, &c))
		world_fail(o->w, "headquarters cosigned size %llu with a root that is not that of "
		    "the %zu entries it holds", LLU(c.size), o->hq.n);
	else if (c.size < o->hq_cosigned)
		world_fail(o->w, "the cosigned size fell from %llu to %llu", LLU(o->hq_cosigned),
		    LLU(c.size));
	o->hq_cosigned = c.size;
	if (c.size > o->hq_cosigned_ever)
		o->hq_cosigned_ever = c.size;
}

void
oracle_hq_published(struct oracle *o, struct bytes payload)
{
	struct arena a;
	Kasir__V1__UplinkDown *down;

	arena_init(&a, 0);
	if (wire_decode_down(payload, &a, &down, NULL) != KAS_OK)
		world_fail(o->w, "headquarters published what does not decode");
	else if (down->body_case == KASIR__V1__UPLINK_DOWN__BODY_WELCOME)
		check_cosigned(o, bytes_of_proto(down->welcome->cosigned));
	else if (down->body_case == KASIR__V1__UPLINK_DOWN__BODY_HELD)
		check_cosigned(o, bytes_of_proto(down->held->cosigned));
	arena_fini(&a);
}

static void
check_shown(struct oracle *o, struct bytes note)
{
	struct checkpoint c;

	if (note.n == 0 || o->shown_at != UINT64_MAX ||
	    checkpoint_open(note, &o->store_key, &c, NULL) != KAS_OK)
		return;
	look_at_store(o);
	if (stands_in(&o->now, &c))
		return;
	o->shown_at = o->w->now;
	world_trace(o->w, "oracle", "the store was shown size %llu of another history",
	    LLU(c.size));
}

void
oracle_store_shown(struct oracle *o, const char *topic, struct bytes payload)
{
	struct arena a;
	struct topic t;
	Kasir__V1__TransactionBatch *batch;
	Kasir__V1__UplinkDown *down;

	if (!o->rolled_back || topic_parse(topic, &t) != KAS_OK)
		return;		/* nothing that exists contradicts it */
	arena_init(&a, 0);
	if (t.kind == TOPIC_TX && wire_decode_batch(payload, &a, &batch, NULL) == KAS_OK) {
		check_shown(o, bytes_of_proto(batch->checkpoint));
		check_shown(o, bytes_of_proto(batch->cosigned));
	} else if (t.kind == TOPIC_DOWN && wire_decode_down(payload, &a, &down, NULL) == KAS_OK) {
		if (down->body_case == KASIR__V1__UPLINK_DOWN__BODY_WELCOME)
			check_shown(o, bytes_of_proto(down->welcome->cosigned));
		else if (down->body_case == KASIR__V1__UPLINK_DOWN__BODY_REFUSED)
			check_shown(o, bytes_of_proto(down->refused->evidence));
	}
	arena_fini(&a);
}

bool
oracle_store_has_evidence(struct oracle *o)
{
	const struct image *im = disk_durable(o->disk);
	struct checkpoint c;

	look_at_store(o);
	return checkpoint_open(im->evidence.note, &o->store_key, &c, NULL) == KAS_OK &&
	    !stands_in(&o->now, &c);
}

/* What it was shown goes with the process, unless it has reached the disk. */
void
oracle_store_starts(struct oracle *o)
{
	if (!oracle_store_has_evidence(o))
		o->shown_at = UINT64_MAX;
}

void
oracle_store_rolled_back(struct oracle *o)
{
	look_at_store(o);
	oracle_judge_books(o);
	o->n_xs = 0;
	history_copy(&o->past, &o->now);
	history_truncate(&o->now, 0);
	o->rolled_back = true;
}

void
oracle_hq_rolled_back(struct oracle *o)
{
	history_truncate(&o->hq, hq_memory_size(*o->hq_memory, o->store));
	o->hq_cosigned = 0;	/* it cannot know better until a store shows it */
}
