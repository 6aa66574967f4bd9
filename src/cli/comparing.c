/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/comparing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/comparing_doses.h"
#include "cli/comparing_own.h"
#include "cli/fit_study.h"
#include "cli/folder.h"
#include "cli/own_scores.h"
#include "cli/scored_study.h"
#include "cli/scoring.h"
#include "cli/set_facts.h"

static bool has_gallery(const struct comparing *c)
{
    return c->gallery.request != NULL;
}

static int open_set(struct comparing_set *set, struct pipeline *p, const char *study_path)
{
    const struct dataset_options options = { .problems = &set->problems };
    int code = dataset_request_open(set->request, "run", study_path, &set->dataset, p->err);

    if (code)
        return code;
    problems_init(&set->problems);
    code = dataset_roster(&set->dataset, set->request->root, &options, &set->roster, p->err);
    if (!code)
        code = set_facts_record(p, &set->dataset, set->request->root);
    if (code)
        return code;
    set->rows = mem_array(set->roster.n, sizeof *set->rows);
    for (size_t i = 0; i < set->roster.n; i++)
        set->rows[i] = i;
    return 0;
}

static void release_set(struct comparing_set *set)
{
    roster_release(&set->roster);
    problems_release(&set->problems);
    dataset_release(&set->dataset);
    free(set->rows);
}

static int open_matchers(struct comparing *c, bool changes, struct err *err)
{
    size_t most = c->specs->n;
    int code = 0;

    c->says = mem_array(most, sizeof *c->says);
    c->gallery_says = mem_array(most, sizeof *c->gallery_says);
    c->scored = mem_array(most, sizeof *c->scored);
    c->wishes = mem_array(most, sizeof *c->wishes);
    c->names = mem_array(most, sizeof *c->names);
    for (size_t i = 0; i < most && !code; i++) {
        c->n++;
        code = embedding_open(&c->says[i], c->specs->items[i], &c->asking, err);
        if (!code && changes)
            code = embedding_changeable(&c->says[i], err);
        if (!code && has_gallery(c) && c->says[i].backend->own_scores)
            embedding_share(&c->gallery_says[i], &c->says[i]);
        else if (!code && has_gallery(c))
            code = embedding_open(&c->gallery_says[i], c->specs->items[i], &c->asking, err);
        if (code)
            return code;
        const struct backend *b = c->says[i].backend;
        c->names[i] = b->name;
        code = comparing_own_check(c, b, changes, err);
        for (size_t k = 0; k < i; k++)
            if (!strcmp(c->names[k], b->name))
                code = err_add(err, ERR_INPUT, "run: --backend '%s' stands twice, expected "
                               "each once", b->name);
    }
    return code;
}

static void add_set_fact(struct study *s, const char *name, const struct comparing_set *set)
{
    struct text t = TEXT_INIT;

    if (set->roster.chosen)
        text_addf(&t, "%s: %s.", set->dataset.title, set->roster.chosen);
    else
        text_addf(&t, "%s: %zu samples.", set->dataset.title, set->roster.n);
    set_facts_problems(&set->problems, &t);
    study_add_fact(s, name, t.s);
    text_release(&t);
}

const char *comparing_axes(struct study *s, unsigned set)
{
    struct text t = TEXT_INIT;

    for (size_t a = 0; a < s->axes.n; a++)
        if (set & 1u << a)
            text_addf(&t, "%s%s", t.len ? "," : "", s->axes.axes[a].name);
    const char *names = t.len ? arena_strdup(&s->arena, t.s) : NULL;
    text_release(&t);
    return names;
}

/* The study of this data set: groups, claims and charts that it can say anything of. */
static int fit(struct comparing *c, struct pipeline *p)
{
    struct study *s = &p->study;
    int code = fit_axes(s, &c->set.roster, has_gallery(c) ? &c->gallery.roster : NULL,
                        p->err);

    if (code)
        return code;
    unsigned usable = fit_usable(s, &c->set.roster) & s->compare.by;
    const char *left = comparing_axes(s, s->compare.by & ~usable);
    fit_contrasts(s, usable, true);
    fit_claims(s, usable, true);
    fit_drop_axes(s, usable);
    if (!s->n_by)
        scored_study_sets(s);
    tally_release(&p->tally);
    tally_init(&p->tally, &s->axes);
    s->evidence = EVIDENCE_NEW;
    s->dataset = has_gallery(c)
                     ? arena_printf(&s->arena, "%s-in-%s", c->set.dataset.name,
                                    c->gallery.dataset.name)
                     : arena_strdup(&s->arena, c->set.dataset.name);
    fit_say_drawn(s, &c->set.roster);
    add_set_fact(s, has_gallery(c) ? "Probes" : "Data set", &c->set);
    if (has_gallery(c))
        add_set_fact(s, "Gallery", &c->gallery);
    set_facts_labels(s, &c->set.roster, NULL);
    if (left)
        study_add_fact(s, "Not counted by",
                       arena_printf(&s->arena, "%s: the data set has no values of it.",
                                    left));
    return 0;
}

