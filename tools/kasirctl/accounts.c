#include "tools/kasirctl/accounts.h"

#include <string.h>

#include "base/text.h"
#include "tools/kasirctl/tx_text.h"

#define ACCOUNT_MAX 64u		/* bytes of an account's name */

static const char *const names[ACCOUNT__COUNT] = {
	[ACCOUNT_SALES] = "sales", [ACCOUNT_SERVICE] = "service", [ACCOUNT_OTHER] = "other",
	[ACCOUNT_TAX] = "tax", [ACCOUNT_ROUNDING] = "rounding", [ACCOUNT_TENDERS] = "tenders",
	[ACCOUNT_SAFE] = "safe", [ACCOUNT_BANK] = "bank", [ACCOUNT_PAID_IN] = "paid-in",
	[ACCOUNT_PAID_OUT] = "paid-out", [ACCOUNT_VARIANCE] = "variance",
	[ACCOUNT_FORFEIT] = "forfeit", [ACCOUNT_REVERSED] = "reversed",
	[ACCOUNT_EXCEPTIONS] = "exceptions", [ACCOUNT_DIFFERENCES] = "differences",
	[ACCOUNT_DISCOUNTS] = "discounts", [ACCOUNT_RETURNS] = "returns",
};

struct reading {
	struct arena *a;
	struct accounts *m;
	struct problems *problems;
};

static bool
is_account(const char *v)
{
	if (v == NULL || *v == '\0' || strlen(v) > ACCOUNT_MAX || !text_is_utf8(bytes_of_text(v)))
		return false;
	for (; *v != '\0'; v++)
		if ((unsigned char)*v < ' ' || *v == 0x7f)
			return false;
	return true;
}

/* S's value as an account, once only, into *TO. */
static void
take_account(struct reading *r, const struct setting *s, const char **to)
{
	if (s->shape == SETTING_VALUE && s->value == NULL)
		return;				/* a problem, told */
	if (s->shape != SETTING_VALUE || !is_account(s->value))
		problems_add(r->problems, s->line, "%s: expected an account of 1 to 64 bytes, as in "
		    "%s = \"4-1000\"", s->name, s->name);
	else if (*to != NULL)
		problems_add(r->problems, s->line, "%s stands twice", s->name);
	else
		*to = s->value;
}

static void
say_unknown(struct reading *r, const struct setting *s, const char *where)
{
	problems_add(r->problems, s->line, "%s: no such setting %s", s->name, where);
}

/* A section whose settings are named as the values of D are. */
static void
take_kinds(struct reading *r, const struct setting *section, const ProtobufCEnumDescriptor *d,
    const char **to)
{
	char word[TX_TYPE_MAX];
	const struct setting *s;
	int value;

	for (s = section->first; s != NULL; s = s->next) {
		for (value = 1; value < ACCOUNT_KINDS; value++) {
			tx_enum_text(d, value, word);
			if (protobuf_c_enum_descriptor_get_value(d, value) != NULL &&
			    strcmp(word, s->name) == 0)
				break;
		}
		if (value == ACCOUNT_KINDS)
			say_unknown(r, s, section->name);
		else
			take_account(r, s, &to[value]);
	}
}

/* tax "PPN" { account = "2-1310" } */
static void
take_title(struct reading *r, const struct setting *section, struct account_title **list)
{
	struct account_title *t;
	const struct setting *s;

	for (t = *list; t != NULL && section->title != NULL; t = t->next)
		if (strcmp(t->title, section->title) == 0) {
			problems_add(r->problems, section->line, "%s \"%s\" stands twice", section->name,
			    section->title);
			return;
		}
	if (section->title == NULL) {
		problems_add(r->problems, section->line, "%s: expected %s \"...\" { account = \"...\" }",
		    section->name, section->name);
		return;
	}
	t = arena_zalloc(r->a, sizeof *t);
	if (t == NULL)
		return;				/* noticed at the end */
	t->title = section->title;
	for (s = section->first; s != NULL; s = s->next)
		if (strcmp(s->name, "account") == 0)
			take_account(r, s, &t->account);
		else
			say_unknown(r, s, section->name);
	if (t->account == NULL)
		problems_add(r->problems, section->line, "%s \"%s\": account is missing", section->name,
		    section->title);
	t->next = *list;
	*list = t;
}

