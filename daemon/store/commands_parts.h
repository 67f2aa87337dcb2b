/* commands_parts.h - what the files of the control commands share; nobody else includes it.
 *
 *   commands.c            who asks what, and when it is answered
 *   commands_status.c     how the store stands, its terminals
 *   commands_terminal.c   enrolment and revocation
 *   commands_rules.c      rule sets
 *   commands_catalogue.c  catalogues
 *   commands_desk.c       exceptions and remarks
 *   commands_day.c        the X and the Z */
#ifndef KASIR_STORE_COMMANDS_PARTS_H
#define KASIR_STORE_COMMANDS_PARTS_H

#include <sysexits.h>

#include "base/nls.h"
#include "daemon/store/engine_parts.h"

#define REASON_MAX 500	/* bytes: an entry must stay small enough for the uplink */

/* Somebody's request, which is answered once. */
struct command {
	uint64_t token;
	Kasir__V1__Actor *by;
};

/* The answer now. */
void command_answer(struct engine *en, const struct command *c,
    const Kasir__V1__ControlResponse *r);
/* What is wrong, a sentence without a full stop, and what to do about it.  Both in English;
 * kasirctl translates the next step, and a sentence that has no variables. */
void command_fail(struct engine *en, const struct command *c, uint32_t exit_code,
    const char *next_step, const char *fmt, ...) KAS_PRINTF(5, 6);
/* R, which is about all that is staged: at once, or when that is durable. */
void command_answer_when_durable(struct engine *en, const struct command *c,
    const Kasir__V1__ControlResponse *r);

/* Entry and payload of INDEX, staged or durable, in the turn's memory. */
KAS_CHECKED enum kas_err command_read_entry(struct engine *en, uint64_t index,
    Kasir__V1__LedgerEntry **ret, struct bytes *ret_payload);
/* R says, through RESULT, which entry is staged next. */
void command_name_entry(const struct engine *en, Kasir__V1__ControlResponse *r,
    Kasir__V1__EntryResult *result);

/* False: it has been answered why not. */
bool command_may_read(struct engine *en, const struct command *c);
bool command_may_stage(struct engine *en, const struct command *c);
bool command_has_text(struct engine *en, const struct command *c, const char *what,
    const char *text);
/* What a manager compared with entry WITH (0: none) is still held against that: NOW is the
 * entry that put WHAT in force, 0: none did. */
bool command_is_as_compared(struct engine *en, const struct command *c, uint64_t with,
    uint64_t now, const char *what);
/* ERR: of the last entry staged for the command, whose response is R. */
void command_finish(struct engine *en, const struct command *c, enum kas_err err,
    const Kasir__V1__ControlResponse *r);
/* ERR from judging or reading; nothing was staged. */
void command_give_up(struct engine *en, const struct command *c, enum kas_err err);

void command_status(struct engine *en, const struct command *c);
void command_terminal_list(struct engine *en, const struct command *c);
void command_terminal_add(struct engine *en, const struct command *c,
    const Kasir__V1__TerminalAddRequest *q);
void command_terminal_revoke(struct engine *en, const struct command *c,
    const Kasir__V1__TerminalRevokeRequest *q);
void command_rules_load(struct engine *en, const struct command *c,
    const Kasir__V1__RulesLoadRequest *q);
void command_rules_show(struct engine *en, const struct command *c);
void command_catalogue_part(struct engine *en, const struct command *c,
    const Kasir__V1__CataloguePartRequest *q);
void command_catalogue_load(struct engine *en, const struct command *c,
    const Kasir__V1__CatalogueLoadRequest *q);
void command_resolve(struct engine *en, const struct command *c,
    const Kasir__V1__ResolveRequest *q);
void command_annotate(struct engine *en, const struct command *c,
    const Kasir__V1__AnnotateRequest *q);
void command_day_close(struct engine *en, const struct command *c,
    const Kasir__V1__DayCloseRequest *q);
void command_day_report(struct engine *en, const struct command *c);

#endif
