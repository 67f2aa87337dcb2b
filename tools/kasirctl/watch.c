/* watch.c - a command that looks, again and again: drawn in place on a terminal, one after the
 * other elsewhere.  Each time it is a process of its own, so that whatever it does, the next
 * one begins anew. */
#include "tools/kasirctl/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "edge/lang.h"

#define WORDS_MAX 32
#define OUTPUT_MAX ((size_t)256 * 1024)
#define INTERVAL_DEFAULT 2u

/* Only what looks: nobody closes the day every two seconds. */
static const char *const looks[] = { "status", "terminal list", "tx list", "exceptions list",
	"day report", "shift list", "doctor", NULL };

const char *const *
ctl_watched(void)
{
	return looks;
}

static bool
begins_with(int argc, char **argv, const char *name)
{
	size_t len;

	for (int i = 0; *name != '\0'; i++, name += len + (name[len] == ' ')) {
		len = strcspn(name, " ");
		if (i == argc || strlen(argv[i]) != len || memcmp(argv[i], name, len) != 0)
			return false;
	}
	return true;
}

static int
check(const struct cli *cli)
{
	char typed[128] = "";
	const char *near;

	if (cli->argc == 0)
		return EX_OK;
	for (size_t i = 0; looks[i] != NULL; i++)
		if (begins_with(cli->argc, cli->argv, looks[i]))
			return EX_OK;
	snprintf(typed, sizeof typed, "%s%s%s", cli->argv[0], cli->argc > 1 ? " " : "",
	    cli->argc > 1 ? cli->argv[1] : "");
	near = cli_nearest(typed, looks);
	if (near != NULL)
		return cli_usage(cli, "'%s' cannot be watched; did you mean '%s'?", typed, near);
	return cli_usage(cli, "'%s' cannot be watched: only what looks and changes nothing", typed);
}

/* The same program with the same configuration. */
static void
compose(const struct cli *cli, char *argv[WORDS_MAX + 1])
{
	static char program[] = "kasirctl", config[] = "--config", json[] = "--json",
	    status[] = "status";
	int n = 0;

	argv[n++] = program;
	if (cli_flag(cli, "config")) {
		argv[n++] = config;
		argv[n++] = (char *)cli_value(cli, "config", "");
	}
	if (cli_flag(cli, "json"))
		argv[n++] = json;
	if (cli->argc == 0)
		argv[n++] = status;
	for (int i = 0; i < cli->argc && n < WORDS_MAX; i++)
		argv[n++] = cli->argv[i];
	argv[n] = NULL;
}

/* What it prints, errors too.  False: it could not be started. */
static bool
run_once(char *const argv[], struct buf *to)
{
	char part[4096];
	int fds[2], status;
	ssize_t got;
	pid_t child;

	if (pipe(fds) != 0)
		return false;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		execv("/proc/self/exe", argv);
		_exit(EX_OSERR);
	}
	close(fds[1]);
	while (child > 0 && ((got = read(fds[0], part, sizeof part)) > 0 ||
	    (got < 0 && errno == EINTR)))
		if (got > 0 && to->n < OUTPUT_MAX)
			buf_add(to, part, (size_t)got);
	close(fds[0]);
	return child > 0 && waitpid(child, &status, 0) == child && !to->failed;
}

/* Line by line over what stands there: nothing flickers, nothing is left over. */
static void
draw(const struct buf *text, unsigned rows)
{
	const char *at = (const char *)text->p, *end = at + text->n, *line;

	fputs("\033[H", stdout);
	for (; at < end && rows > 1; at = line + (line < end), rows--) {
		line = memchr(at, '\n', (size_t)(end - at));
		line = line != NULL ? line : end;
		fwrite(at, 1, (size_t)(line - at), stdout);
		fputs("\033[K\n", stdout);
	}
	fputs("\033[J", stdout);
}

static void
show(const struct buf *text, bool in_place)
{
	struct winsize size = { .ws_row = 24 };

	if (!in_place) {
		fwrite(text->p, 1, text->n, stdout);
		return;
	}
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
		size.ws_row = 24;
	draw(text, size.ws_row);
}

static int
watch(const struct cli *cli, unsigned interval, uint64_t times)
{
	bool in_place = isatty(STDOUT_FILENO);
	char *argv[WORDS_MAX + 1];
	struct buf text;
	bool ok = true;

	compose(cli, argv);
	if (in_place)
		fputs("\033[2J", stdout);
	for (uint64_t n = 0; ok && (times == 0 || n < times); n++) {
		if (n > 0)
			sleep(interval);
		if (n > 0 && !in_place && !cli_flag(cli, "json"))
			fputc('\n', stdout);
		buf_init(&text);
		ok = run_once(argv, &text);
		if (ok)
			show(&text, in_place);
		buf_fini(&text);
		ok = ok && fflush(stdout) == 0;
	}
	return ok ? EX_OK : cli_fail(cli, EX_OSERR, NULL, "it cannot be watched: %s",
	    strerror(errno));
}

int
ctl_watch(struct cli *cli)
{
	uint64_t interval, times;
	int rc = check(cli);

	interval = cli_number(cli, "interval", 1, 86400, INTERVAL_DEFAULT, &rc);
	times = cli_number(cli, "times", 1, UINT64_MAX, 0, &rc);
	return rc != EX_OK ? rc : watch(cli, (unsigned)interval, times);
}
