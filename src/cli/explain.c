/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid explain: does a gap survive what else differs between the images? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/explain_table.h"
#include "cli/options.h"
#include "stats/explain.h"

#define FEW_CLUSTERS 40 /* below it errors are too small: Cameron & Miller 2015 */

struct request {
    const char *table, *outcome, *on, *cluster, *backend, *with;
    struct option_list categories, covariates, bases;
    double confidence;
    bool json, help;
};

/* Pieces of a list with commas between, and the variables of its terms. */
struct terms {
    struct arena arena;
    const char **terms, **columns;
    size_t n_terms, n_columns;
};

static void add_column(struct terms *t, const char *name, size_t len)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (strlen(t->columns[i]) == len && !memcmp(t->columns[i], name, len))
            return;
    t->columns[t->n_columns++] = arena_strndup(&t->arena, name, len);
}

static int parse_terms(struct terms *t, const char *on, struct err *err)
{
    size_t most = strlen(on) + 1;

    t->terms = arena_array(&t->arena, most, sizeof *t->terms);
    t->columns = arena_array(&t->arena, most, sizeof *t->columns);
    for (const char *at = on, *end; at; at = *end ? end + 1 : NULL) {
        end = strchrnul(at, ',');
        const char *term = arena_strndup(&t->arena, at, (size_t)(end - at));
        t->terms[t->n_terms++] = term;
        for (const char *part = term, *stop; part; part = *stop ? stop + 1 : NULL) {
            stop = strchrnul(part, ':');
            if (stop == part)
                return err_add(err, ERR_INPUT, "explain: --on has an empty name, expected "
                               "columns with commas between, A:B for an interaction");
            add_column(t, part, (size_t)(stop - part));
        }
    }
    return 0;
}

/* What is said and printed of one analysis. */
struct report {
    const struct request *r;
    const struct explain_table *table;
    const struct explain *e;
    const bool *covariate;
    const char *what;       /* "error of my" */
    struct text covariates; /* "luminance, sharpness" */
};

static const char *level_name(const struct report *p, const struct explain_effect *f,
                              size_t level)
{
    return p->e->design.variables[f->variable].level_names[level];
}

static void add_p(struct text *t, double p)
{
    if (isnan(p))
        text_add(t, "no test");
    else if (p < 1e-4)
        text_add(t, "p < 0.0001");
    else
        text_addf(t, "p = %.4f", p);
}

static void add_points(struct text *t, const struct interval *i)
{
    text_addf(t, "%+.1f points", 100 * i->estimate);
    if (isnan(i->lo))
        text_add(t, " [no limits]");
    else
        text_addf(t, " [%+.1f, %+.1f]", 100 * i->lo, 100 * i->hi);
}

static const char *verdict_words(enum explain_verdict v, bool alone)
{
    switch (v) {
    case EXPLAIN_SURVIVES:
        return alone ? "there is a gap" : "the gap survives";
    case EXPLAIN_GONE:
        return "the gap is no longer shown: it may lie in what is held alike, or there are "
               "too few people to show it";
    case EXPLAIN_APPEARS:
        return "a gap is shown only once these are held alike";
    case EXPLAIN_REVERSED:
        return "the gap turns round";
    case EXPLAIN_NEITHER:
        return alone ? "no gap is shown, which is not that there is none"
                     : "no gap is shown either way, which is not that there is none";
    case EXPLAIN_TOO_FEW:
        return "too few people or errors to say";
    default:
        return "no finite interval: a group that always or never errs";
    }
}

static const char *const verdict_names[] = { "survives", "gone", "appears", "reversed",
                                             "neither", "too-few", "no-fit" };

