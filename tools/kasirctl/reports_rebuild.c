/* reports_rebuild.c - reports.db anew from the ledger: by kasird where it runs, else here. */
#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "edge/lang.h"
#include "edge/progress.h"
#include "report/projection.h"
#include "tools/kasirctl/ctl.h"

#define LOOK_MS 200
#define PATIENCE_S 600		/* without any progress */

static int
find_reports(const struct cli *cli, char to[CONFIG_PATH_MAX])
{
	char ledger[CONFIG_PATH_MAX];
	int rc = ctl_ledger_path(cli, ledger);

	if (rc == EX_OK && config_path(dirname(ledger), CONFIG_REPORTS, to) != KAS_OK)
		rc = cli_usage(cli, "the data folder's path is too long");
	return rc;
}

static int
read_size(const struct cli *cli, struct ledger_reader *ledger, uint64_t *ret)
{
	struct store_head head;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = ledger_read_head(ledger, &a, &head);
	arena_fini(&a);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, "ledger");
	*ret = head.size;
	return EX_OK;
}

static enum kas_err
make(struct projection *p, uint64_t size, struct kas_why *why)
{
	struct progress progress;
	enum kas_err err = KAS_OK;
	size_t n = 1;

	progress_init(&progress, _("Reports"), _("entries"), size);
	while (err == KAS_OK && n > 0 && projection_size(p) < size) {
		err = projection_step(p, PROJECTION_CHUNK, &n, why);
		progress_set(&progress, projection_size(p));
	}
	progress_end(&progress);
	return err;
}

/* Entries that the file at PATH is made from; 0: there is none, or it cannot be read now. */
static uint64_t
size_at(const char *path)
{
	struct reports_place place = { .currency = "" };
	struct kas_why why;
	uint64_t size = 0;
	sqlite3 *db;

	if (sql_open(path, &reports_kind, SQL_READ, &db, &why) != KAS_OK)
		return 0;
	if (reports_read_place(db, &place) == KAS_OK)
		size = place.tree.size;
	sql_close(db);
	return size;
}

/* kasird sees that its file has gone, and makes it again. */
static int
let_daemon_make(const struct cli *cli, const char *path, uint64_t size)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	struct progress progress;
	uint64_t now = 0, seen = 0;
	unsigned waited = 0;

	if (unlink(path) != 0 && errno != ENOENT)
		return cli_fail(cli, EX_NOPERM, NULL, "%s: %s", path, strerror(errno));
	progress_init(&progress, _("Reports"), _("entries"), size);
	while (now < size && waited < PATIENCE_S * 1000 / LOOK_MS) {
		nanosleep(&pause, NULL);
		now = size_at(path);
		waited = now > seen ? 0 : waited + 1;
		seen = now;
		progress_set(&progress, now);
	}
	progress_end(&progress);
	if (now < size)
		return cli_fail(cli, EX_TEMPFAIL, "'kasirctl status' says what stands in the way",
		    "kasird has not made the reports");
	return EX_OK;
}

static int
rebuild(const struct cli *cli, struct ledger_reader *ledger, const char *path)
{
	struct report_source source = report_source_of(ledger);
	struct projection *p = NULL;
	struct kas_why why;
	enum kas_err err;
	uint64_t size = 0;
	int rc;

	rc = read_size(cli, ledger, &size);
	if (rc != EX_OK)
		return rc;
	err = projection_open(path, &source, true, &p, &why);
	if (err == KAS_AGAIN)
		return let_daemon_make(cli, path, size);
	if (err == KAS_OK)
		err = make(p, size, &why);
	projection_close(p);
	return err == KAS_OK ? EX_OK : cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
}

int
ctl_reports_rebuild(struct cli *cli)
{
	char path[CONFIG_PATH_MAX];
	struct ledger_reader *ledger;
	int rc;

	rc = find_reports(cli, path);
	if (rc == EX_OK)
		rc = ctl_open_ledger(cli, &ledger);
	if (rc != EX_OK)
		return rc;
	rc = rebuild(cli, ledger, path);
	ledger_read_close(ledger);
	if (rc == EX_OK && !cli_flag(cli, "json"))
		printf(_("%s is made from %llu entries\n"), path, (unsigned long long)size_at(path));
	return rc;
}
