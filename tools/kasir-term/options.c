#include "tools/kasir-term/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "edge/keyfile.h"
#include "edge/random.h"
#include "terminal/session.h"

const struct cli_option term_options[] = {
	{ "broker", 'b', "ADDRESS", "host:port, or the path of a Unix socket (localhost:1883)" },
	{ "store", 's', "ID", "the store's id" },
	{ "store-key", 'k', "FILE", "the store's public key, a vkey text" },
	{ "hq-key", 0, "FILE", "headquarters' public key; without it nothing gets witnessed" },
	{ "keys", 0, "DIR", "where terminals' keys are (.)" },
	{ "outbox", 0, "DIR", "where outboxes are, or 'memory' (.)" },
	{ "epoch", 0, "N", "of the terminal's enrolment (1)" },
	{ "json", 'j', NULL, "print for programs" },
	{ NULL, 0, NULL, NULL },
};

static bool
parse_port(const char *text, unsigned *ret)
{
	uint64_t port;

	if (decimal_parse(bytes_of_text(text), &port) != KAS_OK || port == 0 || port > 65535)
		return false;
	*ret = (unsigned)port;
	return true;
}

static bool
copy_host(const char *from, size_t n, struct mqtt_address *ret)
{
	if (n == 0 || n >= sizeof(ret->host))
		return false;
	memcpy(ret->host, from, n);
	ret->host[n] = '\0';
	return true;
}

static bool
parse_address(const char *text, struct mqtt_address *ret)
{
	const char *colon = strrchr(text, ':'), *end;

	*ret = (struct mqtt_address){ .port = 1883 };
	if (text[0] == '/') {
		if (strlen(text) >= sizeof(ret->socket))
			return false;
		strcpy(ret->socket, text);
		return true;
	}
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (end == NULL || !copy_host(text + 1, (size_t)(end - text - 1), ret))
			return false;
		return end[1] == '\0' || (end[1] == ':' && parse_port(end + 2, &ret->port));
	}
	if (colon == NULL)
		return copy_host(text, strlen(text), ret);
	return copy_host(text, (size_t)(colon - text), ret) && parse_port(colon + 1, &ret->port);
}

static int
read_keys(struct cli *cli, bool without_store_key, struct term_options *ret)
{
	const char *file = cli_value(cli, "store-key", NULL);
	const char *hq = cli_value(cli, "hq-key", NULL);
	struct kas_why why;

	if (file == NULL && !without_store_key)
		return cli_usage(cli, "--store-key is missing: nothing could be verified without it");
	if (file != NULL && keyfile_load_vkey(file, &ret->store_key, &why) != KAS_OK)
		return cli_fail(cli, EX_NOINPUT, NULL, "%s", why.text);
	if (hq != NULL && keyfile_load_vkey(hq, &ret->hq, &why) != KAS_OK)
		return cli_fail(cli, EX_NOINPUT, NULL, "%s", why.text);
	ret->has_hq = hq != NULL;
	if (file != NULL && session_check_keys(ret->store, &ret->store_key,
	    ret->has_hq ? &ret->hq : NULL, &why) != KAS_OK)
		return cli_fail(cli, EX_DATAERR, "give what `kasirctl keys show` prints with --store-key, "
		    "what `kasir-hq keys show` prints with --hq-key", "%s", why.text);
	return EX_OK;
}

int
options_read(struct cli *cli, bool without_store_key, struct term_options *ret)
{
	const char *broker = cli_value(cli, "broker", "localhost:1883");
	int code = EX_OK;

	memset(ret, 0, sizeof(*ret));
	ret->store = cli_value(cli, "store", NULL);
	ret->keys = cli_value(cli, "keys", ".");
	ret->outbox = cli_value(cli, "outbox", ".");
	ret->json = cli_flag(cli, "json");
	ret->epoch = cli_number(cli, "epoch", 1, INT64_MAX, 1, &code);
	if (code != EX_OK)
		return code;
	if (ret->store == NULL || !text_is_name(bytes_of_text(ret->store)))
		return cli_usage(cli, "--store must name a store: small letters, digits, dashes");
	if (!parse_address(broker, &ret->broker))
		return cli_usage(cli, "--broker %s is neither host:port nor an absolute path", broker);
	return read_keys(cli, without_store_key, ret);
}

bool
options_path(const char *dir, const char *name, const char *suffix, char to[TERM_PATH_MAX])
{
	int n = snprintf(to, TERM_PATH_MAX, "%s/%s%s", dir, name, suffix);

	return n > 0 && n < TERM_PATH_MAX;
}

static enum kas_err
make_key(const char *keys, const char *store, const char *terminal, const char *path,
    struct signer **ret, struct kas_why *why)
{
	struct random_port random = random_system();
	char name[KEY_NAME_MAX + 1], public[TERM_PATH_MAX];
	struct signer *s = NULL;
	enum kas_err err;

	snprintf(name, sizeof(name), "%s/%s", store, terminal);
	if (mkdir(keys, 0700) < 0 && errno != EEXIST)
		return kas_fail(why, KAS_DENIED, "%s: %s", keys, strerror(errno));
	if (!options_path(keys, terminal, ".vkey", public))
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", keys);
	err = signer_generate(&random, name, KEY_ED25519, &s);
	if (err != KAS_OK)
		return kas_fail(why, err, "no key could be made: %s", kas_err_text(err));
	err = keyfile_save_signer(path, s, why);
	if (err == KAS_OK)
		err = keyfile_save_vkey(public, signer_vkey(s), why);
	if (err != KAS_OK) {
		signer_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}

enum kas_err
options_load_key(const char *keys, const char *store, const char *terminal, bool make,
    struct signer **ret, struct kas_why *why)
{
	char path[TERM_PATH_MAX], name[KEY_NAME_MAX + 1];
	struct signer *s = NULL;
	enum kas_err err;

	if (!options_path(keys, terminal, ".key", path))
		return kas_fail(why, KAS_RANGE, "%s: the path is too long", keys);
	err = keyfile_load_signer(path, &s, why);
	if (err == KAS_NOTFOUND && make)
		return make_key(keys, store, terminal, path, ret, why);
	if (err != KAS_OK)
		return err;
	snprintf(name, sizeof(name), "%s/%s", store, terminal);
	if (strcmp(signer_vkey(s)->name, name) != 0) {
		err = kas_fail(why, KAS_MALFORMED, "%s: is the key of %s, not of %s", path,
		    signer_vkey(s)->name, name);
		signer_close(s);
		return err;
	}
	*ret = s;
	return KAS_OK;
}
