/* The catalogue that the store has in force, as a till gets it. */
#include "tools/kasir-term/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cash/catalogue.h"
#include "edge/random.h"
#include "edge/table.h"
#include "tools/kasir-term/options.h"
#include "wire/parcel.h"
#include "wire/topic.h"

const struct cli_option catalogue_options[] = {
	{ "output", 'o', "FILE", "write it there, a serialised kasir.v1.Catalogue" },
	{ "patience", 'p', "SECONDS", "give up after (30)" },
	{ NULL, 0, NULL, NULL },
};

struct fetch {
	struct loop *loop;
	struct mqtt *mqtt;
	struct parcel parcel;
	struct buf whole;
	bool done, over;
	char why[120];			/* the broker was lost, or cannot be reached */
};

static enum kas_err
on_message(void *ctx, const char *topic, struct bytes payload)
{
	struct fetch *f = ctx;
	struct topic t;
	enum kas_err err = KAS_OK;

	if (topic_parse(topic, &t) != KAS_OK)
		return KAS_OK;
	if (t.kind == TOPIC_CATALOGUE)
		err = parcel_take_notice(&f->parcel, payload);
	else if (t.kind == TOPIC_CATALOGUE_PART)
		err = parcel_take_part(&f->parcel, t.part, payload);
	/* What is no notice or part is not the store's: the next one may be. */
	if (err == KAS_OK)
		f->done = f->done || parcel_open(&f->parcel, &f->whole) == KAS_OK;
	return KAS_OK;
}

static void
on_connected(void *ctx)
{
	((struct fetch *)ctx)->why[0] = '\0';
}

static void
on_lost(void *ctx, const char *why)
{
	struct fetch *f = ctx;

	snprintf(f->why, sizeof f->why, "%s", why);
}

static void
on_signal(void *ctx, int sig)
{
	(void)sig;
	((struct fetch *)ctx)->over = true;
}

static int
fetch(struct cli *cli, struct fetch *f, const struct term_options *o, uint64_t patience_s)
{
	struct random_port random = random_system();
	struct mqtt_events events = { on_connected, on_lost, on_message, f };
	char notice[WIRE_TOPIC_MAX], parts[WIRE_TOPIC_MAX], id[80];
	const char *topics[2] = { notice, parts };
	struct mqtt_config config = {
		.address = o->broker, .client_id = id, .clean_session = true,
		.topics = topics, .n_topics = 2,
	};
	struct kas_why why;
	uint64_t until = loop_now_us() + patience_s * 1000000;
	enum kas_err err = loop_on_signal(f->loop, on_signal, f);

	topic_format(TOPIC_CATALOGUE, o->store, NULL, notice);
	snprintf(parts, sizeof parts, "kasir/v1/%s/catalogue/+", o->store);
	snprintf(id, sizeof id, "%s-catalogue-%ld", o->store, (long)getpid());
	(void)kas_fail(&why, err, "signals cannot be watched");
	if (err == KAS_OK)
		err = mqtt_open(f->loop, &random, &config, &events, &f->mqtt, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	mqtt_start(f->mqtt);
	while (!f->done && !f->over && loop_now_us() < until)
		loop_once(f->loop, until);
	mqtt_close(f->mqtt);
	return EX_OK;
}

static int
write_file(struct cli *cli, const char *path, struct bytes b)
{
	FILE *f = fopen(path, "wb");
	bool ok;

	if (f == NULL)
		return cli_fail(cli, EX_CANTCREAT, NULL, "%s: %s", path, strerror(errno));
	ok = fwrite(b.p, 1, b.n, f) == b.n;
	ok = fclose(f) == 0 && ok;
	return ok ? EX_OK : cli_fail(cli, EX_IOERR, NULL, "%s: %s", path, strerror(errno));
}

static int
print(struct cli *cli, const struct fetch *f, const struct catalogue *c, bool json)
{
	static const struct table_column columns[] = {
		{ "products", "Products", TABLE_RIGHT }, { "cashiers", "Cashiers", TABLE_RIGHT },
		{ "size", "Bytes", TABLE_RIGHT }, { "hash", "SHA-256", TABLE_LEFT },
		{ "index", "Entry", TABLE_RIGHT }, { NULL, NULL, TABLE_LEFT },
	};
	struct table *t = table_open(columns);
	enum kas_err err;

	table_count(t, catalogue_products(c));
	table_count(t, catalogue_cashiers(c));
	table_count(t, f->whole.n);
	table_hex(t, BYTES(f->parcel.hash.b, HASH_LEN));
	table_count(t, f->parcel.index);
	err = table_print(t, json ? TABLE_JSON_RECORD : TABLE_RECORD, stdout);
	table_close(t);
	return err == KAS_OK ? EX_OK : cli_fail(cli, cli_exit_of(err), NULL,
	    "standard output: %s", kas_err_text(err));
}

static int
finish(struct cli *cli, const struct fetch *f, bool json)
{
	const char *path = cli_value(cli, "output", NULL);
	struct catalogue *c;
	struct kas_why why;
	enum kas_err err;
	int code = EX_OK;

	if (!f->done)
		return cli_fail(cli, EX_TEMPFAIL, f->why[0] != '\0' ? "is the broker running?" :
		    "'kasirctl catalog show' says whether one is in force", "%s",
		    f->why[0] != '\0' ? f->why : f->parcel.size > 0 ?
		    "the parts that came are not the catalogue that the store announces" :
		    "the store has published no catalogue");
	err = catalogue_open(buf_bytes(&f->whole), &c, &why);
	if (err != KAS_OK)
		return cli_fail(cli, EX_DATAERR, NULL, "%s", why.text);
	if (path != NULL)
		code = write_file(cli, path, buf_bytes(&f->whole));
	if (code == EX_OK)
		code = print(cli, f, c, json);
	catalogue_close(c);
	return code;
}

int
catalogue_fetch(struct cli *cli)
{
	struct fetch f = { .why = "" };
	struct term_options o;
	struct kas_why why;
	uint64_t patience_s;
	int code = options_read(cli, true, &o);

	patience_s = cli_number(cli, "patience", 1, 86400, 30, &code);
	if (code != EX_OK)
		return code;
	if (loop_open(&f.loop, &why) != KAS_OK)
		return cli_fail(cli, EX_OSERR, NULL, "%s", why.text);
	parcel_init(&f.parcel);
	buf_init(&f.whole);
	code = fetch(cli, &f, &o, patience_s);
	if (code == EX_OK)
		code = finish(cli, &f, o.json);
	buf_fini(&f.whole);
	parcel_fini(&f.parcel);
	loop_close(f.loop);
	return code;
}
