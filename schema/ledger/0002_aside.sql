-- ledger.db, version 2: messages that are not genuine, kept aside for the manager.  They
-- are no part of the ledger: the oldest go when there are more than ASIDE_KEEP
-- (daemon/store/ports.h).
CREATE TABLE aside (
	id INTEGER PRIMARY KEY,
	wall_us INTEGER NOT NULL,
	topic TEXT NOT NULL,
	reason INTEGER NOT NULL,
	text TEXT NOT NULL,
	message BLOB NOT NULL
) STRICT;
