/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid cite, trace: one number, for someone who must defend it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/options.h"
#include "cli/pipeline.h"
#include "cli/trace_samples.h"
#include "datasets/dataset.h"
#include "model/metric.h"
#include "report/cite.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/prose.h"

/* ROW is a number, or metric|backend|group[|versus] as in a study's captions. */
static int find_row(const struct pipeline *p, const char *name, const char *row,
                    size_t *at)
{
    int64_t v;

    if (strchr(row, '|')) {
        const struct finding *r = prose_find(&p->study, &p->findings, row, name, p->err);
        if (!r)
            return ERR_INPUT;
        *at = (size_t)(r - p->findings.rows);
        return 0;
    }
    if (!num_parse_int64(row, &v) || v < 1 || (uint64_t)v > p->findings.n)
        return err_add(p->err, ERR_INPUT, "%s: row '%s', expected a number from 1 to %zu "
                       "(the first row under the header of findings.csv is 1), or "
                       "metric|backend|group", name, row, p->findings.n);
    *at = (size_t)v - 1;
    return 0;
}

/* `all`: where the flag --samples goes, NULL for a command without it. */
static int with_row(const char *name, const char *about, int argc, char **argv, bool *all,
                    int (*work)(struct pipeline *p, const char *dir, size_t row, bool all))
{
    bool want_help = false;
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { all ? OPTION_FLAG : OPTION_END, "samples", NULL,
          "list every sample of a run on one's own predictions, not the first ten", all },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    struct pipeline p;
    size_t row = 0;

    pipeline_init(&p, &err);
    int code = options_parse(name, table, argc, argv, &args, &err);
    if (!code && want_help) {
        printf("usage: misid %s RUN ROW%s\n\n%s\n\n", name, all ? " [--samples]" : "",
               about);
        options_print(table);
    } else if (!code && args.n != 2) {
        code = err_add(&err, ERR_INPUT, "%s: %zu arguments, expected a run folder and a row "
                       "of its findings.csv", name, args.n);
    } else if (!code) {
        (void)((code = pipeline_open_findings(&p, args.items[0])) ||
               (code = find_row(&p, name, args.items[1], &row)) ||
               (code = work(&p, args.items[0], row, all && *all)));
    }
    pipeline_release(&p);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}

static int do_cite(struct pipeline *p, const char *dir, size_t row, bool all)
{
    struct text t = TEXT_INIT;

    (void)dir;
    (void)all;
    report_cite(&p->study, &p->findings, row, &p->run, &t);
    fputs(t.s, stdout);
    text_release(&t);
    return 0;
}

int cite_main(int argc, char **argv)
{
    return with_row("cite", "Prints one finding as a paragraph for a brief or a review: "
                    "estimate, interval, method,\ncounts, what it speaks about and what "
                    "it does not, sources, hashes.\nROW is a row number of findings.csv, "
                    "or metric|backend|group[|versus].", argc, argv, NULL, do_cite);
}

/* What a trace needs besides the findings. */
struct tracing {
    struct pipeline counts;    /* the counts of the run folder */
    struct tally source;       /* those of the data set as it is now */
    struct text source_path;   /* "" if the data set is not here */
    const char *source_name;   /* as run.json calls it, or NULL */
    bool changed;              /* its hash is not the one in run.json */
    struct trace_samples samples;
    struct err *err;
    int code;                  /* of what could not be listed */
};

/* Finds the data set's own file again, to name the lines counts came from. */
static void open_source(struct tracing *t)
{
    const struct study *s = &t->counts.study;
    struct dataset d;
    struct err ignored = ERR_INIT;
    char hex[HASH_HEX];

    tally_init(&t->source, &s->axes);
    if (dataset_load(&d, s->dataset, NULL, &ignored) == 0) {
        char *path = d.counts ? dataset_path(&d, d.counts) : NULL;
        char *name = d.counts ? mem_printf("datasets/%s/%s", d.name, d.counts) : NULL;
        if (path && hash_file(hex, path, &ignored) == 0 &&
            tally_read_counts(&t->source, path, &ignored) == 0) {
            text_add(&t->source_path, path);
            for (size_t i = 0; i < t->counts.run.n_inputs; i++)
                if (!strcmp(t->counts.run.inputs[i].name, name)) {
                    t->source_name = t->counts.run.inputs[i].name;
                    t->changed = strcmp(t->counts.run.inputs[i].sha256, hex) != 0;
                }
        }
        free(name);
        free(path);
        dataset_release(&d);
    }
    err_release(&ignored);
}

static void trace_count(const struct tracing *t, const struct count *c)
{
    char *file = *c->backend ? folder_counts(c->backend) : mem_strdup("counts.csv");

    printf("    %s line %zu: %s, %" PRId64 " of %" PRId64, file, c->line, c->name, c->x,
           c->n);
    if (c->n_lo < c->n_hi)
        printf(" (n is %" PRId64 " to %" PRId64 ")", c->n_lo, c->n_hi);
    puts(c->derived ? ", derived" : "");
    const struct count *s = t->source_path.len
        ? tally_find(&t->source, c->backend, c->metric, c->point, &c->group) : NULL;
    if (s)
        printf("      from %s line %zu%s\n", t->source_name ? t->source_name
               : t->source_path.s, s->line, t->changed
               ? " (the file has changed since the run)" : "");
    if (*c->source)
        printf("      %s\n", c->source);
    free(file);
}

