/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The study that a folder of comparisons is of its own accord. */
#include "cli/scored_study.h"

#include <math.h>
#include <string.h>

#include "cli/scored_cleaning.h"
#include "model/metric.h"

static void name_method(struct study *s, enum study_quantity q, const char *name)
{
    s->methods[q].names = arena_alloc(&s->arena, sizeof *s->methods[q].names);
    s->methods[q].names[0] = (struct study_name){ name, 0 };
    s->methods[q].n = 1;
}

void scored_study_sets(struct study *s)
{
    unsigned all = s->axes.n ? ~0u >> (32 - s->axes.n) : 0;

    s->by = arena_array(&s->arena, s->axes.n + 2, sizeof *s->by);
    s->spread = arena_array(&s->arena, s->axes.n + 1, sizeof *s->spread);
    s->by[s->n_by++] = 0;
    for (size_t a = 0; a < s->axes.n; a++)
        s->by[s->n_by++] = s->spread[s->n_spread++] = 1u << a;
    if (s->axes.n > 1)
        s->by[s->n_by++] = s->spread[s->n_spread++] = all;
    if (s->task == TASK_IDENTIFY && !s->n_shares) {
        s->shares = s->spread;
        s->n_shares = s->n_spread;
    }
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

static void set_against(struct study *s, const struct tally *t, const char *metric,
                        const char *group, const char *versus, bool ratio)
{
    if (tally_has_metric(t, metric))
        s->contrasts[s->n_contrasts++] = (struct study_contrast){
            .metric = metric, .group = group, .versus = versus, .ratio = ratio,
            .difference = !ratio };
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
        if (group_equal(&g, &reference, s->axes.n) || s->n_contrasts + 3 > room)
            continue;
        const char *group = keep_name(s, &g);
        if (s->task == TASK_IDENTIFY)
            set_against(s, t, "fpir", group, versus, true);
        set_against(s, t, "fmr", group, versus, true);
        set_against(s, t, "fnmr", group, versus, false);
    } while (group_next(&g, &s->axes, set));
}

int scored_study_contrasts(struct study *s, const struct tally *t, const char *reference,
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
    size_t room = s->n_contrasts + 3 * STUDY_MAX_GROUPS;
    STUDY_ROOM(s, s->contrasts, s->n_contrasts, 3 * STUDY_MAX_GROUPS);
    for (size_t i = 0; i < s->n_spread && !code; i++)
        contrast_set(s, t, s->spread[i], s->spread[i] == of ? &asked : NULL, room);
    return code;
}

static void name_metrics(struct study *s, const struct tally *t)
{
    size_t n, asked = s->n_metrics;
    const struct metric *all = metric_table(&n);
    const struct study_name *own = s->metrics;

    s->metrics = arena_array(&s->arena, n, sizeof *s->metrics);
    s->n_metrics = 0;
    for (size_t i = 0; i < n; i++)
        if (tally_has_metric(t, all[i].name))
            s->metrics[s->n_metrics++] = (struct study_name){ all[i].name, 0 };
    s->asked = own;
    s->n_asked = asked;
}

int scored_study_begin(struct study *s, const struct scored *sc, double confidence,
                       struct err *err)
{

    s->path = "--by";
    s->name = "score";
    s->title = "Comparisons of templates";
    s->question = "Do false matches and false non-matches differ between groups?";
    s->task = sc->scores.gallery ? TASK_IDENTIFY : TASK_VERIFY;
    s->evidence = EVIDENCE_NEW;
    s->dataset = "comparisons";
    s->confidence = confidence;
    name_method(s, QUANTITY_PROPORTION, "wilson-t");
    name_method(s, QUANTITY_DIFFERENCE, "mover");
    name_method(s, QUANTITY_RATIO, "mover");
    int code = scored_axes(sc, &s->arena, &s->axes, err);
    if (!code)
        scored_study_sets(s);
    return code;
}

