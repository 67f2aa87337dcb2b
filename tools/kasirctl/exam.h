/* exam.h - what `kasirctl doctor` looks at, and what it finds.  Each examination is a function
 * that says at least one thing; docs/reference/doctor.md lists the codes. */
#ifndef KASIR_CTL_EXAM_H
#define KASIR_CTL_EXAM_H

#include "tools/kasirctl/ctl.h"

enum severity { EXAM_GOOD, EXAM_NOTE, EXAM_WARNING, EXAM_FAULT, EXAM__SEVERITIES };

struct finding {
	enum severity severity;
	const char *code;		/* "disk.space", stable */
	const char *next_step;		/* English; NULL: nothing need be done */
	char what[400], shown[400];	/* English, and in the language of who reads it */
};

#define FINDINGS_MAX 64

struct exam {
	const struct cli *cli;
	struct store_config config;
	struct ledger_reader *ledger;	/* NULL: cannot be read, which has been said */
	struct store_head head;		/* if there is a ledger */
	struct arena arena;		/* of head, and of the daemon's answer */
	const Kasir__V1__StatusReport *status;	/* NULL: the daemon does not answer */
	struct finding finding[FINDINGS_MAX];
	size_t n;
};

/* NEXT_STEP and FMT in English, written plain; both are translated here. */
void exam_say(struct exam *x, enum severity severity, const char *code, const char *next_step,
    const char *fmt, ...) KAS_PRINTF(5, 6);

/* False: without it, nothing else can be examined. */
bool exam_config(struct exam *x);
void exam_files(struct exam *x);	/* modes and owners */
void exam_ledger(struct exam *x);	/* opens it: x->ledger */
void exam_daemon(struct exam *x);	/* asks it: x->status */
void exam_keys(struct exam *x);		/* after both */
void exam_disk(struct exam *x);
void exam_clock(struct exam *x);
void exam_broker(struct exam *x);
void exam_uplink(struct exam *x);
void exam_reports(struct exam *x);
void exam_desk(struct exam *x);

#endif
