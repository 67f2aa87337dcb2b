/* What is taken for a code comes out as the same when it is printed again. */
#include <stdlib.h>
#include <string.h>

#include "tools/kasirctl/entry_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), again[ENTRY_CODE_MAX];
	struct entry_code code, second;
	struct kas_why why;

	memcpy(text, data, size);
	text[size] = '\0';
	if (entry_code_parse(text, &code, &why) == KAS_OK) {
		entry_code_format(code.origin, code.index, BYTES(data, size), again);
		kas_assert(entry_code_parse(again, &second, &why) == KAS_OK);
		kas_assert(second.index == code.index);
		kas_assert(entry_code_check(&second, code.origin, code.index, BYTES(data, size), &why) ==
		    KAS_OK);
	}
	free(text);
	return 0;
}
