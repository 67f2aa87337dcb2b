/* limits.h - the sizes that version 1 of the protocol promises. */
#ifndef KASIR_WIRE_LIMITS_H
#define KASIR_WIRE_LIMITS_H

#define WIRE_BATCH_MAX (256u * 1024)		/* a TransactionBatch on the wire */
#define WIRE_BATCH_TRANSACTIONS_MAX 64u
#define WIRE_BATCH_FIELDS_MAX 2048u		/* of a batch and all in it but payloads */
#define WIRE_PAYLOAD_MAX (60u * 1024)		/* of one transaction */
#define WIRE_PERSONAL_MAX (4u * 1024)
#define WIRE_SALT_LEN 16u
#define WIRE_TXN_ID_LEN 16u
#define WIRE_ACK_MAX (512u * 1024)
#define WIRE_BLOCK_MAX (256u * 1024)		/* an EntryBlock, uncompressed */
#define WIRE_UP_MAX (320u * 1024)		/* an UplinkUp on the wire */
#define WIRE_DOWN_MAX (16u * 1024)		/* an UplinkDown on the wire */
#define WIRE_WINDOW 64u				/* transactions a terminal has in flight */
#define WIRE_CATALOGUE_PART (128u * 1024)	/* of a catalogue in a retained message */
#define WIRE_TOPIC_MAX 128u

#endif
