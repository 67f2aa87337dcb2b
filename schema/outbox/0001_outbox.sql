-- A terminal's outbox: what it signed, until headquarters holds it.

CREATE TABLE sale (
  epoch     INTEGER NOT NULL,
  sequence  INTEGER NOT NULL,
  state     INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),     -- enum outbox_state
  status    INTEGER NOT NULL DEFAULT 0,                         -- kasir.v1.AckStatus
  log       INTEGER NOT NULL,                                   -- which ledger epoch `at` counts in
  at        INTEGER,                                            -- index in that ledger
  leaf      BLOB,
  hash      BLOB NOT NULL CHECK (length(hash) = 32),            -- of the statement
  made_us   INTEGER NOT NULL,
  made_size INTEGER NOT NULL,
  message   BLOB NOT NULL,                                      -- SignedTransaction
  PRIMARY KEY (epoch, sequence)
) STRICT, WITHOUT ROWID;

-- Sales leave this index as they are acknowledged: it stays as short as what waits.
CREATE INDEX sale_waiting ON sale (epoch, sequence) WHERE state = 1;
CREATE INDEX sale_in_ledger ON sale (log, at) WHERE state = 2;

-- One row.  The newest sale is remembered here because pruning forgets the sale itself.
CREATE TABLE head (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  epoch      INTEGER NOT NULL,
  sequence   INTEGER NOT NULL,
  last       BLOB NOT NULL,
  log        INTEGER NOT NULL,
  checkpoint BLOB NOT NULL,
  cosigned   BLOB NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0, 0, zeroblob(32), 0, x'', x'');

CREATE TABLE evidence (
  id      INTEGER PRIMARY KEY,
  wall_us INTEGER NOT NULL,
  held    BLOB NOT NULL,
  shown   BLOB NOT NULL,
  text    TEXT NOT NULL
) STRICT;

-- A sale never changes what it says.
CREATE TRIGGER sale_is_fact BEFORE UPDATE OF epoch, sequence, hash, made_us, message ON sale
BEGIN
  SELECT RAISE(ABORT, 'a sale cannot be changed');
END;
CREATE TRIGGER sale_is_kept BEFORE DELETE ON sale WHEN old.state NOT IN (2, 3)
BEGIN
  SELECT RAISE(ABORT, 'a sale is kept until the store has proved to hold it');
END;
CREATE TRIGGER evidence_is_kept BEFORE DELETE ON evidence
BEGIN
  SELECT RAISE(ABORT, 'evidence is kept');
END;
