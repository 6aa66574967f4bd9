/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: a string that grows, and how misid writes and reads numbers.
 *
 * `struct text` in the manner of git's strbuf: `s` is always a valid,
 * 0-terminated C string (TEXT_INIT points it at ""), `len` excludes the 0.
 *
 * Ownership: the caller owns the struct; text_release() frees it;
 * text_detach() hands the string over to be free()d. Threads: one a thread.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *s;
    size_t len, cap; /* cap 0: s is the shared empty string */
};

extern char text_empty[];
#define TEXT_INIT { text_empty, 0, 0 }

void text_init(struct text *t);
void text_add(struct text *t, const char *s);
void text_addn(struct text *t, const char *s, size_t n);
void text_addch(struct text *t, char c);
void text_addf(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void text_addfv(struct text *t, const char *fmt, va_list ap);
void text_reset(struct text *t); /* to "", keeping the memory */
void text_release(struct text *t);
char *text_detach(struct text *t);

/* Percent-encoding of one axis or value for a group name (misid-formats(5)):
 * bytes `%`, `;`, `=`, controls and 127 become %XX, everything else stays. */
void text_add_percent(struct text *t, const char *s);
/* The inverse, of n bytes: 0, or -1 where a `%` is not followed by two
 * hexadecimal digits or the decoded text would hold a NUL. */
int text_add_unpercent(struct text *t, const char *s, size_t n);

/* Display columns of a UTF-8 string: code points, combining marks not counted;
 * enough for names of groups and people in a terminal table. */
size_t text_columns(const char *s);

/* Bytes of the well-formed character at `s` (not at its end), its code point in
 * *c; 0 if there is none. */
size_t text_decode(const char *s, uint32_t *c);

/* `s` for a message: whole, or its first 60 bytes or so, cut between two
 * characters, and "...". Returns buf. */
#define TEXT_CUT 64
const char *text_cut(char buf[TEXT_CUT], const char *s);

/* Levenshtein's distance in bytes, for suggesting a name; TEXT_DISTANCE_MAX where
 * either is too long to be one. */
#define TEXT_DISTANCE_MAX 64
size_t text_distance(const char *a, const char *b);

/* True if the n bytes are well-formed UTF-8 (no surrogates, no overlong forms,
 * nothing past U+10FFFF); else *at (if not NULL) is the first bad byte. */
bool text_is_utf8(const char *s, size_t n, size_t *at);

/* Numbers. Locale never matters: the program leaves LC_NUMERIC at "C". */
#define NUM_MAX 32 /* bytes that any of these may write, 0 included */
/* The fewest digits that strtod() reads back as the same double: "0.1", "80",
 * "1e-05", "1e+20"; -0 becomes "0"; "nan", "inf", "-inf". Returns buf. */
const char *num_shortest(char buf[NUM_MAX], double v);
/* The same number in the fewest characters: "1e-3", "1e-6", but "0.01" and "0.0025", which
 * no power of ten makes shorter. For names, not for columns. */
const char *num_fewest(char buf[NUM_MAX], double v);
/* Whole string as a finite double / an integer; false if it is anything else
 * (blanks, hex, trailing bytes, overflow, "nan", "inf"). */
bool num_parse_double(const char *s, double *v);
bool num_parse_int64(const char *s, int64_t *v);

#endif
