/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/trends.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dict.h"
#include "model/metric.h"
#include "report/lookup.h"
#include "stats/dist.h"
#include "stats/steps.h"

/* Heads come with every point: a run is found by the id it had last time. */
struct loading {
    struct trends *t;
    struct dict runs, keys, prints; /* prints: RUN and BACKEND, as numbered in `print` */
    const char **print;
    size_t print_cap;
    struct trends_series *at;
    struct dict texts;
};

static uint32_t run_number(struct loading *l, const struct history_head *head)
{
    struct trends *t = l->t;
    bool fresh;
    uint32_t at = dict_add(&l->runs, head->id, &fresh);

    if (!fresh)
        return at;
    MEM_ROOM(t->runs, t->n_runs, t->cap_runs);
    struct trends_run *r = &t->runs[t->n_runs++];
    *r = (struct trends_run){ .started = arena_strdup(&t->arena, head->started),
                              .version = arena_strdup(&t->arena, head->version),
                              .host = arena_strdup(&t->arena, head->host),
                              .dataset_hash = arena_strdup(&t->arena, head->dataset_hash),
                              .at = head->at };
    memcpy(r->id, head->id, sizeof r->id);
    return at;
}

static bool is_followed(const struct finding *f)
{
    const struct metric *m = metric_find(f->metric);
    const char *kind = metric_kind(f->metric);

    return *f->backend && m && !m->census && !m->rival && !m->detail &&
           (!*kind || !strcmp(kind, "difference") || !strcmp(kind, "ratio") ||
            !strcmp(kind, "max_min"));
}

static bool is_ratio(const char *metric)
{
    return unit_of(metric) == UNIT_RATIO || !strcmp(metric, "throughput");
}

static const char *what_of(struct trends *t, const struct trends_series *s)
{
    struct text words = TEXT_INIT;

    text_add(&words, s->metric);
    if (*s->point) {
        text_addch(&words, ' ');
        lookup_point_phrase(&words, s->point);
    }
    if (*s->group)
        text_addf(&words, "%s%s", strstr(s->metric, "max_min") ? " over " : " of ", s->group);
    if (*s->versus)
        text_addf(&words, " against %s", s->versus);
    text_addf(&words, ", %s", s->backend);
    const char *kept = arena_strdup(&t->arena, words.s);
    text_release(&words);
    return kept;
}

static struct trends_series *add_series(struct trends *t, const char *study,
                                        const char *backend, const char *metric,
                                        const char *group, const char *versus,
                                        const char *point)
{
    MEM_ROOM(t->series, t->n, t->cap);
    struct trends_series *s = &t->series[t->n++];
    *s = (struct trends_series){
        .study = arena_strdup(&t->arena, study), .backend = arena_strdup(&t->arena, backend),
        .metric = arena_strdup(&t->arena, metric), .group = arena_strdup(&t->arena, group),
        .versus = arena_strdup(&t->arena, versus), .point = arena_strdup(&t->arena, point) };
    s->what = what_of(t, s);
    return s;
}

static void add_night(struct trends_series *s, uint32_t run, int64_t at, double value,
                      double lo, double hi, double resolution)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 16;
        s->nights = mem_grow(s->nights, s->cap, sizeof *s->nights);
        s->run = mem_grow(s->run, s->cap, sizeof *s->run);
        s->resolution = mem_grow(s->resolution, s->cap, sizeof *s->resolution);
    }
    s->nights[s->n] = (struct trend_night){ at, value, lo, hi };
    s->run[s->n] = run;
    s->resolution[s->n++] = resolution;
}

static int take_point(const struct history_point *p, void *arg, struct err *err)
{
    const struct finding *f = p->finding;
    struct loading *l = arg;

    (void)err;
    if (p->begins)
        l->at = is_followed(f) ? add_series(l->t, f->study, f->backend, f->metric, f->group,
                                            f->versus, f->point)
                               : NULL;
    if (!l->at || f->flag == FLAG_SUPPRESSED || !isfinite(f->estimate) ||
        (is_ratio(f->metric) && !(f->estimate > 0)))
        return 0;
    bool rate = !*metric_kind(f->metric);
    l->at->row = p->row;
    add_night(l->at, run_number(l, p->run), p->run->at, f->estimate, f->lo, f->hi,
              rate && f->n > 0 ? .5 / (double)f->n : 0);
    return 0;
}

