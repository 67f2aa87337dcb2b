/* report.h - how a run ended, for people and for programs. */
#ifndef KASIR_TERM_REPORT_H
#define KASIR_TERM_REPORT_H

#include "tools/kasir-term/fleet.h"

struct run_report {
	uint64_t elapsed_us;
	int64_t amount;			/* sum of payables made, minor units */
	bool want_witnessed;
};

/* Prints counts, rate and latencies; returns the exit code: EX_OK only if all that was made
 * is acked (and witnessed, if that was wanted) and nothing was rejected or in conflict. */
int report_run(struct cli *cli, struct fleet *f, const struct run_report *r);

#endif
