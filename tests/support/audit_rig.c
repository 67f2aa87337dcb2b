#include "tests/support/audit_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edge/team.h"

struct made_ledger *
audit_rig_make(uint64_t seed)
{
	struct made_ledger *m = made_ledger_open(seed);

	made_ledger_enrol(m, "front", 1);
	made_ledger_enrol(m, "back", 1);
	for (int i = 0; i < 74; i++) {
		made_ledger_sell(m, FRONT(m), 2);
		made_ledger_sell(m, BACK(m), 2);
	}
	made_ledger_sign(m);
	made_ledger_cosign(m, m->wall_us);
	assert_int_equal(m->n, 300);
	made_ledger_snapshot(m);
	made_ledger_sell(m, FRONT(m), 200);
	made_ledger_sell(m, BACK(m), 100);
	made_ledger_sell_to(m, BACK(m), "Ibu Sri");
	made_ledger_return(m, BACK(m), 40);
	return m;
}

void
audit_rig_finish(struct made_ledger *m)
{
	made_ledger_sign(m);
	made_ledger_cosign(m, m->wall_us);
}

struct bytes
audit_rig_changed(struct made_ledger *m, struct bytes b, size_t at)
{
	struct bytes copy;

	assert_true(arena_copy(&m->arena, b, &copy));
	((uint8_t *)copy.p)[at] ^= 0x01;
	return copy;
}

struct audit_report
audit_rig_run(struct made_ledger *m, const struct bytes *against, size_t n_against, bool with_hq)
{
	struct audit_source source = made_ledger_source(m);
	struct audit_options o = { .key = signer_vkey(m->signer),
		.hq = with_hq ? signer_vkey(m->hq) : NULL, .against = against,
		.n_against = n_against, .now_us = m->wall_us };
	struct audit_report one, many;
	struct kas_why why = { "" };
	struct audit_team alone = audit_team_alone(), together;
	struct team *team;

	if (audit_run(&source, &alone, &o, &one, &why) != KAS_OK)
		fail_msg("%s", why.text);
	/* The result does not depend on how many work on it. */
	assert_int_equal(team_open(3, &team, &why), KAS_OK);
	together = team_port(team);
	assert_int_equal(audit_run(&source, &together, &o, &many, &why), KAS_OK);
	team_close(team);
	assert_int_equal(one.findings.n, many.findings.n);
	for (size_t i = 0; i < one.findings.n; i++) {
		const struct finding *f = &one.findings.list[i];
		const struct finding *g = findings_of(&many.findings, f->kind, f->remark);

		assert_non_null(g);
		assert_int_equal(f->first, g->first);
		assert_int_equal(f->count, g->count);
		assert_string_equal(f->text, g->text);
	}
	return one;
}

static void
show(const struct audit_report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		print_message("  %s%s at %llu, %llu times: %s\n",
		    audit_kind_name(r->findings.list[i].kind),
		    r->findings.list[i].remark ? " (remark)" : "",
		    (unsigned long long)r->findings.list[i].first,
		    (unsigned long long)r->findings.list[i].count, r->findings.list[i].text);
}

void
audit_rig_expect(const char *what, const struct audit_report *r, enum audit_kind kind,
    uint64_t index, enum audit_class class)
{
	const struct finding *f = findings_headline(&r->findings);

	if (f == NULL || f->kind != kind || f->first != index || audit_outcome(r) != class) {
		show(r);
		fail_msg("%s: expected %s at %llu, class %s", what, audit_kind_name(kind),
		    (unsigned long long)index, audit_class_name(class));
	}
}

void
audit_rig_expect_clean(const struct audit_report *r, enum audit_class class)
{
	if (findings_headline(&r->findings) != NULL)
		show(r);
	assert_null(findings_headline(&r->findings));
	assert_int_equal(audit_outcome(r), class);
}