static void keep_print(struct loading *l, const struct history_head *run,
                       const struct history_backend *b)
{
    struct text key = TEXT_INIT;
    bool fresh;

    text_addf(&key, "%s\n%s", run->id, b->name);
    size_t n = l->prints.n;
    uint32_t at = dict_add(&l->prints, key.s, &fresh);
    if (fresh) {
        MEM_ROOM(l->print, n, l->print_cap);
        uint32_t text = dict_add(&l->texts, b->fingerprint, NULL);
        l->print[at] = arena_strdup(&l->t->arena, dict_at(&l->texts, text));
    }
    text_release(&key);
}

static int take_speed(const struct history_speed *s, void *arg, struct err *err)
{
    struct loading *l = arg;
    struct trends *t = l->t;
    double v = s->backend->images_per_second / s->backend->calibration;

    (void)err;
    keep_print(l, s->run, s->backend);
    if (!(v > 0) || !isfinite(v))
        return 0;
    if (!l->at || strcmp(l->at->backend, s->backend->name) ||
        strcmp(l->at->study, s->run->study))
        l->at = add_series(t, s->run->study, s->backend->name, "throughput", "", "", "");
    add_night(l->at, run_number(l, s->run), s->run->at, v, NAN, NAN, 0);
    return 0;
}

/* Of series that differ by their method only, the first in findings.csv stays. */
static void drop_methods(struct loading *l)
{
    struct trends *t = l->t;
    struct text key = TEXT_INIT;
    size_t kept = 0;

    for (size_t i = 0; i < t->n; i++) {
        struct trends_series s = t->series[i];
        bool fresh;
        text_reset(&key);
        text_addf(&key, "%s\n%s\n%s\n%s\n%s\n%s", s.study, s.backend, s.metric, s.group,
                  s.versus, s.point);
        uint32_t at = s.n ? dict_add(&l->keys, key.s, &fresh) : DICT_NONE;
        if (at != DICT_NONE && fresh) {
            t->series[kept++] = s;
            continue;
        }
        struct trends_series *other = at == DICT_NONE ? &s : &t->series[at];
        struct trends_series drop = at == DICT_NONE || s.row >= other->row ? s : *other;
        if (at != DICT_NONE && s.row < other->row)
            *other = s;
        free(drop.nights);
        free(drop.run);
        free(drop.resolution);
    }
    t->n = kept;
    text_release(&key);
}

static const char *print_of(const struct loading *l, uint32_t run, const char *backend)
{
    struct text key = TEXT_INIT;

    text_addf(&key, "%s\n%s", l->t->runs[run].id, backend);
    uint32_t at = dict_find(&l->prints, key.s);
    text_release(&key);
    return at == DICT_NONE ? "" : l->print[at];
}

static void add_news(struct text *to, const char *what)
{
    text_addf(to, "%s%s", to->len ? ", " : "", what);
}

/* What else was new in the night of a step. */
static const char *news_of(const struct loading *l, const struct trends_series *s, size_t at)
{
    const struct trends_run *a = &l->t->runs[s->run[at - 1]], *b = &l->t->runs[s->run[at]];
    const char *one = print_of(l, s->run[at - 1], s->backend);
    const char *other = print_of(l, s->run[at], s->backend);
    struct text t = TEXT_INIT;

    if (strcmp(one, other))
        text_addf(&t, "another matcher (fingerprint %.8s, was %.8s)", *other ? other : "none",
                  *one ? one : "none");
    if (strcmp(a->dataset_hash, b->dataset_hash))
        add_news(&t, "other data");
    if (strcmp(a->version, b->version))
        text_addf(&t, "%smisid %s, was %s", t.len ? ", " : "", b->version, a->version);
    if (strcmp(a->host, b->host))
        add_news(&t, "another class of machine");
    if (!t.len)
        text_addf(&t, "nothing else new: misid %s%s%.8s", b->version,
                  *other ? ", fingerprint " : "", other);
    const char *kept = arena_strdup(&l->t->arena, t.s);
    text_release(&t);
    return kept;
}

