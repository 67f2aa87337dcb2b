/* limits - what this machine can do at best, to set the other figures against.
 * usage: limits ed25519 SECONDS THREADS      signature checks a second
 *        limits fsync SECONDS DIR            append 4 KiB and fdatasync: p50 in us
 * Prints one line of JSON. */
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

static double seconds;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Statements are about 260 bytes long. */
static void *
check_signatures(void *ret)
{
	unsigned char pk[32], sk[64], sig[64], message[260] = { 0 };
	unsigned long n = 0;
	double end = now() + seconds;

	crypto_sign_keypair(pk, sk);
	crypto_sign_detached(sig, NULL, message, sizeof message, sk);
	while (now() < end) {
		if (crypto_sign_verify_detached(sig, message, sizeof message, pk) != 0)
			abort();
		n++;
	}
	*(unsigned long *)ret = n;
	return NULL;
}

static int
ed25519(unsigned threads)
{
	pthread_t t[64];
	unsigned long n[64], sum = 0;
	unsigned i;

	if (threads == 0 || threads > 64)
		return EX_USAGE;
	for (i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, check_signatures, &n[i]);
	for (i = 0; i < threads; i++) {
		pthread_join(t[i], NULL);
		sum += n[i];
	}
	printf("{\"checks_per_s\": %.0f, \"threads\": %u}\n", (double)sum / seconds, threads);
	return 0;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int
fsyncs(const char *dir)
{
	static double us[1000000];
	char path[4096], block[4096] = { 1 };
	size_t n = 0;
	double end, start;
	int fd;

	snprintf(path, sizeof path, "%s/fsync.XXXXXX", dir);
	fd = mkstemp(path);
	if (fd < 0) {
		perror(path);
		return EX_CANTCREAT;
	}
	unlink(path);
	for (end = now() + seconds; (start = now()) < end && n < sizeof us / sizeof *us; n++) {
		if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0) {
			perror(path);
			return EX_IOERR;
		}
		us[n] = (now() - start) * 1e6;
	}
	qsort(us, n, sizeof *us, ascending);
	printf("{\"syncs\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f}\n", n, us[n / 2],
	    us[n * 99 / 100]);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 4 || sodium_init() < 0)
		return EX_USAGE;
	seconds = strtod(argv[2], NULL);
	if (strcmp(argv[1], "ed25519") == 0)
		return ed25519((unsigned)strtoul(argv[3], NULL, 10));
	if (strcmp(argv[1], "fsync") == 0)
		return fsyncs(argv[3]);
	return EX_USAGE;
}
