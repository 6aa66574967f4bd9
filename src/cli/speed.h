/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speed: how fast a backend was in one run against another, each held against the
 * calibration measured in the same run (base/machine.h), so that machines may differ.
 *
 * What one night says is not exact: other work on the machine, heat and the clock move it.
 * How much is learnt from the history: the standard deviation of a night's logarithm is
 * the median of |differences of nights that follow one another| / (.6745·√2), over the
 * last SPEED_NIGHTS nights of the backend, those on machines of the run's class if there
 * are SPEED_LEAST of them; a step in between moves it little. With fewer nights, or no
 * history, it must be stated (`noise`).
 *
 * The baseline is the mean of up to SPEED_BASE nights that end with it and have its
 * fingerprint. Log of the quotient ∓ t·sd·√(1 + 1/nights), at half as many degrees of
 * freedom as there are differences (the efficiency of the median), at least 2; infinite
 * where the noise is stated.
 *
 * Ownership: borrowed, but for `why`, in the arena. Threads: one.
 */
#ifndef CLI_SPEED_H
#define CLI_SPEED_H

#include "history/history.h"
#include "stats/decide.h"

enum { SPEED_NIGHTS = 60, SPEED_LEAST = 5, SPEED_BASE = 10 };

struct speed {
    bool measured;             /* both runs have both numbers */
    bool judged;               /* and the noise is known */
    double before, after;      /* images a second over rounds of the calibration a second */
    double noise;              /* standard deviation of a night's logarithm */
    size_t nights, base;       /* it was learnt from; of the baseline */
    struct decide_times times; /* log of after over the baseline's mean */
    const char *why;           /* where not judged; else "" */
};

/* `noise` NaN: learnt. `h` may be NULL. */
int speed_compare(struct history *h, const struct history_run *before,
                  const char *backend, const struct history_run *after,
                  const char *backend_after, double noise, struct speed *out,
                  struct err *err);

#endif
