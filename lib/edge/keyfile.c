#include "edge/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX 1024
#define PATH_BYTES 1100

static enum kas_err
err_of_errno(int e)
{
	switch (e) {
	case ENOENT:
	case ENOTDIR:
		return KAS_NOTFOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return KAS_DENIED;
	case EEXIST:
		return KAS_EXISTS;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return KAS_FULL;
	case ENOMEM:
		return KAS_NOMEM;
	default:
		return KAS_IO;
	}
}

static enum kas_err
fail_errno(struct kas_why *why, const char *path)
{
	return kas_fail(why, err_of_errno(errno), "%s: %s", path, strerror(errno));
}

static enum kas_err
read_all(int fd, const char *path, size_t max, struct buf *to, struct kas_why *why)
{
	size_t start = to->n;
	uint8_t chunk[4096];
	ssize_t got;

	while ((got = read(fd, chunk, sizeof chunk)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(why, path);
		if (to->n - start + (size_t)got > max)
			return kas_fail(why, KAS_RANGE, "%s: longer than %zu bytes", path, max);
		buf_add(to, chunk, (size_t)got);
	}
	sodium_memzero(chunk, sizeof chunk);
	return to->failed ? kas_fail(why, KAS_NOMEM, "%s: out of memory", path) : KAS_OK;
}

enum kas_err
file_read(const char *path, size_t max, struct buf *to, struct kas_why *why)
{
	enum kas_err err;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_errno(why, path);
	err = read_all(fd, path, max, to, why);
	close(fd);
	return err;
}

enum kas_err
file_give_away(const char *path, struct kas_why *why)
{
	char copy[PATH_BYTES];
	struct stat st;

	if (geteuid() != 0)
		return KAS_OK;
	snprintf(copy, sizeof copy, "%s", path);
	if (stat(dirname(copy), &st) != 0 || lchown(path, st.st_uid, st.st_gid) != 0)
		return fail_errno(why, path);
	return KAS_OK;
}

/* The folder's own entry must be on disk too, or the file may be gone after a power cut. */
static enum kas_err
sync_folder(const char *path, struct kas_why *why)
{
	char copy[PATH_BYTES];
	int fd, rc;

	snprintf(copy, sizeof copy, "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(why, path);
	rc = fsync(fd);
	close(fd);
	return rc == 0 ? KAS_OK : fail_errno(why, path);
}

static bool
write_all(int fd, struct bytes b)
{
	size_t done = 0;
	ssize_t put;

	while (done < b.n) {
		put = write(fd, b.p + done, b.n - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

static enum kas_err
write_beside(const char *temp, struct bytes content, unsigned mode, struct kas_why *why)
{
	enum kas_err err = KAS_OK;
	int fd;

	unlink(temp);		/* left by an earlier process of our number */
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(why, temp);
	if (!write_all(fd, content) || fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0)
		err = fail_errno(why, temp);
	if (close(fd) != 0 && err == KAS_OK)
		err = fail_errno(why, temp);
	return err;
}

enum kas_err
file_write_atomic(const char *path, struct bytes content, unsigned mode, bool replace,
    struct kas_why *why)
{
	char temp[PATH_BYTES];
	enum kas_err err;

	if (snprintf(temp, sizeof temp, "%s.%ld.new", path, (long)getpid()) >= (int)sizeof temp)
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", path);
	err = write_beside(temp, content, mode, why);
	/* link() refuses to replace, rename() replaces; both at once or not at all. */
	if (err == KAS_OK && (replace ? rename(temp, path) : link(temp, path)) != 0)
		err = fail_errno(why, path);
	if (err == KAS_OK)
		err = sync_folder(path, why);
	unlink(temp);
	return err;
}

static bool
is_credential(const char *path)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	size_t n = dir != NULL ? strlen(dir) : 0;

	return n > 0 && strncmp(path, dir, n) == 0 && path[n] == '/';
}

static enum kas_err
check_secret(int fd, const char *path, struct kas_why *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail_errno(why, path);
	if (!S_ISREG(st.st_mode))
		return kas_fail(why, KAS_DENIED, "%s: not a regular file", path);
	if (is_credential(path))
		return KAS_OK;
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return kas_fail(why, KAS_DENIED,
		    "%s: belongs to uid %u, but we are uid %u: `chown` it to us, or run as its owner",
		    path, (unsigned)st.st_uid, (unsigned)geteuid());
	if ((st.st_mode & 077) != 0)
		return kas_fail(why, KAS_DENIED,
		    "%s: a secret key that others may read (mode %04o): `chmod 600 %s`",
		    path, (unsigned)st.st_mode & 07777, path);
	return KAS_OK;
}

/* One line; the newline at its end is optional. */
static struct bytes
only_line(const struct buf *b)
{
	size_t n = b->n;

	if (n > 0 && b->p[n - 1] == '\n')
		n--;
	return BYTES(b->p, n);
}

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		sodium_memzero(b->p, b->cap);
	buf_fini(b);
}

enum kas_err
keyfile_load_signer(const char *path, struct signer **ret, struct kas_why *why)
{
	struct buf text;
	enum kas_err err;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_errno(why, path);
	buf_init(&text);
	/* All at once, so that no copy of the secret stays behind in freed memory. */
	if (buf_grow(&text, 2 * KEY_FILE_MAX) != NULL)
		buf_reset(&text);
	err = check_secret(fd, path, why);
	if (err == KAS_OK)
		err = read_all(fd, path, KEY_FILE_MAX, &text, why);
	if (err == KAS_OK) {
		err = signer_parse(only_line(&text), ret, why);
		if (err != KAS_OK)
			kas_why_prefix(why, "%s", path);
	}
	wipe(&text);
	close(fd);
	return err;
}

enum kas_err
keyfile_load_vkey(const char *path, struct vkey *ret, struct kas_why *why)
{
	struct buf text;
	enum kas_err err;

	buf_init(&text);
	err = file_read(path, KEY_FILE_MAX, &text, why);
	if (err == KAS_OK) {
		err = vkey_parse(only_line(&text), ret, why);
		if (err != KAS_OK)
			kas_why_prefix(why, "%s", path);
	}
	wipe(&text);
	return err;
}

enum kas_err
keyfile_save_signer(const char *path, const struct signer *s, struct kas_why *why)
{
	struct buf text;
	enum kas_err err;

	buf_init(&text);
	if (buf_grow(&text, 2 * KEY_FILE_MAX) != NULL)
		buf_reset(&text);
	signer_format(s, &text);
	buf_add(&text, "\n", 1);
	err = text.failed ? kas_fail(why, KAS_NOMEM, "%s: out of memory", path) :
	    file_write_atomic(path, buf_bytes(&text), 0600, false, why);
	wipe(&text);
	return err;
}

enum kas_err
keyfile_save_vkey(const char *path, const struct vkey *v, struct kas_why *why)
{
	struct buf text;
	enum kas_err err;

	buf_init(&text);
	vkey_format(v, &text);
	buf_add(&text, "\n", 1);
	err = text.failed ? kas_fail(why, KAS_NOMEM, "%s: out of memory", path) :
	    file_write_atomic(path, buf_bytes(&text), 0644, false, why);
	buf_fini(&text);
	return err;
}
