/* oracle.h - stands outside, keeps books of its own, and says when a promise is broken.
 *
 * It is told what tills signed, what they were proved, and every message that leaves the
 * store or headquarters; it looks at the disks.  What it claims (docs/explanation/
 * simulation.md):
 *   - while a run lasts: no checkpoint leaves the store that is not the root of what is on
 *     its disk, none contradicts an earlier one, nothing new is signed once the store was
 *     shown a later history of its own, no cosignature over anything that headquarters does
 *     not hold, cosigned sizes never fall, a till never believes in what is not there;
 *   - at its end: promises 1 to 6.
 * Where an old backup was put back by hand, what happened before it is a history that is
 * past: promises hold for both. */
#ifndef KASIR_SIM_ORACLE_H
#define KASIR_SIM_ORACLE_H

#include "proof/key.h"
#include "terminal/outbox.h"
#include "tests/sim/books.h"
#include "tests/sim/disk.h"
#include "tests/sim/history.h"
#include "tests/support/hq_memory.h"
#include "wire/codec.h"

enum fate {
	FATE_OPEN,		/* the till has it and nobody has proved anything */
	FATE_DURABLE,		/* the till was proved that it is in the ledger */
	FATE_CONFLICT,		/* ...and that its identity belongs to another */
	FATE_REFUSED,		/* not genuine, says the store under its signature */
};

/* One transaction that some till's key has signed. */
struct sale {
	struct hash hash;	/* of the statement */
	char terminal[NAME_MAX_LEN + 1];
	uint64_t epoch, sequence;
	struct bytes payload, signature;
	bool honest;		/* by a real session, which must see it through */
	bool made;		/* its outbox has it on disk */
	bool equivocal;		/* there is another of the same identity */
	enum fate fate;
	uint64_t index;
	struct hash leaf;
};

struct oracle {
	struct world *w;
	struct vkey store_key, hq_key;
	const struct disk *disk;
	const char *store;
	const struct hq_memory *const *hq_memory;	/* whichever is in place */
	struct sale *sales;
	size_t n_sales, cap_sales;
	struct history now, past, hq;	/* past: before a backup was put back */
	bool rolled_back;
	uint64_t shown_at;		/* when the store saw that it was; UINT64_MAX: not yet */
	struct published { uint64_t size; struct hash root; struct bytes note; } *published;
	size_t n_published, cap_published;
	uint64_t hq_cosigned, hq_cosigned_ever;
	uint64_t acks;			/* proofs that tills accepted */
	struct x_report *xs;		/* that somebody was told of this history */
	size_t n_xs, cap_xs;
	uint64_t days, shifts;		/* closes that were held against the books */
};

void oracle_init(struct oracle *o, struct world *w, const struct vkey *store_key,
    const struct vkey *hq_key, const struct disk *disk, const char *store,
    const struct hq_memory *const *hq_memory);
void oracle_fini(struct oracle *o);

/* A SignedTransaction came into being at TERMINAL. */
void oracle_signed(struct oracle *o, const char *terminal, struct bytes message, bool honest,
    bool made);
/* A session has marked a sale. */
void oracle_marked(struct oracle *o, const char *terminal, const struct outbox_mark *mark);
/* Somebody published; both see it before the network does. */
void oracle_store_published(struct oracle *o, const char *topic, struct bytes payload);
void oracle_hq_published(struct oracle *o, struct bytes payload);
/* The store's engine, in service, is given a message. */
void oracle_store_shown(struct oracle *o, const char *topic, struct bytes payload);
void oracle_store_starts(struct oracle *o);
/* What it was shown is on its disk, for the next start. */
bool oracle_store_has_evidence(struct oracle *o);
void oracle_store_rolled_back(struct oracle *o);	/* before it happens */
void oracle_hq_rolled_back(struct oracle *o);		/* after it happened */
void oracle_look_at_disks(struct oracle *o);		/* cheap; any time */

/* All is quiet.  OUTBOX lists what TERMINAL still has. */
void oracle_judge_ledger(struct oracle *o);
void oracle_judge_outbox(struct oracle *o, const char *terminal,
    const struct outbox_sale *sales, size_t n, bool revoked);
void oracle_judge_agreement(struct oracle *o);		/* headquarters = store */

/* lib/audit comes to the same verdict: over both copies, or, where an old backup was put back,
 * that it was. */
void oracle_judge_by_audit(struct oracle *o);

/* told.c: what people at the control socket are told, and what closes say. */
void oracle_told_x(struct oracle *o, struct bytes report, uint64_t size);
/* ...that ENTRY stands at INDEX, with a body of this kind. */
void oracle_told_entry(struct oracle *o, uint64_t index,
    Kasir__V1__LedgerEntry__BodyCase body);
/* Tills are told of a catalogue. */
void oracle_told_catalogue(struct oracle *o, struct bytes notice);
/* Every shift close, Z and X of the history that is there now. */
void oracle_judge_books(struct oracle *o);

struct sale *oracle_find(struct oracle *o, const struct hash *statement);

#endif