/* A fact in words, which are then "". */
static void add_fact(struct study *s, const char *name, struct text *t)
{
    study_add_fact(s, name, t->s);
    text_reset(t);
}

static size_t count_failed(const struct roster *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        n += roster_status(r, i) != STATUS_OK;
    return n;
}

/* How far down the scores of each matcher are known, and where that is too little. */
static void add_reach(struct study *s, const struct scored *all, size_t n)
{
    char number[NUM_MAX];
    struct text t = TEXT_INIT;

    for (size_t b = 0; b < n; b++) {
        const struct scores *scores = &all[b].scores;
        text_addf(&t, "%s%s%s%s, a %s: %s is more alike; non-mated scores are known one by "
                  "one from %s on%s.", b ? " " : "", n > 1 ? all[b].backend : "",
                  n > 1 ? ": " : "", similarity_names[scores->similarity],
                  all[b].compared.distance ? "distance" : "similarity",
                  all[b].compared.distance ? "smaller" : "larger",
                  num_shortest(number, scores->floor),
                  scores->floor_raised ? ", higher than asked for: there were too many" : "");
    }
    add_fact(s, "Scores", &t);
    for (size_t b = 0; b < n; b++)
        for (size_t i = 0; i < all[b].n_points; i++)
            if (!compared_reaches(&all[b].compared, all[b].points[i].threshold))
                text_addf(&t, "%s%s%s%s", t.len ? ", " : "No FMR is given at ",
                          n > 1 ? all[b].backend : "", n > 1 ? " " : "",
                          all[b].points[i].name);
    if (t.len) {
        text_add(&t, ": too few scores were kept to say who matched there.");
        add_fact(s, "Left out", &t);
    }
    text_release(&t);
}

static void add_facts(struct study *s, const struct scored *all, size_t n)
{
    const struct scored *sc = &all[0];
    const struct scores *scores = &sc->scores;
    struct text t = TEXT_INIT;

    text_addf(&t, "%zu %s of %zu people.", sc->roster.n,
              scores->gallery ? "probes" : "samples", sc->compared.persons);
    if (scores->gallery)
        text_addf(&t, " The gallery has %zu samples.", sc->gallery.n);
    for (size_t b = 0; b < n; b++)
        text_addf(&t, " Without a template%s%s: %zu.", n > 1 ? " of " : "",
                  n > 1 ? all[b].backend : "", count_failed(&all[b].roster));
    add_fact(s, "Samples", &t);
    text_addf(&t, "%s%s.", scores->listed ? "A list of trials" : scores->gallery
              ? "Every probe with every sample of the gallery" : "All pairs of samples",
              scores->n_same ? ", restricted to people who agree on some attributes" : "");
    add_fact(s, "Comparisons", &t);
    add_reach(s, all, n);
    text_add(&t, "A point fmr=F is the smallest observed score at which all non-mated "
             "comparisons together have an FMR of at most F; the intervals take it as "
             "given. Beside them stand limits of a bootstrap that finds it again each time.");
    add_fact(s, "Thresholds", &t);
    text_release(&t);
}

static void add_caveats(struct study *s, const struct scored *sc)
{
    static const char *const said[] = {
        "The intervals are about people like these: who else might have been in the set. "
        "They do not cover how the set was chosen, wrong labels, or the images of another "
        "camera. Each person counts with as many comparisons as there are images.",
        "Comparisons that share a person depend on each other. n counts comparisons, but "
        "what an interval rests on are people (clusters) and what they have in common "
        "(n_eff, df). Where fewer than five comparisons err, or there are fewer than "
        "five degrees of freedom, no conclusion may be drawn beyond the interval.",
        "That two groups differ here does not say why. misid explain asks whether a gap "
        "survives what else differs between the images.",
        "FMR and FNMR leave out comparisons with a failed sample; GFAR and GFRR count them "
        "as non-matches. A matcher that refuses faces has a lower GFAR.",
    };
    size_t n = sizeof said / sizeof *said;

    STUDY_ROOM(s, s->caveats, s->n_caveats, n + 1);
    for (size_t i = 0; i < n; i++)
        s->caveats[s->n_caveats++] = said[i];
    if (!sc->roster.has_subjects)
        s->caveats[s->n_caveats++] =
            "The roster does not say which samples show the same person. Each is taken for a "
            "person of its own; if people have several, the intervals are too narrow.";
}

