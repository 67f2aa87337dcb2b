/* One sale, start to end, as a till would make it. */
#include "tools/kasir-term/commands.h"

#include <stdio.h>
#include <time.h>

#include "tools/kasir-term/report.h"

const struct cli_option sell_options[] = {
	{ "terminal", 't', "ID", "which till sells" },
	{ "name", 0, "TEXT", "of the goods (Es Teh Manis)" },
	{ "price", 'p', "RUPIAH", "of the goods, before 10 % tax (8000)" },
	{ "wait-witnessed", 'w', NULL, "wait until headquarters has it, too" },
	{ "patience", 0, "SECONDS", "how long to wait (30)" },
	{ NULL, 0, NULL, NULL },
};

static void
print_proof(struct fleet *f)
{
	struct session_stats s;

	session_stats(till_session(fleet_till(f, 0)), &s);
	fprintf(stderr, "sale %llu of epoch %llu: %s; verified ledger of %llu entries",
	    (unsigned long long)s.sequence, (unsigned long long)s.epoch,
	    s.made > 0 ? "in the outbox, not yet acknowledged" : "proved to be in the store's ledger",
	    (unsigned long long)s.checkpoint_size);
	if (s.cosigned_size > 0)
		fprintf(stderr, ", headquarters cosigned %llu", (unsigned long long)s.cosigned_size);
	fprintf(stderr, "\n");
	if (s.reason[0] != '\0')
		fprintf(stderr, "%s\n", s.reason);
}

static int
sell_one(struct cli *cli, const struct term_options *o, struct fleet *f, uint64_t price,
    uint64_t patience_us)
{
	struct run_report r = { .options = o, .want_witnessed = cli_flag(cli, "wait-witnessed") };
	uint64_t began = loop_now_us();
	struct timespec ts;
	struct arena a;
	struct bytes payload;
	enum kas_err err;

	clock_gettime(CLOCK_REALTIME, &ts);
	arena_init(&a, 0);
	payload = basket_single(cli_value(cli, "name", "Es Teh Manis"), (int64_t)price,
	    (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000, &a);
	err = fleet_sell(f, 0, payload, BYTES_NONE, began, NULL);
	arena_fini(&a);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "the sale was not made: %s", kas_err_text(err));
	report_add(&r, KASIR__V1__TRANSACTION_TYPE__SALE,
	    (int64_t)(price + (price * 1000 + 5000) / 10000));
	(void)fleet_wait_settled(f, r.want_witnessed, patience_us);
	r.elapsed_us = loop_now_us() - began;
	print_proof(f);
	return report_run(cli, f, &r);
}

int
sell(struct cli *cli)
{
	struct term_options o;
	struct fleet_config config = { .options = &o, .n = 1 };
	struct fleet *f;
	struct kas_why why;
	int code = options_read(cli, false, &o);
	uint64_t price = cli_number(cli, "price", 1, 1000000000, 8000, &code);
	uint64_t patience = cli_number(cli, "patience", 1, 86400, 30, &code);
	enum kas_err err;

	if (code != EX_OK)
		return code;
	config.name = cli_value(cli, "terminal", NULL);
	if (config.name == NULL)
		return cli_usage(cli, "--terminal must name the till");
	err = fleet_open(&config, &f, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	code = sell_one(cli, &o, f, price, patience * 1000000);
	fleet_close(f);
	return code;
}
