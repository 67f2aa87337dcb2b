#include "terminal/edge/terminal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/sql.h"

#define TEXT_MAX 1024

static enum kas_err
bad(const char *path, struct kas_why *why)
{
	return kas_fail(why, KAS_DENIED, "%s: %s", path, strerror(errno));
}

static bool
write_synced(const char *path, const struct buf *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, text->p, text->n) == (ssize_t)text->n && write(fd, "\n", 1) == 1 &&
	    fsync(fd) == 0;
	return close(fd) == 0 && good;
}

/* What stands at PATH is whole and survives a power cut, and was not there before. */
static enum kas_err
write_line(const char *path, const struct buf *text, mode_t mode, struct kas_why *why)
{
	char draft[PATH_MAX];
	enum kas_err err = KAS_OK;

	if ((size_t)snprintf(draft, sizeof(draft), "%s.new", path) >= sizeof(draft))
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", path);
	if (text->failed)
		return kas_fail(why, KAS_NOMEM, "no memory");
	if (!write_synced(draft, text, mode) || link(draft, path) < 0)
		err = bad(path, why);
	(void)unlink(draft);
	return err == KAS_OK ? sql_sync_folder(path, why) : err;
}

static void
public_path(const char *path, char to[PATH_MAX])
{
	size_t n = strlen(path);

	if (n > 4 && strcmp(path + n - 4, ".key") == 0)
		n -= 4;
	snprintf(to, PATH_MAX, "%.*s.vkey", (int)n, path);
}

/* Missing where the power went right after the key was made. */
static enum kas_err
show_public(const char *path, const struct signer *s, struct kas_why *why)
{
	char public[PATH_MAX];
	struct buf text;
	enum kas_err err;

	public_path(path, public);
	if (access(public, F_OK) == 0)
		return KAS_OK;
	buf_init(&text);
	vkey_format(signer_vkey(s), &text);
	err = write_line(public, &text, 0644, why);
	buf_fini(&text);
	return err;
}

/* The secret first: what can be lost in between can be made of it again. */
static enum kas_err
make(const char *path, const char *name, const struct random_port *random, struct signer **ret,
    struct kas_why *why)
{
	char public[PATH_MAX];
	struct buf text;
	enum kas_err err;

	public_path(path, public);
	if (access(public, F_OK) == 0)
		return kas_fail(why, KAS_NOTFOUND,
		    "%s is gone, but %s is there: put the key back, or enrol the terminal again "
		    "after removing both",
		    path, public);
	err = signer_generate(random, name, KEY_ED25519, ret);
	if (err != KAS_OK)
		return kas_fail(why, err, "no key could be made for '%s'", name);
	buf_init(&text);
	signer_format(*ret, &text);
	err = write_line(path, &text, 0600, why);
	if (text.n > 0)
		sodium_memzero(text.p, text.n);
	buf_fini(&text);
	return err;
}

static enum kas_err
check_file(int fd, const char *path, struct kas_why *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return bad(path, why);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
		return kas_fail(why, KAS_DENIED, "%s: others may read it; chmod 600 it", path);
	return KAS_OK;
}

static enum kas_err
load(int fd, const char *path, const char *name, struct signer **ret, struct kas_why *why)
{
	uint8_t text[TEXT_MAX];
	struct signer *s = NULL;
	ssize_t n;
	enum kas_err err = check_file(fd, path, why);

	if (err != KAS_OK)
		return err;
	n = read(fd, text, sizeof(text));
	if (n < 0)
		return bad(path, why);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	err = signer_parse(BYTES(text, (size_t)n), &s, why);
	sodium_memzero(text, sizeof(text));
	if (err != KAS_OK)
		return err;
	if (strcmp(signer_vkey(s)->name, name) != 0) {
		err = kas_fail(why, KAS_MALFORMED, "%s: is the key of %s, not of %s", path,
		    signer_vkey(s)->name, name);
		signer_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

static enum kas_err
load_or_make(const char *path, const char *name, const struct random_port *random,
    struct signer **ret, struct kas_why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum kas_err err;

	if (fd < 0)
		return errno == ENOENT ? make(path, name, random, ret, why) : bad(path, why);
	err = load(fd, path, name, ret, why);
	close(fd);
	return err;
}

enum kas_err
terminal_key_open(const char *path, const char *name, const struct random_port *random,
    struct signer **ret, struct kas_why *why)
{
	struct signer *s = NULL;
	enum kas_err err = load_or_make(path, name, random, &s, why);

	if (err == KAS_OK)
		err = show_public(path, s, why);
	if (err != KAS_OK) {
		signer_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}
