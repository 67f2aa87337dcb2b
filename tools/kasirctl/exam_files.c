/* exam_files.c - configuration, modes and owners, keys, and that they belong together. */
#include "tools/kasirctl/exam.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "edge/keyfile.h"
#include "proof/checkpoint.h"

bool
exam_config(struct exam *x)
{
	struct kas_why why;

	if (config_load_store(cli_value(x->cli, "config", CONFIG_STORE_FILE), &x->config, &why) !=
	    KAS_OK) {
		exam_say(x, EXAM_FAULT, "config.bad",
		    "mend that line; kasird.conf(5) explains every setting", "%s", why.text);
		return false;
	}
	exam_say(x, EXAM_GOOD, "config.good", NULL, "configuration: %s", x->config.file);
	return true;
}

static bool
path_of(const struct exam *x, const char *name, char to[CONFIG_PATH_MAX])
{
	return config_path(x->config.data_dir, name, to) == KAS_OK;
}

/* The daemon runs as the folder's owner: what belongs to another it may not write. */
static void
examine_owner(struct exam *x, const char *name, const struct stat *folder)
{
	char path[CONFIG_PATH_MAX];
	struct stat st;

	if (!path_of(x, name, path) || stat(path, &st) != 0)
		return;
	/* Nobody writes the public key again, and everybody may read it. */
	if (st.st_uid != folder->st_uid && strcmp(name, CONFIG_STORE_VKEY) != 0)
		exam_say(x, EXAM_FAULT, "files.owner", "give it to the folder's owner with chown",
		    "%s belongs to uid %u, its folder to uid %u: kasird cannot write it", path,
		    (unsigned)st.st_uid, (unsigned)folder->st_uid);
	if ((st.st_mode & 022) != 0)
		exam_say(x, EXAM_WARNING, "files.writable", "take it back with chmod go-w",
		    "%s can be written by others (mode %04o)", path, (unsigned)st.st_mode & 07777);
}

void
exam_files(struct exam *x)
{
	static const char *const names[] = { CONFIG_LEDGER, CONFIG_LEDGER "-wal",
		CONFIG_LEDGER "-shm", CONFIG_REPORTS, CONFIG_STORE_KEY, CONFIG_STORE_VKEY };
	struct stat st;
	size_t before = x->n;

	if (stat(x->config.data_dir, &st) != 0) {
		exam_say(x, EXAM_FAULT, "files.folder",
		    "make the folder, or name another one in the configuration (data-dir)",
		    "data folder %s: %s", x->config.data_dir, strerror(errno));
		return;
	}
	if ((st.st_mode & 027) != 0)
		exam_say(x, EXAM_WARNING, "files.folder_open", "close it with chmod o-rwx,g-w",
		    "data folder %s is open to others (mode %04o)", x->config.data_dir,
		    (unsigned)st.st_mode & 07777);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		examine_owner(x, names[i], &st);
	if (x->n == before)
		exam_say(x, EXAM_GOOD, "files.good", NULL, "data folder: %s", x->config.data_dir);
}

/* RET is left alone unless the key is there. */
static bool
load_secret(struct exam *x, struct vkey *ret)
{
	char path[CONFIG_PATH_MAX];
	struct signer *signer;
	struct kas_why why;
	enum kas_err err;

	if (config_key_path(x->config.data_dir, CONFIG_STORE_KEY, path) != KAS_OK)
		return false;
	err = keyfile_load_signer(path, &signer, &why);
	if (err == KAS_NOTFOUND && x->status != NULL) {
		exam_say(x, EXAM_NOTE, "key.credential", NULL, "the store's secret key is not in the "
		    "data folder: kasird has it from elsewhere, as a credential of systemd's");
		return false;
	}
	if (err != KAS_OK) {
		exam_say(x, EXAM_FAULT, "key.secret",
		    "restore the key, or its mode; run this as root or as kasird's user",
		    "the store's secret key: %s", why.text);
		return false;
	}
	*ret = *signer_vkey(signer);
	signer_close(signer);
	return true;
}

static bool
load_public(struct exam *x, struct vkey *ret)
{
	char path[CONFIG_PATH_MAX];
	struct kas_why why;

	if (!path_of(x, CONFIG_STORE_VKEY, path))
		return false;
	if (keyfile_load_vkey(path, ret, &why) == KAS_OK)
		return true;
	exam_say(x, EXAM_FAULT, "key.public",
	    "put back the copy that headquarters or a terminal has", "the store's public key: %s",
	    why.text);
	return false;
}

static bool
same_key(const struct vkey *a, const struct vkey *b)
{
	return strcmp(a->name, b->name) == 0 && a->id == b->id &&
	    memcmp(&a->key, &b->key, sizeof a->key) == 0;
}

static void
examine_checkpoint(struct exam *x, const struct vkey *key)
{
	struct checkpoint c;
	struct kas_why why;

	if (x->ledger == NULL || x->head.checkpoint.n == 0)
		return;
	if (checkpoint_open(x->head.checkpoint, key, &c, &why) != KAS_OK)
		exam_say(x, EXAM_FAULT, "key.ledger",
		    "put back the key that belongs to this ledger, or the ledger that belongs to the "
		    "key", "the store's key did not sign this ledger: %s", why.text);
	else
		exam_say(x, EXAM_GOOD, "key.good", NULL, "keys: %s signed the ledger", key->name);
}

static void
examine_hq_key(struct exam *x, const struct vkey *key)
{
	struct checkpoint c;
	struct kas_why why;
	struct vkey hq;
	uint64_t at;

	if (!x->config.has_hq)
		return;
	if (keyfile_load_vkey(x->config.hq.key_file, &hq, &why) != KAS_OK)
		exam_say(x, EXAM_FAULT, "key.hq",
		    "put headquarters' public key there ('kasir-hq keys show' prints it)",
		    "headquarters' public key: %s", why.text);
	else if (x->ledger != NULL && x->head.cosigned.n > 0 &&
	    checkpoint_open_cosigned(x->head.cosigned, key, &hq, &c, &at, &why) != KAS_OK)
		exam_say(x, EXAM_FAULT, "key.hq_other",
		    "ask headquarters for its key over a way that you trust",
		    "headquarters' key did not cosign this ledger: %s", why.text);
}

void
exam_keys(struct exam *x)
{
	struct vkey secret, public;
	bool has_secret = load_secret(x, &secret), has_public = load_public(x, &public);

	if (has_secret && has_public && !same_key(&secret, &public))
		exam_say(x, EXAM_FAULT, "key.pair", "put back the pair that 'keys init' made",
		    "store.key and store.vkey are not of one pair: %s and %s", secret.name,
		    public.name);
	if (!has_public)
		return;
	examine_checkpoint(x, &public);
	examine_hq_key(x, &public);
}
