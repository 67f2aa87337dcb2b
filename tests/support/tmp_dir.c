#include "support/tmp_dir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void
make_in(struct tmp_dir *d, const char *folder)
{
	snprintf(d->path, sizeof d->path, "%s/kasir-test-XXXXXX", folder);
	if (mkdtemp(d->path) == NULL) {
		perror(d->path);
		abort();
	}
}

void
tmp_dir_make(struct tmp_dir *d)
{
	make_in(d, "/tmp");
}

void
tmp_dir_make_in_memory(struct tmp_dir *d)
{
	make_in(d, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
tmp_dir_remove(struct tmp_dir *d)
{
	nftw(d->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
tmp_dir_file(const struct tmp_dir *d, const char *name, char to[128])
{
	snprintf(to, 128, "%s/%s", d->path, name);
	return to;
}
