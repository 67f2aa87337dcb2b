#include "daemon/hq/edge/hq_service.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/hq/edge/hq_db.h"
#include "daemon/hq/receiver.h"
#include "edge/cli.h"
#include "edge/clock.h"
#include "edge/config.h"
#include "edge/crew.h"
#include "edge/db_lock.h"
#include "edge/keyfile.h"
#include "edge/log.h"
#include "edge/loop.h"
#include "edge/mqtt.h"
#include "edge/notify.h"
#include "edge/random.h"
#include "kasir/version.h"

#define STATUS_EVERY_US (5u * 1000 * 1000)
#define LEAVE_AFTER_US (5u * 1000 * 1000)
#define ALL_STORES "kasir/v1/+/up"

struct hq_service {
	struct hq_config config;
	struct random_port random;
	struct loop *loop;
	struct hq_db *db;
	int lock_fd;
	struct signer *witness;
	struct crew *crew;
	struct mqtt *mqtt;
	struct receiver *receiver;
	struct loop_timer status, watchdog, leave;
	bool up, stopping;
	char last_why[128];
	uint64_t frames;		/* since start */
};

/* ---- the broker ---- */

static void
on_connected(void *ctx)
{
	struct hq_service *s = ctx;
	char at[MQTT_ADDRESS_TEXT];

	mqtt_address_format(mqtt_address(s->mqtt), at);
	log_line(LOG_LVL_NOTICE, "broker %s: connected", at);
	s->up = true;
	s->last_why[0] = '\0';
}

/* Said once, and again when the reason changes. */
static void
on_lost(void *ctx, const char *why)
{
	struct hq_service *s = ctx;
	char at[MQTT_ADDRESS_TEXT];

	mqtt_address_format(mqtt_address(s->mqtt), at);
	if (s->up || strcmp(why, s->last_why) != 0)
		log_line(LOG_LVL_WARNING, "broker %s: %s: %s; trying again", at,
		    s->up ? "connection lost" : "cannot connect", why);
	snprintf(s->last_why, sizeof s->last_why, "%s", why);
	s->up = false;
}

static enum kas_err
on_message(void *ctx, const char *topic, struct bytes payload)
{
	struct hq_service *s = ctx;

	s->frames++;
	receiver_on_message(s->receiver, topic, payload);
	return KAS_OK;
}

static enum kas_err
open_broker(struct hq_service *s, struct kas_why *why)
{
	const char *topics[] = { ALL_STORES };
	char id[160];
	/* Stores ask again for an answer that is lost, so that a short queue is enough; a small
	 * batch keeps signals and timers from waiting behind many appends. */
	struct mqtt_config c = { .address = s->config.broker, .client_id = id, .topics = topics,
		.n_topics = 1, .batch = 16 };
	struct mqtt_events events = { on_connected, on_lost, on_message, s };

	snprintf(id, sizeof id, "kasir-hq-%s", s->config.name);
	return mqtt_open(s->loop, &s->random, &c, &events, &s->mqtt, why);
}

/* ---- systemd and signals ---- */

static void
on_status(void *ctx)
{
	struct hq_service *s = ctx;

	notify_status("%llu frames received; broker %s", (unsigned long long)s->frames,
	    s->up ? "connected" : "away");
	loop_timer_set(&s->status, loop_now_us() + STATUS_EVERY_US);
}

static void
on_watchdog(void *ctx)
{
	struct hq_service *s = ctx;

	notify_watchdog();
	loop_timer_set(&s->watchdog, loop_now_us() + notify_watchdog_us());
}

static void
on_leave(void *ctx)
{
	struct hq_service *s = ctx;

	loop_quit(s->loop);
}

/* Every frame is handled whole before the next: only answers may still be on their way. */
static void
on_turn(void *ctx)
{
	struct hq_service *s = ctx;

	if (s->stopping && (!mqtt_is_connected(s->mqtt) || mqtt_queued(s->mqtt) == 0))
		loop_quit(s->loop);
}

static void
reload(struct hq_service *s)
{
	struct hq_config c;
	struct kas_why why;

	notify_reloading();
	if (config_load_hq(s->config.file, &c, &why) != KAS_OK) {
		log_line(LOG_LVL_ERROR, "reload: %s; going on as before", why.text);
	} else {
		log_set_level(c.log_level);
		log_line(LOG_LVL_NOTICE, "reload: log level taken; what else changed needs a restart");
	}
	notify_ready();
}

static void
on_signal(void *ctx, int sig)
{
	struct hq_service *s = ctx;

	if (sig == SIGHUP) {
		reload(s);
		return;
	}
	s->stopping = true;
	notify_stopping();
	loop_timer_set(&s->leave, loop_now_us() + LEAVE_AFTER_US);
}

