#include "tests/support/txn_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
member_of(ProtobufCMessage *m, size_t offset)
{
	return (uint8_t *)m + offset;
}

static const ProtobufCFieldDescriptor *
field_of(const ProtobufCMessage *m, const char *name)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);

	if (f == NULL)
		fprintf(stderr, "no field %s in %s\n", name, m->descriptor->name);
	kas_assert(f != NULL);
	return f;
}

static void
set_scalar(struct arena *a, const ProtobufCFieldDescriptor *f, void *at, const char *value)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		*(char **)at = arena_text(a, value);
		return;
	case PROTOBUF_C_TYPE_MESSAGE:
		kas_assert(*value == '\0');
		*(void **)at = NULL;
		return;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)at = *value == '-' ? (uint64_t)strtoll(value, NULL, 10)
						: strtoull(value, NULL, 10);
		return;
	default:
		*(uint32_t *)at = (uint32_t)strtoll(value, NULL, 10);
	}
}

/* Item INDEX of the repeated field F. */
static void *
item_of(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, const char *index)
{
	size_t i = (size_t)atoi(index);

	kas_assert(i < *(size_t *)member_of(m, f->quantifier_offset));
	if (f->type == PROTOBUF_C_TYPE_ENUM)
		return *(uint32_t **)member_of(m, f->offset) + i;
	if (f->type == PROTOBUF_C_TYPE_INT64)
		return *(int64_t **)member_of(m, f->offset) + i;
	return *(void ***)member_of(m, f->offset) + i;
}

static void
set_one(struct arena *a, ProtobufCMessage *m, char *change)
{
	char *value = strchr(change, '='), *rest = NULL, *word;
	const ProtobufCFieldDescriptor *f;
	void *at;

	kas_assert(value != NULL);
	*value++ = '\0';
	for (word = strtok_r(change, ".", &rest);; word = strtok_r(NULL, ".", &rest)) {
		if (strncmp(word, "n_", 2) == 0) {
			f = field_of(m, word + 2);
			*(size_t *)member_of(m, f->quantifier_offset) = (size_t)atoi(value);
			return;
		}
		f = field_of(m, word);
		at = member_of(m, f->offset);
		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			at = item_of(m, f, strtok_r(NULL, ".", &rest));
		if (f->type != PROTOBUF_C_TYPE_MESSAGE || *rest == '\0')
			break;
		m = *(ProtobufCMessage **)at;
		kas_assert(m != NULL);
	}
	set_scalar(a, f, at, value);
}

void
txn_set(struct arena *a, ProtobufCMessage *m, const char *changes)
{
	char *copy = arena_text(a, changes), *rest = NULL, *change;

	for (change = strtok_r(copy, " ", &rest); change != NULL;
	    change = strtok_r(NULL, " ", &rest))
		set_one(a, m, change);
}
