/* bench_check - what it costs to check a transaction of eight lines under a rule set, beside
 * the check of its signature, by turns in one run.
 * usage: bench_check SECONDS
 * Prints one line of JSON: microseconds of each, medians of the turns. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "tests/support/make_parts.h"
#include "tests/support/make_rules.h"

#define TURNS 21
#define STATEMENT 260		/* bytes, about */

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Seven articles with PPN of 12 % on 11/12, one of them with something off, and a service
 * charge; paid in cash. */
static Kasir__V1__Transaction *
make_receipt(struct arena *a)
{
	Kasir__V1__Transaction *doc = make_document(a, KASIR__V1__TRANSACTION_TYPE__SALE);
	Kasir__V1__Tax *tax = make_add_tax(a, doc, "PPN");
	Kasir__V1__Line *n;
	int i;

	tax->rate_bp = 1200;
	tax->base_numerator = 11;
	tax->base_denominator = 12;
	for (i = 1; i <= 8; i++) {
		n = make_add_line(a, doc, i < 8 ? KASIR__V1__LINE_KIND__ITEM
						: KASIR__V1__LINE_KIND__SERVICE_CHARGE);
		n->sku = arena_text(a, "00417");
		n->gtin = arena_text(a, i < 8 ? "8991234567891" : "");
		n->name = arena_text(a, "Minyak goreng Bimoli 2 L");
		n->tax_code = tax->code;
		n->quantity = i % 2 == 0 ? 1000 : 1250;
		n->unit_price = 17350000 + i * 500000;
		n->extended = n->amount = make_quotient(n->quantity * n->unit_price, 1000000);
		if (i == 3 && !make_add_discount(a, n, "Promo anggota", 1000))
			return NULL;
	}
	make_reckon(doc);
	doc->cash_rounding = doc->gross / 100 * 100 - doc->gross;
	doc->payable = doc->gross + doc->cash_rounding;
	make_add_tender(a, doc, KASIR__V1__TENDER_KIND__CASH, doc->payable + 5000)->change = 5000;
	return doc;
}

static double
time_checks(const Kasir__V1__Transaction *doc, const struct check_settings *settings, double us)
{
	struct rule_set broken = { 0 }, notes = { 0 };
	double from = now_us(), end = from + us, at;
	unsigned long n = 0, i;

	do {
		for (i = 0; i < 100; i++)
			check_document(doc, settings, &broken, &notes);
		n += 100;
		at = now_us();
	} while (at < end);
	if (!rule_set_is_empty(&broken) || !rule_set_is_empty(&notes))
		abort();
	return (at - from) / (double)n;
}

static double
time_signatures(double us)
{
	unsigned char pk[32], sk[64], sig[64], message[STATEMENT] = { 0 };
	double from, end, at;
	unsigned long n = 0;

	crypto_sign_keypair(pk, sk);
	crypto_sign_detached(sig, NULL, message, sizeof message, sk);
	from = now_us();
	end = from + us;
	do {
		if (crypto_sign_verify_detached(sig, message, sizeof message, pk) != 0)
			abort();
		n++;
		at = now_us();
	} while (at < end);
	return (at - from) / (double)n;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	struct check_settings settings = make_settings;
	double checks[TURNS], signatures[TURNS], turn;
	Kasir__V1__Transaction *doc;
	struct arena a;
	int i;

	if (argc != 2 || sodium_init() < 0)
		return EX_USAGE;
	turn = strtod(argv[1], NULL) * 1e6 / (2 * TURNS);
	arena_init(&a, 0);
	doc = make_receipt(&a);
	settings.rules = make_rules(&a);
	if (doc == NULL || settings.rules == NULL)
		return EX_OSERR;
	for (i = 0; i < TURNS; i++) {
		checks[i] = time_checks(doc, &settings, turn);
		signatures[i] = time_signatures(turn);
	}
	qsort(checks, TURNS, sizeof *checks, ascending);
	qsort(signatures, TURNS, sizeof *signatures, ascending);
	printf("{\"check_us\": %.3f, \"worst_us\": %.3f, \"signature_us\": %.2f}\n",
	    checks[TURNS / 2], checks[TURNS - 1], signatures[TURNS / 2]);
	arena_fini(&a);
	return 0;
}
