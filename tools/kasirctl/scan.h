/* scan.h - the ledger from its first entry on, each transaction with what became of it.
 *
 * A resolution stands behind what it resolves, so the ledger is read twice: once for
 * resolutions and settlements, of which as many are held in memory as there are exceptions, and
 * once for the entries themselves, some hundreds at a time. */
#ifndef KASIR_CTL_SCAN_H
#define KASIR_CTL_SCAN_H

#include "edge/ledger_read.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"
#include "tools/kasirctl/ctl.h"

/* How a transaction stands by the end of what was read. */
enum scan_standing {
	SCAN_COUNTS,
	SCAN_EXCEPTION,		/* breaks a rule, and nobody has resolved it */
	SCAN_ACCEPTED,		/* breaks a rule, and the manager has accepted it */
	SCAN_VOIDED,		/* the same, voided; or a return found wrong later, and voided */
	SCAN_TRAINING,
};
/* "counts", "exception"... */
const char *scan_standing_name(enum scan_standing s);
/* Its figures are among the store's. */
bool scan_is_counted(enum scan_standing s);

/* What one entry says of an earlier one. */
struct scan_word {
	uint64_t of, index;			/* of whom; where it stands */
	bool settles;				/* a ReturnSettled that found something broken */
	Kasir__V1__Resolution how;		/* else */
	int64_t wall_us;
};

struct scan {
	struct ledger_reader *reader;
	uint64_t size;			/* entries that there were when it was opened */
	struct scan_word *words;	/* ascending by `of`, then `index` */
	size_t n_words;
	char store[NAME_MAX_LEN + 1], origin[160], currency[4];
	unsigned exponent;
};

struct scan_step {
	uint64_t index;
	const Kasir__V1__LedgerEntry *entry;
	const Kasir__V1__Transaction *doc;	/* of a transaction; NULL: it does not decode */
	enum scan_standing standing;		/* of a transaction */
	const struct scan_word *resolved;	/* NULL: by nobody */
	const struct scan_word *settled;	/* NULL: not found wrong later */
};

/* Each reports what went wrong and returns the exit code, or EX_OK. */

int scan_open(const struct cli *cli, struct scan *ret);
void scan_close(struct scan *s);
/* VISIT every entry from FIRST to below END; what it returns but EX_OK ends the scan and is
 * returned.  WHAT ("Exporting") stands before the bar. */
int scan_each(const struct cli *cli, const struct scan *s, uint64_t first, uint64_t end,
    const char *what, int (*visit)(void *ctx, const struct scan_step *step), void *ctx);
/* Entry INDEX by itself, in A. */
int scan_one(const struct cli *cli, const struct scan *s, uint64_t index, struct arena *a,
    struct scan_step *ret);

#endif
