-- Which ledger epoch the evidence is of: a terminal that was shown two histories of the present
-- one stays stopped when it is started again.
ALTER TABLE evidence ADD COLUMN log INTEGER NOT NULL DEFAULT 0;
