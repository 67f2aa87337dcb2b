#include "tools/kasir-term/replay_parts.h"

#include <string.h>

#define TENDERS_MAX 4

Kasir__V1__Transaction *
replay_document(struct arena *a, Kasir__V1__TransactionType type, const char *currency,
    unsigned exponent)
{
	Kasir__V1__Transaction *doc = arena_alloc(a, sizeof *doc);

	if (doc == NULL)
		return NULL;
	kasir__v1__transaction__init(doc);
	doc->schema = 1;
	doc->type = type;
	doc->currency = arena_text(a, currency);
	doc->exponent = exponent;
	doc->tenders = arena_alloc(a, TENDERS_MAX * sizeof *doc->tenders);
	return doc->currency != NULL && doc->tenders != NULL ? doc : NULL;
}

bool
replay_room(struct arena *a, Kasir__V1__Transaction *doc, size_t room)
{
	doc->lines = arena_alloc(a, room * sizeof *doc->lines);
	return doc->lines != NULL;
}

Kasir__V1__Line *
replay_line(struct arena *a, Kasir__V1__Transaction *doc, Kasir__V1__LineKind kind)
{
	Kasir__V1__Line *line = arena_alloc(a, sizeof *line);

	if (line == NULL)
		return NULL;
	kasir__v1__line__init(line);
	doc->lines[doc->n_lines++] = line;
	line->number = (uint32_t)doc->n_lines;
	line->kind = kind;
	return line;
}

Kasir__V1__Tender *
replay_tender(struct arena *a, Kasir__V1__Transaction *doc, Kasir__V1__TenderKind kind,
    int64_t tendered)
{
	Kasir__V1__Tender *t = arena_alloc(a, sizeof *t);

	if (t == NULL || doc->n_tenders == TENDERS_MAX)
		return NULL;
	kasir__v1__tender__init(t);
	t->kind = kind;
	t->state = KASIR__V1__TENDER_STATE__APPROVED;
	t->tendered = tendered;
	doc->tenders[doc->n_tenders++] = t;
	t->number = (uint32_t)doc->n_tenders;
	return t;
}

/* FNV-1a: the same invoice is paid the same way in every run. */
static uint64_t
hash_of(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * UINT64_C(1099511628211);
	return h;
}

bool
replay_pay(struct arena *a, Kasir__V1__Transaction *doc, const char *name)
{
	uint64_t throw = hash_of(name) % 101;
	Kasir__V1__TenderKind kind = KASIR__V1__TENDER_KIND__CASH;

	if (doc->payable == 0)
		return true;
	if (throw >= 94)
		kind = KASIR__V1__TENDER_KIND__EMONEY;
	else if (throw >= 76)
		kind = KASIR__V1__TENDER_KIND__DEBIT;
	return replay_tender(a, doc, kind, doc->payable) != NULL;
}

void
replay_cut(char *text, size_t count)
{
	if (strlen(text) <= count)
		return;
	while (count > 0 && ((uint8_t)text[count] & 0xc0) == 0x80)
		count--;
	text[count] = '\0';
}

/* As a narrow roll would print them; amounts and codes are never touched. */
size_t
replay_fit(Kasir__V1__Transaction *doc, size_t max)
{
	static const size_t widths[] = { 24, 16, 8, 0 };
	size_t i, w, shortened = 0;

	for (w = 0; w < sizeof widths / sizeof widths[0]; w++) {
		if (kasir__v1__transaction__get_packed_size(doc) <= max)
			break;
		shortened = 0;
		for (i = 0; i < doc->n_lines; i++)
			if (strlen(doc->lines[i]->name) >= widths[w] && *doc->lines[i]->name) {
				shortened++;
				replay_cut(doc->lines[i]->name, widths[w]);
			}
	}
	return shortened;
}
