/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid calc: the estimators on their own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/calc.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "stats/adjust.h"
#include "stats/disparity.h"
#include "stats/exact.h"
#include "stats/methods.h"

/* Digits behind the point that show three digits of `width`. */
static int decimals(double width, int least)
{
    if (!(width > 0) || isinf(width))
        return least;
    int n = 2 - (int)floor(log10(width));
    return n < least ? least : n;
}

static void add_number(struct text *t, double v, int digits)
{
    if (isnan(v))
        text_add(t, "undefined");
    else if (isinf(v))
        text_add(t, "unbounded");
    else if (digits > 12 || fabs(v) >= 1e9)
        text_addf(t, "%.4g", v);
    else
        text_addf(t, "%.*f", digits, v);
}

static void add_p(struct text *t, double p, double floor_of_method)
{
    if (p <= floor_of_method)
        text_addf(t, "p < %g", floor_of_method);
    else
        text_addf(t, "p = %.4g", p);
}

void calc_reply_interval(struct reply *to, const char *what, const struct interval *at,
                         const struct method *m, double confidence, bool ratio)
{
    const unsigned rates = FOR_PROPORTION | FOR_DYADS | FOR_PEOPLE;
    double unit = ratio ? 1 : 100, span = isinf(at->hi) ? at->lo : at->hi - at->lo;
    int digits = decimals(unit * span, ratio ? 3 : 2);
    const char *name = ratio ? "" : m->quantities & rates ? " %" : " points";
    struct text *t = &to->plain;

    text_addf(t, "%s = ", what);
    add_number(t, unit * at->estimate, digits);
    text_addf(t, "%s   %.6g %% interval [", isnan(at->estimate) ? "" : name,
              100 * confidence);
    add_number(t, unit * at->lo, digits);
    text_add(t, ", ");
    add_number(t, unit * at->hi, digits);
    text_addf(t, "]%s   (%s)\n", name, m->title);
    text_addf(t, "in full: %.10g [%.10g, %.10g]\n", at->estimate, at->lo, at->hi);
    json_number(&to->json, "estimate", at->estimate);
    json_number(&to->json, "lo", at->lo);
    json_number(&to->json, "hi", at->hi);
    json_string(&to->json, "method", m->name);
    json_number(&to->json, "confidence", confidence);
}

int calc_method(const struct calculation *c, const struct request *r,
                const struct method **m, struct err *err)
{
    size_t n;
    const struct method *table = method_table(&n);
    struct text known = TEXT_INIT;

    *m = r->method ? method_find(r->method) : method_default(c->quantity);
    if (*m && (*m)->quantities & c->quantity)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (table[i].quantities & c->quantity)
            text_addf(&known, "%s%s", known.len ? ", " : "", table[i].name);
    int code = err_add(err, ERR_INPUT, "no method '%s' of a %s, expected %s", r->method,
                       c->name, known.s);
    text_release(&known);
    return code;
}

double calc_confidence(const struct request *r)
{
    return isnan(r->confidence) ? 0.95 : r->confidence;
}

static int run_proportion(const struct calculation *c, const struct request *r,
                          struct reply *to, struct err *err)
{
    const struct method *m;
    struct interval at;
    int code = calc_method(c, r, &m, err);

    if (code < 0)
        return code;
    code = m->proportion(r->count[0], r->count[1], calc_confidence(r), &at, err);
    if (code < 0)
        return code;
    char *what = mem_printf("%lld/%lld", (long long)r->count[0], (long long)r->count[1]);
    calc_reply_interval(to, what, &at, m, calc_confidence(r), false);
    free(what);
    return 0;
}

static int run_contrast(const struct calculation *c, const struct request *r,
                        struct reply *to, struct err *err)
{
    bool ratio = c->quantity == FOR_RATIO;
    const int64_t *k = r->count;
    double confidence = calc_confidence(r), same = ratio ? 1 : 0, p;
    const struct method *m;
    struct interval at;
    int code = calc_method(c, r, &m, err);

