/* scan.h - a look at a message's fields before it is decoded.
 *
 * Decoding a repeated message costs a struct for each element, and an element may take as
 * little as two bytes on the wire: a message of 256 KiB could ask for tens of megabytes.
 * So the elements are counted first. */
#ifndef KASIR_WIRE_SCAN_H
#define KASIR_WIRE_SCAN_H

#include "base/bytes.h"

/* How often field NUMBER stands in the message B; false when B is no protobuf message. */
KAS_CHECKED bool wire_scan_count(struct bytes b, uint32_t number, size_t *ret);

/* Is B a message of at most MAX fields in all?  Counted are its own, those of the messages in
 * its field PATH[0], those in their field PATH[1], and so on.  A field that nobody knows
 * costs more memory than an element. */
KAS_CHECKED bool wire_scan_fits(struct bytes b, const uint32_t *path, size_t n_path,
    size_t max);

#endif
