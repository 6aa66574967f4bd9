/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/machine.h"
#include "cli/comparing.h"
#include "cli/folder.h"
#include "cli/predictions.h"
#include "cli/published.h"
#include "cli/several.h"
#include "datasets/dataset.h"
#include "model/metric.h"
#include "report/report.h"
#include "stats/estimate.h"
#include "stats/suppress.h"
#include "stats/verdict.h"

void pipeline_init(struct pipeline *p, struct err *err)
{
    *p = (struct pipeline){ .err = err };
    findings_init(&p->findings);
    findings_init(&p->curves);
    run_init(&p->run);
    run_init(&p->before);
}

void pipeline_release(struct pipeline *p)
{
    for (size_t i = 0; p->alternatives && i < p->study.n_alternatives; i++)
        tally_release(&p->alternatives[i]);
    free(p->alternatives);
    tally_release(&p->tally);
    clusters_release(&p->clusters);
    printed_release(&p->printed);
    cases_release(&p->cases);
    findings_release(&p->findings);
    findings_release(&p->curves);
    claims_release(&p->claims);
    run_release(&p->run);
    run_release(&p->before);
    study_release(&p->study);
    free(p->dir);
    pipeline_init(p, p->err);
}

int pipeline_record_input(struct pipeline *p, const char *path, const char *folder,
                          const char *name)
{
    char hex[HASH_HEX];
    int code = hash_file(hex, path, p->err);

    if (code)
        return code;
    char *shown = mem_printf("%s%s%s", folder, *folder ? "/" : "", name);
    run_add_input(&p->run, shown, hex);
    free(shown);
    return 0;
}

/* One table of the data set: read by `read` if it is there at all. */
static int read_counts(struct pipeline *p, const struct dataset *d, const char *file,
                       struct tally *tally)
{
    char *path = dataset_path(d, file);
    char *folder = mem_printf("datasets/%s", d->name);
    int code = tally_read_counts(tally, path, p->err);

    if (!code)
        code = tally_check_sums(tally, p->err);
    if (!code)
        code = pipeline_record_input(p, path, folder, file);
    free(folder);
    free(path);
    return code;
}

static int read_printed(struct pipeline *p, const char *path, const char *folder,
                        const char *file)
{
    int code = printed_read(&p->printed, path, &p->study.axes, p->err);
    return code ? code : pipeline_record_input(p, path, folder, file);
}

static int read_cases(struct pipeline *p, const char *path, const char *folder,
                      const char *file)
{
    int code = cases_read(&p->cases, path, p->err);
    return code ? code : pipeline_record_input(p, path, folder, file);
}

/* A table of the data set's folder, if its descriptor names one. */
static int read_table(struct pipeline *p, const struct dataset *d, const char *file,
                      int (*read)(struct pipeline *, const char *, const char *,
                                  const char *))
{
    if (!file)
        return 0;
    char *path = dataset_path(d, file);
    char *folder = mem_printf("datasets/%s", d->name);
    int code = read(p, path, folder, file);
    free(folder);
    free(path);
    return code;
}

static int read_dataset(struct pipeline *p, const struct dataset *d)
{
    const struct study *s = &p->study;
    char *folder = mem_printf("datasets/%s", d->name);
    char *path = dataset_path(d, "dataset.yaml");
    int code = pipeline_record_input(p, path, folder, "dataset.yaml"), first = code;

    free(path);
    free(folder);
    if (!d->counts && !d->cases)
        return study_fault(s, s->dataset_line, p->err, "dataset: '%s' has neither "
                           "published counts nor cases, expected 'counts:' or 'cases:' "
                           "in its dataset.yaml", d->name);
    if (d->counts && (code = read_counts(p, d, d->counts, &p->tally)))
        first = first ? first : code;
    if ((code = read_table(p, d, d->printed, read_printed)))
        first = first ? first : code;
    if ((code = read_table(p, d, d->cases, read_cases)))
        first = first ? first : code;
    for (size_t i = 0; i < s->n_alternatives; i++) {
        const struct study_alternative *a = &s->alternatives[i];
        if (!dataset_is_plain_name(a->counts))
            code = study_fault(s, a->line, p->err, "alternatives[%zu].counts: '%.60s' "
                               "is not a file of the data set, expected a name without "
                               "'/'", i, a->counts);
        else
            code = read_counts(p, d, a->counts, &p->alternatives[i]);
        first = first ? first : code;
    }
    return first;
}

