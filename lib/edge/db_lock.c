#include "edge/db_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static enum kas_err
fail_locked(int fd, const char *path, const char *daemon, struct kas_why *why)
{
	char pid[24] = "";
	ssize_t n = pread(fd, pid, sizeof pid - 1, 0);

	pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
	return kas_fail(why, KAS_AGAIN, "database %s: is in use by another %s%s%s", path, daemon,
	    pid[0] != '\0' ? ", process " : "", pid);
}

/* For people; a full disk must not keep a daemon from starting. */
static void
write_pid(int fd)
{
	char pid[24];
	int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) != n)
		(void)!ftruncate(fd, 0);
}

enum kas_err
db_lock(const char *path, const char *daemon, int *ret_fd, struct kas_why *why)
{
	char name[PATH_MAX];
	enum kas_err err;
	int fd;

	if ((size_t)snprintf(name, sizeof name, "%s.lock", path) >= sizeof name)
		return kas_fail(why, KAS_RANGE, "%s: the name is too long", path);
	if (access(path, F_OK) != 0)
		return kas_fail(why, errno == ENOENT ? KAS_NOTFOUND : KAS_DENIED,
		    "database %s: %s", path, strerror(errno));
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return kas_fail(why, KAS_DENIED, "%s: %s", name, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		err = errno == EWOULDBLOCK ? fail_locked(fd, path, daemon, why)
		    : kas_fail(why, KAS_IO, "locking %s: %s", name, strerror(errno));
		close(fd);
		return err;
	}
	write_pid(fd);
	*ret_fd = fd;
	return KAS_OK;
}

void
db_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
