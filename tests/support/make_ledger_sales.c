/* The transactions of a made ledger. */
#include "tests/support/make_ledger.h"

/* What the terminal does: number, chain, sign. */
static void
sign_transaction(struct made_ledger *m, struct made_terminal *t, Kasir__V1__SignedTransaction *s,
    struct signed_txn *ret)
{
	uint64_t stamp = (uint64_t)m->wall_us / 1000, i;
	uint8_t *id = arena_zalloc(&m->scratch, WIRE_TXN_ID_LEN);
	uint8_t *sig = arena_zalloc(&m->scratch, SIG_LEN);
	struct bytes previous;
	struct kas_why why;

	for (i = 0; i < 6; i++)
		id[i] = (uint8_t)(stamp >> 8 * (5 - i));
	id[6] = 0x70;
	id[8] = 0x80;
	s->epoch = t->epoch;
	s->sequence = ++t->sequence;
	s->txn_id = proto_bytes(BYTES(id, WIRE_TXN_ID_LEN));
	/* A copy: t->previous moves on before the entry is written. */
	kas_assert(arena_copy(&m->scratch, hash_bytes(&t->previous), &previous));
	s->previous = proto_bytes(t->previous_known ? previous : BYTES_NONE);
	s->signature = proto_bytes(BYTES(sig, SIG_LEN));
	if (m->slip != NULL)
		m->slip(s);
	t->sequence = s->sequence;
	kas_assert(wire_open_txn(s, MADE_STORE, t->id, ret, &why) == KAS_OK);
	signer_sign(t->signer, BYTES(ret->text, ret->text_n), sig);
	t->previous = ret->hash;
	t->previous_known = true;
	if (m->forge != NULL) {
		m->forge(s);
		kas_assert(wire_open_txn(s, MADE_STORE, t->id, ret, &why) == KAS_OK);
	}
}

/* What the store does: judge, write. */
static uint64_t
judge_and_write(struct made_ledger *m, const struct signed_txn *x)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__TransactionRecord r;
	rule_id broken[RULES_MAX], notes[RULES_MAX];
	struct judgement j = { 0 };
	Kasir__V1__GrandTotals totals;

	if (keyring_find(book_keyring(m->book), x->st.terminal, x->st.epoch) != NULL)
		kas_assert(book_judge(m->book, x, m->wall_us + 1000000, &m->scratch, &j) == KAS_OK);
	totals = book_totals_after(m->book, &j);
	wire_record_of(&x->st, x->signature, &r);
	r.n_broken = rule_set_list(&j.broken, broken);
	r.broken = broken;
	r.n_notes = rule_set_list(&j.notes, notes);
	r.notes = notes;
	r.conflict = j.verdict == VERDICT_CONFLICT_NEW;
	r.first = r.conflict ? j.index : 0;
	e.totals = &totals;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_TRANSACTION;
	e.transaction = &r;
	return made_ledger_add(m, &e, &x->hash, j.doc,
	    (struct store_entry){ .payload = x->payload, .salt = x->salt, .personal = x->personal });
}

static uint64_t
enter_document(struct made_ledger *m, struct made_terminal *t, Kasir__V1__Transaction *doc,
    const char *person)
{
	static uint8_t salt[WIRE_SALT_LEN] = "salt of sixteen";
	Kasir__V1__SignedTransaction s = KASIR__V1__SIGNED_TRANSACTION__INIT;
	Kasir__V1__Personal p = KASIR__V1__PERSONAL__INIT;
	struct bytes payload;
	struct signed_txn x;

	kas_assert(doc != NULL);
	doc->at_us = m->wall_us;
	kas_assert(proto_pack(&m->scratch, &doc->base, &payload));
	s.payload = proto_bytes(payload);
	if (person != NULL) {
		p.salt = proto_bytes(BYTES(salt, sizeof salt));
		p.data = proto_bytes(bytes_of_text(person));
		s.personal = &p;
	}
	sign_transaction(m, t, &s, &x);
	return judge_and_write(m, &x);
}

uint64_t
made_ledger_enter(struct made_ledger *m, struct made_terminal *t, Kasir__V1__Transaction *doc)
{
	uint64_t index = enter_document(m, t, doc, NULL);

	if (!m->forgets)
		made_ledger_write_due(m);
	return index;
}

uint64_t
made_ledger_sell(struct made_ledger *m, struct made_terminal *t, size_t n)
{
	uint64_t index = 0;

	while (n-- > 0)
		index = enter_document(m, t, make_sale(&m->scratch, ++m->seed), NULL);
	return index;
}

uint64_t
made_ledger_sell_to(struct made_ledger *m, struct made_terminal *t, const char *person)
{
	return enter_document(m, t, make_sale(&m->scratch, ++m->seed), person);
}

uint64_t
made_ledger_return(struct made_ledger *m, struct made_terminal *t, uint64_t original)
{
	Kasir__V1__LedgerEntry *e = NULL;
	Kasir__V1__Transaction *sale;
	struct make_original o;

	kas_assert(wire_decode_entry(m->rows[original].e.entry, &m->scratch, &e, NULL) == KAS_OK);
	sale = PROTO_UNPACK(kasir__v1__transaction, &m->scratch, m->rows[original].e.payload);
	o = (struct make_original){ e->transaction->terminal, e->transaction->epoch,
		e->transaction->sequence };
	return enter_document(m, t, make_return(&m->scratch, ++m->seed, sale, &o), NULL);
}

uint64_t
made_ledger_return_early(struct made_ledger *m, struct made_terminal *t,
    const struct made_terminal *other)
{
	Kasir__V1__Transaction *sale = make_sale(&m->scratch, m->seed + 1);
	struct make_original o = { other->id, other->epoch, other->sequence + 1 };

	/* made_ledger_sell() takes that same seed next. */
	return enter_document(m, t, make_return(&m->scratch, m->seed, sale, &o), NULL);
}

uint64_t
made_ledger_settle(struct made_ledger *m, uint64_t return_index, uint64_t original_index)
{
	Kasir__V1__LedgerEntry e = KASIR__V1__LEDGER_ENTRY__INIT;
	Kasir__V1__ReturnSettled s = KASIR__V1__RETURN_SETTLED__INIT;
	Kasir__V1__GrandTotals totals;
	struct settlement judged;
	rule_id list[RULES_MAX];

	kas_assert(book_settle(m->book, return_index, original_index, &m->scratch, &judged) ==
	    KAS_OK);
	totals = book_totals_settled(m->book, &judged);
	s.return_index = return_index;
	s.original_index = original_index;
	s.n_broken = rule_set_list(&judged.broken, list);
	s.broken = list;
	e.totals = &totals;
	e.body_case = KASIR__V1__LEDGER_ENTRY__BODY_RETURN_SETTLED;
	e.return_settled = &s;
	return made_ledger_add(m, &e, NULL, NULL, (struct store_entry){ 0 });
}
