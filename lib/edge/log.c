#include "edge/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MAX_TEXT 1024

static const char *const names[] = { "error", "warning", "notice", "info", "debug" };
static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

static const char *program_name = "kasir";
static atomic_int level_max = LOG_LVL_NOTICE;
static bool to_journal;

/* systemd tells us device and inode of the stream it gave us as stderr. */
static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream != NULL && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	    fstat(STDERR_FILENO, &st) == 0 && st.st_dev == (dev_t)dev && st.st_ino == (ino_t)ino;
}

void
log_init(const char *program, enum log_level level)
{
	program_name = program;
	to_journal = stderr_is_journal();
	log_set_level(level);
}

void
log_set_level(enum log_level level)
{
	atomic_store(&level_max, (int)level);
}

enum log_level
log_get_level(void)
{
	return (enum log_level)atomic_load(&level_max);
}

bool
log_level_parse(const char *name, enum log_level *ret)
{
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0) {
			*ret = (enum log_level)i;
			return true;
		}
	return false;
}

const char *
log_level_name(enum log_level level)
{
	return names[level];
}

/* What a terminal sends may end up in a sentence: it must not make a second line or
 * move the cursor, in whatever the reader's terminal takes the bytes for. */
static void
make_printable(char *text)
{
	bool utf8 = text_is_utf8(bytes_of_text(text));
	unsigned char *p = (unsigned char *)text;

	for (; *p != '\0'; p++) {
		if (*p < 0x20 || *p == 0x7f || (*p >= 0x80 && !utf8))
			*p = '?';
		/* The second set of control characters, U+0080 to U+009F. */
		if (p[0] == 0xc2 && p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
}

static void
write_line(void *ctx, enum log_level level, const char *sentence)
{
	char text[LINE_MAX_TEXT];

	(void)ctx;
	if ((int)level > atomic_load(&level_max))
		return;
	snprintf(text, sizeof text, "%s", sentence);
	make_printable(text);
	if (to_journal && sd_journal_send("MESSAGE=%s", text, "PRIORITY=%d", priorities[level],
	    "SYSLOG_IDENTIFIER=%s", program_name, NULL) == 0)
		return;
	fprintf(stderr, "%s: %s%s\n", program_name,
	    level == LOG_LVL_ERROR ? "error: " : level == LOG_LVL_WARNING ? "warning: " : "", text);
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	char text[LINE_MAX_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	write_line(NULL, level, text);
}

struct log_port
log_system(void)
{
	return (struct log_port){ .line = write_line };
}