/* The counts of one side of a finding. */
static void trace_side(struct tracing *t, const char *backend, const char *metric,
                       const char *point, const char *group)
{
    const struct count *parts[STUDY_MAX_GROUPS];
    struct group g;
    struct arena a = ARENA_INIT;
    size_t n = 0;

    if (group_parse(&g, &t->counts.study.axes, group, NULL) == 0)
        n = tally_parts(&t->counts.tally, backend, lookup_base(&a, metric), point, &g,
                        parts, STUDY_MAX_GROUPS);
    printf("  %s%s%s%s%s:%s\n", backend, *backend ? ", " : "", group, *point ? ", " : "",
           point, n > 1 ? " the sum of" : n ? "" : " no counts of its own");
    for (size_t i = 0; i < n; i++)
        trace_count(t, parts[i]);
    if (n && *backend && !t->code)
        t->code = trace_samples_print(&t->samples, backend, lookup_base(&a, metric), point,
                                      &g, t->err);
    arena_release(&a);
}

/* Both sides of a finding, by what its versus names. */
static void trace_sides(struct tracing *t, const struct finding *r)
{
    const char *kind = metric_kind(r->metric);

    if (!strncmp(kind, "improvement", 11)) {
        trace_side(t, r->backend, r->metric, r->versus, r->group);
        trace_side(t, r->backend, r->metric, r->point, r->group);
    } else if (!strcmp(kind, "rise")) {
        trace_side(t, r->backend, r->metric, t->counts.study.clean, r->group);
        trace_side(t, r->backend, r->metric, r->point, r->group);
    } else if (!strncmp(kind, "excess", 6)) {
        struct text other = TEXT_INIT;
        const char *name = strchr(r->versus, '=');
        trace_side(t, r->backend, r->metric, r->point, r->group);
        if (name && text_add_unpercent(&other, name + 1, strlen(name + 1)) == 0)
            trace_side(t, other.s, r->metric, r->point, r->group);
        text_release(&other);
    } else if (!strcmp(kind, "sensitivity")) {
        puts("  the same group with another n, or with other counts; as stated:");
        struct text point = TEXT_INIT;
        const char *variant = strrchr(r->point, ',');
        text_addn(&point, r->point, variant ? (size_t)(variant - r->point) : 0);
        trace_side(t, r->backend, r->metric, point.s, r->group);
        text_release(&point);
    } else if (!strcmp(kind, "max_min")) {
        puts("  the largest over the smallest rate of the groups; each has its own row");
    } else {
        trace_side(t, r->backend, r->metric, r->point, r->group);
        if (*r->versus)
            trace_side(t, r->backend, r->metric, r->point, r->versus);
        else if (!strncmp(kind, "share", 5) || !strcmp(kind, "base_share"))
            trace_side(t, r->backend, r->metric, r->point, "all");
    }
}

static int do_trace(struct pipeline *p, const char *dir, size_t row, bool all)
{
    struct tracing t = { .source_path = TEXT_INIT, .err = p->err, .samples.all = all };
    const struct finding *r = &p->findings.rows[row];
    struct text words = TEXT_INIT;
    int code;

    pipeline_init(&t.counts, p->err);
    code = pipeline_open_counts(&t.counts, dir);
    if (!code)
        code = trace_samples_open(&t.samples, dir, &t.counts.study, &t.counts.run, p->err);
    if (code)
        goto out;
    open_source(&t);
    prose_row(&p->study, r, &words);
    text_add(&words, ": ");
    format_estimate(&words, unit_of(r->metric), r->estimate, r->lo, r->hi);
    printf("findings.csv row %zu: %s%s%s%s%s\n", row + 1, r->backend,
           *r->backend ? ", " : "", words.s, *r->method ? ", " : "", r->method);
    if (*r->note)
        printf("  note: %s\n", r->note);
    trace_sides(&t, r);
    for (size_t i = 0; i < p->claims.n; i++) {
        const struct claim *c = &p->claims.claims[i];
        for (size_t k = 0; k < c->n_parts; k++)
            for (size_t q = 0; q < c->parts[k].n_rows; q++)
                if (c->parts[k].rows[q] == row + 1)
                    printf("  claim '%s' rests on it: %s%s\n", c->spec->id,
                           verdict_word(c->verdict, p->study.evidence),
                           c->undone ? ", " VERDICT_UNDONE : "");
    }
    for (size_t i = 0; i < p->run.n_inputs; i++)
        printf("  input %s SHA-256 %s\n", p->run.inputs[i].name, p->run.inputs[i].sha256);
    if (!t.source_path.len && !t.samples.there)
        puts("  (the data set itself is not found here; MISID_DATA says where to look)");
    tally_release(&t.source);
    code = t.code;
out:
    trace_samples_release(&t.samples);
    pipeline_release(&t.counts);
    text_release(&t.source_path);
    text_release(&words);
    return code;
}

int trace_main(int argc, char **argv)
{
    bool all = false;

    return with_row("trace", "Walks from one finding to the counts it was computed from, "
                    "the lines of the files they\nstand in, their sources, and the claims "
                    "that rest on it.\nROW is a row number of findings.csv, or "
                    "metric|backend|group[|versus].", argc, argv, &all, do_trace);
}