static enum kas_err
start_loop(struct hq_service *s, struct kas_why *why)
{
	enum kas_err err = loop_open(&s->loop, why);

	if (err != KAS_OK)
		return err;
	/* Signals are blocked before any thread is made, so that all inherit it. */
	if (loop_on_signal(s->loop, on_signal, s) != KAS_OK)
		return kas_fail(why, KAS_IO, "cannot catch signals");
	signal(SIGPIPE, SIG_IGN);
	loop_on_turn(s->loop, on_turn, s);
	loop_timer_init(&s->status, s->loop, on_status, s);
	loop_timer_init(&s->watchdog, s->loop, on_watchdog, s);
	loop_timer_init(&s->leave, s->loop, on_leave, s);
	loop_timer_set(&s->status, 0);
	if (notify_watchdog_us() > 0)
		loop_timer_set(&s->watchdog, 0);
	return KAS_OK;
}

/* ---- putting it together ---- */

/* A database is never made here: one that was lost should be noticed by a person, who may
 * have a backup of it. */
static enum kas_err
open_db(struct hq_service *s, struct kas_why *why)
{
	char path[CONFIG_PATH_MAX];
	enum kas_err err;

	if (config_path(s->config.data_dir, CONFIG_HQ_DB, path) != KAS_OK)
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", s->config.data_dir);
	if (access(path, F_OK) != 0)
		return kas_fail(why, KAS_NOTFOUND, "no database at %s: `kasir-hq keys init` makes a "
		    "new headquarters", path);
	err = db_lock(path, "kasir-hq", &s->lock_fd, why);
	return err == KAS_OK ? hq_db_open(path, SQL_WRITE, &s->db, why) : err;
}

static enum kas_err
load_key(struct hq_service *s, struct kas_why *why)
{
	char path[CONFIG_PATH_MAX];
	enum kas_err err;

	if (config_key_path(s->config.data_dir, CONFIG_HQ_KEY, path) != KAS_OK)
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", s->config.data_dir);
	err = keyfile_load_signer(path, &s->witness, why);
	if (err == KAS_OK && signer_vkey(s->witness)->type != KEY_COSIGNATURE_V1)
		err = kas_fail(why, KAS_MALFORMED, "%s: not a cosignature key; `kasir-hq keys init` "
		    "makes one", path);
	return err;
}

static enum kas_err
open_receiver(struct hq_service *s)
{
	struct hq_ports ports = { .clock = clock_system(), .store = hq_db_port(s->db),
		.bus = mqtt_bus(s->mqtt), .crew = crew_port(s->crew), .log = log_system() };

	return receiver_open(&ports, s->witness, &s->receiver);
}

static enum kas_err
build(struct hq_service *s, struct kas_why *why)
{
	enum kas_err err;

	s->random = random_system();
	err = start_loop(s, why);
	if (err == KAS_OK)
		err = open_db(s, why);
	if (err == KAS_OK)
		err = load_key(s, why);
	if (err == KAS_OK)
		err = crew_open(s->config.verify_workers, &s->crew, why);
	if (err == KAS_OK)
		err = open_broker(s, why);
	if (err == KAS_OK && (err = open_receiver(s)) != KAS_OK)
		kas_fail(why, err, "cannot begin: %s", kas_err_text(err));
	return err;
}

enum kas_err
hq_service_open(const char *config_file, struct hq_service **ret, struct kas_why *why,
    int *ret_exit)
{
	struct hq_service *s = calloc(1, sizeof *s);
	enum kas_err err;

	*ret_exit = EX_OSERR;
	if (s == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	s->lock_fd = -1;
	err = config_load_hq(config_file, &s->config, why);
	if (err != KAS_OK) {
		*ret_exit = EX_CONFIG;
		hq_service_close(s);
		return err;
	}
	log_init("kasir-hq", s->config.log_level);
	err = build(s, why);
	if (err != KAS_OK) {
		*ret_exit = cli_exit_of(err);
		hq_service_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

void
hq_service_run(struct hq_service *s)
{
	log_line(LOG_LVL_NOTICE, "kasir-hq %s: %s, database in %s", KASIR_VERSION, s->config.name,
	    s->config.data_dir);
	mqtt_start(s->mqtt);
	notify_ready();
	loop_run(s->loop);
	log_line(LOG_LVL_NOTICE, "stopped, %llu frames received", (unsigned long long)s->frames);
}

void
hq_service_close(struct hq_service *s)
{
	if (s == NULL)
		return;
	mqtt_close(s->mqtt);
	receiver_close(s->receiver);
	crew_close(s->crew);
	signer_close(s->witness);
	hq_db_close(s->db);
	db_unlock(s->lock_fd);
	loop_timer_fini(&s->status);
	loop_timer_fini(&s->watchdog);
	loop_timer_fini(&s->leave);
	loop_close(s->loop);
	free(s);
}
