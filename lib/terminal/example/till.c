/* till.c - a whole till over libmosquitto: one sale, wait for its proof, leave.
 *
 *   cc till.c $(pkg-config --cflags --libs kasir-terminal) -lmosquitto
 *   ./a.out HOST PORT STORE TERMINAL FOLDER STORE_VKEY [HQ_VKEY] < transaction.bin */
#include <kasir_terminal.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mosquitto *mosq;
static int confirmed; /* of our two subscriptions */

static int
publish(void *user, const char *topic, const void *payload, size_t size, int retain)
{
	(void)user;
	return mosquitto_publish(mosq, NULL, topic, (int)size, payload, 1, retain != 0);
}

static void
on_sale(void *user, unsigned long epoch, unsigned long sequence, enum kasir_sale_state state,
    unsigned long index)
{
	(void)user;
	printf("sale %lu/%lu: %s, entry %lu\n", epoch, sequence,
	    state == KASIR_DURABLE ? "in the ledger" : "CALL FOR HELP", index);
}

static void
on_alarm(void *user, const char *sentence)
{
	(void)user;
	fprintf(stderr, "till: %s\n", sentence);
}

static void
on_connect(struct mosquitto *m, void *t, int rc)
{
	confirmed = 0;
	if (rc == 0)
		mosquitto_subscribe(m, NULL, kasir_terminal_ack_topic(t), 1);
	if (rc == 0)
		mosquitto_subscribe(m, NULL, kasir_terminal_checkpoint_topic(t), 1);
}

static void
on_subscribe(struct mosquitto *m, void *t, int id, int n, const int *qos)
{
	(void)m, (void)id, (void)n, (void)qos;
	if (++confirmed == 2) /* an answer before that would be lost */
		kasir_terminal_connected(t, 1);
}

static void
on_disconnect(struct mosquitto *m, void *t, int rc)
{
	(void)m, (void)rc;
	kasir_terminal_connected(t, 0);
}

static void
on_message(struct mosquitto *m, void *t, const struct mosquitto_message *msg)
{
	(void)m;
	kasir_terminal_on_message(t, msg->topic, msg->payload, (size_t)msg->payloadlen);
}

int
main(int argc, char **argv)
{
	static unsigned char payload[60 * 1024];
	char outbox[1024], key[1024], why[320];
	struct kasir_terminal_config config = { .size = sizeof(config) };
	struct kasir_receipt receipt;
	unsigned char id[16];
	kasir_terminal *t;
	const void *will;
	const char *will_topic;
	size_t n, will_size;
	int turns;

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
	config.publish = publish;
	config.on_sale = on_sale;
	config.on_alarm = on_alarm;
	if (kasir_terminal_open(&config, &t, why, sizeof(why)) != KASIR_OK)
		return fprintf(stderr, "till: %s\n", why), 1;

	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, t);
	will_topic = kasir_terminal_will(t, &will, &will_size);
	mosquitto_will_set(mosq, will_topic, (int)will_size, will, 1, true);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_connect(mosq, argv[1], atoi(argv[2]), 30);

	n = fread(payload, 1, sizeof(payload), stdin);
	kasir_terminal_new_id(t, id); /* before the customer pays */
	if (kasir_terminal_sell(t, id, payload, n, NULL, 0, &receipt) == KASIR_OK)
		printf("receipt %lu/%lu\n", receipt.epoch, receipt.sequence);

	for (turns = 0; turns < 3000 && kasir_terminal_waiting(t) > 0; turns++) {
		long due = kasir_terminal_poll(t);

		int wait = due >= 0 && due < 10 ? (int)due : 10;

		if (mosquitto_loop(mosq, wait, 1) != MOSQ_ERR_SUCCESS)
			mosquitto_reconnect(mosq);
	}
	kasir_terminal_leave(t);
	mosquitto_loop(mosq, 100, 1);
	mosquitto_disconnect(mosq);
	n = kasir_terminal_waiting(t);
	mosquitto_destroy(mosq);
	kasir_terminal_close(t);
	return n == 0 ? 0 : 75;
}
