/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/scored_cleaning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "stats/compared_rows.h"
#include "stats/rows.h"
#include "stats/searches.h"

#define MATED_LEAST 20 /* scores whose median is a rule */
#define LOOKED_AT 20   /* pairs that are listed without one */

struct cleaning {
    const struct scored *sc;
    const struct scored_wish *wish;
    const struct evidence *e;
    struct findings *out;
    struct err *err;
    double least;          /* likeness from which a pair is suspicious; NaN: no rule */
    size_t n_mated, listed, pairs, different, joined;
    bool *spared;          /* an exceedance that somebody has decided is of two people */
};

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* What the user says, else the median of the mated scores; NaN where they are few. */
static double find_least(struct cleaning *k)
{
    const struct compared *c = &k->sc->compared;
    const struct scores *s = &k->sc->scores;
    double *mated = mem_array(s->n_mated, sizeof *mated), median;

    for (size_t i = 0; i < s->n_mated; i++)
        if (!isnan(s->mated[i].score))
            mated[k->n_mated++] = compared_likeness(c, s->mated[i].score);
    qsort(mated, k->n_mated, sizeof *mated, by_value);
    median = k->n_mated >= MATED_LEAST ? mated[k->n_mated / 2] : NAN;
    free(mated);
    return k->wish->has_suspicious ? compared_likeness(c, k->wish->suspicious) : median;
}

static const struct roster *second(const struct scored *sc)
{
    return sc->scores.gallery ? &sc->gallery : &sc->roster;
}

static long find_row(const struct roster *r, const char *encoded)
{
    struct text name = TEXT_INIT;
    long row = text_add_unpercent(&name, encoded, strlen(encoded)) < 0
                   ? -1 : roster_find(r, name.s);

    text_release(&name);
    return row;
}

