#include "proof/note.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DASH "\xe2\x80\x94 "		/* em dash and a space: begins a signature line */
#define DASH_LEN (sizeof DASH - 1)
#define ID_LEN 4
#define TIME_LEN 8
#define COSIG_LEN (TIME_LEN + SIG_LEN)

/* Length of the text with its last newline: up to the last empty line.  0: no such. */
static size_t
text_length(struct bytes b)
{
	size_t i;

	for (i = b.n; i >= 2; i--)
		if (b.p[i - 1] == '\n' && b.p[i - 2] == '\n')
			return i - 1;
	return 0;
}

static bool
has_control(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.n; i++)
		if (b.p[i] < 0x20 && b.p[i] != '\n')
			return true;
	return false;
}

/* LINE without its newline. */
static bool
parse_sig(struct bytes line, struct note_sig *ret)
{
	uint8_t raw[NOTE_MAX];
	size_t n = sizeof raw;
	struct bytes rest;

	if (line.n < DASH_LEN || memcmp(line.p, DASH, DASH_LEN) != 0)
		return false;
	rest = BYTES(line.p + DASH_LEN, line.n - DASH_LEN);
	if (!text_cut(&rest, ' ', &ret->name) || !key_name_is_valid(ret->name) ||
	    base64_parse(rest, raw, &n) != KAS_OK || n <= ID_LEN)
		return false;
	ret->id = (uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3];
	n -= ID_LEN;
	ret->body_n = n <= sizeof ret->body ? n : 0;
	memcpy(ret->body, raw + ID_LEN, ret->body_n);
	return true;
}

enum kas_err
note_parse(struct bytes b, struct note *ret, struct kas_why *why)
{
	struct bytes rest, line;
	size_t text_n;
	unsigned n = 0;

	if (b.n > NOTE_MAX)
		return kas_fail(why, KAS_MALFORMED, "the note is longer than %d bytes", NOTE_MAX);
	if (b.n == 0 || !text_is_utf8(b) || has_control(b))
		return kas_fail(why, KAS_MALFORMED, "the note is not plain UTF-8 text");
	text_n = text_length(b);
	if (text_n == 0 || b.p[b.n - 1] != '\n')
		return kas_fail(why, KAS_MALFORMED, "the note has no signatures under its text");
	rest = BYTES(b.p + text_n + 1, b.n - text_n - 1);
	while (text_cut(&rest, '\n', &line)) {
		if (n == NOTE_SIGS_MAX)
			return kas_fail(why, KAS_MALFORMED, "the note has more than %d signatures",
			    NOTE_SIGS_MAX);
		if (!parse_sig(line, &ret->sigs[n]))
			return kas_fail(why, KAS_MALFORMED, "signature line %u is malformed", n + 1);
		n++;
	}
	if (n == 0)
		return kas_fail(why, KAS_MALFORMED, "the note has no signatures under its text");
	ret->text = BYTES(b.p, text_n);
	ret->n = n;
	return KAS_OK;
}

