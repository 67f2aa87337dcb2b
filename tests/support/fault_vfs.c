#include "support/fault_vfs.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define SECTOR 512u

struct change {				/* not synced yet */
	struct change *next;
	bool truncate;			/* to OFFSET */
	size_t offset, n;
	uint8_t data[];
};

struct image {				/* a file as the disk has it */
	struct image *next;
	char path[256];
	ino_t inode;
	unsigned refs;
	uint8_t *synced;
	size_t n, cap;
	struct change *first, **last;
};

struct file {
	sqlite3_file base;
	struct image *image;		/* NULL: not followed */
	sqlite3_file *real;		/* behind this struct */
};

static struct {
	pthread_mutex_t mutex;
	sqlite3_vfs vfs, *real;
	struct image *images;
	enum fault what;
	unsigned long at, count;
	bool sticky, reached, dead, lying;
} disk = { .mutex = PTHREAD_MUTEX_INITIALIZER };

/* -- images -- */

static void
drop_changes(struct image *im)
{
	struct change *next;

	for (struct change *c = im->first; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	im->first = NULL;
	im->last = &im->first;
}

static void
reserve(struct image *im, size_t n)
{
	if (n > im->cap) {
		im->cap = n * 2;
		im->synced = realloc(im->synced, im->cap);
		kas_assert(im->synced != NULL);
	}
	if (n > im->n) {
		memset(im->synced + im->n, 0, n - im->n);
		im->n = n;
	}
}

static void
load(struct image *im)
{
	int fd = open(im->path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	kas_assert(fd >= 0 && fstat(fd, &st) == 0);
	drop_changes(im);
	im->inode = st.st_ino;
	im->n = 0;
	reserve(im, (size_t)st.st_size);
	kas_assert(pread(fd, im->synced, im->n, 0) == (ssize_t)im->n);
	close(fd);
}

static struct image *
find_image(const char *path)
{
	struct image *im = disk.images;

	while (im != NULL && strcmp(im->path, path) != 0)
		im = im->next;
	return im;
}

/* A file that is not the one we knew (renamed from outside, or made anew) is taken as it
 * stands, and as synced. */
static struct image *
open_image(const char *path)
{
	struct image *im = find_image(path);
	struct stat st;

	if (im == NULL) {
		im = calloc(1, sizeof *im);
		kas_assert(im != NULL);
		snprintf(im->path, sizeof im->path, "%s", path);
		im->last = &im->first;
		im->next = disk.images;
		disk.images = im;
	}
	kas_assert(stat(path, &st) == 0);
	if (im->refs == 0 && (im->inode != st.st_ino || st.st_size == 0))
		load(im);
	im->refs++;
	return im;
}

static void
free_image(const char *path)
{
	struct image **at = &disk.images, *im;

	while (*at != NULL && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	if ((im = *at) == NULL)
		return;
	*at = im->next;
	drop_changes(im);
	free(im->synced);
	free(im);
}

static void
note_change(struct image *im, bool truncate, size_t offset, const void *p, size_t n)
{
	struct change *c;

	if (im == NULL)
		return;
	c = malloc(sizeof *c + n);
	kas_assert(c != NULL);
	*c = (struct change){ NULL, truncate, offset, n };
	if (n > 0)
		memcpy(c->data, p, n);
	*im->last = c;
	im->last = &c->next;
}

static uint64_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* ALL of a change, or where SEED is given, the sectors that it picks. */
static void
apply(struct image *im, const struct change *c, bool all, uint64_t *seed)
{
	size_t n;

	if (c->truncate) {
		if ((all || draw(seed) & 1) && c->offset < im->n)
			im->n = c->offset;
		return;
	}
	for (size_t at = 0; at < c->n; at += n) {
		n = SECTOR - (c->offset + at) % SECTOR;
		if (n > c->n - at)
			n = c->n - at;
		if (!all && !(draw(seed) & 1))
			continue;
		reserve(im, c->offset + at + n);
		memcpy(im->synced + c->offset + at, c->data + at, n);
	}
}

static void
sync_image(struct image *im)
{
	if (im == NULL || disk.lying)
		return;
	for (const struct change *c = im->first; c != NULL; c = c->next)
		apply(im, c, true, NULL);
	drop_changes(im);
}

/* -- faults -- */

/* What this operation meets. */
static enum fault
meet(void)
{
	if (disk.dead)
		return FAULT_POWER;
	disk.count++;
	if (disk.what == FAULT_NONE || disk.count < disk.at ||
	    (disk.count > disk.at && !disk.sticky))
		return FAULT_NONE;
	disk.reached = true;
	disk.dead = disk.what == FAULT_POWER;
	return disk.what;
}

static int
file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 offset)
{
	struct file *file = (struct file *)f;
	enum fault met;
	int rc = SQLITE_OK;

	pthread_mutex_lock(&disk.mutex);
	met = meet();
	if (met == FAULT_FULL)
		n /= 2;
	if (met == FAULT_NONE || met == FAULT_IO_AFTER || met == FAULT_FULL) {
		rc = file->real->pMethods->xWrite(file->real, p, n, offset);
		if (rc == SQLITE_OK)
			note_change(file->image, false, (size_t)offset, p, (size_t)n);
	}
	pthread_mutex_unlock(&disk.mutex);
	return met == FAULT_NONE ? rc : met == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct file *file = (struct file *)f;
	enum fault met;
	int rc = SQLITE_OK;

	pthread_mutex_lock(&disk.mutex);
	met = meet();
	if (met == FAULT_NONE || met == FAULT_IO_AFTER || met == FAULT_FULL) {
		rc = file->real->pMethods->xTruncate(file->real, size);
		if (rc == SQLITE_OK)
			note_change(file->image, true, (size_t)size, NULL, 0);
	}
	pthread_mutex_unlock(&disk.mutex);
	return met == FAULT_NONE || met == FAULT_FULL ? rc : SQLITE_IOERR_TRUNCATE;
}

/* A sync that fails leaves the pages clean in the cache: what was not written never will
 * be, whatever later syncs say. */
static int
file_sync(sqlite3_file *f, int flags)
{
	struct file *file = (struct file *)f;
	enum fault met;

	(void)flags;
	pthread_mutex_lock(&disk.mutex);
	met = meet();
	if (met == FAULT_NONE || met == FAULT_IO_AFTER || met == FAULT_FULL)
		sync_image(file->image);
	else if (met == FAULT_IO && file->image != NULL)
		drop_changes(file->image);
	pthread_mutex_unlock(&disk.mutex);
	return met == FAULT_NONE || met == FAULT_FULL ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

/* -- the rest goes through -- */

#define REAL(f) (((struct file *)(f))->real)

static int
file_close(sqlite3_file *f)
{
	struct file *file = (struct file *)f;

	pthread_mutex_lock(&disk.mutex);
	if (file->image != NULL)
		file->image->refs--;
	pthread_mutex_unlock(&disk.mutex);
	return file->real->pMethods->xClose(file->real);
}

static int
file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 offset)
{
	return REAL(f)->pMethods->xRead(REAL(f), p, n, offset);
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return REAL(f)->pMethods->xFileSize(REAL(f), ret);
}

static int
file_lock(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xLock(REAL(f), level);
}

static int
file_unlock(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xUnlock(REAL(f), level);
}

static int
file_check_reserved(sqlite3_file *f, int *ret)
{
	return REAL(f)->pMethods->xCheckReservedLock(REAL(f), ret);
}

static int
file_control(sqlite3_file *f, int op, void *arg)
{
	return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int
file_sector_size(sqlite3_file *f)
{
	return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int
file_characteristics(sqlite3_file *f)
{
	return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static int
file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, ret);
}

static int
file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}

static void
file_shm_barrier(sqlite3_file *f)
{
	REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static int
file_shm_unmap(sqlite3_file *f, int remove_it)
{
	return REAL(f)->pMethods->xShmUnmap(REAL(f), remove_it);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write,
	.xTruncate = file_truncate, .xSync = file_sync, .xFileSize = file_size,
	.xLock = file_lock, .xUnlock = file_unlock, .xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control, .xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics, .xShmMap = file_shm_map,
	.xShmLock = file_shm_lock, .xShmBarrier = file_shm_barrier, .xShmUnmap = file_shm_unmap,
};

#define FOLLOWED (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	struct file *file = (struct file *)f;
	int rc;

	(void)vfs;
	*file = (struct file){ .real = (sqlite3_file *)(file + 1) };
	rc = disk.real->xOpen(disk.real, name, file->real, flags, ret_flags);
	if (rc != SQLITE_OK)
		return rc;
	file->base.pMethods = &methods;
	pthread_mutex_lock(&disk.mutex);
	if (name != NULL && flags & FOLLOWED)
		file->image = open_image(name);
	pthread_mutex_unlock(&disk.mutex);
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	int rc = SQLITE_IOERR_DELETE;

	(void)vfs;
	pthread_mutex_lock(&disk.mutex);
	if (!disk.dead) {
		free_image(name);
		rc = disk.real->xDelete(disk.real, name, sync_folder);
	}
	pthread_mutex_unlock(&disk.mutex);
	return rc;
}

void
fault_vfs_register(void)
{
	if (disk.real != NULL)
		return;
	disk.real = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.real;
	disk.vfs.pNext = NULL;
	disk.vfs.zName = "fault";
	disk.vfs.szOsFile = (int)sizeof(struct file) + disk.real->szOsFile;
	disk.vfs.xOpen = vfs_open;
	disk.vfs.xDelete = vfs_delete;
	kas_assert(sqlite3_vfs_register(&disk.vfs, 1) == SQLITE_OK);
}

void
fault_vfs_arm(enum fault what, unsigned long at, bool sticky)
{
	pthread_mutex_lock(&disk.mutex);
	disk.what = what;
	disk.at = at;
	disk.sticky = sticky;
	disk.count = 0;
	disk.reached = false;
	pthread_mutex_unlock(&disk.mutex);
}

void
fault_vfs_disarm(void)
{
	pthread_mutex_lock(&disk.mutex);
	disk.what = FAULT_NONE;
	pthread_mutex_unlock(&disk.mutex);
}

bool
fault_vfs_reached(void)
{
	bool reached;

	pthread_mutex_lock(&disk.mutex);
	reached = disk.reached;
	pthread_mutex_unlock(&disk.mutex);
	return reached;
}

unsigned long
fault_vfs_operations(void)
{
	unsigned long count;

	pthread_mutex_lock(&disk.mutex);
	count = disk.count;
	pthread_mutex_unlock(&disk.mutex);
	return count;
}

void
fault_vfs_lie(bool on)
{
	disk.lying = on;
}

static void
put_back(struct image *im)
{
	char shm[sizeof im->path + 8];
	struct stat st;
	int fd;

	kas_assert(im->refs == 0);
	if (stat(im->path, &st) != 0 || st.st_ino != im->inode)
		return;		/* removed or replaced from outside */
	fd = open(im->path, O_WRONLY | O_CLOEXEC);
	kas_assert(fd >= 0);
	kas_assert(ftruncate(fd, 0) == 0 && pwrite(fd, im->synced, im->n, 0) == (ssize_t)im->n);
	close(fd);
	snprintf(shm, sizeof shm, "%s-shm", im->path);
	unlink(shm);
}

void
fault_vfs_power_up(uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;

	kas_assert(disk.dead);
	for (struct image *im = disk.images; im != NULL; im = im->next) {
		for (const struct change *c = im->first; c != NULL && seed != 0; c = c->next)
			apply(im, c, false, &state);
		drop_changes(im);
		put_back(im);
	}
	disk.dead = false;
	disk.what = FAULT_NONE;
}

void
fault_vfs_forget(void)
{
	while (disk.images != NULL)
		free_image(disk.images->path);
}
