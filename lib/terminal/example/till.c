/* till.c - a whole till over libmosquitto: one sale, wait for its proof, leave.
 *
 *   cc till.c $(pkg-config --cflags --libs kasir-terminal) -lmosquitto
 *   ./a.out HOST PORT STORE TERMINAL FOLDER STORE_VKEY [HQ_VKEY] < transaction.bin */
#define _POSIX_C_SOURCE 199309L /* nanosleep */
#include <inttypes.h>
#include <kasir_terminal.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct mosquitto *mosq;
static int confirmed; /* of our two subscriptions */

static int
publish(void *user, const char *topic, const void *payload, size_t size, int retain)
{
	(void)user;
	return mosquitto_publish(mosq, NULL, topic, (int)size, payload, 1, retain != 0);
}

static void
on_sale(void *user, uint64_t epoch, uint64_t sequence, enum kasir_sale_state state,
    uint64_t index)
{
	(void)user;
	printf("sale %" PRIu64 "/%" PRIu64 ": %s, entry %" PRIu64 "\n", epoch, sequence,
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

/* Until the store has proved to hold every sale, or half a minute has gone. */
static void
wait_for_proof(kasir_terminal *t)
{
	struct timespec moment = { 0, 200000000 };
	time_t end = time(NULL) + 30;

	while (kasir_terminal_waiting(t) > 0 && time(NULL) < end) {
		long due = kasir_terminal_poll(t);

		if (mosquitto_loop(mosq, due >= 0 && due < 100 ? (int)due : 100, 1) !=
		    MOSQ_ERR_SUCCESS && mosquitto_reconnect(mosq) != MOSQ_ERR_SUCCESS)
			nanosleep(&moment, NULL);
	}
}

static void
connect_broker(kasir_terminal *t, const char *host, int port)
{
	const void *will;
	size_t size;
	const char *topic = kasir_terminal_will(t, &will, &size);

	mosquitto_lib_init();
	mosq = mosquitto_new(NULL, true, t);
	if (mosq == NULL)
		exit(71);
	mosquitto_will_set(mosq, topic, (int)size, will, 1, true);
	mosquitto_connect_callback_set(mosq, on_connect);
	mosquitto_subscribe_callback_set(mosq, on_subscribe);
	mosquitto_disconnect_callback_set(mosq, on_disconnect);
	mosquitto_message_callback_set(mosq, on_message);
	mosquitto_connect(mosq, host, port, 30); /* in vain: wait_for_proof() tries again */
}

/* The serialised kasir.v1.Transaction on standard input. */
static int
sell(kasir_terminal *t)
{
	static unsigned char payload[60 * 1024];
	struct kasir_receipt receipt;
	uint8_t id[16];
	size_t n = fread(payload, 1, sizeof(payload), stdin);

	kasir_terminal_new_id(t, id); /* before the customer pays */
	if (kasir_terminal_sell(t, id, payload, n, NULL, 0, &receipt) != KASIR_OK)
		return 0;
	printf("receipt %" PRIu64 "/%" PRIu64 "\n", receipt.epoch, receipt.sequence);
	return 1;
}

int
main(int argc, char **argv)
{
	char outbox[1024], key[1024], why[320];
	struct kasir_terminal_config config = { .size = sizeof(config) };
	struct kasir_status status = { .size = sizeof(status) };
	kasir_terminal *t;
	int sold;

	if (argc < 7) {
		fprintf(stderr, "usage: till HOST PORT STORE TERMINAL FOLDER STORE_VKEY [HQ_VKEY]"
				" < transaction.bin\n");
		return 64;
	}
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
	if (kasir_terminal_open(&config, &t, why, sizeof(why)) != KASIR_OK) {
		fprintf(stderr, "till: %s\n", why);
		return 1;
	}
	connect_broker(t, argv[1], atoi(argv[2]));
	sold = sell(t);
	if (!sold)
		fprintf(stderr, "till: the sale was not made\n");
	wait_for_proof(t);
	kasir_terminal_leave(t);
	mosquitto_loop(mosq, 100, 1);
	mosquitto_disconnect(mosq);
	kasir_terminal_status(t, &status);
	if (status.waiting > 0)
		fprintf(stderr, "till: %" PRIu64 " wait: %s\nto enrol: %s\n", status.waiting,
		    status.reason, kasir_terminal_vkey(t));
	mosquitto_destroy(mosq);
	kasir_terminal_close(t);
	return !sold ? 74 : status.waiting > 0 ? 75 : 0;
}
