/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * problems: what a data set has against it, counted and listed by kind, so that
 * nothing is dropped in silence. Some kinds are worth knowing but are nobody's
 * fault; those are notes, and a check does not fail for them.
 *
 * Every item is counted; the first PROBLEM_MAX_LISTED of a kind are kept.
 *
 * Ownership: the struct owns its texts. Threads: one a struct.
 */
#ifndef DATASETS_PROBLEMS_H
#define DATASETS_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

enum problem {
    PROBLEM_MISSING,      /* named in a table, not on disk */
    PROBLEM_UNLISTED,     /* on disk, in no table */
    PROBLEM_OUTSIDE,      /* a path that leaves the root */
    PROBLEM_UNREADABLE,   /* an image that cannot be decoded */
    PROBLEM_DUPLICATE_ROW,     /* one sample in several rows that agree */
    PROBLEM_CONFLICTING_ROWS,  /* one sample in several rows that do not */
    PROBLEM_SHARED_PATH,       /* one image under several samples */
    PROBLEM_CONTRADICTION,     /* one person with two values of what does not change */
    PROBLEM_LABEL,             /* values that the map does not know */
    PROBLEM_UNMATCHED,         /* rows of a table of labels that fit no sample */
    PROBLEM_UNLABELLED,        /* samples that a table of labels has nothing on */
    PROBLEM_SAME_CONTENT,      /* equal bytes under one person */
    PROBLEM_SAME_CONTENT_TWO,  /* equal bytes under two people */
    PROBLEM_NO_NAME,           /* rows that name no image */
    PROBLEM_TRIAL,             /* comparisons that say mated of two people, … */
    PROBLEM_LIST,         /* a list with fewer or more lines than it says */
    PROBLEM_LOOP,              /* folders that lead back to themselves */
    PROBLEM_SPREADSHEET,       /* note: values a spreadsheet took for dates */
    PROBLEM_SMALL_CELL,        /* note: too few people to see the effect */
    PROBLEM_PEOPLE_WITHOUT,    /* note: people in a table with no image here */
    PROBLEM_ABSENT,            /* note: optional tables and fields not there */
    PROBLEM_LEFT_OUT,          /* note: samples that `where` does not ask for */
    PROBLEMS
};
struct problem_kind {
    const char *name;     /* "missing-file" */
    const char *says;     /* "named in a table, not on disk" */
    bool note;
};
extern const struct problem_kind problem_kinds[PROBLEMS];

#define PROBLEM_MAX_LISTED 100000

struct problems {
    struct arena arena;
    struct problem_list {
        size_t n;            /* all there are */
        const char **items;  /* the first of them */
        size_t listed, cap;
    } lists[PROBLEMS];
};

void problems_init(struct problems *p);
void problems_release(struct problems *p);
/* `weight` is how many rows or images the line speaks of. `p` may be NULL. */
void problems_add(struct problems *p, enum problem kind, size_t weight, const char *fmt,
                  ...) __attribute__((format(printf, 4, 5)));
/* True if there is any that is not a note. */
bool problems_any(const struct problems *p);
/* `problem,kind,text` a line; `kind` is problem or note. */
int problems_write(const struct problems *p, const char *path, struct err *err);

#endif