/* A chart of one set of axes; `shows` heads it, or NULL: the metric's title. */
static void add_chart(struct study *s, const char *chart, const char *metric,
                      const char *shows, const char *point, unsigned set)
{
    struct text id = TEXT_INIT, title = TEXT_INIT;

    text_addf(&id, "%s-%s-%zu", chart, metric, s->n_charts + 1);
    for (char *c = id.s; *c; c++)
        if (*c == '_' || *c == '.')
            *c = '-';
    const struct metric *m = metric_find(metric);
    bool all = !strcmp(chart, "caterpillar"), cross = !strcmp(chart, "cross");
    bool rivals = !strcmp(chart, "rivals");
    text_addf(&title, "%s%s%s", shows ? shows : m->title,
              rivals ? ", one matcher against the other" : "", cross ? " between groups of "
              : set ? " by " : all ? ": all groups, sorted" : ": groups against the reference");
    for (size_t a = 0, first = 1; a < s->axes.n; a++)
        if (set & 1u << a) {
            text_add(&title, first ? "" : " and ");
            study_add_axis(&title, &s->axes.axes[a]);
            first = 0;
        }
    s->charts[s->n_charts++] = (struct study_chart){
        .chart = { chart, 0 }, .id = arena_strdup(&s->arena, id.s), .metric = metric,
        .point = point, .by = set, .title = arena_strdup(&s->arena, title.s) };
    text_release(&id);
    text_release(&title);
}

static size_t count_groups(const struct axes *axes, unsigned set)
{
    size_t n = 1;

    for (size_t a = 0; a < axes->n; a++)
        n *= set & 1u << a ? axes->axes[a].n : 1;
    return n;
}

static bool has_contrast(const struct study *s, const char *metric)
{
    for (size_t i = 0; i < s->n_contrasts; i++)
        if (!strcmp(s->contrasts[i].metric, metric))
            return true;
    return false;
}

/* Groups of a chart of several matchers. */
#define RIVALS_MOST 24

/* The fewest false matches, of any matcher, that a threshold may rest on (NIST counts
 * on 30; fewer are too few to say). */
#define FALSE_MATCHES_LEAST 30

static bool is_known(const struct scored *sc, size_t point)
{
    return compared_reaches(&sc->compared, sc->points[point].threshold);
}

/* The fewest at the threshold that the study's answer is about: charts of another would
 * leave its reader without the rates it speaks of. */
#define FALSE_MATCHES_ANSWER 10

/* True if every matcher has enough false matches there. */
static bool is_grounded(const struct scored *all, size_t n, const struct tally *t,
                        const char *point, int64_t least)
{
    const struct group everyone = group_all();

    for (size_t b = 0; b < n; b++) {
        const struct count *c = tally_find(t, all[b].backend, "fmr", point, &everyone);
        if (!c || c->x < least)
            return false;
    }
    return true;
}

