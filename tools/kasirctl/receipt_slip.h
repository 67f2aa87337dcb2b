/* receipt_slip.h - a transaction as the customer saw it. */
#ifndef KASIR_CTL_RECEIPT_SLIP_H
#define KASIR_CTL_RECEIPT_SLIP_H

#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"
#include "tools/kasirctl/paper.h"

struct receipt {
	uint64_t index;
	struct bytes entry_bytes;
	const Kasir__V1__LedgerEntry *entry;		/* of a transaction */
	const Kasir__V1__Transaction *doc;		/* NULL: does not decode */
	/* What became of it later. */
	char voided_by[96];				/* "front/1/119"; empty: nobody's void */
	Kasir__V1__Resolution resolved;			/* unspecified: by nobody */
};

/* P->currency and exponent are set to the document's. */
void receipt_print(const struct receipt *r, struct paper *p);

#endif
