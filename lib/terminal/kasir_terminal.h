/* kasir_terminal.h - be a terminal of kasird, over the MQTT client that you already have.
 *
 *   pkg-config --cflags --libs kasir-terminal
 *
 * The library keeps sales in a durable outbox, signs them, says what to publish, checks every
 * proof that comes back, and asks until headquarters is known to have them too.  It opens no
 * connection and starts no thread: call it from one thread.
 *
 *   kasir_terminal_open()                  once; then connect, with kasir_terminal_will()
 *   kasir_terminal_connected(t, 1)         when subscribed to both topics
 *   kasir_terminal_on_message()            for each message that comes
 *   kasir_terminal_sell()                  for each sale
 *   kasir_terminal_poll()                  after each of these, and when its answer is due
 *
 * Amounts and everything else that a sale says are in PAYLOAD: a serialised
 * kasir.v1.Transaction (kasir/v1/transaction.proto, installed beside this file), made with
 * any protobuf library.  docs/how-to/write-a-terminal.md tells the rest.
 *
 * No callback may call into the library again: such a call changes nothing (KASIR_BUSY).
 *
 * C99 with nothing but <stdint.h>; may be used from C++ and, through libkasir-terminal.so,
 * from any language that can call C. */
#ifndef KASIR_TERMINAL_H
#define KASIR_TERMINAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KASIR_TERMINAL_API 1	/* grows when something is added; nothing is ever taken away */

typedef struct kasir_terminal kasir_terminal;

enum kasir_result {
	KASIR_OK = 0,
	KASIR_BAD_ARGUMENT = 1,	/* a name, key or size that cannot be */
	KASIR_NO_ROOM = 2,	/* disk or memory full: the sale was not made */
	KASIR_DISK = 3,		/* the outbox failed: close, and open again */
	KASIR_BUSY = 4,		/* another process has this outbox open; or from a callback */
	KASIR_OTHER_LEDGER = 5	/* the outbox belongs to another store's ledger */
};

enum kasir_sale_state {
	KASIR_DURABLE = 2,	/* proved to be in the store's ledger */
	KASIR_REJECTED = 4,	/* the store says it is not genuine: call for help */
	KASIR_CONFLICT = 5	/* in the ledger, but not as this sale: call for help */
};

enum kasir_state {
	KASIR_STATE_OFFLINE = 0,
	KASIR_STATE_IDLE = 1,
	KASIR_STATE_SENDING = 2,
	KASIR_STATE_HOLDING = 3,	/* the store asked to wait, or does not answer */
	KASIR_STATE_REFUSED = 4,	/* the store does not know this terminal */
	KASIR_STATE_FORKED = 5,		/* the store showed two histories */
	KASIR_STATE_FAILED = 6		/* the outbox failed */
};

struct kasir_terminal_config {
	size_t size;			/* sizeof(struct kasir_terminal_config), zeroed before */
	const char *store;		/* ids: small letters, digits, dashes */
	const char *terminal;
	uint64_t epoch;			/* of the enrolment; 0: 1 */
	const char *outbox;		/* file; made if there is none */
	const char *key_file;		/* secret key; made (and its .vkey) if there is none */
	const char *store_vkey;		/* the store's public key, one line of text */
	const char *hq_vkey;		/* headquarters', or NULL where there is none */
	uint64_t keep_days;		/* without headquarters; 0: 90 */

	/* Publish with QoS 1; copy what you need.  Return 0 if it was queued. */
	int (*publish)(void *user, const char *topic, const void *payload, size_t size,
	    int retain);
	/* A sale's state has been kept.  INDEX: in the ledger.  May be NULL. */
	void (*on_sale)(void *user, uint64_t epoch, uint64_t sequence,
	    enum kasir_sale_state state, uint64_t index);
	/* All sales in the ledger below SIZE are at headquarters: N of ours.  May be NULL. */
	void (*on_witnessed)(void *user, uint64_t size, uint64_t n);
	/* People must look.  May be NULL. */
	void (*on_alarm)(void *user, const char *sentence);
	void *user;
};

struct kasir_receipt {			/* may be printed */
	uint64_t epoch, sequence;
	uint8_t txn_id[16];
	uint8_t statement_hash[32];
};

/* How the terminal stands, for the cashier's screen and for whoever is called for help. */
struct kasir_status {
	size_t size;			/* sizeof(struct kasir_status) */
	enum kasir_state state;
	char reason[160];		/* why HOLDING, REFUSED or FORKED; may be empty */
	uint64_t waiting;		/* made, not yet proved to be in the ledger */
	uint64_t durable;		/* in the ledger, not known to be at headquarters */
	uint64_t rejected, conflict;	/* call for help */
	uint64_t ledger_size;		/* of the newest verified ledger */
	uint64_t cosigned_size;		/* of it, as headquarters has cosigned */
};

/* KASIR_TERMINAL_API of the library that is linked. */
unsigned kasir_terminal_api(void);

/* Not KASIR_OK: why is in WHY (may be NULL), a sentence. */
enum kasir_result kasir_terminal_open(const struct kasir_terminal_config *config,
    kasir_terminal **ret, char *why, size_t why_size);
void kasir_terminal_close(kasir_terminal *t);

/* Topics to subscribe to, with QoS 1. */
const char *kasir_terminal_ack_topic(const kasir_terminal *t);
const char *kasir_terminal_checkpoint_topic(const kasir_terminal *t);
/* The terminal's public key, one line of text, for whoever enrols it. */
const char *kasir_terminal_vkey(const kasir_terminal *t);
/* The last will: retained, QoS 1.  Valid until the next call. */
const char *kasir_terminal_will(kasir_terminal *t, const void **payload, size_t *size);

void kasir_terminal_connected(kasir_terminal *t, int connected);
void kasir_terminal_on_message(kasir_terminal *t, const char *topic, const void *payload,
    size_t size);
/* Do what is due; milliseconds until it should be called again, -1: when something comes. */
long kasir_terminal_poll(kasir_terminal *t);
/* Say goodbye, before a clean disconnect. */
void kasir_terminal_leave(kasir_terminal *t);

/* A name for the next sale.  Take it before money changes hands. */
void kasir_terminal_new_id(kasir_terminal *t, uint8_t txn_id[16]);
/* KASIR_OK: the sale is on disk and will reach the store; print the receipt.  PERSONAL: a
 * serialised kasir.v1.PersonalData, or NULL and 0.  RET may be NULL. */
enum kasir_result kasir_terminal_sell(kasir_terminal *t, const uint8_t txn_id[16],
    const void *payload, size_t size, const void *personal, size_t personal_size,
    struct kasir_receipt *ret);

/* Fills RET as far as RET->size goes. */
void kasir_terminal_status(const kasir_terminal *t, struct kasir_status *ret);
enum kasir_state kasir_terminal_state(const kasir_terminal *t);
uint64_t kasir_terminal_waiting(const kasir_terminal *t);
/* Send rejected sales again: somebody has enrolled the key.  Also done by itself. */
enum kasir_result kasir_terminal_retry(kasir_terminal *t);

#ifdef __cplusplus
}
#endif

#endif
