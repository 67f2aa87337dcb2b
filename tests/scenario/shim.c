/* shim.c - a machine with something wrong, for one program (LD_PRELOAD): its clock is SHIM_BEHIND
 * seconds behind; a sync takes SHIM_SYNC_US, or fails when SHIM_SYNC_FAILS is set. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc's are reserved names */

int
clock_gettime(clockid_t id, struct timespec *t)
{
	int (*real)(clockid_t, struct timespec *);
	const char *behind = getenv("SHIM_BEHIND");

	*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	if (real(id, t) != 0)
		return -1;
	if (id == CLOCK_REALTIME && behind != NULL)
		t->tv_sec -= atol(behind);
	return 0;
}

int
fdatasync(int fd)
{
	const char *us = getenv("SHIM_SYNC_US");

	if (getenv("SHIM_SYNC_FAILS") != NULL) {
		errno = EIO;
		return -1;
	}
	if (us != NULL)
		usleep((useconds_t)atol(us));
	return fsync(fd);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
