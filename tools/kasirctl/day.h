/* day.h - the X and the Z as people read them, or their messages with --json. */
#ifndef KASIR_CTL_DAY_H
#define KASIR_CTL_DAY_H

#include "kasir/v1/control.pb-c.h"
#include "tools/kasirctl/ctl.h"
#include "tools/kasirctl/period_text.h"

enum day_print_as { DAY_WRITTEN, DAY_AS_IT_WOULD_BE, DAY_REPRINT };

int day_print(const struct cli *cli, const Kasir__V1__DayReport *r, const struct period_money *m);
int day_print_close(const struct cli *cli, const Kasir__V1__DayClosed *d, enum day_print_as as,
    const struct period_money *m);

#endif