    if (code < 0 ||
        (code = (ratio ? m->ratio : m->difference)(k[0], k[1], k[2], k[3], confidence,
                                                   &at, err)) < 0 ||
        (code = contrast_p(m, c->quantity, k[0], k[1], k[2], k[3], same, &p, err)) < 0)
        return code;
    char *what = mem_printf(ratio ? "(%lld/%lld) / (%lld/%lld)" : "%lld/%lld - %lld/%lld",
                            (long long)k[0], (long long)k[1], (long long)k[2],
                            (long long)k[3]);
    calc_reply_interval(to, what, &at, m, confidence, ratio);
    free(what);
    add_p(&to->plain, p, CONTRAST_P_FLOOR);
    text_addf(&to->plain, " against a %s of %g (two-sided, from the interval)\n", c->name,
              same);
    return 0;
}

static void reply_p(struct reply *to, double p, const char *test)
{
    add_p(&to->plain, p, 1e-300);
    text_addf(&to->plain, " (%s, two-sided)\n", test);
    json_number(&to->json, "p", p);
}

static int run_fisher(const struct calculation *c, const struct request *r,
                      struct reply *to, struct err *err)
{
    const int64_t *k = r->count;
    double p;
    int code = exact_fisher(k[0], k[1], k[2], k[3], &p, err);

    (void)c;
    if (code < 0)
        return code;
    text_addf(&to->plain, "%lld of %lld against %lld of %lld: ", (long long)k[0],
              (long long)(k[0] + k[1]), (long long)k[2], (long long)(k[2] + k[3]));
    reply_p(to, p, "Fisher's exact test");
    return 0;
}

static int run_mcnemar(const struct calculation *c, const struct request *r,
                       struct reply *to, struct err *err)
{
    double p;
    int code = exact_mcnemar(r->count[0], r->count[1], &p, err);

    (void)c;
    if (code < 0)
        return code;
    text_addf(&to->plain, "%lld against %lld discordant pairs: ", (long long)r->count[0],
              (long long)r->count[1]);
    reply_p(to, p, "McNemar's exact test");
    return 0;
}

static int run_adjust(const struct calculation *c, const struct request *r,
                      struct reply *to, struct err *err)
{
    size_t n;
    const struct adjustment *a = adjustment_table(&n);

    (void)c;
    if (r->method && !(a = adjustment_find(r->method)))
        return err_add(err, ERR_INPUT, "no method '%s' of adjust, expected holm or bh",
                       r->method);
    double *out = mem_array(r->n_p, sizeof *out);
    a->adjust(r->p, r->n_p, out);
    text_addf(&to->plain, "%-14s adjusted (%s, %zu tests)\n", "p", a->title, r->n_p);
    json_list(&to->json, "p_adj");
    for (size_t i = 0; i < r->n_p; i++) {
        text_addf(&to->plain, "%-14.8g %.8g\n", r->p[i], out[i]);
        json_number(&to->json, NULL, out[i]);
    }
    json_end(&to->json);
    free(out);
    return 0;
}

double *calc_rates(const char *option, const char *list, size_t *n, struct err *err)
{
    double *rates = NULL, rate;
    size_t cap = 0;

    *n = 0;
    if (!list) {
        err_add(err, ERR_INPUT, "disparity needs --%s, expected rates with commas between",
                option);
        return NULL;
    }
    for (const char *at = list, *end; at; at = *end ? end + 1 : NULL) {
        end = strchrnul(at, ',');
        char *item = mem_strndup(at, (size_t)(end - at));
        bool good = num_parse_double(item, &rate) && rate >= 0 && rate <= 1;
        if (!good)
            err_add(err, ERR_INPUT, "--%s has '%s', expected rates from 0 to 1", option,
                    item);
        free(item);
        if (!good) {
            free(rates);
            return NULL;
        }
        MEM_ROOM(rates, *n, cap);
        rates[(*n)++] = rate;
    }
    return rates;
}

static void measure(struct reply *to, const char *key, const char *about, double value)
{
    text_addf(&to->plain, "%-12s ", key);
    if (isnan(value) || isinf(value))
        add_number(&to->plain, value, 0);
    else
        text_addf(&to->plain, "%-12.7g", value);
    text_addf(&to->plain, " %s\n", about);
    json_number(&to->json, key, value);
}

