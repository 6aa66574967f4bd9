/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid estimate: from counts, or from a folder of comparisons, to findings. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/draws.h"
#include "cli/folder.h"
#include "cli/options.h"
#include "cli/pipeline.h"
#include "cli/scored.h"
#include "cli/scored_run.h"
#include "cli/scored_study.h"
#include "report/report.h"
#include "stats/searches_findings.h"

struct request {
    const char *out, *targets, *reference, *title;
    double confidence, replicates, permutations, seed, threads, suspicious, searches;
    bool quiet, json, help;
};

/* Of a run folder. */
static int estimate_run(struct pipeline *p, const char *dir, const char *out)
{
    bool other = false;
    int code;

    (void)((code = pipeline_open_counts(p, dir)) || (code = pipeline_estimate(p)) ||
           (code = pipeline_leave_for(p, dir, out, &other)) ||
           (other && ((code = pipeline_write_study(p)) ||
                      (code = pipeline_write_counts(p)))) ||
           (code = pipeline_write_findings(p)) || (code = pipeline_write_run(p)));
    return code;
}

static int read_targets(const char *list, double *to, size_t most, size_t *n,
                        struct err *err)
{
    char *copy = mem_strdup(list ? list : ""), *rest = copy, *item;
    int code = 0;

    *n = 0;
    while (!code && (item = strsep(&rest, ",")) && (*item || rest || *n))
        if (*n == most || !num_parse_double(item, &to[*n]) ||
            !(to[*n] > 0 && to[*n] < 1))
            code = err_add(err, ERR_INPUT, "estimate: --target-fmr '%.60s', expected up to "
                           "%zu rates between 0 and 1 with commas", list, most);
        else
            ++*n;
    free(copy);
    return code;
}

static int write_findings(const struct pipeline *p, const char *dir)
{
    struct text t = TEXT_INIT;
    int code = path_make_dirs(dir, p->err);

    findings_write_csv(&p->findings, &t);
    if (!code)
        code = file_write_text(dir, "findings.csv", &t, p->err);
    text_release(&t);
    return code;
}

/* The options that the findings rest on; folders lie elsewhere for everyone. */
static void add_command(const struct request *r, struct pipeline *p)
{
    struct text t = TEXT_INIT;

    text_add(&t, "misid estimate SCORES --out RUN");
    if (r->targets)
        text_addf(&t, " --target-fmr %s", r->targets);
    if (r->confidence != .95)
        text_addf(&t, " --confidence %g", r->confidence);
    scored_add_command(r->replicates, r->permutations, r->seed, r->searches, r->suspicious,
                       &t);
    if (r->reference) {
        text_add(&t, " --reference");
        record_add_quoted(&t, r->reference);
    }
    if (r->title) {
        text_add(&t, " --title");
        record_add_quoted(&t, r->title);
    }
    p->run.command = arena_strdup(&p->run.arena, t.s);
    text_release(&t);
}

/* A run folder of its own, with charts and report. */
static int write_run(struct pipeline *p, const char *dir, const struct request *r)
{
    static const char *const inputs[] = {
        "scores.json", "cells.csv", "exceedances.npy", "mated.npy", "roster.csv",
        "probe-roster.csv", "outputs.csv",
    };
    int code = 0, last;

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs && !code; i++) {
        char *path = path_join(dir, inputs[i]);
        if (path_is_file(path))
            code = pipeline_record_input(p, path, "", inputs[i]);
        free(path);
    }
    if (code || (code = pipeline_folder(p, r->out)))
        return code;
    pipeline_record(p, NULL, 0, NULL, 0);
    add_command(r, p);
    (void)((code = pipeline_write_study(p)) || (code = pipeline_write_counts(p)) ||
           (code = pipeline_write_findings(p)) || (code = pipeline_write_report(p)));
    if (code && code != ERR_PROGRAM)
        return code;
    last = pipeline_write_run(p);
    return last ? last : code;
}

static void tell(const struct pipeline *p, const struct request *r, const char *dir)
{
    struct text t = TEXT_INIT;

    if (r->json) {
        struct json_out w = json_out(&t);
        json_map(&w, NULL);
        json_string(&w, "run", dir);
        json_int(&w, "findings", (int64_t)p->findings.n);
        json_end(&w);
        puts(t.s);
    } else if (!r->quiet) {
        report_terminal(&p->study, &p->findings, &p->claims, &p->cases, cli_columns(),
                        isatty(STDOUT_FILENO) && !getenv("NO_COLOR"), &t);
        fputs(t.s, stdout);
        printf("\n%s/findings.csv: %zu rows\n", dir, p->findings.n);
        if (p->dir)
            printf("Report: %s/report.html\n", p->dir);
    }
    text_release(&t);
}