/* A claim about every backend stays one when only some of them are run. */
static void settle_claims(struct study *s, const char *const *backends, size_t n)
{
    for (size_t i = 0; i < s->n_claims; i++) {
        struct claim_spec *c = &s->claims[i];
        if (c->n_backends || c->type == CLAIM_PRINTED || c->type == CLAIM_NOT_TESTABLE)
            continue;
        c->backends = arena_array(&s->arena, n, sizeof *c->backends);
        for (c->n_backends = 0; c->n_backends < n; c->n_backends++)
            c->backends[c->n_backends] = arena_strdup(&s->arena,
                                                      backends[c->n_backends]);
    }
}

/* What the study leaves open is settled, so that study.json says it; the counts
 * are put into the order in which the run folder holds them, so that reading them
 * back from there gives the same. */
static int resolve_backends(struct pipeline *p, const char *const *chosen, size_t n)
{
    struct study *s = &p->study;
    const char *all[EVIDENCE_MAX];
    size_t n_all = s->n_backends;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(chosen[i], chosen[k]))
                return err_add(p->err, ERR_INPUT, "run: --backend '%s' stands twice, "
                               "expected each once", chosen[i]);
    if (!n_all)
        n_all = tally_backends(&p->tally, all, EVIDENCE_MAX);
    for (size_t i = 0; i < s->n_backends; i++)
        all[i] = s->backends[i].text;
    if (n)
        settle_claims(s, all, n_all);
    if (n || !s->n_backends) {
        const char *const *names = n ? chosen : all;
        s->n_backends = n ? n : n_all;
        s->backends = arena_array(&s->arena, s->n_backends, sizeof *s->backends);
        for (size_t i = 0; i < s->n_backends; i++)
            s->backends[i].text = arena_strdup(&s->arena, names[i]);
    }
    struct evidence e = { .study = s, .tally = &p->tally,
                          .alternatives = p->alternatives, .printed = &p->printed };
    long found = evidence_backends(&e, all, p->err);
    if (found < 0)
        return (int)found;
    tally_arrange(&p->tally, all, (size_t)found);
    return 0;
}

static void make_tallies(struct pipeline *p)
{
    tally_init(&p->tally, &p->study.axes);
    p->alternatives = mem_array(p->study.n_alternatives, sizeof *p->alternatives);
    for (size_t i = 0; i < p->study.n_alternatives; i++)
        tally_init(&p->alternatives[i], &p->study.axes);
}

static int check_stages(struct pipeline *p)
{
    int code = estimate_check(&p->study, p->err);
    int charts = charts_check(&p->study, p->err);

    return code ? code : charts;
}

/* How the study's file is called in the record: with its folder's name where
 * that is where studies live. */
static void record_study(struct pipeline *p, const char *path)
{
    char *dir = path_dirname(path);
    const char *folder = strcmp(path_basename(dir), "bench") ? "" : "bench/";
    char *name = mem_printf("%s%s", folder, path_basename(path));

    run_add_input(&p->run, name, p->study.sha256);
    free(name);
    free(dir);
}

/* A study that compares has no counts but those of this run. */
static int open_comparing(struct pipeline *p, const char *path)
{
    if (!p->comparing)
        return err_add(p->err, ERR_INPUT, "%s: compares templates of matchers that run, "
                       "expected --backend NAME, --dataset NAME and --root DIR", path);
    p->predictions = NULL;
    return comparing_open(p->comparing, p, path);
}

