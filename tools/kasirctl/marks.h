/* marks.h - what later entries say of earlier ones, gathered while the ledger is walked from its
 * end: by the time that an entry is met, all that was said of it is known. */
#ifndef KASIR_CTL_MARKS_H
#define KASIR_CTL_MARKS_H

#include "base/text.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

#include <stdbool.h>

enum mark_kind { MARK_RESOLVED, MARK_ANNOTATED };

struct mark {
	enum mark_kind kind;
	uint64_t index;			/* of what it is about */
	uint64_t by_index;		/* the entry that says so */
	Kasir__V1__Resolution how;	/* MARK_RESOLVED */
	int64_t wall_us;
	char who[64], text[512];
};

struct settled {			/* a bill or tender, by the name of its transaction */
	char terminal[NAME_MAX_LEN + 1];
	uint64_t epoch, sequence;
};

/* Zeroed at first. */
struct marks {
	struct mark *list;
	size_t n, cap;
	struct settled *settled;
	size_t n_settled, cap_settled;
};

void marks_fini(struct marks *m);
/* Take in the entry at INDEX, if it says something of another.  False: no memory. */
bool marks_take(struct marks *m, uint64_t index, const Kasir__V1__LedgerEntry *e);
/* The newest of KIND about INDEX; NULL: there is none. */
const struct mark *marks_find(const struct marks *m, enum mark_kind kind, uint64_t index);
/* "accepted", "voided", "noted", for programs. */
const char *mark_word(const struct mark *mark);
/* "accepted by ani, entry 30", in the language of who reads it. */
void mark_text(const struct mark *mark, char *to, size_t n);

/* TERMINAL's document settles what it names (NULL: nothing).  False: no memory. */
bool marks_add_settled(struct marks *m, const char *terminal, const Kasir__V1__Reference *what);
bool marks_is_settled(const struct marks *m, const char *terminal, uint64_t epoch,
    uint64_t sequence);

#endif
