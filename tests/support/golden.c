#include "tests/support/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "edge/keyfile.h"

void
assert_golden(struct bytes printed, const char *name)
{
	const char *mode = getenv("KASIR_GOLDEN");
	struct kas_why why = { "" };
	struct buf golden;
	char path[256];

	snprintf(path, sizeof path, "tests/unit/golden/%s", name);
	if (mode != NULL && strcmp(mode, "write") == 0)
		assert_int_equal(file_write_atomic(path, printed, 0644, true, &why), KAS_OK);
	buf_init(&golden);
	if (file_read(path, (size_t)1 << 20, &golden, &why) != KAS_OK)
		fail_msg("%s", why.text);
	if (!bytes_equal(buf_bytes(&golden), printed))
		fail_msg("%s: something else was printed:\n%.*s", path, (int)printed.n,
		    (const char *)printed.p);
	buf_fini(&golden);
}
