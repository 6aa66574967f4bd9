/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid run, chart, index: the chain and its last stages. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/comparing.h"
#include "cli/draws.h"
#include "cli/folder.h"
#include "cli/options.h"
#include "cli/own_words.h"
#include "cli/pipeline.h"
#include "cli/predictions.h"
#include "report/report.h"

/* True where a claim the study checks came out against the original. */
static bool any_refuted(const struct claims *claims)
{
    for (size_t i = 0; i < claims->n; i++)
        if (claims->claims[i].verdict == VERDICT_NO ||
            claims->claims[i].verdict == VERDICT_NOT_REPRODUCED)
            return true;
    return false;
}

static void print_json(const struct pipeline *p)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_string(&w, "study", p->study.name);
    json_string(&w, "run", p->dir);
    json_int(&w, "findings", (int64_t)p->findings.n);
    json_list(&w, "claims");
    for (size_t i = 0; i < p->claims.n; i++) {
        const struct claim *c = &p->claims.claims[i];
        json_map(&w, NULL);
        json_string(&w, "claim", c->spec->id);
        json_string(&w, "verdict", verdict_word(c->verdict, p->study.evidence));
        json_bool(&w, "undone", c->undone);
        json_end(&w);
    }
    json_end(&w);
    if (p->predictions) {
        const size_t *counts = p->predictions->recorded.complaints.counts;
        json_map(&w, "problems");
        for (int i = 0; i < COMPLAINTS; i++)
            json_int(&w, complaint_name((enum complaint_kind)i), (int64_t)counts[i]);
        json_end(&w);
    }
    json_end(&w);
    puts(t.s);
    text_release(&t);
}

static void tell_left_out(const struct pipeline *p)
{
    struct text t = TEXT_INIT;

    predictions_tell(p->predictions, &t);
    if (t.len)
        printf("\nWhat was left out (%s/problems.csv lists it):\n%s", p->dir, t.s);
    else
        puts("\nNothing was left out.");
    text_release(&t);
}

static void print_terminal(const struct pipeline *p)
{
    struct text t = TEXT_INIT;

    report_terminal(&p->study, &p->findings, &p->claims, &p->cases, cli_columns(),
                    isatty(STDOUT_FILENO) && !getenv("NO_COLOR"), &t);
    fputs(t.s, stdout);
    if (p->predictions)
        tell_left_out(p);
    printf("\nReport: %s/report.html\n", p->dir);
    text_release(&t);
}

static int help(const char *usage, const char *about, const struct option *table)
{
    printf("usage: misid %s\n\n%s\n\n", usage, about);
    options_print(table);
    return EXIT_DONE;
}

/* A data set is named for predictions or backends that run, and for nothing else. */
static int check_own(const struct option_list *files, const struct option_list *backends,
                     const struct dataset_request *set, bool sampled, struct err *err)
{
    if (!set->name && sampled)
        return err_add(err, ERR_INPUT, "run: --sample without --dataset, expected a data set "
                       "whose images are drawn");
    if (files->n || (!set->name && !set->root))
        return 0;
    if (!backends->n || !set->name)
        return err_add(err, ERR_INPUT, "run: --%s without %s, expected --dataset NAME with "
                       "--predictions FILE, or with --backend NAME and --root DIR",
                       set->name ? "dataset" : "root",
                       set->name ? "--predictions or --backend" : "--dataset");
    return 0;
}

static int estimate(struct pipeline *p, const char *out)
{
    int code = pipeline_estimate(p);

    if (!code && p->predictions)
        own_words_conclude(&p->study, &p->findings);
    return code ? code : pipeline_folder(p, out);
}

/* What takes long goes into the folder as it is made, so that it need not be made
 * again. */
static int compare(struct pipeline *p, const char *out)
{
    int code;

    (void)((code = comparing_prepare(p->comparing, p)) || (code = pipeline_folder(p, out)) ||
           (code = comparing_work(p->comparing, p)) ||
           (code = comparing_estimate(p->comparing, p)));
    return code;
}

