/* sequel.h - what later entries say of an earlier one. */
#ifndef KASIR_CTL_SEQUEL_H
#define KASIR_CTL_SEQUEL_H

#include "edge/ledger_read.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

struct sequel {
	char voided_by[96];			/* "front/1/119"; empty: no void of it stands */
	Kasir__V1__Resolution resolved;		/* unspecified: by nobody */
};

/* Of the transaction R at INDEX. */
KAS_CHECKED enum kas_err sequel_find(struct ledger_reader *reader, uint64_t index,
    const Kasir__V1__TransactionRecord *r, struct sequel *ret);

#endif
