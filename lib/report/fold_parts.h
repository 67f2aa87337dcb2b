/* fold_parts.h - what the files of the fold share; nobody else includes it.
 *
 *   fold.c         entries, one kind after the other
 *   fold_rows.c    rows of one thing each: transactions, exceptions, closes
 *   fold_sums.c    what a document adds to the summaries */
#ifndef KASIR_REPORT_FOLD_PARTS_H
#define KASIR_REPORT_FOLD_PARTS_H

#include "base/proto.h"
#include "base/text.h"
#include "report/fold.h"
#include "report/sums.h"

enum fold_row { ROW_TX, ROW_DAY_OF, ROW_EXCEPTION, ROW_RESOLVED, ROW_SHIFT, ROW_DAY, ROW_PRODUCT,
	ROW__COUNT };

struct fold {
	sqlite3 *db;
	struct fold_port port;
	struct reports_place place;
	struct sums *sums;
	struct stmt rows[ROW__COUNT];
	struct arena arena;		/* of one entry */
};

/* A transaction, and what its figures stand under. */
struct dealing {
	uint64_t index;
	const Kasir__V1__TransactionRecord *record;
	const Kasir__V1__Transaction *doc;	/* NULL: does not decode */
	enum standing standing;		/* as it was when entered */
	uint32_t day, hour;
	char cashier[SUMS_KEY_MAX + 1];
};

/* fold_rows.c */
KAS_CHECKED enum kas_err fold_open_rows(struct fold *f);
void fold_close_rows(struct fold *f);
KAS_CHECKED enum kas_err fold_add_tx(struct fold *f, const struct dealing *d);
/* The day under which the transaction at INDEX stands. */
KAS_CHECKED enum kas_err fold_find_day(struct fold *f, uint64_t index, uint32_t *ret);
/* The entry at INDEX says that D breaks RULES. */
KAS_CHECKED enum kas_err fold_add_exception(struct fold *f, uint64_t index,
    const struct dealing *d, const Kasir__V1__Rule *rules, size_t n);
KAS_CHECKED enum kas_err fold_add_resolution(struct fold *f,
    const Kasir__V1__ExceptionResolved *m);
KAS_CHECKED enum kas_err fold_add_shift_close(struct fold *f, int64_t wall_us,
    const Kasir__V1__ShiftClosed *m);
KAS_CHECKED enum kas_err fold_add_day_close(struct fold *f, int64_t wall_us,
    const Kasir__V1__DayClosed *m);
KAS_CHECKED enum kas_err fold_add_product(struct fold *f, const char *product,
    const Kasir__V1__Line *line);

/* fold_sums.c */
/* What D does to the figures of its day, hour... */
enum effect { EFFECT_ENTERED, EFFECT_ACCEPTED, EFFECT_VOIDED, EFFECT_DOUBTED, EFFECT_UPHELD,
	EFFECT_TAKEN_OUT };
KAS_CHECKED enum kas_err fold_add_up(struct fold *f, const struct dealing *d,
    enum effect effect);

/* TEXT as a key: cut between characters, "" where it is not UTF-8. */
void fold_key_text(const char *text, char to[SUMS_KEY_MAX + 1]);

#endif
