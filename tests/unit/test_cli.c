/* test_cli.c - parsing, help and usage errors from one table of commands. */
#include "edge/cli.h"
#include "edge/cli_complete.h"
#include "edge/std_files.h"
#include "kasir/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	char ran[32], operand[32], filter[32];
	unsigned operands, filters;
	bool json;
	uint64_t limit;
} seen;

static int
note(struct cli *cli)
{
	int rc = EX_OK;

	memset(&seen, 0, sizeof seen);
	snprintf(seen.ran, sizeof seen.ran, "%s", cli->command->name);
	snprintf(seen.operand, sizeof seen.operand, "%s", cli->argc > 0 ? cli->argv[0] : "");
	snprintf(seen.filter, sizeof seen.filter, "%s", cli_value(cli, "filter", "none"));
	while (cli_nth_value(cli, "filter", seen.filters) != NULL)
		seen.filters++;
	seen.operands = (unsigned)cli->argc;
	seen.json = cli_flag(cli, "json");
	seen.limit = cli_number(cli, "limit", 1, 10, 5, &rc);
	return rc;
}

static int
fail_loudly(struct cli *cli)
{
	return cli_fail(cli, EX_NOINPUT, "make one", "%s: not found", "ledger.db");
}

static const struct cli_option list_options[] = {
	{ "filter", 'f', "WHAT", "only these" },
	{ "limit", 'n', "COUNT", "at most this many" },
	{ "shape", 0, "SHAPE", "only of this shape" },
	{ NULL, 0, NULL, NULL },
};
static const struct cli_option options[] = {
	{ "json", 'j', NULL, "for programs" },
	{ NULL, 0, NULL, NULL },
};
static const struct cli_command commands[] = {
	{ "status", NULL, 0, 0, "how things stand", "Shows it.\n", NULL, note },
	{ "fail", NULL, 0, 0, "fails", NULL, NULL, fail_loudly },
	{ "terminal add", "ID", 1, 1, "enrol one", NULL, list_options, note },
	{ "terminal list", NULL, 0, 0, "show all", NULL, list_options, note },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};

static const char *const *
shapes(void)
{
	static const char *const all[] = { "square", "round-cornered", "round", NULL };

	return all;
}

/* What an option says that stands before is known. */
static void
ids(const struct cli *cli, FILE *to)
{
	fprintf(to, "t01\nt02\nx-%s\n", cli_value(cli, "filter", "none"));
}

static const struct cli_kind kinds[] = {
	{ "SHAPE", shapes, NULL }, { "ID", NULL, ids }, { NULL, NULL, NULL },
};
static const struct cli_program program = {
	"prog", "does things", "Much more can be said.\n", options, commands, kinds
};

/* Run `prog LINE`; what it wrote to stdout and stderr ends in OUT and ERR. */
#define TEXT_MAX 8192
static char out[TEXT_MAX], err[TEXT_MAX];

static void
take_back(FILE *stream, int saved, FILE *from, char *to)
{
	size_t n;

	fflush(stream);
	dup2(saved, fileno(stream));
	close(saved);
	rewind(from);
	n = fread(to, 1, TEXT_MAX - 1, from);
	to[n] = '\0';
	fclose(from);
}

static int
run(const char *line)
{
	char copy[256], name[] = "prog", *argv[20] = { name }, *rest = copy;
	FILE *fo = tmpfile(), *fe = tmpfile();
	int argc = 1, so, se, rc;

	snprintf(copy, sizeof copy, "%s", line);
	for (char *w; (w = strtok_r(rest, " ", &rest)) != NULL;)
		argv[argc++] = w;
	fflush(stdout);
	so = dup(1);
	se = dup(2);
	dup2(fileno(fo), 1);
	dup2(fileno(fe), 2);
	memset(&seen, 0, sizeof seen);
	rc = cli_main(&program, argc, argv);
	take_back(stdout, so, fo, out);
	take_back(stderr, se, fe, err);
	return rc;
}

static void
what_could_not_be_printed_is_a_failure(void **state)
{
	char name[] = "prog", help[] = "--help", *argv[] = { name, help, NULL };
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), saved, rc;

	(void)state;
	assert_true(full >= 0);
	fflush(stdout);
	saved = dup(1);
	dup2(full, 1);
	rc = cli_main(&program, 2, argv);
	dup2(saved, 1);
	close(saved);
	close(full);
	clearerr(stdout);
	assert_int_equal(rc, EX_IOERR);
}

/* In a child, whose end says how it went. */
static void
open_with_all_closed(void)
{
	int fd;

	close(0);
	close(1);
	close(2);
	std_files_hold();
	fd = open("/dev/zero", O_RDWR);
	_exit(fd > 2 && write(1, "x", 1) == -1 && read(0, &fd, 1) == 0 ? 7 : 1);
}

