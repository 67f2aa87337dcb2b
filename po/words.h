/* words.h - words that programs make from names that stand elsewhere: the enums of
 * transaction.proto in small letters, and the states that kasird tells.  Only po/extract.sh
 * reads this; tests/unit/test_lang.c holds it against the enums. */

/* TransactionType */
N_("sale") N_("return") N_("exchange") N_("post-void") N_("suspend") N_("resume") N_("cancel")
N_("payment-on-account") N_("no-sale") N_("paid-in") N_("paid-out") N_("loan") N_("pickup")
N_("safe-drop") N_("bank-deposit") N_("tender-exchange") N_("tender-resolution")
N_("till-count") N_("shift-open") N_("shift-close") N_("day-open") N_("day-close")
N_("sign-on") N_("sign-off") N_("override") N_("reprint") N_("terminal-event")

/* LineKind */
N_("item") N_("return-item") N_("service-charge") N_("tip") N_("donation")
N_("container-deposit") N_("container-refund") N_("gift-card-issue") N_("gift-card-redeem")
N_("advance") N_("advance-settle") N_("agency") N_("line-void")

/* TenderKind */
N_("cash") N_("cash-foreign") N_("debit") N_("credit") N_("qris") N_("emoney") N_("ewallet")
N_("bank-transfer") N_("voucher") N_("gift-card") N_("store-credit") N_("points")
N_("on-account") N_("coupon") N_("pay-later")

/* TenderState */
N_("approved") N_("pending") N_("unknown") N_("reversed")

/* Of the daemon and its uplink, as `kasirctl status` shows them. */
N_("starting") N_("serving") N_("storage full") N_("storage failed") N_("newer history")
N_("off") N_("down") N_("greeting") N_("streaming") N_("in step") N_("holding") N_("forked")
