/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs made up for tests of the history. */
#ifndef HISTORY_RUNS_H
#define HISTORY_RUNS_H

#include "history/history.h"

/* The night-th run of a study: three findings, whose estimates depend on it, a claim,
 * groups, a backend, its outcomes of six samples, margins of three people. Its id is
 * made of study and night. */
void make_run(struct history_run *r, const struct history *h, const char *study,
              int64_t night);

#endif