int run_main(int argc, char **argv)
{
    const char *out = NULL;
    double limit = NAN;
    bool check = false, quiet = false, json = false, want_help = false;
    struct option_list sets = { 0 }, backends = { 0 }, files = { 0 }, args = { 0 };
    struct dataset_request set = { 0 };
    struct dataset_request gallery = { .prefix = "gallery." };
    struct embed_request request = { 0 };
    struct comparing comparing = COMPARING_INIT;
    const struct option_list none = { 0 }, *chosen = &backends;
    struct predictions own;
    predictions_init(&own, &files, &set);
    const struct option table[] = {
        { OPTION_TEXT, "out", "DIR", "the run folder (default: results/STUDY)", &out },
        { OPTION_LIST, "backend", "NAME", "only this backend; with --dataset and without "
          "--predictions:\n                           a backend to ask, "
          "NAME[:option=value,...]; may be repeated", &backends },
        { OPTION_LIST, "predictions", "FILE", "answers of classifiers, in place of the "
          "study's counts;\n                           may be repeated", &files },
        DATASET_OPTIONS(set),
        { OPTION_TEXT, "gallery", "NAME", "the data set that probes are searched in",
          &gallery.name },
        { OPTION_TEXT, "gallery-root", "DIR", "the folder it lies in; --set gallery.KEY=VALUE "
          "sets its keys", &gallery.root },
        { OPTION_TEXT, "reference", "GROUP", "of comparisons: set the groups of its axes "
          "against it\n                           (default: the largest)",
          &comparing.reference },
        { OPTION_TEXT, "same-person", "FILE", "of comparisons: pairs that somebody has looked "
          "at", &comparing.same_person },
        { OPTION_NUMBER, "suspicious-above", "T", "of comparisons: a non-mated pair is "
          "suspicious from here on", &comparing.suspicious },
        { OPTION_NUMBER, "searches", "S", "of searches: of how many to expect false leads "
          "(1000)", &comparing.searches },
        { OPTION_NUMBER, "replicates", "N", "of comparisons: of the bootstrap (2000)",
          &comparing.replicates },
        { OPTION_NUMBER, "permutations", "N", "of comparisons: of the test of spread (9999)",
          &comparing.permutations },
        ASKING_OPTIONS(request),
        { OPTION_NUMBER, "sample", "N", "so many images only, by chance within groups; "
          "with --dataset", &own.sample },
        { OPTION_NUMBER, "suppress", "N", "print no count below N, nor what gives it away",
          &limit },
        { OPTION_FLAG, "check-claims", NULL,
          "exit 1 if a claim is not supported or not reproduced", &check },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &quiet },
        { OPTION_FLAG, "json", NULL, "print the verdicts as JSON", &json },
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    struct pipeline p;
    int status = EXIT_DONE;

    pipeline_init(&p, &err);
    int code = options_parse("run", table, argc, argv, &args, &err);
    if (!code && want_help) {
        status = help("run STUDY.yaml [OPTION]...",
                      "Runs a study: reads its counts, estimates every rate with its "
                      "interval, judges the\nclaims of the original, draws the charts "
                      "and writes the report into the run folder.", table);
        goto out;
    }
    if (!code && args.n != 1)
        code = err_add(&err, ERR_INPUT, "run: %zu studies named, expected one: misid run "
                       "STUDY.yaml", args.n);
    if (!code && !isnan(limit) && !(limit >= 0 && limit <= 1e6 && limit == floor(limit)))
        code = err_add(&err, ERR_INPUT, "run: --suppress is %g, expected a whole number from "
                       "0 to 1000000", limit);
    const struct draws draws = { comparing.replicates, comparing.permutations, NAN };
    if (!code)
        code = draws_check("run", &draws, &err);
    if (!code)
        code = check_own(&files, &backends, &set, !isnan(own.sample), &err);
    request.quiet = quiet || json;
    if (files.n || set.name)
        p.predictions = &own;
    if (p.predictions && !files.n) {
        own.live.specs = &backends;
        own.live.request = &request;
        own.live.out = out;
        chosen = &none;
        comparing.specs = &backends;
        comparing.request = &request;
        comparing.set.request = &set;
        comparing.gallery.request = gallery.name ? &gallery : NULL;
        p.comparing = &comparing;
    }
    if (gallery.name)
        dataset_request_share(&set, &gallery);
    if (p.predictions)
        dataset_request_rest(&set, &sets);
    for (size_t i = 0; !p.predictions && i < set.sets.n; i++)
        option_list_add(&sets, set.sets.items[i]);
    if (!code)
        code = pipeline_open_study(&p, args.items[0], sets.items, sets.n,
                                   chosen->items, chosen->n);
    if (!code && !isnan(limit))
        p.study.suppress = (int64_t)limit;
    if (!code)
        code = p.comparing ? compare(&p, out) : estimate(&p, out);
    if (!code) {
        pipeline_record(&p, sets.items, sets.n, chosen->items, chosen->n);
        (void)((code = pipeline_write_study(&p)) || (code = pipeline_write_counts(&p)) ||
               (code = pipeline_write_findings(&p)) ||
               (code = pipeline_write_report(&p)));
        if (!code || code == ERR_PROGRAM) {
            int last = pipeline_write_run(&p);
            code = last ? last : code;
        }
        if (!code || code == ERR_PROGRAM) {
            if (json)
                print_json(&p);
            else if (!quiet)
                print_terminal(&p);
        }
    }
    if (check && any_refuted(&p.claims))
        status = EXIT_NO;
out:
    pipeline_release(&p);
    predictions_release(&own);
    comparing_release(&comparing);
    dataset_request_release(&set);
    dataset_request_release(&gallery);
    option_list_release(&files);
    option_list_release(&sets);
    option_list_release(&backends);
    option_list_release(&args);
    if (code && code != PIPELINE_DRY)
        status = cli_fail(&err);
    return status;
}

