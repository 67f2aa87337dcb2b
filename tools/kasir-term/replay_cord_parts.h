/* replay_cord_parts.h - a receipt on its way to a document; what the parts of replay_cord share. */
#ifndef KASIR_TERM_REPLAY_CORD_PARTS_H
#define KASIR_TERM_REPLAY_CORD_PARTS_H

#include "tools/kasir-term/replay_parts.h"
#include "tools/kasir-term/replay_receipt.h"

struct making {
	struct arena *a;
	const struct receipt *r;
	struct receipt_fit fit;
	Kasir__V1__Transaction *doc;
	struct dataset_counts *counts;
};

/* Everything is false when the arena is full.  A text of NULL leaves FIELD as it is. */
KAS_CHECKED bool making_set_text(struct arena *a, char **field, const char *text);

/* Lines for the menu, the voids and the service charge; then the document's discount, shared. */
KAS_CHECKED bool making_add_lines(struct making *m);
/* The printed tax, on the lines that it is on. */
KAS_CHECKED bool making_add_tax(struct making *m);

#endif
