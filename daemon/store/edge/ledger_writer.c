#include "daemon/store/edge/ledger_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "edge/ledger_read.h"

#define CHECKPOINT_PAGES 1000		/* as SQLite's own: more gains nothing */
#define CHECKPOINT_PAGES_URGENT 4000

enum query {
	W_BEGIN, W_COMMIT, W_ENTRY, W_PERSONAL, W_TILE, W_HEAD, W_COSIGNED, W_EVIDENCE, W_FACT,
	W_TERMINAL, W_BOOK, W_BLOB, W_ASIDE, W_ASIDE_TRIM, W__COUNT
};

static const char *const queries[W__COUNT] = {
	[W_BEGIN] = "BEGIN IMMEDIATE",
	[W_COMMIT] = "COMMIT",
	[W_ENTRY] = "INSERT INTO entry (idx, entry, payload) VALUES (?1, ?2, ?3)",
	[W_PERSONAL] = "INSERT INTO personal (idx, salt, data) VALUES (?1, ?2, ?3)",
	[W_TILE] = "INSERT INTO tile (level, n, hashes) VALUES (?1, ?2, ?3)",
	[W_HEAD] = "UPDATE head SET size = ?2, snapshot_size = coalesce(?3, snapshot_size),"
	    " checkpoint = coalesce(?4, checkpoint) WHERE id = 1 AND size = ?1",
	/* Headquarters may cosign the same size again; the first one stands. */
	[W_COSIGNED] = "INSERT INTO cosigned (size, note) VALUES (?1, ?2)"
	    " ON CONFLICT (size) DO NOTHING",
	[W_EVIDENCE] = "INSERT INTO evidence (wall_us, terminal, note) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (note) DO NOTHING",
	/* Slices of a snapshot that a crash cut short are written again. */
	[W_FACT] = "INSERT INTO fact (kind, key, idx) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT DO NOTHING",
	[W_TERMINAL] = "INSERT INTO terminal (terminal, epoch, key, added_at, revoked_at, newest,"
	    " count, newest_hash, newest_txn, awaited)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
	    " ON CONFLICT (terminal, epoch) DO UPDATE SET revoked_at = excluded.revoked_at,"
	    " newest = excluded.newest, count = excluded.count,"
	    " newest_hash = excluded.newest_hash, newest_txn = excluded.newest_txn,"
	    " awaited = excluded.awaited",
	[W_BOOK] = "UPDATE book SET state = ?1 WHERE id = 1",
	/* The same catalogue may be put in force again. */
	[W_BLOB] = "INSERT INTO blob (hash, bytes) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING",
	[W_ASIDE] = "INSERT INTO aside (wall_us, topic, reason, text, message)"
	    " VALUES (?1, ?2, ?3, ?4, ?5)",
	[W_ASIDE_TRIM] = "DELETE FROM aside WHERE id <= (SELECT max(id) FROM aside) - ?1",
};

struct ledger_writer {
	sqlite3 *db;
	struct stmt q[W__COUNT];
	uint64_t size;		/* durable */
	int log_pages;
	int log_pages_kept;	/* that the last checkpoint could not move */
	bool broken;
	struct kas_why why;	/* if broken */
};

static int
on_log_grown(void *ctx, sqlite3 *db, const char *schema, int pages)
{
	struct ledger_writer *w = ctx;

	(void)db;
	(void)schema;
	w->log_pages = pages;
	return SQLITE_OK;
}

static enum kas_err
read_size(struct ledger_writer *w, struct kas_why *why)
{
	struct stmt st;
	enum kas_err err;

	if ((err = stmt_init(&st, w->db, "SELECT size FROM head WHERE id = 1")) == KAS_OK) {
		if (stmt_row(&st))
			w->size = (uint64_t)stmt_int(&st, 0);
		err = stmt_done(&st);
		stmt_fini(&st);
	}
	return err == KAS_OK ? KAS_OK : kas_fail(why, err, "head: %s", sqlite3_errmsg(w->db));
}

