#include "tools/kasirctl/confirm.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "edge/lang.h"

/* Yes in the languages that kasirctl speaks; whatever else is typed is a no. */
static bool
means_yes(const char *answer)
{
	static const char *const yes[] = { "y", "yes", "ya" };
	size_t n = strcspn(answer, "\r\n");

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		if (strlen(yes[i]) == n && strncasecmp(answer, yes[i], n) == 0)
			return true;
	return false;
}

static int
ask(const struct cli *cli, const char *what, bool *ret_go)
{
	char answer[16] = "";

	fprintf(stderr, _("%s\nThis cannot be undone.  Go on? [y/N] "), what);
	fflush(stderr);
	if (fgets(answer, sizeof answer, stdin) == NULL)
		fputc('\n', stderr);
	*ret_go = means_yes(answer);
	return *ret_go ? EX_OK : cli_fail(cli, CTL_EXIT_DECLINED, NULL, "nothing was done");
}

int
ctl_confirm(const struct cli *cli, bool *ret_go, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, gettext(fmt), ap);
	va_end(ap);
	*ret_go = false;
	if (cli_flag(cli, "dry-run")) {
		fprintf(stderr, _("%s\nNothing was done: --dry-run\n"), what);
		return EX_OK;
	}
	if (cli_flag(cli, "yes")) {
		*ret_go = true;
		return EX_OK;
	}
	fflush(stdout);
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		return ask(cli, what, ret_go);
	return cli_fail(cli, EX_USAGE, "look with --dry-run, then say --yes",
	    "%s: this cannot be undone, and there is nobody to ask", what);
}
