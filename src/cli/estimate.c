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
#include "cli/options.h"
#include "cli/pipeline.h"
#include "cli/scored.h"
#include "model/metric.h"
#include "report/report.h"
#include "stats/estimate.h"
#include "stats/evidence.h"

struct request {
    const char *out, *targets, *reference;
    double confidence, replicates, permutations, seed, threads;
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

static void name_method(struct study *s, enum study_quantity q, const char *name)
{
    s->methods[q].names = arena_alloc(&s->arena, sizeof *s->methods[q].names);
    s->methods[q].names[0] = (struct study_name){ name, 0 };
    s->methods[q].n = 1;
}

/* Everyone, every axis, all axes together. */
static void name_sets(struct study *s)
{
    unsigned all = s->axes.n ? ~0u >> (32 - s->axes.n) : 0;

    s->by = arena_array(&s->arena, s->axes.n + 2, sizeof *s->by);
    s->spread = arena_array(&s->arena, s->axes.n + 1, sizeof *s->spread);
    s->by[s->n_by++] = 0;
    for (size_t a = 0; a < s->axes.n; a++)
        s->by[s->n_by++] = s->spread[s->n_spread++] = 1u << a;
    if (s->axes.n > 1)
        s->by[s->n_by++] = s->spread[s->n_spread++] = all;
}

/* The group of a set with the most comparisons to its name, or the one asked for. */
static bool find_reference(const struct study *s, const struct tally *t, unsigned set,
                           const struct group *asked, struct group *to)
{
    struct group g = group_first(&s->axes, set);
    int64_t most = 0;

    do {
        struct count c;
        if (asked && group_equal(&g, asked, s->axes.n)) {
            *to = g;
            return true;
        }
        for (size_t i = 0; i < t->n_series && !asked; i++)
            if (!strcmp(t->series[i].metric, "fmr") &&
                tally_sum(t, t->series[i].backend, "fmr", t->series[i].point, &g, &c) &&
                c.n > most) {
                most = c.n;
                *to = g;
            }
    } while (group_next(&g, &s->axes, set));
    return most > 0;
}

static const char *keep_name(struct study *s, const struct group *g)
{
    struct text t = TEXT_INIT;

    group_add(&t, &s->axes, g);
    const char *name = arena_strdup(&s->arena, t.s);
    text_release(&t);
    return name;
}

/* Every group of a set against its reference: ratios of FMR, differences of FNMR. */
static void contrast_set(struct study *s, const struct tally *t, unsigned set,
                         const struct group *asked, size_t room)
{
    struct group reference, g = group_first(&s->axes, set);

    if (!find_reference(s, t, set, asked, &reference))
        return;
    const char *versus = keep_name(s, &reference);
    do {
        if (group_equal(&g, &reference, s->axes.n) || s->n_contrasts + 2 > room)
            continue;
        const char *group = keep_name(s, &g);
        s->contrasts[s->n_contrasts++] = (struct study_contrast){
            .metric = "fmr", .group = group, .versus = versus, .ratio = true };
        s->contrasts[s->n_contrasts++] = (struct study_contrast){
            .metric = "fnmr", .group = group, .versus = versus, .difference = true };
    } while (group_next(&g, &s->axes, set));
}

static int add_contrasts(struct study *s, const struct tally *t, const char *reference,
                         struct err *err)
{
    struct text why = TEXT_INIT;
    struct group asked;
    unsigned of = 0;
    int code = 0;

    if (reference && group_parse(&asked, &s->axes, reference, &why) < 0)
        code = err_add(err, ERR_INPUT, "estimate: --reference: %s", why.s);
    else if (reference && !(of = group_axes(&asked, s->axes.n)))
        code = err_add(err, ERR_INPUT, "estimate: --reference 'all', expected a group");
    text_release(&why);
    s->contrasts = arena_array(&s->arena, 2 * STUDY_MAX_GROUPS, sizeof *s->contrasts);
    for (size_t i = 0; i < s->n_spread && !code; i++)
        contrast_set(s, t, s->spread[i], s->spread[i] == of ? &asked : NULL,
                     2 * STUDY_MAX_GROUPS);
    return code;
}

static void name_metrics(struct study *s, const struct tally *t)
{
    size_t n;
    const struct metric *all = metric_table(&n);

    s->metrics = arena_array(&s->arena, n, sizeof *s->metrics);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < t->n_series; k++)
            if (!strcmp(t->series[k].metric, all[i].name)) {
                s->metrics[s->n_metrics++] = (struct study_name){ all[i].name, 0 };
                break;
            }
}

