/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid dataset: what sets there are, how they are read, what is in them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/places.h"
#include "cli/cli.h"
#include "cli/dataset_options.h"
#include "cli/dataset_report.h"
#include "cli/look.h"
#include "datasets/balance.h"
#include "datasets/census.h"
#include "datasets/guess.h"
#include "model/study.h"

static int usage(const char *line, const char *about, const struct option *table)
{
    printf("usage: misid dataset %s\n\n%s\n\n", line, about);
    options_print(table);
    return EXIT_DONE;
}

static int dataset_list_main(int argc, char **argv, struct err *err)
{
    bool json = false, want_help = false;
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_FLAG, "json", NULL, "print the list as JSON", &json },
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    int code = options_parse("dataset list", table, argc, argv, &args, err);

    if (!code && want_help) {
        usage("list [OPTION]...", "The data sets misid knows: what each is, and whether it "
              "is read from images and\ntables or is a published audit's counts.", table);
    } else if (!code && args.n) {
        code = err_add(err, ERR_INPUT, "dataset list: '%s', expected no argument",
                       args.items[0]);
    } else if (!code) {
        struct text t = TEXT_INIT;
        dataset_report_list(json, &t);
        fputs(t.s, stdout);
        text_release(&t);
    }
    option_list_release(&args);
    return code;
}

static int dataset_show_main(int argc, char **argv, struct err *err)
{
    bool json = false, want_help = false;
    struct dataset_request set = { 0 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_FLAG, "json", NULL, "print it as JSON", &json },
        { OPTION_LIST, "set", "KEY=VALUE", "set dataset.KEY of it; may be repeated",
          &set.sets },
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    int code = options_parse("dataset show", table, argc, argv, &args, err);
    struct dataset d = { .arena = ARENA_INIT };

    if (!code && want_help) {
        usage("show NAME [OPTION]...", "What a data set is, which files misid looks for, "
              "and what its labels are and where\nthey come from.", table);
    } else if (!code && args.n != 1) {
        code = err_add(err, ERR_INPUT, "dataset show: %zu data sets named, expected one",
                       args.n);
    } else if (!code && !(code = dataset_request_only(&set, "dataset show", err))) {
        set.name = args.items[0];
        code = dataset_request_open(&set, "dataset show", NULL, &d, err);
        if (!code) {
            struct text t = TEXT_INIT;
            dataset_report_show(&d, json, &t);
            fputs(t.s, stdout);
            text_release(&t);
            dataset_release(&d);
        }
    }
    option_list_release(&args);
    dataset_request_release(&set);
    return code;
}

/* "a,b" as a list; the text is cut up. */
static void split(char *text, struct option_list *to)
{
    for (char *item; (item = strsep(&text, ","));)
        if (*item)
            option_list_add(to, item);
}

struct check {
    struct dataset_request set;
    const char *by, *study;
    double effect;
    bool json, no_images, want_help;
};

/* The smallest difference that the study's claims speak of. */
static int study_effect(const char *path, double *effect, struct err *err)
{
    struct study study;
    int code = study_load(&study, path, NULL, 0, err);

    if (code)
        return code;
    for (size_t i = 0; i < study.n_claims; i++) {
        const struct claim_spec *c = &study.claims[i];
        if (c->type == CLAIM_DIFFERENCE && c->margin > 0 &&
            (isnan(*effect) || c->margin < *effect))
            *effect = c->margin;
    }
    study_release(&study);
    if (isnan(*effect))
        code = err_add(err, ERR_INPUT, "%s: no claim of a difference with a margin, "
                       "expected one, or --effect", path);
    return code;
}

