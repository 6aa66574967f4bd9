/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases: named cases, one a row: whom a backend was shown, what it said. A
 * list of cases has no denominator: nobody says how many faces were shown, and
 * no rate is ever computed from it. cases.csv has the columns
 *     case,person,backend,said,confidence,wrong,source
 * `person` and `backend` may be empty where the source does not say; `said` is
 * what the backend answered, in its words; `confidence` is empty or 0 to 1;
 * `wrong` is yes, no, or empty where that is not known.
 *
 * Ownership: the list owns its strings. Threads: read-only once loaded.
 */
#ifndef MODEL_CASES_H
#define MODEL_CASES_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

struct named_case {
    const char *id, *person, *backend, *said, *wrong, *source;
    double confidence; /* NaN where not known */
};

struct cases {
    struct arena arena;
    struct named_case *cases;
    size_t n, cap;
};

/* Named cases are told one by one; more than this is a data set. */
#define CASES_MAX 5000

int cases_read(struct cases *c, const char *path, struct err *err);
/* One more, whose texts are copied. */
void cases_add(struct cases *c, const struct named_case *one);
void cases_release(struct cases *c);
void cases_to_csv(const struct cases *c, struct text *to);

#endif