static void
take_section(struct reading *r, const struct setting *s)
{
	if (strcmp(s->name, "tender") == 0)
		take_kinds(r, s, &kasir__v1__tender_kind__descriptor, r->m->tenders);
	else if (strcmp(s->name, "line") == 0)
		take_kinds(r, s, &kasir__v1__line_kind__descriptor, r->m->lines);
	else if (strcmp(s->name, "tax") == 0)
		take_title(r, s, &r->m->taxes);
	else if (strcmp(s->name, "department") == 0)
		take_title(r, s, &r->m->departments);
	else if (strcmp(s->name, "purpose") == 0)
		take_title(r, s, &r->m->purposes);
	else
		say_unknown(r, s, "{ ... }");
}

static void
take_setting(struct reading *r, const struct setting *s)
{
	unsigned i;

	if (s->shape == SETTING_SECTION) {
		take_section(r, s);
		return;
	}
	for (i = 0; i < ACCOUNT__COUNT && strcmp(names[i], s->name) != 0; i++)
		;
	if (i == ACCOUNT__COUNT)
		say_unknown(r, s, "of a file of accounts");
	else
		take_account(r, s, &r->m->of[i]);
}

enum kas_err
accounts_read(struct bytes text, struct arena *a, struct accounts *ret,
    struct problems *problems)
{
	struct accounts m = { { NULL }, { NULL }, { NULL }, NULL, NULL, NULL };
	struct reading r = { a, &m, problems };
	const struct setting *root, *s;

	*problems = (struct problems){ .n = 0 };
	root = settings_read(text, a, problems);
	if (root == NULL)
		return KAS_NOMEM;
	for (s = root->first; s != NULL; s = s->next)
		take_setting(&r, s);
	for (unsigned i = 0; i < ACCOUNT__NEEDED; i++)
		if (m.of[i] == NULL && problems->n == 0)
			problems_add(problems, 0, "%s is missing: expected %s = \"...\"", names[i], names[i]);
	problems_sort(problems);
	if (problems->n > 0)
		return KAS_MALFORMED;
	if (a->exhausted)
		return KAS_NOMEM;
	*ret = m;
	return KAS_OK;
}

static const char *
titled(const struct account_title *list, const char *title)
{
	for (; list != NULL; list = list->next)
		if (strcmp(list->title, title) == 0)
			return list->account;
	return NULL;
}

static const char *
or_else(const char *account, const char *otherwise)
{
	return account != NULL ? account : otherwise;
}

const char *
accounts_tender(const struct accounts *m, Kasir__V1__TenderKind kind)
{
	return or_else((unsigned)kind < ACCOUNT_KINDS ? m->tenders[kind] : NULL,
	    m->of[ACCOUNT_TENDERS]);
}

const char *
accounts_line(const struct accounts *m, Kasir__V1__LineKind kind, const char *department)
{
	const char *own = (unsigned)kind < ACCOUNT_KINDS ? m->lines[kind] : NULL;

	switch (kind) {
	case KASIR__V1__LINE_KIND__RETURN_ITEM:
		own = or_else(own, m->of[ACCOUNT_RETURNS]);
		own = or_else(own, titled(m->departments, department));
		return or_else(own, m->of[ACCOUNT_SALES]);
	case KASIR__V1__LINE_KIND__ITEM:
		own = or_else(own, m->of[ACCOUNT_SALES]);
		return or_else(titled(m->departments, department), own);
	case KASIR__V1__LINE_KIND__SERVICE_CHARGE:
		return or_else(own, m->of[ACCOUNT_SERVICE]);
	default:
		return or_else(own, m->of[ACCOUNT_OTHER]);
	}
}

const char *
accounts_tax(const struct accounts *m, const char *code)
{
	return or_else(titled(m->taxes, code), m->of[ACCOUNT_TAX]);
}

const char *
accounts_purpose(const struct accounts *m, const char *purpose, enum account otherwise)
{
	return or_else(titled(m->purposes, purpose), m->of[otherwise]);
}
