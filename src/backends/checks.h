/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checks: whether a backend does what misid-backend(7) asks of it, found out by asking
 * it many things: the same image twice, in another order, in a batch, of another
 * process; templates without classes; pictures of one pixel; templates against
 * themselves; and how it ends.
 *
 * What is wrong is a fault: one line, once whatever numbers are in it, with the images
 * it was seen at. What could
 * not be looked at is a note.
 *
 * Ownership: checks_release(). Threads: one. Fails where there is nothing to check: no
 * such program, an option that it does not know.
 */
#ifndef BACKENDS_CHECKS_H
#define BACKENDS_CHECKS_H

#include "backends/backend.h"

struct checks_fault {
    const char *what;
    const char *image;     /* the first it was seen at, "" : not of an image */
    size_t times;
};

struct checks {
    struct arena arena;
    const char *program;   /* what it calls itself, with its version */
    struct checks_fault *faults;
    size_t n_faults, faults_cap;
    const char **notes;
    size_t n_notes, notes_cap;
    size_t asked, found;   /* images asked for once each, and those with a face */
    double start, median;  /* seconds to open it, and of an image */
};

struct checks_image {
    const char *name;
    struct view view;
};

struct checks_options {
    const struct checks_image *images;
    size_t n;              /* at least 2 */
    double slow;           /* seconds that an image may take, in the median */
};

int checks_run(struct checks *c, const char *spec, const struct checks_options *options,
               struct err *err);
void checks_release(struct checks *c);

#endif
