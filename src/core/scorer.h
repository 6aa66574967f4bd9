/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scorer: the score of two templates, the one definition that every kernel, thread
 * count and tile size meets bit for bit.
 *
 * Templates are rows of `dim` single-precision numbers. Brought to length 1 (cosine
 * only): y[k] = (float)((double)x[k] / sqrt(Σ_k (double)x[k]²)), the sum in order of
 * k in double precision. Scores accumulate in order of k = 0 … dim−1 in one single-
 * precision lane a pair, each step one fused multiply-add:
 *     cosine, inner  s = fma(a[k], b[k], s)
 *     euclidean      d = a[k] − b[k];  s = fma(d, d, s);  score −sqrtf(s)
 *     chi-square     d = a[k] − b[k];  t = a[k] + b[k];
 *                    s = fma(d, t > 0 ? d / t : 0, s);  score −s
 * Distances are negated here, so that larger is more alike; score(a, b) and
 * score(b, a) are the same bits.
 *
 * A template that cannot be compared is told at once (scorer_init()): not finite, of
 * length 0 (cosine), with a negative part (chi-square), and, but for cosine, longer
 * than SCORER_MAX_LENGTH. So no score, nor anything on the way to it, is NaN or
 * infinite.
 *
 * Scores that a matcher has formed by itself are given instead (scorer_given()): a
 * matrix, of which scorer_pair() reads one. They are finite, larger is more alike; what
 * stands for a pair of which nothing was said is `unknown`, lower than any that was.
 *
 * Ownership: templates and given scores are borrowed (they may be mapped from a file);
 * the scorer owns its norms. Threads: read-only once made. Fails when: there is no memory, or `dim`
 * is 0 or beyond SCORER_MAX_DIM.
 */
#ifndef CORE_SCORER_H
#define CORE_SCORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/scores.h"

#define SCORER_MAX_DIM 65536
#define SCORER_MAX_LENGTH 0x1p62

enum template_fault {
    TEMPLATE_OK,
    TEMPLATE_NOT_FINITE, /* NaN, infinite or too long */
    TEMPLATE_ZERO,       /* cosine of no direction */
    TEMPLATE_NEGATIVE,   /* chi-square of what is no histogram */
};

struct scorer {
    enum similarity similarity;
    size_t n, dim;
    const float *templates;  /* n × dim, a row after the other; NULL: scores are given */
    const float *given;      /* n × given_columns, a row a row; or NULL */
    size_t given_columns;
    float unknown;           /* at it or below: not given; -INFINITY: all are */
    float known_above;       /* every pair beyond it is given; -INFINITY likewise */
    double *norms;           /* n, cosine only; else NULL */
    uint8_t *faults;         /* n, enum template_fault */
};

int scorer_init(struct scorer *s, enum similarity similarity, const float *templates,
                size_t n, size_t dim, struct err *err);
/*
 * Of given scores (SIMILARITY_OWN, SIMILARITY_OWN_DISTANCE), dim 1. All pairs of one
 * side: square and symmetric, one scorer for both. Of two sides: the first has the
 * matrix, its columns are the n rows of the other, which has NULL and no columns.
 */
int scorer_given(struct scorer *s, enum similarity similarity, const float *given, size_t n,
                 size_t columns, struct err *err);
void scorer_release(struct scorer *s);

/* One row as it is compared (brought to length 1 for cosine), to dim floats. */
void scorer_row(const struct scorer *s, size_t row, float *to);

/* The reference: the score of a row of one scorer and one of another (or the same),
 * of equal similarity and dim. Both templates must be without fault. */
float scorer_pair(const struct scorer *s, size_t a, const struct scorer *t, size_t b);

#endif
