#include "edge/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/config_parts.h"
#include "edge/crew.h"
#include "edge/log.h"

static void
copy(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from != NULL ? from : "");
}

static enum kas_err
take_broker(cfg_t *cfg, const char *section, const char *file, struct mqtt_address *ret,
    struct kas_why *why)
{
	cfg_t *sec = cfg_getsec(cfg, section);
	const char *socket = sec != NULL ? cfg_getstr(sec, "socket") : NULL;
	const char *host = sec != NULL ? cfg_getstr(sec, "host") : NULL;

	if ((socket == NULL) == (host == NULL))
		return kas_fail(why, KAS_MALFORMED, "%s: expected %s { host = \"...\" } or "
		    "%s { socket = \"/...\" }%s", file, section, section,
		    socket != NULL ? ", not both" : "");
	*ret = (struct mqtt_address){ 0 };
	copy(ret->socket, sizeof ret->socket, socket);
	copy(ret->host, sizeof ret->host, host);
	ret->port = (unsigned)cfg_getint(sec, "port");
	return KAS_OK;
}

static enum kas_err
require(cfg_t *cfg, const char *name, const char *file, char *to, size_t room,
    struct kas_why *why)
{
	const char *v = cfg_getstr(cfg, name);

	if (v == NULL)
		return kas_fail(why, KAS_MALFORMED, "%s: %s is missing: expected %s = \"...\"",
		    file, name, name);
	copy(to, room, v);
	return KAS_OK;
}

static unsigned
workers_of(cfg_t *cfg)
{
	long n = cfg_getint(cfg, "verify-workers");

	return n == CONFIG_AUTO ? crew_processors() - 1 : (unsigned)n;
}

static enum kas_err
take_hq(cfg_t *cfg, struct store_config *c, struct kas_why *why)
{
	cfg_t *sec = cfg_size(cfg, "headquarters") > 0 ? cfg_getsec(cfg, "headquarters") : NULL;
	enum kas_err err;

	if (sec == NULL)
		return KAS_OK;
	c->has_hq = true;
	err = take_broker(cfg, "headquarters", c->file, &c->hq.broker, why);
	if (err == KAS_OK)
		err = require(sec, "key-file", c->file, c->hq.key_file, sizeof c->hq.key_file, why);
	return err;
}

static void
take_receipt(cfg_t *cfg, struct receipt_config *r)
{
	cfg_t *sec = cfg_size(cfg, "receipt") > 0 ? cfg_getsec(cfg, "receipt") : NULL;
	unsigned i;

	r->width = CONFIG_RECEIPT_WIDTH;
	if (sec == NULL)
		return;
	copy(r->name, sizeof r->name, cfg_getstr(sec, "name"));
	for (i = 0; i < cfg_size(sec, "address") && i < CONFIG_ADDRESS_LINES; i++)
		copy(r->address[i], sizeof r->address[i], cfg_getnstr(sec, "address", i));
	copy(r->tax_number, sizeof r->tax_number, cfg_getstr(sec, "tax-number"));
	copy(r->footer, sizeof r->footer, cfg_getstr(sec, "footer"));
	copy(r->proof_url, sizeof r->proof_url, cfg_getstr(sec, "proof-url"));
	copy(r->language, sizeof r->language, cfg_getstr(sec, "language"));
	r->width = (unsigned)cfg_getint(sec, "width");
}

static enum kas_err
take_store(cfg_t *cfg, struct store_config *c, struct kas_why *why)
{
	enum kas_err err;

	err = require(cfg, "store", c->file, c->store, sizeof c->store, why);
	if (err == KAS_OK)
		err = require(cfg, "operator", c->file, c->operator_name, sizeof c->operator_name, why);
	if (err == KAS_OK)
		err = take_broker(cfg, "broker", c->file, &c->broker, why);
	if (err == KAS_OK)
		err = take_hq(cfg, c, why);
	if (err != KAS_OK)
		return err;
	copy(c->data_dir, sizeof c->data_dir, cfg_getstr(cfg, "data-dir"));
	copy(c->control_socket, sizeof c->control_socket, cfg_getstr(cfg, "control-socket"));
	copy(c->control_group, sizeof c->control_group, cfg_getstr(cfg, "control-group"));
	copy(c->currency, sizeof c->currency, cfg_getstr(cfg, "currency"));
	c->exponent = (unsigned)cfg_getint(cfg, "exponent");
	c->gather_us = (uint64_t)cfg_getint(cfg, "gather-us");
	c->verify_workers = workers_of(cfg);
	c->reports = cfg_getbool(cfg, "reports");
	take_receipt(cfg, &c->receipt);
	/* Both were checked as they were read. */
	kas_assert(config_rounding_parse(cfg_getstr(cfg, "rounding"), &c->rounding));
	kas_assert(log_level_parse(cfg_getstr(cfg, "log-level"), &c->log_level));
	return KAS_OK;
}

