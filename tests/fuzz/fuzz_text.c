/* The codecs of lib/base/text.h: the first byte picks one, the rest is its input. */
#include <stdio.h>
#include <strings.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_base64(struct bytes in)
{
	uint8_t raw[4096];
	char text[BASE64_LEN(sizeof raw) + 1];
	size_t n = sizeof raw;

	if (base64_parse(in, raw, &n) != KAS_OK)
		return;
	base64_format(BYTES(raw, n), text);
	kas_assert(bytes_equal(bytes_of_text(text), in));
}

static void
check_hex(struct bytes in)
{
	uint8_t raw[4096];
	char text[2 * sizeof raw + 1];
	size_t n = sizeof raw;

	if (hex_parse(in, raw, &n) != KAS_OK)
		return;
	hex_format(BYTES(raw, n), text);
	kas_assert(in.n == 2 * n && (n == 0 ||
	    strncasecmp(text, (const char *)in.p, in.n) == 0));
}

static void
check_decimal(struct bytes in)
{
	char text[24];
	uint64_t v;

	if (decimal_parse(in, &v) != KAS_OK)
		return;
	snprintf(text, sizeof text, "%llu", (unsigned long long)v);
	kas_assert(bytes_equal(bytes_of_text(text), in));
}

/* Cut lines, joined again, are the input; a name is UTF-8 of at most its length. */
static void
check_rest(struct bytes in)
{
	struct bytes rest = in, head;
	size_t n = 0;

	while (text_cut(&rest, '\n', &head))
		n += head.n + 1;
	kas_assert(n + rest.n == in.n);
	if (text_is_name(in))
		kas_assert(text_is_utf8(in) && in.n <= NAME_MAX_LEN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(struct bytes) = {
		check_base64, check_hex, check_decimal, check_rest,
	};

	if (size > 0)
		checks[data[0] % 4](BYTES(data + 1, size - 1));
	return 0;
}
