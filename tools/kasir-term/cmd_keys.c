#include "tools/kasir-term/commands.h"

#include <stdio.h>

#include "base/text.h"
#include "tools/kasir-term/options.h"

const struct cli_option keys_options[] = {
	{ "terminals", 'n', "N", "make keys for N terminals, <prefix>001 and on" },
	{ "prefix", 0, "TEXT", "of their ids (till-)" },
	{ NULL, 0, NULL, NULL },
};

static int
with_key(struct cli *cli, const struct term_options *o, const char *terminal, bool make)
{
	struct signer *s;
	struct kas_why why;
	struct buf text;
	enum kas_err err;

	if (!text_is_name(bytes_of_text(terminal)))
		return cli_usage(cli, "'%s' is no terminal's id: small letters, digits, dashes",
		    terminal);
	err = options_load_key(o->keys, o->store, terminal, make, &s, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), make ? NULL : "make it with `kasir-term keys init`",
		    "%s", why.text);
	buf_init(&text);
	vkey_format(signer_vkey(s), &text);
	buf_add(&text, "", 1);
	if (!text.failed)
		printf("%s\n", (const char *)text.p);
	buf_fini(&text);
	signer_close(s);
	return EX_OK;
}

static int
for_all(struct cli *cli, bool make)
{
	struct term_options o;
	int i, code = options_read(cli, true, &o);
	uint64_t n = cli_number(cli, "terminals", 1, 9999, 0, &code), k;
	char name[64];

	if (code != EX_OK)
		return code;
	if (n == 0 && cli->argc == 0)
		return cli_usage(cli, "name a terminal, or say how many with --terminals");
	for (i = 0; i < cli->argc && code == EX_OK; i++)
		code = with_key(cli, &o, cli->argv[i], make);
	for (k = 1; k <= n && code == EX_OK; k++) {
		snprintf(name, sizeof(name), "%.20s%03u", cli_value(cli, "prefix", "till-"), (unsigned)k);
		code = with_key(cli, &o, name, make);
	}
	return code;
}

int
keys_init(struct cli *cli)
{
	return for_all(cli, true);
}

int
keys_show(struct cli *cli)
{
	return for_all(cli, false);
}
