/* key.h - Ed25519 keys (RFC 8032) and their texts.
 *
 * Secret keys live in locked memory and are wiped when closed.
 * Texts are those of C2SP signed-note:
 *   public   <name>+<8 hex of key id>+<base64 of type byte and key>
 *   secret   PRIVATE+KEY+<name>+<8 hex of key id>+<base64 of type byte and seed> */
#ifndef KASIR_PROOF_KEY_H
#define KASIR_PROOF_KEY_H

#include "base/ports.h"
#include "proof/hash.h"

#define KEY_LEN 32
#define SEED_LEN 32
#define SIG_LEN 64
#define KEY_NAME_MAX 160

enum key_type {
	KEY_ED25519 = 0x01,		/* C2SP signed-note */
	KEY_COSIGNATURE_V1 = 0x04,	/* C2SP tlog-cosignature */
};

struct pubkey {
	uint8_t b[KEY_LEN];
};

/* A named verifier: what a vkey text says. */
struct vkey {
	char name[KEY_NAME_MAX + 1];
	uint32_t id;		/* first 4 bytes of SHA-256(name "\n" type key), big-endian */
	enum key_type type;
	struct pubkey key;
};

struct signer;			/* a secret key and its vkey */

/* Not empty, no white space or control characters, no '+', at most KEY_NAME_MAX bytes
 * of UTF-8. */
bool key_name_is_valid(struct bytes name);

/* KAS_MALFORMED: NAME is not valid. */
KAS_CHECKED enum kas_err vkey_init(struct vkey *ret, const char *name, enum key_type type,
    const struct pubkey *key);
KAS_CHECKED enum kas_err vkey_parse(struct bytes text, struct vkey *ret, struct kas_why *why);
void vkey_format(const struct vkey *v, struct buf *to);	/* no newline */

/* The seed is wiped from *SEED once it is in locked memory. */
KAS_CHECKED enum kas_err signer_open_seed(uint8_t seed[SEED_LEN], const char *name,
    enum key_type type, struct signer **ret);
KAS_CHECKED enum kas_err signer_generate(const struct random_port *random, const char *name,
    enum key_type type, struct signer **ret);
KAS_CHECKED enum kas_err signer_parse(struct bytes text, struct signer **ret, struct kas_why *why);
/* The caller wipes TO. */
void signer_format(const struct signer *s, struct buf *to);
void signer_close(struct signer *s);		/* NULL is fine */
const struct vkey *signer_vkey(const struct signer *s);
void signer_sign(const struct signer *s, struct bytes message, uint8_t ret[SIG_LEN]);

bool sig_verify(const struct pubkey *key, struct bytes message, const uint8_t sig[SIG_LEN]);

#endif