static enum kas_err
prepare(struct ledger_writer *w, struct kas_why *why)
{
	enum kas_err err;
	int rc;

	rc = sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	/* BUSY: somebody reads; all but what he needs has been moved. */
	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
		return kas_fail(why, sql_err(rc), "checkpoint: %s", sqlite3_errmsg(w->db));
	for (size_t i = 0; i < W__COUNT; i++)
		if ((err = stmt_init(&w->q[i], w->db, queries[i])) != KAS_OK)
			return kas_fail(why, err, "%s", sqlite3_errmsg(w->db));
	/* In place of the checkpoint at 1000 pages that SQLite makes inside COMMIT. */
	sqlite3_wal_hook(w->db, on_log_grown, w);
	return read_size(w, why);
}

enum kas_err
ledger_writer_open(const char *path, struct ledger_writer **ret, struct kas_why *why)
{
	struct ledger_writer *w = calloc(1, sizeof *w);
	enum kas_err err;

	if (w == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	if ((err = sql_open(path, &ledger_kind, SQL_WRITE, &w->db, why)) == KAS_OK &&
	    (err = prepare(w, why)) != KAS_OK)
		kas_why_prefix(why, "ledger database %s", path);
	if (err != KAS_OK) {
		ledger_writer_abandon(w);
		return err;
	}
	*ret = w;
	return KAS_OK;
}

void
ledger_writer_close(struct ledger_writer *w)
{
	if (w == NULL)
		return;
	if (w->broken)
		sqlite3_db_config(w->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	for (size_t i = 0; i < W__COUNT; i++)
		stmt_fini(&w->q[i]);
	sql_close(w->db);
	free(w);
}

void
ledger_writer_abandon(struct ledger_writer *w)
{
	if (w == NULL)
		return;
	w->broken = w->db != NULL;
	ledger_writer_close(w);
}

uint64_t
ledger_writer_size(const struct ledger_writer *w)
{
	return w->size;
}

static enum kas_err
write_entries(struct ledger_writer *w, const struct flush_group *g)
{
	struct stmt *st = &w->q[W_ENTRY], *personal = &w->q[W_PERSONAL];
	const struct store_entry *e;
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < g->n && err == KAS_OK; i++) {
		e = &g->entries[i];
		stmt_bind_int(st, 1, (int64_t)(g->first + i));
		stmt_bind_bytes(st, 2, e->entry);
		stmt_bind_bytes(st, 3, e->payload);
		if ((err = stmt_run(st)) != KAS_OK || e->salt.n + e->personal.n == 0)
			continue;
		stmt_bind_int(personal, 1, (int64_t)(g->first + i));
		stmt_bind_bytes(personal, 2, e->salt);
		stmt_bind_bytes(personal, 3, e->personal);
		err = stmt_run(personal);
	}
	return err;
}

static enum kas_err
write_tiles(struct ledger_writer *w, const struct flush_group *g)
{
	struct stmt *st = &w->q[W_TILE];
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < g->n_tiles && err == KAS_OK; i++) {
		stmt_bind_int(st, 1, g->tiles[i].id.level);
		stmt_bind_int(st, 2, (int64_t)g->tiles[i].id.n);
		stmt_bind_bytes(st, 3, BYTES(g->tiles[i].hashes, TILE_BYTES));
		err = stmt_run(st);
	}
	return err;
}

static enum kas_err
write_terminal(struct stmt *st, const struct terminal_row *t)
{
	stmt_bind_text(st, 1, t->terminal);
	stmt_bind_int(st, 2, (int64_t)t->epoch);
	stmt_bind_bytes(st, 3, BYTES(t->key.b, KEY_LEN));
	stmt_bind_int(st, 4, (int64_t)t->added_at);
	if (t->revoked_at == KEYRING_NEVER)
		stmt_bind_null(st, 5);
	else
		stmt_bind_int(st, 5, (int64_t)t->revoked_at);
	stmt_bind_int(st, 6, (int64_t)t->newest);
	stmt_bind_int(st, 7, (int64_t)t->count);
	if (t->newest_known)
		stmt_bind_bytes(st, 8, hash_bytes(&t->newest_hash));
	else
		stmt_bind_null(st, 8);
	stmt_bind_bytes(st, 9, BYTES(t->newest_txn, sizeof t->newest_txn));
	stmt_bind_int(st, 10, (int64_t)t->awaited);
	return stmt_run(st);
}

