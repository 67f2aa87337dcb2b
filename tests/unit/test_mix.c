/* kasir-term's simulated tills: whatever they take back was sold, and the mix is the measured one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/proto.h"
#include "cash/check.h"
#include "tools/kasir-term/baskets.h"
#include "tools/kasir-term/mix.h"

#define DOCUMENTS 50000u
#define NOON	  1700020800000000	/* in Jakarta */

static const struct check_settings settings = { "IDR", 0, KASIR__V1__ROUNDING_MODE__HALF_UP, NULL };

struct sold {
	uint8_t *payload;
	size_t n;
	bool voided, touched;
	struct returned_line back[256];
	size_t n_back;
};

struct day {
	struct mix *mix;
	struct arena arena;
	struct sold *sold;		/* by sequence */
	uint64_t sequence;
	unsigned sales, returns, without_receipt, voids, lines, lines_back;
	unsigned cash, card, wallet;
};

static int
setup(void **state)
{
	struct day *d = calloc(1, sizeof(*d));

	arena_init(&d->arena, 0);
	d->sold = calloc(DOCUMENTS + 1, sizeof(*d->sold));
	d->mix = mix_open(1, "toko-1", "till-001");
	assert_non_null(d->mix);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct day *d = *state;
	size_t i;

	for (i = 0; i <= DOCUMENTS; i++)
		free(d->sold[i].payload);
	free(d->sold);
	mix_close(d->mix);
	arena_fini(&d->arena);
	free(d);
	return 0;
}

static void
assert_clean(const struct rule_set *broken)
{
	rule_id list[RULES_MAX];
	char name[RULE_NAME_MAX];

	if (rule_set_list(broken, list) == 0)
		return;
	rule_name(list[0], name);
	fail_msg("breaks %s", name);
}

static struct sold *
original_of(struct day *d, const Kasir__V1__Transaction *doc, Kasir__V1__Transaction **ret)
{
	struct sold *s;

	assert_non_null(doc->original);
	assert_string_equal(doc->original->terminal, "till-001");
	assert_int_equal(doc->original->epoch, 1);
	assert_true(doc->original->sequence < d->sequence);
	s = &d->sold[doc->original->sequence];
	assert_non_null(s->payload);
	*ret = PROTO_UNPACK(kasir__v1__transaction, &d->arena, BYTES(s->payload, s->n));
	assert_non_null(*ret);
	return s;
}

static void
on_return(struct day *d, const Kasir__V1__Transaction *doc)
{
	struct rule_set broken = { { 0 } };
	Kasir__V1__Transaction *original;
	struct sold *s;
	size_t n = 0;

	if (doc->n_flags > 0) {
		assert_int_equal(doc->flags[0], KASIR__V1__TRANSACTION_FLAG__NO_RECEIPT_RETURN);
		assert_null(doc->original);
		d->without_receipt++;
		return;
	}
	s = original_of(d, doc, &original);
	assert_true(s->n_back + doc->n_lines <= 256);
	check_return(doc, original, s->voided, s->back, s->n_back, &broken, &s->back[s->n_back], &n);
	assert_clean(&broken);
	s->n_back += n;
	s->touched = true;
	d->returns++;
	d->lines_back += (unsigned)doc->n_lines;
}

static void
on_void(struct day *d, const Kasir__V1__Transaction *doc)
{
	struct rule_set broken = { { 0 } };
	Kasir__V1__Transaction *original;
	struct sold *s = original_of(d, doc, &original);

	check_void(doc, original, s->voided || s->touched, &broken);
	assert_clean(&broken);
	assert_int_equal(doc->business_day, original->business_day);
	s->voided = true;
	d->voids++;
}

static void
on_sale(struct day *d, const Kasir__V1__Transaction *doc, struct bytes payload)
{
	struct sold *s = &d->sold[d->sequence];

	s->payload = malloc(payload.n);
	memcpy(s->payload, payload.p, payload.n);
	s->n = payload.n;
	d->sales++;
	d->lines += (unsigned)doc->n_lines;
	d->cash += doc->tenders[0]->kind == KASIR__V1__TENDER_KIND__CASH;
	d->card += doc->tenders[0]->kind == KASIR__V1__TENDER_KIND__DEBIT ||
	    doc->tenders[0]->kind == KASIR__V1__TENDER_KIND__CREDIT;
	d->wallet += doc->tenders[0]->kind == KASIR__V1__TENDER_KIND__EMONEY ||
	    doc->tenders[0]->kind == KASIR__V1__TENDER_KIND__QRIS;
}

