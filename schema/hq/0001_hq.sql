-- hq.db, version 1: what headquarters holds of its stores.  Every key begins with the store.
--
-- To change the schema, add the next file, NNNN_name.sql, and never edit one that has
-- shipped: opening a database compares its schema with what these files make.

-- vkey: the public key that the store's ledger begins with, as C2SP signed-note writes it;
-- the ledger's origin is its name.
CREATE TABLE store (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	vkey TEXT NOT NULL,
	added_us INTEGER NOT NULL
) STRICT;

-- How many entries are held, and the root over them.  The one row that an append changes.
CREATE TABLE head (
	store INTEGER PRIMARY KEY REFERENCES store (id),
	size INTEGER NOT NULL,
	root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;

-- One row a leaf of the tree, and its payload beside it.
CREATE TABLE entry (
	store INTEGER NOT NULL REFERENCES store (id),
	idx INTEGER NOT NULL,
	entry BLOB NOT NULL,
	payload BLOB NOT NULL,
	PRIMARY KEY (store, idx)
) STRICT;

-- Rows may be erased; the entry still verifies.
CREATE TABLE personal (
	store INTEGER NOT NULL REFERENCES store (id),
	idx INTEGER NOT NULL,
	salt BLOB NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (store, idx)
) STRICT, WITHOUT ROWID;

-- Full tiles of the tree: 256 hashes.
CREATE TABLE tile (
	store INTEGER NOT NULL REFERENCES store (id),
	level INTEGER NOT NULL,
	n INTEGER NOT NULL,
	hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
	PRIMARY KEY (store, level, n)
) STRICT;

-- Terminal keys that the entries have named.  revoked_at is NULL until it is.
CREATE TABLE terminal (
	store INTEGER NOT NULL REFERENCES store (id),
	terminal TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	key BLOB NOT NULL CHECK (length(key) = 32),
	added_at INTEGER NOT NULL,
	revoked_at INTEGER,
	PRIMARY KEY (store, terminal, epoch)
) STRICT, WITHOUT ROWID;

-- The checkpoint at the end of each batch.  cosigned is 0 where headquarters was being
-- refilled and did not sign.
CREATE TABLE checkpoint (
	store INTEGER NOT NULL REFERENCES store (id),
	size INTEGER NOT NULL,
	note BLOB NOT NULL,
	cosigned INTEGER NOT NULL CHECK (cosigned IN (0, 1)),
	PRIMARY KEY (store, size)
) STRICT, WITHOUT ROWID;

-- Cosignatures of our own that a store has shown us above what we held then: we were
-- restored from a backup, and sign nothing below them.
CREATE TABLE floor (
	store INTEGER NOT NULL REFERENCES store (id),
	size INTEGER NOT NULL,
	note BLOB NOT NULL,
	PRIMARY KEY (store, size)
) STRICT, WITHOUT ROWID;

-- A store signed `shown` although it had signed `held`.
CREATE TABLE evidence (
	id INTEGER PRIMARY KEY,
	store INTEGER NOT NULL REFERENCES store (id),
	wall_us INTEGER NOT NULL,
	reason INTEGER NOT NULL,
	held BLOB NOT NULL,
	shown BLOB NOT NULL,
	text TEXT NOT NULL,
	UNIQUE (store, reason, shown)
) STRICT;

-- Append-only.  With recursive_triggers on, a REPLACE fires the delete triggers too.
CREATE TRIGGER store_no_update BEFORE UPDATE ON store
BEGIN SELECT raise(ABORT, 'store: cannot be changed'); END;
CREATE TRIGGER store_no_delete BEFORE DELETE ON store
BEGIN SELECT raise(ABORT, 'store: cannot be removed'); END;

CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
WHEN new.size <= old.size OR new.store <> old.store
BEGIN SELECT raise(ABORT, 'head: only grows'); END;
CREATE TRIGGER head_no_delete BEFORE DELETE ON head
BEGIN SELECT raise(ABORT, 'head: cannot be removed'); END;

CREATE TRIGGER entry_next BEFORE INSERT ON entry
WHEN new.idx IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM entry WHERE store = new.store)
BEGIN SELECT raise(ABORT, 'entry: not the next index'); END;
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'entry: append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'entry: append-only'); END;

CREATE TRIGGER personal_no_update BEFORE UPDATE ON personal
BEGIN SELECT raise(ABORT, 'personal: may be erased, not changed'); END;

CREATE TRIGGER tile_no_update BEFORE UPDATE ON tile
BEGIN SELECT raise(ABORT, 'tile: append-only'); END;
CREATE TRIGGER tile_no_delete BEFORE DELETE ON tile
BEGIN SELECT raise(ABORT, 'tile: append-only'); END;

CREATE TRIGGER terminal_only_revoked BEFORE UPDATE ON terminal
WHEN old.revoked_at IS NOT NULL OR new.key <> old.key OR new.added_at <> old.added_at
BEGIN SELECT raise(ABORT, 'terminal: may be revoked, once'); END;
CREATE TRIGGER terminal_no_delete BEFORE DELETE ON terminal
BEGIN SELECT raise(ABORT, 'terminal: cannot be removed'); END;

CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoint: append-only'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoint: append-only'); END;

CREATE TRIGGER floor_no_update BEFORE UPDATE ON floor
BEGIN SELECT raise(ABORT, 'floor: append-only'); END;
CREATE TRIGGER floor_no_delete BEFORE DELETE ON floor
BEGIN SELECT raise(ABORT, 'floor: append-only'); END;

CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'evidence: is kept as it came'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT raise(ABORT, 'evidence: is kept'); END;
