/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evil: a study whose every name and sentence is hostile, with its findings,
 * claims and cases, for the tests of what is written from them. It lives in a
 * fresh folder, which evil_teardown() removes.
 */
#ifndef EVIL_H
#define EVIL_H

#include "test.h"

#include "model/cases.h"
#include "model/claims.h"
#include "model/findings.h"
#include "model/run.h"
#include "model/study.h"

struct fixture {
    char *dir;
    struct study study;
    struct findings findings;
    struct claims claims;
    struct cases cases;
    struct run run;
};

#define EVIL_BACKENDS 2
#define EVIL_CASES 2

extern const char *const evil_backends[EVIL_BACKENDS];
extern struct err err;

int evil_setup(void **state);
int evil_teardown(void **state);
#define WITH(test) cmocka_unit_test_setup_teardown(test, evil_setup, evil_teardown)

/* A row with the method wilson and no counts. */
struct finding *evil_add(struct fixture *f, const char *backend, const char *metric,
                         const char *group, const char *versus, double estimate,
                         double lo, double hi);
/* A file below the fixture's folder: its text, which is the caller's to free();
 * and whether it is there. */
char *evil_slurp(const struct fixture *f, const char *name);
bool evil_exists(const struct fixture *f, const char *name);
bool evil_has_gnuplot(void);
bool evil_has_python(void);

#endif