static void add_head(struct text *t, const struct report *p)
{
    const struct explain_table *d = p->table;

    text_addf(t, "%s, by %s\n", p->what, p->r->on);
    text_addf(t, "%zu rows, %zu of them true, in %zu clusters%s", d->rows, d->hits,
              d->clusters, d->clusters == d->rows ? " (each row is one)" : "");
    if (d->read > d->rows) {
        text_addf(t, "; left out of %zu:", d->read);
        if (d->no_outcome)
            text_addf(t, " %zu without an outcome", d->no_outcome);
        if (d->no_cluster)
            text_addf(t, " %zu without a cluster", d->no_cluster);
        for (size_t c = 0; c < d->n_variables; c++)
            if (d->missing[c])
                text_addf(t, " %zu without %s", d->missing[c], d->variables[c].name);
    }
    text_addch(t, '\n');
    for (size_t v = 0; v < p->e->design.n_variables; v++) {
        const struct design_variable *var = &p->e->design.variables[v];
        if (var->number)
            text_addf(t, "%s: centred at its mean, %.4g, per standard deviation, %.4g\n",
                      var->name, var->mean, var->sd);
        else
            text_addf(t, "%s: against %s\n", var->name, var->level_names[var->base]);
    }
}

static void add_coefficients(struct text *t, const struct report *p)
{
    const struct explain *e = p->e;
    size_t width = strlen("odds ratio of");

    for (size_t j = 1; j < e->design.k; j++)
        if (text_columns(e->design.names[j]) > width)
            width = text_columns(e->design.names[j]);
    text_addf(t, "\n%-*s  estimate   %.6g %% interval     people\n", (int)width,
              "odds ratio of", 100 * p->r->confidence);
    for (size_t j = 1; j < e->design.k; j++) {
        struct interval o = explain_odds_ratio(&e->fit, j, p->r->confidence);
        const char *name = e->design.names[j];
        text_addf(t, "%s%*s  ", name, (int)(width - text_columns(name)), "");
        if (e->fit.state[j] == LOGIT_ALIASED) {
            text_add(t, "none: a combination of those above it, or never met\n");
            continue;
        }
        if (e->fit.state[j] == LOGIT_INFINITE) {
            text_addf(t, "%-9s  separated: no finite estimate\n",
                      o.estimate > 0 ? "unbounded" : "0");
            continue;
        }
        text_addf(t, "%-9.3g  ", o.estimate);
        size_t from = t->len;
        if (isnan(o.lo))
            text_add(t, "none");
        else
            text_addf(t, "[%.3g, %.3g]", o.lo, o.hi);
        text_addf(t, "%*s  %6zu%s\n", t->len - from < 18 ? (int)(18 - (t->len - from)) : 0,
                  "", e->people[j],
                  e->people[j] < EXPLAIN_FEW ? "  too few to say" : "");
    }
}

static void add_terms(struct text *t, const struct report *p)
{
    const struct explain *e = p->e;

    text_add(t, "\nleaving out a term\n");
    for (size_t i = 0; i < e->design.n_terms; i++) {
        const struct logit_test *w = &e->terms[i].wald, *lr = &e->terms[i].lr;
        text_addf(t, "%s: ", e->design.terms[i].name);
        if (isnan(w->p)) {
            text_add(t, "no Wald test");
        } else {
            text_addf(t, "Wald F(%g, %g) = %.3f, ", w->df1, w->df2, w->statistic);
            add_p(t, w->p);
        }
        if (isnan(lr->p)) {
            text_add(t, "; no likelihood-ratio test");
        } else {
            text_addf(t, "; likelihood ratio chi2(%g) = %.3f, ", lr->df1, lr->statistic);
            add_p(t, lr->p);
        }
        text_addch(t, '\n');
    }
}

static void add_verdicts(struct text *t, const struct report *p)
{
    const struct explain *e = p->e;

    if (e->n_effects)
        text_addf(t, "\n%s\n", e->has_covariates ? "Does the gap survive?" : "The gaps");
    for (size_t i = 0; i < e->n_effects; i++) {
        const struct explain_effect *f = &e->effects[i];
        text_addf(t, "%s=%s against %s (%zu/%zu against %zu/%zu): ",
                  e->design.variables[f->variable].name, level_name(p, f, f->level),
                  level_name(p, f, f->base), f->x, f->n, f->base_x, f->base_n);
        if (e->has_covariates) {
            add_points(t, &f->alone);
            text_addf(t, " alone; ");
        }
        add_points(t, &f->adjusted);
        if (e->has_covariates)
            text_addf(t, " with %s held alike", p->covariates.s);
        text_addf(t, ": %s.\n", verdict_words(f->verdict, !e->has_covariates));
    }
}

