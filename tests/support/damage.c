#include "tests/support/damage.h"

#include <string.h>

#include "tests/support/make_parts.h"

#define FIGURE_MAX (INT64_C(1) << 45)

struct walk {
	struct make_dice dice;
	uint64_t seen;
	ProtobufCMessage *m;			/* whose field F, or item ITEM of it, is changed */
	const ProtobufCFieldDescriptor *f;
	void *at;
	bool of_list;				/* the length of a list, not an item */
};

static void *
member(ProtobufCMessage *m, size_t offset)
{
	return (uint8_t *)m + offset;
}

/* Each place has the same chance, though their number is not known before. */
static void
offer(struct walk *w, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, void *at,
    bool of_list)
{
	w->seen++;
	if (!make_one_in(&w->dice, w->seen))
		return;
	w->m = m;
	w->f = f;
	w->at = at;
	w->of_list = of_list;
}

static void visit(struct walk *w, ProtobufCMessage *m);

static void
visit_list(struct walk *w, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	size_t *n = member(m, f->quantifier_offset), i;
	void *items = *(void **)member(m, f->offset);

	if (*n > 0)
		offer(w, m, f, n, true);
	for (i = 0; i < *n; i++)
		switch (f->type) {
		case PROTOBUF_C_TYPE_MESSAGE:
			visit(w, ((ProtobufCMessage **)items)[i]);
			break;
		case PROTOBUF_C_TYPE_ENUM:
			offer(w, m, f, (uint32_t *)items + i, false);
			break;
		default:
			offer(w, m, f, (uint64_t *)items + i, false);
		}
}

static void
visit(struct walk *w, ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f = m->descriptor->fields;
	const ProtobufCFieldDescriptor *end = f + m->descriptor->n_fields;

	for (; f < end; f++) {
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			visit_list(w, m, f);
			continue;
		}
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) {
			offer(w, m, f, member(m, f->offset), false);
			continue;
		}
		if (*(void **)member(m, f->offset) == NULL)
			continue;
		offer(w, m, f, member(m, f->offset), false);
		visit(w, *(ProtobufCMessage **)member(m, f->offset));
	}
}

static int64_t
other_figure(struct walk *w, int64_t was)
{
	int64_t some[] = { was + 1, was - 1, -was, 0, was * 2, was + 100, 1, 7,
		(int64_t)make_below(&w->dice, 100000),
		(int64_t)make_below(&w->dice, (uint64_t)FIGURE_MAX) };
	int64_t v = some[make_below(&w->dice, sizeof some / sizeof some[0])];

	return v > FIGURE_MAX || v < -FIGURE_MAX ? 3 : v;
}

static const char *
other_text(struct walk *w)
{
	static const char *const some[] = { "", "X", "PPN", "PB1", "IDR", "USD", "4006381333931",
		"4006381333932", "4111111111111111", "3782 822463 10005", "5105-1051-0510-5100",
		"4111111111111112", "cvc2: 123", "%B4111111111111111^", "1" };

	return some[make_below(&w->dice, sizeof some / sizeof some[0])];
}

static size_t
size_of(const ProtobufCFieldDescriptor *f, bool of_list)
{
	if (of_list)
		return sizeof(size_t);
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT64:
		return 8;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	default:
		return 4;
	}
}

static uint64_t
other(struct walk *w, uint64_t was)
{
	int64_t v;

	if (w->of_list)
		return was - 1;
	switch (w->f->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return 0;
	case PROTOBUF_C_TYPE_STRING:
		return (uint64_t)(uintptr_t)other_text(w);
	case PROTOBUF_C_TYPE_BOOL:
		return !was;
	case PROTOBUF_C_TYPE_ENUM:
		return (uint32_t)((int)make_below(&w->dice, 31) - 1);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_UINT32:
		/* Below 2^20, that products of them stay what the oracle can hold. */
		return (uint32_t)other_figure(w, (int32_t)was) % (1u << 20);
	case PROTOBUF_C_TYPE_UINT64:
		v = other_figure(w, (int64_t)was);
		return (uint64_t)(v < 0 ? -v : v);
	default:
		return (uint64_t)other_figure(w, (int64_t)was);
	}
}

struct damage
damage_one(ProtobufCMessage *m, uint64_t seed)
{
	struct walk w = { .dice = { seed } };
	struct damage d = { 0 };

	visit(&w, m);
	d.at = w.at;
	d.n = size_of(w.f, w.of_list);
	d.message = w.m->descriptor->short_name;
	d.field = w.f->name;
	memcpy(&d.was, d.at, d.n);
	d.now = other(&w, d.was);
	memcpy(d.at, &d.now, d.n);
	return d;
}

void
damage_undo(const struct damage *d)
{
	memcpy(d->at, &d->was, d->n);
}
