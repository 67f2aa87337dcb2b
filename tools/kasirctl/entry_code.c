#include "tools/kasirctl/entry_code.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define MARK "KASIR1:"
#define HASH_TEXT 32u		/* 20 bytes in base32 */

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* Five bytes are eight characters. */
static void
hash_format(const uint8_t hash[ENTRY_CODE_HASH], char to[HASH_TEXT + 1])
{
	for (unsigned i = 0; i < HASH_TEXT; i++) {
		unsigned bit = 5 * i, at = bit / 8;
		unsigned next = at + 1 < ENTRY_CODE_HASH ? hash[at + 1] : 0u;
		unsigned two = (unsigned)hash[at] << 8 | next;

		to[i] = base32[two >> (11 - bit % 8) & 31];
	}
	to[HASH_TEXT] = '\0';
}

static bool
hash_parse(struct bytes text, uint8_t ret[ENTRY_CODE_HASH])
{
	const char *p;
	uint64_t five = 0;

	if (text.n != HASH_TEXT)
		return false;
	for (unsigned i = 0; i < HASH_TEXT; i++) {
		p = strchr(base32, toupper(text.p[i]));
		if (p == NULL || *p == '\0')
			return false;
		five = five << 5 | (uint64_t)(p - base32);
		if (i % 8 == 7) {
			for (unsigned k = 0; k < 5; k++)
				ret[i / 8 * 5 + k] = (uint8_t)(five >> (32 - 8 * k));
			five = 0;
		}
	}
	return true;
}

void
entry_code_format(const char *origin, uint64_t index, struct bytes entry,
    char to[ENTRY_CODE_MAX])
{
	struct hash leaf = merkle_leaf(entry);
	char hash[HASH_TEXT + 1];

	hash_format(leaf.b, hash);
	snprintf(to, ENTRY_CODE_MAX, MARK "%.*s:%" PRIu64 ":%s", ENTRY_CODE_ORIGIN_MAX - 1, origin,
	    index, hash);
	for (; *to != '\0'; to++)
		if (*to >= 'a' && *to <= 'z')
			*to = (char)(*to - 'a' + 'A');
}

/* The part of *REST behind its last ':'. */
static bool
cut_last(struct bytes *rest, struct bytes *ret)
{
	size_t n = rest->n;

	while (n > 0 && rest->p[n - 1] != ':')
		n--;
	if (n == 0)
		return false;
	*ret = BYTES(rest->p + n, rest->n - n);
	rest->n = n - 1;
	return true;
}

enum kas_err
entry_code_parse(const char *text, struct entry_code *ret, struct kas_why *why)
{
	const char *begin = strcasestr(text, MARK);
	struct bytes rest, index, hash;
	struct entry_code code = { "", 0, { 0 } };

	if (begin == NULL)
		return kas_fail(why, KAS_MALFORMED, "no " MARK " is in it");
	rest = bytes_of_text(begin + strlen(MARK));
	if (!cut_last(&rest, &hash) || !hash_parse(hash, code.hash))
		return kas_fail(why, KAS_MALFORMED, "it does not end with a ':' and 32 letters and "
		    "digits, as codes do");
	if (!cut_last(&rest, &index) || decimal_parse(index, &code.index) != KAS_OK)
		return kas_fail(why, KAS_MALFORMED, "no index stands before the last ':'");
	if (rest.n == 0 || rest.n >= sizeof code.origin)
		return kas_fail(why, KAS_MALFORMED, "it names no ledger");
	memcpy(code.origin, rest.p, rest.n);
	*ret = code;
	return KAS_OK;
}

enum kas_err
entry_code_check(const struct entry_code *code, const char *origin, uint64_t index,
    struct bytes entry, struct kas_why *why)
{
	struct hash leaf = merkle_leaf(entry);

	if (strcasecmp(code->origin, origin) != 0)
		return kas_fail(why, KAS_NOTFOUND, "the code is of ledger %s, not of %s", code->origin,
		    origin);
	if (code->index != index)
		return kas_fail(why, KAS_NOTFOUND, "the code is of entry %" PRIu64 ", not of %" PRIu64,
		    code->index, index);
	if (memcmp(code->hash, leaf.b, ENTRY_CODE_HASH) != 0)
		return kas_fail(why, KAS_NOTFOUND, "the code is of another entry than the one that "
		    "stands at %" PRIu64, index);
	return KAS_OK;
}
