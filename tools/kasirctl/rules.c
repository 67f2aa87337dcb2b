/* Rule sets: look, check a file, put one in force. */
#include "tools/kasirctl/ctl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/proto.h"
#include "edge/lang.h"
#include "edge/rules_file.h"
#include "tools/kasirctl/proto_json.h"
#include "tools/kasirctl/rules_diff.h"

/* Each error on a line of its own, as compilers have them, so that editors find the place. */
static int
fail_file(const struct cli *cli, const char *path, const struct problems *p, enum kas_err err,
    const struct kas_why *why)
{
	size_t i;

	if (err != KAS_MALFORMED)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why->text);
	for (i = 0; i < p->n && i < PROBLEMS_MAX; i++)
		if (p->item[i].line != 0)
			fprintf(stderr, "%s:%u: %s\n", path, p->item[i].line, p->item[i].text);
		else
			fprintf(stderr, "%s: %s\n", path, p->item[i].text);
	return cli_fail(cli, EX_DATAERR, "mend these lines; kasir-rules(5) explains the settings",
	    "%s", why->text);
}

static int
load_file(const struct cli *cli, struct arena *a, Kasir__V1__RuleSet **ret)
{
	struct problems problems;
	struct kas_why why;
	enum kas_err err = rules_load(cli->argv[0], a, ret, &problems, &why);

	return err == KAS_OK ? EX_OK : fail_file(cli, cli->argv[0], &problems, err, &why);
}

static size_t
count_codes(const Kasir__V1__RuleSet *rs)
{
	size_t i, n = 0;

	for (i = 0; i < rs->n_periods; i++)
		n += rs->periods[i]->n_tax_codes;
	return n;
}

