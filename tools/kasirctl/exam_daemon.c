/* exam_daemon.c - the daemon, headquarters, the reports, and what waits for the manager. */
#include "tools/kasirctl/exam.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/control_client.h"
#include "edge/lang.h"
#include "kasir/version.h"
#include "report/reports.h"
#include "tools/kasirctl/desk.h"

#define ANSWER_MS 5000u
#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define BACKLOG_MAX 10000u
#define REPORTS_LAG_MAX 5000u
#define DESK_MAX 1000u

static uint64_t
counter(const Kasir__V1__StatusReport *s, const char *name)
{
	for (size_t i = 0; i < s->n_counters; i++)
		if (strcmp(s->counters[i]->name, name) == 0)
			return s->counters[i]->value;
	return 0;
}

static bool
ask(struct exam *x, struct kas_why *why)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__StatusRequest status = KASIR__V1__STATUS_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;

	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_STATUS;
	request.status = &status;
	if (control_call(x->config.control_socket, ANSWER_MS, &request, &x->arena, &answer, why) !=
	    KAS_OK)
		return false;
	if (answer->body_case != KASIR__V1__CONTROL_RESPONSE__BODY_STATUS) {
		kas_fail(why, KAS_MALFORMED, "kasird: %s", answer->error);
		return false;
	}
	x->status = answer->status;
	return true;
}

static void
examine_counters(struct exam *x)
{
	static const struct {
		const char *name, *code, *next_step;
	} alarms[] = {
		{ "flush_failures", "daemon.flush_failures",
		    N_("the disk: look into the kernel's log with 'journalctl -k'") },
		{ "flooded", "daemon.flooded",
		    N_("find the client that floods the broker: 'journalctl -u kasird'") },
		{ "asides_dropped", "daemon.asides_dropped",
		    N_("find the client that floods the broker: 'journalctl -u kasird'") },
		{ "uplink_refused", "daemon.uplink_refused",
		    N_("'journalctl -u kasird' has headquarters' reason") },
	};
	uint64_t n;

	for (size_t i = 0; i < sizeof alarms / sizeof alarms[0]; i++) {
		n = counter(x->status, alarms[i].name);
		if (n > 0)
			exam_say(x, EXAM_WARNING, alarms[i].code, alarms[i].next_step,
			    "since kasird began: %s %llu", alarms[i].name,
			    (unsigned long long)n);
	}
}

void
exam_daemon(struct exam *x)
{
	struct kas_why why = { "" };

	if (!ask(x, &why)) {
		exam_say(x, EXAM_FAULT, "daemon.away",
		    "start it ('systemctl start kasird'), and see what it says: 'journalctl -u kasird'",
		    "%s", why.text);
		return;
	}
	if (strcmp(x->status->state, "serving") != 0)
		exam_say(x, EXAM_FAULT, "daemon.state",
		    "the page 'when something is wrong' of the documents says what to do in each state",
		    "kasird does not serve: %s: %s", x->status->state, x->status->state_detail);
	else
		exam_say(x, EXAM_GOOD, "daemon.good", NULL, "kasird: serving");
	if (!x->status->broker_connected)
		exam_say(x, EXAM_FAULT, "daemon.broker",
		    "start the broker, or mend broker { ... } in the configuration",
		    "kasird is not connected to the broker: no sale comes in");
	if (strcmp(x->status->version, KASIR_VERSION) != 0)
		exam_say(x, EXAM_WARNING, "daemon.version", "restart kasird: 'systemctl restart kasird'",
		    "kasird is of version %s, this is %s", x->status->version, KASIR_VERSION);
	examine_counters(x);
}

static int64_t
wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
examine_backlog(struct exam *x)
{
	const Kasir__V1__StatusReport *s = x->status;
	uint64_t wait = s->size > s->cosigned_size ? s->size - s->cosigned_size : 0;
	bool old = wait > 0 && s->cosigned_wall_us != 0 && wall_us() - s->cosigned_wall_us > DAY_US;

	if (wait > BACKLOG_MAX || old)
		exam_say(x, EXAM_WARNING, "uplink.backlog",
		    "bring the way to headquarters back; nothing is lost meanwhile, but this store is "
		    "the only one that has these sales",
		    "%llu entries wait for headquarters", (unsigned long long)wait);
	else
		exam_say(x, EXAM_GOOD, "uplink.good", NULL,
		    "headquarters: %llu entries cosigned, %llu wait",
		    (unsigned long long)s->cosigned_size, (unsigned long long)wait);
}

