/* random.h - the kernel's randomness, through libsodium. */
#ifndef KASIR_EDGE_RANDOM_H
#define KASIR_EDGE_RANDOM_H

#include "base/ports.h"

/* Initialises libsodium; call before any other thread exists. */
struct random_port random_system(void);

#endif