static void add_sources(struct study *s, const struct comparing *c)
{
    const struct comparing_set *const sets[] = { &c->set, &c->gallery };

    for (size_t i = 0; i < s->n_cite; i++)
        s->cite[i] = arena_printf(&s->arena, "Claims tested: %s", s->cite[i]);
    STUDY_ROOM(s, s->cite, s->n_cite, 2);
    for (size_t i = 0; i < 2; i++)
        if (sets[i]->request)
            s->cite[s->n_cite++] = arena_printf(&s->arena, "Faces and labels: %s",
                                                sets[i]->dataset.source);
}

int comparing_open(struct comparing *c, struct pipeline *p, const char *study_path)
{
    const struct study *s = &p->study;

    if (s->task == TASK_IDENTIFY && !has_gallery(c))
        return err_add(p->err, ERR_INPUT, "%s: searches probes in a gallery, expected "
                       "--gallery NAME and --gallery-root DIR", s->path);
    if (s->task == TASK_VERIFY && has_gallery(c))
        return err_add(p->err, ERR_INPUT, "%s: compares all samples of one data set, "
                       "expected no --gallery", s->path);
    c->opened = true;
    c->asking = *c->request;
    c->asking.covariates = true; /* so that equal images are found */
    int code = open_set(&c->set, p, study_path);
    if (!code && has_gallery(c))
        code = open_set(&c->gallery, p, study_path);
    if (!code)
        code = fit(c, p);
    if (!code)
        code = open_matchers(c, s->n_doses > 0, p->err);
    if (!code)
        add_sources(&p->study, c);
    return code;
}

/* The axes of the study, each alone and all together, for times. */
static size_t time_sets(const struct study *s, const struct roster *r, long *numbers,
                        const long **sets)
{
    size_t n = 0;

    for (size_t a = 0; a < s->axes.n; a++) {
        numbers[2 * a] = roster_attribute(r, s->axes.axes[a].name);
        numbers[2 * a + 1] = -1;
        if (numbers[2 * a] >= 0)
            sets[n++] = &numbers[2 * a];
    }
    return n;
}

static int embed(struct embedding *e, const struct comparing_set *set,
                 const struct study *s, struct err *err)
{
    long numbers[2 * GROUP_MAX_AXES];
    const long *sets[GROUP_MAX_AXES];
    size_t n = time_sets(s, &set->roster, numbers, sets);

    return embedding_make(e, &set->roster, set->rows, set->roster.n, set->request->root,
                          sets, n, err);
}

static int write_embedding(struct embedding *e, const struct comparing_set *set,
                           const char *dir, struct err *err)
{
    int code = embedding_write_folder(e, &set->roster, set->rows, set->roster.n, dir, err);

    outputs_release(&e->outputs); /* they are in the folder now */
    outputs_init(&e->outputs, e->backend->name);
    return code;
}

const char *comparing_numbers(struct arena *arena, const double *numbers, size_t n)
{
    struct text t = TEXT_INIT;
    char number[NUM_MAX];

    for (size_t i = 0; i < n; i++)
        text_addf(&t, "%s%s", i ? "," : "", num_shortest(number, numbers[i]));
    const char *joined = n ? arena_strdup(arena, t.s) : NULL;
    text_release(&t);
    return joined;
}

size_t comparing_threads(const struct comparing *c)
{
    return c->request->threads > 0 ? (size_t)c->request->threads
                                   : (size_t)sysconf(_SC_NPROCESSORS_ONLN);
}

static int embed_both(struct comparing *c, const struct study *s, size_t i, struct err *err)
{
    int code = embed(&c->says[i], &c->set, s, err);

    return code || !has_gallery(c) ? code : embed(&c->gallery_says[i], &c->gallery, s, err);
}

int comparing_prepare(struct comparing *c, struct pipeline *p)
{
    bool dry = false;
    int code = 0;

    for (size_t i = 0; i < c->n && !code; i++) {
        const struct backend_plan plan = comparing_own_plan(c, c->says[i].backend);
        code = embedding_prepare(&c->says[i], NULL, &plan, p->err);
    }
    for (size_t i = 0; i < c->n && !code; i++)
        if (embedding_is_dry(&c->says[i])) {
            code = embed_both(c, &p->study, i, p->err);
            dry = true;
        }
    return code ? code : dry ? PIPELINE_DRY : 0;
}