static int by_rows(const void *a, const void *b)
{
    const struct scores_pair *x = a, *y = b;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

/* Pairs that somebody has looked at and found to be two people. */
static int read_decisions(struct cleaning *k)
{
    static const char *const columns[] = { "probe", "reference", "verdict" };
    const struct scores *s = &k->sc->scores;
    char *path = path_join(k->sc->dir, "same-person.csv");
    struct csv_table t;
    int at[3], code = 0;

    k->spared = mem_array(s->n_exceedances, sizeof *k->spared);
    if (path_is_file(path) &&
        !(code = csv_table_load(&t, path, &(struct csv_options){ 0 }, k->err))) {
        code = csv_table_columns(&t, columns, 3, at, k->err);
        for (size_t i = 0; i < t.rows && !code; i++) {
            long a = find_row(&k->sc->roster, csv_table_cell(&t, i, (size_t)at[0]));
            long b = find_row(second(k->sc), csv_table_cell(&t, i, (size_t)at[1]));
            struct scores_pair want = { (uint32_t)a, (uint32_t)b, 0 };
            if (a < 0 || b < 0 || strcmp(csv_table_cell(&t, i, (size_t)at[2]), "different"))
                continue;
            if (!s->gallery && want.a > want.b)
                want = (struct scores_pair){ want.b, want.a, 0 };
            const struct scores_pair *found = bsearch(&want, s->exceedances, s->n_exceedances,
                                                      sizeof want, by_rows);
            if (found)
                k->spared[found - s->exceedances] = true;
        }
        csv_table_release(&t);
    }
    free(path);
    return code;
}

static bool is_suspect(const struct cleaning *k, size_t exceedance)
{
    const struct scores_pair *p = &k->sc->scores.exceedances[exceedance];

    return !isnan(k->least) && compared_likeness(&k->sc->compared, p->score) >= k->least;
}

static int write_suspects(struct cleaning *k)
{
    const struct scores *s = &k->sc->scores;
    struct text t = TEXT_INIT, name = TEXT_INIT;
    struct csv_out w = csv_out(&t);

    csv_put(&w, "probe"), csv_put(&w, "reference"), csv_put(&w, "score");
    csv_put(&w, "verdict"), csv_end(&w);
    for (size_t i = 0; i < s->n_exceedances; i++) {
        size_t at = k->sc->compared.order[i];
        const struct scores_pair *p = &s->exceedances[at];
        if (isnan(k->least) ? k->listed == LOOKED_AT : !is_suspect(k, at))
            break;
        k->listed++;
        k->pairs += is_suspect(k, at) && !k->spared[at];
        k->different += is_suspect(k, at) && k->spared[at];
        text_reset(&name);
        roster_add_encoded(&name, roster_sample(&k->sc->roster, p->a));
        csv_put(&w, name.s);
        text_reset(&name);
        roster_add_encoded(&name, roster_sample(second(k->sc), p->b));
        csv_put(&w, name.s);
        csv_put_num(&w, (double)p->score);
        csv_put(&w, k->spared[at] ? "different" : "");
        csv_end(&w);
    }
    int code = file_write_text(k->sc->dir, "suspects.csv", &t, k->err);
    text_release(&t);
    text_release(&name);
    return code;
}

/* Gives rows the subjects they had before people were joined. */
static int take_apart(struct cleaning *k, struct scored *v, const struct csv_table *t)
{
    static const char *const columns[] = { "side", "sample", "subject" };
    struct text subject = TEXT_INIT;
    int at[3], code = csv_table_columns(t, columns, 3, at, k->err);

    for (size_t i = 0; i < t->rows && !code; i++) {
        bool gallery = !strcmp(csv_table_cell(t, i, (size_t)at[0]), "gallery");
        struct roster *r = gallery ? &v->gallery : &v->roster;
        const char *sample = csv_table_cell(t, i, (size_t)at[1]);
        const char *name = csv_table_cell(t, i, (size_t)at[2]);
        long row = find_row(r, sample);
        text_reset(&subject);
        if (row < 0 || text_add_unpercent(&subject, name, strlen(name)) < 0)
            code = err_add(k->err, ERR_INPUT, "%s:%zu: sample '%.60s', expected one of the "
                           "rosters", t->path, t->lines[i], sample);
        else
            roster_set_subject(r, (size_t)row, subject.s);
    }
    text_release(&subject);
    return code;
}

static uint32_t root(uint32_t *up, uint32_t person)
{
    while (up[person] != person)
        person = up[person] = up[up[person]];
    return person;
}

/* Makes one person of every suspicious pair. */
static void join_suspects(struct cleaning *k, struct scored *v)
{
    const struct compared *c = &k->sc->compared;
    const struct scores *s = &k->sc->scores;
    const struct compared_side *sides[] = { &c->a, &c->gallery };
    struct roster *rosters[] = { &v->roster, &v->gallery };
    uint32_t *up = mem_array(c->persons, sizeof *up);
    bool *touched = mem_array(c->persons, sizeof *touched);
    char **name = mem_array(c->persons, sizeof *name);

    for (uint32_t i = 0; i < c->persons; i++)
        up[i] = i;
    for (size_t i = 0; i < s->n_exceedances; i++) {
        if (!is_suspect(k, i) || k->spared[i])
            continue;
        uint32_t x = c->a.person[s->exceedances[i].a];
        uint32_t y = sides[s->gallery]->person[s->exceedances[i].b];
        touched[x] = touched[y] = true;
        x = root(up, x), y = root(up, y);
        up[x < y ? y : x] = x < y ? x : y;
    }
    for (size_t k2 = 0; k2 < 1 + (size_t)s->gallery; k2++)
        for (size_t i = 0; i < rosters[k2]->n; i++) {
            uint32_t person = sides[k2]->person[i];
            const char *subject = roster_subject(rosters[k2], i);
            if (!name[person])
                name[person] = mem_strdup(*subject ? subject : roster_sample(rosters[k2], i));
        }
    for (size_t k2 = 0; k2 < 1 + (size_t)s->gallery; k2++)
        for (size_t i = 0; i < rosters[k2]->n; i++) {
            uint32_t person = sides[k2]->person[i];
            if (touched[person])
                roster_set_subject(rosters[k2], i, name[root(up, person)]);
        }
    for (size_t i = 0; i < c->persons; i++)
        free(name[i]);
    free(name);
    free(up);
    free(touched);
}

/* Non-mated are now the pairs of two people, by the subjects as they are. */
static void sort_pairs(struct scored *v)
{
    struct scores *s = &v->scores;
    const struct roster *gallery = s->gallery ? &v->gallery : NULL;
    uint32_t *person = mem_array(v->roster.n, sizeof *person);
    uint32_t *other = gallery ? mem_array(gallery->n, sizeof *other) : person;
    size_t n = s->n_exceedances + s->n_mated;
    struct scores_pair *apart = mem_array(n, sizeof *apart), *one = mem_array(n, sizeof *one);
    size_t n_apart = 0, n_one = 0;
    bool distance = similarity_is_distance(s->similarity);

    scores_people(&v->roster, gallery, person, gallery ? other : NULL);
    for (size_t i = 0; i < n; i++) {
        struct scores_pair p = i < s->n_exceedances ? s->exceedances[i]
                                                    : s->mated[i - s->n_exceedances];
        bool reaches = distance ? p.score <= s->floor : p.score >= s->floor;
        if (person[p.a] == other[p.b])
            one[n_one++] = p;
        else if (reaches)
            apart[n_apart++] = p;
    }
    free(s->exceedances);
    free(s->mated);
    s->exceedances = apart;
    s->n_exceedances = n_apart;
    s->mated = one;
    s->n_mated = n_one;
    s->n_cells = 0; /* they are of the other labels */
    if (gallery)
        free(other);
    free(person);
}

/* The false matches of the other labels, as rows of a kind. */
static int add_rows(struct cleaning *k, struct scored *v, const char *kind, const char *note)
{
    const struct study *s = k->e->study;
    struct clusters clusters;
    struct tally tally;
    struct work w = { .study = s, .out = k->out, .err = k->err };
    struct evidence e = { .study = s, .tally = &tally, .printed = k->e->printed,
                          .clusters = &clusters };
    int code;

    w.e = &e;
    sort_pairs(v);
    tally_init(&tally, &s->axes);
    clusters_init(&clusters);
    code = compared_init(&v->compared, &v->scores, &s->axes, &v->roster,
                         v->scores.gallery ? &v->gallery : NULL, k->err);
    if (!code)
        code = compared_count(&v->compared, k->sc->backend, k->sc->points, k->sc->n_points,
                              s->by, s->n_by, "", &tally, &clusters, k->err);
    for (size_t i = 0; i < tally.n && !code; i++) {
        const struct count *c = &tally.counts[i];
        const struct method *m = evidence_method(s, QUANTITY_PROPORTION, 0);
        const struct subject about = { k->sc->backend, c->metric, c->point };
        struct rate rate = evidence_rate_of(&e, c, c->name);
        struct clustered got;
        if ((strcmp(c->metric, "fmr") && strcmp(c->metric, "fpir")) ||
            (code = rows_check_size(&w)) ||
            (code = rate_estimate(m, &rate, s->confidence, &got, k->err)))
            continue;
        struct finding *row = row_add(&w, &about, kind, c->name, "");
        row_set_interval(row, &got.at, m, s->confidence);
        row_set_count(row, c);
        row->flag = row_count_flag(c);
        row->note = note;
    }
    tally_release(&tally);
    clusters_release(&clusters);
    return code;
}

static int add_uncleaned(struct cleaning *k)
{
    char *path = path_join(k->sc->dir, "joined.csv");
    struct scored v;
    struct csv_table t;
    int code = 0;

    if (path_is_file(path) &&
        !(code = csv_table_load(&t, path, &(struct csv_options){ 0 }, k->err))) {
        k->joined = t.rows;
        if (!(code = scored_load(&v, k->sc->dir, k->err)) &&
            !(code = take_apart(k, &v, &t)))
            code = add_rows(k, &v, "uncleaned", "before people were joined; at the same "
                            "threshold");
        scored_release(&v);
        csv_table_release(&t);
    }
    free(path);
    return code;
}

static int add_without_suspects(struct cleaning *k)
{
    struct scored v;
    int code = 0;

    if (!k->pairs)
        return 0;
    if (!(code = scored_load(&v, k->sc->dir, k->err))) {
        join_suspects(k, &v);
        code = add_rows(k, &v, "without_suspects", "if every suspicious pair were one person; "
                        "at the same threshold");
    }
    scored_release(&v);
    return code;
}

/* People are told apart by their names: two sets that number theirs alike would share
 * them. */
static void add_mates(const struct scored *sc, struct text *to)
{
    const struct compared *c = &sc->compared;
    bool *present = mem_array(c->persons, sizeof *present);
    size_t mated = 0;

    for (size_t i = 0; i < sc->gallery.n; i++)
        present[c->gallery.person[i]] = true;
    for (size_t i = 0; i < sc->roster.n; i++)
        mated += present[c->a.person[i]];
    text_addf(to, "Of %zu probes the gallery names the person of %zu; searches of the others "
              "are non-mated. ", sc->roster.n, mated);
    free(present);
}

static void add_fact(const struct cleaning *k, bool several, struct study *study)
{
    const struct compared *c = &k->sc->compared;
    double threshold = c->distance ? -k->least : k->least;
    struct text t = TEXT_INIT;

    text_addf(&t, "%s%s", several ? k->sc->backend : "", several ? ": " : "");
    if (k->sc->scores.gallery)
        add_mates(k->sc, &t);
    if (k->joined)
        text_addf(&t, "%zu samples are of people who were joined before anything was counted, "
                  "because their images are equal or somebody decided so; the rates before "
                  "that stand beside. ", k->joined);
    if (isnan(k->least))
        text_addf(&t, "There are no mated comparisons whose scores would make a rule for "
                  "suspicious pairs. The %zu highest non-mated pairs are listed in "
                  "suspects.csv, to be looked at; none was taken out.", k->listed);
    else {
        if (k->wish->has_suspicious)
            text_addf(&t, "Suspicious is a non-mated pair with a score of %.4g or %s, a "
                      "threshold given beforehand", threshold, c->distance ? "less" : "more");
        else
            text_addf(&t, "Suspicious is a non-mated pair with a score of %.4g or %s, the "
                      "median of %zu mated scores: a rule fixed beforehand", threshold,
                      c->distance ? "less" : "more", k->n_mated);
        text_addf(&t, "%s: %zu pairs", compared_reaches(c, threshold) ? ""
                  : ", of which only those above the floor of the scores are known", k->pairs);
        if (k->different)
            text_addf(&t, " and %zu that somebody has found to be two people", k->different);
        text_add(&t, ". They count as false matches");
        text_add(&t, k->pairs ? "; the rates if each were one person stand beside." : ".");
    }
    study_add_fact(study, several ? arena_printf(&study->arena, "Same-person check, %s",
                                                 k->sc->backend) : "Same-person check", t.s);
    text_release(&t);
}

int scored_cleaning(const struct scored *sc, const struct scored_wish *wish,
                    const struct evidence *e, bool several, struct study *study,
                    struct findings *out, struct err *err)
{
    struct cleaning k = { .sc = sc, .wish = wish, .e = e, .out = out, .err = err };
    int code = 0;

    if (sc->scores.listed)
        return 0;
    k.least = find_least(&k);
    (void)((code = read_decisions(&k)) || (code = write_suspects(&k)) ||
           (code = add_uncleaned(&k)) || (code = add_without_suspects(&k)));
    if (!code)
        add_fact(&k, several, study);
    free(k.spared);
    return code;
}

size_t scored_gallery_people(const struct scored *sc)
{
    struct searches searches;
    size_t people = 0;

    if (sc->scores.gallery) {
        searches_init(&searches, &sc->compared);
        people = searches_enrolled(&searches, NULL);
        searches_release(&searches);
    }
    return people;
}

/* "A: 343 people, B: 1145 people" into `to`; true if they differ. */
static bool add_galleries(const struct scored *all, size_t n, struct text *to)
{
    size_t least = SIZE_MAX, most = 0;

    for (size_t i = 0; i < n && all[i].scores.gallery; i++) {
        size_t people = scored_gallery_people(&all[i]);
        least = people < least ? people : least;
        most = people > most ? people : most;
        text_addf(to, "%s%s%s%zu people", i ? ", " : "", n > 1 ? all[i].backend : "",
                  n > 1 ? ": " : "", people);
    }
    return least < most;
}

const char *scored_galleries(const struct scored *all, size_t n)
{
    struct text t = TEXT_INIT;
    const bool differ = add_galleries(all, n, &t);

    text_release(&t);
    return differ ? "The matchers do not search the same gallery, because they found no face in "
                    "some of its images: a difference here is one of matcher and gallery "
                    "together." : NULL;
}

void scored_enrolled(struct study *study, const struct scored *all, size_t n)
{
    struct text t = TEXT_INIT;
    const bool differ = add_galleries(all, n, &t);

    if (t.len) {
        text_addch(&t, '.');
        study_add_fact(study, "In the gallery, with a template", t.s);
    }
    if (differ) {
        STUDY_ROOM(study, study->conclusions, study->n_conclusions, 1);
        study->conclusions[study->n_conclusions++] = arena_printf(
            &study->arena, "The matchers do not search the same gallery, because they found "
            "no face in some of its images: %s A larger gallery gives a higher FPIR; compare "
            "them at one size of gallery (chart FPIR against the size of the gallery).", t.s);
    }
    text_release(&t);
}
