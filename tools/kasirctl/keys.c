#include "tools/kasirctl/ctl.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edge/keyfile.h"
#include "edge/random.h"

struct places {
	struct store_config config;
	char key[CONFIG_PATH_MAX], vkey[CONFIG_PATH_MAX], ledger[CONFIG_PATH_MAX];
	bool has_key, has_vkey, has_ledger;
};

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int
find_places(const struct cli *cli, struct places *p)
{
	int rc = ctl_config(cli, &p->config);

	if (rc != EX_OK)
		return rc;
	if (config_key_path(p->config.data_dir, CONFIG_STORE_KEY, p->key) != KAS_OK ||
	    config_path(p->config.data_dir, CONFIG_STORE_VKEY, p->vkey) != KAS_OK ||
	    config_path(p->config.data_dir, CONFIG_LEDGER, p->ledger) != KAS_OK)
		return cli_fail(cli, EX_CONFIG, NULL, "%s: data folder's path is too long",
		    p->config.file);
	p->has_key = exists(p->key);
	p->has_vkey = exists(p->vkey);
	p->has_ledger = exists(p->ledger);
	return EX_OK;
}

static int
report(const struct cli *cli, enum kas_err err, const struct kas_why *why)
{
	return cli_fail(cli, cli_exit_of(err), err == KAS_DENIED ?
	    "run it as the user that owns the data folder, such as 'runuser -u kasird -- kasirctl ...'" :
	    NULL, "%s", why->text);
}

/* A key without its ledger, or the other way round, is a loss and not a beginning: a new
 * half would make a second history under one name. */
static int
refuse_half(const struct cli *cli, const struct places *p)
{
	if (p->has_key && !p->has_ledger)
		return cli_fail(cli, EX_CANTCREAT, "restore ledger.db from a backup or from "
		    "headquarters; if this store has never sold anything, remove the key first",
		    "%s is there, but %s is not: its ledger is lost", p->key, p->ledger);
	return EX_OK;
}

/* Only a ledger that nothing was ever written to may get a new key: what an init that was
 * cut short leaves behind. */
static int
check_empty(const struct cli *cli, const struct places *p)
{
	struct ledger_reader *r;
	struct store_head head;
	struct kas_why why;
	struct arena a;
	enum kas_err err;

	err = ledger_read_open(p->ledger, &r, &why);
	if (err != KAS_OK)
		return report(cli, err, &why);
	arena_init(&a, 0);
	err = ledger_read_head(r, &a, &head);
	ledger_read_close(r);
	arena_fini(&a);
	if (err != KAS_OK)
		return ctl_fail_read(cli, err, p->ledger);
	if (head.size > 0)
		return cli_fail(cli, EX_CANTCREAT, "restore the key from where it is kept; without "
		    "it this ledger can be verified, but not continued",
		    "%s holds %llu entries, but %s is not there", p->ledger,
		    (unsigned long long)head.size, p->key);
	return EX_OK;
}

static int
make_ledger(const struct cli *cli, const struct places *p)
{
	struct kas_why why;
	sqlite3 *db;
	enum kas_err err;

	if (p->has_ledger)
		return check_empty(cli, p);
	if (mkdir(p->config.data_dir, 0750) != 0 && errno != EEXIST)
		return cli_fail(cli, errno == EACCES ? EX_NOPERM : EX_CANTCREAT, "make the folder, or "
		    "name another one in the configuration (data-dir)", "%s: %s",
		    p->config.data_dir, strerror(errno));
	err = sql_open(p->ledger, &ledger_kind, SQL_CREATE, &db, &why);
	if (err != KAS_OK)
		return report(cli, err, &why);
	sql_close(db);
	return EX_OK;
}

static int
make_key(const struct cli *cli, const struct places *p, struct signer **ret)
{
	struct random_port random = random_system();
	char origin[160];
	struct kas_why why;
	enum kas_err err;

	if (p->has_key) {
		err = keyfile_load_signer(p->key, ret, &why);
		return err == KAS_OK ? EX_OK : report(cli, err, &why);
	}
	config_origin(&p->config, origin);
	err = signer_generate(&random, origin, KEY_ED25519, ret);
	if (err != KAS_OK)
		return cli_fail(cli, EX_CONFIG, "mend store and operator in the configuration",
		    "\"%s\" cannot be a key's name", origin);
	err = keyfile_save_signer(p->key, *ret, &why);
	return err == KAS_OK ? EX_OK : report(cli, err, &why);
}

