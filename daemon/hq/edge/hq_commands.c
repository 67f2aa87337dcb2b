/* Running, keys, and registering stores. */
#include "daemon/hq/edge/hq_commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/hq/edge/hq_db.h"
#include "daemon/hq/edge/hq_service.h"
#include "edge/clock.h"
#include "edge/config.h"
#include "edge/keyfile.h"
#include "edge/log.h"
#include "edge/random.h"
#include "edge/table.h"

static int
load_config(struct cli *cli, struct hq_config *ret)
{
	const char *file = cli_value(cli, "config", CONFIG_HQ_FILE);
	struct kas_why why;

	if (config_load_hq(file, ret, &why) == KAS_OK)
		return EX_OK;
	return cli_fail(cli, EX_CONFIG, "`man kasir-hq` explains every setting; "
	    "--config FILE reads another file", "%s", why.text);
}

int
hq_run(struct cli *cli)
{
	struct hq_service *s;
	struct kas_why why = { "" };
	int code;

	log_init("kasir-hq", LOG_LVL_NOTICE);
	if (hq_service_open(cli_value(cli, "config", CONFIG_HQ_FILE), &s, &why, &code) != KAS_OK) {
		log_line(LOG_LVL_ERROR, "%s", why.text);
		return code;
	}
	hq_service_run(s);
	hq_service_close(s);
	return EX_OK;
}

/* ---- keys ---- */

static int
print_vkey(struct cli *cli, const struct vkey *v)
{
	static const struct table_column columns[] = {
		{ "key", "Key", TABLE_LEFT }, { NULL, NULL, TABLE_LEFT } };
	struct table *t;
	struct buf text;
	enum kas_err err = KAS_OK;

	buf_init(&text);
	vkey_format(v, &text);
	buf_add(&text, "", 1);
	if (text.failed) {
		err = KAS_NOMEM;
	} else if (cli_flag(cli, "json")) {
		t = table_open(columns);
		table_text(t, (const char *)text.p);
		err = table_print(t, TABLE_JSON_RECORD, stdout);
		table_close(t);
	} else {
		printf("%s\n", (const char *)text.p);
	}
	buf_fini(&text);
	return err == KAS_OK ? EX_OK : cli_fail(cli, EX_IOERR, NULL, "cannot print the key");
}

struct hq_paths {
	char db[CONFIG_PATH_MAX], key[CONFIG_PATH_MAX], vkey[CONFIG_PATH_MAX];
};

static int
find_paths(struct cli *cli, const struct hq_config *c, struct hq_paths *ret)
{
	if (config_path(c->data_dir, CONFIG_HQ_DB, ret->db) == KAS_OK &&
	    config_key_path(c->data_dir, CONFIG_HQ_KEY, ret->key) == KAS_OK &&
	    config_path(c->data_dir, CONFIG_HQ_VKEY, ret->vkey) == KAS_OK)
		return EX_OK;
	return cli_fail(cli, EX_CONFIG, NULL, "%s: data-dir is too long", c->file);
}

static enum kas_err
make_key(const struct hq_config *c, const struct hq_paths *p, struct kas_why *why)
{
	struct random_port random = random_system();
	struct signer *s = NULL;
	enum kas_err err;

	err = signer_generate(&random, c->name, KEY_COSIGNATURE_V1, &s);
	if (err != KAS_OK)
		return kas_fail(why, err, "\"%s\" cannot name a key: %s", c->name, kas_err_text(err));
	err = keyfile_save_signer(p->key, s, why);
	if (err == KAS_OK)
		err = keyfile_save_vkey(p->vkey, signer_vkey(s), why);
	signer_close(s);
	return err;
}

/* Made by root for the daemon's user: the data folder says who that is. */
static enum kas_err
give_away(const struct hq_paths *p, struct kas_why *why)
{
	enum kas_err err = file_give_away(p->db, why);

	if (err == KAS_OK)
		err = file_give_away(p->vkey, why);
	return err == KAS_OK ? file_give_away(p->key, why) : err;
}

static enum kas_err
make_db(const struct hq_paths *p, struct kas_why *why)
{
	struct hq_db *db = NULL;
	enum kas_err err = hq_db_open(p->db, SQL_CREATE, &db, why);

	hq_db_close(db);
	return err;
}

