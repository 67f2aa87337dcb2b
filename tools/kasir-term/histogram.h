/* histogram.h - latencies in microseconds, within 3 %, in 16 KiB. */
#ifndef KASIR_TERM_HISTOGRAM_H
#define KASIR_TERM_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS 2048

struct histogram {
	uint64_t n, max;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t us);
/* The value that PER_MILLION of a million do not exceed; 0: empty. */
uint64_t histogram_at(const struct histogram *h, uint32_t per_million);

#endif