int pipeline_open_study(struct pipeline *p, const char *path, const char *const *sets,
                        size_t n_sets, const char *const *backends, size_t n_backends)
{
    struct dataset d;
    int code = study_load(&p->study, path, sets, n_sets, p->err);

    if (code)
        return code;
    record_study(p, path);
    make_tallies(p);
    code = check_stages(p);
    if (!code)
        code = published_verdicts(&p->study, p->err);
    int found = 0;
    if (p->study.compare.there)
        return code ? code : open_comparing(p, path);
    p->comparing = NULL;
    if (p->predictions) {
        found = code ? 0 : predictions_read(p->predictions, p, path, backends, n_backends);
    } else if (!(found = dataset_load(&d, p->study.dataset, path, p->err))) {
        found = read_dataset(p, &d);
        dataset_release(&d);
    }
    if (code || found)
        return code ? code : found;
    struct evidence e = { .study = &p->study, .tally = &p->tally,
                          .alternatives = p->alternatives, .printed = &p->printed };
    code = evidence_check(&e, p->err);
    return code ? code : resolve_backends(p, backends, n_backends);
}

static int read_again(struct pipeline *p, const char *dir, const char *name,
                      struct tally *tally)
{
    char *path = path_join(dir, name);
    int code = tally_read_counts(tally, path, p->err);

    free(path);
    return code;
}

static int read_cases_again(struct pipeline *p, const char *dir)
{
    char *path = path_join(dir, "cases.csv");
    int code = 0;

    if (folder_records(&p->run, "cases.csv"))
        code = cases_read(&p->cases, path, p->err);

    free(path);
    return code;
}

/* The study and the record of a run folder, whose files up to a stage must be those
 * of the record. */
static int open_folder(struct pipeline *p, const char *dir, enum folder_stage stage)
{
    char *path = path_join(dir, "run.json");
    int code = run_read(&p->run, path, p->err);

    free(path);
    if (!code)
        code = folder_check(dir, &p->run, stage, p->err);
    if (code)
        return code;
    path = path_join(dir, "study.json");
    code = study_load(&p->study, path, NULL, 0, p->err);
    free(path);
    if (code)
        return code;
    if (p->run.n_inputs) /* the report names the file that was run */
        snprintf(p->study.sha256, sizeof p->study.sha256, "%s", p->run.inputs[0].sha256);
    make_tallies(p);
    return check_stages(p);
}

int pipeline_open_counts(struct pipeline *p, const char *dir)
{
    int code = open_folder(p, dir, MADE_BY_ESTIMATE), first;

    if (code)
        return code;
    first = read_again(p, dir, "counts.csv", &p->tally);
    for (size_t i = 0; i < p->study.n_backends; i++) {
        char *name = folder_counts(p->study.backends[i].text);
        if ((code = read_again(p, dir, name, &p->tally)))
            first = first ? first : code;
        free(name);
    }
    for (size_t i = 0; i < p->study.n_alternatives; i++) {
        char *name = mem_printf("alternatives/%s.csv", p->study.alternatives[i].name);
        if ((code = read_again(p, dir, name, &p->alternatives[i])) ||
            (code = tally_check_sums(&p->alternatives[i], p->err)))
            first = first ? first : code;
        free(name);
    }
    char *path = path_join(dir, "printed.csv");
    if (folder_records(&p->run, "printed.csv") &&
        (code = printed_read(&p->printed, path, &p->study.axes, p->err)))
        first = first ? first : code;
    free(path);
    if ((code = read_cases_again(p, dir)))
        first = first ? first : code;
    if (!first)
        first = tally_check_sums(&p->tally, p->err);
    for (size_t i = 0; i < p->tally.n_series && !first; i++)
        if (metric_find(p->tally.series[i].metric)->pairs)
            first = err_add(p->err, ERR_INPUT, "%s: its counts are of comparisons that share "
                            "people, expected the folder of the scores", dir);
    return first ? first : several_adopt(p, dir);
}

