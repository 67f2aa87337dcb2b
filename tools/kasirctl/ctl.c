#include "tools/kasirctl/ctl.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "base/nls.h"
#include "edge/control_client.h"
#include "edge/keyfile.h"
#include "edge/lang.h"

#define ANSWER_MS 10000u

int
ctl_config(const struct cli *cli, struct store_config *ret)
{
	struct kas_why why;
	enum kas_err err;

	err = config_load_store(cli_value(cli, "config", CONFIG_STORE_FILE), ret, &why);
	if (err == KAS_OK)
		return EX_OK;
	return cli_fail(cli, err == KAS_NOTFOUND ? EX_NOINPUT : EX_CONFIG,
	    "name the configuration with --config, or mend that line; kasird.conf(5) explains it",
	    "%s", why.text);
}

int
ctl_ledger_path(const struct cli *cli, char to[CONFIG_PATH_MAX])
{
	const char *given = cli_value(cli, "ledger", NULL);
	struct store_config config;
	int rc;

	if (given != NULL) {
		if (strlen(given) >= CONFIG_PATH_MAX)
			return cli_usage(cli, "--ledger: the path is too long");
		strcpy(to, given);
		return EX_OK;
	}
	rc = ctl_config(cli, &config);
	if (rc != EX_OK)
		return rc;
	if (config_path(config.data_dir, CONFIG_LEDGER, to) != KAS_OK)
		return cli_fail(cli, EX_CONFIG, NULL, "%s: data folder's path is too long",
		    config.file);
	return EX_OK;
}

static const char *
next_step_for(enum kas_err err)
{
	switch (err) {
	case KAS_NOTFOUND:
		return "'kasirctl keys init' makes an empty ledger; --ledger names another file";
	case KAS_DENIED:
		return "run it as root, or as the user that owns the data folder";
	case KAS_AGAIN:
		return "start kasird once, which brings the file up to date, then try again";
	case KAS_NEWER:
		return "use the kasirctl of the version that made it";
	case KAS_CORRUPT:
		return "keep a copy as evidence, check the disk, restore from headquarters' copy";
	default:
		return NULL;
	}
}

int
ctl_open_ledger(const struct cli *cli, struct ledger_reader **ret)
{
	char path[CONFIG_PATH_MAX];
	struct kas_why why = { "" };
	enum kas_err err;
	int rc;

	rc = ctl_ledger_path(cli, path);
	if (rc != EX_OK)
		return rc;
	err = ledger_read_open(path, ret, &why);
	if (err == KAS_OK)
		return EX_OK;
	return cli_fail(cli, cli_exit_of(err), next_step_for(err), "%s", why.text);
}

static int
load_vkey(const struct cli *cli, const char *path, const char *whose, struct vkey *ret)
{
	struct kas_why why;
	enum kas_err err;
	char next[200];

	err = keyfile_load_vkey(path, ret, &why);
	if (err == KAS_OK)
		return EX_OK;
	snprintf(next, sizeof next, "give %s public key with --%s FILE", whose,
	    whose[0] == 'h' ? "hq-key" : "key");
	return cli_fail(cli, cli_exit_of(err), next, "%s", why.text);
}

int
ctl_store_key(const struct cli *cli, struct vkey *ret)
{
	const char *given = cli_value(cli, "key", NULL);
	char ledger[CONFIG_PATH_MAX], path[CONFIG_PATH_MAX];
	int rc;

	if (given != NULL)
		return load_vkey(cli, given, "the store's", ret);
	rc = ctl_ledger_path(cli, ledger);
	if (rc != EX_OK)
		return rc;
	if (config_path(dirname(ledger), CONFIG_STORE_VKEY, path) != KAS_OK)
		return cli_usage(cli, "the data folder's path is too long");
	return load_vkey(cli, path, "the store's", ret);
}

