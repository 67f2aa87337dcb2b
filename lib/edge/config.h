/* config.h - kasird.conf and kasir-hq.conf.  kasird.conf(5) explains every setting.
 *
 * An error names file and line and says what is expected there; a setting that is not
 * known is an error. */
#ifndef KASIR_EDGE_CONFIG_H
#define KASIR_EDGE_CONFIG_H

#include "base/ports.h"
#include "base/text.h"
#include "cash/money.h"
#include "edge/mqtt.h"

#define CONFIG_PATH_MAX 1024
#define CONFIG_ADDRESS_LINES 4u
#define CONFIG_STORE_FILE "/etc/kasird/kasird.conf"
#define CONFIG_HQ_FILE "/etc/kasird/kasir-hq.conf"

/* What stands on paper: receipts and slips. */
struct receipt_config {
	char name[128];				/* of the shop; empty: its id */
	char address[CONFIG_ADDRESS_LINES][96];	/* empty ones at the end */
	char tax_number[64];			/* NPWP, VAT id; may be empty */
	char footer[256];			/* "Terima kasih"; may be empty */
	char proof_url[256];			/* stands before the code; may be empty */
	char language[3];			/* "id", "en"; empty: as the environment says */
	unsigned width;				/* columns */
};

struct store_config {
	char file[CONFIG_PATH_MAX];		/* this was read from it */
	char store[NAME_MAX_LEN + 1];
	char operator_name[64];			/* first part of the ledger's origin */
	char data_dir[CONFIG_PATH_MAX];		/* ledger.db, reports.db, store.key, store.vkey */
	char control_socket[108];
	char control_group[64];			/* empty: the daemon's own */
	struct mqtt_address broker;
	bool has_hq;
	struct {
		struct mqtt_address broker;
		char key_file[CONFIG_PATH_MAX];	/* headquarters' vkey */
	} hq;
	char currency[4];
	unsigned exponent;
	rounding_mode rounding;
	uint64_t gather_us;
	enum log_level log_level;
	unsigned verify_workers;		/* besides the main thread */
	bool reports;				/* reports.db is kept up to the ledger */
	struct receipt_config receipt;
};

struct hq_config {
	char file[CONFIG_PATH_MAX];
	char name[128];			/* of headquarters, in logs and its key */
	char data_dir[CONFIG_PATH_MAX];		/* hq.db, witness.key, witness.vkey */
	struct mqtt_address broker;
	enum log_level log_level;
	unsigned verify_workers;
};

KAS_CHECKED enum kas_err config_load_store(const char *path, struct store_config *ret,
    struct kas_why *why);
KAS_CHECKED enum kas_err config_load_hq(const char *path, struct hq_config *ret,
    struct kas_why *why);

/* Files in the data folder, by the names that every program uses. */
#define CONFIG_LEDGER "ledger.db"
#define CONFIG_REPORTS "reports.db"
#define CONFIG_STORE_KEY "store.key"	/* secret; or the systemd credential of this name */
#define CONFIG_STORE_VKEY "store.vkey"	/* genesis key, public */
#define CONFIG_HQ_DB "hq.db"
#define CONFIG_HQ_KEY "witness.key"
#define CONFIG_HQ_VKEY "witness.vkey"
/* DIR/NAME; KAS_RANGE when it does not fit. */
KAS_CHECKED enum kas_err config_path(const char *dir, const char *name, char to[CONFIG_PATH_MAX]);
/* Where a secret key is: $CREDENTIALS_DIRECTORY/NAME if that exists, else DIR/NAME. */
KAS_CHECKED enum kas_err config_key_path(const char *dir, const char *name,
    char to[CONFIG_PATH_MAX]);
/* <operator>/<store>/1: the origin of a new store's ledger. */
void config_origin(const struct store_config *c, char to[160]);

#endif