/* Made by root for the daemon's user: the data folder says who that is. */
static enum kas_err
give_away(const struct places *p, struct kas_why *why)
{
	enum kas_err err = file_give_away(p->ledger, why);

	if (err == KAS_OK)
		err = file_give_away(p->vkey, why);
	return err == KAS_OK ? file_give_away(p->key, why) : err;
}

static void
add_key(struct table *t, const struct vkey *key)
{
	struct buf text;

	buf_init(&text);
	if (key != NULL)
		vkey_format(key, &text);
	buf_add(&text, "", 1);
	if (key == NULL)
		table_shown_text(t, "none is configured", NULL);
	else
		table_text(t, text.failed ? NULL : (const char *)text.p);
	buf_fini(&text);
}

static int
show_made(const struct cli *cli, const struct vkey *store, bool made, const struct places *p)
{
	static const struct table_column columns[] = {
		{ "made", NULL, TABLE_LEFT }, { "ledger", "Ledger", TABLE_LEFT },
		{ "key", "Store's key", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_bool(t, made);
	table_text(t, p->ledger);
	add_key(t, store);
	return ctl_print(cli, t, true);
}

static int
show(const struct cli *cli, const struct vkey *store, const struct vkey *hq,
    const struct places *p)
{
	static const struct table_column columns[] = {
		{ "ledger", "Ledger", TABLE_LEFT }, { "key", "Store's key", TABLE_LEFT },
		{ "hq_key", "Headquarters' key", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);

	table_text(t, p->ledger);
	add_key(t, store);
	add_key(t, hq);
	return ctl_print(cli, t, true);
}

/* The secret key need not be opened to say that it is there. */
static int
show_old(const struct cli *cli, const struct places *p)
{
	struct vkey store;
	struct kas_why why;
	enum kas_err err = keyfile_load_vkey(p->vkey, &store, &why);

	if (err != KAS_OK)
		return report(cli, err, &why);
	if (!cli_flag(cli, "json"))
		fprintf(stderr, "kasirctl: key and ledger are there already; nothing done\n");
	return show_made(cli, &store, false, p);
}

int
ctl_keys_init(struct cli *cli)
{
	struct signer *signer = NULL;
	struct kas_why why;
	struct places p;
	enum kas_err err;
	int rc;

	if ((rc = find_places(cli, &p)) != EX_OK || (rc = refuse_half(cli, &p)) != EX_OK)
		return rc;
	if (p.has_key && p.has_vkey)
		return show_old(cli, &p);
	/* The ledger first: an empty one without a key is harmless, the rest is not. */
	if (!p.has_key && (rc = make_ledger(cli, &p)) != EX_OK)
		return rc;
	rc = make_key(cli, &p, &signer);
	if (rc == EX_OK && !p.has_vkey &&
	    (err = keyfile_save_vkey(p.vkey, signer_vkey(signer), &why)) != KAS_OK)
		rc = report(cli, err, &why);
	if (rc == EX_OK && (err = give_away(&p, &why)) != KAS_OK)
		rc = report(cli, err, &why);
	if (rc == EX_OK)
		rc = show_made(cli, signer_vkey(signer), !p.has_key, &p);
	signer_close(signer);
	return rc;
}

int
ctl_keys_show(struct cli *cli)
{
	struct vkey store, hq;
	struct kas_why why;
	struct places p;
	bool has_hq;
	enum kas_err err;
	int rc;

	if ((rc = find_places(cli, &p)) != EX_OK || (rc = ctl_hq_key(cli, &hq, &has_hq)) != EX_OK)
		return rc;
	err = keyfile_load_vkey(p.vkey, &store, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), err == KAS_NOTFOUND ?
		    "'kasirctl keys init' makes it" : NULL, "%s", why.text);
	return show(cli, &store, has_hq ? &hq : NULL, &p);
}
