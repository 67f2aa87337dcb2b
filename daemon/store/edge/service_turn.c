#include "daemon/store/edge/service_parts.h"

#include <signal.h>
#include <string.h>

#include "edge/log.h"
#include "edge/notify.h"

#define STATUS_EVERY_US (5u * 1000 * 1000)
#define LEAVE_AFTER_US (20u * 1000 * 1000)	/* systemd kills after 30 s */

static void
tell_status(struct service *s)
{
	const char *hq = !s->config.has_hq ? "none" : s->hq.up ? "connected" : "away";

	notify_status("%s: %llu entries, %llu cosigned; broker %s, headquarters %s",
	    engine_state_text(engine_state(s->engine)),
	    (unsigned long long)engine_durable_size(s->engine),
	    (unsigned long long)engine_cosigned_size(s->engine),
	    s->broker.up ? "connected" : "away", hq);
}

static void
on_status(void *ctx)
{
	struct service *s = ctx;

	tell_status(s);
	loop_timer_set(&s->status, loop_now_us() + STATUS_EVERY_US);
}

static void
on_watchdog(void *ctx)
{
	struct service *s = ctx;

	notify_watchdog();
	loop_timer_set(&s->watchdog, loop_now_us() + notify_watchdog_us());
}

static void
follow_state(struct service *s)
{
	enum engine_state now = engine_state(s->engine);

	if (now != s->told) {
		s->told = now;
		tell_status(s);
	}
	/* A full disk is answered with RETRY_LATER: that is service too. */
	if (!s->ready && now != ENGINE_STARTING) {
		s->ready = true;
		notify_ready();
	}
}

/* Everything is durable, and the broker has every answer. */
static bool
may_leave(const struct service *s)
{
	return engine_is_idle(s->engine) &&
	    (!mqtt_is_connected(s->broker.mqtt) || mqtt_queued(s->broker.mqtt) == 0);
}

static void
on_turn(void *ctx)
{
	struct service *s = ctx;

	engine_turn(s->engine);
	if (mqtt_is_paused(s->broker.mqtt)) {
		mqtt_resume(s->broker.mqtt);
		engine_turn(s->engine);
	}
	loop_timer_set(&s->wakeup, engine_wakeup(s->engine));
	follow_state(s);
	if (s->stopping && may_leave(s))
		loop_quit(s->loop);
}

/* The turn hook does what there is to do. */
static void
on_wakeup(void *ctx)
{
	(void)ctx;
}

static void
on_leave(void *ctx)
{
	struct service *s = ctx;

	log_line(LOG_LVL_WARNING, "leaving although not everything was answered; "
	    "terminals will ask again");
	loop_quit(s->loop);
}

static void
stop(struct service *s)
{
	if (s->stopping) {
		loop_quit(s->loop);	/* asked twice: at once */
		return;
	}
	s->stopping = true;
	notify_stopping();
	engine_stop(s->engine);
	loop_timer_set(&s->leave, loop_now_us() + LEAVE_AFTER_US);
}

static void
reload(struct service *s)
{
	struct store_config c;
	struct kas_why why;

	notify_reloading();
	if (config_load_store(s->config.file, &c, &why) != KAS_OK) {
		log_line(LOG_LVL_ERROR, "reload: %s; going on as before", why.text);
	} else {
		log_set_level(c.log_level);
		engine_set_gather(s->engine, c.gather_us);
		links_change_hq(s, &c);
		log_line(LOG_LVL_NOTICE, "reload: done; what else changed needs a restart");
	}
	notify_ready();
}

static void
on_signal(void *ctx, int sig)
{
	if (sig == SIGHUP)
		reload(ctx);
	else
		stop(ctx);
}

enum kas_err
turn_start(struct service *s, struct kas_why *why)
{
	if (loop_on_signal(s->loop, on_signal, s) != KAS_OK)
		return kas_fail(why, KAS_IO, "cannot catch signals");
	/* libmosquitto writes to sockets whose other end may be gone. */
	signal(SIGPIPE, SIG_IGN);
	loop_on_turn(s->loop, on_turn, s);
	loop_timer_init(&s->wakeup, s->loop, on_wakeup, s);
	loop_timer_init(&s->leave, s->loop, on_leave, s);
	loop_timer_init(&s->status, s->loop, on_status, s);
	loop_timer_init(&s->watchdog, s->loop, on_watchdog, s);
	loop_timer_set(&s->wakeup, 0);
	loop_timer_set(&s->status, loop_now_us() + STATUS_EVERY_US);
	if (notify_watchdog_us() > 0)
		loop_timer_set(&s->watchdog, 0);
	return KAS_OK;
}

void
turn_stop(struct service *s)
{
	loop_timer_fini(&s->wakeup);
	loop_timer_fini(&s->leave);
	loop_timer_fini(&s->status);
	loop_timer_fini(&s->watchdog);
}