int pipeline_open_findings(struct pipeline *p, const char *dir)
{
    int code = open_folder(p, dir, MADE_BY_CHART);

    if (code)
        return code;
    char *path = path_join(dir, "findings.csv");
    code = findings_read_csv(&p->findings, path, p->err);
    free(path);
    path = path_join(dir, "curves.csv");
    if (!code && folder_records(&p->run, "curves.csv"))
        code = findings_read_csv(&p->curves, path, p->err);
    free(path);
    claims_init(&p->claims, &p->study);
    path = path_join(dir, "claims.json");
    int claims = claims_read_json(&p->claims, path, p->err);
    free(path);
    int cases = read_cases_again(p, dir);
    if (cases)
        return cases;
    for (size_t i = 0; !claims && i < p->claims.n; i++)
        for (size_t k = 0; k < p->claims.claims[i].n_parts; k++) {
            const struct claim_part *part = &p->claims.claims[i].parts[k];
            for (size_t r = 0; r < part->n_rows; r++)
                if (!code && part->rows[r] > p->findings.n)
                    claims = err_add(p->err, ERR_INPUT, "%s/claims.json: claim '%s' rests "
                                     "on row %zu, expected at most %zu, the rows of "
                                     "findings.csv", dir, p->claims.claims[i].spec->id,
                                     part->rows[r], p->findings.n);
        }
    return code ? code : claims;
}

/* By what the findings are made, or only drawn. */
static void record_tools(struct pipeline *p, bool drawn)
{
    struct utsname u;

    p->run.version = PACKAGE_VERSION;
    p->run.compiler = __VERSION__;
    if (uname(&u) == 0)
        p->run.platform = arena_printf(&p->run.arena, "%s %s", u.sysname, u.machine);
    struct text host = TEXT_INIT;
    machine_add_class(&host);
    p->run.host = arena_strdup(&p->run.arena, host.s);
    text_release(&host);
    if (drawn)
        p->run.gnuplot = arena_strdup(&p->run.arena, report_gnuplot());
    else
        p->run.gsl = stats_library();
}

int pipeline_estimate(struct pipeline *p)
{
    struct tally *whole = mem_array(p->study.n_alternatives, sizeof *whole);
    struct evidence e = { .study = &p->study, .tally = &p->tally, .alternatives = whole,
                          .printed = &p->printed, .clusters = &p->clusters };

    /* an alternative is written as it was read, and used with the rest */
    for (size_t i = 0; i < p->study.n_alternatives; i++) {
        tally_init(&whole[i], &p->study.axes);
        tally_overlay(&whole[i], &p->alternatives[i]);
        tally_overlay(&whole[i], &p->tally);
    }
    record_tools(p, false);
    claims_init(&p->claims, &p->study);
    int code = estimate(&e, &p->findings, p->err);
    if (!code)
        code = judge(&e, &p->findings, &p->claims, p->err);
    if (!code)
        suppress(&p->study, &p->findings, &p->claims);
    for (size_t i = 0; i < p->study.n_alternatives; i++)
        tally_release(&whole[i]);
    free(whole);
    return code;
}

int pipeline_folder(struct pipeline *p, const char *out)
{
    if (p->dir) /* made before what takes long */
        return 0;
    p->dir = out ? mem_strdup(out)
                 : folder_default(&p->study, p->predictions ? "-own" : "");
    return folder_claim(p->dir, &p->study, &p->before, p->err);
}

int pipeline_leave_for(struct pipeline *p, const char *dir, const char *out, bool *other)
{
    *other = out && !folder_same(dir, out);
    if (*other)
        p->run.n_outputs = 0;
    return pipeline_folder(p, *other ? out : dir);
}

int pipeline_record_output(struct pipeline *p, const char *name)
{
    char *path = path_join(p->dir, name), hex[HASH_HEX];
    int code = 0;

    if (path_is_file(path) && !(code = hash_file(hex, path, p->err))) {
        size_t i = 0;
        while (i < p->run.n_outputs && strcmp(p->run.outputs[i].name, name))
            i++;
        if (i < p->run.n_outputs)
            p->run.outputs[i].sha256 = arena_strdup(&p->run.arena, hex);
        else
            run_add_output(&p->run, name, hex);
    }
    free(path);
    return code;
}

int pipeline_write_text(struct pipeline *p, const char *name, struct text *t)
{
    char *path = path_join(p->dir, name), *dir = path_dirname(path);
    int code = path_make_dirs(dir, p->err);

    if (!code)
        code = file_write(path, t->s, t->len, p->err);
    free(dir);
    free(path);
    text_reset(t);
    return code ? code : pipeline_record_output(p, name);
}

