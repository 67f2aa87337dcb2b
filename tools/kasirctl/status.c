#include "tools/kasirctl/ctl.h"

#include <inttypes.h>

#include "edge/lang.h"

static void
add_money(struct table *t, const Kasir__V1__StatusReport *s, uint64_t amount, uint64_t count)
{
	char money[MONEY_TEXT_MAX], shown[MONEY_TEXT_MAX + 32];

	lang_money((struct money){ (int64_t)amount }, s->currency, s->exponent, money);
	/* TRANSLATORS: an amount, and in how many documents */
	snprintf(shown, sizeof shown, _("%s in %llu"), money, (unsigned long long)count);
	table_shown_number(t, shown, (int64_t)amount);
}

static void
add_totals(struct table *t, const Kasir__V1__StatusReport *s)
{
	Kasir__V1__GrandTotals none = KASIR__V1__GRAND_TOTALS__INIT;
	const Kasir__V1__GrandTotals *g = s->totals != NULL ? s->totals : &none;

	add_money(t, s, g->sales, g->sales_count);
	table_count(t, g->sales_count);
	add_money(t, s, g->returns, g->returns_count);
	table_count(t, g->returns_count);
	add_money(t, s, g->voids, g->voids_count);
	table_count(t, g->voids_count);
	add_money(t, s, g->exceptions, g->exceptions_count);
	table_count(t, g->exceptions_count);
}

static void
add_cosigned(struct table *t, const Kasir__V1__StatusReport *s)
{
	char shown[64];

	snprintf(shown, sizeof shown, _("%llu entries, %llu wait"),
	    (unsigned long long)s->cosigned_size,
	    (unsigned long long)(s->size > s->cosigned_size ? s->size - s->cosigned_size : 0));
	table_shown_number(t, shown, (int64_t)s->cosigned_size);
	table_time(t, s->cosigned_wall_us);
}

/* For programs; people read it in the state. */
static void
add_newer(struct table *t, const Kasir__V1__StatusReport *s)
{
	table_count(t, s->newer_size);
	if (s->newer_size == 0)
		table_text(t, NULL);
	else if (s->newer_terminal[0] == '\0')
		table_text(t, "headquarters");
	else
		table_textf(t, "terminal %s", s->newer_terminal);
	table_time(t, s->newer_wall_us);
}

static void
add_uptime(struct table *t, uint64_t us)
{
	uint64_t s = us / 1000000;
	char shown[48];

	/* TRANSLATORS: days, hours, minutes, seconds */
	snprintf(shown, sizeof shown, _("%llu d %02llu:%02llu:%02llu"),
	    (unsigned long long)(s / 86400), (unsigned long long)(s / 3600 % 24),
	    (unsigned long long)(s / 60 % 60), (unsigned long long)(s % 60));
	table_shown_number(t, shown, (int64_t)s);
}

static void
add_terminals(struct table *t, const Kasir__V1__StatusReport *s)
{
	char shown[48];

	snprintf(shown, sizeof shown, _("%u, %u present"), (unsigned)s->terminals,
	    (unsigned)s->terminals_present);
	table_shown_number(t, shown, s->terminals);
	table_count(t, s->terminals_present);
}

