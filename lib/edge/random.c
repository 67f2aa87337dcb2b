#include "edge/random.h"

#include <sodium.h>

static void
fill(void *ctx, uint8_t *p, size_t n)
{
	(void)ctx;
	randombytes_buf(p, n);
}

struct random_port
random_system(void)
{
	kas_assert(sodium_init() >= 0);
	return (struct random_port){ .fill = fill };
}
