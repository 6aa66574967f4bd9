/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/runpair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/metric.h"
#include "stats/evidence.h"

static void add_key(struct text *to, const char *backend, const char *metric,
                    const char *group, const char *versus, const char *point)
{
    text_addf(to, "%s\n%s\n%s\n%s\n%s", backend, metric, group, versus, point);
}

static void make_index(struct runpair *c, int side)
{
    const struct findings *f = &c->side[side]->run.findings;
    struct text key = TEXT_INIT;

    c->rows[side] = mem_array(f->n, sizeof **c->rows);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *r = &f->rows[i];
        bool fresh;
        text_reset(&key);
        add_key(&key, r->backend, r->metric, r->group, r->versus, r->point);
        uint32_t at = dict_add(&c->keys[side], key.s, &fresh);
        if (fresh)
            c->rows[side][at] = i;
    }
    text_release(&key);
}

const struct finding *runpair_find(const struct runpair *c, int side,
                                     const char *backend, const char *metric,
                                     const char *group, const char *versus,
                                     const char *point)
{
    struct text key = TEXT_INIT;

    add_key(&key, backend, metric, group, versus, point);
    uint32_t at = dict_find(&c->keys[side], key.s);
    text_release(&key);
    return at == DICT_NONE ? NULL : &c->side[side]->run.findings.rows[c->rows[side][at]];
}

static bool is_kind(const char *metric, const char *kind)
{
    return !strcmp(metric_kind(metric), kind);
}

bool runpair_is_compared(const struct runpair *c, int side, const struct finding *row)
{
    const struct metric *m = metric_find(row->metric);

    if (!*row->backend || !m || m->census || m->mean || m->rival || m->detail)
        return false;
    if (!is_kind(row->metric, "") && !is_kind(row->metric, "difference") &&
        !is_kind(row->metric, "ratio") && !is_kind(row->metric, "max_min"))
        return false;
    return row == runpair_find(c, side, row->backend, row->metric, row->group, row->versus,
                                 row->point);
}

bool runpair_is_mirror(const struct runpair *c, int side, const struct finding *row)
{
    const struct finding *other = !*row->versus ? NULL
        : runpair_find(c, side, row->backend, row->metric, row->versus, row->group,
                         row->point);

    return other && other < row;
}

const struct finding *runpair_before(const struct runpair *c,
                                       const struct runpair_backend *pair,
                                       const struct finding *after)
{
    return runpair_find(c, 0, pair->before, after->metric, after->group, after->versus,
                          after->point);
}

/* Names of the backends of a run, in the order of the findings. */
static size_t backends_of(const struct side *s, const char **to, size_t most)
{
    size_t n = 0;

    for (size_t i = 0; i < s->run.findings.n; i++) {
        const char *name = s->run.findings.rows[i].backend;
        size_t k = 0;
        while (k < n && strcmp(to[k], name))
            k++;
        if (*name && k == n && n < most)
            to[n++] = name;
    }
    return n;
}

#define MOST_BACKENDS TALLY_MAX_SERIES

static void pair_backends(struct runpair *c)
{
    const char **names[2];
    size_t n[2];

    for (int s = 0; s < 2; s++) {
        names[s] = mem_array(MOST_BACKENDS, sizeof **names);
        n[s] = backends_of(c->side[s], names[s], MOST_BACKENDS);
    }
    c->pairs = arena_array(&c->arena, n[1], sizeof *c->pairs);
    for (size_t i = 0; i < n[1]; i++) {
        const char *before = NULL;
        for (size_t k = 0; k < n[0]; k++)
            if (!strcmp(names[0][k], names[1][i]) || (n[0] == 1 && n[1] == 1))
                before = names[0][k];
        if (!before)
            continue;
        struct runpair_backend *p = &c->pairs[c->n_pairs++];
        p->before = before;
        p->after = names[1][i];
        p->name = !strcmp(before, p->after) ? before
                  : arena_printf(&c->arena, "%s→%s", before, p->after);
        p->paired = pairing_init(&p->pairing, &c->side[0]->run, before, &c->side[1]->run,
                                 p->after);
    }
    free(names[0]);
    free(names[1]);
}

