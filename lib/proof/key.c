#include "proof/key.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "proof/hash.h"

#define TYPED_LEN (1 + KEY_LEN)		/* type byte and key (or seed, as long) */
#define TYPED_TEXT_LEN BASE64_LEN(TYPED_LEN)
#define ID_TEXT_LEN 8
#define KEY_TEXT_MAX (KEY_NAME_MAX + 1 + ID_TEXT_LEN + 1 + TYPED_TEXT_LEN)

static const char secret_prefix[] = "PRIVATE+KEY+";

/* Lives in memory from sodium_malloc(): locked, fenced, wiped when freed. */
struct signer {
	uint8_t seed[SEED_LEN];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	struct vkey vkey;
};

/* Length of the Unicode White_Space character (beyond ASCII) at P, or 0. */
static size_t
wide_space(const uint8_t *p, size_t n)
{
	static const char *const spaces[] = {
		"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\xa8", "\xe2\x80\xa9",
		"\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
	};
	size_t i, len;

	for (i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
		len = strlen(spaces[i]);
		if (n >= len && memcmp(p, spaces[i], len) == 0)
			return len;
	}
	/* U+2000 to U+200A: the quads and spaces of set widths. */
	if (n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x80 && p[2] <= 0x8a)
		return 3;
	return 0;
}

bool
key_name_is_valid(struct bytes name)
{
	size_t i;

	if (name.n == 0 || name.n > KEY_NAME_MAX || !text_is_utf8(name))
		return false;
	for (i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] == 0x7f || name.p[i] == '+' ||
		    wide_space(name.p + i, name.n - i) > 0)
			return false;
	return true;
}

static uint32_t
key_id(const char *name, enum key_type type, const struct pubkey *key)
{
	uint8_t tail[2 + KEY_LEN] = { '\n', (uint8_t)type };
	struct hash h;

	memcpy(tail + 2, key->b, KEY_LEN);
	h = hash_of_two(bytes_of_text(name), BYTES(tail, sizeof tail));
	return (uint32_t)h.b[0] << 24 | (uint32_t)h.b[1] << 16 | (uint32_t)h.b[2] << 8 | h.b[3];
}

static enum kas_err
vkey_init_bytes(struct vkey *ret, struct bytes name, enum key_type type, const struct pubkey *key)
{
	struct vkey v = { .type = type, .key = *key };

	if (!key_name_is_valid(name))
		return KAS_MALFORMED;
	memcpy(v.name, name.p, name.n);
	v.id = key_id(v.name, type, key);
	*ret = v;
	return KAS_OK;
}

enum kas_err
vkey_init(struct vkey *ret, const char *name, enum key_type type, const struct pubkey *key)
{
	return vkey_init_bytes(ret, bytes_of_text(name), type, key);
}

/* What both texts share: <name>+<id>+<base64 of type and 32 bytes>. */
struct key_text {
	struct bytes name;
	uint32_t id;
	enum key_type type;
	uint8_t material[KEY_LEN];
};

static enum kas_err
parse_id(struct bytes text, uint32_t *ret)
{
	uint8_t b[4];
	size_t n = sizeof b;

	if (hex_parse(text, b, &n) != KAS_OK || n != sizeof b)
		return KAS_MALFORMED;
	*ret = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	return KAS_OK;
}

static enum kas_err
parse_material(struct bytes text, struct key_text *to, struct kas_why *why)
{
	uint8_t typed[TYPED_LEN];
	size_t n = sizeof typed;
	enum kas_err err = KAS_OK;

	if (base64_parse(text, typed, &n) != KAS_OK || n != sizeof typed) {
		err = kas_fail(why, KAS_MALFORMED,
		    "the key is not base64 of a type byte and %d bytes", KEY_LEN);
	} else if (typed[0] != KEY_ED25519 && typed[0] != KEY_COSIGNATURE_V1) {
		err = kas_fail(why, KAS_MALFORMED,
		    "the key is of type 0x%02x; 0x01 (Ed25519) and 0x04 (cosignature/v1) are known",
		    typed[0]);
	} else {
		to->type = typed[0];
		memcpy(to->material, typed + 1, KEY_LEN);
	}
	sodium_memzero(typed, sizeof typed);
	return err;
}

static enum kas_err
key_text_parse(struct bytes rest, struct key_text *to, struct kas_why *why)
{
	struct bytes id;

	if (!text_cut(&rest, '+', &to->name) || !text_cut(&rest, '+', &id))
		return kas_fail(why, KAS_MALFORMED, "a key reads <name>+<key id>+<base64>");
	if (!key_name_is_valid(to->name))
		return kas_fail(why, KAS_MALFORMED,
		    "a key's name is 1 to %d bytes of UTF-8 without white space", KEY_NAME_MAX);
	if (parse_id(id, &to->id) != KAS_OK)
		return kas_fail(why, KAS_MALFORMED, "a key id is %d hex digits", ID_TEXT_LEN);
	return parse_material(rest, to, why);
}

