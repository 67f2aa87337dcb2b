#include "report/projection.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "edge/db_lock.h"
#include "edge/history.h"
#include "report/fold.h"

#define CHUNK_BYTES ((size_t)8 * 1024 * 1024)

struct projection {
	struct report_source source;
	char *path;
	dev_t device;
	ino_t inode;
	int lock;
	sqlite3 *db;
	struct fold *fold;
	struct arena chunk;
	struct store_entry entries[PROJECTION_CHUNK];
};

static enum kas_err
read_of_ledger(void *ctx, uint64_t first, size_t max, size_t max_bytes, struct arena *a,
    struct store_entry *ret, size_t *ret_n)
{
	return ledger_read_entries(ctx, first, max, max_bytes, a, ret, ret_n);
}

static enum kas_err
root_of_ledger(void *ctx, uint64_t size, struct hash *ret)
{
	struct store_head head;
	struct tree *tree = NULL;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = ledger_read_head(ctx, &a, &head);
	arena_fini(&a);
	if (err == KAS_OK && size > head.size)
		err = KAS_NOTFOUND;
	if (err == KAS_OK)
		err = history_open(ctx, size, &tree);
	if (err == KAS_OK)
		err = tree_root(tree, size, ret);
	tree_close(tree);
	return err;
}

struct report_source
report_source_of(struct ledger_reader *r)
{
	return (struct report_source){ read_of_ledger, root_of_ledger, r };
}

static enum kas_err
read_one(void *ctx, uint64_t index, struct arena *a, struct bytes *ret_entry,
    struct bytes *ret_payload)
{
	const struct projection *p = ctx;
	struct store_entry e;
	size_t n = 0;
	enum kas_err err;

	err = p->source.read(p->source.ctx, index, 1, CHUNK_BYTES, a, &e, &n);
	if (err == KAS_OK && n == 0)
		err = KAS_CORRUPT;
	if (err != KAS_OK)
		return err;
	*ret_entry = e.entry;
	*ret_payload = e.payload;
	return KAS_OK;
}

/* KAS_FORK: the place is not in the ledger's history. */
static enum kas_err
check_place(struct projection *p, struct kas_why *why)
{
	struct reports_place place;
	struct hash mine, its;
	enum kas_err err = reports_read_place(p->db, &place);

	if (err != KAS_OK)
		return err == KAS_CORRUPT ? KAS_FORK : kas_fail(why, err, "%s: %s", p->path,
		    sqlite3_errmsg(p->db));
	mine = frontier_root(&place.tree);
	err = p->source.root(p->source.ctx, place.tree.size, &its);
	if (err == KAS_NOTFOUND)
		return KAS_FORK;
	if (err != KAS_OK)
		return kas_fail(why, err, "reading the ledger's tree: %s", kas_err_text(err));
	return memcmp(mine.b, its.b, HASH_LEN) == 0 ? KAS_OK : KAS_FORK;
}

static enum kas_err
renew(struct projection *p, struct kas_why *why)
{
	enum kas_err err;

	sql_close(p->db);
	p->db = NULL;
	err = reports_renew(p->path, &p->db, why);
	if (err != KAS_OK)
		p->db = NULL;
	return err;
}

/* Where there is no file yet, the lock waits until it is made. */
static enum kas_err
lock_file(struct projection *p, struct kas_why *why)
{
	enum kas_err err = db_lock(p->path, "program that makes reports", &p->lock, why);

	return err == KAS_NOTFOUND ? KAS_OK : err;
}

static enum kas_err
open_file(struct projection *p, bool anew, struct kas_why *why)
{
	struct fold_port port = { read_one, p };
	struct stat st;
	enum kas_err err;

	err = lock_file(p, why);
	if (err == KAS_OK && (err = reports_open(p->path, &p->db, why)) != KAS_OK)
		p->db = NULL;
	if (err == KAS_OK && p->lock < 0)
		err = lock_file(p, why);
	if (err == KAS_OK && !anew)
		err = check_place(p, why);
	if (err == KAS_FORK || (err == KAS_OK && anew))
		err = renew(p, why);
	if (err == KAS_OK && stat(p->path, &st) != 0)
		err = kas_fail(why, KAS_IO, "%s: it has gone", p->path);
	if (err != KAS_OK)
		return err;
	p->device = st.st_dev;
	p->inode = st.st_ino;
	return fold_open(p->db, &port, &p->fold, why);
}

enum kas_err
projection_open(const char *path, const struct report_source *source, bool anew,
    struct projection **ret, struct kas_why *why)
{
	struct projection *p = calloc(1, sizeof *p);
	enum kas_err err;

	if (p == NULL || (p->path = strdup(path)) == NULL) {
		free(p);
		return kas_fail(why, KAS_NOMEM, "out of memory");
	}
	p->source = *source;
	p->lock = -1;
	arena_init(&p->chunk, 0);
	err = open_file(p, anew, why);
	if (err != KAS_OK) {
		projection_close(p);
		return err;
	}
	*ret = p;
	return KAS_OK;
}

void
projection_close(struct projection *p)
{
	if (p == NULL)
		return;
	fold_close(p->fold);
	sql_close(p->db);
	db_unlock(p->lock);
	arena_fini(&p->chunk);
	free(p->path);
	free(p);
}

static enum kas_err
fail_db(struct projection *p, enum kas_err err, struct kas_why *why)
{
	return kas_fail(why, err, "reports database %s: %s", p->path, sqlite3_errmsg(p->db));
}

static enum kas_err
take_chunk(struct projection *p, size_t n, struct kas_why *why)
{
	enum kas_err err = KAS_OK;
	size_t i;

	for (i = 0; i < n && err == KAS_OK; i++)
		err = fold_take(p->fold, p->entries[i].entry, p->entries[i].payload, why);
	if (err == KAS_OK && (err = fold_write(p->fold)) != KAS_OK)
		fail_db(p, err, why);
	return err;
}

enum kas_err
projection_step(struct projection *p, size_t max, size_t *ret_n, struct kas_why *why)
{
	size_t n = 0;
	enum kas_err err;

	arena_reset(&p->chunk);
	err = p->source.read(p->source.ctx, projection_size(p),
	    max < PROJECTION_CHUNK ? max : PROJECTION_CHUNK, CHUNK_BYTES, &p->chunk, p->entries,
	    &n);
	if (err != KAS_OK)
		return kas_fail(why, err, "reading the ledger from entry %llu on: %s",
		    (unsigned long long)projection_size(p), kas_err_text(err));
	if (n > 0) {
		err = sql_exec(p->db, "BEGIN IMMEDIATE");
		if (err != KAS_OK)
			return fail_db(p, err, why);
		err = take_chunk(p, n, why);
		if (err == KAS_OK && (err = sql_exec(p->db, "COMMIT")) != KAS_OK)
			fail_db(p, err, why);
		if (err != KAS_OK) {
			(void)!sql_exec(p->db, "ROLLBACK");
			return err;
		}
	}
	*ret_n = n;
	return KAS_OK;
}

uint64_t
projection_size(const struct projection *p)
{
	return fold_place(p->fold)->tree.size;
}

bool
projection_is_in_place(const struct projection *p)
{
	struct stat st;

	return stat(p->path, &st) == 0 && st.st_dev == p->device && st.st_ino == p->inode;
}
