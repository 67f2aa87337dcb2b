/* err.h - what a caller should do about a failure.
 *
 * Functions that can fail return enum kas_err and leave their ret_* parameters
 * alone when they do.  Where a person will read the reason, the function also
 * fills a struct kas_why with a sentence that names what is wrong and where. */
#ifndef KASIR_BASE_ERR_H
#define KASIR_BASE_ERR_H

#define KAS_CHECKED __attribute__((warn_unused_result))
#define KAS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum kas_err {
	KAS_OK = 0,
	KAS_AGAIN,	/* nothing wrong: try later */
	KAS_NOTFOUND,	/* no such thing */
	KAS_EXISTS,	/* already there */
	KAS_MALFORMED,	/* does not parse */
	KAS_BADSIG,	/* parses; not signed by a key we trust */
	KAS_DENIED,	/* the caller may not do this */
	KAS_RANGE,	/* a number does not fit, or is out of bounds */
	KAS_FULL,	/* no room: in a queue, or on the disk */
	KAS_NOMEM,
	KAS_IO,		/* what is on disk is now unknown: halt, reopen */
	KAS_NEWER,	/* made by a later version of this software */
	KAS_FORK,	/* contradicts history that was signed before */
	KAS_CORRUPT,	/* history does not verify: stop, never repair */
	KAS__ERRS
};

/* A few words for ERR, in English, without a full stop; never NULL. */
const char *kas_err_text(enum kas_err err);

/* The reason for a failure, as a sentence without a full stop. */
struct kas_why {
	char text[320];
};

/* Set WHY (may be NULL) and return ERR, so that a check reads
 * `return kas_fail(why, KAS_RANGE, "line %d: ...", n);`. */
enum kas_err kas_fail(struct kas_why *why, enum kas_err err, const char *fmt, ...)
    KAS_PRINTF(3, 4);
#if defined(__clang_analyzer__) && !defined(KASIR_BASE_ERR_C)
/* The analyzer sees one file at a time: tell it that what comes back is what went in. */
#define kas_fail(why, err, ...) (kas_fail((why), (err), __VA_ARGS__), (err))
#endif

/* Put "context: " before the sentence that stands in WHY. */
void kas_why_prefix(struct kas_why *why, const char *fmt, ...) KAS_PRINTF(2, 3);

/* For our own bugs only; on in release builds too.  What comes from outside is
 * handled, never asserted. */
#define kas_assert(cond) \
	((cond) ? (void)0 : kas_assert_failed(#cond, __FILE__, __LINE__))
__attribute__((noreturn)) void
kas_assert_failed(const char *cond, const char *file, int line);

#endif
