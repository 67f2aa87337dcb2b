#include "proof/tlog_proof.h"

#include <string.h>

#include "base/text.h"

static const char version[] = "c2sp.org/tlog-proof@v1";

static void
add_base64(struct buf *to, struct bytes b)
{
	/* One more than it holds, for base64_format()'s NUL; it is not counted. */
	char *text = buf_grow(to, BASE64_LEN(b.n) + 1);

	if (text == NULL)
		return;
	base64_format(b, text);
	to->n--;
}

void
tlog_proof_format(const struct tlog_proof *p, struct buf *to)
{
	unsigned i;

	buf_addf(to, "%s\n", version);
	if (p->extra.p != NULL) {
		buf_addf(to, "extra ");
		add_base64(to, p->extra);
		buf_addf(to, "\n");
	}
	buf_addf(to, "index %llu\n", (unsigned long long)p->index);
	for (i = 0; i < p->path.n; i++) {
		add_base64(to, hash_bytes(&p->path.path[i]));
		buf_addf(to, "\n");
	}
	buf_addf(to, "\n");
	buf_add(to, p->checkpoint.p, p->checkpoint.n);
}

/* Cut PREFIX off LINE; false when it does not begin so. */
static bool
cut_prefix(struct bytes *line, const char *prefix)
{
	size_t n = strlen(prefix);

	if (line->n < n || memcmp(line->p, prefix, n) != 0)
		return false;
	*line = BYTES(line->p + n, line->n - n);
	return true;
}

static enum kas_err
parse_extra(struct bytes text, struct arena *a, struct bytes *ret, struct kas_why *why)
{
	size_t n = text.n / 4 * 3;
	uint8_t *p;

	if (text.n > BASE64_LEN(TLOG_PROOF_EXTRA_MAX))
		return kas_fail(why, KAS_RANGE, "line 2: the extra data is longer than %zu bytes",
		    TLOG_PROOF_EXTRA_MAX);
	if ((p = arena_alloc(a, n > 0 ? n : 1)) == NULL)
		return kas_fail(why, KAS_NOMEM, "no memory for the extra data");
	if (base64_parse(text, p, &n) != KAS_OK)
		return kas_fail(why, KAS_MALFORMED, "line 2: the extra data is not base64");
	*ret = BYTES(p, n);
	return KAS_OK;
}

static enum kas_err
parse_path(struct bytes *rest, unsigned line_no, struct proof *ret, struct kas_why *why)
{
	struct bytes line;
	size_t n;

	for (ret->n = 0; text_cut(rest, '\n', &line); line_no++) {
		if (line.n == 0)
			return KAS_OK;
		if (ret->n == PROOF_MAX)
			return kas_fail(why, KAS_MALFORMED, "line %u: more than %d hashes", line_no,
			    PROOF_MAX);
		n = HASH_LEN;
		if (base64_parse(line, ret->path[ret->n].b, &n) != KAS_OK || n != HASH_LEN)
			return kas_fail(why, KAS_MALFORMED, "line %u: not base64 of %d bytes", line_no,
			    HASH_LEN);
		ret->n++;
	}
	return kas_fail(why, KAS_MALFORMED, "line %u: the file ends before its checkpoint", line_no);
}

enum kas_err
tlog_proof_parse(struct bytes b, struct arena *a, struct tlog_proof *ret, struct kas_why *why)
{
	struct tlog_proof p = { .extra = BYTES_NONE };
	struct bytes line;
	unsigned line_no = 2;
	enum kas_err err;

	if (!text_cut(&b, '\n', &line) || !bytes_equal(line, bytes_of_text(version)))
		return kas_fail(why, KAS_MALFORMED, "line 1 is not %s", version);
	if (!text_cut(&b, '\n', &line))
		return kas_fail(why, KAS_MALFORMED, "line 2: the file ends before its index");
	if (cut_prefix(&line, "extra ")) {
		if ((err = parse_extra(line, a, &p.extra, why)) != KAS_OK)
			return err;
		line_no++;
		if (!text_cut(&b, '\n', &line))
			return kas_fail(why, KAS_MALFORMED, "line 3: the file ends before its index");
	}
	if (!cut_prefix(&line, "index ") || decimal_parse(line, &p.index) != KAS_OK)
		return kas_fail(why, KAS_MALFORMED, "line %u is not an index", line_no);
	if ((err = parse_path(&b, line_no + 1, &p.path, why)) != KAS_OK)
		return err;
	if (b.n == 0 || !arena_copy(a, b, &p.checkpoint))
		return kas_fail(why, b.n == 0 ? KAS_MALFORMED : KAS_NOMEM, "there is no checkpoint");
	*ret = p;
	return KAS_OK;
}