void
exam_uplink(struct exam *x)
{
	const Kasir__V1__StatusReport *s = x->status;
	char address[MQTT_ADDRESS_TEXT];

	if (!x->config.has_hq) {
		exam_say(x, EXAM_NOTE, "uplink.none",
		    "if there is a headquarters, name it in the configuration (headquarters { ... })",
		    "no headquarters: only terminals keep a second copy of the sales");
		return;
	}
	if (s == NULL)
		return;
	mqtt_address_format(&x->config.hq.broker, address);
	if (strcmp(s->uplink_state, "in step") != 0 && strcmp(s->uplink_state, "streaming") != 0 &&
	    strcmp(s->uplink_state, "greeting") != 0)
		exam_say(x, strncmp(s->uplink_state, "stopped", 7) == 0 ? EXAM_FAULT : EXAM_WARNING,
		    "uplink.down", strncmp(s->uplink_state, "stopped", 7) == 0 ?
		    "two histories of this store were signed: call headquarters before anything else" :
		    N_("look at the network, at headquarters' broker and whether kasir-hq runs"),
		    "the way to headquarters (%s): %s", address, s->uplink_state);
	examine_backlog(x);
}

/* kasird has in memory what it made, and may not notice that the file has gone bad. */
static bool
reports_are_damaged(struct exam *x, struct kas_why *why)
{
	char path[CONFIG_PATH_MAX];
	sqlite3 *db = NULL;
	enum kas_err err = KAS_NOTFOUND;

	if (config_path(x->config.data_dir, CONFIG_REPORTS, path) == KAS_OK)
		err = sql_open(path, &reports_kind, SQL_READ, &db, why);
	if (err == KAS_OK)
		sql_close(db);
	return err == KAS_CORRUPT;
}

void
exam_reports(struct exam *x)
{
	const Kasir__V1__StatusReport *s = x->status;
	struct kas_why why;

	if (s == NULL)
		return;
	if (!s->reports_on)
		exam_say(x, EXAM_NOTE, "reports.off", NULL, "reports are not kept here");
	else if (reports_are_damaged(x, &why))
		exam_say(x, EXAM_WARNING, "reports.damaged",
		    "'kasirctl reports rebuild' makes them again", "%s", why.text);
	else if (s->reports_why[0] != '\0')
		exam_say(x, EXAM_WARNING, "reports.stopped",
		    "remove reports.db and restart kasird: it is made again from the ledger",
		    "reports stand still: %s", s->reports_why);
	else if (s->size > s->reports_size + REPORTS_LAG_MAX)
		exam_say(x, EXAM_WARNING, "reports.behind",
		    "wait; if it does not shrink, see 'journalctl -u kasird'",
		    "reports lack the last %llu entries",
		    (unsigned long long)(s->size - s->reports_size));
	else
		exam_say(x, EXAM_GOOD, "reports.good", NULL, "reports: up to the ledger");
}

static void
say_waiting(struct exam *x, const char *code, enum desk_kind kind, size_t count)
{
	struct finding *f = &x->finding[x->n];

	exam_say(x, EXAM_WARNING, code, desk_next_step(kind), "%zu wait for the manager: %s", count,
	    desk_kind_text(kind));
	snprintf(f->shown, sizeof f->shown, _("%zu wait for the manager: %s"), count,
	    lang_word(desk_kind_text(kind)));
}

/* What waits for the manager, by kind. */
void
exam_desk(struct exam *x)
{
	static const char *const codes[DESK__KINDS] = {
		[DESK_EXCEPTION] = "desk.exceptions", [DESK_RETURN] = "desk.returns",
		[DESK_CONFLICT] = "desk.conflicts", [DESK_BILL] = "desk.bills",
		[DESK_TENDER] = "desk.tenders", [DESK_CARD] = "desk.cards",
		[DESK_GAP] = "desk.gaps", [DESK_REFUSED] = "desk.refused",
	};
	const struct desk_wants wants = { .limit = DESK_MAX };
	size_t count[DESK__KINDS] = { 0 }, all = 0;
	struct desk desk = { 0 };
	enum kas_err err;

	if (x->ledger == NULL)
		return;
	err = desk_read(x->ledger, &wants, &desk);
	for (size_t i = 0; err == KAS_OK && i < desk.n; i++, all++)
		count[desk.rows[i].kind]++;
	for (enum desk_kind k = 0; err == KAS_OK && k < DESK__KINDS; k++)
		if (count[k] > 0)
			say_waiting(x, codes[k], k, count[k]);
	if (err != KAS_OK)
		exam_say(x, EXAM_FAULT, "desk.unreadable",
		    "'kasirctl verify' says what is wrong with the ledger", "the manager's desk: %s",
		    kas_err_text(err));
	else if (all == 0)
		exam_say(x, EXAM_GOOD, "desk.good", NULL, "nothing waits for the manager");
	desk_fini(&desk);
}
