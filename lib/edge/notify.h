/* notify.h - what we tell systemd.  Without a notify socket all of it is a no-op. */
#ifndef KASIR_EDGE_NOTIFY_H
#define KASIR_EDGE_NOTIFY_H

#include <stdint.h>

#include "base/err.h"

void notify_ready(void);
void notify_stopping(void);
void notify_reloading(void);		/* notify_ready() ends it */
void notify_status(const char *fmt, ...) KAS_PRINTF(1, 2);
void notify_watchdog(void);
/* How often notify_watchdog() is wanted (half of WatchdogSec=); 0: never. */
uint64_t notify_watchdog_us(void);

#endif
