/* commands_catalogue.c - a catalogue comes in parts, and is put in force as an entry that names
 * its hash.  Between the order and the entry its rows are looked at, some a turn (upload.c). */
#include "daemon/store/commands_parts.h"

#include <stdio.h>
#include <string.h>

static void
fail_busy(struct engine *en, const struct command *c)
{
	command_fail(en, c, EX_TEMPFAIL, "try again", "another catalogue is being put in force");
}

void
command_catalogue_part(struct engine *en, const struct command *c,
    const Kasir__V1__CataloguePartRequest *q)
{
	const Kasir__V1__ControlResponse taken = KASIR__V1__CONTROL_RESPONSE__INIT;
	struct hash hash;

	if (!hash_from(bytes_of_proto(q->hash), &hash) || q->size == 0 ||
	    q->size > CATALOGUE_BYTES_MAX) {
		command_fail(en, c, EX_DATAERR, "make it smaller, or leave out what is not sold",
		    "a catalogue has 1 to %zu bytes", CATALOGUE_BYTES_MAX);
		return;
	}
	switch (upload_take(&en->upload, &hash, q->size, q->offset, bytes_of_proto(q->part),
	    engine_now(en).mono_us)) {
	case KAS_OK:
		command_answer(en, c, &taken);
		break;
	case KAS_RANGE:
		command_fail(en, c, EX_TEMPFAIL, "give the order again: all of it is sent anew",
		    "the part does not continue what has come: perhaps kasird was restarted, or "
		    "somebody else sends a catalogue too");
		break;
	case KAS_EXISTS:
		fail_busy(en, c);
		break;
	default:
		command_fail(en, c, EX_OSERR, "try again later", "%s", kas_err_text(KAS_NOMEM));
	}
}

/* All of it has come, and it is what was announced. */
static bool
is_complete(struct engine *en, const struct command *c, ProtobufCBinaryData wanted)
{
	struct hash hash;
	enum kas_err err = KAS_AGAIN;

	if (hash_from(bytes_of_proto(wanted), &hash))
		err = upload_check(&en->upload, &hash);
	if (err != KAS_OK)
		command_fail(en, c, err == KAS_AGAIN ? EX_TEMPFAIL : EX_DATAERR,
		    "give the order again: all of it is sent anew", "%s", err == KAS_AGAIN ?
		    N_("not all of this catalogue has come") :
		    N_("what has come is not the catalogue that was announced: its hash differs"));
	return err == KAS_OK;
}

static bool
is_in_force(const struct engine *en, const struct hash *hash)
{
	return book_catalogue(en->book) != NULL && hash_equal(book_catalogue_hash(en->book), hash);
}

static bool
is_being_flushed(const struct engine *en)
{
	return en->gather->blob.bytes.n > 0 ||
	    (en->flight != NULL && en->flight->blob.bytes.n > 0);
}

static void
fail_unfit(struct engine *en, const struct command *c, enum kas_err err,
    const struct kas_why *why)
{
	upload_drop(&en->upload);
	command_fail(en, c, err == KAS_NOMEM ? EX_OSERR : EX_DATAERR,
	    "`kasirctl catalog import` lists every bad row of a file",
	    "the catalogue cannot be taken: %s",
	    why->text[0] != '\0' ? why->text : kas_err_text(err));
}

void
command_catalogue_load(struct engine *en, const struct command *c,
    const Kasir__V1__CatalogueLoadRequest *q)
{
	struct upload *up = &en->upload;
	struct kas_why why = { "" };
	enum kas_err err;

	/* The book's bytes are lent to the flush: they stay until that is over. */
	if (up->rows != NULL || is_being_flushed(en)) {
		fail_busy(en, c);
		return;
	}
	if (!is_complete(en, c, q->hash))
		return;
	if (is_in_force(en, &up->hash)) {
		upload_drop(up);
		command_fail(en, c, EX_CANTCREAT, "nothing needs to be done",
		    "this very catalogue is in force already, since entry %llu",
		    (unsigned long long)book_catalogue_index(en->book));
		return;
	}
	if (q->compared && !command_is_as_compared(en, c, q->compared_with,
	    book_catalogue_index(en->book), "catalogue"))
		return;
	err = upload_open(up, &why);
	if (err != KAS_OK) {
		fail_unfit(en, c, err, &why);
		return;
	}
	up->token = c->token;
	up->uid = c->by->uid;
	snprintf(up->user, sizeof up->user, "%s", c->by->user);
}

static enum kas_err
check_currency(const struct engine *en, struct kas_why *why)
{
	const struct check_settings *store = book_settings(en->book);
	const struct catalogue *rows = en->upload.rows;

	if (strcmp(catalogue_currency(rows), store->currency) == 0 &&
	    catalogue_exponent(rows) == store->exponent)
		return KAS_OK;
	return kas_fail(why, KAS_MALFORMED, "its prices are in %s with exponent %u, the "
	    "store's in %s with %u", catalogue_currency(rows), catalogue_exponent(rows),
	    store->currency, store->exponent);
}

/* Its rows are sound. */
static void
put_in_force(struct engine *en, const struct command *c)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__EntryResult result = KASIR__V1__ENTRY_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__CatalogueChanged changed = KASIR__V1__CATALOGUE_CHANGED__INIT;
	const struct upload *up = &en->upload;
	struct hash hash = up->hash;

	changed.hash = proto_bytes(hash_bytes(&hash));
	changed.size = up->size;
	changed.products = (uint32_t)catalogue_products(up->rows);
	changed.cashiers = (uint32_t)catalogue_cashiers(up->rows);
	changed.by = c->by;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED;
	entry.catalogue_changed = &changed;
	command_name_entry(en, &r, &result);
	en->gather->blob = upload_give(&en->upload, en->book);
	command_finish(en, c, ledger_stage_event(en, &entry, BYTES_NONE), &r);
}

void
catalogue_load_turn(struct engine *en, uint64_t mono_us)
{
	struct upload *up = &en->upload;
	Kasir__V1__Actor by = KASIR__V1__ACTOR__INIT;
	struct command c = { .token = up->token, .by = &by };
	char user[sizeof up->user];
	struct kas_why why = { "" };
	enum kas_err err;

	if (upload_due(up) > mono_us)
		return;
	if (up->rows == NULL) {
		upload_drop(up);	/* nobody has sent more */
		return;
	}
	err = upload_step(up, &why);
	if (err == KAS_AGAIN)
		return;
	by.uid = up->uid;
	memcpy(user, up->user, sizeof user);
	by.user = user;
	if (!command_may_stage(en, &c)) {
		upload_drop(up);
		return;
	}
	if (err == KAS_OK)
		err = check_currency(en, &why);
	if (err == KAS_OK)
		put_in_force(en, &c);
	else
		fail_unfit(en, &c, err, &why);
}
