/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lab: a made-up study with its counts, other counts and printed figures, taken
 * through the estimate and verdict stages. For the tests of those stages.
 */
#ifndef LAB_H
#define LAB_H

#include "test.h"

#include <math.h>

#include "stats/estimate.h"
#include "stats/verdict.h"

static char *folder;

static inline int lab_folder(void **state)
{
    (void)state;
    stats_start();
    folder = test_folder();
    return 0;
}

static inline int lab_remove_folder(void **state)
{
    (void)state;
    test_remove_folder(folder);
    return 0;
}

/* A study with everything it needs. */
struct lab {
    struct study study;
    struct tally tally, other; /* other: the one alternative, if there is one */
    struct printed printed;
    struct findings findings;
    struct claims claims;
    struct evidence e;
    struct err err;
};

static inline void read_counts(struct lab *lab, struct tally *t, const char *name,
                               const char *rows)
{
    char *text = mem_printf("backend,metric,group,x,n,n_lo,n_hi,derived,source\n%s", rows);
    char *path = test_file(folder, name, text);

    tally_init(t, &lab->study.axes);
    if (tally_read_counts(t, path, &lab->err))
        fail_msg("%s", err_text(&lab->err));
    free(path);
    free(text);
}

/* `other` and `printed` may be NULL. */
static inline void open_lab(struct lab *lab, const char *study, const char *counts,
                            const char *other, const char *printed)
{
    char *text = mem_printf(
        "study: s\ntitle: t\nquestion: q\ntask: classify\nevidence: published\n"
        "dataset: d\naxes: [{name: g, values: [f, m]}, {name: s, values: [d, l]}]\n"
        "metrics: [error, faces]\n%s%s", study,
        other ? "alternatives: [{name: other, counts: x.csv, why: w}]\n" : "");
    char *path = test_file(folder, "s.yaml", text);

    *lab = (struct lab){ .err = ERR_INIT };
    if (study_load(&lab->study, path, NULL, 0, &lab->err))
        fail_msg("%s", err_text(&lab->err));
    free(path);
    free(text);
    read_counts(lab, &lab->tally, "counts.csv", counts);
    if (other) {
        read_counts(lab, &lab->other, "other.csv", other);
        tally_overlay(&lab->other, &lab->tally);
    }
    text = mem_printf("claim,backend,metric,group,versus,point,printed,unit,source\n%s",
                      printed ? printed : "");
    path = test_file(folder, "printed.csv", text);
    if (printed_read(&lab->printed, path, &lab->study.axes, &lab->err))
        fail_msg("%s", err_text(&lab->err));
    free(path);
    free(text);
    lab->e = (struct evidence){ .study = &lab->study, .tally = &lab->tally,
                                .alternatives = &lab->other, .printed = &lab->printed };
    findings_init(&lab->findings);
    claims_init(&lab->claims, &lab->study);
}

static inline void work(struct lab *lab, const char *study, const char *counts, const char *other,
                        const char *printed)
{
    open_lab(lab, study, counts, other, printed);
    if (estimate_check(&lab->study, &lab->err) || evidence_check(&lab->e, &lab->err) ||
        estimate(&lab->e, &lab->findings, &lab->err) ||
        judge(&lab->e, &lab->findings, &lab->claims, &lab->err))
        fail_msg("%s", err_text(&lab->err));
}

static inline void close_lab(struct lab *lab)
{
    claims_release(&lab->claims);
    findings_release(&lab->findings);
    printed_release(&lab->printed);
    if (lab->study.n_alternatives)
        tally_release(&lab->other);
    tally_release(&lab->tally);
    study_release(&lab->study);
    err_release(&lab->err);
}

static inline void assert_close(double got, double expected)
{
    if (!(fabs(got - expected) <= 1e-9 * fmax(1, fabs(expected))))
        fail_msg("%.17g, expected %.17g", got, expected);
}

/* A p-value: found by bisection to ten digits. */
static inline void assert_p(double got, double expected)
{
    if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) <= 1e-7 * expected))
        fail_msg("p %.17g, expected %.17g", got, expected);
}

static inline const struct finding *row_of(const struct lab *lab, const char *backend,
                                           const char *metric, const char *group,
                                           const char *versus, const char *point)
{
    long i = findings_find(&lab->findings, backend, metric, group, versus, point, NULL);

    if (i < 0)
        fail_msg("no finding %s %s %s|%s @%s", backend, metric, group, versus, point);
    return &lab->findings.rows[i];
}

#endif