/* The study that a folder of comparisons is of its own accord. */
static int make_study(struct pipeline *p, const struct scored *sc, const struct request *r)
{
    struct study *s = &p->study;

    s->path = "--by";
    s->name = "score";
    s->title = "Comparisons of templates";
    s->question = "Do false matches and false non-matches differ between groups?";
    s->task = sc->scores.gallery ? TASK_IDENTIFY : TASK_VERIFY;
    s->evidence = EVIDENCE_NEW;
    s->dataset = "";
    s->confidence = r->confidence;
    name_method(s, QUANTITY_PROPORTION, "wilson-t");
    name_method(s, QUANTITY_DIFFERENCE, "mover");
    name_method(s, QUANTITY_RATIO, "mover");
    int code = scored_axes(sc, &s->arena, &s->axes, p->err);
    if (!code)
        name_sets(s);
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
    char *path = path_join(dir, "findings.csv");
    int code = path_make_dirs(dir, p->err);

    findings_write_csv(&p->findings, &t);
    if (!code)
        code = file_write(path, t.s, t.len, p->err);
    free(path);
    text_release(&t);
    return code;
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
    }
    text_release(&t);
}

/* Of a folder that `misid score` made. */
static int estimate_scored(struct pipeline *p, const char *dir, const struct request *r)
{
    double targets[16];
    struct scored_wish wish = { .targets = targets, .threads = (size_t)r->threads,
                                .replicates = (size_t)r->replicates,
                                .permutations = (size_t)r->permutations,
                                .seed = (uint64_t)r->seed };
    struct scored sc;
    int code = read_targets(r->targets, targets, 16, &wish.n_targets, p->err);

    if (code)
        return code;
    if (!(code = scored_load(&sc, dir, p->err)) && !(code = make_study(p, &sc, r))) {
        tally_init(&p->tally, &p->study.axes);
        code = scored_count(&sc, &p->study.axes, &wish, "scores", p->study.by,
                            p->study.n_by, &p->tally, &p->clusters, p->err);
    }
    if (!code) {
        name_metrics(&p->study, &p->tally);
        code = add_contrasts(&p->study, &p->tally, r->reference, p->err);
    }
    if (!code)
        code = pipeline_estimate(p);
    if (!code) {
        const struct evidence e = { .study = &p->study, .tally = &p->tally,
                                    .printed = &p->printed, .clusters = &p->clusters };
        code = scored_findings(&sc, &wish, &e, &p->findings, p->err);
    }
    if (!code && !(code = write_findings(p, r->out ? r->out : dir)))
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

static int check_numbers(const struct request *r, struct err *err)
{
    static const char *const names[] = { "replicates", "permutations", "threads" };
    const double values[] = { r->replicates, r->permutations, r->threads };
    const double least[] = { 100, 99, 1 };
    int code = 0;

    for (int i = 0; i < 3; i++)
        if (!(values[i] >= least[i] && values[i] <= 1e6 && values[i] == floor(values[i])))
            code = err_add(err, ERR_INPUT, "estimate: --%s %g, expected a whole number of %g "
                           "or more", names[i], values[i], least[i]);
    if (!(r->confidence >= .5 && r->confidence < 1))
        code = err_add(err, ERR_INPUT, "estimate: --confidence %g, expected a number from "
                       "0.5 to 0.999999", r->confidence);
    if (!(r->seed >= 0 && r->seed < 9007199254740992.0 && r->seed == floor(r->seed)))
        code = err_add(err, ERR_INPUT, "estimate: --seed %g, expected a whole number of 0 or "
                       "more", r->seed);
    return code;
}

int estimate_main(int argc, char **argv)
{
    struct request r = { .confidence = .95, .replicates = 2000, .permutations = 9999,
                         .seed = 1, .threads = (double)sysconf(_SC_NPROCESSORS_ONLN) };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "out", "DIR", "write there instead of into the folder", &r.out },
        { OPTION_TEXT, "target-fmr", "F,…", "of comparisons: further target FMRs, besides "
          "those of the scores", &r.targets },
        { OPTION_TEXT, "reference", "GROUP", "of comparisons: set the groups of its axes "
          "against it\n                           (default: the largest)", &r.reference },
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
               "(writes findings.csv).\n\n");
        options_print(table);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "estimate: %zu run folders named, expected one",
                       args.n);
    } else if (!code && !(code = check_numbers(&r, &err))) {
        code = is_scored(args.items[0]) ? estimate_scored(&p, args.items[0], &r)
                                        : estimate_run(&p, args.items[0], r.out);
    }
    pipeline_release(&p);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
