/* till.c - a till: one sale from standard input, wait for its proof, leave.
 *   cc till.c $(pkg-config --cflags --libs kasir-terminal) -lmosquitto
 *   ./a.out HOST PORT STORE TERMINAL FOLDER STORE_VKEY [HQ_VKEY] < transaction.bin */
#define _POSIX_C_SOURCE 200112L
#include <inttypes.h>
#include <kasir_terminal_mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void
on_sale(void *user, uint64_t epoch, uint64_t sequence, enum kasir_sale_state s, uint64_t index)
{
	(void)user;
	printf("sale %" PRIu64 "/%" PRIu64 ": %s, entry %" PRIu64 "\n", epoch, sequence,
	    s == KASIR_DURABLE ? "in the ledger" : "CALL FOR HELP", index);
}

int
main(int argc, char **argv)
{
	static unsigned char payload[60 * 1024];
	char outbox[1024], key[1024], why[320];
	struct kasir_mosquitto glue = { 0 };
	struct kasir_terminal_config config = { .size = sizeof(config), .user = &glue,
		.publish = kasir_mosquitto_publish, .on_sale = on_sale };
	time_t end = time(NULL) + 30;
	kasir_terminal *t;
	uint64_t waiting;
	uint8_t id[16];
	int sold;

	if (argc < 7)
		return fprintf(stderr, "usage: till HOST PORT STORE TERMINAL FOLDER STORE_VKEY"
		    " [HQ_VKEY] < transaction.bin\n"), 64;
	snprintf(outbox, sizeof(outbox), "%s/%s.outbox", argv[5], argv[4]);
	snprintf(key, sizeof(key), "%s/%s.key", argv[5], argv[4]);
	config.store = argv[3];
	config.terminal = argv[4];
	config.outbox = outbox;
	config.key_file = key;
	config.store_vkey = argv[6];
	config.hq_vkey = argc > 7 ? argv[7] : NULL;
	if (kasir_terminal_open(&config, &t, why, sizeof(why)) != KASIR_OK)
		return fprintf(stderr, "till: %s\n", why), 1;
	mosquitto_lib_init();
	kasir_mosquitto_connect(&glue, t, mosquitto_new(NULL, true, &glue), argv[1], atoi(argv[2]));

	kasir_terminal_new_id(t, id); /* before the customer pays */
	sold = kasir_terminal_sell(t, id, payload, fread(payload, 1, sizeof(payload), stdin),
	    NULL, 0, NULL) == KASIR_OK; /* now it is on disk: print the receipt */
	while (kasir_terminal_waiting(t) > 0 && time(NULL) < end)
		if (!kasir_mosquitto_turn(&glue, 100))
			sleep(1); /* the broker is not there */
	kasir_mosquitto_leave(&glue);
	waiting = kasir_terminal_waiting(t);
	fprintf(stderr, "till: %s, %" PRIu64 " wait; my key: %s\n",
	    sold ? "sold" : "the sale was not made", waiting, kasir_terminal_vkey(t));
	mosquitto_destroy(glue.mosq);
	kasir_terminal_close(t);
	return !sold ? 74 : waiting > 0 ? 75 : 0;
}
