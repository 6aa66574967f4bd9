/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calc: what the calculations of `misid calc` share. Only for calc*.c.
 */
#ifndef CLI_CALC_H
#define CLI_CALC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/text.h"

/* What the user asked for; NULL and NaN where an option was not given. */
struct request {
    const char *method, *fmr, *fnmr, *part, *wrong, *wrong_errors;
    const char *cells, *subjects, *images, *pairs, *errors;
    double confidence, alpha, borrow;
    bool json;
    int64_t count[4];
    double *p; /* of adjust */
    size_t n_p;
};

/* What is printed: both forms are filled, one is used. */
struct reply {
    struct text plain, json_text;
    struct json_out json;
};

enum { TAKES_METHOD = 1, TAKES_CONFIDENCE = 2, TAKES_RATES = 4, TAKES_P = 8,
       TAKES_LABELS = 16, TAKES_CELLS = 32 };

struct interval;
struct method;

struct calculation {
    const char *name;
    const char *usage; /* its arguments */
    const char *help;
    size_t counts; /* how many it takes */
    unsigned takes;
    unsigned quantity; /* for the methods; 0 if it has none */
    int (*run)(const struct calculation *c, const struct request *r,
               struct reply *to, struct err *err);
};

double calc_confidence(const struct request *r);
/* The method asked for, or the default of the quantity. */
int calc_method(const struct calculation *c, const struct request *r,
                const struct method **m, struct err *err);
/* `what` = estimate unit   95 % interval [lo, hi] unit   (Method)
 * and the same in full. */
void calc_reply_interval(struct reply *to, const char *what, const struct interval *at,
                         const struct method *m, double confidence, bool ratio);
/* "1e-4,.002" as shares from 0 to 1; NULL with a line in err if it is not. To be
 * free()d. */
double *calc_rates(const char *option, const char *list, size_t *n, struct err *err);
int calc_fmr(const struct calculation *c, const struct request *r, struct reply *to,
             struct err *err);
int calc_fnmr(const struct calculation *c, const struct request *r, struct reply *to,
              struct err *err);
int calc_label_error(const struct calculation *c, const struct request *r,
                     struct reply *to, struct err *err);

#endif