/* Half of an interval over the normal quantile of 95 %; by logarithms of a quotient. */
static double half_of(const struct trend_night *y, bool ratio)
{
    double z = normal_two_sided(.95);

    if (!isfinite(y->lo) || !isfinite(y->hi) || y->hi <= y->lo)
        return NAN;
    if (!ratio)
        return (y->hi - y->lo) / 2 / z;
    return y->lo > 0 ? log(y->hi / y->lo) / 2 / z : log(y->hi / y->value) / z;
}

static void find_steps(const struct loading *l, struct trends_series *s)
{
    struct arena *a = &l->t->arena;
    struct steps_night *y = mem_array(s->n, sizeof *y);
    bool ratio = is_ratio(s->metric), known = true;
    struct steps found;

    for (size_t i = 0; i < s->n; i++) {
        const struct trend_night *night = &s->nights[i];
        y[i] = (struct steps_night){ ratio ? log(night->value) : night->value,
                                     half_of(night, ratio), s->resolution[i] };
        known &= y[i].half > 0;
    }
    for (size_t i = 0; i < s->n && !known; i++)
        y[i].half = 1; /* of some nights nothing is known: all count alike */
    if (!known && s->n < STEPS_FEW)
        found = (struct steps){ .level = NULL };
    else
        steps_find(y, s->n, &found);
    s->n_steps = found.n;
    if (found.level) {
        s->level = arena_array(a, s->n, sizeof *s->level);
        for (size_t i = 0; i < s->n; i++)
            s->level[i] = ratio ? exp(found.level[i]) : found.level[i];
    }
    s->steps = arena_array(a, found.n, sizeof *s->steps);
    s->news = arena_array(a, found.n, sizeof *s->news);
    s->sizes = arena_array(a, found.n, sizeof *s->sizes);
    for (size_t i = 0; i < found.n; i++) {
        size_t at = found.steps[i].at;
        s->steps[i] = (struct trend_step){ at, s->level[at - 1], s->level[at] };
        s->sizes[i] = found.steps[i].size;
        s->news[i] = news_of(l, s, at);
    }
    steps_release(&found);
    free(y);
}

int trends_load(struct trends *t, struct history *h, const struct history_filter *f,
                struct err *err)
{
    struct loading l = { .t = t };
    const struct history_filter speed = { .study = f->study, .dataset = f->dataset,
                                          .backend = f->backend, .since = f->since,
                                          .until = f->until };
    bool only_speed = f->metric && !strcmp(f->metric, "throughput");
    int code = 0;

    *t = (struct trends){ .n = 0 };
    if (!only_speed)
        code = history_each(h, f, take_point, &l, err);
    if (!code) {
        size_t n = t->n;
        l.at = NULL;
        code = history_each_speed(h, &speed, take_speed, &l, err);
        if (f->metric && !only_speed) { /* speeds were read for their fingerprints only */
            while (t->n > n) {
                free(t->series[--t->n].nights);
                free(t->series[t->n].run);
                free(t->series[t->n].resolution);
            }
        }
    }
    if (!code) {
        drop_methods(&l);
        for (size_t i = 0; i < t->n; i++)
            find_steps(&l, &t->series[i]);
    }
    dict_release(&l.runs);
    dict_release(&l.keys);
    dict_release(&l.prints);
    dict_release(&l.texts);
    free(l.print);
    return code;
}

void trends_release(struct trends *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->series[i].nights);
        free(t->series[i].run);
        free(t->series[i].resolution);
    }
    free(t->series);
    free(t->runs);
    arena_release(&t->arena);
    *t = (struct trends){ .n = 0 };
}

struct trend trends_trend(const struct trends_series *s)
{
    return (struct trend){
        .title = s->what, .subtitle = "", .nights = s->nights, .n = s->n, .level = s->level,
        .unit = is_ratio(s->metric) ? UNIT_RATIO : unit_of(s->metric), .steps = s->steps,
        .n_steps = s->n_steps, .limit = NAN };
}

void trends_words(const struct trends_series *s, struct text *to)
{
    const struct trend trend = trends_trend(s);

    trend_words(&trend, to);
    for (size_t i = 0; i < s->n_steps; i++) {
        text_addch(to, ' ');
        trend_date(s->nights[s->steps[i].at].at, to);
        text_addf(to, ": %s.", s->news[i]);
    }
}
