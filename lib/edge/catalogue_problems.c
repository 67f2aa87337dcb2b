#include "edge/catalogue_file.h"
#include "edge/lang.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
row_problems_init(struct row_problems *p)
{
	*p = (struct row_problems){ 0 };
	arena_init(&p->arena, 0);
}

void
row_problems_fini(struct row_problems *p)
{
	free(p->item);
	arena_fini(&p->arena);
}

static struct row_problem *
room_for(struct row_problems *p)
{
	size_t cap = p->cap > 0 ? 2 * p->cap : 64;
	struct row_problem *more;

	if (p->n == ROW_PROBLEMS_MAX)
		return NULL;
	if (p->n == p->cap) {
		more = realloc(p->item, cap * sizeof *more);
		if (more == NULL)
			return NULL;
		p->item = more;
		p->cap = cap;
	}
	return &p->item[p->n];
}

void
row_problems_add(struct row_problems *p, uint64_t line, const char *fmt, ...)
{
	struct row_problem *item = room_for(p);
	char text[400];
	va_list ap;

	p->found++;
	if (item == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, gettext(fmt), ap);
	va_end(ap);
	item->line = line;
	item->text = arena_text(&p->arena, text);
	p->n += item->text != NULL;
}

static int
by_line(const void *a, const void *b)
{
	const struct row_problem *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

void
row_problems_sort(struct row_problems *p)
{
	if (p->n > 0)
		qsort(p->item, p->n, sizeof p->item[0], by_line);
}
