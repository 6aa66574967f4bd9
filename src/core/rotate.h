/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rotate: new directions for templates, in which the first few hold most of their
 * length: the principal directions about the origin of a sample of them (Jolliffe,
 * Principal Component Analysis, 2nd ed., 2002), the strongest first. Each
 * ROTATE_STEP of them in turn are mixed by a Hadamard matrix, so that no number of a
 * step is much larger than the others and 8 bits fit all of them alike.
 *
 * Nothing rests on the directions being right, only on how far they are from
 * orthogonal, and that is measured: with P the m × dim matrix of the directions,
 *     ‖P Pᵀ − I‖ (Frobenius) <= defect.
 * The computed coordinates of a row x of length 1 (its numbers rounded to single
 * precision) are within `error` of P x, in length.
 *
 * Where there are few rows, or more than ROTATE_MAX_DIM numbers in one, finding the
 * directions would cost more than it saves: then they are the numbers of a template
 * themselves, those with the most length first, and the defect is 0.
 *
 * Directions beyond those that hold all but ROTATE_REST of the squared length in the
 * sample are left out. Threads: read-only once made. The same rows give the same
 * directions.
 */
#ifndef CORE_ROTATE_H
#define CORE_ROTATE_H

#include <stddef.h>
#include <stdint.h>

#include "core/scorer.h"

#define ROTATE_STEP 32
#define ROTATE_MAX_DIM 2048
#define ROTATE_REST 1e-4

struct rotation {
    size_t dim;            /* numbers of a template */
    size_t width;          /* the same, and zeros to whole vectors */
    size_t m;              /* directions */
    float *directions;     /* m × width (and a row of zeros), or NULL: */
    uint32_t *order;       /* number order[i] of a template is coordinate i */
    double defect, error;
};

/* Of the rows of both scorers, which may be the same. */
void rotation_init(struct rotation *r, const struct scorer *a, const struct scorer *b);
void rotation_release(struct rotation *r);

/* Coordinates of ROTATE_ROWS rows of `width` numbers, the last of them zeros beyond
 * `dim`; those of row i at to + i × stride, which has room for m + 1. */
#define ROTATE_ROWS 4
void rotation_apply(const struct rotation *r, const float *rows, float *to, size_t stride);

#endif