static int reply_disparity(const double *fmr, size_t n, const double *fnmr,
                           size_t n_fnmr, double alpha, struct reply *to,
                           struct err *err)
{
    if (n != n_fnmr)
        return err_add(err, ERR_INPUT,
                       "--fmr has %zu rates and --fnmr %zu, expected one a group in both",
                       n, n_fnmr);
    if (n < 2)
        return err_add(err, ERR_INPUT, "rates of one group, expected two groups or more");
    if (!(alpha >= 0 && alpha <= 1))
        return err_add(err, ERR_INPUT, "--alpha is %g, expected 0 to 1", alpha);
    text_addf(&to->plain, "%zu groups, alpha %g\n", n, alpha);
    measure(to, "fdr", "fairness discrepancy rate; 1 is fair",
            disparity_fdr(fmr, fnmr, n, alpha));
    measure(to, "ir", "inequity rate; 1 is fair", disparity_ir(fmr, fnmr, n, alpha));
    measure(to, "garbe", "Gini aggregation rate; 0 is fair",
            disparity_garbe(fmr, fnmr, n, alpha));
    measure(to, "gini_fmr", "Gini coefficient of the FMRs", disparity_gini(fmr, n));
    measure(to, "gini_fnmr", "Gini coefficient of the FNMRs", disparity_gini(fnmr, n));
    measure(to, "max_min", "largest FMR over the smallest", disparity_max_min(fmr, n));
    measure(to, "max_geomean", "largest FMR over the geometric mean",
            disparity_max_geomean(fmr, n));
    return 0;
}

static int run_disparity(const struct calculation *c, const struct request *r,
                         struct reply *to, struct err *err)
{
    size_t n = 0, n_fnmr = 0;
    double *fmr = calc_rates("fmr", r->fmr, &n, err);
    double *fnmr = fmr ? calc_rates("fnmr", r->fnmr, &n_fnmr, err) : NULL;
    int code = err->code;

    (void)c;
    if (fmr && fnmr)
        code = reply_disparity(fmr, n, fnmr, n_fnmr, isnan(r->alpha) ? 0.5 : r->alpha,
                               to, err);
    free(fmr);
    free(fnmr);
    return code;
}

static const struct calculation calculations[] = {
    { "proportion", "X N", "the rate of X in N independent trials", 2,
      TAKES_METHOD | TAKES_CONFIDENCE, FOR_PROPORTION, run_proportion },
    { "difference", "X1 N1 X2 N2", "X1/N1 less X2/N2, the rates of different people", 4,
      TAKES_METHOD | TAKES_CONFIDENCE, FOR_DIFFERENCE, run_contrast },
    { "ratio", "X1 N1 X2 N2", "X1/N1 over X2/N2, the rates of different people", 4,
      TAKES_METHOD | TAKES_CONFIDENCE, FOR_RATIO, run_contrast },
    { "fisher", "A B C D",
      "Fisher's exact test of the table with the rows A B and C D", 4, 0, 0, run_fisher },
    { "mcnemar", "B C",
      "two backends on the same samples: B only the first got wrong, C the second", 2, 0,
      0, run_mcnemar },
    { "adjust", "P...", "p-values for their number, in the order given", 0,
      TAKES_METHOD | TAKES_P, 0, run_adjust },
    { "disparity", "--fmr A,B,... --fnmr A,B,... [--alpha A]",
      "measures of how far groups are apart; max_min and max_geomean are of FMRs", 0,
      TAKES_RATES, 0, run_disparity },
    { "fmr", "--subjects N | --images N,N,...[/N,N,...] | --cells FILE [--pairs S-T,...]",
      "false matches among all pairs of people, who are in many comparisons each", 0,
      TAKES_METHOD | TAKES_CONFIDENCE | TAKES_CELLS, FOR_DYADS, calc_fmr },
    { "fnmr", "--images N,N,... --errors X,X,... | --cells FILE",
      "errors among several trials of each person", 0,
      TAKES_METHOD | TAKES_CONFIDENCE | TAKES_CELLS, FOR_PEOPLE, calc_fnmr },
    { "label-error", "X1 N1 X2 N2 [--label PART] [--wrong A,B] [--wrong-errors A,B]",
      "how many wrong labels undo the gap X1/N1 over X2/N2; the rates without them", 4,
      TAKES_LABELS | TAKES_CONFIDENCE, 0, calc_label_error },
};

