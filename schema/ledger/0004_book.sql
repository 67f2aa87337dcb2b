-- ledger.db, version 4: the trade's day, and what entries name by its hash.

-- What stands beside the tree under its own SHA-256: catalogues, of which an entry has the hash.
CREATE TABLE blob (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	bytes BLOB NOT NULL
) STRICT;

-- The one row that belongs to the snapshot beside fact and terminal: kasir.v1.BookState as of
-- head.snapshot_size entries.  Not a column of head, which every flush writes.  facts_size: of
-- so many entries an older version wrote the facts.
CREATE TABLE book (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	state BLOB NOT NULL,
	facts_size INTEGER NOT NULL
) STRICT;
INSERT INTO book SELECT 1, x'', snapshot_size FROM head;

CREATE TRIGGER blob_no_update BEFORE UPDATE ON blob
BEGIN SELECT raise(ABORT, 'blob: append-only'); END;
CREATE TRIGGER blob_no_delete BEFORE DELETE ON blob
BEGIN SELECT raise(ABORT, 'blob: append-only'); END;
CREATE TRIGGER book_no_delete BEFORE DELETE ON book
BEGIN SELECT raise(ABORT, 'book: cannot be removed'); END;

-- The snapshot of an older file lacks that state, and no part of the ledger but its entries has
-- it: the next start takes them all in once more.  Facts stay, and need not be gathered again.
DROP TRIGGER head_only_grows;
UPDATE head SET snapshot_size = 0;
CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
WHEN new.size < old.size OR new.snapshot_size < old.snapshot_size
BEGIN SELECT raise(ABORT, 'head: only grows'); END;
DROP TRIGGER terminal_no_delete;
DELETE FROM terminal;
CREATE TRIGGER terminal_no_delete BEFORE DELETE ON terminal
BEGIN SELECT raise(ABORT, 'terminal: cannot be removed'); END;
