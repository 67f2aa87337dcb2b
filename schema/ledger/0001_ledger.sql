-- ledger.db, version 1.  docs/reference/database.md explains every table.
--
-- To change the schema, add the next file, NNNN_name.sql, and never edit one that has
-- shipped: files out there were made by it, and opening one compares its schema, letter
-- for letter, with what these files make.  A migration runs inside one transaction with
-- those before it.  It may drop a trigger to do its work and must make it again; it never
-- changes entry.entry, of which the tree is made.  Then add a dump of a file of the version
-- before to tests/unit/fixtures and a case to tests/unit/test_ledger_db_file.c.

-- One row a leaf of the tree: idx is the leaf's index, entry the hashed bytes.  payload
-- stands beside the tree, bound by the hash of it in the entry.
CREATE TABLE entry (
	idx INTEGER PRIMARY KEY CHECK (idx >= 0),
	entry BLOB NOT NULL,
	payload BLOB NOT NULL
) STRICT;

-- Personal data of entry idx, where there is some.  Rows may be erased; everything still
-- verifies, because the entry holds the hash of salt and data.
CREATE TABLE personal (
	idx INTEGER PRIMARY KEY,
	salt BLOB NOT NULL,
	data BLOB NOT NULL
) STRICT;

-- Full tiles of the tree (C2SP tlog-tiles): 256 hashes.  Those on the right edge are not
-- full and not here (docs/decisions/0010-partial-tiles-are-not-stored.md).
CREATE TABLE tile (
	level INTEGER NOT NULL,
	n INTEGER NOT NULL,
	hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
	PRIMARY KEY (level, n)
) STRICT;

-- The one row that a flush changes: how many entries there are, how many of them the
-- snapshot (fact, terminal) covers, and the newest signed checkpoint.
CREATE TABLE head (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	size INTEGER NOT NULL,
	snapshot_size INTEGER NOT NULL CHECK (snapshot_size BETWEEN 0 AND size),
	checkpoint BLOB NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0, 0, x'');

-- Checkpoints that headquarters has cosigned; the largest is the newest.
CREATE TABLE cosigned (
	size INTEGER PRIMARY KEY,
	note BLOB NOT NULL
) STRICT;

-- What is found where (lib/book/facts.h), written thousands at a time.
CREATE TABLE fact (
	kind INTEGER NOT NULL,
	key BLOB NOT NULL,
	idx INTEGER NOT NULL,
	PRIMARY KEY (kind, key, idx)
) STRICT, WITHOUT ROWID;

-- Every epoch of every terminal as of head.snapshot_size entries (lib/book/keyring.h).
-- revoked_at, newest_hash: NULL where there is none yet.
CREATE TABLE terminal (
	terminal TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	key BLOB NOT NULL CHECK (length(key) = 32),
	added_at INTEGER NOT NULL,
	revoked_at INTEGER,
	newest INTEGER NOT NULL,
	count INTEGER NOT NULL,
	newest_hash BLOB CHECK (length(newest_hash) = 32),
	newest_txn BLOB NOT NULL CHECK (length(newest_txn) = 16),
	awaited INTEGER NOT NULL,
	PRIMARY KEY (terminal, epoch)
) STRICT, WITHOUT ROWID;

-- Append-only.  With recursive_triggers on, a REPLACE fires the delete triggers too.
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'entry: append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'entry: append-only'); END;

CREATE TRIGGER personal_of_entry BEFORE INSERT ON personal
WHEN NOT EXISTS (SELECT 1 FROM entry WHERE idx = new.idx)
BEGIN SELECT raise(ABORT, 'personal: of no entry'); END;
CREATE TRIGGER personal_no_replace BEFORE INSERT ON personal
WHEN EXISTS (SELECT 1 FROM personal WHERE idx = new.idx)
BEGIN SELECT raise(ABORT, 'personal: is there already'); END;
CREATE TRIGGER personal_no_update BEFORE UPDATE ON personal
BEGIN SELECT raise(ABORT, 'personal: may be erased, not changed'); END;

CREATE TRIGGER tile_no_update BEFORE UPDATE ON tile
BEGIN SELECT raise(ABORT, 'tile: append-only'); END;
CREATE TRIGGER tile_no_delete BEFORE DELETE ON tile
BEGIN SELECT raise(ABORT, 'tile: append-only'); END;

CREATE TRIGGER head_no_delete BEFORE DELETE ON head
BEGIN SELECT raise(ABORT, 'head: cannot be removed'); END;
CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
WHEN new.size < old.size OR new.snapshot_size < old.snapshot_size
BEGIN SELECT raise(ABORT, 'head: only grows'); END;
-- Once a flush, not on each insert into entry, which would cost a fifth of its speed.
CREATE TRIGGER head_counts_entries BEFORE UPDATE ON head
WHEN new.size IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM entry)
BEGIN SELECT raise(ABORT, 'head: size is not the number of entries'); END;

CREATE TRIGGER cosigned_no_update BEFORE UPDATE ON cosigned
BEGIN SELECT raise(ABORT, 'cosigned: append-only'); END;
CREATE TRIGGER cosigned_no_delete BEFORE DELETE ON cosigned
BEGIN SELECT raise(ABORT, 'cosigned: append-only'); END;

CREATE TRIGGER fact_no_update BEFORE UPDATE ON fact
BEGIN SELECT raise(ABORT, 'fact: append-only'); END;
CREATE TRIGGER fact_no_delete BEFORE DELETE ON fact
BEGIN SELECT raise(ABORT, 'fact: append-only'); END;

CREATE TRIGGER terminal_no_delete BEFORE DELETE ON terminal
BEGIN SELECT raise(ABORT, 'terminal: cannot be removed'); END;
