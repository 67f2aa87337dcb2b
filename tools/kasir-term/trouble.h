/* trouble.h - why a run did not end well, and what to do about it. */
#ifndef KASIR_TERM_TROUBLE_H
#define KASIR_TERM_TROUBLE_H

#include "tools/kasir-term/report.h"

/* A sentence, how many sales it is about and a next step on stderr; the exit code.  EX_OK,
 * and nothing is said, where all is well. */
int trouble_tell(struct cli *cli, const struct fleet *f, const struct fleet_counts *c,
    const struct run_report *r);

#endif
