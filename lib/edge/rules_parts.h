/* rules_parts.h - what reading and writing rule files share: names, and values as text. */
#ifndef KASIR_EDGE_RULES_PARTS_H
#define KASIR_EDGE_RULES_PARTS_H

#include "edge/rules_file.h"

#define RULES_EXPONENT_MAX 4

/* A value of an enum and what it is called in the file; ended by NULL. */
struct rules_word {
	const char *name;
	int value;
};
extern const struct rules_word rules_roundings[], rules_parts[], rules_bools[], rules_bys[];

/* NULL: none has that value. */
const char *rules_word_of(const struct rules_word *words, int value);

/* Where values of one file are taken; what is wrong with one goes to `problems`. */
struct taking {
	struct arena *a;
	struct problems *problems;
	unsigned exponent;
};

/* What may stand in a section, and where it goes: a table of these, ended by NULL. */
struct rules_key {
	const char *name;
	enum setting_shape shape;
	/* FIELD is what is at `offset` of the struct being filled; KEY this row. */
	void (*take)(struct taking *t, const struct setting *s, const struct rules_key *key,
	    void *field);
	size_t offset;
	const struct rules_word *words;		/* of take_word */
	bool repeats;
};

/* Take all settings of SECTION into the struct at INTO.  One that is unknown, misshapen or
 * stands twice is a problem; WHERE ("of a tax") says where it was looked for. */
void take_section(struct taking *t, const struct setting *section, const struct rules_key *keys,
    const char *where, void *into);
const struct setting *setting_child(const struct setting *section, const char *name);
/* Settings of NAME; all of them where NAME is NULL. */
size_t setting_count(const struct setting *section, const char *name);

/* Each takes S's value into FIELD, of the type named here, and leaves it alone when it has
 * said what is wrong. */
#define TAKER(name) void name(struct taking *t, const struct setting *s, \
    const struct rules_key *key, void *field)
TAKER(take_word);		/* int or an enum: one of KEY's words */
TAKER(take_text);		/* char *: in the arena */
TAKER(take_exponent);		/* uint32_t: 0 to 4 */
TAKER(take_day);		/* uint32_t: "2025-01-01" as YYYYMMDD */
TAKER(take_amount);		/* uint64_t: with the currency's decimals, as minor units */
TAKER(take_rate);		/* uint32_t: "12 %", "7.25%" as basis points */
TAKER(take_fraction);		/* struct rules_fraction: "11/12" */
TAKER(take_time);		/* uint32_t: "04:00" as minutes after midnight */
TAKER(take_span);		/* uint32_t: "90 s", "10 min", "2 h", "3 d" as seconds */

/* A section "period"; its tax codes come sorted. */
void take_period(struct taking *t, const struct setting *s, Kasir__V1__RulePeriod *p);

struct rules_fraction {
	uint32_t p, q;
};

/* One more of N where MAX may be; else says so, once. */
bool rules_is_within(struct taking *t, unsigned line, size_t n, size_t max, const char *what);
/* A table of N pointers or numbers, zeroed; never NULL: a full arena is noticed at the end. */
void *rules_room(struct taking *t, size_t n);

/* As the takers read them. */
#define RULES_DAY_TEXT 16
void rules_day_format(uint32_t day, char to[RULES_DAY_TEXT]);
uint32_t rules_day_before(uint32_t day);
void rules_span_format(uint32_t seconds, char to[24]);
void rules_rate_format(uint32_t rate_bp, char to[24]);

#endif
