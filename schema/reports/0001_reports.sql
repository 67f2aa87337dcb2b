-- reports.db, version 1: what people ask for, made from the ledger alone.
-- docs/reference/reports.md explains every table and column.
--
-- The file may be deleted at any time and is made again to the same content.  So there are no
-- migrations that keep rows: to change what a table holds, change REPORTS_FORMAT
-- (lib/report/reports.h), and every file out there is made anew.
--
-- Money is in minor units of the store's currency; days are numbers, YYYYMMDD; months YYYYMM.

-- Entries that are taken in, and the tree that they make: its complete subtrees' roots (by
-- falling size) and its root.  day: business day that the newest document named.
CREATE TABLE meta (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	format INTEGER NOT NULL,
	size INTEGER NOT NULL,
	root BLOB NOT NULL CHECK (length(root) = 32),
	peaks BLOB NOT NULL,
	origin TEXT NOT NULL,
	currency TEXT NOT NULL,
	exponent INTEGER NOT NULL,
	day INTEGER NOT NULL
) STRICT;

-- One row a transaction in the ledger; idx is its entry's.  standing: 0 counts, 1 an exception,
-- 2 training, as it was when entered.  type 0 and no texts: its payload does not decode.
CREATE TABLE tx (
	idx INTEGER PRIMARY KEY,
	terminal TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	sequence INTEGER NOT NULL,
	type INTEGER NOT NULL,
	standing INTEGER NOT NULL,
	conflict INTEGER NOT NULL,
	day INTEGER NOT NULL,
	at_us INTEGER NOT NULL,
	cashier TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	shift TEXT NOT NULL,
	receipt TEXT NOT NULL,
	amount INTEGER NOT NULL
) STRICT;
-- Days come nearly in order, so this grows at its end.
CREATE INDEX tx_by_day ON tx (day);

-- idx: the entry that says what is broken, a transaction's or a ReturnSettled's; tx: the
-- transaction's.  resolved: the entry of the manager's word, NULL while there is none.
CREATE TABLE exception (
	idx INTEGER PRIMARY KEY,
	tx INTEGER NOT NULL,
	day INTEGER NOT NULL,
	terminal TEXT NOT NULL,
	amount INTEGER NOT NULL,
	rules TEXT NOT NULL,
	resolved INTEGER,
	how INTEGER NOT NULL,
	who TEXT NOT NULL,
	why TEXT NOT NULL
) STRICT;
CREATE INDEX exception_open ON exception (idx) WHERE resolved IS NULL;
CREATE INDEX exception_by_day ON exception (day);

CREATE TABLE shift_close (
	idx INTEGER PRIMARY KEY,
	day INTEGER NOT NULL,
	wall_us INTEGER NOT NULL,
	terminal TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	shift TEXT NOT NULL,
	cashier TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	opened INTEGER NOT NULL,
	closed INTEGER NOT NULL,
	total INTEGER NOT NULL,
	expected INTEGER NOT NULL,
	counted INTEGER NOT NULL,
	variance INTEGER NOT NULL
) STRICT;
CREATE INDEX shift_close_by_day ON shift_close (day);

CREATE TABLE day_close (
	number INTEGER PRIMARY KEY,
	idx INTEGER NOT NULL,
	day INTEGER NOT NULL,
	wall_us INTEGER NOT NULL,
	first INTEGER NOT NULL,
	size INTEGER NOT NULL,
	net INTEGER NOT NULL,
	tax INTEGER NOT NULL,
	total INTEGER NOT NULL,
	exceptions INTEGER NOT NULL,
	exceptions_amount INTEGER NOT NULL,
	pending INTEGER NOT NULL,
	pending_amount INTEGER NOT NULL,
	expected INTEGER NOT NULL
) STRICT;

