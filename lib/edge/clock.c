#include "edge/clock.h"

#include <stdatomic.h>
#include <sys/timex.h>
#include <time.h>

#include "base/text.h"
#include "edge/keyfile.h"

#define SYNC_CHECK_US 1000000u

static uint64_t
micros(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static bool
kernel_is_synchronised(void)
{
	struct timex tx = { .modes = 0 };

	return adjtimex(&tx) != TIME_ERROR && (tx.status & STA_UNSYNC) == 0;
}

static bool
is_synchronised(uint64_t now_us)
{
	static atomic_uint_fast64_t asked_us;
	static atomic_bool answer;
	uint64_t asked = atomic_load(&asked_us);

	if (asked == 0 || now_us - asked >= SYNC_CHECK_US) {
		atomic_store(&answer, kernel_is_synchronised());
		atomic_store(&asked_us, now_us);
	}
	return atomic_load(&answer);
}

static void
read_clocks(void *ctx, struct clock_reading *ret)
{
	(void)ctx;
	ret->wall_us = (int64_t)micros(CLOCK_REALTIME);
	ret->mono_us = micros(CLOCK_BOOTTIME);
	ret->synchronised = is_synchronised(ret->mono_us);
}

struct clock_port
clock_system(void)
{
	return (struct clock_port){ .read = read_clocks };
}

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum kas_err
clock_boot_id(uint8_t ret[16], struct kas_why *why)
{
	char hex[33];
	struct buf text;
	size_t i, n = 0, out = 16;
	enum kas_err err;

	buf_init(&text);
	err = file_read(BOOT_ID, 64, &text, why);
	for (i = 0; err == KAS_OK && i < text.n && n < 32; i++)
		if (text.p[i] != '-')
			hex[n++] = (char)text.p[i];
	hex[n] = '\0';
	buf_fini(&text);
	if (err != KAS_OK)
		return err;
	if (n != 32 || hex_parse(BYTES(hex, n), ret, &out) != KAS_OK)
		return kas_fail(why, KAS_MALFORMED, "%s: not a boot id", BOOT_ID);
	return KAS_OK;
}
