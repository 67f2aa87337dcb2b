/* tile_path.h - where tlog-tiles puts things in an exported directory.
 * tile/<level>/<n>[.p/<width>] and tile/entries/<n>[.p/<width>], n in groups of three
 * digits, all but the last prefixed with x (C2SP tlog-tiles). */
#ifndef KASIR_PROOF_TILE_PATH_H
#define KASIR_PROOF_TILE_PATH_H

#include "base/bytes.h"

#define TILE_PATH_MAX 64
#define TILE_ENTRIES (~0u)	/* as the level: an entry bundle */

/* WIDTH 256: a full tile. */
void tile_path_format(unsigned level, uint64_t n, unsigned width, char to[TILE_PATH_MAX]);

#endif
