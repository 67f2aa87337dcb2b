/* team.h - threads that take an audit's tasks (lib/audit/audit.h). */
#ifndef KASIR_EDGE_TEAM_H
#define KASIR_EDGE_TEAM_H

#include "audit/audit.h"

struct team;

/* WORKERS threads besides the caller, who helps whenever it waits. */
KAS_CHECKED enum kas_err team_open(unsigned workers, struct team **ret, struct kas_why *why);
void team_close(struct team *t);	/* joins them; NULL is fine */
struct audit_team team_port(struct team *t);

#endif
