-- Whether the clock was synchronised when the sale was made.  A till that wakes in 1970 must not
-- take its sales for old when it learns the time.
ALTER TABLE sale ADD COLUMN made_sure INTEGER NOT NULL DEFAULT 0 CHECK (made_sure IN (0, 1));
