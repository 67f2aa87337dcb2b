/* ports.h - the small parts of the world that every engine needs.
 *
 * An engine has no clock, randomness or network of its own; it is given these.
 * The real ones stand in edge/ folders, the simulated ones in tests/sim. */
#ifndef KASIR_BASE_PORTS_H
#define KASIR_BASE_PORTS_H

#include "base/bytes.h"

struct clock_reading {
	int64_t wall_us;	/* since 1970-01-01T00:00:00Z; may jump */
	uint64_t mono_us;	/* since boot; never goes back */
	bool synchronised;	/* the kernel says the wall clock is disciplined */
};

struct clock_port {
	void (*read)(void *ctx, struct clock_reading *ret);
	void *ctx;
};

struct random_port {
	void (*fill)(void *ctx, uint8_t *p, size_t n);
	void *ctx;
};

/* A connection to an MQTT broker.  publish() is QoS 1, copies what it needs, and
 * promises nothing: KAS_AGAIN when not connected or its queue is full, and even
 * KAS_OK may be lost on the way. */
struct bus_port {
	enum kas_err (*publish)(void *ctx, const char *topic, struct bytes payload,
	    bool retain);
	void *ctx;
};

/* Signature checks, which are pure and may fan out.  verify() returns when every
 * job has its answer; how many workers there are does not change the result. */
struct sig_job {
	const uint8_t *key;	/* 32 bytes */
	const uint8_t *sig;	/* 64 bytes */
	struct bytes message;
	bool ok;		/* the answer */
};

struct crew_port {
	void (*verify)(void *ctx, struct sig_job *jobs, size_t n);
	void *ctx;
};

/* Log a sentence about one event, without a full stop.  The engines report what
 * happened; the edge decides where it goes. */
enum log_level { LOG_LVL_ERROR, LOG_LVL_WARNING, LOG_LVL_NOTICE, LOG_LVL_INFO, LOG_LVL_DEBUG };
struct log_port {
	void (*line)(void *ctx, enum log_level level, const char *sentence);
	void *ctx;
};

#endif