int pipeline_write_study(struct pipeline *p)
{
    struct text t = TEXT_INIT;
    int code = folder_unfinish(p->dir, p->err);

    if (!code) {
        study_to_json(&p->study, &t);
        code = pipeline_write_text(p, "study.json", &t);
    }
    if (!code && p->cases.n) {
        cases_to_csv(&p->cases, &t);
        code = pipeline_write_text(p, "cases.csv", &t);
    }
    if (!code && p->predictions)
        code = predictions_write(p->predictions, p);
    if (!code && p->comparing)
        code = comparing_write(p->comparing, p);
    text_release(&t);
    return code;
}

int pipeline_write_counts(struct pipeline *p)
{
    struct text t = TEXT_INIT;
    int code = folder_unfinish(p->dir, p->err);

    if (!code) {
        tally_write_counts(&p->tally, "", &t);
        code = pipeline_write_text(p, "counts.csv", &t);
    }
    if (!code && p->printed.n) {
        printed_to_csv(&p->printed, &t);
        code = pipeline_write_text(p, "printed.csv", &t);
    }
    for (size_t i = 0; i < p->study.n_backends && !code; i++) {
        char *name = folder_counts(p->study.backends[i].text);
        tally_write_counts(&p->tally, p->study.backends[i].text, &t);
        code = pipeline_write_text(p, name, &t);
        free(name);
    }
    for (size_t i = 0; i < p->study.n_alternatives && !code; i++) {
        char *name = mem_printf("alternatives/%s.csv", p->study.alternatives[i].name);
        tally_write_counts(&p->alternatives[i], NULL, &t);
        code = pipeline_write_text(p, name, &t);
        free(name);
    }
    text_release(&t);
    return code;
}

int pipeline_write_findings(struct pipeline *p)
{
    struct text t = TEXT_INIT;
    int code = folder_unfinish(p->dir, p->err);

    if (!code) {
        findings_write_csv(&p->findings, &t);
        code = pipeline_write_text(p, "findings.csv", &t);
    }
    if (!code && p->curves.n) {
        findings_write_csv(&p->curves, &t);
        code = pipeline_write_text(p, "curves.csv", &t);
    }
    if (!code) {
        claims_write_csv(&p->claims, &t);
        code = pipeline_write_text(p, "claims.csv", &t);
    }
    if (!code) {
        claims_write_json(&p->claims, &t);
        code = pipeline_write_text(p, "claims.json", &t);
    }
    text_release(&t);
    return code;
}

/* The report lists the outputs that were there before it: those of an earlier one
 * are none of them. */
static void forget_drawn(struct run *run)
{
    size_t kept = 0;

    for (size_t i = 0; i < run->n_outputs; i++)
        if (folder_maker(run->outputs[i].name) != MADE_BY_CHART)
            run->outputs[kept++] = run->outputs[i];
    run->n_outputs = kept;
}

int pipeline_write_report(struct pipeline *p)
{
    static const char *const kinds[] = { "gp", "tsv", "svg", "png" };
    static const char *const files[] = { "report.html", "report.json", "tables.tex" };
    int charts, code = folder_unfinish(p->dir, p->err);

    if (code)
        return code;
    record_tools(p, true);
    forget_drawn(&p->run);
    charts = report_charts(&p->study, &p->findings, &p->curves, p->dir, p->err);
    if (charts && charts != ERR_PROGRAM)
        return charts;
    for (size_t i = 0; i < p->study.n_charts && !code; i++)
        for (int k = 0; k < 4 && !code; k++) {
            char *name = mem_printf("charts/%s.%s", p->study.charts[i].id, kinds[k]);
            code = pipeline_record_output(p, name);
            free(name);
        }
    if (!code)
        code = report_write(&p->study, &p->findings, &p->curves, &p->claims, &p->cases,
                            &p->run, p->dir, p->err);
    for (int i = 0; i < 3 && !code; i++)
        code = pipeline_record_output(p, files[i]);
    return code ? code : charts;
}

int pipeline_write_run(struct pipeline *p)
{
    struct text t = TEXT_INIT;

    folder_remove_stale(p->dir, &p->before, &p->run);
    run_to_json(&p->run, &t);
    char *path = path_join(p->dir, "run.json");
    int code = file_write(path, t.s, t.len, p->err);
    free(path);
    text_release(&t);
    return code;
}
