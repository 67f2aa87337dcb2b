/* doctor.c - is this store well?  Looks at everything, changes nothing. */
#include <stdarg.h>
#include <string.h>

#include "edge/lang.h"
#include "tools/kasirctl/commands.h"
#include "tools/kasirctl/exam.h"

/* The exit code is the worst finding's. */
static const struct {
	const char *word, *colour;
	int code;
} severities[EXAM__SEVERITIES] = {
	[EXAM_GOOD] = { N_("good"), "\033[32m", EX_OK },
	[EXAM_NOTE] = { N_("note"), "\033[36m", EX_OK },
	[EXAM_WARNING] = { N_("warning"), "\033[1;33m", 2 },
	[EXAM_FAULT] = { N_("fault"), "\033[1;31m", 4 },
};

void
exam_say(struct exam *x, enum severity severity, const char *code, const char *next_step,
    const char *fmt, ...)
{
	struct finding *f = &x->finding[x->n];
	va_list ap;

	kas_assert(x->n < FINDINGS_MAX);
	*f = (struct finding){ .severity = severity, .code = code, .next_step = next_step };
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof f->what, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	vsnprintf(f->shown, sizeof f->shown, gettext(fmt), ap);
	va_end(ap);
	x->n++;
}

static void
print_people(const struct exam *x)
{
	bool colour = cli_may_colour(stdout);

	for (size_t i = 0; i < x->n; i++) {
		const struct finding *f = &x->finding[i];

		printf("%s%-10s%s  %s\n", colour ? severities[f->severity].colour : "",
		    lang_word(severities[f->severity].word), colour ? "\033[0m" : "", f->shown);
		if (f->next_step != NULL)
			printf("%-10s  -> %s\n", "", lang_word(f->next_step));
	}
}

static int
print_json(const struct exam *x)
{
	static const struct table_column columns[] = {
		{ "severity", "Severity", TABLE_LEFT }, { "code", "Finding", TABLE_LEFT },
		{ "what", "What", TABLE_LEFT }, { "next_step", "Next step", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	for (size_t i = 0; i < x->n; i++) {
		table_text(t, severities[x->finding[i].severity].word);
		table_text(t, x->finding[i].code);
		table_text(t, x->finding[i].what);
		table_text(t, x->finding[i].next_step);
	}
	return ctl_print(x->cli, t, false);
}

/* What cannot be looked at without the daemon or the ledger says so itself. */
static void
examine(struct exam *x)
{
	if (!exam_config(x))
		return;
	exam_files(x);
	exam_ledger(x);
	exam_daemon(x);
	exam_keys(x);
	exam_disk(x);
	exam_clock(x);
	exam_broker(x);
	exam_uplink(x);
	exam_reports(x);
	exam_desk(x);
}

int
ctl_doctor(struct cli *cli)
{
	struct exam x = { .cli = cli };
	int rc = EX_OK, worst = EX_OK;

	arena_init(&x.arena, 0);
	examine(&x);
	ledger_read_close(x.ledger);
	if (cli_flag(cli, "json"))
		rc = print_json(&x);
	else
		print_people(&x);
	for (size_t i = 0; i < x.n; i++)
		if (severities[x.finding[i].severity].code > worst)
			worst = severities[x.finding[i].severity].code;
	arena_fini(&x.arena);
	return rc != EX_OK ? rc : worst;
}