/* One matcher: its answers, and their comparisons, in backends/NAME/. */
static int work_one(struct comparing *c, struct pipeline *p, size_t i)
{
    struct study *s = &p->study;
    const struct backend *b = c->says[i].backend;
    struct score_request r = SCORE_REQUEST_INIT;
    char *name = folder_backend(b->name, "backend.json"), *folder = path_dirname(name);
    char *dir = path_join(p->dir, folder);
    char *probes = path_join(dir, "probes"), *gallery = path_join(dir, "gallery");
    const bool native = s->compare.native && b->n_native;
    int code;

    c->wishes[i] = (struct scored_wish){
        .points_called = native ? "native" : NULL,
        .threads = comparing_threads(c), .lenient = b->own_scores,
        .replicates = (size_t)c->replicates, .permutations = (size_t)c->permutations,
        .seed = (uint64_t)c->seed, .apart = s->n_doses > 0,
        .searches = isnan(c->searches) ? 0 : c->searches,
        .has_suspicious = !isnan(c->suspicious), .suspicious = c->suspicious };
    r.run = has_gallery(c) ? gallery : dir;
    r.probes = has_gallery(c) ? probes : NULL;
    r.by = comparing_axes(s, s->compare.by);
    r.thresholds = native ? comparing_numbers(&s->arena, b->native, b->n_native) : NULL;
    r.targets = comparing_numbers(&s->arena, s->compare.targets, s->compare.n_targets);
    r.out = dir;
    r.same_person = c->same_person;
    r.bins = NAN;
    r.threads = c->request->threads > 0 ? c->request->threads : NAN;
    r.top = (double)s->compare.top;
    r.silent = true;
    r.quiet = c->request->quiet;
    (void)((code = embedding_prepare(&c->says[i], dir, NULL, p->err)) ||
           (code = embed_both(c, s, i, p->err)) ||
           (b->own_scores && (code = comparing_own_ask(c, s, i, &r, p->err))) ||
           (code = write_embedding(&c->says[i], &c->set, has_gallery(c) ? probes : dir,
                                   p->err)) ||
           (has_gallery(c) && (code = write_embedding(&c->gallery_says[i], &c->gallery,
                                                      gallery, p->err))) ||
           (code = scoring_run(&r, p->err)) ||
           (code = own_scores_end(dir, p->err)) ||
           (code = scored_load(&c->scored[i], dir, p->err)));
    free(gallery);
    free(probes);
    free(dir);
    free(folder);
    free(name);
    return code;
}

/* Claims that no counts can bear out or refute. */
static void settle_claims(struct study *s, const struct tally *t)
{
    for (size_t i = 0; i < s->n_claims; i++) {
        struct claim_spec *c = &s->claims[i];
        const char *const groups[] = { c->group, c->versus };
        bool counted = c->type != CLAIM_NOT_TESTABLE;
        for (size_t k = 0; k < 2 && counted; k++) {
            struct group g;
            counted = !groups[k] || group_parse(&g, &s->axes, groups[k], NULL) == 0;
            for (size_t b = 0; groups[k] && counted && b < s->n_backends; b++)
                counted = tally_find(t, s->backends[b].text, c->metric, c->point, &g);
        }
        if (!counted && c->type != CLAIM_NOT_TESTABLE)
            fit_cannot_test(c, "There are no such comparisons of one of its groups, or too "
                            "few scores were kept to say who matched.");
    }
}

/* A claim that cannot be tested may be about what nobody counted; study.json, to be read
 * again, names counted metrics only. */
static void settle_metrics(struct study *s)
{
    for (size_t i = 0; i < s->n_claims && s->n_metrics; i++) {
        bool counted = false;
        for (size_t m = 0; m < s->n_metrics; m++)
            counted |= !strcmp(s->metrics[m].text, s->claims[i].metric);
        if (!counted)
            s->claims[i].metric = s->metrics[0].text;
    }
}

static void settle_contrasts(struct study *s, const struct tally *t)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_contrasts; i++)
        if (fit_is_counted(s, t, s->contrasts[i].metric, s->contrasts[i].group) &&
            fit_is_counted(s, t, s->contrasts[i].metric, s->contrasts[i].versus))
            s->contrasts[n++] = s->contrasts[i];
    s->n_contrasts = n;
}

/* A group's share of what went wrong, where something did; contrasts, where there are. */
static void settle_charts(struct study *s, const struct tally *t)
{
    const struct group all = group_all();
    size_t n = 0;

    for (size_t i = 0; i < s->n_charts; i++) {
        const struct study_chart *c = &s->charts[i];
        bool forest = !strcmp(c->chart.text, "forest"), any = !c->group && !forest;
        for (size_t k = 0; forest && k < s->n_contrasts && !any; k++)
            any = !strcmp(s->contrasts[k].metric, c->metric);
        for (size_t b = 0; !forest && b < s->n_backends && !any; b++) {
            const struct count *whole = tally_find(t, s->backends[b].text, c->metric,
                                                   c->point ? c->point : "", &all);
            any = whole && whole->x > 0 && fit_is_counted(s, t, c->metric, c->group);
        }
        if (any)
            s->charts[n++] = *c;
    }
    s->n_charts = n;
}

