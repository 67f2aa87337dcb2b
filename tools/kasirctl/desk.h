/* desk.h - what lies on the manager's desk: everything in the ledger, and beside it, that waits
 * for a person.  Read from ledger.db itself, so that it works when kasird is stopped. */
#ifndef KASIR_CTL_DESK_H
#define KASIR_CTL_DESK_H

#include "base/text.h"
#include "cash/rules.h"
#include "edge/ledger_read.h"

enum desk_kind {
	DESK_EXCEPTION,		/* breaks a rule; out of the totals until it is resolved */
	DESK_RETURN,		/* a return found wrong when its original came */
	DESK_CONFLICT,		/* an identity that was taken */
	DESK_BILL,		/* suspended, and neither resumed nor cancelled */
	DESK_TENDER,		/* pending or unknown, and not settled */
	DESK_CARD,		/* a text holds a payment card's number */
	DESK_GAP,		/* sequences that have not come */
	DESK_REFUSED,		/* a message that is not genuine */
	DESK__KINDS
};

#define DESK_RULES_MAX 16
#define DESK_NO_ENTRY UINT64_MAX

struct desk_row {
	enum desk_kind kind;
	uint64_t index;			/* of the entry; or DESK_NO_ENTRY */
	char terminal[NAME_MAX_LEN + 1];
	uint64_t epoch, sequence;	/* 0: not about one transaction */
	int64_t wall_us;
	bool has_amount;
	int64_t amount;
	char currency[4];
	unsigned exponent;
	rule_id broken[DESK_RULES_MAX];
	size_t n_broken;
	char what[240];			/* a sentence, for programs */
	char shown[280];		/* the same in the language of who reads it */
	bool done;			/* resolved, or marked as seen */
	const char *state;		/* "open", "accepted", "voided", "noted" */
	char state_shown[120];		/* "accepted by ani, entry 30" */
};

struct desk {
	struct desk_row *rows;		/* newest first within what was looked at together */
	size_t n, cap;
	uint64_t size;			/* entries of the ledger */
	bool cut;			/* there is more than was asked for */
};

struct desk_wants {
	bool all;			/* what is resolved too */
	size_t limit;			/* rows of the ledger, and again of messages */
};

void desk_fini(struct desk *d);		/* zeroed is fine */
/* KAS_NOMEM, or what reading failed with. */
KAS_CHECKED enum kas_err desk_read(struct ledger_reader *r, const struct desk_wants *wants,
    struct desk *ret);

/* "exception"; and what to do about one, a sentence without a full stop. */
const char *desk_kind_text(enum desk_kind kind);
const char *desk_next_step(enum desk_kind kind);

/* Of desk.c's files: a row to be filled in, or NULL; and what it says, FMT marked with N_(). */
struct desk_row *desk_add(struct desk *d, enum desk_kind kind);
void desk_say(struct desk_row *row, const char *fmt, ...) KAS_PRINTF(2, 3);
KAS_CHECKED enum kas_err desk_read_gaps(struct ledger_reader *r, struct desk *d);
KAS_CHECKED enum kas_err desk_read_refused(struct ledger_reader *r, size_t limit, struct desk *d);

#endif