enum kas_err
config_load_store(const char *path, struct store_config *ret, struct kas_why *why)
{
	cfg_opt_t broker[] = {
		CFG_STR("host", NULL, CFGF_NODEFAULT),
		CFG_INT("port", 1883, CFGF_NONE),
		CFG_STR("socket", NULL, CFGF_NODEFAULT),
		CFG_END()
	};
	cfg_opt_t hq[] = {
		CFG_STR("host", NULL, CFGF_NODEFAULT),
		CFG_INT("port", 1883, CFGF_NONE),
		CFG_STR("socket", NULL, CFGF_NODEFAULT),
		CFG_STR("key-file", NULL, CFGF_NODEFAULT),
		CFG_END()
	};
	cfg_opt_t receipt[] = {
		CFG_STR("name", "", CFGF_NONE),
		CFG_STR_LIST("address", NULL, CFGF_NONE),
		CFG_STR("tax-number", "", CFGF_NONE),
		CFG_STR("footer", "", CFGF_NONE),
		CFG_STR("proof-url", "", CFGF_NONE),
		CFG_STR("language", "", CFGF_NONE),
		CFG_INT("width", CONFIG_RECEIPT_WIDTH, CFGF_NONE),
		CFG_END()
	};
	cfg_opt_t opts[] = {
		CFG_STR("store", NULL, CFGF_NODEFAULT),
		CFG_STR("operator", NULL, CFGF_NODEFAULT),
		CFG_STR("data-dir", "/var/lib/kasird", CFGF_NONE),
		CFG_STR("control-socket", "/run/kasird/control.sock", CFGF_NONE),
		CFG_STR("control-group", "", CFGF_NONE),
		CFG_SEC("broker", broker, CFGF_NODEFAULT),
		CFG_SEC("headquarters", hq, CFGF_NODEFAULT),
		CFG_SEC("receipt", receipt, CFGF_NODEFAULT),
		CFG_STR("currency", "IDR", CFGF_NONE),
		CFG_INT("exponent", 0, CFGF_NONE),
		CFG_STR("rounding", "half-up", CFGF_NONE),
		CFG_INT("gather-us", 0, CFGF_NONE),
		CFG_STR("log-level", "notice", CFGF_NONE),
		CFG_INT("verify-workers", CONFIG_AUTO, CFGF_NONE),
		CFG_BOOL("reports", cfg_true, CFGF_NONE),
		CFG_INT(CONFIG_END, 0, CFGF_NONE),
		CFG_END()
	};
	struct store_config c = { 0 };
	struct kas_why local;
	enum kas_err err;
	cfg_t *cfg;

	why = why != NULL ? why : &local;
	err = config_parse(path, "kasird.conf(5)", opts, &cfg, why);
	if (err != KAS_OK)
		return err;
	copy(c.file, sizeof c.file, path);
	err = take_store(cfg, &c, why);
	cfg_free(cfg);
	if (err == KAS_OK)
		*ret = c;
	return err;
}

static enum kas_err
take_headquarters(cfg_t *cfg, struct hq_config *c, struct kas_why *why)
{
	enum kas_err err;

	err = require(cfg, "name", c->file, c->name, sizeof c->name, why);
	if (err == KAS_OK)
		err = take_broker(cfg, "broker", c->file, &c->broker, why);
	if (err != KAS_OK)
		return err;
	copy(c->data_dir, sizeof c->data_dir, cfg_getstr(cfg, "data-dir"));
	c->verify_workers = workers_of(cfg);
	kas_assert(log_level_parse(cfg_getstr(cfg, "log-level"), &c->log_level));
	return KAS_OK;
}

enum kas_err
config_load_hq(const char *path, struct hq_config *ret, struct kas_why *why)
{
	cfg_opt_t broker[] = {
		CFG_STR("host", NULL, CFGF_NODEFAULT),
		CFG_INT("port", 1883, CFGF_NONE),
		CFG_STR("socket", NULL, CFGF_NODEFAULT),
		CFG_END()
	};
	cfg_opt_t opts[] = {
		CFG_STR("name", NULL, CFGF_NODEFAULT),
		CFG_STR("data-dir", "/var/lib/kasir-hq", CFGF_NONE),
		CFG_SEC("broker", broker, CFGF_NODEFAULT),
		CFG_STR("log-level", "notice", CFGF_NONE),
		CFG_INT("verify-workers", CONFIG_AUTO, CFGF_NONE),
		CFG_INT(CONFIG_END, 0, CFGF_NONE),
		CFG_END()
	};
	struct hq_config c = { 0 };
	struct kas_why local;
	enum kas_err err;
	cfg_t *cfg;

	why = why != NULL ? why : &local;
	err = config_parse(path, "kasir-hq(8)", opts, &cfg, why);
	if (err != KAS_OK)
		return err;
	copy(c.file, sizeof c.file, path);
	err = take_headquarters(cfg, &c, why);
	cfg_free(cfg);
	if (err == KAS_OK)
		*ret = c;
	return err;
}

enum kas_err
config_path(const char *dir, const char *name, char to[CONFIG_PATH_MAX])
{
	char path[CONFIG_PATH_MAX];

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
		return KAS_RANGE;
	memcpy(to, path, sizeof path);
	return KAS_OK;
}

enum kas_err
config_key_path(const char *dir, const char *name, char to[CONFIG_PATH_MAX])
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");

	if (credentials != NULL && config_path(credentials, name, to) == KAS_OK &&
	    access(to, F_OK) == 0)
		return KAS_OK;
	return config_path(dir, name, to);
}

void
config_origin(const struct store_config *c, char to[160])
{
	snprintf(to, 160, "%s/%s/1", c->operator_name, c->store);
}
