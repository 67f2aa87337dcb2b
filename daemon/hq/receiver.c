#include "daemon/hq/receiver_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire/topic.h"

/* One frame, its block, and what is made of them; far more than any genuine one takes. */
#define ARENA_MAX ((size_t)64 * 1024 * 1024)

enum kas_err
receiver_open(const struct hq_ports *ports, const struct signer *witness, struct receiver **ret)
{
	struct receiver *r;

	kas_assert(signer_vkey(witness)->type == KEY_COSIGNATURE_V1);
	r = calloc(1, sizeof *r);
	if (r == NULL)
		return KAS_NOMEM;
	r->ports = *ports;
	r->witness = witness;
	shelf_init(&r->shelf, &r->ports.store);
	arena_init(&r->arena, ARENA_MAX);
	*ret = r;
	return KAS_OK;
}

void
receiver_close(struct receiver *r)
{
	if (r == NULL)
		return;
	shelf_fini(&r->shelf);
	arena_fini(&r->arena);
	free(r);
}

void
receiver_forget(struct receiver *r)
{
	shelf_clear(&r->shelf);
}

#define LINE_MAX_LEN 512

static void
log_about(struct exchange *x, enum log_level level, const char *what, const char *text)
{
	char line[LINE_MAX_LEN];

	snprintf(line, sizeof line, "store \"%s\": %s%s", x->answer.store, what, text);
	quiet_log(&x->r->quiet, &x->r->ports, level, line);
}

/* Evidence is bounded by itself, and nobody's noise may hide it: always logged. */
static void
log_evidence(struct exchange *x, const char *text)
{
	const struct log_port *log = &x->r->ports.log;
	char line[LINE_MAX_LEN];

	snprintf(line, sizeof line, "store \"%s\": ALARM, evidence kept: %s", x->answer.store, text);
	log->line(log->ctx, LOG_LVL_ERROR, line);
}

void
refuse_with(struct exchange *x, const struct refusal *what)
{
	answer_refused(&x->answer, what);
	log_about(x, LOG_LVL_WARNING, "refused: ", what->text);
}

void
refuse(struct exchange *x, Kasir__V1__UplinkRefusal reason, const char *text)
{
	refuse_with(x, &(struct refusal){ .reason = reason, .text = text, .size = x->head.size });
}

void
refuse_entry(struct exchange *x, uint64_t index, const char *text)
{
	char line[sizeof ((struct kas_why *)0)->text + 40];

	answer_refused(&x->answer, &(struct refusal){
	    .reason = KASIR__V1__UPLINK_REFUSAL__ENTRY_BAD, .text = text, .size = x->head.size,
	    .bad_index = index });
	snprintf(line, sizeof line, "entry %llu: %s", (unsigned long long)index, text);
	log_about(x, LOG_LVL_ERROR, "refused: ", line);
}

/* For who runs headquarters: what it is, and what to do. */
static const char *
trouble(enum kas_err err)
{
	switch (err) {
	case KAS_FULL:
		return "the disk is full: make room; what was cosigned is safe";
	case KAS_IO:
		return "the disk fails: the database is opened anew";
	case KAS_CORRUPT:
		return "what is held of it does not give the root that is kept beside it: "
		    "`kasirctl verify --hq` says where";
	default:
		return kas_err_text(err);
	}
}

void
refuse_for_now(struct exchange *x, enum kas_err err)
{
	/* Whatever is cached may be half changed, or no longer what is on disk. */
	shelf_drop(&x->r->shelf, x->answer.store);
	answer_refused(&x->answer, &(struct refusal){ .reason = KASIR__V1__UPLINK_REFUSAL__STORAGE,
	    .text = "headquarters cannot write now", .size = x->head.size });
	log_about(x, LOG_LVL_ERROR, "cannot take its entries: ", trouble(err));
}

void
refuse_contradiction(struct exchange *x, Kasir__V1__UplinkRefusal reason, struct bytes held,
    struct bytes shown, const char *text)
{
	const struct hq_store_port *store = &x->r->ports.store;
	struct clock_reading now;
	enum kas_err err;

	shelf_drop(&x->r->shelf, x->answer.store);
	x->r->ports.clock.read(x->r->ports.clock.ctx, &now);
	err = store->keep_evidence(store->ctx, x->answer.store, now.wall_us, reason, held, shown,
	    text);
	answer_refused(&x->answer, &(struct refusal){ .reason = reason, .text = text,
	    .evidence = held, .size = x->head.size });
	if (err == KAS_OK)
		log_evidence(x, text);
	else
		log_about(x, LOG_LVL_ERROR, err == KAS_EXISTS ? "ALARM, as before: " :
		    "ALARM, evidence could not be kept: ", text);
}

enum kas_err
check_held(struct exchange *x, const struct checkpoint *c)
{
	struct hash root = merkle_empty();
	enum kas_err err = KAS_OK;

	if (c->size > 0)
		err = tree_root(x->books->tree, c->size, &root);
	if (err == KAS_OK && !hash_equal(&root, &c->root))
		err = KAS_FORK;
	return err;
}

enum kas_err
read_floor(struct exchange *x, struct checkpoint *ret)
{
	if (x->head.floor.n == 0)
		return KAS_NOTFOUND;
	return checkpoint_open_cosigned(x->head.floor, &x->head.key, signer_vkey(x->r->witness),
	    ret, NULL, NULL);
}

static void
handle(struct exchange *x, const Kasir__V1__UplinkUp *up)
{
	enum kas_err err = shelf_get(&x->r->shelf, &x->head, &x->books);

	if (err != KAS_OK) {
		refuse_for_now(x, err);
		return;
	}
	x->answer.session = up->session;
	if (up->body_case == KASIR__V1__UPLINK_UP__BODY_HELLO)
		on_hello(x, up->hello);
	else
		on_batch(x, up->batch);
}

void
receiver_on_message(struct receiver *r, const char *topic, struct bytes payload)
{
	const struct hq_store_port *store = &r->ports.store;
	struct exchange x = { .r = r };
	Kasir__V1__UplinkUp *up = NULL;
	struct kas_why why;
	struct topic t;
	enum kas_err err, found;

	if (topic_parse(topic, &t) != KAS_OK || t.kind != TOPIC_UP)
		return;
	arena_reset(&r->arena);
	x.answer = (struct answer){ .ports = &r->ports, .arena = &r->arena, .store = t.store };
	found = store->find(store->ctx, t.store, &r->arena, &x.head);
	err = wire_decode_up(payload, &r->arena, &up, &why);
	if (err == KAS_OK)
		x.answer.session = up->session;
	if (found == KAS_NOTFOUND)
		refuse(&x, KASIR__V1__UPLINK_REFUSAL__STORE_UNKNOWN,
		    "this store is not registered at headquarters");
	else if (found != KAS_OK)
		refuse_for_now(&x, found);
	else if (err != KAS_OK)
		refuse(&x, KASIR__V1__UPLINK_REFUSAL__FRAME_BAD, why.text);
	else
		handle(&x, up);
}
