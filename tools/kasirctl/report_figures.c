#include <stddef.h>

#include "base/nls.h"
#include "tools/kasirctl/report.h"

static const struct report_figure trade[] = {
	{ "receipts", N_("Receipts"), SHOWN_COUNT, AT(trade, receipts), true },
	{ "items", N_("Gross"), SHOWN_MONEY, AT(trade, items), true },
	{ "discounts", N_("Discounts"), SHOWN_MONEY, AT(trade, discounts), true },
	{ "returns", N_("Returns"), SHOWN_MONEY, AT(trade, returns), true },
	{ "tax_included", N_("Tax in prices"), SHOWN_MONEY, AT(trade, tax_included), true },
	{ "net", N_("Net"), SHOWN_MONEY, FIGURE_NET, true },
	{ "tax", N_("Tax"), SHOWN_MONEY, AT(trade, tax), true },
	{ "service", N_("Service"), SHOWN_MONEY, AT(trade, service), true },
	{ "other", N_("Other"), SHOWN_MONEY, AT(trade, other), true },
	{ "total", N_("Total"), SHOWN_MONEY, AT(trade, total), true },
	{ "rounding", NULL, SHOWN_MONEY, AT(trade, rounding), false },
	{ "return_receipts", NULL, SHOWN_COUNT, AT(trade, return_receipts), false },
	{ "voids", NULL, SHOWN_COUNT, AT(trade, voids), false },
	{ "voids_amount", NULL, SHOWN_MONEY, AT(trade, voids_amount), false },
	{ "line_voids", NULL, SHOWN_COUNT, AT(trade, line_voids), false },
	{ "line_voids_amount", NULL, SHOWN_MONEY, AT(trade, line_voids_amount), false },
	{ "overrides", NULL, SHOWN_COUNT, AT(trade, overrides), false },
	{ "overrides_amount", NULL, SHOWN_MONEY, AT(trade, overrides_amount), false },
	{ "drawer_openings", NULL, SHOWN_COUNT, AT(trade, drawer_openings), false },
	{ "exceptions", NULL, SHOWN_COUNT, AT(trade, exceptions), false },
	{ "exceptions_amount", NULL, SHOWN_MONEY, AT(trade, exceptions_amount), false },
	{ "accepted", NULL, SHOWN_COUNT, AT(trade, accepted), false },
	{ "accepted_amount", NULL, SHOWN_MONEY, AT(trade, accepted_amount), false },
	{ "voided", NULL, SHOWN_COUNT, AT(trade, voided), false },
	{ "voided_amount", NULL, SHOWN_MONEY, AT(trade, voided_amount), false },
	{ "training", NULL, SHOWN_COUNT, AT(trade, training), false },
	{ "training_amount", NULL, SHOWN_MONEY, AT(trade, training_amount), false },
	{ NULL, NULL, SHOWN_COUNT, 0, false },
};
static const struct report_figure goods[] = {
	{ "sold", N_("Sold"), SHOWN_QUANTITY, AT(goods, sold), true },
	{ "returned", N_("Returned"), SHOWN_QUANTITY, AT(goods, returned), true },
	{ "items", N_("Gross"), SHOWN_MONEY, AT(goods, items), true },
	{ "discounts", N_("Discounts"), SHOWN_MONEY, AT(goods, discounts), true },
	{ "returns", N_("Returns"), SHOWN_MONEY, AT(goods, returns), true },
	{ "amount", N_("Amount"), SHOWN_MONEY, FIGURE_GOODS_NET, true },
	{ NULL, NULL, SHOWN_COUNT, 0, false },
};
static const struct report_figure counted[] = {
	{ "count", N_("Count"), SHOWN_COUNT, AT(counted, count), true },
	{ "amount", N_("Amount"), SHOWN_MONEY, AT(counted, amount), true },
	{ NULL, NULL, SHOWN_COUNT, 0, false },
};
static const struct report_figure taxes[] = {
	{ "tax_base", N_("Base"), SHOWN_MONEY, AT(taxed, tax_base), true },
	{ "taxable", N_("Taxable"), SHOWN_MONEY, AT(taxed, taxable), true },
	{ "amount", N_("Tax"), SHOWN_MONEY, AT(taxed, amount), true },
	{ "gross", N_("Total"), SHOWN_MONEY, AT(taxed, gross), true },
	{ NULL, NULL, SHOWN_COUNT, 0, false },
};

const struct report_figure report_drawers[] = {
	{ "opening", N_("Float"), SHOWN_MONEY, AT(drawer, opening), true },
	{ "sales", N_("Sales"), SHOWN_MONEY, AT(drawer, sales), true },
	{ "paid_in", N_("Paid in"), SHOWN_MONEY, AT(drawer, paid_in), true },
	{ "loans", N_("Loans"), SHOWN_MONEY, AT(drawer, loans), true },
	{ "paid_out", N_("Paid out"), SHOWN_MONEY, AT(drawer, paid_out), true },
	{ "pickups", N_("Pickups"), SHOWN_MONEY, AT(drawer, pickups), true },
	{ "drops", N_("Safe drops"), SHOWN_MONEY, AT(drawer, drops), true },
	{ "deposits", N_("Deposits"), SHOWN_MONEY, AT(drawer, deposits), true },
	{ "exchange", N_("Exchange"), SHOWN_MONEY, AT(drawer, exchange), true },
	{ "cash_back", N_("Cash back"), SHOWN_MONEY, AT(drawer, cash_back), true },
	{ "exceptions", N_("In exceptions"), SHOWN_MONEY, AT(drawer, exceptions), true },
	{ "expected", N_("Expected"), SHOWN_MONEY, FIGURE_EXPECTED, true },
	{ NULL, NULL, SHOWN_COUNT, 0, false },
};

const struct report_figure *
report_figures(enum report_shape shape)
{
	switch (shape) {
	case REPORT_GOODS:
		return goods;
	case REPORT_COUNTED:
		return counted;
	case REPORT_TAXES:
		return taxes;
	case REPORT_DRAWERS:
		return report_drawers;
	default:
		return trade;
	}
}

const struct report_figure *
report_main_figure(enum report_shape shape)
{
	switch (shape) {
	case REPORT_GOODS:
		return &goods[5];
	case REPORT_COUNTED:
		return &counted[1];
	case REPORT_TAXES:
		return &taxes[2];
	case REPORT_DRAWERS:
		return &report_drawers[11];
	default:
		return &trade[9];
	}
}

int64_t
report_value(const struct report_row *row, const struct report_figure *f)
{
	const struct drawer *c = &row->drawer;
	int64_t v = 0;

	switch (f->at) {
	case FIGURE_EXPECTED:
		period_gain(&v, (int128)c->opening + c->sales + c->paid_in + c->loans -
		    c->paid_out - c->pickups - c->drops - c->deposits + c->exchange -
		    c->cash_back + c->exceptions);
		return v;
	case FIGURE_NET:
		period_gain(&v, (int128)row->trade.items - row->trade.discounts -
		    row->trade.returns - row->trade.tax_included);
		return v;
	case FIGURE_GOODS_NET:
		period_gain(&v, (int128)row->goods.items - row->goods.discounts -
		    row->goods.returns);
		return v;
	default:
		return row->all[f->at];
	}
}
