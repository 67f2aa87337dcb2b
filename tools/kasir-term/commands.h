/* commands.h - what kasir-term can do; each in a file of its own. */
#ifndef KASIR_TERM_COMMANDS_H
#define KASIR_TERM_COMMANDS_H

#include "edge/cli.h"

extern const struct cli_option keys_options[];
int keys_init(struct cli *cli);
int keys_show(struct cli *cli);

extern const struct cli_option sell_options[];
int sell(struct cli *cli);

extern const struct cli_option enter_options[];
int enter(struct cli *cli);
const char *const *enter_types(void);	/* what may be entered; ended by NULL */

int status(struct cli *cli);
int run(struct cli *cli);

extern const struct cli_option simulate_options[];
int simulate(struct cli *cli);

extern const struct cli_option replay_options[];
int replay(struct cli *cli);

extern const struct cli_option bench_options[];
int bench(struct cli *cli);

extern const struct cli_option catalogue_options[];
int catalogue_fetch(struct cli *cli);

extern const struct cli_option echo_options[];
int echo(struct cli *cli);

#endif
