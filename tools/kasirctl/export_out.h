/* export_out.h - where an export goes: standard output, or a file that is there whole or not
 * at all. */
#ifndef KASIR_CTL_EXPORT_OUT_H
#define KASIR_CTL_EXPORT_OUT_H

#include "tools/kasirctl/ctl.h"
#include "tools/kasirctl/rows.h"

struct export_out {
	const struct cli *cli;
	FILE *file;
	const char *path;			/* NULL: standard output */
	char part[CONFIG_PATH_MAX + 8];		/* beside PATH, until it is complete */
};

/* Each reports what went wrong and returns the exit code, or EX_OK. */

/* --output FILE, or standard output. */
int export_out_open(const struct cli *cli, struct export_out *ret);
/* What stands in R, which is emptied. */
int export_out_write(struct export_out *o, struct rows *r);
/* RC: how the export went; only an EX_OK puts the file in place.  Returns RC, or what went
 * wrong now. */
int export_out_close(struct export_out *o, int rc);

/* --from and --to as business days, both included; 0 and UINT32_MAX where they were not given.
 * --day and --month (2026-11) stand for both. */
struct export_days {
	uint32_t from, to;
};
int export_days_of(const struct cli *cli, struct export_days *ret);

#endif
