/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own_matrix: the scores of own_scores.h as they are made, in a file, own.part, that
 * outlives the process: what was made before a kill is there when the same is asked of the
 * same backend again, unless the backend is to answer anew.
 *
 * A cell is stored once, as it stays; its bits are 0 until then, and never afterwards (a
 * score of 0 is -0). Of all pairs of one set both cells of a pair are stored. Room is taken
 * at once, so that no disk is full in the middle of it.
 *
 * Ownership: own_matrix_release(), which leaves the file; backend and outputs are
 * borrowed. Threads: cells are of those who make them; the rest one. Fails when: the file
 * cannot be made.
 */
#ifndef CLI_OWN_MATRIX_H
#define CLI_OWN_MATRIX_H

#include <string.h>

#include "backends/backend.h"
#include "model/outputs.h"

struct own_side {              /* the samples that can be compared */
    const struct outputs *o;
    size_t n, *rows;           /* of the outputs */
    const void **template;
    size_t *len;
};

struct own_matrix {
    struct backend *backend;
    struct own_side a, b;      /* all pairs: b is a */
    bool all;
    float *scores;             /* a.n × b.n */
    struct own_part *part;
    size_t mapped;
    char *path;
};

/* `b` NULL: all pairs of `a`. `way` tells apart how scores are asked for. */
int own_matrix_open(struct own_matrix *m, struct backend *backend, const struct outputs *a,
                    const struct outputs *b, int way, const char *dir, struct err *err);
void own_matrix_release(struct own_matrix *m);
/* Takes the file away. */
int own_matrix_forget(const char *dir, struct err *err);

static inline float *own_matrix_at(const struct own_matrix *m, size_t i, size_t j)
{
    return &m->scores[i * m->b.n + j];
}

static inline bool own_matrix_is_made(const struct own_matrix *m, size_t i, size_t j)
{
    uint32_t bits;

    memcpy(&bits, own_matrix_at(m, i, j), sizeof bits);
    return bits;
}

/* A pair of one set: both of its cells. */
static inline bool own_matrix_has_pair(const struct own_matrix *m, size_t i, size_t j)
{
    return own_matrix_is_made(m, i, j) && (!m->all || own_matrix_is_made(m, j, i));
}

bool own_matrix_has_row(const struct own_matrix *m, size_t i);
bool own_matrix_is_whole(const struct own_matrix *m);
/* A score as it is stored: float32, rounded towards more alike; NaN if not finite. */
float own_matrix_score(const struct own_matrix *m, double score);

/* The backend's thresholds, which a service may have told in its answers: kept once all
 * is made, and given back to the backend in a later run that need not ask. */
void own_matrix_keep_native(struct own_matrix *m);
void own_matrix_restore_native(const struct own_matrix *m);

/* own.npy (own_scores.h), of all rows of the outputs. */
int own_matrix_write(const struct own_matrix *m, const char *dir, struct err *err);

#endif
