#include "tools/kasirctl/desk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cash/check.h"
#include "edge/history.h"
#include "edge/lang.h"
#include "tools/kasirctl/marks.h"
#include "tools/kasirctl/walk.h"
#include "wire/codec.h"

/* Open bills and tenders are looked for in the open day's documents, and in no more than so
 * many entries. */
#define LOOK_BACK 100000u

struct look {
	struct ledger_reader *reader;
	const struct desk_wants *wants;
	struct desk *desk;
	struct marks marks;		/* what later entries say of earlier ones */
	bool day_seen;			/* past the beginning of the open day */
	size_t found;
};

static const struct { const char *name, *next; } kinds[DESK__KINDS] = {
	[DESK_EXCEPTION] = { N_("exception"), N_("look at it with 'kasirctl exceptions show ENTRY', then "
	    "accept it (its figures join today's) or void it (its cash leaves what is expected)") },
	[DESK_RETURN] = { N_("return"), N_("compare it with its original ('kasirctl exceptions show ENTRY'), "
	    "then accept it or void it") },
	[DESK_CONFLICT] = { N_("conflict"), N_("compare both with 'kasirctl tx show'; a till whose storage was "
	    "put back must be enrolled anew; then accept it, if goods were sold, or void it") },
	[DESK_BILL] = { N_("bill"), N_("resume or cancel it at its till: the day cannot be closed before") },
	[DESK_TENDER] = { N_("tender"), N_("ask the acquirer, and settle it at its till; the day can be closed "
	    "with --carry-pending meanwhile") },
	[DESK_CARD] = { N_("card"), N_("find out which program put a card's number there; it must never be "
	    "kept; then note what was done with 'kasirctl exceptions annotate ENTRY'") },
	[DESK_GAP] = { N_("gap"), N_("switch that till on and let it send; its outbox holds what is missing") },
	[DESK_REFUSED] = { N_("refused"), N_("find out who sent it: a till with a wrong key or clock says so on "
	    "its display; an unknown one may be an attempt") },
};

const char *
desk_kind_text(enum desk_kind kind)
{
	return kinds[kind].name;
}

const char *
desk_next_step(enum desk_kind kind)
{
	return kinds[kind].next;
}

void
desk_fini(struct desk *d)
{
	free(d->rows);
	*d = (struct desk){ 0 };
}

struct desk_row *
desk_add(struct desk *d, enum desk_kind kind)
{
	size_t cap = d->cap == 0 ? 32 : 2 * d->cap;
	struct desk_row *rows;

	if (d->n == d->cap) {
		rows = realloc(d->rows, cap * sizeof *rows);
		if (rows == NULL)
			return NULL;
		d->rows = rows;
		d->cap = cap;
	}
	d->rows[d->n] = (struct desk_row){ .kind = kind, .index = DESK_NO_ENTRY,
		.state = N_("open") };
	return &d->rows[d->n++];
}

