/* How many entries a second the ledger's writer makes durable, against the leanest SQLite
 * that does the same in the same run: one thread, two bare tables, no guards.
 *
 * usage: bench_ledger_db [FOLDER [ENTRIES-BEFORE]] */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "daemon/store/edge/ledger_db.h"
#include "sql/sql.h"

#define ENTRY_N 300
#define PAYLOAD_N 650
#define NOTE_N 280
#define GROUP_MAX 1024
#define RUN_SECONDS 1.0
#define RUNS 4			/* A B B A */

static uint8_t noise[1 << 16];
static struct store_entry entries[GROUP_MAX];
static struct stored_tile tiles[16];

struct result {
	double rows, seconds, cpu;	/* cpu: of the thread that writes */
	double worst;			/* commit, seconds */
};

static void
die(const char *what)
{
	fprintf(stderr, "bench_ledger_db: %s\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
cpu_of(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void
fill_group(struct flush_group *g, uint64_t first, size_t n)
{
	memset(g, 0, sizeof *g);
	for (size_t i = 0; i < n; i++) {
		entries[i].entry = BYTES(noise + (first + i) % 30000, ENTRY_N);
		entries[i].payload = BYTES(noise + (first + i * 7) % 30000, PAYLOAD_N);
		if ((first + i + 1) % TILE_WIDTH == 0)
			tiles[g->n_tiles++].id = (struct tile_id){ 0, (first + i) / TILE_WIDTH };
	}
	g->first = first;
	g->entries = entries;
	g->n = n;
	g->tiles = tiles;
	g->checkpoint = BYTES(noise, NOTE_N);
}

static enum kas_err flush_outcome;
static bool flush_over;

static void
on_flushed(void *ctx, enum kas_err outcome)
{
	(void)ctx;
	flush_outcome = outcome;
	flush_over = true;
}

static void
flush(struct ledger_db *db, const struct flush_group *g)
{
	struct store_port port = ledger_db_port(db);
	struct pollfd p = { .fd = ledger_db_fd(db), .events = POLLIN };

	flush_over = false;
	port.flush(port.ctx, g);
	while (!flush_over) {
		poll(&p, 1, -1);
		ledger_db_dispatch(db);
	}
	if (flush_outcome != KAS_OK)
		die(ledger_db_why(db));
}

static struct ledger_db *
open_ledger(const char *path)
{
	static const struct ledger_db_events events = { on_flushed, on_flushed, NULL };
	struct ledger_db *db;
	struct kas_why why;

	if (access(path, F_OK) != 0 && ledger_db_create(path, &why) != KAS_OK)
		die(why.text);
	if (ledger_db_open(path, &events, &db, &why) != KAS_OK)
		die(why.text);
	return db;
}

static uint64_t
ledger_size(struct ledger_db *db)
{
	struct store_port port = ledger_db_port(db);
	struct store_head head;
	struct arena a;

	arena_init(&a, 0);
	if (port.head(port.ctx, &a, &head) != KAS_OK)
		die("head");
	arena_fini(&a);
	return head.size;
}

static struct result
run_ledger(const char *path, size_t group)
{
	struct ledger_db *db = open_ledger(path);
	uint64_t size = ledger_size(db), first = size;
	double t0 = now(), cpu0 = cpu_of(RUSAGE_SELF) - cpu_of(RUSAGE_THREAD), t = t0, t1;
	struct result r = { 0 };
	struct flush_group g;

	do {
		fill_group(&g, size, group);
		flush(db, &g);
		size += group;
		t1 = now();
		r.worst = t1 - t > r.worst ? t1 - t : r.worst;
		t = t1;
	} while (t - t0 < RUN_SECONDS);
	r.rows = (double)(size - first);
	r.seconds = t - t0;
	r.cpu = cpu_of(RUSAGE_SELF) - cpu_of(RUSAGE_THREAD) - cpu0;
	ledger_db_close(db);
	return r;
}

struct raw {
	sqlite3 *db;
	struct stmt begin, commit, entry, head;
};

static void
open_raw(const char *path, struct raw *raw)
{
	if (sqlite3_open(path, &raw->db) != SQLITE_OK ||
	    sql_exec(raw->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "CREATE TABLE IF NOT EXISTS entry (idx INTEGER PRIMARY KEY, entry BLOB, payload BLOB);"
	    "CREATE TABLE IF NOT EXISTS head (id INTEGER PRIMARY KEY, note BLOB)") != KAS_OK ||
	    stmt_init(&raw->begin, raw->db, "BEGIN IMMEDIATE") != KAS_OK ||
	    stmt_init(&raw->commit, raw->db, "COMMIT") != KAS_OK ||
	    stmt_init(&raw->entry, raw->db, "INSERT INTO entry VALUES (?1, ?2, ?3)") != KAS_OK ||
	    stmt_init(&raw->head, raw->db, "REPLACE INTO head VALUES (1, ?1)") != KAS_OK)
		die(sqlite3_errmsg(raw->db));
}

static void
close_raw(struct raw *raw)
{
	stmt_fini(&raw->begin);
	stmt_fini(&raw->commit);
	stmt_fini(&raw->entry);
	stmt_fini(&raw->head);
	sql_close(raw->db);
}

static bool
commit_raw(struct raw *raw, const struct flush_group *g)
{
	bool ok = stmt_run(&raw->begin) == KAS_OK;

	for (size_t i = 0; i < g->n; i++) {
		stmt_bind_int(&raw->entry, 1, (int64_t)(g->first + i));
		stmt_bind_bytes(&raw->entry, 2, g->entries[i].entry);
		stmt_bind_bytes(&raw->entry, 3, g->entries[i].payload);
		ok = stmt_run(&raw->entry) == KAS_OK && ok;
	}
	stmt_bind_bytes(&raw->head, 1, g->checkpoint);
	return stmt_run(&raw->head) == KAS_OK && stmt_run(&raw->commit) == KAS_OK && ok;
}

static struct result
run_raw(const char *path, size_t group)
{
	static uint64_t size;
	uint64_t first = size;
	double t0 = now(), cpu0 = cpu_of(RUSAGE_THREAD), t = t0, t1;
	struct result r = { 0 };
	struct flush_group g;
	struct raw raw;

	open_raw(path, &raw);
	do {
		fill_group(&g, size, group);
		if (!commit_raw(&raw, &g))
			die(sqlite3_errmsg(raw.db));
		size += group;
		t1 = now();
		r.worst = t1 - t > r.worst ? t1 - t : r.worst;
		t = t1;
	} while (t - t0 < RUN_SECONDS);
	r.rows = (double)(size - first);
	r.seconds = t - t0;
	r.cpu = cpu_of(RUSAGE_THREAD) - cpu0;
	close_raw(&raw);
	return r;
}

static void
add(struct result *sum, struct result r)
{
	sum->rows += r.rows;
	sum->seconds += r.seconds;
	sum->cpu += r.cpu;
	sum->worst = r.worst > sum->worst ? r.worst : sum->worst;
}

static void
compare(const char *ledger, const char *raw, size_t group)
{
	static const char order[RUNS + 1] = "LRRL";
	struct result l = { 0 }, r = { 0 };

	for (size_t i = 0; i < RUNS; i++)
		if (order[i] == 'L')
			add(&l, run_ledger(ledger, group));
		else
			add(&r, run_raw(raw, group));
	printf("%6zu %12.0f %12.0f %7.2f %11.1f %11.1f %10.2f %10.2f\n", group,
	    l.rows / l.seconds, r.rows / r.seconds, (l.rows / l.seconds) / (r.rows / r.seconds),
	    l.cpu / l.rows * 1e6, r.cpu / r.rows * 1e6, l.worst * 1e3, r.worst * 1e3);
	fflush(stdout);
}

static void
grow(const char *path, uint64_t to)
{
	struct ledger_db *db = open_ledger(path);
	struct flush_group g;

	for (uint64_t size = ledger_size(db); size < to; size += GROUP_MAX) {
		fill_group(&g, size, GROUP_MAX);
		flush(db, &g);
	}
	ledger_db_close(db);
}

static void
time_restart(const char *path)
{
	double t0 = now();
	struct ledger_db *db = open_ledger(path);
	uint64_t size = ledger_size(db);

	printf("open and read the head at %llu entries: %.1f ms\n", (unsigned long long)size,
	    (now() - t0) * 1e3);
	ledger_db_close(db);
}

int
main(int argc, char **argv)
{
	static const size_t groups[] = { 1, 4, 16, 64, 256 };
	const char *folder = argc > 1 ? argv[1] : "/tmp";
	char ledger[256], raw[256];

	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)(i * 2654435761u >> 13);
	snprintf(ledger, sizeof ledger, "%s/bench-ledger-%ld.db", folder, (long)getpid());
	snprintf(raw, sizeof raw, "%s/bench-raw-%ld.db", folder, (long)getpid());
	if (argc > 2)
		grow(ledger, strtoull(argv[2], NULL, 10));
	printf(" group  entries/s   bare SQLite   ratio  us CPU/entry   bare  worst ms   bare\n");
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		compare(ledger, raw, groups[i]);
	time_restart(ledger);
	unlink(ledger);
	unlink(raw);
	strcat(ledger, ".lock");
	unlink(ledger);
	return 0;
}
