/* close_slip.h - closes on paper: the Z, a shift's close, and the X, which closes nothing. */
#ifndef KASIR_CTL_CLOSE_SLIP_H
#define KASIR_CTL_CLOSE_SLIP_H

#include "kasir/v1/control.pb-c.h"
#include "tools/kasirctl/paper.h"

/* An entry whose body is a DayClosed or a ShiftClosed; ENTRY_BYTES as they stand. */
void close_print_day(const Kasir__V1__LedgerEntry *e, uint64_t index, struct bytes entry_bytes,
    struct paper *p);
void close_print_shift(const Kasir__V1__LedgerEntry *e, uint64_t index,
    struct bytes entry_bytes, struct paper *p);
/* The day so far. */
void close_print_x(const Kasir__V1__DayReport *r, struct paper *p);
/* A shift that is still open. */
void close_print_shift_x(const Kasir__V1__OpenShift *s, struct paper *p);

#endif