void
desk_say(struct desk_row *row, const char *fmt, ...)
{
	va_list ap;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	va_start(ap, fmt);
	vsnprintf(row->what, sizeof row->what, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	vsnprintf(row->shown, sizeof row->shown, gettext(fmt), ap);
	va_end(ap);
#pragma GCC diagnostic pop
}

static void
say_rules(struct desk_row *row, const Kasir__V1__Rule *rules, size_t n)
{
	char name[RULE_NAME_MAX], more[28] = "";

	if (n == 0)
		return;
	row->n_broken = n < DESK_RULES_MAX ? n : DESK_RULES_MAX;
	memcpy(row->broken, rules, row->n_broken * sizeof *rules);
	rule_name(rules[0], name);
	if (n > 1)
		snprintf(more, sizeof more, " (+%zu)", n - 1);
	snprintf(row->what, sizeof row->what, "%s: %s%s", name, rule_sentence(rules[0]), more);
	snprintf(row->shown, sizeof row->shown, "%s: %s%s", name, gettext(rule_sentence(rules[0])),
	    more);
}

static void
say_document(struct desk_row *row, const Kasir__V1__Transaction *doc)
{
	if (doc == NULL)
		return;
	row->has_amount = true;
	row->amount = doc->payable;
	row->exponent = doc->exponent;
	snprintf(row->currency, sizeof row->currency, "%.3s", doc->currency);
}

/* A row about STEP's transaction; NULL: no memory. */
static struct desk_row *
add_transaction(struct look *k, enum desk_kind kind, const struct walk_step *step,
    const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__TransactionRecord *r = step->entry->transaction;
	struct desk_row *row = desk_add(k->desk, kind);

	if (row == NULL)
		return NULL;
	row->index = step->index;
	snprintf(row->terminal, sizeof row->terminal, "%s", r->terminal);
	row->epoch = r->epoch;
	row->sequence = r->sequence;
	row->wall_us = step->entry->wall_us;
	say_document(row, doc);
	k->found++;
	return row;
}

/* Is what MARK says reason enough to leave it out?  Else it stands in ROW. */
static bool
is_done(const struct look *k, const struct mark *mark)
{
	return mark != NULL && !k->wants->all;
}

static void
say_done(struct desk_row *row, const struct mark *mark)
{
	if (mark == NULL)
		return;
	row->done = true;
	row->state = mark_word(mark);
	mark_text(mark, row->state_shown, sizeof row->state_shown);
}

static enum walk_next
look_at_exception(struct look *k, const struct walk_step *step,
    const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__TransactionRecord *r = step->entry->transaction;
	const struct mark *mark = marks_find(&k->marks, MARK_RESOLVED, step->index);
	struct desk_row *row;

	if (r->n_broken == 0 || is_done(k, mark) || (doc != NULL && figures_of(doc).training))
		return WALK_ON;
	row = add_transaction(k, r->conflict ? DESK_CONFLICT : DESK_EXCEPTION, step, doc);
	if (row == NULL)
		return WALK_NOMEM;
	say_rules(row, r->broken, r->n_broken);
	if (r->conflict)
		desk_say(row, N_("its identity belongs to entry %llu, which says something else"),
		    (unsigned long long)r->first);
	say_done(row, mark);
	return WALK_ON;
}

static enum walk_next
look_at_card(struct look *k, const struct walk_step *step, const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__TransactionRecord *r = step->entry->transaction;
	struct rule_set notes = rule_set_of(r->notes, r->n_notes);
	const struct mark *mark = marks_find(&k->marks, MARK_ANNOTATED, step->index);
	struct desk_row *row;

	if (!rule_set_has(&notes, KASIR__V1__RULE__CARD_NUMBER_PRESENT) || is_done(k, mark))
		return WALK_ON;
	row = add_transaction(k, DESK_CARD, step, doc);
	if (row == NULL)
		return WALK_NOMEM;
	say_rules(row, (const Kasir__V1__Rule[]){ KASIR__V1__RULE__CARD_NUMBER_PRESENT }, 1);
	say_done(row, mark);
	return WALK_ON;
}

static bool
has_open_tender(const Kasir__V1__Transaction *doc)
{
	for (size_t i = 0; i < doc->n_tenders; i++)
		if (doc->tenders[i]->state == KASIR__V1__TENDER_STATE__PENDING ||
		    doc->tenders[i]->state == KASIR__V1__TENDER_STATE__UNKNOWN)
			return true;
	return false;
}

/* An exception opens and settles nothing, unless it was accepted. */
static bool
stands(const struct look *k, const struct walk_step *step)
{
	const struct mark *mark = marks_find(&k->marks, MARK_RESOLVED, step->index);

	return step->entry->transaction->n_broken == 0 ||
	    (mark != NULL && mark->how == KASIR__V1__RESOLUTION__ACCEPTED);
}

/* A bill or tender that nothing later has settled; or what settles an earlier one. */
static enum walk_next
look_at_open(struct look *k, const struct walk_step *step, const Kasir__V1__Transaction *doc)
{
	const Kasir__V1__TransactionRecord *r = step->entry->transaction;
	bool bill = doc->type == KASIR__V1__TRANSACTION_TYPE__SUSPEND;
	struct desk_row *row;

	if (r->conflict || !stands(k, step) || figures_of(doc).training)
		return WALK_ON;
	if (doc->type == KASIR__V1__TRANSACTION_TYPE__RESUME ||
	    doc->type == KASIR__V1__TRANSACTION_TYPE__CANCEL ||
	    doc->type == KASIR__V1__TRANSACTION_TYPE__TENDER_RESOLUTION)
		return marks_add_settled(&k->marks, r->terminal, doc->original) ?
		    WALK_ON : WALK_NOMEM;
	if ((!bill && !has_open_tender(doc)) ||
	    marks_is_settled(&k->marks, r->terminal, r->epoch, r->sequence))
		return WALK_ON;
	row = add_transaction(k, bill ? DESK_BILL : DESK_TENDER, step, doc);
	if (row == NULL)
		return WALK_NOMEM;
	if (bill)
		desk_say(row, N_("the sale was suspended, and neither resumed nor cancelled"));
	else
		desk_say(row, N_("goods are gone, and whether the tender came is not known"));
	return WALK_ON;
}

static enum walk_next
look_at_transaction(struct look *k, const struct walk_step *step)
{
	const Kasir__V1__TransactionRecord *r = step->entry->transaction;
	bool open_day = !k->day_seen && k->desk->size - step->index <= LOOK_BACK;
	const Kasir__V1__Transaction *doc = NULL;
	enum walk_next next;

	if (!open_day && r->n_broken == 0 && r->n_notes == 0)
		return WALK_ON;
	doc = PROTO_UNPACK(kasir__v1__transaction, step->arena, step->payload);
	next = look_at_exception(k, step, doc);
	if (next == WALK_ON)
		next = look_at_card(k, step, doc);
	return next == WALK_ON && open_day && doc != NULL ? look_at_open(k, step, doc) : next;
}

/* A settled return that was an exception by itself is resolved there. */
static enum walk_next
look_at_settled(struct look *k, const struct walk_step *step)
{
	const Kasir__V1__ReturnSettled *s = step->entry->return_settled;
	const struct mark *mark = marks_find(&k->marks, MARK_RESOLVED, step->index);
	struct walk_step about;
	Kasir__V1__LedgerEntry *e;
	struct store_entry kept;
	struct desk_row *row;

	if (s->n_broken == 0 || is_done(k, mark))
		return WALK_ON;
	if (history_entry(k->reader, s->return_index, step->arena, &kept) != KAS_OK ||
	    wire_decode_entry(kept.entry, step->arena, &e, NULL) != KAS_OK ||
	    e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION ||
	    e->transaction->n_broken > 0)
		return WALK_ON;
	about = (struct walk_step){ .index = step->index, .entry = e };
	row = add_transaction(k, DESK_RETURN, &about,
	    PROTO_UNPACK(kasir__v1__transaction, step->arena, kept.payload));
	if (row == NULL)
		return WALK_NOMEM;
	row->wall_us = step->entry->wall_us;
	say_rules(row, s->broken, s->n_broken);
	say_done(row, mark);
	return WALK_ON;
}

static enum walk_next
look_at(void *ctx, const struct walk_step *step)
{
	struct look *k = ctx;
	const Kasir__V1__LedgerEntry *e = step->entry;
	bool none_before = e->totals != NULL && e->totals->exceptions_count == 0 &&
	    k->desk->size - step->index > LOOK_BACK;
	enum walk_next next = WALK_ON;

	if (k->found >= k->wants->limit) {
		k->desk->cut = true;
		return WALK_STOP;
	}
	switch (e->body_case) {
	case KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION:
		next = look_at_transaction(k, step);
		break;
	case KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED:
		next = look_at_settled(k, step);
		break;
	case KASIR__V1__LEDGER_ENTRY__BODY_DAY_CLOSED:
		k->day_seen = k->day_seen || !e->day_closed->carried;
		break;
	default:
		next = marks_take(&k->marks, step->index, e) ? WALK_ON : WALK_NOMEM;
	}
	return next == WALK_ON && none_before ? WALK_STOP : next;
}

static enum kas_err
read_ledger(struct ledger_reader *r, const struct desk_wants *wants, struct desk *d)
{
	struct look k = { .reader = r, .wants = wants, .desk = d };
	enum kas_err err;

	err = walk_back(r, d->size, look_at, &k);
	marks_fini(&k.marks);
	return err;
}

enum kas_err
desk_read(struct ledger_reader *r, const struct desk_wants *wants, struct desk *ret)
{
	struct store_head head;
	struct arena a;
	enum kas_err err;

	arena_init(&a, 0);
	err = ledger_read_head(r, &a, &head);
	arena_fini(&a);
	if (err != KAS_OK)
		return err;
	ret->size = head.size;
	err = read_ledger(r, wants, ret);
	if (err == KAS_OK)
		err = desk_read_gaps(r, ret);
	return err == KAS_OK ? desk_read_refused(r, wants->limit, ret) : err;
}
