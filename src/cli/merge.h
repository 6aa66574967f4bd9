/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge: parts of one work, made with --shard, become what the whole work would have
 * written, bit for bit (but for times). A file a stage; merge.c has the table of stages.
 *
 * Ownership: the caller's. Threads: one. Fails when: parts contradict each other, or the
 * folder cannot be written.
 */
#ifndef CLI_MERGE_H
#define CLI_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "cli/shard.h"

struct merge_request {
    const char *out;
    const struct part *parts;  /* all of them, in their order */
    size_t n;
    bool json;
    struct text words;         /* what there is to say at the end */
};

int merge_embed(struct merge_request *r, struct err *err);
int merge_ingest(struct merge_request *r, struct err *err);
int merge_score(struct merge_request *r, struct err *err);

#endif