/* People of the comparisons of both runs, numbered alike by their names. */
static void number_people(struct runpair *c, struct runpair_backend *pair)
{
    struct dict names = DICT_INIT;

    pair->scores[0] = side_scores(c->side[0], pair->before);
    pair->scores[1] = side_scores(c->side[1], pair->after);
    if (!pair->scores[0] || !pair->scores[1])
        return;
    for (int s = 0; s < 2; s++) {
        const struct compared *of = &pair->scores[s]->scored.compared;
        const struct compared_side *rolls[2] = { &of->a, &of->gallery };
        struct text key = TEXT_INIT;
        pair->person[s] = arena_array(&c->arena, of->persons, sizeof **pair->person);
        for (int k = 0; k < 2; k++)
            for (size_t i = 0; rolls[k]->roster && i < rolls[k]->roster->n; i++) {
                const char *subject = roster_subject(rolls[k]->roster, i);
                text_reset(&key);
                text_addf(&key, "%s%s", *subject ? "person " : "sample ",
                          *subject ? subject : roster_sample(rolls[k]->roster, i));
                pair->person[s][rolls[k]->person[i]] = dict_add(&names, key.s, NULL);
            }
        text_release(&key);
    }
    pair->persons = names.n;
    dict_release(&names);
}

int runpair_init(struct runpair *c, const struct side *before,
                   const struct side *after, struct err *err)
{
    const struct clustered_how how = CLUSTERED_DEFAULTS;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    *c = (struct runpair){ .side = { before, after }, .how = how };
    c->how.threads = cores > 0 ? (size_t)cores : 1;
    for (int s = 0; s < 2; s++)
        make_index(c, s);
    pair_backends(c);
    for (size_t i = 0; i < c->n_pairs; i++)
        number_people(c, &c->pairs[i]);
    if (c->n_pairs)
        return 0;
    return err_add(err, ERR_INPUT, "%s and %s have no backend in common, expected runs of "
                   "the same backends, or of one each", before->name, after->name);
}

void runpair_release(struct runpair *c)
{
    for (size_t i = 0; i < c->n_pairs; i++)
        if (c->pairs[i].paired)
            pairing_release(&c->pairs[i].pairing);
    for (size_t i = 0; i < c->n_made; i++)
        dyads_release(c->made[i]);
    free(c->made);
    for (int s = 0; s < 2; s++) {
        dict_release(&c->keys[s]);
        free(c->rows[s]);
    }
    arena_release(&c->arena);
    *c = (struct runpair){ .n_pairs = 0 };
}

/* --- what is known of a rate --- */

static void measure(const struct finding *row, struct measured *m)
{
    const struct method *method = method_find(row->method);
    unsigned clustered = FOR_DYADS | FOR_PEOPLE;

    *m = (struct measured){
        .rate = { .x = row->x, .n = row->n, .derived = row->flag == FLAG_DERIVED },
        .method = method, .n_eff = row->n_eff, .df = row->df, .lo = row->lo, .hi = row->hi,
        .confidence = row->confidence,
    };
    m->summary = !isnan(row->n_eff) ||
                 (method && (method->quantities & clustered) && !(method->proportion));
}

static void take_people(struct measured *m, const struct tally_people *people)
{
    double trials = 0, hits = 0;
    bool single = true;

    for (size_t i = 0; i < people->n; i++) {
        single &= people->trials[i] == 1;
        trials += people->trials[i];
        hits += people->hits[i];
    }
    if ((int64_t)trials != m->rate.n || (int64_t)hits != m->rate.x)
        return; /* counted otherwise: only the counts are to be trusted */
    m->rate.people = people;
    m->single = single;
    m->summary = false;
}

static void pair_people(struct runpair *c, const struct runpair_backend *pair,
                        const char *metric, const char *point, const char *group,
                        struct versus_group *to)
{
    struct tally_people *people = arena_array(&c->arena, 2, sizeof *people);
    struct pairing_table table;