static void
add_counters(struct table *t, const Kasir__V1__StatusReport *s)
{
	static const struct table_column columns[] = {
		{ "name", "Name", TABLE_LEFT }, { "value", "Value", TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *rows = table_open(columns);

	for (size_t i = 0; i < s->n_counters; i++) {
		table_text(rows, s->counters[i]->name);
		table_count(rows, s->counters[i]->value);
	}
	table_rows(t, rows);
	table_close(rows);
}

static void
add_reports(struct table *t, const Kasir__V1__StatusReport *s)
{
	uint64_t behind = s->size > s->reports_size ? s->size - s->reports_size : 0;
	char shown[400];

	if (!s->reports_on)
		snprintf(shown, sizeof shown, "%s", _("off"));
	else if (s->reports_why[0] != '\0')
		snprintf(shown, sizeof shown, _("stand still: %s"), s->reports_why);
	else if (behind == 0)
		snprintf(shown, sizeof shown, "%s", _("in step"));
	else
		snprintf(shown, sizeof shown, _("%llu entries behind"), (unsigned long long)behind);
	table_shown_bool(t, shown, s->reports_on);
	table_count(t, s->reports_size);
	table_text(t, s->reports_why);
}

static int
show(const struct cli *cli, const Kasir__V1__StatusReport *s)
{
	static const struct table_column columns[] = {
		{ "store", "Store", TABLE_LEFT }, { "origin", "Ledger", TABLE_LEFT },
		{ "state", "State", TABLE_LEFT }, { "state_detail", NULL, TABLE_LEFT },
		{ "newer_size", NULL, TABLE_LEFT }, { "newer_shown_by", NULL, TABLE_LEFT },
		{ "newer_shown_at", NULL, TABLE_LEFT },
		{ "size", "Entries", TABLE_LEFT }, { "root", "Root", TABLE_LEFT },
		{ "cosigned_size", "At headquarters", TABLE_LEFT },
		{ "cosigned_at", "Cosigned", TABLE_LEFT },
		{ "uplink", "Uplink", TABLE_LEFT }, { "broker_connected", "Broker", TABLE_LEFT },
		{ "terminals", "Terminals", TABLE_LEFT },
		{ "terminals_present", NULL, TABLE_LEFT },
		{ "sales", "Sales", TABLE_LEFT }, { "sales_count", NULL, TABLE_LEFT },
		{ "returns", "Returns", TABLE_LEFT }, { "returns_count", NULL, TABLE_LEFT },
		{ "voids", "Voids", TABLE_LEFT }, { "voids_count", NULL, TABLE_LEFT },
		{ "exceptions", "Exceptions", TABLE_LEFT },
		{ "exceptions_count", NULL, TABLE_LEFT },
		{ "currency", NULL, TABLE_LEFT }, { "exponent", NULL, TABLE_LEFT },
		{ "reports_on", "Reports", TABLE_LEFT }, { "reports_size", NULL, TABLE_LEFT },
		{ "reports_why", NULL, TABLE_LEFT },
		{ "uptime_s", "Up", TABLE_LEFT }, { "version", "Version", TABLE_LEFT },
		{ "counters", NULL, TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	char state[480];

	table_text(t, s->store);
	table_text(t, s->origin);
	snprintf(state, sizeof state, "%s%s%s", lang_word(s->state), s->state_detail[0] != '\0' ? ": " : "",
	    s->state_detail);
	table_shown_text(t, state, s->state);
	table_text(t, s->state_detail);
	add_newer(t, s);
	table_count(t, s->size);
	table_hex(t, bytes_of_proto(s->root));
	add_cosigned(t, s);
	table_shown_text(t, lang_word(s->uplink_state), s->uplink_state);
	table_shown_bool(t, s->broker_connected ? _("connected") : _("not connected"),
	    s->broker_connected);
	add_terminals(t, s);
	add_totals(t, s);
	table_text(t, s->currency);
	table_count(t, s->exponent);
	add_reports(t, s);
	add_uptime(t, s->uptime_us);
	table_text(t, s->version);
	add_counters(t, s);
	return ctl_print(cli, t, true);
}

int
ctl_status(struct cli *cli)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__StatusRequest status = KASIR__V1__STATUS_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	struct arena a;
	int rc;

	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_STATUS;
	request.status = &status;
	arena_init(&a, 0);
	rc = ctl_call(cli, &request, &a, &answer);
	if (rc == EX_OK && answer->body_case == KASIR__V1__CONTROL_RESPONSE__BODY_STATUS)
		rc = show(cli, answer->status);
	else if (rc == EX_OK)
		rc = cli_fail(cli, EX_PROTOCOL, "install kasird and kasirctl of one version",
		    "kasird answered something else than was asked");
	arena_fini(&a);
	return rc;
}