/* Whether some term is part of another. */
static bool has_marginal(const struct design *d)
{
    for (size_t a = 0; a < d->n_terms; a++)
        for (size_t b = 0; b < d->n_terms; b++) {
            size_t shared = 0;
            for (size_t i = 0; i < d->terms[a].n; i++)
                for (size_t j = 0; j < d->terms[b].n; j++)
                    shared += d->terms[a].variables[i] == d->terms[b].variables[j];
            if (a != b && shared == d->terms[a].n)
                return true;
        }
    return false;
}

/* What whoever quotes this must know. */
static void list_notes(const struct report *p, void (*note)(void *, const char *), void *to)
{
    const struct explain *e = p->e;
    struct text t = TEXT_INIT;

    text_addf(&t, "errors: sandwich clustered by %s, CR1 = G/(G-1) * (N-1)/(N-K); intervals "
              "by t and Wald tests by F at G-1 = %g degrees of freedom",
              p->r->cluster ? p->r->cluster : p->r->table ? "row" : "subject",
              logit_df(&e->fit));
    note(to, t.s);
    if (e->fit.clusters < FEW_CLUSTERS) {
        text_reset(&t);
        text_addf(&t, "%zu clusters: below about %d such errors come out too small",
                  e->fit.clusters, FEW_CLUSTERS);
        note(to, t.s);
    }
    if (p->table->clusters < p->table->rows)
        note(to, "the likelihood-ratio tests take rows for independent, which rows of one "
                 "cluster are not: believe Wald's");
    if (e->fit.separated) {
        text_reset(&t);
        text_addf(&t, "separated: %zu of %zu rows are told apart without error; odds ratios "
                  "marked so have no finite estimate, the others rest on the other rows. "
                  "Another --base may move what is separated", e->fit.n - e->fit.used,
                  e->fit.n);
        note(to, t.s);
    }
    if (has_marginal(&e->design))
        note(to, "a term that is also part of an interaction is tested where what it is "
                 "joined with is at its base");
    if (e->has_covariates)
        note(to, "differences are averages over these rows; a covariate that depends on the "
                 "group (how a camera exposes a face) is part of the gap, and holding it "
                 "alike does not excuse it");
    text_release(&t);
}

static void note_plain(void *to, const char *text)
{
    text_addf(to, "note: %s\n", text);
}

static void note_json(void *to, const char *text)
{
    json_string(to, NULL, text);
}

static void json_interval(struct json_out *w, const char *key, const struct interval *i)
{
    json_map(w, key);
    json_number(w, "estimate", i->estimate);
    json_number(w, "lo", i->lo);
    json_number(w, "hi", i->hi);
    json_end(w);
}

static void json_test(struct json_out *w, const char *key, const struct logit_test *t)
{
    json_map(w, key);
    json_number(w, "statistic", t->statistic);
    json_number(w, "df1", t->df1);
    json_number(w, "df2", t->df2);
    json_number(w, "p", t->p);
    json_end(w);
}

