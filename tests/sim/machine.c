#include "tests/sim/machine.h"

#include <stdlib.h>
#include <string.h>

#include "proof/key.h"

#define WALL_AT_START ((int64_t)1767225600 * 1000000)	/* 2026-01-01T00:00:00Z */
#define WALL_DAY_US ((wide)86400 * 1000000)

__extension__ typedef __int128 wide;

void
machine_init(struct machine *m, struct world *w, const char *name)
{
	memset(m, 0, sizeof(*m));
	m->w = w;
	m->name = name;
	m->random = prng_split(&w->prng);
	m->synchronised = true;
	machine_boot(m);
}

void
machine_boot(struct machine *m)
{
	m->booted_at = m->w->now;
	prng_fill(&m->random, m->boot_id, sizeof(m->boot_id));
}

void
machine_jump_clock(struct machine *m, int64_t by_us)
{
	m->wall_off_us += by_us;
	m->synchronised = m->wall_off_us == 0;
	world_trace(m->w, m->name, "wall clock jumps by %+lld s", (long long)(by_us / 1000000));
}

static uint64_t
mono_now(const struct machine *m)
{
	return m->w->now - m->booted_at + SECOND;
}

static void
clock_read(void *ctx, struct clock_reading *ret)
{
	struct machine *m = ctx;

	/* Days go by in seconds; what is measured by the monotonic clock is not hurried. */
	ret->wall_us = WALL_AT_START + (int64_t)(m->w->now * WALL_DAY_US / m->w->day_us) +
	    m->wall_off_us;
	ret->mono_us = mono_now(m);
	ret->synchronised = m->synchronised;
}

struct clock_port
machine_clock(struct machine *m)
{
	return (struct clock_port){ clock_read, m };
}

struct random_port
machine_random(struct machine *m)
{
	return (struct random_port){ prng_fill, &m->random };
}

uint64_t
machine_until(const struct machine *m, uint64_t mono_us)
{
	if (mono_us == UINT64_MAX)
		return UINT64_MAX;
	return mono_us > mono_now(m) ? mono_us - mono_now(m) : 0;
}

static void
log_line(void *ctx, enum log_level level, const char *sentence)
{
	struct machine *m = ctx;
	static const char *const words[] = { "error", "warning", "notice", "info", "debug" };

	world_trace(m->w, m->name, "%s: %s", words[level], sentence);
}

struct log_port
machine_log(struct machine *m)
{
	return (struct log_port){ log_line, m };
}

#define CACHE_SLOTS 4096u

struct sig_cache {
	struct { struct hash question; bool known, ok; } slots[CACHE_SLOTS];
};

struct sig_cache *
sig_cache_open(void)
{
	return sim_alloc(sizeof(struct sig_cache));
}

void
sig_cache_close(struct sig_cache *c)
{
	free(c);
}

static void
crew_verify(void *ctx, struct sig_job *jobs, size_t n)
{
	struct sig_cache *c = ctx;
	uint8_t head[KEY_LEN + SIG_LEN];
	struct pubkey key;

	for (size_t i = 0; i < n; i++) {
		struct hash q;
		size_t slot;

		memcpy(head, jobs[i].key, KEY_LEN);
		memcpy(head + KEY_LEN, jobs[i].sig, SIG_LEN);
		q = hash_of_two(BYTES(head, sizeof(head)), jobs[i].message);
		slot = (q.b[0] | (size_t)q.b[1] << 8) % CACHE_SLOTS;
		if (!c->slots[slot].known || !hash_equal(&c->slots[slot].question, &q)) {
			memcpy(key.b, jobs[i].key, KEY_LEN);
			c->slots[slot].question = q;
			c->slots[slot].ok = sig_verify(&key, jobs[i].message, jobs[i].sig);
			c->slots[slot].known = true;
		}
		jobs[i].ok = c->slots[slot].ok;
	}
}

struct crew_port
sig_cache_crew(struct sig_cache *c)
{
	return (struct crew_port){ crew_verify, c };
}
