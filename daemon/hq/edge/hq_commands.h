/* hq_commands.h - what `kasir-hq` does at a shell.  They work whether the daemon runs or
 * not; each returns the exit code. */
#ifndef KASIR_HQ_EDGE_HQ_COMMANDS_H
#define KASIR_HQ_EDGE_HQ_COMMANDS_H

#include "edge/cli.h"

int hq_run(struct cli *cli);
int hq_keys_init(struct cli *cli);
int hq_keys_show(struct cli *cli);
int hq_store_add(struct cli *cli);
int hq_store_list(struct cli *cli);
int hq_status(struct cli *cli);
int hq_evidence_list(struct cli *cli);
int hq_evidence_show(struct cli *cli);

#endif