/* The commands that take one run folder. */
static int stage(const char *name, const char *about, int argc, char **argv,
                 int (*work)(struct pipeline *p, const char *dir, const char *out))
{
    const char *out = NULL;
    bool want_help = false;
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "out", "DIR", "write there instead of into the run folder", &out },
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    struct pipeline p;

    pipeline_init(&p, &err);
    int code = options_parse(name, table, argc, argv, &args, &err);
    if (!code && want_help) {
        char *usage = mem_printf("%s RUN [OPTION]...", name);
        help(usage, about, table);
        free(usage);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "%s: %zu run folders named, expected one", name,
                       args.n);
    } else if (!code) {
        code = work(&p, args.items[0], out);
    }
    pipeline_release(&p);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}

static int do_chart(struct pipeline *p, const char *dir, const char *out)
{
    bool other = false;
    int code, last;

    if ((code = pipeline_open_findings(p, dir)) ||
        (code = pipeline_leave_for(p, dir, out, &other)) ||
        (other && ((code = pipeline_write_study(p)) ||
                   (code = pipeline_write_findings(p)))))
        return code;
    code = pipeline_write_report(p);
    if (code && code != ERR_PROGRAM)
        return code;
    last = pipeline_write_run(p);
    return last ? last : code;
}

int chart_main(int argc, char **argv)
{
    return stage("chart",
                 "Draws again from the findings of a run folder: charts/, report.html, "
                 "report.json and\ntables.tex.", argc, argv, do_chart);
}

int index_main(int argc, char **argv)
{
    bool want_help = false;
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("index", table, argc, argv, &args, &err);

    if (!code && want_help) {
        help("index DIR", "Writes DIR/index.html, one page that links the report of every "
             "run folder in DIR.", table);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "index: %zu folders named, expected one", args.n);
    } else if (!code) {
        code = report_index(args.items[0], &err);
        if (!code)
            printf("%s/index.html\n", args.items[0]);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
