/* catalog.h - what the catalog commands share.
 *
 *   catalog.c           import, show, export
 *   catalog_current.c   the catalogue in force, from the ledger
 *   catalog_files.c     the files that people write, with all that is wrong with them
 *   catalog_diff.c      what a new one changes
 *   catalog_upload.c    on to kasird, in parts
 *
 * Functions report what went wrong and return the exit code, or EX_OK. */
#ifndef KASIR_CTL_CATALOG_H
#define KASIR_CTL_CATALOG_H

#include "cash/catalogue.h"
#include "proof/hash.h"
#include "tools/kasirctl/ctl.h"

/* What a store has in force; catalogue NULL: nothing yet. */
struct current {
	struct arena arena;
	char currency[4];
	uint32_t exponent;
	struct bytes bytes;
	struct hash hash;
	uint64_t index;			/* of the entry that put it in force */
	int64_t since_us;
	struct catalogue *catalogue;	/* NULL: none, or */
	bool lost;			/* its bytes are not in this ledger any more */
};
int current_open(const struct cli *cli, struct current *ret);
void current_close(struct current *c);

/* PRODUCTS (a file, or NULL: those of NOW stay) and CASHIERS (likewise) as a catalogue in A,
 * packed to *RET.  Every bad row is told on stderr. */
int catalog_load(const struct cli *cli, const struct current *now, const char *products,
    const char *cashiers, struct arena *a, struct bytes *ret);

struct catalog_changes {
	uint64_t added, removed, changed, repriced;	/* products; repriced: of those changed */
	uint64_t cashiers_added, cashiers_removed, cashiers_changed;
};
bool catalog_changes_any(const struct catalog_changes *c);
/* Between BEFORE (NULL: nothing) and AFTER; SHOW, or NULL, gets a row of change, key, field,
 * before, after for each of the first LIMIT (0: all). */
extern const struct table_column catalog_diff_columns[];
enum kas_err catalog_compare(const struct catalogue *before, const struct catalogue *after,
    uint64_t limit, struct table *show, struct catalog_changes *ret);

int catalog_upload(const struct cli *cli, struct bytes bytes, uint64_t compared_with,
    uint64_t *ret_index);

#endif
