#include "wire/topic.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "kasir/v1/"
#define CATALOGUE "catalogue"

static const struct {
	const char *word;
	bool of_terminal;
} kinds[] = {
	[TOPIC_TX] = { "tx", true },
	[TOPIC_ACK] = { "ack", true },
	[TOPIC_STATE] = { "state", true },
	[TOPIC_CHECKPOINT] = { "checkpoint", false },
	[TOPIC_UP] = { "up", false },
	[TOPIC_DOWN] = { "down", false },
	[TOPIC_CATALOGUE] = { CATALOGUE, false },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

void
topic_format(enum topic_kind kind, const char *store, const char *terminal,
    char to[WIRE_TOPIC_MAX])
{
	if (kinds[kind].of_terminal)
		snprintf(to, WIRE_TOPIC_MAX, PREFIX "%s/%s/%s", store, terminal, kinds[kind].word);
	else
		snprintf(to, WIRE_TOPIC_MAX, PREFIX "%s/%s", store, kinds[kind].word);
}

void
topic_format_part(const char *store, uint32_t part, char to[WIRE_TOPIC_MAX])
{
	snprintf(to, WIRE_TOPIC_MAX, PREFIX "%s/" CATALOGUE "/%lu", store, (unsigned long)part);
}

/* A terminal may have that name too: what stands behind it is then no number. */
static bool
is_part(struct topic *t, struct bytes rest)
{
	uint64_t part;

	if (strcmp(t->terminal, CATALOGUE) != 0 || decimal_parse(rest, &part) != KAS_OK ||
	    part > UINT32_MAX)
		return false;
	t->kind = TOPIC_CATALOGUE_PART;
	t->terminal[0] = '\0';
	t->part = (uint32_t)part;
	return true;
}

static bool
take_name(struct bytes *rest, char to[NAME_MAX_LEN + 1])
{
	struct bytes name;

	if (!text_cut(rest, '/', &name) || !text_is_name(name))
		return false;
	memcpy(to, name.p, name.n);
	to[name.n] = '\0';
	return true;
}

enum kas_err
topic_parse(const char *text, struct topic *ret)
{
	struct topic t = { .terminal = "" };
	struct bytes rest = bytes_of_text(text);
	bool of_terminal;
	size_t i;

	if (rest.n >= WIRE_TOPIC_MAX || strncmp(text, PREFIX, strlen(PREFIX)) != 0)
		return KAS_MALFORMED;
	rest = bytes_of_text(text + strlen(PREFIX));
	if (!take_name(&rest, t.store))
		return KAS_MALFORMED;
	of_terminal = memchr(rest.p, '/', rest.n) != NULL;
	if (of_terminal && !take_name(&rest, t.terminal))
		return KAS_MALFORMED;
	if (is_part(&t, rest)) {
		*ret = t;
		return KAS_OK;
	}
	for (i = 0; i < KINDS; i++)
		if (kinds[i].of_terminal == of_terminal &&
		    bytes_equal(rest, bytes_of_text(kinds[i].word))) {
			t.kind = (enum topic_kind)i;
			*ret = t;
			return KAS_OK;
		}
	return KAS_MALFORMED;
}