/* What is there stays: a key without its database is a headquarters whose disk was lost,
 * and the stores fill the new one again. */
int
hq_keys_init(struct cli *cli)
{
	struct hq_config c;
	struct hq_paths p;
	struct kas_why why;
	bool has_key, has_db;
	int code = load_config(cli, &c);

	if (code == EX_OK)
		code = find_paths(cli, &c, &p);
	if (code != EX_OK)
		return code;
	has_key = access(p.key, F_OK) == 0;
	has_db = access(p.db, F_OK) == 0;
	if (has_key && has_db)
		return cli_fail(cli, EX_CANTCREAT, "`kasir-hq keys show` prints its public key",
		    "%s: a headquarters is there already", c.data_dir);
	if ((!has_key && make_key(&c, &p, &why) != KAS_OK) ||
	    (!has_db && make_db(&p, &why) != KAS_OK) || give_away(&p, &why) != KAS_OK)
		return cli_fail(cli, EX_CANTCREAT, NULL, "%s", why.text);
	return hq_keys_show(cli);
}

int
hq_keys_show(struct cli *cli)
{
	struct hq_config c;
	struct hq_paths p;
	struct kas_why why;
	struct vkey v;
	int code = load_config(cli, &c);
	enum kas_err err;

	if (code == EX_OK)
		code = find_paths(cli, &c, &p);
	if (code != EX_OK)
		return code;
	err = keyfile_load_vkey(p.vkey, &v, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), "`kasir-hq keys init` makes a key",
		    "%s", why.text);
	return print_vkey(cli, &v);
}

/* ---- stores ---- */

/* The ledger's origin is <operator>/<store>/<epoch>, and names the key. */
static bool
is_origin_of(const char *origin, const char *store)
{
	struct bytes rest = bytes_of_text(origin), part;
	uint64_t epoch;

	return text_cut(&rest, '/', &part) && part.n > 0 && text_cut(&rest, '/', &part) &&
	    bytes_equal(part, bytes_of_text(store)) && decimal_parse(rest, &epoch) == KAS_OK;
}

static int
read_store_key(struct cli *cli, const char *store, struct vkey *ret)
{
	const char *file = cli_value(cli, "key", NULL);
	struct kas_why why;
	enum kas_err err;

	if (!text_is_name(bytes_of_text(store)))
		return cli_usage(cli, "\"%s\" is no store's id: 1 to 32 of a-z, 0-9 and '-'", store);
	if (file == NULL)
		return cli_usage(cli, "--key FILE is missing: the store's public key");
	err = keyfile_load_vkey(file, ret, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), "`kasirctl keys show` at the store prints it",
		    "%s", why.text);
	if (ret->type != KEY_ED25519)
		return cli_fail(cli, EX_DATAERR, NULL, "%s: not a ledger's key", file);
	if (!is_origin_of(ret->name, store))
		return cli_fail(cli, EX_DATAERR, "a ledger's key is named <operator>/<store>/<epoch>",
		    "%s: \"%s\" is not the name of a ledger of store %s", file, ret->name, store);
	return EX_OK;
}

int
hq_store_add(struct cli *cli)
{
	const char *store = cli->argv[0];
	struct clock_port clock = clock_system();
	struct clock_reading now;
	struct hq_config c;
	struct hq_paths p;
	struct hq_db *db = NULL;
	struct vkey key;
	struct kas_why why;
	enum kas_err err;
	int code = read_store_key(cli, store, &key);

	if (code == EX_OK)
		code = load_config(cli, &c);
	if (code == EX_OK)
		code = find_paths(cli, &c, &p);
	if (code != EX_OK)
		return code;
	err = hq_db_open(p.db, SQL_BESIDE, &db, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), "`kasir-hq keys init` makes a database",
		    "%s", why.text);
	clock.read(clock.ctx, &now);
	err = hq_db_add_store(db, store, &key, now.wall_us);
	if (err == KAS_EXISTS)
		code = cli_fail(cli, EX_CANTCREAT, "`kasir-hq store list` shows it",
		    "store %s is registered already", store);
	else if (err != KAS_OK)
		code = cli_fail(cli, cli_exit_of(err), NULL, "%s: %s", p.db, hq_db_why(db));
	else
		printf("Store %s is registered; what it sends is taken from now on.\n", store);
	hq_db_close(db);
	return code;
}
