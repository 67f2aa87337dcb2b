#include "edge/config.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/crew.h"
#include "edge/keyfile.h"
#include "edge/log.h"

#define AUTO (-1)
#define FILE_MAX ((size_t)64 * 1024)

/* libconfuse takes the end of the file for the end of every open section.  A setting that
 * only stands outside of them is put at the end, and fails inside one. */
#define END "end-of-file"

/* libconfuse gives its error function no context.  Files are read by one thread. */
static struct kas_why *problem;
static const char *manual;	/* that explains the file being read */

static KAS_PRINTF(2, 0) void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[200];

	if (problem == NULL || problem->text[0] != '\0')
		return;			/* the first one is what the reader must mend */
	vsnprintf(text, sizeof text, fmt, ap);
	if (strstr(text, "'" END "'") != NULL)
		snprintf(text, sizeof text, "a section is not closed: expected }");
	else if (strncmp(text, "no such option", 14) == 0)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    ": %s lists what may stand here", manual);
	else if (strcmp(text, "premature end of file") == 0)
		snprintf(text, sizeof text, "the file ends within a setting: expected its value, "
		    "and \" where a text ends");
	kas_fail(problem, KAS_MALFORMED, "%s:%d: %s", cfg->filename, cfg->line, text);
}

static const char *
text_of(cfg_opt_t *opt)
{
	const char *v = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	return v != NULL ? v : "";
}

static int
bad(cfg_t *cfg, cfg_opt_t *opt, const char *expected)
{
	cfg_error(cfg, "%s = \"%s\": expected %s", cfg_opt_name(opt), text_of(opt), expected);
	return -1;
}

static int
check_name(cfg_t *cfg, cfg_opt_t *opt)
{
	if (text_is_name(bytes_of_text(text_of(opt))))
		return 0;
	return bad(cfg, opt, "1 to 32 of a-z, 0-9 and '-', not beginning with '-'");
}

/* It becomes part of a key's name: one line of a signed note. */
static int
check_operator(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = text_of(opt);

	if (v[0] != '\0' && strlen(v) < 64 && v[strcspn(v, "/+ \t\r\n")] == '\0' &&
	    text_is_utf8(bytes_of_text(v)))
		return 0;
	return bad(cfg, opt, "1 to 63 bytes without '/', '+' or blanks, like \"example.com\"");
}

static int
check_path(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = text_of(opt);

	if (v[0] == '/' && strlen(v) < CONFIG_PATH_MAX - 32)
		return 0;
	return bad(cfg, opt, "an absolute path");
}

static int
check_socket(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = text_of(opt);

	if (v[0] == '/' && strlen(v) < 108)
		return 0;
	return bad(cfg, opt, "an absolute path of at most 107 bytes");
}

static int
check_host(cfg_t *cfg, cfg_opt_t *opt)
{
	size_t n = strlen(text_of(opt));

	return n > 0 && n < 256 ? 0 : bad(cfg, opt, "a host name or an address");
}

static int
check_currency(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = text_of(opt);

	if (strlen(v) == 3 && strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3)
		return 0;
	return bad(cfg, opt, "an ISO 4217 code like \"IDR\"");
}

static bool
rounding_parse(const char *name, rounding_mode *ret)
{
	static const struct {
		const char *name;
		rounding_mode mode;
	} modes[] = {
		{ "half-up", KASIR__V1__ROUNDING_MODE__HALF_UP },
		{ "half-even", KASIR__V1__ROUNDING_MODE__HALF_EVEN },
		{ "floor", KASIR__V1__ROUNDING_MODE__FLOOR },
	};
	size_t i;

	for (i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(modes[i].name, name) == 0) {
			*ret = modes[i].mode;
			return true;
		}
	return false;
}

static int
check_rounding(cfg_t *cfg, cfg_opt_t *opt)
{
	rounding_mode mode;

	return rounding_parse(text_of(opt), &mode) ? 0 :
	    bad(cfg, opt, "\"half-up\", \"half-even\" or \"floor\"");
}

static int
check_level(cfg_t *cfg, cfg_opt_t *opt)
{
	enum log_level level;

	return log_level_parse(text_of(opt), &level) ? 0 :
	    bad(cfg, opt, "\"error\", \"warning\", \"notice\", \"info\" or \"debug\"");
}

static int
within(cfg_t *cfg, cfg_opt_t *opt, long low, long high)
{
	long v = cfg_opt_getnint(opt, cfg_opt_size(opt) - 1);

	if (v >= low && v <= high)
		return 0;
	cfg_error(cfg, "%s = %ld: expected %ld to %ld", cfg_opt_name(opt), v, low, high);
	return -1;
}

static int
check_port(cfg_t *cfg, cfg_opt_t *opt)
{
	return within(cfg, opt, 1, 65535);
}

static int
check_exponent(cfg_t *cfg, cfg_opt_t *opt)
{
	return within(cfg, opt, 0, 4);
}

static int
check_gather(cfg_t *cfg, cfg_opt_t *opt)
{
	return within(cfg, opt, 0, 100000);
}

