/* options.h - what every command that talks to a store is told: where the broker is, which
 * store, whose keys, where the outboxes are. */
#ifndef KASIR_TERM_OPTIONS_H
#define KASIR_TERM_OPTIONS_H

#include "edge/cli.h"
#include "edge/mqtt.h"
#include "proof/key.h"

extern const struct cli_option term_options[];	/* of the program */

struct term_options {
	struct mqtt_address broker;
	const char *store;
	const char *keys;		/* folder of <terminal>.key and .vkey */
	const char *outbox;		/* folder, or "memory" */
	struct vkey store_key, hq;
	bool has_hq;
	bool json;
	uint64_t epoch;
};

/* EX_OK, or what the program exits with: it has been told on stderr.  Needs the store's key
 * unless WITHOUT_STORE_KEY. */
int options_read(struct cli *cli, bool without_store_key, struct term_options *ret);

#define TERM_PATH_MAX 1024
/* DIR/NAME.SUFFIX; false when it is too long. */
bool options_path(const char *dir, const char *name, const char *suffix, char to[TERM_PATH_MAX]);
/* The key of TERMINAL in the keys folder.  MAKE: if there is none, make one and write it and
 * its .vkey. */
KAS_CHECKED enum kas_err options_load_key(const char *keys, const char *store,
    const char *terminal, bool make, struct signer **ret, struct kas_why *why);

#endif
