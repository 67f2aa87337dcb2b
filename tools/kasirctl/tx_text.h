/* tx_text.h - a transaction's words and figures, as people read them. */
#ifndef KASIR_CTL_TX_TEXT_H
#define KASIR_CTL_TX_TEXT_H

#include "edge/table.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

#define TX_TYPE_MAX 40
/* "post-void"; "type 99" for one this version does not know. */
void tx_type_text(Kasir__V1__TransactionType type, char to[TX_TYPE_MAX]);
bool tx_type_parse(const char *text, Kasir__V1__TransactionType *ret);
/* "cash-foreign", "service-charge": an enum's value in the words of its .proto. */
void tx_enum_text(const ProtobufCEnumDescriptor *d, int value, char to[TX_TYPE_MAX]);
/* "2026-05-31", or the number as it is. */
void tx_day_text(uint32_t day, char to[16]);
bool tx_day_parse(const char *text, uint32_t *ret);
/* Cells: people see the word in their language, and the day as it is written there. */
void tx_add_word(struct table *t, const char *word);
void tx_add_day(struct table *t, uint32_t day);
/* A text that a terminal sent: digits of a card's number are masked, for programs too. */
void tx_add_free_text(struct table *t, const char *text);
/* Cells for an amount, a txn_id (as a UUID is written) and a list of rules. */
void tx_add_money(struct table *t, int64_t minor, const Kasir__V1__Transaction *doc);
void tx_add_id(struct table *t, ProtobufCBinaryData id);
void tx_add_rules(struct table *t, const Kasir__V1__Rule *rules, size_t n);

#endif
