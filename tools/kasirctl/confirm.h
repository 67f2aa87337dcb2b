/* confirm.h - a question before what cannot be undone.
 *
 * A command that asks has CTL_CONFIRM_OPTIONS among its options and reads
 *
 *	rc = ctl_confirm(cli, &go, "%s will be revoked", id);
 *	if (rc != EX_OK || !go)
 *		return rc;
 */
#ifndef KASIR_CTL_CONFIRM_H
#define KASIR_CTL_CONFIRM_H

#include "edge/cli.h"

#define CTL_CONFIRM_OPTIONS \
	{ "dry-run", 0, NULL, "say what would be done, and do nothing" }, \
	{ "yes", 'y', NULL, "do not ask" }

/* The person at the terminal said no. */
#define CTL_EXIT_DECLINED 1

/* FMT: what is about to happen, a sentence without a full stop.  *RET_GO: do it.
 *   --dry-run          the sentence on stderr, EX_OK, do not go
 *   --yes              go
 *   at a terminal      ask on stderr; anything but a yes is a no, CTL_EXIT_DECLINED
 *   elsewhere          EX_USAGE: a script must have said --yes
 * Call it when all that can be checked has been, so that nobody says yes to what then fails. */
int ctl_confirm(const struct cli *cli, bool *ret_go, const char *fmt, ...) KAS_PRINTF(3, 4);

#endif
