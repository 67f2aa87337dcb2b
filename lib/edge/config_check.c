#include "edge/config_parts.h"

#include <string.h>

#include "edge/crew.h"
#include "edge/log.h"

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

bool
config_rounding_parse(const char *name, rounding_mode *ret)
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

	return config_rounding_parse(text_of(opt), &mode) ? 0 :
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
	return within(cfg, opt, CONFIG_AUTO, CREW_WORKERS_MAX);
}

/* What is longer than a receipt's own line is folded; these are what fits into memory. */
static int
check_line(cfg_t *cfg, cfg_opt_t *opt, size_t max)
{
	const char *v = text_of(opt);

	for (; *v != '\0'; v++)
		if ((unsigned char)*v < ' ' || *v == 0x7f)
			return bad(cfg, opt, "one line without control characters");
	v = text_of(opt);
	if (strlen(v) < max && text_is_utf8(bytes_of_text(v)))
		return 0;
	cfg_error(cfg, "%s: expected UTF-8 text of at most %zu bytes", cfg_opt_name(opt), max - 1);
	return -1;
}

static int
check_text(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_line(cfg, opt, 256);
}

static int
check_shop_name(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_line(cfg, opt, 128);
}

static int
check_tax_number(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_line(cfg, opt, 64);
}

static int
check_address(cfg_t *cfg, cfg_opt_t *opt)
{
	if (cfg_opt_size(opt) > CONFIG_ADDRESS_LINES) {
		cfg_error(cfg, "%s: expected at most %u lines, as in { \"Jl. Melati 5\", \"Jakarta\" }",
		    cfg_opt_name(opt), CONFIG_ADDRESS_LINES);
		return -1;
	}
	return cfg_opt_size(opt) > 0 ? check_line(cfg, opt, 96) : 0;
}

static int
check_url(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = text_of(opt);

	if (*v != '\0' && (strncmp(v, "https://", 8) != 0 || v[strcspn(v, " \"<>")] != '\0'))
		return bad(cfg, opt, "what a code on a receipt begins with: \"https://...\"");
	return check_line(cfg, opt, 256);
}

static int
check_language(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *v = text_of(opt);

	return *v == '\0' || strcmp(v, "id") == 0 || strcmp(v, "en") == 0 ? 0 :
	    bad(cfg, opt, "\"id\" or \"en\"");
}

static int
check_width(cfg_t *cfg, cfg_opt_t *opt)
{
	return within(cfg, opt, 24, 80);
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
	{ "receipt|name", check_shop_name },
	{ "receipt|address", check_address },
	{ "receipt|tax-number", check_tax_number },
	{ "receipt|footer", check_text },
	{ "receipt|proof-url", check_url },
	{ "receipt|language", check_language },
	{ "receipt|width", check_width },
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

void
config_check(cfg_t *cfg, const cfg_opt_t *opts)
{
	size_t i;

	for (i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (has_option(opts, checks[i].name))
			cfg_set_validate_func(cfg, checks[i].name, checks[i].check);
}
