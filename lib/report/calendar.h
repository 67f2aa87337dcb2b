/* calendar.h - business days as numbers (YYYYMMDD), and arithmetic on them. */
#ifndef KASIR_REPORT_CALENDAR_H
#define KASIR_REPORT_CALENDAR_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* A day that exists, from 0001-01-01 to 9999-12-31. */
bool calendar_is_day(uint32_t day);
/* Days from 1970-01-01 to DAY, which exists; and back. */
int64_t calendar_count(uint32_t day);
uint32_t calendar_day(int64_t count);
uint32_t calendar_add_days(uint32_t day, int64_t days);
/* The same day N months later; the last of the month where that is shorter. */
uint32_t calendar_add_months(uint32_t day, int n);
/* The Monday of DAY's week. */
uint32_t calendar_monday(uint32_t day);
/* The first and last day of MONTH (YYYYMM). */
uint32_t calendar_first_of(uint32_t month);
uint32_t calendar_last_of(uint32_t month);

#endif