static int check_set(struct check *c, bool *any, struct err *err)
{
    struct dataset d;
    struct roster r;
    struct problems problems;
    struct trials trials;
    struct census census;
    struct option_list by = { 0 };
    char *axes = mem_strdup(c->by ? c->by : "");
    int code = dataset_request_open(&c->set, "dataset check", NULL, &d, err);

    split(axes, &by);
    if (!code) {
        problems_init(&problems);
        trials_init(&trials);
        const struct dataset_options options = { &problems, &trials };
        code = dataset_roster(&d, c->set.root, &options, &r, err);
        if (!code) {
            if (!c->no_images && dataset_has_images(&d))
                look_at_images(&r, c->set.root, false, &problems);
            code = census_take(&census, &r, by.items, by.n, err);
        }
        if (!code) {
            struct text t = TEXT_INIT;
            if (!isnan(c->effect))
                dataset_report_small(&census, c->effect, &problems);
            const struct dataset_report report = { &d, c->set.root, &r, &trials, &census,
                                                   &problems };
            *any = problems_any(&problems);
            if (c->json)
                dataset_report_json(&report, &t);
            else
                dataset_report_text(&report, &t);
            fputs(t.s, stdout);
            text_release(&t);
            census_release(&census);
        }
        roster_release(&r);
        problems_release(&problems);
        trials_release(&trials);
        dataset_release(&d);
    }
    option_list_release(&by);
    free(axes);
    return code;
}

