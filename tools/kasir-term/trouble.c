#include "tools/kasir-term/trouble.h"

#include <stdio.h>
#include <string.h>

struct words {
	char why[TERM_PATH_MAX + 400], next[2 * TERM_PATH_MAX];
};

static void
say_refused(const struct term_options *o, const struct fleet_trouble *t, struct words *w)
{
	snprintf(w->why, sizeof(w->why), "the store refuses %u of the tills, %s the first: %s",
	    t->tills, t->till, t->reason);
	snprintf(w->next, sizeof(w->next),
	    "enrol each: kasirctl terminal add %s --key %s/%s.vkey   (the epoch that it prints is "
	    "for --epoch)",
	    t->till, o->keys, t->till);
}

static void
say_offline(const struct term_options *o, struct words *w)
{
	if (o->broker.socket[0] != '\0')
		snprintf(w->why, sizeof(w->why), "no broker answers at %s", o->broker.socket);
	else
		snprintf(w->why, sizeof(w->why), "no broker answers at %s:%u", o->broker.host,
		    o->broker.port);
	snprintf(w->next, sizeof(w->next), "start the broker, or say with --broker where it is");
}

static void
say_silent(const struct term_options *o, const struct fleet_trouble *t, struct words *w)
{
	snprintf(w->why, sizeof(w->why), "store '%s' does not answer%s%s", o->store,
	    t->reason[0] != '\0' ? ": " : "", t->reason);
	snprintf(w->next, sizeof(w->next),
	    "see with `kasirctl status` whether kasird of this store runs and has this broker");
}

static void
say_stopped(const struct fleet_trouble *t, struct words *w)
{
	snprintf(w->why, sizeof(w->why), "%s has stopped (%s): %s", t->till,
	    session_state_text(t->state), t->reason);
	snprintf(w->next, sizeof(w->next), "keep its outbox and see `kasirctl verify`");
}

static void
find_words(const struct fleet *f, const struct term_options *o, struct words *w)
{
	struct fleet_trouble t;

	fleet_trouble(f, &t);
	*w = (struct words){ .why = "this was interrupted" };
	if (t.till == NULL || fleet_interrupted(f))
		return;
	switch (t.state) {
	case SESSION_REFUSED:
		say_refused(o, &t, w);
		break;
	case SESSION_OFFLINE:
		say_offline(o, w);
		break;
	case SESSION_FORKED:
	case SESSION_FAILED:
		say_stopped(&t, w);
		break;
	case SESSION_IDLE:
	case SESSION_SENDING:
	case SESSION_HOLDING:
		say_silent(o, &t, w);
		break;
	}
}

static int
tell_waiting(struct cli *cli, const struct fleet *f, const struct fleet_counts *c,
    const struct run_report *r)
{
	bool lost = strcmp(r->options->outbox, "memory") == 0;
	struct words w;

	find_words(f, r->options, &w);
	return cli_fail(cli, EX_TEMPFAIL, w.next[0] != '\0' ? w.next : NULL,
	    "%llu sales are not acknowledged: %s; they %s",
	    (unsigned long long)c->waiting, w.why,
	    lost ? "were in memory and are gone" : "stay in the outbox, and are sent next time");
}

int
trouble_tell(struct cli *cli, const struct fleet *f, const struct fleet_counts *c,
    const struct run_report *r)
{
	if (c->waiting > 0)
		return tell_waiting(cli, f, c, r);
	if (c->rejected > 0)
		return cli_fail(cli, EX_TEMPFAIL,
		    "enrol the till's own key, then `kasir-term run` sends them again",
		    "%llu sales are rejected by the store, which takes them for not genuine; they stay "
		    "in the outbox",
		    (unsigned long long)c->rejected);
	if (c->conflicts > 0)
		return cli_fail(cli, EX_DATAERR, "see `kasir-term status`", "%llu sales are in conflict",
		    (unsigned long long)c->conflicts);
	if (r->want_witnessed && c->durable > 0)
		return cli_fail(cli, EX_TEMPFAIL, "see `kasirctl status` on how the uplink stands",
		    "%llu sales are durable at the store, but headquarters has not cosigned them",
		    (unsigned long long)c->durable);
	return EX_OK;
}
