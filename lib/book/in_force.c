/* in_force.c - the rule set and the catalogue that documents are held against. */
#include "book/book.h"
#include "book/book_parts.h"

#include <string.h>

void
in_force_init(struct in_force *f)
{
	*f = (struct in_force){ 0 };
	arena_init(&f->rules, 0);
}

static void
drop_catalogue(struct held_catalogue *c)
{
	catalogue_close(c->rows);
	arena_fini(&c->bytes);
	*c = (struct held_catalogue){ 0 };
}

void
in_force_fini(struct in_force *f)
{
	arena_fini(&f->rules);
	drop_catalogue(&f->catalogue);
	drop_catalogue(&f->offered);
}

enum kas_err
book_open_rules(const struct book *b, struct bytes bytes, struct arena *a,
    Kasir__V1__RuleSet **ret, struct kas_why *why)
{
	Kasir__V1__RuleSet *rs;
	enum kas_err err;

	if (bytes.n > RULESET_BYTES_MAX)
		return kas_fail(why, KAS_MALFORMED, "the rule set is of %zu bytes, at most %u fit",
		    bytes.n, RULESET_BYTES_MAX);
	rs = PROTO_UNPACK(kasir__v1__rule_set, a, bytes);
	if (rs == NULL)
		return a->exhausted ? KAS_NOMEM :
		    kas_fail(why, KAS_MALFORMED, "the rule set does not decode");
	err = ruleset_check(rs, why);
	if (err != KAS_OK)
		return err;
	if (strcmp(rs->currency, b->settings.currency) != 0 ||
	    rs->exponent != b->settings.exponent)
		return kas_fail(why, KAS_MALFORMED, "the rule set is for %s with exponent %u, the "
		    "store's is %s with %u", rs->currency, rs->exponent, b->settings.currency,
		    b->settings.exponent);
	*ret = rs;
	return KAS_OK;
}

enum kas_err
book_apply_rules(struct book *b, uint64_t index, const Kasir__V1__RulesChanged *m,
    struct bytes payload, struct kas_why *why)
{
	struct hash h = hash_of(payload);
	Kasir__V1__RuleSet *rs;
	struct arena a;
	enum kas_err err;

	if (!bytes_equal(bytes_of_proto(m->hash), hash_bytes(&h)))
		return kas_fail(why, KAS_CORRUPT, "the rule set is not the one that the entry names");
	arena_init(&a, 0);
	err = book_open_rules(b, payload, &a, &rs, why);
	if (err != KAS_OK) {
		arena_fini(&a);
		return err == KAS_MALFORMED ? KAS_CORRUPT : err;
	}
	arena_fini(&b->in_force.rules);
	b->in_force.rules = a;
	b->in_force.has_rules = true;
	b->in_force.rules_index = index;
	b->settings.rules = rs;
	return KAS_OK;
}

void
book_offer_catalogue(struct book *b, const struct hash *hash, struct arena *a,
    struct catalogue *rows)
{
	drop_catalogue(&b->in_force.offered);
	b->in_force.offered = (struct held_catalogue){ *hash, *a, rows };
	*a = (struct arena){ 0 };
}

/* From the port; no rows where its bytes are not kept here. */
static enum kas_err
read_named(struct book *b, struct held_catalogue *c, struct kas_why *why)
{
	enum kas_err err = KAS_NOTFOUND;
	struct bytes bytes;
	struct hash h;

	if (b->port.blob != NULL)
		err = b->port.blob(b->port.ctx, &c->hash, &c->bytes, &bytes);
	if (err != KAS_OK)
		return err == KAS_NOTFOUND ? KAS_OK : err;
	h = hash_of(bytes);
	if (!hash_equal(&h, &c->hash))
		return kas_fail(why, KAS_CORRUPT, "the catalogue is not the one that the entry names");
	err = catalogue_open(bytes, &c->rows, why);
	return err == KAS_MALFORMED ? KAS_CORRUPT : err;
}

static enum kas_err
check_sizes(const struct catalogue *c, const Kasir__V1__CatalogueChanged *m, struct kas_why *why)
{
	if (c == NULL)
		return KAS_OK;
	if (catalogue_bytes(c).n != m->size)
		return kas_fail(why, KAS_CORRUPT, "the catalogue is not the one that the entry names");
	if (catalogue_products(c) != m->products || catalogue_cashiers(c) != m->cashiers)
		return kas_fail(why, KAS_CORRUPT, "the catalogue has not the rows that the entry says");
	return KAS_OK;
}

enum kas_err
book_apply_catalogue(struct book *b, uint64_t index, const Kasir__V1__CatalogueChanged *m,
    struct kas_why *why)
{
	struct in_force *f = &b->in_force;
	struct held_catalogue c = { 0 };
	enum kas_err err = KAS_OK;

	if (!hash_from(bytes_of_proto(m->hash), &c.hash))
		return kas_fail(why, KAS_CORRUPT, "a catalogue without a hash");
	if (f->offered.rows != NULL && hash_equal(&f->offered.hash, &c.hash)) {
		c = f->offered;
		f->offered = (struct held_catalogue){ 0 };
	} else {
		err = read_named(b, &c, why);
	}
	if (err == KAS_OK)
		err = check_sizes(c.rows, m, why);
	if (err != KAS_OK) {
		drop_catalogue(&c);
		return err;
	}
	drop_catalogue(&f->catalogue);
	f->catalogue = c;
	f->has_catalogue = true;
	f->catalogue_index = index;
	return KAS_OK;
}

static enum kas_err
read_rules(struct book *b, uint64_t index)
{
	Kasir__V1__LedgerEntry *e;
	struct bytes payload;
	enum kas_err err;

	arena_reset(&b->scratch);
	err = book_read_entry(b, index, &b->scratch, &e, &payload);
	if (err != KAS_OK)
		return err;
	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_RULES_CHANGED)
		return KAS_CORRUPT;
	return book_apply_rules(b, index, e->rules_changed, payload, NULL);
}

static enum kas_err
read_catalogue(struct book *b, uint64_t index)
{
	Kasir__V1__LedgerEntry *e;
	struct bytes payload;
	enum kas_err err;

	arena_reset(&b->scratch);
	err = book_read_entry(b, index, &b->scratch, &e, &payload);
	if (err != KAS_OK)
		return err;
	if (e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED)
		return KAS_CORRUPT;
	return book_apply_catalogue(b, index, e->catalogue_changed, NULL);
}

enum kas_err
book_restore_in_force(struct book *b, const Kasir__V1__BookState *state)
{
	enum kas_err err = KAS_OK;

	if (state->has_rules)
		err = read_rules(b, state->rules_index);
	if (err == KAS_OK && state->has_catalogue)
		err = read_catalogue(b, state->catalogue_index);
	return err;
}

const Kasir__V1__RuleSet *
book_rules(const struct book *b)
{
	return b->settings.rules;
}

const struct catalogue *
book_catalogue(const struct book *b)
{
	return b->in_force.catalogue.rows;
}

bool
book_lacks_catalogue(const struct book *b)
{
	return b->in_force.has_catalogue && b->in_force.catalogue.rows == NULL;
}

uint64_t
book_catalogue_index(const struct book *b)
{
	return b->in_force.has_catalogue ? b->in_force.catalogue_index : 0;
}

const struct hash *
book_catalogue_hash(const struct book *b)
{
	return &b->in_force.catalogue.hash;
}