/* What a cosignature/v1 signs; the caller frees it with buf_fini(). */
static void
cosigned_message(uint64_t time, struct bytes text, struct buf *ret)
{
	buf_init(ret);
	buf_addf(ret, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	buf_add(ret, text.p, text.n);
}

static uint64_t
time_load(const uint8_t b[TIME_LEN])
{
	uint64_t t = 0;
	unsigned i;

	for (i = 0; i < TIME_LEN; i++)
		t = t << 8 | b[i];
	return t;
}

static void
time_store(uint64_t t, uint8_t to[TIME_LEN])
{
	unsigned i;

	for (i = 0; i < TIME_LEN; i++)
		to[i] = (uint8_t)(t >> (8 * (TIME_LEN - 1 - i)));
}

static bool
cosig_verify(struct bytes text, const struct note_sig *sig, const struct pubkey *key)
{
	struct buf message;
	uint64_t time;
	bool ok;

	if (sig->body_n != COSIG_LEN)
		return false;
	time = time_load(sig->body);
	if (time > INT64_MAX)		/* tlog-cosignature forbids it */
		return false;
	cosigned_message(time, text, &message);
	ok = !message.failed && sig_verify(key, buf_bytes(&message), sig->body + TIME_LEN);
	buf_fini(&message);
	return ok;
}

static bool
line_verify(const struct note *n, const struct note_sig *sig, const struct vkey *v)
{
	if (v->type == KEY_COSIGNATURE_V1)
		return cosig_verify(n->text, sig, &v->key);
	return sig->body_n == SIG_LEN && sig_verify(&v->key, n->text, sig->body);
}

static bool
is_by(const struct note_sig *sig, const struct vkey *v)
{
	return sig->id == v->id && bytes_equal(sig->name, bytes_of_text(v->name));
}

enum kas_err
note_verify(const struct note *n, const struct vkey *v, uint64_t *ret_time)
{
	enum kas_err err = KAS_NOTFOUND;
	uint64_t time = 0, t;
	unsigned i;

	for (i = 0; i < n->n; i++) {
		if (!is_by(&n->sigs[i], v))
			continue;
		if (!line_verify(n, &n->sigs[i], v))
			return KAS_BADSIG;
		t = v->type == KEY_COSIGNATURE_V1 ? time_load(n->sigs[i].body) : 0;
		time = t > time ? t : time;
		err = KAS_OK;
	}
	if (err == KAS_OK && ret_time != NULL)
		*ret_time = time;
	return err;
}

static void
add_line(struct buf *to, struct bytes name, uint32_t id, struct bytes body)
{
	uint8_t raw[ID_LEN + COSIG_LEN];
	char text[BASE64_LEN(sizeof raw) + 1];

	raw[0] = (uint8_t)(id >> 24);
	raw[1] = (uint8_t)(id >> 16);
	raw[2] = (uint8_t)(id >> 8);
	raw[3] = (uint8_t)id;
	memcpy(raw + ID_LEN, body.p, body.n);
	base64_format(BYTES(raw, ID_LEN + body.n), text);
	buf_addf(to, DASH "%.*s %s\n", (int)name.n, (const char *)name.p, text);
}

static void
sign_line(struct buf *to, struct bytes text, const struct signer *s, uint64_t time)
{
	const struct vkey *v = signer_vkey(s);
	uint8_t body[COSIG_LEN];
	struct buf message;

	if (v->type == KEY_ED25519) {
		signer_sign(s, text, body);
		add_line(to, bytes_of_text(v->name), v->id, BYTES(body, SIG_LEN));
		return;
	}
	cosigned_message(time, text, &message);
	if (message.failed) {
		to->failed = true;
	} else {
		time_store(time, body);
		signer_sign(s, buf_bytes(&message), body + TIME_LEN);
		add_line(to, bytes_of_text(v->name), v->id, BYTES(body, COSIG_LEN));
	}
	buf_fini(&message);
}

void
note_sign(struct bytes text, const struct signer *s, struct buf *to)
{
	kas_assert(text.n > 0 && text.p[text.n - 1] == '\n');
	kas_assert(signer_vkey(s)->type == KEY_ED25519);
	buf_add(to, text.p, text.n);
	buf_add(to, "\n", 1);
	sign_line(to, text, s, 0);
}

void
note_cosign(struct buf *to, const struct signer *s, uint64_t time)
{
	size_t text_n = to->failed ? 0 : text_length(buf_bytes(to));
	struct buf text;

	if (text_n == 0) {
		to->failed = true;
		return;
	}
	/* A copy: TO may move while the line is added to it. */
	buf_init(&text);
	buf_add(&text, to->p, text_n);
	if (text.failed)
		to->failed = true;
	else
		sign_line(to, buf_bytes(&text), s, time);
	buf_fini(&text);
}

void
note_add_sigs_of(struct buf *to, const struct note *from, const struct vkey *v)
{
	unsigned i;

	for (i = 0; i < from->n; i++)
		if (is_by(&from->sigs[i], v) && from->sigs[i].body_n > 0)
			add_line(to, from->sigs[i].name, from->sigs[i].id,
			    BYTES(from->sigs[i].body, from->sigs[i].body_n));
}
