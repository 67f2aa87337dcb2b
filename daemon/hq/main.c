/* kasir-hq - headquarters: takes what stores send up, checks it, keeps it, cosigns it.
 * kasir-hq(8). */
#include "daemon/hq/edge/hq_commands.h"
#include "edge/config.h"

static const struct cli_option options[] = {
	{ "config", 'c', "FILE", "read FILE instead of " CONFIG_HQ_FILE },
	{ "json", 'j', NULL, "print JSON, for programs" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_option store_add_options[] = {
	{ "key", 'k', "FILE", "the store's public key, as `kasirctl keys show` prints it" },
	{ NULL, 0, NULL, NULL },
};

static const struct cli_command commands[] = {
	{ .name = "run", .summary = "Be headquarters, in the foreground, until SIGTERM",
	    .help =
	    "Takes what registered stores send to the broker, checks every entry, keeps it in\n"
	    "hq.db and cosigns.  SIGTERM leaves cleanly; SIGHUP reads the log level again.\n",
	    .run = hq_run },
	{ .name = "keys init", .summary = "Make the cosignature key and an empty database",
	    .help =
	    "What is there already stays.  Prints the public key: give it to every store, whose\n"
	    "kasird.conf names the file it is in.\n"
	    "\n"
	    "  kasir-hq keys init > hq.vkey\n",
	    .run = hq_keys_init },
	{ .name = "keys show", .summary = "Print the public key that stores check cosignatures with",
	    .run = hq_keys_show },
	{ .name = "store add", .operands = "ID", .min = 1, .max = 1,
	    .summary = "Register a store, from its public key",
	    .help =
	    "The key comes from the store (`kasirctl keys show`), over a way that you trust: all\n"
	    "that headquarters believes of the store rests on it.\n"
	    "\n"
	    "  kasir-hq store add toko-1 --key toko-1.vkey\n",
	    .options = store_add_options, .run = hq_store_add },
	{ .name = "store list", .summary = "Show the stores and how far each is held and cosigned",
	    .run = hq_store_list },
	{ .name = "status", .summary = "Show how much is held, cosigned, and disputed",
	    .run = hq_status },
	{ .name = "evidence list", .summary = "Show what was kept of stores that contradict themselves",
	    .run = hq_evidence_list },
	{ .name = "evidence show", .operands = "NUMBER", .min = 1, .max = 1,
	    .summary = "Print both checkpoints of one contradiction",
	    .help =
	    "Two checkpoints under one signature that cannot both be true are proof, to anybody,\n"
	    "that whoever holds the store's key signed two histories.\n",
	    .run = hq_evidence_show },
	{ .name = NULL },
};

static const struct cli_program program = {
	.name = "kasir-hq",
	.summary = "Headquarters of stores that run kasird",
	.help =
	    "To begin:\n"
	    "\n"
	    "  kasir-hq keys init > hq.vkey                  make a headquarters\n"
	    "  kasir-hq store add toko-1 --key toko-1.vkey   let a store in\n"
	    "  systemctl enable --now kasir-hq               take what it sends\n"
	    "  kasir-hq store list                           see it arrive\n",
	.options = options,
	.commands = commands,
};

int
main(int argc, char **argv)
{
	return cli_main(&program, argc, argv);
}
