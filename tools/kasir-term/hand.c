#include "tools/kasir-term/hand.h"

#include <stdio.h>
#include <time.h>

#include "base/proto.h"
#include "tools/kasir-term/report.h"
#include "tools/kasir-term/trouble.h"

static void
say_who_and_when(const struct cli *cli, Kasir__V1__Transaction *doc)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	doc->schema = 1;
	doc->at_us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	doc->utc_offset_min = BASKET_UTC_OFFSET_MIN;
	doc->business_day = basket_business_day(doc->at_us);
	doc->cashier = (char *)cli_value(cli, "cashier", "sari");
	doc->shift = (char *)cli_value(cli, "shift", "1");
	doc->supervisor = (char *)cli_value(cli, "supervisor", "");
	doc->currency = (char *)"IDR";
}

/* In the words that kasirctl takes it by. */
static void
tell(struct fleet *f, const struct receipt *r)
{
	const char *till = till_name(fleet_till(f, 0));
	unsigned long long epoch = r->epoch, sequence = r->sequence;
	struct fleet_counts c;
	struct session_stats s;

	fleet_count(f, &c);
	session_stats(till_session(fleet_till(f, 0)), &s);
	printf("%s/%llu/%llu: %s\n", till, epoch, sequence,
	    c.waiting > 0 ? "in the outbox, not yet acknowledged"
	    : c.exceptions > 0 ? "proved to be in the store's ledger, as an exception"
	    : "proved to be in the store's ledger");
	if (c.exceptions > 0)
		printf("It breaks a rule: 'kasirctl exceptions show %s/%llu/%llu' says which.\n", till,
		    epoch, sequence);
	printf("Verified: a ledger of %llu entries, %llu cosigned by headquarters.\n",
	    (unsigned long long)s.checkpoint_size, (unsigned long long)s.cosigned_size);
}

static int
send(struct cli *cli, struct fleet *f, const Kasir__V1__Transaction *doc, struct bytes payload,
    struct run_report *r, uint64_t patience_us)
{
	uint64_t began = loop_now_us();
	struct receipt made;
	enum kas_err err = fleet_sell(f, 0, payload, BYTES_NONE, began, &made);
	struct fleet_counts c;

	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "it was not made: %s", kas_err_text(err));
	report_add(r, doc->type, doc->payable);
	(void)fleet_wait_settled(f, r->want_witnessed, patience_us);
	r->elapsed_us = loop_now_us() - began;
	if (cli_flag(cli, "json"))
		return report_run(cli, f, r);
	tell(f, &made);
	fleet_count(f, &c);
	return trouble_tell(cli, f, &c, r);
}

int
hand_in(struct cli *cli, Kasir__V1__Transaction *doc)
{
	struct term_options o;
	struct fleet_config config = { .options = &o, .n = 1 };
	struct run_report r = { .options = &o, .want_witnessed = cli_flag(cli, "wait-witnessed") };
	int code = options_read(cli, false, &o);
	uint64_t patience = cli_number(cli, "patience", 1, 86400, 30, &code);
	struct bytes payload;
	struct fleet *f;
	struct kas_why why;
	struct arena a;
	enum kas_err err;

	if (code != EX_OK)
		return code;
	config.name = cli_value(cli, "terminal", NULL);
	if (config.name == NULL)
		return cli_usage(cli, "--terminal must name the till");
	err = fleet_open(&config, &f, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	arena_init(&a, 0);
	say_who_and_when(cli, doc);
	code = EX_OSERR;
	if (proto_pack(&a, &doc->base, &payload))
		code = send(cli, f, doc, payload, &r, patience * 1000000);
	arena_fini(&a);
	fleet_close(f);
	return code;
}