int comparing_work(struct comparing *c, struct pipeline *p)
{
    struct text t = TEXT_INIT;
    int code = folder_unfinish(p->dir, p->err);

    if (!code) { /* so that the folder is known again if this is interrupted */
        study_to_json(&p->study, &t);
        code = file_write_text(p->dir, "study.json", &t, p->err);
    }
    for (size_t i = 0; i < c->n && !code; i++) {
        code = work_one(c, p, i);
        embedding_add_words(&c->says[i], &t);
    }
    if (!code) {
        study_add_fact(&p->study, "Backends", t.s);
        c->run = (struct scored_run){ .all = c->scored, .names = c->names, .n = c->n,
                                      .wish = c->wishes, .reference = c->reference,
                                      .curves = true };
        code = scored_run_count(&c->run, p);
    }
    if (!code)
        comparing_own_tell(c, &p->study);
    for (size_t i = 0; i < c->n && !code; i++)
        code = comparing_doses(c, p, i);
    if (!code) {
        settle_contrasts(&p->study, &p->tally);
        settle_claims(&p->study, &p->tally);
        settle_metrics(&p->study);
        settle_charts(&p->study, &p->tally);
        fit_answer(&p->study, &p->tally);
    }
    text_release(&t);
    return code;
}

int comparing_estimate(struct comparing *c, struct pipeline *p)
{
    return scored_run_estimate(&c->run, p);
}

/* What the folder of one matcher holds, for the record. */
static int record_folder(struct pipeline *p, const char *backend, const char *below)
{
    static const char *const files[] = {
        "backend.json", "timing.json", "roster.csv", "outputs.csv", "templates.npy",
        "probe-roster.csv", "scores.json", "cells.csv", "histogram.json", "histogram.npy",
        "margins.npy", "mated.npy", "exceedances.npy", "identification.csv",
        "candidates.csv", "duplicates.csv", "joined.csv", "same-person.csv", "own.npy",
        "cassette.jsonl",
    };
    int code = 0;

    for (size_t i = 0; i < sizeof files / sizeof *files && !code; i++) {
        char *file = mem_printf("%s%s%s", below, *below ? "/" : "", files[i]);
        char *name = folder_backend(backend, file);
        code = pipeline_record_output(p, name);
        free(name);
        free(file);
    }
    return code;
}

static int write_set(const struct comparing_set *set, struct pipeline *p, const char *name)
{
    struct text t = TEXT_INIT;

    roster_add_rows(&set->roster, set->rows, set->roster.n, &t);
    int code = pipeline_write_text(p, name, &t);
    text_release(&t);
    return code;
}

int comparing_write(const struct comparing *c, struct pipeline *p)
{
    struct text t = TEXT_INIT;
    int code = write_set(&c->set, p, "roster.csv");

    if (!code) {
        roster_add_attributes(&c->set.roster, &t);
        code = pipeline_write_text(p, "attributes.csv", &t);
    }
    if (!code && has_gallery(c))
        code = write_set(&c->gallery, p, "gallery.csv");
    for (size_t i = 0; i < c->n && !code; i++)
        (void)((code = record_folder(p, c->names[i], "")) ||
               (code = comparing_doses_record(c, p, i)) ||
               (has_gallery(c) && ((code = record_folder(p, c->names[i], "probes")) ||
                                   (code = record_folder(p, c->names[i], "gallery")))));
    text_release(&t);
    return code;
}

void comparing_add_command(const struct comparing *c, struct text *to)
{
    for (size_t i = 0; i < c->n; i++)
        embedding_add_command(&c->says[i], to);
    dataset_request_add_command(c->set.request, "dataset", "root", to);
    if (has_gallery(c))
        dataset_request_add_command(c->gallery.request, "gallery", "gallery-root", to);
    scored_add_command(c->replicates, c->permutations, c->seed, c->searches, c->suspicious,
                       to);
}

void comparing_release(struct comparing *c)
{
    for (size_t i = 0; i < c->n; i++) {
        embedding_release(&c->says[i]);
        embedding_release(&c->gallery_says[i]);
        scored_release(&c->scored[i]);
    }
    free(c->says);
    free(c->gallery_says);
    free(c->scored);
    free(c->wishes);
    free(c->names);
    if (c->opened) {
        release_set(&c->set);
        if (has_gallery(c))
            release_set(&c->gallery);
    }
}