static int
check_workers(cfg_t *cfg, cfg_opt_t *opt)
{
	return within(cfg, opt, AUTO, CREW_WORKERS_MAX);
}

static const struct {
	const char *name;
	cfg_validate_callback_t check;
} checks[] = {
	{ "store", check_name },
	{ "operator", check_operator },
	{ "name", check_operator },
	{ "data-dir", check_path },
	{ "control-socket", check_socket },
	{ "broker|host", check_host },
	{ "broker|port", check_port },
	{ "broker|socket", check_socket },
	{ "headquarters|host", check_host },
	{ "headquarters|port", check_port },
	{ "headquarters|socket", check_socket },
	{ "headquarters|key-file", check_path },
	{ "currency", check_currency },
	{ "exponent", check_exponent },
	{ "rounding", check_rounding },
	{ "gather-us", check_gather },
	{ "log-level", check_level },
	{ "verify-workers", check_workers },
};

static bool
has_option(const cfg_opt_t *opts, const char *path)
{
	size_t n = strcspn(path, "|");

	for (; opts->name != NULL; opts++)
		if (strlen(opts->name) == n && strncmp(opts->name, path, n) == 0)
			return path[n] == '\0' || has_option(opts->subopts, path + n + 1);
	return false;
}

static int
parse_text(cfg_t *cfg, const char *path, const struct buf *text)
{
	FILE *fp = fmemopen(text->p, text->n, "r");
	int rc;

	if (fp == NULL)
		return CFG_FILE_ERROR;
	/* cfg_free() frees it. */
	cfg->filename = strdup(path);
	rc = cfg_parse_fp(cfg, fp);
	fclose(fp);
	return rc;
}

static enum kas_err
parse_file(cfg_t *cfg, const char *path, struct kas_why *why)
{
	struct buf text;
	enum kas_err err;
	int rc;

	buf_init(&text);
	err = file_read(path, FILE_MAX, &text, why);
	buf_addf(&text, "%s" END " = 0\n", text.n > 0 && text.p[text.n - 1] != '\n' ? "\n" : "");
	if (err == KAS_OK && text.failed)
		err = kas_fail(why, KAS_NOMEM, "%s: out of memory", path);
	if (err == KAS_OK) {
		why->text[0] = '\0';
		problem = why;
		rc = parse_text(cfg, path, &text);
		problem = NULL;
		if (rc != CFG_SUCCESS)
			err = KAS_MALFORMED;
		if (rc != CFG_SUCCESS && why->text[0] == '\0')
			kas_fail(why, err, "%s: does not parse", path);
	}
	buf_fini(&text);
	return err;
}

static enum kas_err
parse(const char *path, const char *explained_in, cfg_opt_t *opts, cfg_t **ret,
    struct kas_why *why)
{
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	enum kas_err err;
	size_t i;

	if (cfg == NULL)
		return kas_fail(why, KAS_NOMEM, "%s: out of memory", path);
	manual = explained_in;
	cfg_set_error_function(cfg, on_error);
	for (i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (has_option(opts, checks[i].name))
			cfg_set_validate_func(cfg, checks[i].name, checks[i].check);
	err = parse_file(cfg, path, why);
	if (err == KAS_OK)
		*ret = cfg;
	else
		cfg_free(cfg);
	return err;
}

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

	return n == AUTO ? crew_processors() - 1 : (unsigned)n;
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
	/* Both were checked as they were read. */
	kas_assert(rounding_parse(cfg_getstr(cfg, "rounding"), &c->rounding));
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
	cfg_opt_t opts[] = {
		CFG_STR("store", NULL, CFGF_NODEFAULT),
		CFG_STR("operator", NULL, CFGF_NODEFAULT),
		CFG_STR("data-dir", "/var/lib/kasird", CFGF_NONE),
		CFG_STR("control-socket", "/run/kasird/control.sock", CFGF_NONE),
		CFG_STR("control-group", "", CFGF_NONE),
		CFG_SEC("broker", broker, CFGF_NODEFAULT),
		CFG_SEC("headquarters", hq, CFGF_NODEFAULT),
		CFG_STR("currency", "IDR", CFGF_NONE),
		CFG_INT("exponent", 0, CFGF_NONE),
		CFG_STR("rounding", "half-up", CFGF_NONE),
		CFG_INT("gather-us", 0, CFGF_NONE),
		CFG_STR("log-level", "notice", CFGF_NONE),
		CFG_INT("verify-workers", AUTO, CFGF_NONE),
		CFG_INT(END, 0, CFGF_NONE),
		CFG_END()
	};
	struct store_config c = { 0 };
	struct kas_why local;
	enum kas_err err;
	cfg_t *cfg;

	why = why != NULL ? why : &local;
	err = parse(path, "kasird.conf(5)", opts, &cfg, why);
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
		CFG_INT("verify-workers", AUTO, CFGF_NONE),
		CFG_INT(END, 0, CFGF_NONE),
		CFG_END()
	};
	struct hq_config c = { 0 };
	struct kas_why local;
	enum kas_err err;
	cfg_t *cfg;

	why = why != NULL ? why : &local;
	err = parse(path, "kasir-hq(8)", opts, &cfg, why);
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
