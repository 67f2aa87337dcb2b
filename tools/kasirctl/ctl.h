/* ctl.h - what kasirctl's commands share: where things are, and how to speak of errors.
 * Every command is an int(struct cli *) that returns the exit code. */
#ifndef KASIR_CTL_CTL_H
#define KASIR_CTL_CTL_H

#include "base/proto.h"
#include "edge/cli.h"
#include "edge/config.h"
#include "edge/ledger_read.h"
#include "edge/table.h"
#include "kasir/v1/control.pb-c.h"
#include "proof/key.h"
#include "tools/kasirctl/confirm.h"

int ctl_status(struct cli *cli);
int ctl_tx_list(struct cli *cli);
int ctl_tx_show(struct cli *cli);
int ctl_verify(struct cli *cli);
int ctl_terminal_add(struct cli *cli);
int ctl_terminal_list(struct cli *cli);
int ctl_terminal_revoke(struct cli *cli);
int ctl_exceptions_list(struct cli *cli);
int ctl_exceptions_show(struct cli *cli);
int ctl_exceptions_accept(struct cli *cli);
int ctl_exceptions_void(struct cli *cli);
int ctl_exceptions_annotate(struct cli *cli);
int ctl_day_report(struct cli *cli);
int ctl_day_close(struct cli *cli);
int ctl_shift_list(struct cli *cli);
int ctl_prove(struct cli *cli);
int ctl_check_proof(struct cli *cli);
int ctl_export_tlog(struct cli *cli);
int ctl_receipt(struct cli *cli);
int ctl_slip_z(struct cli *cli);
int ctl_slip_shift(struct cli *cli);
int ctl_slip_x(struct cli *cli);
int ctl_export_transactions(struct cli *cli);
int ctl_export_tax(struct cli *cli);
int ctl_export_daybook(struct cli *cli);
int ctl_keys_init(struct cli *cli);
int ctl_keys_show(struct cli *cli);
int ctl_catalog_import(struct cli *cli);
int ctl_catalog_show(struct cli *cli);
int ctl_catalog_export(struct cli *cli);
int ctl_rules_check(struct cli *cli);
int ctl_rules_load(struct cli *cli);
int ctl_rules_show(struct cli *cli);

int ctl_report_x(struct cli *cli);
int ctl_report_z(struct cli *cli);
int ctl_report_sales(struct cli *cli);
int ctl_report_products(struct cli *cli);
int ctl_report_cashiers(struct cli *cli);
int ctl_report_tax(struct cli *cli);
int ctl_report_cash(struct cli *cli);
int ctl_report_exceptions(struct cli *cli);
int ctl_reports_rebuild(struct cli *cli);

/* An own exit code of verify and check-proof, beside the audit's classes. */
#define CTL_EXIT_UNPROVEN 3

/* The functions below report what went wrong and return the exit code, or EX_OK. */

int ctl_config(const struct cli *cli, struct store_config *ret);
/* --ledger FILE, or the configured one. */
int ctl_ledger_path(const struct cli *cli, char to[CONFIG_PATH_MAX]);
int ctl_open_ledger(const struct cli *cli, struct ledger_reader **ret);
/* --key FILE, or store.vkey beside the ledger. */
int ctl_store_key(const struct cli *cli, struct vkey *ret);
/* --hq-key FILE, or the configured one; *RET_FOUND false: there is none. */
int ctl_hq_key(const struct cli *cli, struct vkey *ret, bool *ret_found);
/* Ask the daemon.  An answer that says "error" has been reported too. */
int ctl_call(const struct cli *cli, const Kasir__V1__ControlRequest *request, struct arena *a,
    Kasir__V1__ControlResponse **ret);

/* Print T as --json wants it, close it. */
int ctl_print(const struct cli *cli, struct table *take_t, bool record);
/* ERR from reading the ledger, told with WHAT. */
int ctl_fail_read(const struct cli *cli, enum kas_err err, const char *what);

#endif