static void write_json(struct text *t, const struct report *p)
{
    static const char *const states[] = { "estimated", "aliased", "separated" };
    const struct explain *e = p->e;
    struct json_out w = json_out(t);

    json_map(&w, NULL);
    json_string(&w, "outcome", p->what);
    json_int(&w, "rows", (int64_t)p->table->rows);
    json_int(&w, "left_out", (int64_t)(p->table->read - p->table->rows));
    json_int(&w, "clusters", (int64_t)p->table->clusters);
    json_number(&w, "confidence", p->r->confidence);
    json_number(&w, "loglik", e->fit.loglik);
    json_bool(&w, "separated", e->fit.separated);
    json_list(&w, "coefficients");
    for (size_t j = 0; j < e->design.k; j++) {
        struct interval o = explain_odds_ratio(&e->fit, j, p->r->confidence);
        json_map(&w, NULL);
        json_string(&w, "name", e->design.names[j]);
        json_string(&w, "state", states[e->fit.state[j]]);
        json_number(&w, "beta", e->fit.beta[j]);
        json_number(&w, "error", logit_error(&e->fit, j));
        json_interval(&w, "odds_ratio", &o);
        json_int(&w, "people", (int64_t)e->people[j]);
        json_end(&w);
    }
    json_end(&w);
    json_list(&w, "terms");
    for (size_t i = 0; i < e->design.n_terms; i++) {
        json_map(&w, NULL);
        json_string(&w, "name", e->design.terms[i].name);
        json_test(&w, "wald", &e->terms[i].wald);
        json_test(&w, "likelihood_ratio", &e->terms[i].lr);
        json_end(&w);
    }
    json_end(&w);
    json_list(&w, "gaps");
    for (size_t i = 0; i < e->n_effects; i++) {
        const struct explain_effect *f = &e->effects[i];
        json_map(&w, NULL);
        json_string(&w, "variable", e->design.variables[f->variable].name);
        json_string(&w, "level", level_name(p, f, f->level));
        json_string(&w, "base", level_name(p, f, f->base));
        if (e->has_covariates)
            json_interval(&w, "alone", &f->alone);
        json_interval(&w, "adjusted", &f->adjusted);
        json_string(&w, "verdict", verdict_names[f->verdict]);
        json_end(&w);
    }
    json_end(&w);
    json_list(&w, "notes");
    list_notes(p, note_json, &w);
    json_end(&w);
    json_end(&w);
}

static void print_report(struct report *p)
{
    struct text t = TEXT_INIT;

    for (size_t v = 0; v < p->table->n_variables; v++)
        if (p->covariate[v])
            text_addf(&p->covariates, "%s%s", p->covariates.len ? ", " : "",
                      p->table->variables[v].name);
    if (p->r->json) {
        write_json(&t, p);
    } else {
        add_head(&t, p);
        add_coefficients(&t, p);
        add_terms(&t, p);
        add_verdicts(&t, p);
        text_addch(&t, '\n');
        list_notes(p, note_plain, &t);
    }
    fputs(t.s, stdout);
    text_release(&p->covariates);
    text_release(&t);
}

static int check_request(const struct request *r, const struct option_list *args,
                         struct err *err)
{
    if (!r->on)
        return err_add(err, ERR_INPUT, "explain: --on COLUMN,... expected");
    if (!(r->confidence > 0 && r->confidence < 1))
        return err_add(err, ERR_INPUT, "explain: --confidence is %g, expected a number "
                       "between 0 and 1", r->confidence);
    if (r->table ? args->n != 0 : args->n != 1)
        return err_add(err, ERR_INPUT, "explain: %zu arguments, expected one run folder, or "
                       "--table FILE and none", args->n);
    if (r->table && !r->outcome)
        return err_add(err, ERR_INPUT, "explain: --table without --outcome COLUMN");
    if (r->table && (r->backend || r->with))
        return err_add(err, ERR_INPUT, "explain: --%s goes with a run folder, not with "
                       "--table", r->backend ? "backend" : "with");
    if (!r->table && r->cluster && strcmp(r->cluster, "subject"))
        return err_add(err, ERR_INPUT, "explain: --cluster %s, expected subject, which rows "
                       "of a run folder are clustered by", r->cluster);
    return 0;
}

static const char *run_outcome(const char *given, struct err *err)
{
    static const char *const metrics[] = { "error", "error_with_misses", "fta" };

    for (size_t i = 0; i < 3; i++)
        if (!given || !strcmp(given, metrics[i]))
            return metrics[i];
    err_add(err, ERR_INPUT, "explain: --outcome %s, expected error, error_with_misses or fta",
            given);
    return NULL;
}

static bool is_named(const char *name, const struct option_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->items[i], name))
            return true;
    return false;
}

static int check_named(const struct request *r, const struct terms *terms, struct err *err)
{
    const struct option_list *lists[] = { &r->categories, &r->covariates, &r->bases };
    static const char *const names[] = { "category", "covariate", "base" };

    for (size_t l = 0; l < 3; l++)
        for (size_t i = 0; i < lists[l]->n; i++) {
            const char *item = lists[l]->items[i];
            size_t c = 0, len = l == 2 ? strcspn(item, "=") : strlen(item);
            while (c < terms->n_columns && (strlen(terms->columns[c]) != len ||
                                            memcmp(terms->columns[c], item, len)))
                c++;
            if (c == terms->n_columns || (l == 2 && !item[len]))
                return err_add(err, ERR_INPUT, "explain: --%s %s, expected %s of --on",
                               names[l], item, l == 2 ? "COLUMN=VALUE" : "a column");
        }
    return 0;
}

