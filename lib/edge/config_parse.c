#include "edge/config_parts.h"

#include <stdio.h>
#include <string.h>

#include "edge/keyfile.h"

#define FILE_MAX ((size_t)64 * 1024)

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
	if (strstr(text, "'" CONFIG_END "'") != NULL)
		snprintf(text, sizeof text, "a section is not closed: expected }");
	else if (strncmp(text, "no such option", 14) == 0)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    ": %s lists what may stand here", manual);
	else if (strcmp(text, "premature end of file") == 0)
		snprintf(text, sizeof text, "the file ends within a setting: expected its value, "
		    "and \" where a text ends");
	kas_fail(problem, KAS_MALFORMED, "%s:%d: %s", cfg->filename, cfg->line, text);
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
	buf_addf(&text, "%s" CONFIG_END " = 0\n", text.n > 0 && text.p[text.n - 1] != '\n' ? "\n" : "");
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

enum kas_err
config_parse(const char *path, const char *explained_in, cfg_opt_t *opts, cfg_t **ret_cfg,
    struct kas_why *why)
{
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	enum kas_err err;

	if (cfg == NULL)
		return kas_fail(why, KAS_NOMEM, "%s: out of memory", path);
	manual = explained_in;
	cfg_set_error_function(cfg, on_error);
	config_check(cfg, opts);
	err = parse_file(cfg, path, why);
	if (err == KAS_OK)
		*ret_cfg = cfg;
	else
		cfg_free(cfg);
	return err;
}
