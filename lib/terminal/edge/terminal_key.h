/* terminal_key.h - a terminal's secret key in a file of its own. */
#ifndef KASIR_TERMINAL_EDGE_TERMINAL_KEY_H
#define KASIR_TERMINAL_EDGE_TERMINAL_KEY_H

#include "proof/key.h"

/* The key in PATH, which must be NAME's; if there is no file, a new key is made.  Its public text
 * stands beside it as PATH with ".vkey" for ".key" (or added).  KAS_NOTFOUND: that text is
 * there, so the key has been and is lost. */
KAS_CHECKED enum kas_err terminal_key_open(const char *path, const char *name,
    const struct random_port *random, struct signer **ret, struct kas_why *why);

#endif