static enum kas_err
write_snapshot(struct ledger_writer *w, const struct book_snapshot *s)
{
	struct stmt *st = &w->q[W_FACT];
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < s->n_facts && err == KAS_OK; i++) {
		stmt_bind_int(st, 1, s->facts[i].kind);
		stmt_bind_bytes(st, 2, BYTES(s->facts[i].key, s->facts[i].key_n));
		stmt_bind_int(st, 3, (int64_t)s->facts[i].index);
		err = stmt_run(st);
	}
	for (size_t i = 0; i < s->n_terminals && err == KAS_OK; i++)
		err = write_terminal(&w->q[W_TERMINAL], s->terminals[i]);
	if (err != KAS_OK || s->size == 0)
		return err;
	stmt_bind_bytes(&w->q[W_BOOK], 1, s->state);
	return stmt_run(&w->q[W_BOOK]);
}

static enum kas_err
write_blobs(struct ledger_writer *w, const struct flush_group *g)
{
	struct stmt *st = &w->q[W_BLOB];
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < g->n_blobs && err == KAS_OK; i++) {
		stmt_bind_bytes(st, 1, hash_bytes(&g->blobs[i].hash));
		stmt_bind_bytes(st, 2, g->blobs[i].bytes);
		err = stmt_run(st);
	}
	return err;
}

static enum kas_err
write_asides(struct ledger_writer *w, const struct flush_group *g)
{
	struct stmt *st = &w->q[W_ASIDE], *trim = &w->q[W_ASIDE_TRIM];
	enum kas_err err = KAS_OK;

	for (size_t i = 0; i < g->n_asides && err == KAS_OK; i++) {
		const struct aside *a = &g->asides[i];

		stmt_bind_int(st, 1, a->wall_us);
		stmt_bind_text(st, 2, a->topic);
		stmt_bind_int(st, 3, a->reason);
		stmt_bind_text(st, 4, a->text);
		stmt_bind_bytes(st, 5, BYTES(a->message.p, a->message.n < ASIDE_MESSAGE_MAX
		    ? a->message.n : ASIDE_MESSAGE_MAX));
		err = stmt_run(st);
	}
	if (err != KAS_OK || g->n_asides == 0)
		return err;
	stmt_bind_int(trim, 1, ASIDE_KEEP);
	return stmt_run(trim);
}

static enum kas_err
write_cosigned(struct ledger_writer *w, const struct flush_group *g)
{
	struct stmt *st = &w->q[W_COSIGNED];

	if (g->cosigned.n == 0)
		return KAS_OK;
	stmt_bind_int(st, 1, (int64_t)g->cosigned_size);
	stmt_bind_bytes(st, 2, g->cosigned);
	return stmt_run(st);
}

static enum kas_err
write_evidence(struct ledger_writer *w, const struct store_evidence *e)
{
	struct stmt *st = &w->q[W_EVIDENCE];

	if (e == NULL)
		return KAS_OK;
	stmt_bind_int(st, 1, e->wall_us);
	if (e->terminal[0] != '\0')
		stmt_bind_text(st, 2, e->terminal);
	else
		stmt_bind_null(st, 2);
	stmt_bind_bytes(st, 3, e->note);
	return stmt_run(st);
}

static enum kas_err
write_head(struct ledger_writer *w, const struct flush_group *g)
{
	struct stmt *st = &w->q[W_HEAD];
	enum kas_err err;

	stmt_bind_int(st, 1, (int64_t)g->first);
	stmt_bind_int(st, 2, (int64_t)(g->first + g->n));
	if (g->snapshot != NULL && g->snapshot->size > 0)
		stmt_bind_int(st, 3, (int64_t)g->snapshot->size);
	else
		stmt_bind_null(st, 3);
	if (g->checkpoint.n > 0)
		stmt_bind_bytes(st, 4, g->checkpoint);
	else
		stmt_bind_null(st, 4);
	err = stmt_run(st);
	/* Another size stands there: somebody else has written. */
	return err == KAS_OK && sqlite3_changes(w->db) != 1 ? KAS_CORRUPT : err;
}

