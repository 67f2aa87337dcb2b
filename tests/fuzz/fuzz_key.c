/* Key texts, public and secret: what parses is written again as it was, but for the case of
 * the id's hex digits. */
#include <strings.h>

#include "proof/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_same(const struct buf *b, struct bytes input)
{
	kas_assert(b->failed || (b->n == input.n &&
	    strncasecmp((const char *)b->p, (const char *)input.p, b->n) == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = BYTES(data, size);
	struct kas_why why;
	struct signer *s;
	struct vkey v;
	struct buf b;

	buf_init(&b);
	if (vkey_parse(input, &v, &why) == KAS_OK) {
		vkey_format(&v, &b);
		check_same(&b, input);
		buf_reset(&b);
	}
	if (signer_parse(input, &s, &why) == KAS_OK) {
		signer_format(s, &b);
		check_same(&b, input);
		signer_close(s);
	}
	buf_fini(&b);
	return 0;
}
