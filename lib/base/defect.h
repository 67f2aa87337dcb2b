/* defect.h - defects that the tests switch on to prove that they would be caught.
 *
 * `if (DEFECT(ACK_BEFORE_FLUSH))` is constant false in every build but those
 * made with -DKASIR_DEFECTS (tests only). */
#ifndef KASIR_BASE_DEFECT_H
#define KASIR_BASE_DEFECT_H

enum defect {
	DEFECT_NONE,
	DEFECT_ACK_BEFORE_FLUSH,	/* acks leave when a group is staged */
	DEFECT_DEDUPE_OFF,		/* a resent sale becomes a second entry */
	DEFECT_RESEND_DROPPED,		/* the terminal forgets to send again */
	DEFECT_ACK_UNCHECKED,		/* an ack for another sale's entry is accepted */
	DEFECT_FLUSH_FAILURE_IGNORED,	/* a failed flush is treated as done */
	DEFECT_NEWER_HISTORY_IGNORED,	/* an old backup put back is signed over */
	DEFECT_EVIDENCE_NOT_KEPT,	/* ...once the store has been started again */
	DEFECT_HQ_ROOT_UNCHECKED,	/* headquarters cosigns what it was told */
	DEFECT_CLOSE_SKIPS_ENTRY,	/* what comes right behind a Z is in no day */
	DEFECT_EXCEPTION_COUNTED,	/* what breaks a rule is among the sales */
	DEFECT_DAY_BY_DATE,		/* a late sale is not in the day that is open */
	DEFECT_RESOLUTION_FORGOTTEN,	/* an exception may be resolved again after a restart */
	DEFECT_PENDING_FORGOTTEN,	/* tenders are pending no more after a restart */
	DEFECT_BILL_TAKEN_TWICE,	/* a suspended sale can be resumed again */
	DEFECT_X_BEFORE_FLUSH,		/* the X tells of what is not on disk yet */
	DEFECT__COUNT
};

#ifdef KASIR_DEFECTS
extern enum defect kasir_defect;	/* defined by the test */
#define DEFECT(d) (kasir_defect == DEFECT_##d)
#else
#define DEFECT(d) 0
#endif

#endif
