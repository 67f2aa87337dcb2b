/* commands_catalogue.c - a catalogue comes in parts, and is put in force as an entry that names
 * its hash.  Looking through a million products takes the engine a part of a second: sales wait
 * that long, when a manager loads a new list. */
#include "daemon/store/commands_parts.h"

#include <string.h>

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
		command_fail(en, c, EX_TEMPFAIL, "send it again from its beginning",
		    "the part does not continue what has come: perhaps somebody else sends a "
		    "catalogue too");
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
		    "send it again from its beginning", "%s", err == KAS_AGAIN ?
		    "not all of this catalogue has come" :
		    "what has come is not the catalogue that was announced: its hash differs");
	return err == KAS_OK;
}

static bool
is_in_force(struct engine *en, const struct hash *hash, uint64_t *ret_index)
{
	Kasir__V1__BookState *state;
	Kasir__V1__LedgerEntry *e;
	struct bytes payload;

	if (book_state(en->book, &en->turn, &state) != KAS_OK || !state->has_catalogue ||
	    command_read_entry(en, state->catalogue_index, &e, &payload) != KAS_OK ||
	    e->body_case != KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED)
		return false;
	*ret_index = state->catalogue_index;
	return bytes_equal(bytes_of_proto(e->catalogue_changed->hash), hash_bytes(hash));
}

/* Rows and currency; what is counted goes into CHANGED. */
static bool
is_catalogue(struct engine *en, const struct command *c, Kasir__V1__CatalogueChanged *changed)
{
	const struct check_settings *store = book_settings(en->book);
	struct catalogue *rows;
	struct kas_why why = { "" };
	enum kas_err err;

	err = catalogue_open(buf_bytes(&en->upload.bytes), &rows, &why);
	if (err == KAS_OK && (strcmp(catalogue_currency(rows), store->currency) != 0 ||
	    catalogue_exponent(rows) != store->exponent)) {
		err = kas_fail(&why, KAS_MALFORMED, "its prices are in %s with exponent %u, the "
		    "store's in %s with %u", catalogue_currency(rows), catalogue_exponent(rows),
		    store->currency, store->exponent);
		catalogue_close(rows);
	}
	if (err != KAS_OK) {
		command_fail(en, c, err == KAS_NOMEM ? EX_OSERR : EX_DATAERR,
		    "`kasirctl catalog import` lists every bad row of a file",
		    "the catalogue cannot be taken: %s",
		    why.text[0] != '\0' ? why.text : kas_err_text(err));
		return false;
	}
	changed->products = (uint32_t)catalogue_products(rows);
	changed->cashiers = (uint32_t)catalogue_cashiers(rows);
	catalogue_close(rows);
	return true;
}

void
command_catalogue_load(struct engine *en, const struct command *c,
    const Kasir__V1__CatalogueLoadRequest *q)
{
	Kasir__V1__ControlResponse r = KASIR__V1__CONTROL_RESPONSE__INIT;
	Kasir__V1__EntryResult result = KASIR__V1__ENTRY_RESULT__INIT;
	Kasir__V1__LedgerEntry entry = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__CatalogueChanged changed = KASIR__V1__CATALOGUE_CHANGED__INIT;
	struct hash hash = en->upload.hash;
	uint64_t since;

	if (!is_complete(en, c, q->hash))
		return;
	if (is_in_force(en, &hash, &since)) {
		upload_drop(&en->upload);
		command_fail(en, c, EX_CANTCREAT, "nothing needs to be done",
		    "this very catalogue is in force already, since entry %llu",
		    (unsigned long long)since);
		return;
	}
	if (en->gather->blob.bytes.n > 0) {
		command_fail(en, c, EX_TEMPFAIL, "try again", "another catalogue is being put in force");
		return;
	}
	if (!is_catalogue(en, c, &changed))
		return;
	changed.hash = proto_bytes(hash_bytes(&hash));
	changed.size = en->upload.size;
	changed.by = c->by;
	entry.body_case = KASIR__V1__LEDGER_ENTRY__BODY_CATALOGUE_CHANGED;
	entry.catalogue_changed = &changed;
	command_name_entry(en, &r, &result);
	upload_give(&en->upload, en->gather);
	command_finish(en, c, ledger_stage_event(en, &entry, BYTES_NONE), &r);
}
