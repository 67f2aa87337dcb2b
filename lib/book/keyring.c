#include "book/keyring.h"

#include <stdlib.h>
#include <string.h>

void
keyring_init(struct keyring *k)
{
	*k = (struct keyring){ 0 };
}

void
keyring_fini(struct keyring *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		free(k->rows[i]);
	free(k->rows);
	*k = (struct keyring){ 0 };
}

static int
compare(const struct terminal_row *row, const char *terminal, uint64_t epoch)
{
	int c = strcmp(row->terminal, terminal);

	if (c != 0)
		return c;
	return (row->epoch > epoch) - (row->epoch < epoch);
}

/* The first row that does not stand before (TERMINAL, EPOCH). */
static size_t
lower_bound(const struct keyring *k, const char *terminal, uint64_t epoch)
{
	size_t low = 0, high = k->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (compare(k->rows[mid], terminal, epoch) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
make_room(struct keyring *k)
{
	size_t cap = k->cap == 0 ? 16 : 2 * k->cap;
	struct terminal_row **rows;

	if (k->n < k->cap)
		return true;
	rows = realloc(k->rows, cap * sizeof rows[0]);
	if (rows == NULL)
		return false;
	k->rows = rows;
	k->cap = cap;
	return true;
}

enum kas_err
keyring_add(struct keyring *k, const struct terminal_row *row)
{
	size_t at = lower_bound(k, row->terminal, row->epoch);
	struct terminal_row *copy;

	if (at < k->n && compare(k->rows[at], row->terminal, row->epoch) == 0)
		return KAS_EXISTS;
	if (!make_room(k))
		return KAS_NOMEM;
	copy = malloc(sizeof *copy);
	if (copy == NULL)
		return KAS_NOMEM;
	*copy = *row;
	memmove(k->rows + at + 1, k->rows + at, (k->n - at) * sizeof k->rows[0]);
	k->rows[at] = copy;
	k->n++;
	return KAS_OK;
}

struct terminal_row *
keyring_find(const struct keyring *k, const char *terminal, uint64_t epoch)
{
	size_t at = lower_bound(k, terminal, epoch);

	if (at < k->n && compare(k->rows[at], terminal, epoch) == 0)
		return k->rows[at];
	return NULL;
}

size_t
keyring_first(const struct keyring *k, const char *terminal)
{
	return lower_bound(k, terminal, 0);
}

struct terminal_row *
keyring_newest(const struct keyring *k, const char *terminal)
{
	size_t past = lower_bound(k, terminal, UINT64_MAX);

	/* No epoch is UINT64_MAX, so the newest stands right before. */
	if (past > 0 && strcmp(k->rows[past - 1]->terminal, terminal) == 0)
		return k->rows[past - 1];
	return NULL;
}

static enum kas_err
add_terminal(struct keyring *k, uint64_t index, const Kasir__V1__TerminalAdded *added)
{
	struct bytes name = bytes_of_text(added->terminal);
	struct terminal_row row = { .epoch = added->epoch, .added_at = index,
		.revoked_at = KEYRING_NEVER, .dirty = true };
	const struct terminal_row *newest;
	enum kas_err err;

	if (!text_is_name(name) || added->key.len != KEY_LEN || added->epoch > INT64_MAX)
		return KAS_CORRUPT;
	newest = keyring_newest(k, added->terminal);
	if (added->epoch <= (newest != NULL ? newest->epoch : 0))
		return KAS_CORRUPT;
	memcpy(row.terminal, name.p, name.n);
	memcpy(row.key.b, added->key.data, KEY_LEN);
	err = keyring_add(k, &row);
	return err == KAS_EXISTS ? KAS_CORRUPT : err;
}

static enum kas_err
revoke_terminal(struct keyring *k, uint64_t index, const Kasir__V1__TerminalRevoked *revoked)
{
	struct terminal_row *row = keyring_find(k, revoked->terminal, revoked->epoch);

	if (row == NULL || row->revoked_at != KEYRING_NEVER)
		return KAS_CORRUPT;
	row->revoked_at = index;
	row->dirty = true;
	return KAS_OK;
}

enum kas_err
keyring_apply(struct keyring *k, uint64_t index, const Kasir__V1__LedgerEntry *entry)
{
	switch (entry->body_case) {
	case KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_ADDED:
		return add_terminal(k, index, entry->terminal_added);
	case KASIR__V1__LEDGER_ENTRY__BODY_TERMINAL_REVOKED:
		return revoke_terminal(k, index, entry->terminal_revoked);
	default:
		return KAS_OK;
	}
}