static void
key_text_format(const struct vkey *v, const uint8_t material[KEY_LEN], char to[KEY_TEXT_MAX + 1])
{
	uint8_t typed[TYPED_LEN];
	char text[TYPED_TEXT_LEN + 1];

	typed[0] = (uint8_t)v->type;
	memcpy(typed + 1, material, KEY_LEN);
	base64_format(BYTES(typed, sizeof typed), text);
	snprintf(to, KEY_TEXT_MAX + 1, "%s+%08x+%s", v->name, v->id, text);
	sodium_memzero(typed, sizeof typed);
	sodium_memzero(text, sizeof text);
}

static bool
is_secret(struct bytes text)
{
	const size_t n = sizeof secret_prefix - 1;

	return text.n >= n && memcmp(text.p, secret_prefix, n) == 0;
}

enum kas_err
vkey_parse(struct bytes text, struct vkey *ret, struct kas_why *why)
{
	struct key_text t;
	struct pubkey key;
	struct vkey v;
	enum kas_err err;

	if (is_secret(text))
		return kas_fail(why, KAS_MALFORMED, "a secret key stands there; the public one is "
		    "wanted, as `keys show` prints it");
	if ((err = key_text_parse(text, &t, why)) != KAS_OK)
		return err;
	memcpy(key.b, t.material, KEY_LEN);
	if ((err = vkey_init_bytes(&v, t.name, t.type, &key)) != KAS_OK)
		return err;
	if (v.id != t.id)
		return kas_fail(why, KAS_MALFORMED,
		    "the key id is %08x, but this name and key make %08x", t.id, v.id);
	*ret = v;
	return KAS_OK;
}

void
vkey_format(const struct vkey *v, struct buf *to)
{
	char text[KEY_TEXT_MAX + 1];

	key_text_format(v, v->key.b, text);
	buf_add(to, text, strlen(text));
}

static enum kas_err
signer_open_bytes(const uint8_t seed[SEED_LEN], struct bytes name, enum key_type type,
    struct signer **ret)
{
	struct signer *s;
	struct pubkey key;
	enum kas_err err;

	if (sodium_init() < 0 || (s = sodium_malloc(sizeof *s)) == NULL)
		return KAS_NOMEM;
	memcpy(s->seed, seed, SEED_LEN);
	crypto_sign_seed_keypair(key.b, s->secret, s->seed);
	if ((err = vkey_init_bytes(&s->vkey, name, type, &key)) != KAS_OK) {
		signer_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

enum kas_err
signer_open_seed(uint8_t seed[SEED_LEN], const char *name, enum key_type type, struct signer **ret)
{
	enum kas_err err = signer_open_bytes(seed, bytes_of_text(name), type, ret);

	sodium_memzero(seed, SEED_LEN);
	return err;
}

enum kas_err
signer_generate(const struct random_port *random, const char *name, enum key_type type,
    struct signer **ret)
{
	uint8_t seed[SEED_LEN];

	random->fill(random->ctx, seed, sizeof seed);
	return signer_open_seed(seed, name, type, ret);
}

static enum kas_err
signer_parse_body(struct bytes text, struct key_text *t, struct signer **ret, struct kas_why *why)
{
	struct signer *s;
	enum kas_err err;

	if ((err = key_text_parse(text, t, why)) != KAS_OK)
		return err;
	if ((err = signer_open_bytes(t->material, t->name, t->type, &s)) != KAS_OK)
		return kas_fail(why, err, "no locked memory for the key");
	if (s->vkey.id != t->id) {
		err = kas_fail(why, KAS_MALFORMED,
		    "the key id is %08x, but this name and key make %08x", t->id, s->vkey.id);
		signer_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

enum kas_err
signer_parse(struct bytes text, struct signer **ret, struct kas_why *why)
{
	const size_t prefix = sizeof secret_prefix - 1;
	struct key_text t;
	enum kas_err err;

	if (!is_secret(text))
		return kas_fail(why, KAS_MALFORMED, "a secret key begins with %s", secret_prefix);
	err = signer_parse_body(BYTES(text.p + prefix, text.n - prefix), &t, ret, why);
	sodium_memzero(&t, sizeof t);
	return err;
}

void
signer_format(const struct signer *s, struct buf *to)
{
	char text[sizeof secret_prefix + KEY_TEXT_MAX];

	memcpy(text, secret_prefix, sizeof secret_prefix);
	key_text_format(&s->vkey, s->seed, text + sizeof secret_prefix - 1);
	buf_add(to, text, strlen(text));
	sodium_memzero(text, sizeof text);
}

void
signer_close(struct signer *s)
{
	sodium_free(s);		/* wipes */
}

const struct vkey *
signer_vkey(const struct signer *s)
{
	return &s->vkey;
}

void
signer_sign(const struct signer *s, struct bytes message, uint8_t ret[SIG_LEN])
{
	crypto_sign_detached(ret, NULL, message.p, message.n, s->secret);
}

bool
sig_verify(const struct pubkey *key, struct bytes message, const uint8_t sig[SIG_LEN])
{
	return crypto_sign_verify_detached(sig, message.p, message.n, key->b) == 0;
}