static void
a_closed_standard_file_is_not_taken_by_the_next_one_that_is_opened(void **state)
{
	int status;
	pid_t child;

	(void)state;
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		open_with_all_closed();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void
a_command_gets_its_operands_and_options(void **state)
{
	static const struct {
		const char *line, *ran, *operand, *filter;
		unsigned operands, filters;
		bool json;
		uint64_t limit;
	} cases[] = {
		{ "status", "status", "", "none", 0, 0, false, 5 },
		{ "--json status", "status", "", "none", 0, 0, true, 5 },
		{ "status -j", "status", "", "none", 0, 0, true, 5 },
		{ "terminal add t01", "terminal add", "t01", "none", 1, 0, false, 5 },
		{ "terminal add --filter=a t01 -f b", "terminal add", "t01", "b", 1, 2, false, 5 },
		{ "terminal add -- -t01", "terminal add", "-t01", "none", 1, 0, false, 5 },
		{ "-j terminal list -n 10", "terminal list", "", "none", 0, 0, true, 10 },
		{ "terminal list --shape ROUND_cornered", "terminal list", "", "none", 0, 0, false, 5 },
		{ "terminal list --limit 1", "terminal list", "", "none", 0, 0, false, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(run(cases[i].line), EX_OK);
		assert_string_equal(seen.ran, cases[i].ran);
		assert_string_equal(seen.operand, cases[i].operand);
		assert_string_equal(seen.filter, cases[i].filter);
		assert_int_equal(seen.operands, cases[i].operands);
		assert_int_equal(seen.filters, cases[i].filters);
		assert_int_equal(seen.json, cases[i].json);
		assert_int_equal(seen.limit, cases[i].limit);
		assert_string_equal(err, "");
	}
}

static void
wrong_use_is_named_with_the_nearest_right_one(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "statsu", "unknown command 'statsu'; did you mean 'prog status'?" },
		{ "stat", "did you mean 'prog status'?" },
		{ "terminal ad", "did you mean 'prog terminal add'?" },
		{ "termnal add", "did you mean 'prog terminal add'?" },
		{ "frobnicate", "unknown command 'frobnicate'\n" },
		{ "status --jsn", "unknown option '--jsn'; did you mean '--json'?" },
		{ "status --filter x", "unknown option '--filter'\n" },
		{ "status -z", "unknown option '-z'" },
		{ "status --json=yes", "option '--json' takes no value" },
		{ "terminal list --limit", "option '--limit' needs a value (COUNT)" },
		{ "terminal list -f", "option '--filter' needs a value (WHAT)" },
		{ "terminal list -n 0", "--limit: '0' is not a number from 1 to 10" },
		{ "terminal list -n 11", "--limit: '11' is not a number from 1 to 10" },
		{ "terminal list -n many", "--limit: 'many' is not a number from 1 to 10" },
		{ "terminal add", "an operand is missing; usage: prog terminal add ID" },
		{ "terminal add a b", "'b' is one operand too many" },
		{ "terminal list --shape sqare", "there is no 'sqare'; did you mean 'square'?" },
		{ "terminal list --shape ova", "there are: square, round-cornered, round\n" },
		{ "completion zsh", "unknown command 'completion'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(run(cases[i].line), EX_USAGE);
		if (strstr(err, cases[i].says) == NULL)
			fail_msg("'%s' said: %s", cases[i].line, err);
		assert_non_null(strstr(err, "prog: next step: see 'prog"));
		assert_string_equal(out, "");
	}
}

static void
help_is_made_at_every_level(void **state)
{
	static const struct {
		const char *line, *says, *says_not;
	} cases[] = {
		{ "--help", "terminal add ID", "frobnicate" },
		{ "-h", "Much more can be said.", "Shows it." },
		{ "help", "prog - does things", "Shows it." },
		{ "help terminal", "terminal list", "how things stand" },
		{ "terminal --help", "enrol one", "how things stand" },
		{ "help status", "Shows it.", "enrol one" },
		{ "terminal add --help", "-f, --filter WHAT", "show all" },
		{ "terminal add x -h", "prog terminal add [options] ID", "show all" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(run(cases[i].line), EX_OK);
		if (strstr(out, cases[i].says) == NULL || strstr(out, cases[i].says_not) != NULL)
			fail_msg("'%s' said: %s", cases[i].line, out);
		assert_string_equal(seen.ran, "");
	}
}

static void
no_command_at_all_shows_help_as_an_error(void **state)
{
	(void)state;
	assert_int_equal(run(""), EX_USAGE);
	assert_non_null(strstr(err, "terminal add ID"));
	assert_int_equal(run("terminal"), EX_USAGE);
	assert_non_null(strstr(err, "terminal list"));
	assert_string_equal(out, "");
}

static void
a_failure_says_what_is_wrong_and_what_to_do(void **state)
{
	(void)state;
	assert_int_equal(run("fail"), EX_NOINPUT);
	assert_string_equal(err, "prog: ledger.db: not found\nprog: next step: make one\n");
}

static void
the_version_is_told(void **state)
{
	(void)state;
	assert_int_equal(run("--version"), EX_OK);
	assert_string_equal(out, "prog " KASIR_VERSION "\n");
}

static void
what_could_come_next_is_offered(void **state)
{
	static const struct {
		const char *typed, *current, *offered;
	} cases[] = {
		{ "", "", "status\nfail\nterminal\nhelp\n" },
		{ "", "s", "status\n" },
		{ "", "x", "" },
		{ "terminal", "", "add\nlist\n" },
		{ "terminal", "l", "list\n" },
		{ "help terminal", "a", "add\n" },
		{ "terminal add", "", "t01\nt02\nx-none\n" },
		{ "terminal add", "t", "t01\nt02\n" },
		{ "terminal add t01", "", "" },
		{ "terminal add --filter me", "x", "x-me\n" },
		{ "terminal list", "", "" },
		{ "terminal list", "--", "--filter\n--limit\n--shape\n--json\n--help\n--version\n" },
		{ "terminal list", "--fi", "--filter\n" },
		{ "", "--j", "--json\n" },
		{ "terminal list --shape", "r", "round-cornered\nround\n" },
		{ "terminal list --shape =", "sq", "square\n" },
		{ "terminal list --shape", "=", "square\nround-cornered\nround\n" },
		{ "terminal list -f", "", "" },
		{ "-j status", "", "" },
		{ "nonsense", "", "" },
	};
	char copy[128], *words[20], *rest, text[TEXT_MAX], current[32];
	FILE *to;
	int n;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(copy, sizeof copy, "%s", cases[i].typed);
		snprintf(current, sizeof current, "%s", cases[i].current);
		for (n = 0, rest = copy; (words[n] = strtok_r(rest, " ", &rest)) != NULL;)
			n++;
		words[n++] = current;
		memset(text, 0, sizeof text);
		to = fmemopen(text, sizeof text, "w");
		assert_non_null(to);
		cli_complete_words(&program, n, words, to);
		fclose(to);
		if (strcmp(text, cases[i].offered) != 0)
			fail_msg("'%s' + '%s': %s", cases[i].typed, cases[i].current, text);
	}
}

static void
the_shell_asks_the_program_what_comes_next(void **state)
{
	(void)state;
	assert_int_equal(run("completion bash"), EX_OK);
	assert_non_null(strstr(out, "complete -o bashdefault -o default -F _prog prog"));
	assert_int_equal(run("completion words terminal li"), EX_OK);
	assert_string_equal(out, "list\n");
	assert_string_equal(err, "");
}

static void
the_bones_of_a_manual_have_every_command_and_option(void **state)
{
	static const char *const wanted[] = {
		".Dt PROG 1", ".It Cm status\nhow things stand.", ".It Cm terminal add Op Ar options Ar id",
		".It Fl n Ar count , Fl -limit Ar count\nat most this many.", ".It Fl j , Fl -json",
	};

	(void)state;
	assert_int_equal(run("help --man"), EX_OK);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (strstr(out, wanted[i]) == NULL)
			fail_msg("not there: %s\n%s", wanted[i], out);
}

static void
nearness_has_a_limit(void **state)
{
	static const char *const names[] = { "verify", "prove", "status", NULL };

	(void)state;
	assert_string_equal(cli_nearest("verfiy", names), "verify");
	assert_string_equal(cli_nearest("prov", names), "prove");
	assert_string_equal(cli_nearest("stutas", names), "status");
	assert_null(cli_nearest("export", names));
	assert_null(cli_nearest("a-word-that-is-far-too-long-to-be-any-command-of-ours", names));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_could_not_be_printed_is_a_failure),
		cmocka_unit_test(a_closed_standard_file_is_not_taken_by_the_next_one_that_is_opened),
		cmocka_unit_test(a_command_gets_its_operands_and_options),
		cmocka_unit_test(wrong_use_is_named_with_the_nearest_right_one),
		cmocka_unit_test(help_is_made_at_every_level),
		cmocka_unit_test(no_command_at_all_shows_help_as_an_error),
		cmocka_unit_test(a_failure_says_what_is_wrong_and_what_to_do),
		cmocka_unit_test(the_version_is_told),
		cmocka_unit_test(what_could_come_next_is_offered),
		cmocka_unit_test(the_shell_asks_the_program_what_comes_next),
		cmocka_unit_test(the_bones_of_a_manual_have_every_command_and_option),
		cmocka_unit_test(nearness_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