static int explain(const struct request *r, const struct option_list *args, struct err *err)
{
    struct terms terms = { .arena = ARENA_INIT };
    struct explain_table table = { .rows = 0 };
    const char *backend = r->backend;
    int code = parse_terms(&terms, r->on, err);
    struct explain_want want = { r->outcome, r->cluster, terms.columns, terms.n_columns,
                                 &r->categories, &r->bases };

    if (!code)
        code = check_named(r, &terms, err);
    if (!code && r->table) {
        code = explain_table_csv(&table, r->table, &want, err);
    } else if (!code) {
        want.cluster = "subject";
        if (!(want.outcome = run_outcome(r->outcome, err)))
            code = ERR_INPUT;
        else
            code = explain_table_run(&table, args->items[0], &backend, r->with, &want, err);
    }
    if (!code) {
        bool *covariate = mem_array(terms.n_columns, sizeof *covariate);
        for (size_t v = 0; v < table.n_variables; v++)
            covariate[v] = table.variables[v].number ||
                           is_named(table.variables[v].name, &r->covariates);
        const struct explain_input in = { table.variables, covariate, table.n_variables,
                                          terms.terms, terms.n_terms, table.rows, table.y,
                                          table.cluster, r->confidence };
        struct explain e;
        if (!(code = explain_make(&e, &in, err))) {
            char *what = r->table ? mem_strdup(want.outcome)
                                  : mem_printf("%s of %s", want.outcome, backend);
            struct report report = { r, &table, &e, covariate, what, TEXT_INIT };
            print_report(&report);
            free(what);
            explain_release(&e);
        }
        free(covariate);
    }
    explain_table_release(&table);
    arena_release(&terms.arena);
    return code;
}

int explain_main(int argc, char **argv)
{
    struct request r = { .confidence = .95 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "on", "A,B,A:B,...", "what to explain by; A:B is an interaction",
          &r.on },
        { OPTION_TEXT, "table", "FILE.csv", "any table in place of a run folder", &r.table },
        { OPTION_TEXT, "outcome", "COLUMN",
          "0 or 1 in the table; of a run error, error_with_misses or fta", &r.outcome },
        { OPTION_TEXT, "cluster", "COLUMN", "whose rows belong together (of a run: subject)",
          &r.cluster },
        { OPTION_TEXT, "backend", "NAME", "of the run, where it has several", &r.backend },
        { OPTION_TEXT, "with", "FILE.csv", "further columns of the run's samples, by a "
          "column sample", &r.with },
        { OPTION_LIST, "category", "COLUMN", "numbers that are names; may be repeated",
          &r.categories },
        { OPTION_LIST, "covariate", "COLUMN",
          "a category that is held alike, not a group; may be repeated", &r.covariates },
        { OPTION_LIST, "base", "COLUMN=VALUE",
          "the value others are set against (default: the most frequent)", &r.bases },
        { OPTION_NUMBER, "confidence", "C", "of the intervals (default: 0.95)",
          &r.confidence },
        { OPTION_FLAG, "json", NULL, "print JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("explain", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid explain RUN --on COLUMN,... [OPTION]...\n"
             "       misid explain --table FILE.csv --outcome COLUMN --on COLUMN,... "
             "[OPTION]...\n\nFits a logistic regression of error on groups and covariates, "
             "with errors that\nknow whose rows belong together, and says whether the gap "
             "between groups\nsurvives the covariates.\n");
        options_print(table);
    } else if (!code && !(code = check_request(&r, &args, &err))) {
        code = explain(&r, &args, &err);
    }
    option_list_release(&args);
    option_list_release(&r.categories);
    option_list_release(&r.covariates);
    option_list_release(&r.bases);
    return code ? cli_fail(&err) : EXIT_DONE;
}
