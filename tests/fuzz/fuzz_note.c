/* A note that parses is made of its input, and its known signatures can be written again. */
#include <string.h>

#include "proof/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_lines(const struct note *n, struct bytes input)
{
	struct vkey v = { .type = KEY_COSIGNATURE_V1 };
	struct buf b;
	unsigned i;

	for (i = 0; i < n->n; i++) {
		kas_assert(key_name_is_valid(n->sigs[i].name));
		memcpy(v.name, n->sigs[i].name.p, n->sigs[i].name.n);
		v.name[n->sigs[i].name.n] = '\0';
		v.id = n->sigs[i].id;
		kas_assert(note_verify(n, &v, NULL) != KAS_NOTFOUND);
		if (n->sigs[i].body_n == 0)
			continue;
		buf_init(&b);
		note_add_sigs_of(&b, n, &v);
		kas_assert(!b.failed && memmem(input.p, input.n, b.p,
		    (size_t)((uint8_t *)memchr(b.p, '\n', b.n) + 1 - b.p)) != NULL);
		buf_fini(&b);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = BYTES(data, size);
	struct kas_why why;
	struct note n;

	if (note_parse(input, &n, &why) != KAS_OK)
		return 0;
	kas_assert(n.n >= 1 && n.n <= NOTE_SIGS_MAX);
	kas_assert(n.text.p == data && n.text.n > 0 && data[n.text.n - 1] == '\n');
	check_lines(&n, input);
	return 0;
}
