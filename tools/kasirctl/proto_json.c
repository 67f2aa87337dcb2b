#include "tools/kasirctl/proto_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cash/check.h"
#include "kasir/v1/ledger.pb-c.h"
#include "kasir/v1/transaction.pb-c.h"

static json_t *
json_bytes(const ProtobufCBinaryData *d)
{
	char *hex = malloc(2 * d->len + 1);
	json_t *v;

	if (hex == NULL)
		return NULL;
	hex_format(BYTES(d->data, d->len), hex);
	v = json_string(hex);
	free(hex);
	return v;
}

static json_t *
json_enum(const ProtobufCEnumDescriptor *d, int value)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, value);

	return v != NULL ? json_string(v->name) : json_integer(value);
}

/* Text that is no UTF-8 comes as the bytes it is. */
static json_t *
json_any_text(const char *text)
{
	struct bytes b = text != NULL ? bytes_of_text(text) : BYTES_NONE;
	ProtobufCBinaryData d = { b.n, (uint8_t *)b.p };

	return text_is_utf8(b) ? json_stringn((const char *)(b.n > 0 ? b.p : (const uint8_t *)""), b.n) :
	    json_bytes(&d);
}

/* Those that the card guard looks at: what a person keyed in may be a card's number. */
static bool
is_free_text(const ProtobufCFieldDescriptor *f)
{
	static const char *const names[] = { "reason", "name", "note", "detail" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(f->name, names[i]) == 0)
			return true;
	return false;
}

static json_t *
json_free_text(const char *text)
{
	char *masked;
	json_t *v;

	if (text == NULL || !check_text_has_card(text))
		return json_any_text(text);
	masked = strdup(text);
	if (masked == NULL)
		return NULL;
	for (char *c = masked; *c != '\0'; c++)
		if (*c >= '0' && *c <= '9')
			*c = '*';
	v = json_any_text(masked);
	free(masked);
	return v;
}

static json_t *
json_count(uint64_t n)
{
	char text[24];

	if (n <= INT64_MAX)
		return json_integer((json_int_t)n);
	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	return json_string(text);
}

static json_t *
value_at(const ProtobufCFieldDescriptor *f, const void *at)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return json_integer(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return json_integer(*(const int64_t *)at);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_count(*(const uint64_t *)at);
	case PROTOBUF_C_TYPE_FLOAT:
		return json_real((double)*(const float *)at);
	case PROTOBUF_C_TYPE_DOUBLE:
		return json_real(*(const double *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return json_enum(f->descriptor, *(const int *)at);
	case PROTOBUF_C_TYPE_STRING:
		return is_free_text(f) ? json_free_text(*(char *const *)at)
				       : json_any_text(*(char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return json_bytes(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return proto_json(*(ProtobufCMessage *const *)at);
	}
	return NULL;
}

static size_t
size_of(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return 4;
	}
}

static json_t *
json_list(const ProtobufCFieldDescriptor *f, const uint8_t *items, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list, value_at(f, items + i * size_of(f))) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* Totals keep the numbers of types and tenders that this version need not know. */
static const ProtobufCEnumDescriptor *
names_of(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	if (m->descriptor == &kasir__v1__type_total__descriptor && strcmp(f->name, "type") == 0)
		return &kasir__v1__transaction_type__descriptor;
	if (m->descriptor == &kasir__v1__tender_total__descriptor && strcmp(f->name, "kind") == 0)
		return &kasir__v1__tender_kind__descriptor;
	return NULL;
}

static bool
is_number(const ProtobufCFieldDescriptor *f)
{
	return f->type != PROTOBUF_C_TYPE_ENUM && f->type != PROTOBUF_C_TYPE_STRING &&
	    f->type != PROTOBUF_C_TYPE_BYTES && f->type != PROTOBUF_C_TYPE_MESSAGE;
}

/* Numbers are there also when they are zero, so that programs need not guess; of the rest,
 * what is empty was not set. */
static bool
is_set(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	const uint8_t *at = (const uint8_t *)m + f->offset;
	uint32_t which;
	static const uint8_t zeroes[16];

	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		which = *(const uint32_t *)((const uint8_t *)m + f->quantifier_offset);
		return which == f->id;
	}
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)((const uint8_t *)m + f->quantifier_offset) > 0;
	if (is_number(f))
		return true;
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return *(char *const *)at != NULL && **(char *const *)at != '\0';
	if (f->type == PROTOBUF_C_TYPE_BYTES)
		return ((const ProtobufCBinaryData *)at)->len > 0;
	return memcmp(at, zeroes, size_of(f)) != 0;
}

json_t *
proto_json(const ProtobufCMessage *m)
{
	json_t *o = json_object(), *v;

	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		const uint8_t *at = (const uint8_t *)m + f->offset;

		if (!is_set(m, f))
			continue;
		v = names_of(m, f) != NULL ? json_enum(names_of(m, f), (int)*(const uint32_t *)at) :
		    f->label == PROTOBUF_C_LABEL_REPEATED ? json_list(f, *(uint8_t *const *)at,
		    *(const size_t *)((const uint8_t *)m + f->quantifier_offset)) : value_at(f, at);
		if (json_object_set_new(o, f->name, v) != 0) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}
