/* 32 buckets to each power of two; below 32 each value has its own. */
#include "tools/kasir-term/histogram.h"

static unsigned
bucket_of(uint64_t us)
{
	unsigned power;

	if (us < 32)
		return (unsigned)us;
	power = 63 - (unsigned)__builtin_clzll(us);
	return (power - 4) * 32 + (unsigned)(us >> (power - 5) & 31);
}

static uint64_t
top_of(unsigned bucket)
{
	unsigned power = bucket / 32 + 4;

	if (bucket < 32)
		return bucket;
	return ((uint64_t)1 << power) + ((uint64_t)(bucket % 32 + 1) << (power - 5)) - 1;
}

void
histogram_add(struct histogram *h, uint64_t us)
{
	h->buckets[bucket_of(us)]++;
	h->n++;
	if (us > h->max)
		h->max = us;
}

uint64_t
histogram_at(const struct histogram *h, uint32_t per_million)
{
	uint64_t want, seen = 0;
	unsigned i;

	if (h->n == 0)
		return 0;
	want = (h->n * per_million + 999999) / 1000000;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->buckets[i];
		if (seen >= want && seen > 0)
			return top_of(i) < h->max ? top_of(i) : h->max;
	}
	return h->max;
}
