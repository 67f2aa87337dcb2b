/* log.h - sentences to the journal, or to stderr.
 *
 * When stderr is the journal's own stream, lines go there with their priority; else they
 * stand on stderr as `kasird: sentence`.  One line an event; control characters in what
 * came from outside are made visible. */
#ifndef KASIR_EDGE_LOG_H
#define KASIR_EDGE_LOG_H

#include "base/ports.h"

/* PROGRAM: static text.  Before this, and in tools, lines go to stderr. */
void log_init(const char *program, enum log_level level);
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
/* "error", "warning", "notice", "info", "debug". */
KAS_CHECKED bool log_level_parse(const char *name, enum log_level *ret);
const char *log_level_name(enum log_level level);

void log_line(enum log_level level, const char *fmt, ...) KAS_PRINTF(2, 3);
struct log_port log_system(void);

#endif
