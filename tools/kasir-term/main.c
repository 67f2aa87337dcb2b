/* kasir-term - a terminal: reference client, simulator, replayer, load generator. */
#include "edge/log.h"
#include "tools/kasir-term/commands.h"
#include "tools/kasir-term/options.h"

static const struct cli_command commands[] = {
	{ "keys init", "[TERMINAL...]", 0, 999, "make terminals' keys, where there are none",
	    "Writes <terminal>.key (secret, stays here) and <terminal>.vkey (public, for\n"
	    "`kasirctl terminal add ID --key FILE`) into the keys folder and prints the public\n"
	    "ones.\n",
	    keys_options, keys_init },
	{ "keys show", "[TERMINAL...]", 0, 999, "print terminals' public keys", NULL, keys_options,
	    keys_show },
	{ "sell", NULL, 0, 0, "make one sale and wait for its proof",
	    "The sale is signed, put into the outbox and synced, sent, and counts as stored only\n"
	    "when the store's proof has been verified.  Exits with 75 when it is still waiting;\n"
	    "it then stays in the outbox, and `kasir-term run` sends it.\n"
	    "\n"
	    "  kasir-term sell -s toko-1 -k store.vkey -t front --price 8000\n",
	    sell_options, sell },
	{ "enter", "WHAT", 1, 1, "what a cashier does besides selling, and wait for its proof",
	    "WHAT is sign-on, sign-off, shift-open, shift-close, till-count, day-open, day-close,\n"
	    "no-sale, paid-in, paid-out, loan, pickup, safe-drop or bank-deposit.\n"
	    "\n"
	    "  kasir-term enter shift-open -s toko-1 -k store.vkey -t front --shift pagi \\\n"
	    "      --count 50000x4\n"
	    "  kasir-term enter paid-out -s toko-1 -k store.vkey -t front --shift pagi -a 25000 \\\n"
	    "      --reason ice\n",
	    enter_options, enter },
	{ "run", "TERMINAL", 1, 1, "send on what waits in an outbox, until it is stopped", NULL,
	    NULL, run },
	{ "status", "TERMINAL", 1, 1, "show what stands in an outbox", NULL, NULL, status },
	{ "simulate", NULL, 0, 0, "sell like a shop full of tills",
	    "85 in 100 documents are sales, 10 returns of goods of an earlier sale of the same till,\n"
	    "4 returns without a receipt, 0.3 voids of a recent sale: as measured on 25,900 invoices\n"
	    "of a shop.  Lines, pieces, prices and tenders (76 % cash, 17 % card, 7 % e-money) are\n"
	    "those of 800 Indonesian receipts; docs/reference/simulate.md has the counts.  The same\n"
	    "seed gives the same documents.\n"
	    "\n"
	    "Exits with 0 only if every document was acknowledged with a proof, with 75 when nothing\n"
	    "was answered for --patience seconds.\n"
	    "\n"
	    "  kasir-term simulate -s toko-1 -k store.vkey --outbox memory -n 3 -r 50 -c 2000\n",
	    simulate_options, simulate },
	{ "replay", "FILE", 1, 1, "sell a data set again",
	    "FILE: Online Retail (CSV) or CORD (JSON lines), also compressed with zstd.\n"
	    "Says how many rows were read and what was done to them; exits as simulate does.\n",
	    replay_options, replay },
	{ "bench", NULL, 0, 0, "measure from publish to verified ack",
	    "Outboxes are in memory and proofs are all verified, each checkpoint's signature once.\n"
	    "With --echo, and `kasir-term echo` in the store's place, it measures the broker.\n",
	    bench_options, bench },
	{ "catalogue fetch", NULL, 0, 0, "get the list of products and cashiers in force",
	    "Puts together what the store retains at the broker, checks it against the hash that the\n"
	    "store announces, and reads every row.  Exits with 75 when nothing whole came.\n"
	    "\n"
	    "  kasir-term catalogue fetch -s toko-1 -o catalogue.pb\n",
	    catalogue_options, catalogue_fetch },
	{ "echo", NULL, 0, 0, "answer like a store that knows nothing, for bench --echo", NULL,
	    echo_options, echo },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};

static const struct cli_kind kinds[] = {
	{ "WHAT", enter_types, NULL },
	{ NULL, NULL, NULL },
};

static const struct cli_program program = {
	"kasir-term",
	"a cash register's side of kasird",
	"Every command that talks to a store needs --store and --store-key.\n",
	term_options,
	commands,
	kinds,
};

int
main(int argc, char **argv)
{
	log_init("kasir-term", LOG_LVL_WARNING);
	return cli_main(&program, argc, argv);
}
