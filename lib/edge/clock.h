/* clock.h - the machine's clocks. */
#ifndef KASIR_EDGE_CLOCK_H
#define KASIR_EDGE_CLOCK_H

#include "base/ports.h"

/* wall_us: CLOCK_REALTIME.  mono_us: CLOCK_BOOTTIME, which also counts while the machine
 * sleeps.  Whether the kernel's clock is disciplined is asked once a second. */
struct clock_port clock_system(void);

/* The kernel's id of this boot. */
KAS_CHECKED enum kas_err clock_boot_id(uint8_t ret[16], struct kas_why *why);

#endif