    if (!pairing_people(&pair->pairing, PAIRING_BEFORE, metric, point, group, &c->arena,
                        &people[0]) ||
        !pairing_people(&pair->pairing, PAIRING_AFTER, metric, point, group, &c->arena,
                        &people[1]))
        return;
    take_people(&to->before, &people[0]);
    take_people(&to->after, &people[1]);
    to->table = to->before.rate.people && to->after.rate.people &&
                pairing_table(&pair->pairing, metric, group, &table);
    if (to->table) {
        to->both = table.both;
        to->only_before = table.only_before;
        to->only_after = table.only_after;
        to->neither = table.neither;
    }
}

struct numbered {
    uint32_t subject;
    double trials, hits;
};

static int by_subject(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    return (x->subject > y->subject) - (x->subject < y->subject);
}

/* The people of a rate by the numbers of both runs. */
static const struct tally_people *renumber_people(struct runpair *c, const uint32_t *as,
                                                  const struct tally_people *from)
{
    struct numbered *list = mem_array(from->n, sizeof *list);
    struct tally_people *to = arena_alloc(&c->arena, sizeof *to);
    uint32_t *subject = arena_array(&c->arena, from->n, sizeof *subject);
    double *trials = arena_array(&c->arena, from->n, sizeof *trials);
    double *hits = arena_array(&c->arena, from->n, sizeof *hits);

    for (size_t i = 0; i < from->n; i++)
        list[i] = (struct numbered){ as[from->subject[i]], from->trials[i], from->hits[i] };
    if (from->n)
        qsort(list, from->n, sizeof *list, by_subject);
    for (size_t i = 0; i < from->n; i++) {
        subject[i] = list[i].subject;
        trials[i] = list[i].trials;
        hits[i] = list[i].hits;
    }
    free(list);
    *to = (struct tally_people){ from->n, subject, trials, hits };
    return to;
}

/* The comparisons of a rate, if those at hand make the counts of the finding. */
static int take_dyads(struct runpair *c, const struct runpair_backend *pair, int side,
                      const struct finding *row, struct measured *m, struct err *err)
{
    const struct compared *of = &pair->scores[side]->scored.compared;
    bool lost = !strncmp(row->metric, "gfar", 4);
    struct dyads found, *d;
    struct group g, h;
    int code;

    if (group_parse(&g, of->axes, row->group, NULL) < 0 ||
        (*row->versus && group_parse(&h, of->axes, row->versus, NULL) < 0) ||
        !compared_pairs(of, &g, *row->versus ? &h : NULL, row->threshold, lost, &found))
        return 0;
    d = arena_alloc(&c->arena, sizeof *d);
    code = dyads_renumbered(&found, pair->person[side], pair->persons, d, err);
    double x = 0;
    for (size_t i = 0; i < found.n_erring; i++)
        x += found.erring[i].x;
    dyads_release(&found);
    if (code)
        return code;
    MEM_ROOM(c->made, c->n_made, c->made_cap);
    c->made[c->n_made++] = d;
    if ((int64_t)x != row->x || (int64_t)d->comparisons != row->n)
        return 0;
    m->rate.dyads = d;
    m->rate.borrowed = compared_deff(of, &g, *row->versus ? &h : NULL, lost);
    m->summary = false;
    return 0;
}

static void take_counted(struct runpair *c, const struct runpair_backend *pair, int side,
                         const struct finding *row, struct measured *m)
{
    const struct side_scores *s = pair->scores[side];
    const struct evidence e = { .study = &s->p->study, .tally = &s->p->tally,
                                .printed = &s->p->printed, .clusters = &s->p->clusters };
    const struct subject about = { s->backend, row->metric, row->point };
    struct rate r;

    if (!evidence_rate(&e, &s->p->tally, &about, row->group, N_STATED, &r) || !r.people)
        return;
    r.people = renumber_people(c, pair->person[side], r.people);
    m->rate = r;
    m->summary = false;
}

