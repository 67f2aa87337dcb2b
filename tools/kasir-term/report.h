/* report.h - how a run ended, for people and for programs. */
#ifndef KASIR_TERM_REPORT_H
#define KASIR_TERM_REPORT_H

#include "kasir/v1/transaction.pb-c.h"
#include "tools/kasir-term/dataset.h"
#include "tools/kasir-term/fleet.h"

struct run_total {
	uint64_t n, magnitude;		/* as `kasirctl status` counts: |payable| */
};

struct run_report {
	const struct term_options *options;
	uint64_t elapsed_us;
	bool want_witnessed;
	int64_t amount;			/* sum of payables made, minor units */
	struct run_total sales, returns, voids;
	const struct dataset_counts *dataset;	/* NULL: it was none */
};

/* A document of TYPE has been made. */
void report_add(struct run_report *r, Kasir__V1__TransactionType type, int64_t payable);

/* Prints counts, money, rate and latencies, and what was done to a data set; returns the exit
 * code: EX_OK only if all that was made is acked (and witnessed, if that was wanted) and
 * nothing was rejected or in conflict.  Else it says why, and what to do. */
int report_run(struct cli *cli, const struct fleet *f, const struct run_report *r);

#endif
