#include "daemon/store/edge/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/store/edge/service_parts.h"
#include "edge/cli.h"
#include "edge/clock.h"
#include "edge/keyfile.h"
#include "edge/log.h"
#include "edge/random.h"
#include "kasir/version.h"

#define DISK_LEAST (1u << 20)		/* bytes free, below which a disk counts as full */

static void
on_flushed(void *ctx, enum kas_err outcome)
{
	struct service *s = ctx;

	if (outcome != KAS_OK)
		log_line(LOG_LVL_ERROR, "ledger: %s", ledger_db_why(s->ledger));
	engine_on_flushed(s->engine, outcome);
	projector_tell(s->projector, engine_durable_size(s->engine));
}

static void
on_reopened(void *ctx, enum kas_err outcome)
{
	struct service *s = ctx;

	if (outcome != KAS_OK)
		log_line(LOG_LVL_ERROR, "ledger: cannot bring it back yet: %s",
		    ledger_db_why(s->ledger));
	engine_on_reopened(s->engine, outcome);
}

static void
on_ledger(void *ctx, unsigned ready)
{
	struct service *s = ctx;

	(void)ready;
	ledger_db_dispatch(s->ledger);
}

static void
on_request(void *ctx, uint64_t token, uint32_t uid, const char *user, struct bytes request)
{
	struct service *s = ctx;

	engine_on_control(s->engine, token, uid, user, request);
}

/* SQLite cannot always tell why it cannot write its files. */
static enum kas_err
name_full_disk(const char *path, enum kas_err err, struct kas_why *why)
{
	struct statvfs fs;

	if (err == KAS_IO && statvfs(path, &fs) == 0 && fs.f_bavail * fs.f_frsize < DISK_LEAST)
		kas_why_prefix(why, "the disk is full, make room and start again");
	return err;
}

/* A ledger is never made here: one that was lost must not silently become a second
 * history. */
static enum kas_err
open_ledger(struct service *s, struct kas_why *why)
{
	struct ledger_db_events events = { on_flushed, on_reopened, s };
	char path[CONFIG_PATH_MAX];
	enum kas_err err;

	err = config_path(s->config.data_dir, CONFIG_LEDGER, path);
	if (err != KAS_OK)
		return kas_fail(why, err, "%s: the path is too long", s->config.data_dir);
	if (access(path, F_OK) != 0)
		return kas_fail(why, KAS_NOTFOUND, "no ledger at %s: `kasirctl keys init` makes "
		    "a new store", path);
	err = ledger_db_open(path, &events, &s->ledger, why);
	if (err != KAS_OK)
		return name_full_disk(path, err, why);
	if (loop_watch(s->loop, ledger_db_fd(s->ledger), LOOP_READ, on_ledger, s) != KAS_OK)
		return kas_fail(why, KAS_IO, "cannot watch the ledger's writer");
	return KAS_OK;
}

static enum kas_err
open_projector(struct service *s, struct kas_why *why)
{
	char ledger[CONFIG_PATH_MAX], reports[CONFIG_PATH_MAX];
	enum kas_err err;

	if (!s->config.reports)
		return KAS_OK;
	err = config_path(s->config.data_dir, CONFIG_LEDGER, ledger);
	if (err == KAS_OK)
		err = config_path(s->config.data_dir, CONFIG_REPORTS, reports);
	if (err != KAS_OK)
		return kas_fail(why, err, "%s: the path is too long", s->config.data_dir);
	return projector_open(ledger, reports, &s->projector, why);
}

static enum kas_err
load_keys(struct service *s, struct kas_why *why)
{
	char path[CONFIG_PATH_MAX];
	enum kas_err err;

	err = config_key_path(s->config.data_dir, CONFIG_STORE_KEY, path);
	if (err != KAS_OK)
		return kas_fail(why, err, "%s: the path is too long", s->config.data_dir);
	err = keyfile_load_signer(path, &s->signer, why);
	if (err == KAS_OK && s->config.has_hq)
		err = keyfile_load_vkey(s->config.hq.key_file, &s->hq_key, why);
	if (err == KAS_OK && s->config.has_hq && s->hq_key.type != KEY_COSIGNATURE_V1)
		err = kas_fail(why, KAS_MALFORMED, "%s: not a cosignature key; `kasir-hq keys show` "
		    "prints the right one", s->config.hq.key_file);
	return err;
}