-- Summaries.  Those of trade have the same figures, by another key each.
CREATE TABLE by_hour (
	day INTEGER NOT NULL,
	hour INTEGER NOT NULL,
	receipts INTEGER NOT NULL,
	items INTEGER NOT NULL,
	discounts INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	tax_included INTEGER NOT NULL,
	tax INTEGER NOT NULL,
	service INTEGER NOT NULL,
	other INTEGER NOT NULL,
	total INTEGER NOT NULL,
	rounding INTEGER NOT NULL,
	return_receipts INTEGER NOT NULL,
	voids INTEGER NOT NULL,
	voids_amount INTEGER NOT NULL,
	line_voids INTEGER NOT NULL,
	line_voids_amount INTEGER NOT NULL,
	overrides INTEGER NOT NULL,
	overrides_amount INTEGER NOT NULL,
	drawer_openings INTEGER NOT NULL,
	exceptions INTEGER NOT NULL,
	exceptions_amount INTEGER NOT NULL,
	accepted INTEGER NOT NULL,
	accepted_amount INTEGER NOT NULL,
	voided INTEGER NOT NULL,
	voided_amount INTEGER NOT NULL,
	training INTEGER NOT NULL,
	training_amount INTEGER NOT NULL,
	PRIMARY KEY (day, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_cashier (
	day INTEGER NOT NULL,
	cashier TEXT NOT NULL,
	receipts INTEGER NOT NULL,
	items INTEGER NOT NULL,
	discounts INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	tax_included INTEGER NOT NULL,
	tax INTEGER NOT NULL,
	service INTEGER NOT NULL,
	other INTEGER NOT NULL,
	total INTEGER NOT NULL,
	rounding INTEGER NOT NULL,
	return_receipts INTEGER NOT NULL,
	voids INTEGER NOT NULL,
	voids_amount INTEGER NOT NULL,
	line_voids INTEGER NOT NULL,
	line_voids_amount INTEGER NOT NULL,
	overrides INTEGER NOT NULL,
	overrides_amount INTEGER NOT NULL,
	drawer_openings INTEGER NOT NULL,
	exceptions INTEGER NOT NULL,
	exceptions_amount INTEGER NOT NULL,
	accepted INTEGER NOT NULL,
	accepted_amount INTEGER NOT NULL,
	voided INTEGER NOT NULL,
	voided_amount INTEGER NOT NULL,
	training INTEGER NOT NULL,
	training_amount INTEGER NOT NULL,
	PRIMARY KEY (day, cashier)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_terminal (
	day INTEGER NOT NULL,
	terminal TEXT NOT NULL,
	receipts INTEGER NOT NULL,
	items INTEGER NOT NULL,
	discounts INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	tax_included INTEGER NOT NULL,
	tax INTEGER NOT NULL,
	service INTEGER NOT NULL,
	other INTEGER NOT NULL,
	total INTEGER NOT NULL,
	rounding INTEGER NOT NULL,
	return_receipts INTEGER NOT NULL,
	voids INTEGER NOT NULL,
	voids_amount INTEGER NOT NULL,
	line_voids INTEGER NOT NULL,
	line_voids_amount INTEGER NOT NULL,
	overrides INTEGER NOT NULL,
	overrides_amount INTEGER NOT NULL,
	drawer_openings INTEGER NOT NULL,
	exceptions INTEGER NOT NULL,
	exceptions_amount INTEGER NOT NULL,
	accepted INTEGER NOT NULL,
	accepted_amount INTEGER NOT NULL,
	voided INTEGER NOT NULL,
	voided_amount INTEGER NOT NULL,
	training INTEGER NOT NULL,
	training_amount INTEGER NOT NULL,
	PRIMARY KEY (day, terminal)
) STRICT, WITHOUT ROWID;

-- type: kasir.v1.TransactionType; documents that count.
CREATE TABLE by_type (
	day INTEGER NOT NULL,
	type INTEGER NOT NULL,
	documents INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	PRIMARY KEY (day, type)
) STRICT, WITHOUT ROWID;
-- kind: kasir.v1.TenderKind.
CREATE TABLE by_tender (
	day INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	tenders INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	PRIMARY KEY (day, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_tax (
	day INTEGER NOT NULL,
	code TEXT NOT NULL,
	rate_bp INTEGER NOT NULL,
	tax_base INTEGER NOT NULL,
	taxable INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	gross INTEGER NOT NULL,
	PRIMARY KEY (day, code, rate_bp)
) STRICT, WITHOUT ROWID;

-- Goods by the day and by the month, so that a long report adds up whole months.
CREATE TABLE by_product (
	day INTEGER NOT NULL,
	product TEXT NOT NULL,
	sold INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	items INTEGER NOT NULL,
	discounts INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	PRIMARY KEY (day, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_product_month (
	month INTEGER NOT NULL,
	product TEXT NOT NULL,
	sold INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	items INTEGER NOT NULL,
	discounts INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	PRIMARY KEY (month, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_department (
	day INTEGER NOT NULL,
	department TEXT NOT NULL,
	sold INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	items INTEGER NOT NULL,
	discounts INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	PRIMARY KEY (day, department)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_department_month (
	month INTEGER NOT NULL,
	department TEXT NOT NULL,
	sold INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	items INTEGER NOT NULL,
	discounts INTEGER NOT NULL,
	returns INTEGER NOT NULL,
	PRIMARY KEY (month, department)
) STRICT, WITHOUT ROWID;
-- What a product was called when it was last sold.
CREATE TABLE product (
	product TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	gtin TEXT NOT NULL,
	department TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the drawers should hold more (or less) after the day than before it.
CREATE TABLE cash (
	day INTEGER NOT NULL,
	terminal TEXT NOT NULL,
	opening INTEGER NOT NULL,
	sales INTEGER NOT NULL,
	paid_in INTEGER NOT NULL,
	loans INTEGER NOT NULL,
	paid_out INTEGER NOT NULL,
	pickups INTEGER NOT NULL,
	drops INTEGER NOT NULL,
	deposits INTEGER NOT NULL,
	exchange INTEGER NOT NULL,
	cash_back INTEGER NOT NULL,
	exceptions INTEGER NOT NULL,
	PRIMARY KEY (day, terminal)
) STRICT, WITHOUT ROWID;
-- amount: minor units of currency.
CREATE TABLE cash_foreign (
	day INTEGER NOT NULL,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	PRIMARY KEY (day, currency)
) STRICT, WITHOUT ROWID;
