/* text.h - hex, base64, UTF-8, names, numbers; as RFC 4648 and RFC 3629 have them. */
#ifndef KASIR_BASE_TEXT_H
#define KASIR_BASE_TEXT_H

#include "base/bytes.h"

#define NAME_MAX_LEN 32		/* of a store or terminal id */

/* `[a-z0-9][a-z0-9-]{0,31}`, which is what may stand in a topic. */
bool text_is_name(struct bytes b);
bool text_is_utf8(struct bytes b);

/* TO must hold 2n+1 (hex) or BASE64_LEN(n)+1 chars; NUL-terminated. */
#define BASE64_LEN(n) (((n) + 2) / 3 * 4)
void hex_format(struct bytes b, char *to);
void base64_format(struct bytes b, char *to);

/* Strict: lower or upper hex, padded standard base64 without white space, no
 * stray bits.  *RET_N must say how much room TO has. */
KAS_CHECKED enum kas_err hex_parse(struct bytes text, uint8_t *to, size_t *ret_n);
KAS_CHECKED enum kas_err base64_parse(struct bytes text, uint8_t *to, size_t *ret_n);

/* Decimal without sign, leading zeros or blanks ("0" itself is fine). */
KAS_CHECKED enum kas_err decimal_parse(struct bytes text, uint64_t *ret);

/* The civil day that is DAYS after 1970-01-01 (or before: from 0000-03-01 to the end of 9999). */
void civil_of(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day);
/* "2026-11-22 05:04:27 UTC" of microseconds since 1970 (from 0000-03-01 to the end of 9999; else "?"). */
#define UTC_TEXT_MAX 24
void utc_format(int64_t wall_us, char to[UTC_TEXT_MAX]);

/* Cut the text up to SEP off *REST; false when there is no SEP (then nothing moves). */
bool text_cut(struct bytes *rest, char sep, struct bytes *ret_head);

#endif
