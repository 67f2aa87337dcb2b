#include "wire/statement.h"

#include <string.h>

#include "base/text.h"

/* Appends that cannot overflow: names are at most NAME_MAX_LEN long, so that the longest
 * statement takes 297 bytes of STATEMENT_MAX.  Not printf, because this runs for every
 * sale. */
static char *
put(char *at, const char *text)
{
	size_t n = strlen(text);

	memcpy(at, text, n);
	return at + n;
}

static char *
put_name(char *at, const char *name)
{
	size_t n = strnlen(name, NAME_MAX_LEN + 1);

	kas_assert(n <= NAME_MAX_LEN);
	memcpy(at, name, n);
	return at + n;
}

static char *
put_number(char *at, uint64_t v)
{
	char digits[20];
	size_t n = sizeof digits;

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	memcpy(at, digits + n, sizeof digits - n);
	return at + sizeof digits - n;
}

static char *
put_hash(char *at, const struct hash *h)
{
	base64_format(hash_bytes(h), at);
	return at + BASE64_LEN(HASH_LEN);
}

static char *
put_register(char *at, const char *store, const char *terminal)
{
	at = put_name(at, store);
	*at++ = '/';
	at = put_name(at, terminal);
	*at++ = '\n';
	return at;
}

size_t
statement_format(const struct statement *s, char to[STATEMENT_MAX])
{
	char *at = to;

	at = put(at, "kasir.v1/transaction\n");
	at = put_register(at, s->store, s->terminal);
	at = put_number(at, s->epoch);
	*at++ = ' ';
	at = put_number(at, s->sequence);
	*at++ = '\n';
	hex_format(BYTES(s->txn_id, sizeof s->txn_id), at);
	at += 2 * sizeof s->txn_id;
	*at++ = '\n';
	at = s->previous_known ? put_hash(at, &s->previous) : put(at, "unknown");
	*at++ = '\n';
	at = put_hash(at, &s->payload);
	*at++ = '\n';
	at = s->has_personal ? put_hash(at, &s->personal) : put(at, "-");
	*at++ = '\n';
	*at = '\0';
	return (size_t)(at - to);
}

struct hash
statement_hash(const struct statement *s)
{
	char text[STATEMENT_MAX];
	size_t n = statement_format(s, text);

	return hash_of(BYTES(text, n));
}

size_t
refusal_statement_format(const char *store, const char *terminal, struct bytes refusals,
    char to[STATEMENT_MAX])
{
	struct hash h = hash_of(refusals);
	char *at = to;

	at = put(at, "kasir.v1/refusals\n");
	at = put_register(at, store, terminal);
	at = put_hash(at, &h);
	*at++ = '\n';
	*at = '\0';
	return (size_t)(at - to);
}
