#include "tools/kasirctl/marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/lang.h"

void
marks_fini(struct marks *m)
{
	free(m->list);
	free(m->settled);
	*m = (struct marks){ 0 };
}

static bool
grow(void **list, size_t n, size_t *cap, size_t each)
{
	size_t more = *cap == 0 ? 32 : 2 * *cap;
	void *p;

	if (n < *cap)
		return true;
	p = realloc(*list, more * each);
	if (p == NULL)
		return false;
	*list = p;
	*cap = more;
	return true;
}

static struct mark *
add(struct marks *m, enum mark_kind kind, uint64_t index, const Kasir__V1__Actor *by,
    const char *text)
{
	struct mark *mark;

	if (!grow((void **)&m->list, m->n, &m->cap, sizeof *m->list))
		return NULL;
	mark = &m->list[m->n++];
	*mark = (struct mark){ .kind = kind, .index = index };
	if (by != NULL && by->user[0] != '\0')
		snprintf(mark->who, sizeof mark->who, "%s", by->user);
	else
		snprintf(mark->who, sizeof mark->who, "user %u", by != NULL ? by->uid : 0);
	snprintf(mark->text, sizeof mark->text, "%s", text);
	return mark;
}

bool
marks_take(struct marks *m, uint64_t index, const Kasir__V1__LedgerEntry *e)
{
	struct mark *mark;

	if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_EXCEPTION_RESOLVED) {
		const Kasir__V1__ExceptionResolved *x = e->exception_resolved;

		mark = add(m, MARK_RESOLVED, x->index, x->by, x->reason);
		if (mark != NULL)
			mark->how = x->how;
	} else if (e->body_case == KASIR__V1__LEDGER_ENTRY__BODY_ANNOTATED) {
		mark = add(m, MARK_ANNOTATED, e->annotated->index, e->annotated->by,
		    e->annotated->text);
	} else {
		return true;
	}
	if (mark == NULL)
		return false;
	mark->by_index = index;
	mark->wall_us = e->wall_us;
	return true;
}

const struct mark *
marks_find(const struct marks *m, enum mark_kind kind, uint64_t index)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->list[i].kind == kind && m->list[i].index == index)
			return &m->list[i];
	return NULL;
}

const char *
mark_word(const struct mark *mark)
{
	return mark->kind == MARK_ANNOTATED ? N_("noted") :
	    mark->how == KASIR__V1__RESOLUTION__ACCEPTED ? N_("accepted") : N_("voided");
}

void
mark_text(const struct mark *mark, char *to, size_t n)
{
	/* TRANSLATORS: a person's name, and the number of an entry */
	const char *fmt = mark->kind == MARK_ANNOTATED ? _("noted by %s, entry %llu") :
	    mark->how == KASIR__V1__RESOLUTION__ACCEPTED ? _("accepted by %s, entry %llu") :
	    _("voided by %s, entry %llu");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(to, n, fmt, mark->who, (unsigned long long)mark->by_index);
#pragma GCC diagnostic pop
}

bool
marks_add_settled(struct marks *m, const char *terminal, const Kasir__V1__Reference *what)
{
	struct settled *s;

	if (what == NULL)
		return true;
	if (!grow((void **)&m->settled, m->n_settled, &m->cap_settled, sizeof *m->settled))
		return false;
	s = &m->settled[m->n_settled++];
	snprintf(s->terminal, sizeof s->terminal, "%s",
	    what->terminal[0] != '\0' ? what->terminal : terminal);
	s->epoch = what->epoch;
	s->sequence = what->sequence;
	return true;
}

bool
marks_is_settled(const struct marks *m, const char *terminal, uint64_t epoch, uint64_t sequence)
{
	for (size_t i = 0; i < m->n_settled; i++)
		if (m->settled[i].sequence == sequence && m->settled[i].epoch == epoch &&
		    strcmp(m->settled[i].terminal, terminal) == 0)
			return true;
	return false;
}
