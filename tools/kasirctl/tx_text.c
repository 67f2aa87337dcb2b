#include "tools/kasirctl/tx_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cash/rules.h"
#include "base/text.h"
#include "edge/glyph.h"
#include "edge/lang.h"
#include "wire/limits.h"

void
tx_enum_text(const ProtobufCEnumDescriptor *d, int value, char to[TX_TYPE_MAX])
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, value);

	if (v == NULL) {
		snprintf(to, TX_TYPE_MAX, "%d", value);
		return;
	}
	snprintf(to, TX_TYPE_MAX, "%s", v->name);
	for (; *to != '\0'; to++)
		*to = *to == '_' ? '-' : (char)tolower((unsigned char)*to);
}

void
tx_type_text(Kasir__V1__TransactionType type, char to[TX_TYPE_MAX])
{
	tx_enum_text(&kasir__v1__transaction_type__descriptor, (int)type, to);
}

bool
tx_type_parse(const char *text, Kasir__V1__TransactionType *ret)
{
	const ProtobufCEnumDescriptor *d = &kasir__v1__transaction_type__descriptor;
	char name[TX_TYPE_MAX];

	for (unsigned i = 0; i < d->n_values; i++) {
		tx_enum_text(d, d->values[i].value, name);
		if (strcasecmp(name, text) == 0 || strcasecmp(d->values[i].name, text) == 0) {
			*ret = (Kasir__V1__TransactionType)d->values[i].value;
			return true;
		}
	}
	return false;
}

void
tx_day_text(uint32_t day, char to[16])
{
	snprintf(to, 16, "%04u-%02u-%02u", day / 10000 % 10000, day / 100 % 100, day % 100);
}

bool
tx_day_parse(const char *text, uint32_t *ret)
{
	char digits[9];
	size_t n = 0;
	uint64_t v;

	for (; *text != '\0'; text++) {
		if (*text == '-' && (n == 4 || n == 6))
			continue;
		if (n == 8)
			return false;
		digits[n++] = *text;
	}
	if (n != 8 || decimal_parse(BYTES(digits, n), &v) != KAS_OK)
		return false;
	*ret = (uint32_t)v;
	return true;
}

void
tx_add_money(struct table *t, int64_t minor, const Kasir__V1__Transaction *doc)
{
	char shown[MONEY_TEXT_MAX];

	lang_money((struct money){ minor }, doc->currency, doc->exponent, shown);
	table_shown_number(t, shown, minor);
}

void
tx_add_word(struct table *t, const char *word)
{
	table_shown_text(t, lang_word(word), word);
}

void
tx_add_day(struct table *t, uint32_t day)
{
	char shown[LANG_TIME_MAX], text[16];

	lang_day(day, shown);
	tx_day_text(day, text);
	table_shown_text(t, shown, text);
}

void
tx_add_free_text(struct table *t, const char *text)
{
	struct buf clean;

	buf_init(&clean);
	glyph_clean(&clean, text);
	buf_add(&clean, "", 1);
	table_text(t, clean.failed ? "?" : (const char *)buf_bytes(&clean).p);
	buf_fini(&clean);
}

void
tx_add_id(struct table *t, ProtobufCBinaryData id)
{
	char hex[2 * WIRE_TXN_ID_LEN + 1];

	if (id.len != WIRE_TXN_ID_LEN) {
		table_text(t, NULL);
		return;
	}
	hex_format(BYTES(id.data, id.len), hex);
	table_textf(t, "%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void
tx_add_rules(struct table *t, const Kasir__V1__Rule *rules, size_t n)
{
	char names[64][RULE_NAME_MAX];
	const char *list[64];

	n = n < 64 ? n : 64;
	for (size_t i = 0; i < n; i++) {
		rule_name(rules[i], names[i]);
		list[i] = names[i];
	}
	table_texts(t, list, n);
}
