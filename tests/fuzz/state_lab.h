/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small count of each kind, for the states that fuzz_state reads and seeds_state
 * makes: all pairs, all pairs in tail mode, probes and a gallery, listed trials. */
#ifndef STATE_LAB_H
#define STATE_LAB_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/count.h"

#define STATE_KINDS 4
#define STATE_ROWS 12
#define STATE_DIM 3

struct state_lab {
    float x[STATE_ROWS * STATE_DIM];
    uint32_t template[STATE_ROWS], person[STATE_ROWS], group[STATE_ROWS];
    struct scorer scorer;
    struct count_trial trials[3];
    struct count_setup setup;
    struct scores scores;
    struct count *count;
};

static inline void state_lab_begin(struct state_lab *lab, size_t kind)
{
    static char *groups[] = { (char *)"f", (char *)"m" };
    static double thresholds[] = { .1, .6 };

    memset(lab, 0, sizeof *lab);
    for (uint32_t i = 0; i < STATE_ROWS; i++) {
        for (uint32_t k = 0; k < STATE_DIM; k++)
            lab->x[i * STATE_DIM + k] = (float)((i * 7 + k * 5) % 11) - 5;
        lab->template[i] = i == 5 ? COUNT_NONE : i;
        lab->person[i] = i / 2;
        lab->group[i] = i == 7 ? COUNT_NONE : i % 4 / 2;
    }
    if (scorer_init(&lab->scorer, SIMILARITY_COSINE, lab->x, STATE_ROWS, STATE_DIM, NULL))
        abort();
    lab->setup = (struct count_setup){
        .a = { .scorer = &lab->scorer, .n = STATE_ROWS, .template = lab->template,
               .person = lab->person, .group = lab->group },
        .threads = 1, .asked = NAN, .kernel = sweep_kernel(NULL),
    };
    scores_init(&lab->scores);
    lab->scores.similarity = SIMILARITY_COSINE;
    lab->scores.groups = groups;
    lab->scores.n_groups = 2;
    lab->scores.thresholds = thresholds;
    lab->scores.n_thresholds = 2;
    lab->scores.bins = 16;
    lab->scores.cap = 20;
    lab->scores.n_subjects = STATE_ROWS / 2;
    lab->scores.tail = kind == 1;
    if (kind == 2) {
        lab->setup.b = lab->setup.a;
        lab->scores.gallery = true;
        lab->scores.top = 2;
    }
    if (kind == 3) {
        lab->trials[0] = (struct count_trial){ 0, 1, true };
        lab->trials[1] = (struct count_trial){ 2, 9, false };
        lab->trials[2] = (struct count_trial){ 4, 5, true };
        lab->setup.trials = lab->trials;
        lab->setup.n_trials = 3;
        lab->scores.listed = true;
    }
    if (count_new(&lab->count, &lab->setup, &lab->scores, NULL))
        abort();
}

static inline void state_lab_end(struct state_lab *lab)
{
    count_free(lab->count);
    scores_release(&lab->scores);
    scorer_release(&lab->scorer);
}

#endif
