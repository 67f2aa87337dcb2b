/* kasir-sim - run simulated shops from seeds.
 *
 *   kasir-sim --seed N [--trace]          one run
 *   kasir-sim --runs N [--base B]         N runs, seeds B, B+1...; names those that fail
 *   kasir-sim --list FILE                 the seeds in FILE
 *   kasir-sim --same SEED                 the same seed twice gives the same trace
 *   --defect NAME                         with a defect seeded (builds with DEFECTS=1)
 * Exit status: 0 all held, 1 a promise was broken, 2 usage. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/defect.h"
#include "tests/sim/shop.h"

#ifdef KASIR_DEFECTS
enum defect kasir_defect;
#endif

static const char *const defect_names[DEFECT__COUNT] = {
	[DEFECT_ACK_BEFORE_FLUSH] = "ack-before-flush",
	[DEFECT_DEDUPE_OFF] = "dedupe-off",
	[DEFECT_RESEND_DROPPED] = "resend-dropped",
	[DEFECT_ACK_UNCHECKED] = "ack-unchecked",
	[DEFECT_FLUSH_FAILURE_IGNORED] = "flush-failure-ignored",
	[DEFECT_NEWER_HISTORY_IGNORED] = "newer-history-ignored",
	[DEFECT_EVIDENCE_NOT_KEPT] = "evidence-not-kept",
	[DEFECT_HQ_ROOT_UNCHECKED] = "hq-root-unchecked",
	[DEFECT_CLOSE_SKIPS_ENTRY] = "close-skips-entry",
	[DEFECT_EXCEPTION_COUNTED] = "exception-counted",
	[DEFECT_DAY_BY_DATE] = "day-by-date",
	[DEFECT_RESOLUTION_FORGOTTEN] = "resolution-forgotten",
	[DEFECT_PENDING_FORGOTTEN] = "pending-forgotten",
	[DEFECT_BILL_TAKEN_TWICE] = "bill-taken-twice",
	[DEFECT_X_BEFORE_FLUSH] = "x-before-flush",
};

struct options {
	uint64_t seed, runs, base;
	unsigned jobs;
	bool one, trace, same, stop_at_first;
	const char *list;
};

static int
usage(const char *why)
{
	fprintf(stderr, "kasir-sim: %s\nusage: kasir-sim --seed N [--trace] | --runs N [--base B] "
	    "[--jobs J] | --list FILE | --same SEED [--defect NAME]\n", why);
	return 2;
}

/* What a worker has to say. */
struct tally {
	unsigned failed;
	uint64_t days, shifts, xs;
};

static bool
run_one(uint64_t seed, bool trace, struct tally *sum)
{
	struct outcome o;

	shop_run(seed, trace, &o);
	sum->days += o.days;
	sum->shifts += o.shifts;
	sum->xs += o.xs;
	if (o.failed)
		printf("seed %" PRIu64 " FAILED: %s\n", seed, o.reason);
	else if (trace)
		printf("seed %" PRIu64 " held: %" PRIu64 " sales, %" PRIu64 " proofs, %" PRIu64
		    " entries, %" PRIu64 " days, %.1f simulated seconds, %" PRIu64
		    " events, trace %016" PRIx64 "\n", seed, o.sales, o.acks, o.entries, o.days,
		    (double)o.simulated_us / 1e6, o.events, o.trace_hash);
	fflush(stdout);
	return !o.failed;
}

/* Worker J of N takes every N-th seed.  A child that dies is found by its parent. */
static struct tally
work(const uint64_t *seeds, size_t n, unsigned job, unsigned jobs, bool stop_at_first)
{
	struct tally sum = { .failed = 0 };

	for (size_t i = job; i < n; i += jobs) {
		if (run_one(seeds[i], false, &sum))
			continue;
		sum.failed++;
		if (stop_at_first)
			break;
	}
	return sum;
}

static struct tally
fan_out(const uint64_t *seeds, size_t n, const struct options *opt)
{
	struct tally sum = { .failed = 0 }, one;
	FILE *counts[64];
	int fds[2], status;

	for (unsigned j = 0; j < opt->jobs; j++) {
		if (pipe(fds) != 0)
			abort();
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			one = work(seeds, n, j, opt->jobs, opt->stop_at_first);
			dprintf(fds[1], "%u %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", one.failed,
			    one.days, one.shifts, one.xs);
			_exit(0);
		}
		close(fds[1]);
		counts[j] = fdopen(fds[0], "r");
	}
	for (unsigned j = 0; j < opt->jobs; j++) {
		if (fscanf(counts[j], "%u %" SCNu64 " %" SCNu64 " %" SCNu64, &one.failed,
		    &one.days, &one.shifts, &one.xs) != 4) {
			printf("worker %u died\n", j);
			one = (struct tally){ .failed = 1 };
		}
		sum.failed += one.failed;
		sum.days += one.days;
		sum.shifts += one.shifts;
		sum.xs += one.xs;
		fclose(counts[j]);
	}
	while (wait(&status) > 0)
		;
	return sum;
}

