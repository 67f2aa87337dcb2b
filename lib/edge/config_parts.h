/* config_parts.h - what reading a configuration file and taking settings from it share.
 *
 *   config_check.c    what each setting may be
 *   config_parse.c    the file, its errors, and the checks
 *   config.c          which settings a program has, and where they go */
#ifndef KASIR_EDGE_CONFIG_PARTS_H
#define KASIR_EDGE_CONFIG_PARTS_H

#include <confuse.h>

#include "edge/config.h"

#define CONFIG_AUTO (-1)

#define CONFIG_RECEIPT_WIDTH 32

/* libconfuse takes the end of the file for the end of every open section.  A setting that
 * only stands outside of them is put at the end, and fails inside one: OPTS must have it. */
#define CONFIG_END "end-of-file"

/* Read PATH as OPTS (borrowed as long as *ret_cfg) say, each setting checked; cfg_free() is
 * the caller's.  EXPLAINED_IN: the manual page that lists the settings. */
KAS_CHECKED enum kas_err config_parse(const char *path, const char *explained_in,
    cfg_opt_t *opts, cfg_t **ret_cfg, struct kas_why *why);

/* Have CFG check every setting that OPTS has, where it is read. */
void config_check(cfg_t *cfg, const cfg_opt_t *opts);
bool config_rounding_parse(const char *name, rounding_mode *ret);

#endif