const char *scored_study_point(const struct study *s, const struct scored *all, size_t n,
                               const struct tally *t)
{
    const struct scored *sc = &all[0];
    const struct claim_spec *claim = study_answer_claim(s);
    const char *answer = claim ? claim->point : NULL;
    long best = -1, strictest = -1, known = -1;

    for (size_t i = 0; i < sc->n_points && answer; i++)
        if (!strcmp(sc->points[i].name, answer) && is_grounded(all, n, t, answer, FALSE_MATCHES_ANSWER))
            return sc->points[i].name;
    for (size_t i = 0; i < sc->n_points; i++) {
        if (isnan(sc->targets[i])) {
            known = known < 0 && is_known(sc, i) ? (long)i : known;
            continue;
        }
        if (strictest < 0 || sc->targets[i] < sc->targets[strictest])
            strictest = (long)i;
        if ((best < 0 || sc->targets[i] < sc->targets[best]) &&
            is_grounded(all, n, t, sc->points[i].name, FALSE_MATCHES_LEAST))
            best = (long)i;
    }
    best = best >= 0 ? best : strictest >= 0 ? strictest : known >= 0 ? known : 0;
    return sc->n_points ? sc->points[best].name : NULL;
}

/* True if some group of the set has a rate at the point. */
static bool has_groups(const struct study *s, const struct tally *t, const char *metric,
                       const char *point, unsigned set)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->counts[i].axes == set && !strcmp(t->counts[i].metric, metric) &&
            !strcmp(t->counts[i].point, point))
            return s->axes.n > 0;
    return false;
}

/* True if several matchers are set against each other in the metric, by these groups. */
static bool is_of_rivals(const struct study *s, const char *metric, unsigned set)
{
    for (size_t m = 0; m < s->compare.n_rivals; m++)
        if (!strcmp(s->compare.rivals[m], metric))
            return count_groups(&s->axes, set) <= RIVALS_MOST;
    return false;
}

/* Parts of the page that are folded: what looks beyond the answer. */
static const char fold_further[] = "Further charts";
static const char fold_rivals[] = "One matcher against the other";
static const char fold_curves[] = "Scores and thresholds";

/* The last chart goes into a folded part. */
static void fold_last(struct study *s, const char *fold)
{
    s->charts[s->n_charts - 1].fold = fold;
}

/* Several matchers: who is served how badly by whom, and by how much they differ. The latter
 * is folded where the study's answer is about groups of people. */
static void add_rivals(struct study *s, const struct scored *all, size_t n,
                       const struct tally *t, const char *point)
{
    const struct study_compare *c = &s->compare;
    const char *galleries = scored_galleries(all, n);

    STUDY_ROOM(s, s->charts, s->n_charts, 2 * c->n_rivals * s->n_spread);
    for (size_t m = 0; m < c->n_rivals; m++)
        for (size_t i = 0; i < s->n_spread; i++) {
            if (!has_groups(s, t, c->rivals[m], point, s->spread[i]) ||
                !is_of_rivals(s, c->rivals[m], s->spread[i]))
                continue;
            add_chart(s, "heat", c->rivals[m], NULL, point, s->spread[i]);
            s->charts[s->n_charts - 1].caption = galleries;
            add_chart(s, "rivals", c->rivals[m], NULL, point, s->spread[i]);
            s->charts[s->n_charts - 1].caption = galleries;
            if (study_answer_claim(s))
                fold_last(s, fold_rivals);
        }
}

/* What the charts are of: FPIR and FNIR where there is a gallery. */
static void add_charts(struct study *s, const struct scored *sc, size_t n, const struct tally *t,
                       const char *point)
{
    const bool gallery = sc->scores.gallery;
    const char *const metrics[] = { gallery ? "fpir" : "fmr", gallery ? "fnir" : "fnmr",
                                    "fmr_alike" };

    STUDY_ROOM(s, s->charts, s->n_charts, 4 * s->n_spread + 4);
    for (size_t i = 0; i < s->n_spread; i++)
        for (size_t k = 0; k < 3; k++)
            if (has_groups(s, t, metrics[k], point, s->spread[i]) &&
                !(n > 1 && is_of_rivals(s, metrics[k], s->spread[i]))) {
                add_chart(s, "bars", metrics[k], NULL, point, s->spread[i]);
                if (!strcmp(metrics[k], "fmr_alike"))
                    fold_last(s, fold_further);
            }
    unsigned last = s->n_spread ? s->spread[s->n_spread - 1] : 0;
    if (last && count_groups(&s->axes, last) >= 2 && count_groups(&s->axes, last) <= 24)
        add_chart(s, "cross", "fmr", NULL, point, last);
    if (s->n_spread > 1) {
        add_chart(s, "caterpillar", metrics[0], NULL, point, 0);
        fold_last(s, fold_further);
    }
    if (has_contrast(s, metrics[0]))
        add_chart(s, "forest", metrics[0], NULL, point, 0);
}

