/* lang.h - the language in which a person is spoken to: English, or a catalogue of po/.
 *
 * Only people are translated to.  --json, --csv, logs and everything in files and ledgers
 * are the same everywhere, so numbers are never left to the C library's locale.
 *
 * Who prints, translates: _("text").  Titles of tables, what cli_fail(), cli_usage() and
 * ctl_confirm() say, and the summaries of commands and options are translated by those who
 * print them and are written plain; po/extract.sh knows them. */
#ifndef KASIR_EDGE_LANG_H
#define KASIR_EDGE_LANG_H

#include "base/nls.h"
#include "cash/money.h"

#include <libintl.h>
#include <stdbool.h>

#define _(text) gettext(text)

/* The language that LANGUAGE, LC_ALL, LC_MESSAGES and LANG ask for, from the catalogues in
 * ../share/locale beside the program, be it installed or just built.  It need not be
 * generated on this machine: LANG=id_ID.UTF-8 is enough on a bare system.  Changes the
 * environment (LANGUAGE): before any thread. */
void lang_init(void);
/* The same with the catalogues in FOLDER. */
void lang_init_from(const char *folder);

/* "en", "id": of the catalogue that is really in use. */
const char *lang_code(void);

/* _(TEXT) for words that come from elsewhere and may be empty: gettext("") is the
 * catalogue's heading. */
const char *lang_word(const char *text);

/* For people, as the language writes it.  Money as money_format(), with the decimal mark
 * of the language where the currency has none of its own. */
void lang_money(struct money m, const char *currency, unsigned exponent, char to[MONEY_TEXT_MAX]);
/* Local time: "2026-05-31 14:05:09", "31/05/2026 14:05:09".  False: no such time. */
#define LANG_TIME_MAX 40
bool lang_time(int64_t wall_us, char to[LANG_TIME_MAX]);
/* A business day, 20260531. */
void lang_day(unsigned day, char to[LANG_TIME_MAX]);

#endif