/* Of a folder that `misid score` made. */
static int estimate_scored(struct pipeline *p, const char *dir, const struct request *r)
{
    double targets[16];
    struct scored_wish wish = { .points_called = "threshold", .targets = targets, .threads = (size_t)r->threads,
                                .replicates = (size_t)r->replicates,
                                .permutations = (size_t)r->permutations,
                                .seed = (uint64_t)r->seed, .searches = r->searches,
                                .has_suspicious = !isnan(r->suspicious),
                                .suspicious = r->suspicious };
    static const char *const name = "scores";
    const bool whole = r->out && !folder_same(dir, r->out);
    struct scored sc;
    struct scored_run run = { .all = &sc, .names = &name, .n = 1, .wish = &wish,
                              .reference = r->reference, .curves = whole };
    int code = read_targets(r->targets, targets, 16, &wish.n_targets, p->err);

    if (code)
        return code;
    if (!(code = scored_load(&sc, dir, p->err)) &&
        !(code = scored_study_begin(&p->study, &sc, r->confidence, p->err))) {
        if (r->title)
            p->study.title = r->title;
        tally_init(&p->tally, &p->study.axes);
        code = scored_run_count(&run, p);
    }
    if (!code)
        code = scored_run_estimate(&run, p);
    if (!code)
        code = whole ? write_run(p, dir, r) : write_findings(p, dir);
    if (!code || code == ERR_PROGRAM)
        tell(p, r, r->out ? r->out : dir);
    scored_release(&sc);
    return code;
}

static bool is_scored(const char *dir)
{
    char *run = path_join(dir, "run.json"), *scores = path_join(dir, "scores.json");
    bool is = !path_is_file(run) && path_is_file(scores);

    free(run);
    free(scores);
    return is;
}

static int check_options(const struct request *r, struct err *err)
{
    const struct draws draws = { r->replicates, r->permutations, r->seed };
    int code = draws_check("estimate", &draws, err);

    if (!(r->threads >= 1 && r->threads <= 1e6 && r->threads == floor(r->threads)))
        code = err_add(err, ERR_INPUT, "estimate: --threads %g, expected a whole number from 1 "
                       "to 1000000", r->threads);
    if (!(r->searches >= 1 && r->searches <= 1e12 && r->searches == floor(r->searches)))
        code = err_add(err, ERR_INPUT, "estimate: --searches %g, expected a whole number of 1 "
                       "or more", r->searches);
    if (!(r->confidence >= .5 && r->confidence < 1))
        code = err_add(err, ERR_INPUT, "estimate: --confidence %g, expected a number from "
                       "0.5 to 0.999999", r->confidence);
    if (r->title && (!*r->title || !text_is_utf8(r->title, strlen(r->title), NULL)))
        code = err_add(err, ERR_INPUT, "estimate: --title: expected a text in UTF-8");
    return code;
}

int estimate_main(int argc, char **argv)
{
    struct request r = { .confidence = .95, .replicates = 2000, .permutations = 9999,
                         .seed = 1, .suspicious = NAN,
                         .searches = SEARCHES_EXPECTED,
                         .threads = (double)sysconf(_SC_NPROCESSORS_ONLN) };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "out", "DIR", "write there instead of into the folder", &r.out },
        { OPTION_TEXT, "target-fmr", "F,…", "of comparisons: further target FMRs, besides "
          "those of the scores", &r.targets },
        { OPTION_TEXT, "reference", "GROUP", "of comparisons: set the groups of its axes "
          "against it\n                           (default: the largest)", &r.reference },
        { OPTION_NUMBER, "suspicious-above", "T", "of comparisons: a non-mated pair is "
          "suspicious from here on\n                           (the median mated score)",
          &r.suspicious },
        { OPTION_NUMBER, "searches", "S", "of searches: of how many to expect false leads "
          "(1000)", &r.searches },
        { OPTION_TEXT, "title", "TEXT", "of comparisons: what the report is called",
          &r.title },
        { OPTION_NUMBER, "confidence", "C", "of comparisons: of the intervals (0.95)",
          &r.confidence },
        { OPTION_NUMBER, "replicates", "N", "of the bootstrap (2000)", &r.replicates },
        { OPTION_NUMBER, "permutations", "N", "of the test of spread (9999)",
          &r.permutations },
        { OPTION_NUMBER, "seed", "N", "of both (1)", &r.seed },
        { OPTION_NUMBER, "threads", "N", "of both (all cores)", &r.threads },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "json", NULL, "print a summary as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    struct pipeline p;

    pipeline_init(&p, &err);
    int code = options_parse("estimate", table, argc, argv, &args, &err);
    if (!code && r.help) {
        printf("usage: misid estimate DIR [OPTION]...\n\nEstimates from the counts of a run "
               "folder (writes findings.csv, claims.csv and\nclaims.json; `misid chart` then "
               "draws them), or from the comparisons of a folder that\n`misid score` made "
               "(writes findings.csv; with --out a run folder with its\nreport).\n\n");
        options_print(table);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "estimate: %zu run folders named, expected one",
                       args.n);
    } else if (!code && !(code = check_options(&r, &err))) {
        code = is_scored(args.items[0]) ? estimate_scored(&p, args.items[0], &r)
                                        : estimate_run(&p, args.items[0], r.out);
    }
    pipeline_release(&p);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