static void
make_one(struct day *d, int64_t at_us)
{
	struct rule_set broken = { { 0 } }, notes = { { 0 } };
	Kasir__V1__Transaction *doc;
	struct mix_document m;

	arena_reset(&d->arena);
	assert_int_equal(mix_next(d->mix, at_us, &d->arena, &m), KAS_OK);
	d->sequence++;
	doc = PROTO_UNPACK(kasir__v1__transaction, &d->arena, m.payload);
	assert_non_null(doc);
	check_document(doc, &settings, &broken, &notes);
	assert_clean(&broken);
	assert_clean(&notes);
	assert_int_equal(doc->type, m.type);
	assert_true(doc->payable == m.payable);
	assert_true(doc->n_lines > 0);
	if (doc->type == KASIR__V1__TRANSACTION_TYPE__RETURN)
		on_return(d, doc);
	else if (doc->type == KASIR__V1__TRANSACTION_TYPE__POST_VOID)
		on_void(d, doc);
	else
		on_sale(d, doc, m.payload);
	assert_int_equal(mix_made(d->mix, 1, d->sequence), KAS_OK);
}

/* PART of WHOLE is within a tenth of WANTED of WANTED_WHOLE. */
static void
assert_share(unsigned part, unsigned whole, double wanted)
{
	double share = (double)part / whole;

	if (share < wanted * 0.9 || share > wanted * 1.1)
		fail_msg("%u of %u is %.4f, wanted %.4f", part, whole, share, wanted);
}

static void
nothing_breaks_a_rule_and_the_mix_is_the_measured_one(void **state)
{
	struct day *d = *state;
	unsigned i;

	for (i = 0; i < DOCUMENTS; i++)
		make_one(d, NOON + i);
	assert_share(d->returns, DOCUMENTS, 2603 / 25900.0);
	assert_share(d->without_receipt, DOCUMENTS, 1156 / 25900.0);
	assert_share(d->lines, d->sales, 2113 / 800.0);
	assert_share(d->cash, d->sales, 0.76);
	assert_share(d->card, d->sales, 0.17);
	assert_share(d->wallet, d->sales, 0.07);
	/* Few enough for chance to show. */
	assert_in_range(d->voids, DOCUMENTS * 77 / 25900 / 2, DOCUMENTS * 77 / 25900 * 2);
	assert_true(d->lines_back > d->returns);
}

static void
a_void_is_of_the_same_day(void **state)
{
	struct day *d = *state;
	unsigned i;

	for (i = 0; i < 20000; i++)
		make_one(d, NOON + (int64_t)i * 20000000000);	/* five and a half hours apart */
	assert_true(d->voids > 0);
	assert_true(d->returns > 0);
}

static void
what_was_not_made_is_not_taken_back(void **state)
{
	struct day *d = *state;
	struct mix_document m;
	unsigned i;

	for (i = 0; i < 5000; i++) {
		arena_reset(&d->arena);
		assert_int_equal(mix_next(d->mix, NOON, &d->arena, &m), KAS_OK);
	}
	for (i = 0; i < 5000; i++)
		make_one(d, NOON);
	assert_true(d->returns > 0);
}

static void
the_same_seed_and_till_give_the_same_documents(void **state)
{
	static const struct {
		uint64_t seed;
		const char *till;
		bool same;
	} others[] = { { 1, "till-001", true }, { 2, "till-001", false }, { 1, "till-002", false } };
	struct day *d = *state;
	struct mix_document x, y;
	size_t k;
	unsigned i;

	for (k = 0; k < 3; k++) {
		struct mix *a = mix_open(1, "toko-1", "till-001");
		struct mix *b = mix_open(others[k].seed, "toko-1", others[k].till);
		unsigned alike = 0;

		arena_reset(&d->arena);
		for (i = 1; i <= 500; i++) {
			assert_int_equal(mix_next(a, NOON, &d->arena, &x), KAS_OK);
			assert_int_equal(mix_next(b, NOON, &d->arena, &y), KAS_OK);
			alike += bytes_equal(x.payload, y.payload);
			assert_int_equal(mix_made(a, 1, i), KAS_OK);
			assert_int_equal(mix_made(b, 1, i), KAS_OK);
		}
		assert_int_equal(alike == 500, others[k].same);
		mix_close(a);
		mix_close(b);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_breaks_a_rule_and_the_mix_is_the_measured_one),
		T(a_void_is_of_the_same_day),
		T(what_was_not_made_is_not_taken_back),
		T(the_same_seed_and_till_give_the_same_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