static int dataset_check_main(int argc, char **argv, bool *any, struct err *err)
{
    struct check c = { .effect = NAN };
    struct option_list args = { 0 };
    const struct option table[] = {
        DATASET_PLACE_OPTIONS(c.set),
        { OPTION_TEXT, "by", "AXIS,AXIS", "count by these (default: every axis)", &c.by },
        { OPTION_NUMBER, "effect", "D", "note groups too small to see a difference of D "
          "(0 to 1)", &c.effect },
        { OPTION_TEXT, "study", "FILE", "the same, D being the smallest of its claims",
          &c.study },
        { OPTION_FLAG, "no-images", NULL, "do not open the images", &c.no_images },
        { OPTION_FLAG, "json", NULL, "print the result as JSON", &c.json },
        { OPTION_FLAG, "help", NULL, "this text", &c.want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    int code = options_parse("dataset check", table, argc, argv, &args, err);

    if (!code && c.want_help) {
        usage("check NAME --root DIR [OPTION]...",
              "Reads a data set whole and says who is in it, by group and where two axes "
              "cross, and\nwhat is wrong with it. Exit status 1 if anything is.", table);
    } else if (!code && (args.n != 1 || !c.set.root)) {
        code = err_add(err, ERR_INPUT, "dataset check: expected one data set and --root DIR, "
                       "the folder it lies in");
    } else if (!code && !isnan(c.effect) && !(c.effect > 0 && c.effect < 1)) {
        code = err_add(err, ERR_INPUT, "dataset check: --effect is %g, expected a "
                       "difference between 0 and 1", c.effect);
    } else if (!code && !(code = dataset_request_only(&c.set, "dataset check", err))) {
        c.set.name = args.items[0];
        if (c.study)
            code = study_effect(c.study, &c.effect, err);
        if (!code)
            code = check_set(&c, any, err);
    }
    option_list_release(&args);
    dataset_request_release(&c.set);
    return code;
}

static int dataset_guess_main(int argc, char **argv, struct err *err)
{
    bool want_help = false;
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    int code = options_parse("dataset guess", table, argc, argv, &args, err);

    if (!code && want_help) {
        usage("guess DIR", "Looks at a folder and prints a first dataset.yaml for it, to "
              "be corrected: what it\ncannot know (whose labels they are, what a code "
              "means) is marked.", table);
    } else if (!code && args.n != 1) {
        code = err_add(err, ERR_INPUT, "dataset guess: %zu folders named, expected one",
                       args.n);
    } else if (!code) {
        struct text t = TEXT_INIT;
        code = guess_dataset(args.items[0], &t, err);
        if (!code)
            fputs(t.s, stdout);
        text_release(&t);
    }
    option_list_release(&args);
    return code;
}

struct sampling {
    struct dataset_request set;
    const char *balance, *seed, *out;
    double per_cell, per_person;
    bool want_help;
};

static bool is_count(double v)
{
    return v >= 0 && v <= 1e9 && v == floor(v);
}

/* The chosen rows as a roster.csv. */
static int write_chosen(const struct roster *r, const size_t *rows, size_t n,
                        const char *out, struct err *err)
{
    if (out)
        return roster_write_rows(r, rows, n, out, err);
    struct text t = TEXT_INIT;
    roster_add_rows(r, rows, n, &t);
    fputs(t.s, stdout);
    text_release(&t);
    return 0;
}

static int sample_set(struct sampling *s, struct err *err)
{
    struct dataset d;
    struct roster r;
    struct option_list axes = { 0 };
    char *text = mem_strdup(s->balance);
    size_t *rows = NULL, n;
    int code = dataset_request_open(&s->set, "dataset sample", NULL, &d, err);

    split(text, &axes);
    if (!code) {
        code = dataset_roster(&d, s->set.root, NULL, &r, err);
        if (!code) {
            const struct balance b = { axes.items, axes.n, (size_t)s->per_cell,
                                       (size_t)s->per_person, s->seed };
            code = balance_draw(&b, &r, &rows, &n, err);
        }
        if (!code)
            code = write_chosen(&r, rows, n, s->out, err);
        roster_release(&r);
        dataset_release(&d);
    }
    free(rows);
    option_list_release(&axes);
    free(text);
    return code;
}

static int dataset_sample_main(int argc, char **argv, struct err *err)
{
    struct sampling s = { .seed = "1" };
    struct option_list args = { 0 };
    const struct option table[] = {
        DATASET_OPTIONS(s.set),
        { OPTION_TEXT, "balance", "AXIS,AXIS", "the axes whose groups are to be equal",
          &s.balance },
        { OPTION_NUMBER, "per-cell", "N", "samples of each group (default: what the "
          "smallest has)", &s.per_cell },
        { OPTION_NUMBER, "per-person", "N", "at most so many of one person in a group",
          &s.per_person },
        { OPTION_TEXT, "seed", "S", "another seed draws others (default 1)", &s.seed },
        { OPTION_TEXT, "out", "FILE", "write there instead of to standard output",
          &s.out },
        { OPTION_FLAG, "help", NULL, "this text", &s.want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    int code = options_parse("dataset sample", table, argc, argv, &args, err);

    if (!code && s.want_help) {
        usage("sample NAME --root DIR --balance AXIS,AXIS [OPTION]...",
              "Draws a balanced subset that anybody draws the same again, and writes it as "
              "a roster.", table);
        goto out;
    }
    if (!code && args.n == 1 && !s.set.name)
        s.set.name = args.items[0];
    else if (!code && args.n)
        code = err_add(err, ERR_INPUT, "dataset sample: more than one data set named");
    if (!code && (!s.set.root || !s.balance))
        code = err_add(err, ERR_INPUT, "dataset sample: expected a data set, --root DIR and "
                       "--balance AXIS,AXIS");
    if (!code && (!is_count(s.per_cell) || !is_count(s.per_person)))
        code = err_add(err, ERR_INPUT, "dataset sample: --per-cell and --per-person are "
                       "whole numbers");
    if (!code)
        code = dataset_request_only(&s.set, "dataset sample", err);
    if (!code)
        code = sample_set(&s, err);
out:
    option_list_release(&args);
    dataset_request_release(&s.set);
    return code;
}

int dataset_main(int argc, char **argv)
{
    static const char about[] =
        "usage: misid dataset list | show NAME | guess DIR | check NAME --root DIR |\n"
        "                     sample NAME --root DIR --balance AXIS,AXIS\n\n"
        "`misid dataset list --help` and so on say more.\n";
    struct err err = ERR_INIT;
    const char *what = argc > 1 ? argv[1] : "";
    bool any = false;
    int code;

    if (!strcmp(what, "list"))
        code = dataset_list_main(argc - 1, argv + 1, &err);
    else if (!strcmp(what, "show"))
        code = dataset_show_main(argc - 1, argv + 1, &err);
    else if (!strcmp(what, "guess"))
        code = dataset_guess_main(argc - 1, argv + 1, &err);
    else if (!strcmp(what, "check"))
        code = dataset_check_main(argc - 1, argv + 1, &any, &err);
    else if (!strcmp(what, "sample"))
        code = dataset_sample_main(argc - 1, argv + 1, &err);
    else if (!strcmp(what, "--help") || !strcmp(what, "-h")) {
        fputs(about, stdout);
        code = 0;
    } else {
        code = err_add(&err, ERR_INPUT, "dataset: '%s', expected list, show, guess, check "
                       "or sample", what);
    }
    return code ? cli_fail(&err) : any ? EXIT_NO : EXIT_DONE;
}
