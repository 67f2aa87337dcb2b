#include "terminal/edge/terminal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MAX 1024

static enum kas_err
bad(const char *path, struct kas_why *why)
{
	return kas_fail(why, KAS_DENIED, "%s: %s", path, strerror(errno));
}

/* Written whole and synced, never over another. */
static enum kas_err
write_line(const char *path, const struct buf *text, mode_t mode, struct kas_why *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool good;

	if (fd < 0)
		return bad(path, why);
	good = write(fd, text->p, text->n) == (ssize_t)text->n && write(fd, "\n", 1) == 1 &&
	    fsync(fd) == 0;
	if (close(fd) == 0 && good)
		return KAS_OK;
	(void)unlink(path);
	return kas_fail(why, KAS_IO, "%s: cannot be written", path);
}

static void
public_path(const char *path, char *to, size_t size)
{
	size_t n = strlen(path);

	if (n > 4 && strcmp(path + n - 4, ".key") == 0)
		n -= 4;
	snprintf(to, size, "%.*s.vkey", (int)n, path);
}

static enum kas_err
make(const char *path, const char *name, const struct random_port *random, struct signer **ret,
    struct kas_why *why)
{
	char public[4096];
	struct signer *s = NULL;
	struct buf text;
	enum kas_err err = signer_generate(random, name, KEY_ED25519, &s);

	if (err != KAS_OK)
		return kas_fail(why, err, "no key could be made for '%s'", name);
	buf_init(&text);
	public_path(path, public, sizeof(public));
	vkey_format(signer_vkey(s), &text);
	err = text.failed ? KAS_NOMEM : write_line(public, &text, 0644, why);
	if (err == KAS_OK) {
		buf_reset(&text);
		signer_format(s, &text);
		err = text.failed ? KAS_NOMEM : write_line(path, &text, 0600, why);
		sodium_memzero(text.p, text.n);
	}
	buf_fini(&text);
	if (err != KAS_OK) {
		signer_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
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

enum kas_err
terminal_key_open(const char *path, const char *name, const struct random_port *random,
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