static int take_scores(struct runpair *c, const struct runpair_backend *pair, int side,
                       const struct finding *row, struct measured *m, struct err *err)
{
    if (!strcmp(row->metric, "fmr") || !strcmp(row->metric, "gfar"))
        return take_dyads(c, pair, side, row, m, err);
    if (pair->scores[side]->p && !*row->versus)
        take_counted(c, pair, side, row, m);
    return 0;
}

/* 0; 1 where a run has no such rate; or a code. */
static int group_of(struct runpair *c, const struct runpair_backend *pair,
                    const char *metric, const char *point, const char *group,
                    const char *versus, struct versus_group *to, struct err *err)
{
    const struct finding *before = runpair_find(c, 0, pair->before, metric, group, versus,
                                                  point);
    const struct finding *after = runpair_find(c, 1, pair->after, metric, group, versus,
                                                 point);
    int code = 0;

    *to = (struct versus_group){ .table = false };
    if (!before || !after || before->x < 0 || after->x < 0 || before->n < 1 || after->n < 1 ||
        before->flag == FLAG_SUPPRESSED || after->flag == FLAG_SUPPRESSED)
        return 1;
    measure(before, &to->before);
    measure(after, &to->after);
    if (pair->paired && !*versus)
        pair_people(c, pair, metric, point, group, to);
    if (pair->persons && !(code = take_scores(c, pair, 0, before, &to->before, err)))
        code = take_scores(c, pair, 1, after, &to->after, err);
    return code;
}

/* The axes that a group fixes, as the rows of spreads have them: "gender;skin". */
static void add_axes(struct text *to, const char *group)
{
    for (const char *part = group; *part && strcmp(group, "all");) {
        text_addf(to, "%s%.*s", to->len ? ";" : "", (int)strcspn(part, "="), part);
        part += strcspn(part, ";");
        part += *part == ';';
    }
}

static int spread_groups(struct runpair *c, const struct runpair_backend *pair,
                         const struct finding *row, const char *base, struct versus *v,
                         struct err *err)
{
    const struct findings *f = &c->side[1]->run.findings;
    struct text axes = TEXT_INIT;
    int code = 0;

    v->groups = arena_array(&c->arena, f->n, sizeof *v->groups);
    for (size_t i = 0; i < f->n && !code; i++) {
        const struct finding *r = &f->rows[i];
        if (strcmp(r->metric, base) || strcmp(r->backend, row->backend) || *r->versus ||
            strcmp(r->point, row->point) || !runpair_is_compared(c, 1, r))
            continue;
        text_reset(&axes);
        add_axes(&axes, r->group);
        if (!strcmp(axes.s, row->group))
            code = group_of(c, pair, base, row->point, r->group, "", &v->groups[v->n++], err);
    }
    text_release(&axes);
    return code ? code : v->n < 2;
}

int runpair_versus(struct runpair *c, const struct runpair_backend *pair,
                     const struct finding *row, struct versus *v, struct err *err)
{
    const char *dot = strchr(row->metric, '.');
    const char *base = arena_strndup(&c->arena, row->metric,
                                     dot ? (size_t)(dot - row->metric) : strlen(row->metric));
    int code;

    *v = (struct versus){ .kind = VERSUS_RATE, .how = c->how,
                          .method = method_find(row->method) };
    v->persons = pair->paired ? pair->pairing.persons : 0;
    if (pair->persons > v->persons)
        v->persons = pair->persons;
    if (is_kind(row->metric, "max_min")) {
        v->kind = VERSUS_SPREAD;
        code = spread_groups(c, pair, row, base, v, err);
        return code ? code : versus_prepare(v, err);
    }
    v->groups = arena_array(&c->arena, 2, sizeof *v->groups);
    if (is_kind(row->metric, "")) {
        v->n = 1;
        return group_of(c, pair, base, row->point, row->group, row->versus, &v->groups[0],
                        err);
    }
    v->n = 2;
    v->kind = is_kind(row->metric, "ratio") ? VERSUS_RATIO : VERSUS_DIFFERENCE;
    if ((code = group_of(c, pair, base, row->point, row->group, "", &v->groups[0], err)))
        return code;
    return group_of(c, pair, base, row->point, row->versus, "", &v->groups[1], err);
}
