/* export.c - the ledger as C2SP tlog-tiles has it.  The checkpoint is written last: a
 * folder that has one is complete. */
#include "tools/kasirctl/ctl.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "edge/keyfile.h"
#include "edge/progress.h"
#include "proof/checkpoint.h"
#include "proof/tile_path.h"
#include "edge/history.h"

#define BUNDLE_BYTES ((size_t)1024 * 1024)

struct export {
	const struct cli *cli;
	struct ledger_reader *reader;
	const char *dir;
	uint64_t size;
	struct buf out;
	struct progress bar;
};

/* Every folder of PATH that is not there yet, up to its last part. */
static bool
make_folders(char *path)
{
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return false;
		*p = '/';
	}
	return true;
}

static int
write_file(const struct export *x, const char *name)
{
	char path[CONFIG_PATH_MAX + TILE_PATH_MAX + 2];
	bool ok = false;
	FILE *f;

	if (x->out.failed)
		return cli_fail(x->cli, EX_OSERR, NULL, "out of memory");
	if ((size_t)snprintf(path, sizeof path, "%s/%s", x->dir, name) >= sizeof path)
		return cli_usage(x->cli, "%s: the path is too long", x->dir);
	f = make_folders(path) ? fopen(path, "wx") : NULL;
	if (f != NULL)
		ok = fwrite(x->out.p, 1, x->out.n, f) == x->out.n;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	return ok ? EX_OK : cli_fail(x->cli, EX_CANTCREAT, NULL, "%s: %s", path, strerror(errno));
}

/* One bundle: each entry with its length before it, 16 bits, big-endian. */
static int
export_bundle(struct export *x, uint64_t n, unsigned width)
{
	struct store_entry entries[TILE_WIDTH];
	char name[TILE_PATH_MAX];
	size_t done = 0, got;
	enum kas_err err;
	struct arena a;

	arena_init(&a, 0);
	buf_reset(&x->out);
	for (; done < width; done += got) {
		err = ledger_read_entries(x->reader, n * TILE_WIDTH + done, width - done,
		    BUNDLE_BYTES, &a, entries, &got);
		if (err == KAS_OK && got == 0)
			err = KAS_CORRUPT;
		if (err != KAS_OK) {
			arena_fini(&a);
			return ctl_fail_read(x->cli, err, "the ledger");
		}
		for (size_t i = 0; i < got; i++) {
			struct bytes e = entries[i].entry;
			uint8_t length[2] = { (uint8_t)(e.n >> 8), (uint8_t)e.n };

			if (e.n > UINT16_MAX)
				x->out.failed = true;
			buf_add(&x->out, length, 2);
			buf_add(&x->out, e.p, e.n);
		}
	}
	arena_fini(&a);
	tile_path_format(TILE_ENTRIES, n, width, name);
	return write_file(x, name);
}

static struct hash
root_of(const struct hash *hashes, size_t n)
{
	struct frontier f;

	frontier_init(&f);
	for (size_t i = 0; i < n; i++)
		frontier_append(&f, &hashes[i]);
	return frontier_root(&f);
}

/* WIDTH hashes of the N-th tile of LEVEL.  What is not full is not stored: its hashes are
 * those of leaves, or the roots of the full tiles below. */
static enum kas_err
read_hashes(struct export *x, unsigned level, uint64_t n, unsigned width, struct hash *ret)
{
	struct hash below[TILE_WIDTH];
	enum kas_err err = KAS_OK;

	if (width == TILE_WIDTH)
		return ledger_read_tile(x->reader, (struct tile_id){ level, n }, ret);
	if (level == 0)
		return history_leaves(x->reader, n * TILE_WIDTH, width, ret);
	for (unsigned i = 0; i < width && err == KAS_OK; i++) {
		err = ledger_read_tile(x->reader, (struct tile_id){ level - 1, n * TILE_WIDTH + i },
		    below);
		ret[i] = root_of(below, TILE_WIDTH);
	}
	return err;
}

