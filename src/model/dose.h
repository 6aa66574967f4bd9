/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dose: a controlled change of an image, as text: what is changed and how much.
 *
 *     exposure=-1            one change at one dose
 *     exposure=-1,jpeg=20    one after the other, from left to right
 *
 * dose_kinds is the one list of what can be changed. A dose that changes nothing
 * (exposure=0) is called clean. What a change does to pixels: images/change.h.
 *
 * A change's canonical text has its numbers in their shortest form and leaves out
 * what is clean; "" changes nothing. It names the operating point of what was
 * counted on images so changed, and stands in the key of the cache.
 *
 * Ownership: plain values. Threads: any. Fails when: a text is no change.
 */
#ifndef MODEL_DOSE_H
#define MODEL_DOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

enum dose_kind {
    DOSE_EXPOSURE,   /* stops of light more (below 0: less) */
    DOSE_GAMMA,      /* exponent of the encoded values; above 1 darker */
    DOSE_CONTRAST,   /* factor about middle grey, of the encoded values */
    DOSE_BLUR,       /* sigma in 1/250 of the picture's height */
    DOSE_NOISE,      /* sigma in levels of 255 */
    DOSE_RESOLUTION, /* factor of both sides, at most 1 */
    DOSE_HEIGHT,     /* rows that are left of a picture that has more */
    DOSE_JPEG,       /* quality */
    DOSE_KINDS
};

struct dose_about {
    const char *name;     /* "exposure" */
    const char *title;    /* of a chart's panel: "Exposure" */
    const char *unit;     /* behind the number: "stops" */
    double low, high;     /* what a dose may be */
    double clean;         /* NaN: every dose changes something */
    bool whole;           /* whole numbers only */
    const char *below, *above; /* what it is to go that way from clean, as a noun phrase
                             ("less light"); NULL: nobody can */
    bool log;             /* doses are spread by their logarithm */
};
extern const struct dose_about dose_kinds[DOSE_KINDS];

struct dose {
    enum dose_kind kind;
    double value;
};

#define CHANGE_MAX 8
struct dosage {
    struct dose steps[CHANGE_MAX];
    size_t n;             /* 0: the image as it is */
};

/* The kind of a name, or -1. Adds "exposure, gamma, …". */
int dose_kind_find(const char *name, size_t len);
void dose_kind_names(struct text *to);
/* NULL, or what is wrong with a value of that kind, in words that end in what was
 * expected ("expected a number from -6 to 6"). In `scratch`. */
const char *dose_fault(enum dose_kind kind, double value, struct text *scratch);
bool dose_is_clean(struct dose d);

/* Of a text; ERR_INPUT where it is none. `where` begins the line. */
int change_parse(struct dosage *c, const char *text, const char *where, struct err *err);
void change_add_text(struct text *to, const struct dosage *c);

/* True if the point is a change of one kind, which is then in *d: what is drawn along
 * an axis. */
bool dose_of_point(const char *point, struct dose *d);
/* How far a dose is from clean, on the axis that doses are spread along: below 0 towards
 * lower values. A dose without a clean one counts from the mild end of its range. */
double dose_distance(struct dose d);
/* "1 stop darker", "JPEG quality 20": what was done, for people. */
void dose_add_words(struct text *to, struct dose d);
/* "−1", "25 %", "20": on an axis whose title says of what. */
void dose_add_short(struct text *to, struct dose d);

#endif
