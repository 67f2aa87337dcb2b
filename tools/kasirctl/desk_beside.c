/* desk_beside.c - what is no entry of the ledger: sequences that have not come, and messages
 * that were refused. */
#include "tools/kasirctl/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nls.h"
#include "cash/rules.h"
#include "kasir/v1/terminal.pb-c.h"
#include "tools/kasirctl/tx_text.h"
#include "tools/kasirctl/walk.h"

/* How far each epoch of each terminal has come: as the snapshot says, and the entries after. */
struct standing {
	char terminal[NAME_MAX_LEN + 1];
	uint64_t epoch, newest, count;
};

struct standings {
	struct standing *list;
	size_t n, cap;
	uint64_t from;			/* entries from here on are not in the snapshot */
};

static struct standing *
standing_of(struct standings *s, const char *terminal, uint64_t epoch)
{
	size_t cap = s->cap == 0 ? 32 : 2 * s->cap;
	struct standing *list;

	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].epoch == epoch && strcmp(s->list[i].terminal, terminal) == 0)
			return &s->list[i];
	if (s->n == s->cap) {
		list = realloc(s->list, cap * sizeof *list);
		if (list == NULL)
			return NULL;
		s->list = list;
		s->cap = cap;
	}
	s->list[s->n] = (struct standing){ .epoch = epoch };
	snprintf(s->list[s->n].terminal, sizeof s->list[s->n].terminal, "%s", terminal);
	return &s->list[s->n++];
}

static enum kas_err
take_row(void *ctx, const struct terminal_row *row)
{
	struct standing *s = standing_of(ctx, row->terminal, row->epoch);

	if (s == NULL)
		return KAS_NOMEM;
	s->newest = row->newest;
	s->count = row->count;
	return KAS_OK;
}

static enum walk_next
take_entry(void *ctx, const struct walk_step *step)
{
	struct standings *all = ctx;
	const Kasir__V1__TransactionRecord *r = step->entry->transaction;
	struct rule_set broken;
	struct standing *s;

	if (step->index < all->from)
		return WALK_STOP;
	if (step->entry->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION)
		return WALK_ON;
	broken = rule_set_of(r->broken, r->n_broken);
	/* Its sequence belongs to another. */
	if (r->conflict && !rule_set_has(&broken, KASIR__V1__RULE__IDENTITY_REUSED))
		return WALK_ON;
	s = standing_of(all, r->terminal, r->epoch);
	if (s == NULL)
		return WALK_NOMEM;
	s->count++;
	if (r->sequence > s->newest)
		s->newest = r->sequence;
	return WALK_ON;
}

static enum kas_err
add_gaps(const struct standings *s, struct desk *d)
{
	struct desk_row *row;

	for (size_t i = 0; i < s->n; i++) {
		const struct standing *t = &s->list[i];

		if (t->newest == t->count)
			continue;
		row = desk_add(d, DESK_GAP);
		if (row == NULL)
			return KAS_NOMEM;
		memcpy(row->terminal, t->terminal, sizeof row->terminal);
		row->epoch = t->epoch;
		desk_say(row, N_("%llu of its sequences up to %llu have not come"),
		    (unsigned long long)(t->newest - t->count), (unsigned long long)t->newest);
	}
	return KAS_OK;
}

enum kas_err
desk_read_gaps(struct ledger_reader *r, struct desk *d)
{
	struct standings s = { 0 };
	struct store_head head;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = ledger_read_head(r, &a, &head);
	if (err == KAS_OK)
		err = ledger_read_terminals(r, take_row, &s);
	if (err == KAS_OK) {
		s.from = head.snapshot_size;
		err = walk_back(r, head.size, take_entry, &s);
	}
	if (err == KAS_OK)
		err = add_gaps(&s, d);
	free(s.list);
	arena_fini(&a);
	return err;
}

static void
take_aside(struct stmt *st, struct desk_row *row)
{
	const char *topic = (const char *)sqlite3_column_text(st->s, 1);
	const char *text = (const char *)sqlite3_column_text(st->s, 3);
	char reason[TX_TYPE_MAX];

	tx_enum_text(&kasir__v1__refusal_reason__descriptor, (int)stmt_int(st, 2), reason);
	row->wall_us = stmt_int(st, 0);
	desk_say(row, "%s: %s (%s)", reason, text != NULL ? text : "",
	    topic != NULL ? topic : "");
}

enum kas_err
desk_read_refused(struct ledger_reader *r, size_t limit, struct desk *d)
{
	struct stmt st = { 0 };
	struct desk_row *row;
	enum kas_err err, done;

	err = stmt_init(&st, ledger_read_db(r), "SELECT wall_us, topic, reason, text FROM aside"
	    " ORDER BY id DESC LIMIT ?1");
	if (err != KAS_OK)
		return err;
	stmt_bind_int(&st, 1, limit > INT64_MAX ? -1 : (int64_t)limit);
	while (err == KAS_OK && stmt_row(&st)) {
		row = desk_add(d, DESK_REFUSED);
		if (row == NULL)
			err = KAS_NOMEM;
		else
			take_aside(&st, row);
	}
	done = stmt_done(&st);
	stmt_fini(&st);
	return err != KAS_OK ? err : done;
}
