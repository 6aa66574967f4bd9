/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * classify: from the answers of a classifier to counts, for every group of some sets
 * of axes.
 *
 *     error              misclassified, of the faces classified
 *     error_with_misses  misclassified or not classified, of the faces shown
 *     fta                not classified, of the faces shown
 *     calibration        misclassified, of the faces classified with a confidence in
 *                        a range, at the point confidence=LOW..HIGH (HIGH belongs to
 *                        the next range, but 1 to the last)
 *     sure_when_wrong    confidence at or above the point, of the faces misclassified
 *                        with a stated confidence
 *     faces              in the roster (a census, of no backend)
 *
 * and, of two backends, what classify_compare() says.
 *
 * A face shown is one that has an output, and a file to be shown (status.h). A sample
 * that has no value on one of the axes, or no label to hold an answer against, is in no
 * count, so that the groups of any set sum to everyone. A group without trials has no row.
 *
 * Ownership: roster and axes are borrowed; classify_release(). Threads: read-only
 * once prepared.
 */
#ifndef CORE_CLASSIFY_H
#define CORE_CLASSIFY_H

#include <stdbool.h>

#include "base/err.h"
#include "model/complaints.h"
#include "model/group.h"
#include "model/outputs.h"
#include "model/roster.h"
#include "model/tally.h"

struct classify {
    const struct roster *roster;
    const struct axes *axes;
    size_t target;           /* the attribute that is predicted */
    const unsigned *sets;    /* of axes, each once; a group is of at most 2^20 */
    size_t n_sets;
    int *values;             /* sample × axis: value, or GROUP_OPEN if not counted by */
    bool *counted;           /* a sample */
};

/* Finds everyone's group. Samples that are left out go to `complaints` unless that is
 * NULL. Every axis of the sets must be an attribute of the roster. */
void classify_init(struct classify *c, const struct roster *roster, const struct axes *axes,
                   const unsigned *sets, size_t n_sets, size_t target,
                   struct complaints *complaints);
void classify_release(struct classify *c);

/* Adds the counts of one backend; `source` says where they come from. Where some person
 * has several images, every count says whose its trials are (struct tally_people), since
 * those of one person depend on each other. Fails past the limits of the tally. */
int classify_count(const struct classify *c, const struct outputs *o, const char *source,
                   struct tally *to, struct err *err);
/* Adds how often two backends that were shown the same faces were both wrong, and each
 * where the other was right: only_wrong and both_wrong (of the faces both classified)
 * and the same _with_misses (of the faces both were shown; not classified is wrong), at
 * the point `backend=OTHER`; people as in classify_count(). */
int classify_compare(const struct classify *c, const struct outputs *one,
                     const struct outputs *other, const char *source, struct tally *to,
                     struct err *err);
/* At a dose of a change (model/dose.h) `point`: error, error_with_misses and fta of the
 * same faces with their images changed; */
int classify_count_dose(const struct classify *c, const struct outputs *o,
                        const char *point, const char *source, struct tally *to,
                        struct err *err);
/* and how often the same face was wrong only when changed, only as it is, and both
 * times: wrong_changed, wrong_clean and wrong_always (of the faces classified both
 * times), the same _with_misses (of the faces shown both times), and lost_changed … of
 * those not classified; people as in classify_count(). */
int classify_compare_dose(const struct classify *c, const struct outputs *clean,
                          const struct outputs *changed, const char *point,
                          const char *source, struct tally *to, struct err *err);
int classify_census(const struct classify *c, const char *source, struct tally *to,
                    struct err *err);

/* What one output is to a metric at a point. */
enum classify_part { PART_NONE, PART_TRIAL, PART_HIT };
enum classify_part classify_part(const struct classify *c, const struct output *out,
                                 const char *metric, const char *point);
bool classify_is_in(const struct classify *c, size_t sample, const struct group *g);

#endif