void scored_study_end(struct study *s, const struct scored *all, size_t n,
                      const struct tally *t, const char *point)
{
    name_metrics(s, t);
    add_facts(s, all, n);
    add_caveats(s, &all[0]);
    if (point && n > 1)
        add_rivals(s, all, n, t, point);
    if (point)
        add_charts(s, &all[0], n, t, point);
}

/* A chart of one matcher among several. */
static void name_backend(struct study *s, struct study_chart *c, const char *backend)
{
    c->backend = arena_strdup(&s->arena, backend);
    c->title = arena_printf(&s->arena, "%s: %s", backend, c->title);
}

/* True if a group of the set has a row of the metric. */
static bool has_rows(struct study *s, const struct findings *curves, const char *backend,
                     unsigned set, const char *metric, const char *point)
{
    struct group g = group_first(&s->axes, set);
    bool found = false;

    do {
        const char *name = keep_name(s, &g);
        found = findings_find(curves, backend, metric, name, "", point, NULL) >= 0;
    } while (!found && group_next(&g, &s->axes, set));
    return found;
}

void scored_study_curves(struct study *s, const struct scored *all, size_t n,
                         const char *point, const struct findings *curves)
{
    static const struct {
        const char *chart, *metric, *rests[2]; /* metrics of which it needs rows */
        bool own;                              /* at groups' own thresholds */
        bool open;                             /* of the first set, beside the answer */
        const char *title;
    } wanted[] = {
        { "fmr-threshold", "fmr", { "fmr", "fmr" }, false, false, "FMR against threshold" },
        { "det", "fnmr", { "fmr", "fnmr" }, false, false, "FNMR against FMR (DET)" },
        { "densities", "fmr", { "density.mated", "density.mated" }, false, false,
          "Scores of mated and non-mated comparisons" },
        { "equalise", "fmr", { "fmr", "fnmr" }, true, false,
          "Equal thresholds or equal FMRs" },
        { "fpir-threshold", "fpir", { "fpir", "fpir" }, false, true,
          "FPIR against threshold" },
        { "gallery-size", "fpir", { "fpir", "fpir" }, false, true,
          "FPIR against the size of the gallery" },
    };
    const size_t kinds = sizeof wanted / sizeof *wanted;

    STUDY_ROOM(s, s->charts, s->n_charts, 2 * kinds * n);
    for (size_t i = 0; i < s->n_spread; i++)
        for (size_t k = 0; k < kinds && (!i || i + 1 == s->n_spread); k++) {
            const char *at = wanted[k].own && point
                                 ? arena_printf(&s->arena, "own %s", point) : "";
            for (size_t b = 0; b < n; b++)
                if (!(wanted[k].own && !point) &&
                    has_rows(s, curves, all[b].backend, s->spread[i], wanted[k].rests[0], at) &&
                    has_rows(s, curves, all[b].backend, s->spread[i], wanted[k].rests[1], at)) {
                    add_chart(s, wanted[k].chart, wanted[k].metric, wanted[k].title, point,
                              s->spread[i]);
                    if (n > 1)
                        name_backend(s, &s->charts[s->n_charts - 1], all[b].backend);
                    if (!wanted[k].open || i)
                        fold_last(s, n > 1 ? s->charts[s->n_charts - 1].backend : fold_curves);
                }
        }
}