static int
run_many(const uint64_t *seeds, size_t n, const struct options *opt)
{
	struct timespec a, b;
	struct tally sum;
	double s;

	clock_gettime(CLOCK_MONOTONIC, &a);
	sum = fan_out(seeds, n, opt);
	clock_gettime(CLOCK_MONOTONIC, &b);
	s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	printf("%zu runs in %.1f s, %.1f runs/s\n", n, s, (double)n / s);
	printf("%" PRIu64 " days closed (%.0f a minute), %" PRIu64 " shifts, %" PRIu64
	    " X reports, each held against the oracle's books\n", sum.days,
	    60 * (double)sum.days / s, sum.shifts, sum.xs);
	printf("%zu passed, %u failed\n", n - sum.failed, sum.failed);
	return sum.failed == 0 ? 0 : 1;
}

static int
run_range(const struct options *opt)
{
	uint64_t *seeds = sim_alloc(opt->runs * sizeof(*seeds));
	int rc;

	for (uint64_t i = 0; i < opt->runs; i++)
		seeds[i] = opt->base + i;
	rc = run_many(seeds, opt->runs, opt);
	free(seeds);
	return rc;
}

/* A seed a line; the rest of a line, and lines that begin with #, are for people. */
static int
run_list(const struct options *opt)
{
	FILE *f = fopen(opt->list, "r");
	uint64_t *seeds = NULL;
	size_t n = 0, cap = 0;
	char line[512];
	int rc;

	if (f == NULL) {
		fprintf(stderr, "kasir-sim: %s: %s\n", opt->list, strerror(errno));
		return 2;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] < '0' || line[0] > '9')
			continue;
		sim_reserve((void **)&seeds, n, &cap, sizeof(*seeds));
		seeds[n++] = strtoull(line, NULL, 10);
	}
	fclose(f);
	rc = run_many(seeds, n, opt);
	free(seeds);
	return rc;
}

static int
run_twice(uint64_t seed)
{
	struct outcome a, b;

	shop_run(seed, false, &a);
	shop_run(seed, false, &b);
	printf("seed %" PRIu64 ": %016" PRIx64 " and %016" PRIx64 "\n", seed, a.trace_hash,
	    b.trace_hash);
	return a.trace_hash == b.trace_hash ? 0 : 1;
}

static bool
choose_defect(const char *name)
{
	for (int d = 1; d < DEFECT__COUNT; d++) {
		if (strcmp(defect_names[d], name) != 0)
			continue;
#ifdef KASIR_DEFECTS
		kasir_defect = (enum defect)d;
		return true;
#else
		fprintf(stderr, "kasir-sim: built without defects\n");
		return false;
#endif
	}
	fprintf(stderr, "kasir-sim: there is no defect \"%s\"\n", name);
	return false;
}

static bool
parse(int argc, char **argv, struct options *opt)
{
	static const struct option longs[] = {
		{ "seed", 1, NULL, 's' }, { "runs", 1, NULL, 'r' }, { "base", 1, NULL, 'b' },
		{ "trace", 0, NULL, 't' }, { "list", 1, NULL, 'l' }, { "same", 1, NULL, 'm' },
		{ "defect", 1, NULL, 'd' }, { "jobs", 1, NULL, 'j' },
		{ "first", 0, NULL, 'f' }, { NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 's':
		case 'm':
			opt->seed = strtoull(optarg, NULL, 10);
			opt->one = c == 's';
			opt->same = c == 'm';
			break;
		case 'r':
			opt->runs = strtoull(optarg, NULL, 10);
			break;
		case 'b':
			opt->base = strtoull(optarg, NULL, 10);
			break;
		case 'j':
			opt->jobs = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 't':
			opt->trace = true;
			break;
		case 'f':
			opt->stop_at_first = true;
			break;
		case 'l':
			opt->list = optarg;
			break;
		case 'd':
			if (!choose_defect(optarg))
				return false;
			break;
		default:
			return false;
		}
	}
	return opt->jobs >= 1 && opt->jobs <= 64;
}

int
main(int argc, char **argv)
{
	struct options opt = { .base = 1, .jobs = 2 };
	struct tally sum = { .failed = 0 };

	if (sodium_init() < 0)
		return usage("libsodium does not start");
	if (!parse(argc, argv, &opt))
		return usage("that cannot be done");
	if (opt.one)
		return run_one(opt.seed, opt.trace, &sum) ? 0 : 1;
	if (opt.same)
		return run_twice(opt.seed);
	if (opt.list != NULL)
		return run_list(&opt);
	if (opt.runs > 0)
		return run_range(&opt);
	return usage("what is to be run?");
}