static enum kas_err
write_group(struct ledger_writer *w, const struct flush_group *g)
{
	enum kas_err err;

	if ((err = stmt_run(&w->q[W_BEGIN])) == KAS_OK &&
	    (err = write_entries(w, g)) == KAS_OK &&
	    (err = write_head(w, g)) == KAS_OK &&
	    (err = write_tiles(w, g)) == KAS_OK &&
	    (err = write_blobs(w, g)) == KAS_OK &&
	    (err = write_cosigned(w, g)) == KAS_OK &&
	    (err = write_evidence(w, g->evidence)) == KAS_OK &&
	    (err = write_asides(w, g)) == KAS_OK &&
	    (g->snapshot == NULL || (err = write_snapshot(w, g->snapshot)) == KAS_OK))
		err = stmt_run(&w->q[W_COMMIT]);
	return err;
}

/* What the system said when a write to the log failed. */
static int
log_errno(sqlite3 *db)
{
	sqlite3_file *log = NULL;
	int no = 0;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
	    log != NULL && log->pMethods != NULL)
		(void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &no);
	return no;
}

/* SQLite takes only ENOSPC for a full disk.  A write refused for a quota or a size limit
 * goes the same way, and nothing was synced. */
static bool
is_full(sqlite3 *db, enum kas_err err, int no)
{
	return err == KAS_FULL || (sqlite3_extended_errcode(db) == SQLITE_IOERR_WRITE &&
	    (no == EDQUOT || no == EFBIG));
}

/* Only a full disk that rolls back cleanly is harmless.  Any other error, even one that
 * looks like "nothing happened", may have left rows that a later reader sees: 10 of 25
 * injected faults at commit did. */
static enum kas_err
give_up(struct ledger_writer *w, enum kas_err err, struct kas_why *why)
{
	int no = log_errno(w->db);
	bool full = is_full(w->db, err, no);

	kas_fail(&w->why, err, "writing the ledger: %s%s%s", err == KAS_CORRUPT
	    ? "it is not as this daemon left it" : sqlite3_errmsg(w->db),
	    no != 0 ? ": " : "", no != 0 ? strerror(no) : "");
	if (why != NULL)
		*why = w->why;
	if (!sqlite3_get_autocommit(w->db))
		sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
	if (full && sqlite3_get_autocommit(w->db))
		return KAS_FULL;
	w->broken = true;
	return KAS_IO;
}

enum kas_err
ledger_writer_commit(struct ledger_writer *w, const struct flush_group *group,
    struct kas_why *why)
{
	enum kas_err err;

	if (w->broken) {
		if (why != NULL)
			*why = w->why;
		return KAS_IO;
	}
	kas_assert(group->first == w->size);
	if ((err = write_group(w, group)) != KAS_OK)
		return give_up(w, err, why);
	w->size += group->n;
	return KAS_OK;
}

bool
ledger_writer_wants_checkpoint(const struct ledger_writer *w, bool urgent)
{
	int grown = w->log_pages - w->log_pages_kept;

	return !w->broken && grown >= (urgent ? CHECKPOINT_PAGES_URGENT : CHECKPOINT_PAGES);
}

/* Passive: waits for nobody.  Where a reader or a full disk holds it up, it is tried again
 * when the log has grown by as much once more. */
void
ledger_writer_checkpoint(struct ledger_writer *w)
{
	int pages = 0, moved = 0, rc;

	rc = sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
	w->log_pages_kept = rc == SQLITE_OK && moved == pages ? 0 : w->log_pages;
	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_FULL || (rc & 0xff) == SQLITE_BUSY) {
		w->log_pages = w->log_pages_kept;
		return;
	}
	/* A sync that failed must not be tried again: the next one would succeed and mean
	 * nothing. */
	w->broken = true;
	kas_fail(&w->why, KAS_IO, "checkpointing the ledger: %s", sqlite3_errmsg(w->db));
}
