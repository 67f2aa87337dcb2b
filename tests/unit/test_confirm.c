/* test_confirm.c - the question before what cannot be undone. */
#include "tools/kasirctl/confirm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool went;

static int
close_day(struct cli *cli)
{
	bool go = true;
	int rc = ctl_confirm(cli, &go, "day %d will be closed", 9);

	went = rc == EX_OK && go;
	return rc;
}

static const struct cli_option options[] = {
	CTL_CONFIRM_OPTIONS,
	{ NULL, 0, NULL, NULL },
};
static const struct cli_command commands[] = {
	{ "close", NULL, 0, 0, "close it", NULL, options, close_day },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
static const struct cli_program program = {
	"prog", "does things", NULL, NULL, commands, NULL
};

#define WENT 100	/* the child's exit code, when the command was to go on */

static int
run(const char *option)
{
	char name[] = "prog", command[] = "close", *argv[] = { name, command, (char *)option, NULL };
	int rc = cli_main(&program, option != NULL ? 3 : 2, argv);

	return went ? WENT : rc;
}

/* What the child writes, up to the end of it or to the question's mark. */
static void
hear(int fd, const char *until, char *said, size_t n)
{
	size_t at = strlen(said);
	ssize_t got;

	while (strstr(said, until) == NULL && (got = read(fd, said + at, n - 1 - at)) > 0)
		said[at += (size_t)got] = '\0';
}

static int
code_of(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* `prog close OPTION` at a terminal where somebody types ANSWER. */
static int
run_at_terminal(const char *option, const char *answer, char *said, size_t n)
{
	int fd, code;
	pid_t child;

	fflush(NULL);
	child = forkpty(&fd, NULL, NULL, NULL);
	assert_true(child >= 0);
	if (child == 0)
		_exit(run(option));
	said[0] = '\0';
	if (answer != NULL) {
		hear(fd, "[y/N] ", said, n);
		assert_int_equal(write(fd, answer, strlen(answer)), (ssize_t)strlen(answer));
	}
	hear(fd, "never said", said, n);
	code = code_of(child);
	close(fd);
	return code;
}

/* The same with its standard input and errors where nobody sits. */
static int
run_elsewhere(const char *option, char *said, size_t n)
{
	int fds[2];
	pid_t child;

	fflush(NULL);
	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(fds[0], 0);
		dup2(fds[1], 2);
		_exit(run(option));
	}
	close(fds[1]);
	said[0] = '\0';
	hear(fds[0], "never said", said, n);
	close(fds[0]);
	return code_of(child);
}

static void
only_a_yes_is_a_yes(void **state)
{
	static const struct {
		const char *answer;
		int code;
	} cases[] = {
		{ "y\n", WENT }, { "YES\n", WENT }, { "ya\n", WENT },
		{ "\n", CTL_EXIT_DECLINED }, { "n\n", CTL_EXIT_DECLINED },
		{ "yet\n", CTL_EXIT_DECLINED }, { "yesterday, I think\n", CTL_EXIT_DECLINED },
		{ "\004", CTL_EXIT_DECLINED },
	};
	char said[2048];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(run_at_terminal(NULL, cases[i].answer, said, sizeof said),
		    cases[i].code);
		assert_non_null(strstr(said, "day 9 will be closed"));
		assert_int_equal(strstr(said, "nothing was done") != NULL, cases[i].code != WENT);
	}
}

static void
yes_is_said_beforehand_at_a_terminal_and_elsewhere(void **state)
{
	char said[2048];

	(void)state;
	assert_int_equal(run_at_terminal("--yes", NULL, said, sizeof said), WENT);
	assert_int_equal(run_elsewhere("-y", said, sizeof said), WENT);
	assert_string_equal(said, "");
}

static void
a_dry_run_says_what_it_would_do_and_does_nothing(void **state)
{
	char said[2048];

	(void)state;
	assert_int_equal(run_at_terminal("--dry-run", NULL, said, sizeof said), EX_OK);
	assert_non_null(strstr(said, "day 9 will be closed"));
	assert_int_equal(run_elsewhere("--dry-run", said, sizeof said), EX_OK);
	assert_non_null(strstr(said, "day 9 will be closed"));
}

static void
where_nobody_can_be_asked_it_is_wrong_use(void **state)
{
	char said[2048];

	(void)state;
	assert_int_equal(run_elsewhere(NULL, said, sizeof said), EX_USAGE);
	assert_non_null(strstr(said, "nobody to ask"));
	assert_non_null(strstr(said, "--yes"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_yes_is_a_yes),
		cmocka_unit_test(yes_is_said_beforehand_at_a_terminal_and_elsewhere),
		cmocka_unit_test(a_dry_run_says_what_it_would_do_and_does_nothing),
		cmocka_unit_test(where_nobody_can_be_asked_it_is_wrong_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
