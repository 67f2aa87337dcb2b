/* machine.h - a computer's clock, boots and randomness; and a crew that checks each
 * signature once a run, however many nodes ask. */
#ifndef KASIR_SIM_MACHINE_H
#define KASIR_SIM_MACHINE_H

#include "base/ports.h"
#include "tests/sim/world.h"

struct machine {
	struct world *w;
	const char *name;
	uint64_t booted_at;
	int64_t wall_off_us;		/* how wrong its wall clock is */
	bool synchronised;
	uint8_t boot_id[16];
	struct prng random;
};

void machine_init(struct machine *m, struct world *w, const char *name);
void machine_boot(struct machine *m);			/* the monotonic clock starts anew */
void machine_jump_clock(struct machine *m, int64_t by_us);
struct clock_port machine_clock(struct machine *m);
struct random_port machine_random(struct machine *m);
/* How long until MONO_US of this machine; UINT64_MAX stays what it is. */
uint64_t machine_until(const struct machine *m, uint64_t mono_us);
struct log_port machine_log(struct machine *m);

struct sig_cache;
struct sig_cache *sig_cache_open(void);
void sig_cache_close(struct sig_cache *c);
struct crew_port sig_cache_crew(struct sig_cache *c);

#endif