#define N_CALCULATIONS (sizeof calculations / sizeof *calculations)

static const struct calculation *find(const char *name, struct err *err)
{
    struct text known = TEXT_INIT;

    for (size_t i = 0; i < N_CALCULATIONS && name; i++)
        if (!strcmp(calculations[i].name, name))
            return &calculations[i];
    for (size_t i = 0; i < N_CALCULATIONS; i++)
        text_addf(&known, "%s%s", i ? ", " : "", calculations[i].name);
    if (name)
        err_add(err, ERR_INPUT, "no calculation '%s', expected one of %s", name, known.s);
    else
        err_add(err, ERR_INPUT, "no calculation given, expected one of %s", known.s);
    text_release(&known);
    return NULL;
}

static void print_help(const struct calculation *only, const struct option *table)
{
    for (size_t i = 0; i < N_CALCULATIONS; i++) {
        const struct calculation *c = &calculations[i];
        if (!only || only == c)
            printf("%s misid calc %s %s\n           %s\n",
                   only || i == 0 ? "usage:" : "      ", c->name, c->usage, c->help);
    }
    putchar('\n');
    options_print(table);
}

static void print_methods(const struct calculation *c)
{
    size_t n, n_adjustments;
    const struct method *m = method_table(&n);
    const struct adjustment *a = adjustment_table(&n_adjustments);

    for (size_t i = 0; i < n; i++)
        if (m[i].quantities & c->quantity)
            printf("%-20s %s%s\n%20s %s\n", m[i].name, m[i].summary,
                   &m[i] == method_default(c->quantity) ? " (default)" : "", "",
                   m[i].source);
    for (size_t i = 0; i < n_adjustments && c->takes & TAKES_P; i++)
        printf("%-20s %s%s\n%20s %s\n", a[i].name, a[i].summary, i ? "" : " (default)",
               "", a[i].source);
}

/* The arguments behind the calculation's name, and that every option is its. */
static int read_arguments(const struct calculation *c, const struct option_list *args,
                          struct request *r, struct err *err)
{
    size_t given = args->n - 1;
    const char *stray = r->method && !(c->takes & TAKES_METHOD)               ? "method"
                        : !isnan(r->confidence) && !(c->takes & TAKES_CONFIDENCE)
                            ? "confidence"
                        : (r->fmr || r->fnmr || !isnan(r->alpha)) &&
                                !(c->takes & TAKES_RATES)
                            ? "fmr, --fnmr or --alpha"
                        : (r->part || r->wrong || r->wrong_errors) &&
                                !(c->takes & TAKES_LABELS)
                            ? "label, --wrong or --wrong-errors"
                        : (r->cells || r->subjects || r->images || r->pairs || r->errors ||
                           !isnan(r->borrow)) &&
                                !(c->takes & TAKES_CELLS)
                            ? "cells, --subjects, --images, --pairs, --errors or --borrow"
                            : NULL;

    if (stray)
        return err_add(err, ERR_INPUT, "%s takes no --%s, expected %s", c->name, stray,
                       c->usage);
    if (c->takes & TAKES_P ? given == 0 : given != c->counts)
        return err_add(err, ERR_INPUT, "%s got %zu argument%s, expected %s", c->name,
                       given, given == 1 ? "" : "s", c->usage);
    if (!(c->takes & TAKES_P)) {
        for (size_t i = 0; i < given; i++)
            if (!num_parse_int64(args->items[i + 1], &r->count[i]))
                return err_add(err, ERR_INPUT,
                               "%s got '%s', expected whole numbers %s", c->name,
                               args->items[i + 1], c->usage);
        return 0;
    }
    r->p = mem_array(given, sizeof *r->p);
    for (r->n_p = 0; r->n_p < given; r->n_p++) {
        double *p = &r->p[r->n_p];
        const char *item = args->items[r->n_p + 1];
        if (!num_parse_double(item, p) || !(*p >= 0 && *p <= 1))
            return err_add(err, ERR_INPUT, "%s got '%s', expected p-values from 0 to 1",
                           c->name, item);
    }
    return 0;
}

