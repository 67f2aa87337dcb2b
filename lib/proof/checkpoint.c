#include "proof/checkpoint.h"

#include <string.h>

#include "base/text.h"

void
checkpoint_format(const struct checkpoint *c, struct buf *to)
{
	char root[BASE64_LEN(HASH_LEN) + 1];

	base64_format(hash_bytes(&c->root), root);
	buf_addf(to, "%s\n%llu\n%s\n", c->origin, (unsigned long long)c->size, root);
}

/* An origin need not look like a key's name (Go's "go.sum database tree"), but it is
 * one line of text. */
static bool
origin_parse(struct bytes line, char to[ORIGIN_MAX + 1])
{
	size_t i;

	if (line.n == 0 || line.n > ORIGIN_MAX || !text_is_utf8(line))
		return false;
	for (i = 0; i < line.n; i++)
		if (line.p[i] < 0x20)
			return false;
	memcpy(to, line.p, line.n);
	to[line.n] = '\0';
	return true;
}

enum kas_err
checkpoint_parse(struct bytes text, struct checkpoint *ret, struct kas_why *why)
{
	struct checkpoint c;
	struct bytes origin, size, root;
	size_t n = HASH_LEN;

	if (!text_cut(&text, '\n', &origin) || !text_cut(&text, '\n', &size) ||
	    !text_cut(&text, '\n', &root) || text.n > 0)
		return kas_fail(why, KAS_MALFORMED,
		    "a checkpoint is three lines: origin, size, root");
	if (!origin_parse(origin, c.origin))
		return kas_fail(why, KAS_MALFORMED,
		    "the origin is not 1 to %d bytes of UTF-8", ORIGIN_MAX);
	if (decimal_parse(size, &c.size) != KAS_OK || c.size > INT64_MAX)
		return kas_fail(why, KAS_MALFORMED, "the tree size is no decimal below 2^63");
	if (base64_parse(root, c.root.b, &n) != KAS_OK || n != HASH_LEN)
		return kas_fail(why, KAS_MALFORMED, "the root is not base64 of %d bytes", HASH_LEN);
	*ret = c;
	return KAS_OK;
}

void
checkpoint_sign(const struct checkpoint *c, const struct signer *s, struct buf *to)
{
	struct buf text;

	buf_init(&text);
	checkpoint_format(c, &text);
	if (text.failed)
		to->failed = true;
	else
		note_sign(buf_bytes(&text), s, to);
	buf_fini(&text);
}

static enum kas_err
open_note(const struct note *n, const struct vkey *log, struct checkpoint *ret,
    struct kas_why *why)
{
	struct checkpoint c;
	enum kas_err err;

	switch (note_verify(n, log, NULL)) {
	case KAS_OK:
		break;
	case KAS_NOTFOUND:
		return kas_fail(why, KAS_BADSIG, "the checkpoint is not signed by %s (key %08x)",
		    log->name, log->id);
	default:
		return kas_fail(why, KAS_BADSIG,
		    "the checkpoint's signature by %s (key %08x) is false", log->name, log->id);
	}
	if ((err = checkpoint_parse(n->text, &c, why)) != KAS_OK)
		return err;
	if (strcmp(c.origin, log->name) != 0)
		return kas_fail(why, KAS_BADSIG, "the checkpoint's origin is %s, not %s", c.origin,
		    log->name);
	*ret = c;
	return KAS_OK;
}

enum kas_err
checkpoint_open(struct bytes b, const struct vkey *log, struct checkpoint *ret,
    struct kas_why *why)
{
	struct note n;
	enum kas_err err;

	if ((err = note_parse(b, &n, why)) != KAS_OK)
		return err;
	return open_note(&n, log, ret, why);
}

enum kas_err
checkpoint_open_cosigned(struct bytes b, const struct vkey *log, const struct vkey *witness,
    struct checkpoint *ret, uint64_t *ret_time, struct kas_why *why)
{
	struct note n;
	struct checkpoint c;
	uint64_t time;
	enum kas_err err;

	if ((err = note_parse(b, &n, why)) != KAS_OK ||
	    (err = open_note(&n, log, &c, why)) != KAS_OK)
		return err;
	switch (note_verify(&n, witness, &time)) {
	case KAS_OK:
		break;
	case KAS_NOTFOUND:
		return kas_fail(why, KAS_NOTFOUND, "the checkpoint is not cosigned by %s (key %08x)",
		    witness->name, witness->id);
	default:
		return kas_fail(why, KAS_BADSIG,
		    "the checkpoint's cosignature by %s (key %08x) is false", witness->name,
		    witness->id);
	}
	*ret = c;
	if (ret_time != NULL)
		*ret_time = time;
	return KAS_OK;
}
