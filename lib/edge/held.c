#include "edge/held.h"

#include <stdlib.h>
#include <string.h>

struct held_message {
	struct held_message *next;
	size_t topic_n, n;	/* with the topic's NUL */
	char data[];		/* topic, NUL, payload */
};

void
held_init(struct held *h)
{
	*h = (struct held){ 0 };
	h->last = &h->first;
}

void
held_fini(struct held *h)
{
	while (!held_is_empty(h))
		held_drop(h);
}

bool
held_is_empty(const struct held *h)
{
	return h->first == NULL;
}

enum kas_err
held_add(struct held *h, const char *topic, struct bytes payload)
{
	size_t topic_n = strlen(topic) + 1;
	struct held_message *m;

	if (h->n >= HELD_MAX || payload.n > HELD_BYTES_MAX ||
	    h->bytes + payload.n > HELD_BYTES_MAX)
		return KAS_FULL;
	m = malloc(sizeof *m + topic_n + payload.n);
	if (m == NULL)
		return KAS_NOMEM;
	m->next = NULL;
	m->topic_n = topic_n;
	m->n = payload.n;
	memcpy(m->data, topic, topic_n);
	if (payload.n > 0)
		memcpy(m->data + topic_n, payload.p, payload.n);
	*h->last = m;
	h->last = &m->next;
	h->n++;
	h->bytes += payload.n;
	return KAS_OK;
}

const char *
held_first(const struct held *h, struct bytes *ret_payload)
{
	*ret_payload = BYTES(h->first->data + h->first->topic_n, h->first->n);
	return h->first->data;
}

void
held_drop(struct held *h)
{
	struct held_message *m = h->first;

	h->first = m->next;
	if (h->first == NULL)
		h->last = &h->first;
	h->n--;
	h->bytes -= m->n;
	free(m);
}