static int
print_summary(const struct cli *cli, const Kasir__V1__RuleSet *rs)
{
	static const struct table_column columns[] = {
		{ "name", "Rule set", TABLE_LEFT }, { "currency", "Currency", TABLE_LEFT },
		{ "exponent", "Decimals", TABLE_RIGHT }, { "periods", "Periods", TABLE_RIGHT },
		{ "tax_codes", "Tax codes", TABLE_RIGHT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_text(t, rs->name);
	table_text(t, rs->currency);
	table_count(t, rs->exponent);
	table_count(t, rs->n_periods);
	table_count(t, count_codes(rs));
	return ctl_print(cli, t, true);
}

int
ctl_rules_check(struct cli *cli)
{
	Kasir__V1__RuleSet *rs;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = load_file(cli, &a, &rs);
	if (rc == EX_OK)
		rc = print_summary(cli, rs);
	arena_fini(&a);
	return rc;
}

/* *RET NULL: none was loaded. */
static int
ask_rules(const struct cli *cli, struct arena *a, Kasir__V1__RuleSet **ret, uint64_t *ret_index)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__RulesShowRequest show = KASIR__V1__RULES_SHOW_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	int rc;

	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_RULES_SHOW;
	request.rules_show = &show;
	rc = ctl_call(cli, &request, a, &answer);
	if (rc != EX_OK)
		return rc;
	*ret = NULL;
	if (answer->body_case != KASIR__V1__CONTROL_RESPONSE__BODY_RULES)
		return cli_fail(cli, EX_PROTOCOL, NULL, "kasird's answer is not about rules");
	if (!answer->rules->loaded)
		return EX_OK;
	*ret_index = answer->rules->index;
	*ret = PROTO_UNPACK(kasir__v1__rule_set, a,
	    bytes_of_proto(answer->rules->rule_set));
	if (*ret == NULL)
		return cli_fail(cli, EX_PROTOCOL, NULL, "the rule set that kasird answers with "
		    "cannot be read");
	return EX_OK;
}

/* Only the period of --at, if that was asked for. */
static int
pick_day(const struct cli *cli, Kasir__V1__RuleSet *rs)
{
	const char *at = cli_value(cli, "at", NULL);
	const Kasir__V1__RulePeriod *period;
	uint32_t day;

	if (at == NULL)
		return EX_OK;
	if (!rules_parse_day(at, &day))
		return cli_usage(cli, "--at %s: expected a day like 2025-01-31", at);
	period = ruleset_period(rs, day);
	if (period == NULL)
		return cli_fail(cli, EX_DATAERR, NULL, "no period of %s covers %s", rs->name, at);
	rs->periods[0] = (Kasir__V1__RulePeriod *)(uintptr_t)period;
	rs->n_periods = 1;
	return EX_OK;
}

static int
print_file(const struct cli *cli, const Kasir__V1__RuleSet *rs, uint64_t index)
{
	struct buf text;
	int rc = EX_OK;

	buf_init(&text);
	buf_addf(&text, "# in force from entry %" PRIu64 " on\n", index);
	rules_write(rs, &text);
	if (text.failed)
		rc = cli_fail(cli, EX_OSERR, NULL, "out of memory");
	else if (fwrite(text.p, 1, text.n, stdout) != text.n)
		rc = cli_fail(cli, EX_IOERR, NULL, "standard output: it cannot be written");
	buf_fini(&text);
	return rc;
}

static int
print_json(const struct cli *cli, const Kasir__V1__RuleSet *rs, uint64_t index)
{
	static const struct table_column columns[] = {
		{ "index", "Entry", TABLE_RIGHT }, { "rules", "Rules", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_count(t, index);
	table_json(t, rs->name, proto_json(&rs->base));
	return ctl_print(cli, t, true);
}

static int
show(const struct cli *cli, Kasir__V1__RuleSet *rs, uint64_t index)
{
	int rc = pick_day(cli, rs);

	if (rc != EX_OK)
		return rc;
	return cli_flag(cli, "json") ? print_json(cli, rs, index) : print_file(cli, rs, index);
}

static int
fail_none(const struct cli *cli)
{
	return cli_fail(cli, EX_UNAVAILABLE, "'kasirctl rules load FILE' puts one in force; "
	    "share/kasir/rules has some", "no rule set was loaded: tax codes and cash "
	    "rounding are not checked");
}

int
ctl_rules_show(struct cli *cli)
{
	Kasir__V1__RuleSet *rs = NULL;
	uint64_t index = 0;
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = ask_rules(cli, &a, &rs, &index);
	if (rc == EX_OK)
		rc = rs != NULL ? show(cli, rs, index) : fail_none(cli);
	arena_fini(&a);
	return rc;
}

static int
print_entry(const struct cli *cli, const char *name, uint64_t index)
{
	static const struct table_column columns[] = {
		{ "name", "Rule set", TABLE_LEFT }, { "index", "In force from entry", TABLE_RIGHT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_text(t, name);
	table_count(t, index);
	return ctl_print(cli, t, true);
}

static int
send(const struct cli *cli, const Kasir__V1__RuleSet *rs, uint64_t compared_with, struct arena *a)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__RulesLoadRequest load = KASIR__V1__RULES_LOAD_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	struct bytes packed;
	int rc;

	if (!proto_pack(a, &rs->base, &packed))
		return cli_fail(cli, EX_OSERR, NULL, "out of memory");
	load.rule_set = proto_bytes(packed);
	load.compared = true;
	load.compared_with = compared_with;
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_RULES_LOAD;
	request.rules_load = &load;
	rc = ctl_call(cli, &request, a, &answer);
	if (rc != EX_OK)
		return rc;
	if (answer->body_case != KASIR__V1__CONTROL_RESPONSE__BODY_ENTRY)
		return cli_fail(cli, EX_PROTOCOL, NULL, "kasird's answer names no entry");
	return print_entry(cli, rs->name, answer->entry->index);
}

/* What loading THEN would change.  A program that loads wants one answer, the entry, and
 * sees this with --dry-run. */
static int
print_difference(const struct cli *cli, const Kasir__V1__RuleSet *now,
    const Kasir__V1__RuleSet *then, size_t *ret_n)
{
	struct table *t = table_open(rules_diff_columns);

	if (rules_diff(now, then, t, ret_n) != KAS_OK) {
		table_close(t);
		return cli_fail(cli, EX_OSERR, NULL, "out of memory");
	}
	if (cli_flag(cli, "json") ? cli_flag(cli, "dry-run") : *ret_n > 0)
		return ctl_print(cli, t, false);
	table_close(t);
	return EX_OK;
}

static int
load(const struct cli *cli, struct arena *a)
{
	Kasir__V1__RuleSet *now, *then;
	uint64_t index = 0;
	size_t n;
	bool go;
	int rc;

	if ((rc = load_file(cli, a, &then)) != EX_OK ||
	    (rc = ask_rules(cli, a, &now, &index)) != EX_OK ||
	    (rc = print_difference(cli, now, then, &n)) != EX_OK)
		return rc;
	if (n == 0 && !cli_flag(cli, "json"))
		printf(_("Rule set %s is in force already, in every field.\n"), then->name);
	if (n == 0)
		return cli_flag(cli, "json") && !cli_flag(cli, "dry-run") ?
		    print_entry(cli, then->name, index) : EX_OK;
	rc = ctl_confirm(cli, &go, "%s will be in force for what comes from now on, and an entry of "
	    "the ledger", then->name);
	return rc == EX_OK && go ? send(cli, then, index, a) : rc;
}

int
ctl_rules_load(struct cli *cli)
{
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = load(cli, &a);
	arena_fini(&a);
	return rc;
}