static int
export_tile(struct export *x, unsigned level, uint64_t n, unsigned width)
{
	struct hash hashes[TILE_WIDTH];
	char name[TILE_PATH_MAX];
	enum kas_err err;

	err = read_hashes(x, level, n, width, hashes);
	if (err != KAS_OK)
		return ctl_fail_read(x->cli, err, "the ledger's tiles");
	buf_reset(&x->out);
	buf_add(&x->out, hashes, width * sizeof hashes[0]);
	tile_path_format(level, n, width, name);
	return write_file(x, name);
}

static int
export_level(struct export *x, unsigned level, uint64_t hashes)
{
	int rc = EX_OK;

	for (uint64_t n = 0; rc == EX_OK && n * TILE_WIDTH < hashes; n++) {
		uint64_t left = hashes - n * TILE_WIDTH;
		unsigned width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;

		rc = export_tile(x, level, n, width);
		if (rc == EX_OK && level == 0) {
			rc = export_bundle(x, n, width);
			progress_set(&x->bar, n * TILE_WIDTH);
		}
	}
	return rc;
}

static int
check_empty(const struct cli *cli, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool empty = true;

	if (d == NULL && errno == ENOENT)
		return EX_OK;
	if (d == NULL)
		return cli_fail(cli, EX_CANTCREAT, NULL, "%s: %s", dir, strerror(errno));
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			empty = false;
	closedir(d);
	return empty ? EX_OK : cli_fail(cli, EX_CANTCREAT, "name a folder that is new or empty",
	    "%s is not empty", dir);
}

static enum kas_err
parse(struct bytes b, struct checkpoint *ret, struct kas_why *why)
{
	struct note note;
	enum kas_err err = note_parse(b, &note, why);

	return err == KAS_OK ? checkpoint_parse(note.text, ret, why) : err;
}

/* The newest checkpoint; with headquarters' cosignature where it has cosigned that size. */
static struct bytes
best_note(const struct store_head *head, uint64_t size)
{
	struct checkpoint c;

	if (head->cosigned.n > 0 && parse(head->cosigned, &c, NULL) == KAS_OK && c.size == size)
		return head->cosigned;
	return head->checkpoint;
}

static int
export_all(struct export *x)
{
	struct checkpoint c = { 0 };
	struct store_head head;
	struct kas_why why = { "" };
	struct bytes note;
	struct arena a;
	enum kas_err err;
	int rc;

	arena_init(&a, 0);
	err = ledger_read_head(x->reader, &a, &head);
	if (err == KAS_OK && head.checkpoint.n == 0)
		rc = cli_fail(x->cli, EX_NOINPUT, "start kasird once", "the ledger is empty");
	else if (err != KAS_OK || (err = parse(head.checkpoint, &c, &why)) != KAS_OK)
		rc = ctl_fail_read(x->cli, err, why.text[0] != '\0' ? why.text : "the ledger");
	else
		rc = EX_OK;
	x->size = c.size;
	progress_init(&x->bar, "Exporting", "entries", c.size);
	for (unsigned level = 0; rc == EX_OK && level < 8 && c.size >> 8 * level > 0; level++)
		rc = export_level(x, level, c.size >> 8 * level);
	progress_end(&x->bar);
	if (rc == EX_OK) {
		note = best_note(&head, c.size);
		buf_reset(&x->out);
		buf_add(&x->out, note.p, note.n);
		rc = write_file(x, "checkpoint");
	}
	arena_fini(&a);
	return rc;
}

int
ctl_export_tlog(struct cli *cli)
{
	struct export x = { .cli = cli, .dir = cli->argv[0] };
	int rc;

	if (strlen(x.dir) > CONFIG_PATH_MAX)
		return cli_usage(cli, "the path is too long");
	if ((rc = check_empty(cli, x.dir)) != EX_OK ||
	    (rc = ctl_open_ledger(cli, &x.reader)) != EX_OK)
		return rc;
	buf_init(&x.out);
	rc = export_all(&x);
	if (rc == EX_OK && !cli_flag(cli, "json"))
		fprintf(stderr, "%" PRIu64 " entries exported to %s\n", x.size, x.dir);
	buf_fini(&x.out);
	ledger_read_close(x.reader);
	return rc;
}
