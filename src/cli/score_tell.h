/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `misid score` says: progress while it works, and what there is at the end. */
#ifndef CLI_SCORE_TELL_H
#define CLI_SCORE_TELL_H

#include <stdint.h>

#include "model/scores.h"

struct score_progress {
    double start, told;        /* seconds of the monotonic clock */
    uint64_t before;           /* pairs that an earlier run had done */
    bool begun;
};

void score_progress_begin(struct score_progress *p, uint64_t before);
/* As count_hooks wants it; on stderr. */
void score_progress_show(void *progress, uint64_t pairs, uint64_t of);
void score_progress_end(const struct score_progress *p);

void score_tell_words(const struct scores *s, const char *dir, double seconds,
                      struct text *to);
void score_tell_json(const struct scores *s, const char *dir, struct text *to);

#endif
