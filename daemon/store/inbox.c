#include "daemon/store/inbox.h"

#include <stdlib.h>
#include <string.h>

void
inbox_init(struct inbox *in, size_t max)
{
	*in = (struct inbox){ .max = max };
}

void
inbox_fini(struct inbox *in)
{
	while (inbox_peek(in) != NULL)
		(void)inbox_take(in);
	inbox_release(in);
}

static void
line_up(struct inbox_line *line, struct inbox_queue *q)
{
	q->next = NULL;
	if (line->first == NULL)
		line->first = q;
	else
		line->last->next = q;
	line->last = q;
}

void
inbox_next_turn(struct inbox *in)
{
	if (in->served.first == NULL)
		return;
	if (in->waiting.first == NULL)
		in->waiting.first = in->served.first;
	else
		in->waiting.last->next = in->served.first;
	in->waiting.last = in->served.last;
	in->served = (struct inbox_line){ NULL, NULL };
}

static struct inbox_message *
copy(const struct topic *topic, struct peer *from, struct bytes payload)
{
	struct inbox_message *m = malloc(sizeof *m + payload.n);
	uint8_t *body = (uint8_t *)(m + 1);

	if (m == NULL)
		return NULL;
	if (payload.n > 0)
		memcpy(body, payload.p, payload.n);
	*m = (struct inbox_message){ .topic = *topic, .from = from,
		.payload = BYTES(body, payload.n) };
	return m;
}

enum kas_err
inbox_put(struct inbox *in, struct inbox_queue *q, const struct topic *topic,
    struct peer *from, struct bytes payload)
{
	struct inbox_message *m;

	/* What one sends beyond its share is not waited for: that would keep the others out. */
	if (q->n == INBOX_SHARE || q->bytes + payload.n > INBOX_SHARE_BYTES)
		return KAS_RANGE;
	if (in->n == in->max || in->bytes + payload.n > INBOX_BYTES_MAX)
		return KAS_FULL;
	m = copy(topic, from, payload);
	if (m == NULL)
		return KAS_FULL;
	if (q->n == 0) {
		q->first = m;
		line_up(&in->waiting, q);
	} else {
		q->last->next = m;
	}
	q->last = m;
	q->n++;
	q->bytes += payload.n;
	in->n++;
	in->bytes += payload.n;
	return KAS_OK;
}

const struct inbox_message *
inbox_peek(const struct inbox *in)
{
	return in->waiting.first != NULL ? in->waiting.first->first : NULL;
}

const struct inbox_message *
inbox_take(struct inbox *in)
{
	struct inbox_queue *q = in->waiting.first;
	struct inbox_message *m = q->first;

	in->waiting.first = q->next;
	q->first = m->next;
	q->n--;
	q->bytes -= m->payload.n;
	in->n--;
	in->bytes -= m->payload.n;
	if (q->n > 0)
		line_up(&in->served, q);
	if (in->waiting.first == NULL)
		inbox_next_turn(in);	/* another round in the same turn */
	m->next = in->taken;
	in->taken = m;
	return m;
}

void
inbox_release(struct inbox *in)
{
	struct inbox_message *m;

	while ((m = in->taken) != NULL) {
		in->taken = m->next;
		free(m);
	}
}
