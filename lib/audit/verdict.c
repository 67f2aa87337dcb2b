/* verdict.c - how a report ends. */
#include "audit/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/nls.h"

enum audit_class
audit_outcome(const struct audit_report *r)
{
	enum audit_class worst = r->cosigned_size > 0 ? AUDIT_VERIFIED : AUDIT_UNPROVEN, class;

	for (size_t i = 0; i < r->findings.n; i++) {
		class = audit_kind_class(r->findings.list[i].kind);
		if (!r->findings.list[i].remark && class > worst)
			worst = class;
	}
	return worst;
}

void
audit_verdict(const struct audit_report *r, char *to, size_t n)
{
	const struct finding *f = findings_headline(&r->findings);
	uint64_t waiting = r->size - r->cosigned_size;

	if (f != NULL)
		snprintf(to, n, "%s at entry %" PRIu64 ": %s", audit_kind_name(f->kind), f->first,
		    f->text);
	else if (r->cosigned_size == 0)
		snprintf(to, n, "consistent, freshness unproven: no cosignature of headquarters says "
		    "that these %" PRIu64 " entries are the newest", r->size);
	else if (waiting == 0)
		snprintf(to, n, "all %" PRIu64 " entries verify, and headquarters has cosigned them",
		    r->size);
	else
		snprintf(to, n, "all %" PRIu64 " entries verify; headquarters has cosigned %" PRIu64
		    ", the last %" PRIu64 " wait for it", r->size, r->cosigned_size, waiting);
}

const char *
audit_next_step(const struct audit_report *r)
{
	const struct finding *f = findings_headline(&r->findings);

	if (f != NULL)
		return audit_kind_next_step(f->kind);
	if (r->cosigned_size == 0)
		return N_("pin headquarters' key and let it cosign, or hold the ledger against a "
		    "checkpoint that a terminal keeps (--against)");
	return "";
}
