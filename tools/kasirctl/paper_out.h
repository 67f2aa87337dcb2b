/* paper_out.h - from the options of a command to paper, and from paper to its output. */
#ifndef KASIR_CTL_PAPER_OUT_H
#define KASIR_CTL_PAPER_OUT_H

#include "tools/kasirctl/ctl.h"
#include "tools/kasirctl/paper.h"

struct paper_job {
	struct paper paper;
	enum slip_format format;
	struct receipt_config shop;
	char store[NAME_MAX_LEN + 1], origin[160], currency[4];
};

/* Everything but what the ledger says of itself.  Reports and returns the exit code. */
int paper_begin(const struct cli *cli, struct paper_job *job);
/* Store, origin, currency: of R's first entry. */
int paper_take_ledger(const struct cli *cli, struct ledger_reader *r, struct paper_job *job);
/* Write what was printed.  Reports and returns the exit code. */
int paper_end(const struct cli *cli, struct paper_job *job);
void paper_fini(struct paper_job *job);

/* TEXT to FILE (NULL: standard output), whole or not at all.  Reports and returns the exit
 * code. */
int paper_write(const struct cli *cli, const struct buf *text, const char *file);

#endif
