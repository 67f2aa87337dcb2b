#include "tools/kasirctl/ctl.h"

#include <inttypes.h>
#include <string.h>

#include "edge/keyfile.h"
#include "edge/lang.h"
#include "kasir/v1/terminal.pb-c.h"

int
ctl_terminal_add(struct cli *cli)
{
	static const struct table_column columns[] = {
		{ "terminal", "Terminal", TABLE_LEFT }, { "epoch", "Epoch", TABLE_RIGHT },
		{ "index", "Entry", TABLE_RIGHT }, { NULL, NULL, TABLE_LEFT },
	};
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalAddRequest add = KASIR__V1__TERMINAL_ADD_REQUEST__INIT;
	const char *file = cli_value(cli, "key", NULL);
	Kasir__V1__ControlResponse *answer;
	struct table *t;
	struct kas_why why;
	struct vkey key;
	struct arena a;
	enum kas_err err;
	int rc;

	if (!text_is_name(bytes_of_text(cli->argv[0])))
		return cli_usage(cli, "'%s' cannot be a terminal's id: 1 to 32 of a-z, 0-9 and '-'",
		    cli->argv[0]);
	if (file == NULL)
		return cli_usage(cli, "--key FILE is missing: the terminal's public key, as "
		    "'kasir-term keys show ID' prints it");
	err = keyfile_load_vkey(file, &key, &why);
	if (err != KAS_OK)
		return cli_fail(cli, cli_exit_of(err), NULL, "%s", why.text);
	add.terminal = cli->argv[0];
	add.key = proto_bytes(BYTES(key.key.b, KEY_LEN));
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_ADD;
	request.terminal_add = &add;
	arena_init(&a, 0);
	rc = ctl_call(cli, &request, &a, &answer);
	if (rc == EX_OK && answer->body_case == KASIR__V1__CONTROL_RESPONSE__BODY_TERMINAL_ADD) {
		t = table_open(columns);
		table_text(t, add.terminal);
		table_count(t, answer->terminal_add->epoch);
		table_count(t, answer->terminal_add->index);
		rc = ctl_print(cli, t, true);
	}
	arena_fini(&a);
	return rc;
}

int
ctl_terminal_revoke(struct cli *cli)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalRevokeRequest revoke = KASIR__V1__TERMINAL_REVOKE_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	struct arena a;
	bool go;
	int rc;

	rc = ctl_confirm(cli, &go, "%s will be revoked: what it signs from then on is not genuine",
	    cli->argv[0]);
	if (rc != EX_OK || !go)
		return rc;
	revoke.terminal = cli->argv[0];
	revoke.reason = (char *)cli_value(cli, "reason", "");
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_REVOKE;
	request.terminal_revoke = &revoke;
	arena_init(&a, 0);
	rc = ctl_call(cli, &request, &a, &answer);
	if (rc == EX_OK && !cli_flag(cli, "json"))
		printf(_("%s is revoked: what it signs from now on is not genuine\n"),
		    cli->argv[0]);
	arena_fini(&a);
	return rc;
}

static const char *
presence_text(uint32_t presence)
{
	switch (presence) {
	case KASIR__V1__PRESENCE__PRESENT:
		return N_("present");
	case KASIR__V1__PRESENCE__GONE:
		return N_("gone");
	case KASIR__V1__PRESENCE__LOST:
		return N_("lost");
	default:
		return N_("unknown");
	}
}

/* People see the id that stands in the terminal's public key file, <store>/<terminal>+<id>+...;
 * it names a key, and only the whole key proves which one it is. */
static void
show_key(struct table *t, const char *store, const Kasir__V1__TerminalRow *row)
{
	char name[KEY_NAME_MAX + 1], id[9] = "", hex[2 * KEY_LEN + 1] = "";
	struct pubkey key;
	struct vkey v;

	snprintf(name, sizeof name, "%s/%s", store, row->terminal);
	if (row->key.len == KEY_LEN) {
		memcpy(key.b, row->key.data, KEY_LEN);
		hex_format(BYTES(key.b, KEY_LEN), hex);
		if (vkey_init(&v, name, KEY_ED25519, &key) == KAS_OK)
			snprintf(id, sizeof id, "%08" PRIx32, v.id);
	}
	table_shown_text(t, id, hex);
}

int
ctl_terminal_list(struct cli *cli)
{
	static const struct table_column columns[] = {
		{ "terminal", "Terminal", TABLE_LEFT }, { "epoch", "Epoch", TABLE_RIGHT },
		{ "state", "State", TABLE_LEFT }, { "newest", "Newest", TABLE_RIGHT },
		{ "missing", "Missing", TABLE_RIGHT }, { "last_at", "Last entry", TABLE_LEFT },
		{ "revoked", NULL, TABLE_LEFT }, { "key", "Key id", TABLE_LEFT },
		{ NULL, NULL, TABLE_LEFT },
	};
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__TerminalListRequest list = KASIR__V1__TERMINAL_LIST_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	struct store_config config;
	const char *state;
	struct table *t;
	struct arena a;
	int rc;

	rc = ctl_config(cli, &config);
	if (rc != EX_OK)
		return rc;
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_TERMINAL_LIST;
	request.terminal_list = &list;
	arena_init(&a, 0);
	rc = ctl_call(cli, &request, &a, &answer);
	t = table_open(columns);
	for (size_t i = 0; rc == EX_OK &&
	    answer->body_case == KASIR__V1__CONTROL_RESPONSE__BODY_TERMINAL_LIST &&
	    i < answer->terminal_list->n_terminals; i++) {
		const Kasir__V1__TerminalRow *row = answer->terminal_list->terminals[i];

		table_text(t, row->terminal);
		table_count(t, row->epoch);
		state = row->revoked ? N_("revoked") : presence_text(row->presence);
		table_shown_text(t, lang_word(state), state);
		table_count(t, row->newest_sequence);
		table_count(t, row->missing);
		table_time(t, row->last_wall_us);
		table_bool(t, row->revoked);
		show_key(t, config.store, row);
	}
	if (rc == EX_OK)
		rc = ctl_print(cli, t, false);
	else
		table_close(t);
	arena_fini(&a);
	return rc;
}