static enum kas_err
open_engine(struct service *s, struct kas_why *why)
{
	struct engine_config c = {
		.store = s->config.store, .version = KASIR_VERSION, .signer = s->signer,
		.hq = s->config.has_hq ? &s->hq_key : NULL, .exponent = s->config.exponent,
		.rounding = s->config.rounding, .gather_us_max = s->config.gather_us,
	};
	struct engine_ports ports = {
		.clock = clock_system(), .random = s->random, .store = ledger_db_port(s->ledger),
		.bus = links_bus(s), .uplink = links_uplink(s), .crew = crew_port(s->crew),
		.control = control_port_of(s->control),
		.reports = projector_port(s->projector), .log = log_system(),
	};
	enum kas_err err = clock_boot_id(c.boot_id, why);

	memcpy(c.currency, s->config.currency, sizeof c.currency);
	if (err != KAS_OK)
		return err;
	err = engine_open(&c, &ports, &s->engine, why);
	if (err != KAS_OK)
		kas_why_prefix(why, "%s/" CONFIG_LEDGER, s->config.data_dir);
	return err;
}

static enum kas_err
build(struct service *s, struct kas_why *why)
{
	struct control_events events = { on_request, s };
	enum kas_err err;

	s->random = random_system();
	err = loop_open(&s->loop, why);
	/* Signals are blocked before any thread is made, so that all inherit it. */
	if (err == KAS_OK)
		err = turn_start(s, why);
	if (err == KAS_OK)
		err = open_ledger(s, why);
	if (err == KAS_OK)
		err = load_keys(s, why);
	if (err == KAS_OK)
		err = crew_open(s->config.verify_workers, &s->crew, why);
	if (err == KAS_OK)
		err = control_open(s->loop, s->config.control_socket, s->config.control_group,
		    &events, &s->control, why);
	if (err == KAS_OK)
		err = links_open(s, why);
	if (err == KAS_OK)
		err = open_projector(s, why);
	if (err == KAS_OK)
		err = open_engine(s, why);
	return err;
}

enum kas_err
service_open(const char *config_file, struct service **ret, struct kas_why *why, int *ret_exit)
{
	struct service *s = calloc(1, sizeof *s);
	enum kas_err err;

	*ret_exit = EX_OSERR;
	if (s == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	err = config_load_store(config_file, &s->config, why);
	if (err != KAS_OK) {
		*ret_exit = EX_CONFIG;
		service_close(s);
		return err;
	}
	log_init("kasird", s->config.log_level);
	err = build(s, why);
	if (err != KAS_OK) {
		*ret_exit = cli_exit_of(err);
		service_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

void
service_run(struct service *s)
{
	log_line(LOG_LVL_NOTICE, "kasird %s: store %s, ledger in %s", KASIR_VERSION,
	    s->config.store, s->config.data_dir);
	links_start(s);
	loop_run(s->loop);
	log_line(LOG_LVL_NOTICE, "stopped, %llu entries",
	    (unsigned long long)engine_durable_size(s->engine));
}

void
service_close(struct service *s)
{
	if (s == NULL)
		return;
	links_close(s);
	/* The writer first: it may be at a group, which is the engine's memory. */
	if (s->ledger != NULL)
		loop_unwatch(s->loop, ledger_db_fd(s->ledger));
	ledger_db_close(s->ledger);
	engine_close(s->engine);
	projector_close(s->projector);
	control_close(s->control);
	crew_close(s->crew);
	signer_close(s->signer);
	turn_stop(s);
	loop_close(s->loop);
	free(s);
}
