/* office.h - who sits at kasirctl in the back office: settles exceptions, remarks on them,
 * looks at the X, closes the day when the clock on the wall says so, loads rule sets and
 * catalogues.  There are two of them, who do not ask each other first. */
#ifndef KASIR_SIM_OFFICE_H
#define KASIR_SIM_OFFICE_H

#include "tests/sim/oracle.h"
#include "tests/sim/store_node.h"

struct office {
	struct world *w;
	struct store_node *store;
	struct oracle *oracle;
	const char *name;
	struct prng prng;
	unsigned pause_ms;
	unsigned rules, catalogues;	/* per mille of what is done */
	int64_t day;			/* on the wall when the day was closed last */
	bool quiet;			/* does nothing by itself any more */
	bool answered;			/* ...and the last close has been answered */
};

void office_init(struct office *f, struct world *w, struct store_node *store,
    struct oracle *oracle, const char *name);
void office_start(struct office *f);
/* All is sold: close the day; OFFICE->answered says when that is answered. */
void office_close_up(struct office *f);

#endif
