/* meter.h - so many a second: what outsiders can make us do costs a share of the second. */
#ifndef KASIR_STORE_METER_H
#define KASIR_STORE_METER_H

#include <stdbool.h>
#include <stdint.h>

struct meter {			/* zeroed at first */
	uint64_t paid_us;	/* monotonic time up to which has been paid */
};

/* One more, at most PER_SECOND of them a second; at most a second's worth is saved up. */
bool meter_take(struct meter *m, uint64_t now_us, unsigned per_second);

#endif
