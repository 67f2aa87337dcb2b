-- ledger.db, version 3: checkpoints with this store's own valid signature that its ledger did
-- not lead to when they were shown.  While the newest of them stands, nothing is signed.
CREATE TABLE evidence (
	id INTEGER PRIMARY KEY,
	wall_us INTEGER NOT NULL,
	terminal TEXT,	-- that showed it; NULL: headquarters
	note BLOB NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'evidence: append-only'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT raise(ABORT, 'evidence: append-only'); END;
