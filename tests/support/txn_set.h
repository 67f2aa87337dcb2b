/* txn_set.h - change fields of a message by name, so that test cases can stand in tables.
 *
 *   "lines.0.quantity=-1000 taxes.0.code=PPN payable=0"
 *
 * Changes are separated by blanks; a list is indexed from 0; enums are numbers; "original="
 * with nothing behind it takes a message away; "n_lines=1" shortens a list. */
#ifndef KASIR_TESTS_TXN_SET_H
#define KASIR_TESTS_TXN_SET_H

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"

/* Fails the test (aborts) where CHANGES names what is not there. */
void txn_set(struct arena *a, ProtobufCMessage *m, const char *changes);

#endif
