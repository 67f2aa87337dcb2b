#include "tools/kasir-term/dataset.h"

#include "tools/kasir-term/replay_cord.h"
#include "tools/kasir-term/replay_retail.h"

#include <stdlib.h>
#include <string.h>

struct dataset {
	char *path;
	struct source *source;
	struct retail *retail;		/* one of these two */
	struct cord *cord;
	struct dataset_counts counts;
};

static enum kas_err
begin(struct dataset *d, const char *path, struct kas_why *why)
{
	enum kas_err err;

	d->path = strdup(path);
	if (d->path == NULL)
		return KAS_NOMEM;
	if ((err = source_open(path, &d->source, why)) != KAS_OK)
		return err;
	if (source_peek(d->source) == '{')
		return cord_open(d->source, &d->cord);
	if ((err = source_error(d->source, why)) != KAS_OK)
		return err;
	err = retail_open(d->source, &d->retail, why);
	if (err != KAS_OK)
		kas_why_prefix(why, "%s", path);
	return err;
}

enum kas_err
dataset_open(const char *path, struct dataset **ret, struct kas_why *why)
{
	struct dataset *d = calloc(1, sizeof *d);
	enum kas_err err;

	if (d == NULL)
		return KAS_NOMEM;
	err = begin(d, path, why);
	if (err != KAS_OK) {
		dataset_close(d);
		return err;
	}
	*ret = d;
	return KAS_OK;
}

void
dataset_close(struct dataset *d)
{
	if (d == NULL)
		return;
	retail_close(d->retail);
	cord_close(d->cord);
	source_close(d->source);
	free(d->path);
	free(d);
}

const char *
dataset_title(const struct dataset *d)
{
	return d->cord != NULL ? "CORD" : "Online Retail";
}

const char *
dataset_currency(const struct dataset *d)
{
	return d->cord != NULL ? "IDR" : "GBP";
}

unsigned
dataset_exponent(const struct dataset *d)
{
	return d->cord != NULL ? 0 : 2;
}

enum kas_err
dataset_next(struct dataset *d, struct arena *a, struct dataset_case *ret, struct kas_why *why)
{
	enum kas_err err;

	if (d->cord != NULL)
		err = cord_next(d->cord, a, &d->counts, ret, why);
	else
		err = retail_next(d->retail, a, &d->counts, ret, why);
	if (err == KAS_MALFORMED)
		kas_why_prefix(why, "%s", d->path);
	return err;
}

const struct dataset_counts *
dataset_counts(const struct dataset *d)
{
	return &d->counts;
}