static int calculate(const struct calculation *c, const struct request *r,
                     struct err *err)
{
    struct reply to = { TEXT_INIT, TEXT_INIT, { 0 } };

    to.json = json_out(&to.json_text);
    json_map(&to.json, NULL);
    int code = c->run(c, r, &to, err);
    if (code >= 0) {
        json_end(&to.json);
        fputs(r->json ? to.json_text.s : to.plain.s, stdout);
    }
    text_release(&to.plain);
    text_release(&to.json_text);
    return code;
}

/* The lines of `why`, each behind the command's name. */
static int fail(struct err *why)
{
    struct err err = ERR_INIT;
    int code = why->code;

    for (const char *line = err_text(why), *end; *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        err_add(&err, code, "calc: %.*s", (int)(end - line), line);
    }
    err_release(why);
    return cli_fail(&err);
}

int calc_main(int argc, char **argv)
{
    struct request r = { .confidence = NAN, .alpha = NAN, .borrow = NAN };
    struct option_list args = { 0 };
    bool want_help = false;
    const struct option table[] = {
        { OPTION_TEXT, "method", "NAME", "how; `help` lists what there is", &r.method },
        { OPTION_NUMBER, "confidence", "C", "of the interval (default: 0.95)",
          &r.confidence },
        { OPTION_TEXT, "fmr", "A,B,...", "false-match rates, one a group", &r.fmr },
        { OPTION_TEXT, "fnmr", "A,B,...", "false-non-match rates of the same groups",
          &r.fnmr },
        { OPTION_NUMBER, "alpha", "A", "weight of the FMRs (default: 0.5)", &r.alpha },
        { OPTION_TEXT, "subjects", "N", "people of one image each", &r.subjects },
        { OPTION_TEXT, "images", "N,N,...", "images (fnmr: trials) of each person; with"
          " a / the people of two groups", &r.images },
        { OPTION_TEXT, "pairs", "S-T,S-T:X,...", "people from 1 who were falsely matched,"
          " X times", &r.pairs },
        { OPTION_TEXT, "errors", "X,X,...", "errors of each person", &r.errors },
        { OPTION_TEXT, "cells", "FILE", "a table first,second,n,x (fnmr: subject,n,x)",
          &r.cells },
        { OPTION_NUMBER, "borrow", "D", "design effect of a lower threshold",
          &r.borrow },
        { OPTION_TEXT, "label", "PART", "what labels say: group, truth or both",
          &r.part },
        { OPTION_TEXT, "wrong", "A,B",
          "shares of labels that are wrong, of the first and of the second group",
          &r.wrong },
        { OPTION_TEXT, "wrong-errors", "A,B", "the same among the faces in error",
          &r.wrong_errors },
        { OPTION_FLAG, "json", NULL, "print JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "print this", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err options = ERR_INIT, err = ERR_INIT;
    const struct calculation *c = NULL;
    int status = EXIT_DONE;

    if (options_parse("calc", table, argc, argv, &args, &options) < 0) {
        status = cli_fail(&options);
    } else if (want_help && args.n == 0) {
        print_help(NULL, table);
    } else if (!(c = find(args.n ? args.items[0] : NULL, &err))) {
        status = fail(&err);
    } else if (want_help) {
        print_help(c, table);
    } else if (r.method && !strcmp(r.method, "help") && c->takes & TAKES_METHOD) {
        print_methods(c);
    } else if (read_arguments(c, &args, &r, &err) < 0 || calculate(c, &r, &err) < 0) {
        status = fail(&err);
    }
    free(r.p);
    option_list_release(&args);
    return status;
}
