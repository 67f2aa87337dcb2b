/* Every string of the message, wherever it stands: protobuf-c does not check that they
 * are UTF-8, and a field added later must not be forgotten, so the descriptors are walked. */
#include "cash/check_parts.h"

#include "base/text.h"

static bool message_is_utf8(const ProtobufCMessage *m);

static bool
text_field_is_utf8(const char *text)
{
	return text == NULL || text_is_utf8(bytes_of_text(text));
}

static bool
repeated_is_utf8(const ProtobufCFieldDescriptor *f, const void *member, size_t n)
{
	void *const *items = *(void *const *const *)member;
	size_t i;

	for (i = 0; i < n; i++)
		if (!(f->type == PROTOBUF_C_TYPE_STRING ? text_field_is_utf8(items[i])
							: message_is_utf8(items[i])))
			return false;
	return true;
}

static bool
field_is_utf8(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	const uint8_t *base = (const uint8_t *)m;
	const void *member = base + f->offset;

	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return repeated_is_utf8(f, member,
		    *(const size_t *)(const void *)(base + f->quantifier_offset));
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return text_field_is_utf8(*(const char *const *)member);
	return *(void *const *)member == NULL || message_is_utf8(*(void *const *)member);
}

static bool
message_is_utf8(const ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f = m->descriptor->fields;
	const ProtobufCFieldDescriptor *end = f + m->descriptor->n_fields;

	for (; f < end; f++)
		if ((f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE) &&
		    !field_is_utf8(m, f))
			return false;
	return true;
}

void
check_texts(struct check *c)
{
	check_holds(c, message_is_utf8(&c->doc->base), RULE(TEXT_NOT_UTF8));
}