int
ctl_hq_key(const struct cli *cli, struct vkey *ret, bool *ret_found)
{
	const char *given = cli_value(cli, "hq-key", NULL);
	struct store_config config;
	int rc;

	*ret_found = given != NULL;
	if (given != NULL)
		return load_vkey(cli, given, "headquarters'", ret);
	/* A ledger named by hand may be anybody's: no configuration speaks for it. */
	if (cli_flag(cli, "ledger") && !cli_flag(cli, "config"))
		return EX_OK;
	rc = ctl_config(cli, &config);
	if (rc != EX_OK || !config.has_hq)
		return rc;
	*ret_found = true;
	return load_vkey(cli, config.hq.key_file, "headquarters'", ret);
}

/* Nobody knows whether an order without an answer was carried out, and to give it again may
 * close a second day. */
static const char *
after_silence(const Kasir__V1__ControlRequest *q)
{
	switch (q->body_case) {
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD:
	case KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_REVOKE:
		return N_("look first whether it was done: 'kasirctl terminal list'");
	case KASIR__V1__CONTROL_REQUEST__BODY_RULES_LOAD:
		return N_("look first whether it was done: 'kasirctl rules show'");
	case KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_LOAD:
		return N_("look first whether it was done: 'kasirctl catalog show'");
	case KASIR__V1__CONTROL_REQUEST__BODY_RESOLVE:
	case KASIR__V1__CONTROL_REQUEST__BODY_ANNOTATE:
		return N_("look first whether it was done: 'kasirctl exceptions list --all'");
	case KASIR__V1__CONTROL_REQUEST__BODY_DAY_CLOSE:
		return N_("look first whether it was done: 'kasirctl report z'");
	default:
		return N_("try again; 'journalctl -u kasird' has what kasird says");
	}
}

int
ctl_call(const struct cli *cli, const Kasir__V1__ControlRequest *request, struct arena *a,
    Kasir__V1__ControlResponse **ret)
{
	struct store_config config;
	struct kas_why why;
	enum kas_err err;
	int rc;

	rc = ctl_config(cli, &config);
	if (rc != EX_OK)
		return rc;
	err = control_call(config.control_socket, ANSWER_MS, request, a, ret, &why);
	if (err == KAS_NOTFOUND)
		return cli_fail(cli, EX_UNAVAILABLE, "start it ('systemctl start kasird'), or read "
		    "the ledger without it: tx, verify and prove need no daemon", "%s", why.text);
	if (err == KAS_DENIED)
		return cli_fail(cli, EX_NOPERM, "run it as root, or join the group of the control "
		    "socket (kasird.conf: control-group)", "%s", why.text);
	if (err == KAS_AGAIN)
		return cli_fail(cli, EX_TEMPFAIL, after_silence(request), "%s", why.text);
	if (err != KAS_OK)
		return cli_fail(cli, err == KAS_MALFORMED ? EX_PROTOCOL : cli_exit_of(err),
		    "see what kasird says: 'journalctl -u kasird'", "%s", why.text);
	if ((*ret)->exit_code != 0)
		return cli_fail(cli, (int)(*ret)->exit_code,
		    (*ret)->next_step[0] != '\0' ? (*ret)->next_step : NULL, "%s",
		    lang_word((*ret)->error));
	return EX_OK;
}

int
ctl_print(const struct cli *cli, struct table *take_t, bool record)
{
	bool json = cli_flag(cli, "json");
	enum kas_err err;

	err = table_print(take_t, json ? (record ? TABLE_JSON_RECORD : TABLE_JSON) :
	    (record ? TABLE_RECORD : TABLE_PEOPLE), stdout);
	table_close(take_t);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "standard output: %s",
		    kas_err_text(err));
	return EX_OK;
}

int
ctl_fail_read(const struct cli *cli, enum kas_err err, const char *what)
{
	return cli_fail(cli, cli_exit_of(err), err == KAS_CORRUPT ?
	    "'kasirctl verify' says what is wrong with the ledger" : NULL, "%s: %s", what,
	    kas_err_text(err));
}
