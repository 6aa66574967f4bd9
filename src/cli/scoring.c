/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/score_state.h"
#include "cli/scoring_own.h"

static int choose(const char *option, const char *given, const char *const *names,
                  size_t *to, struct err *err)
{
    struct text known = TEXT_INIT;

    *to = 0;
    for (size_t i = 0; given && names[i]; i++) {
        if (!strcmp(names[i], given)) {
            text_release(&known);
            *to = i;
            return 0;
        }
        text_addf(&known, "%s%s", i ? ", " : "", names[i]);
    }
    int code = given ? err_add(err, ERR_INPUT, "score: --%s '%.60s', expected one of %s",
                               option, given, known.s) : 0;
    text_release(&known);
    return code;
}

static int take_whole(const char *name, double v, double least, double most, size_t *to,
                      struct err *err)
{
    if (!(v >= least && v <= most && v == floor(v)))
        return err_add(err, ERR_INPUT, "score: --%s %g, expected a whole number from %.0f to "
                       "%.0f", name, v, least, most);
    *to = (size_t)v;
    return 0;
}

/* A number that a score of this similarity can have. */
static int check_score(const char *option, const struct scores *s, double v, struct err *err)
{
    bool cosine = s->similarity == SIMILARITY_COSINE;

    if (cosine && !(v >= -1 && v <= 1))
        return err_add(err, ERR_INPUT, "score: --%s %g is out of range, expected -1 to 1 for "
                       "cosine", option, v);
    if (similarity_is_from_0(s->similarity) && v < 0)
        return err_add(err, ERR_INPUT, "score: --%s %g is out of range, expected a distance "
                       "from 0", option, v);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static int parse_numbers(struct scores *s, const char *option, const char *list, double **to,
                         size_t *n, struct err *err)
{
    char **items;
    int code = score_split(&s->arena, option, list, &items, n, err);

    if (code)
        return code;
    if (*n > SCORES_MAX_THRESHOLDS)
        return err_add(err, ERR_LIMIT, "score: --%s has %zu numbers, expected at most %d",
                       option, *n, SCORES_MAX_THRESHOLDS);
    *to = arena_array(&s->arena, *n, sizeof **to);
    for (size_t i = 0; i < *n; i++)
        if (!num_parse_double(items[i], &(*to)[i]))
            return err_add(err, ERR_INPUT, "score: --%s '%.60s', expected a number", option,
                           items[i]);
    qsort(*to, *n, sizeof **to, by_value);
    for (size_t i = 1; i < *n; i++)
        if ((*to)[i] == (*to)[i - 1])
            return err_add(err, ERR_INPUT, "score: --%s has %g twice", option, (*to)[i]);
    return 0;
}

/* Where only target FMRs matter: one that no two templates reach by chance. */
static int strictest(const struct scores *s, const char **to, struct err *err)
{
    *to = s->similarity == SIMILARITY_COSINE ? "1"
          : similarity_is_distance(s->similarity) ? "0" : NULL;
    return *to ? 0 : err_add(err, ERR_INPUT, "score: no --thresholds, and a similarity "
                             "without a highest score, expected one threshold or more");
}

static int parse_thresholds(const struct score_request *r, struct scores *s, struct err *err)
{
    const char *list = r->thresholds;
    int code = list ? 0 : strictest(s, &list, err);

    if (!code)
        code = parse_numbers(s, "thresholds", list, &s->thresholds, &s->n_thresholds, err);
    for (size_t i = 0; !code && i < s->n_thresholds; i++)
        code = check_score("thresholds", s, s->thresholds[i], err);
    for (size_t i = 0; !code && similarity_is_distance(s->similarity) &&
                       i < s->n_thresholds / 2; i++) {
        double *x = &s->thresholds[i], *y = &s->thresholds[s->n_thresholds - 1 - i], z = *x;
        *x = *y;
        *y = z;
    }
    if (!code && !isnan(r->floor))
        code = check_score("floor", s, r->floor, err);
    if (!code && r->targets)
        code = parse_numbers(s, "target-fmr", r->targets, &s->targets, &s->n_targets, err);
    for (size_t i = 0; !code && i < s->n_targets; i++)
        if (!(s->targets[i] > 0 && s->targets[i] < 1))
            code = err_add(err, ERR_INPUT, "score: --target-fmr %g, expected a rate between "
                           "0 and 1", s->targets[i]);
    return code;
}

static int parse_options(const struct score_request *r, struct scores *s, struct err *err)
{
    static const char *const modes[] = { "full", "tail", NULL };
    static const char *const ways[] = { "none", "max", NULL };
    static const char *const failures[] = { "exclude", "non-match", NULL };
    size_t similarity, mode, way, failure, cap = 0;
    const char *name = r->similarity;
    int code = 0;

    (void)((r->run && !name &&
            (code = score_folder_similarity(&s->arena, r->run, &name, err))) ||
           (code = choose("similarity", name, similarity_names, &similarity, err)) ||
           (code = choose("mode", r->mode, modes, &mode, err)) ||
           (code = choose("consolidate", r->consolidate, ways, &way, err)) ||
           (code = choose("failures", r->failures, failures, &failure, err)) ||
           (!isnan(r->bins) &&
            (code = take_whole("bins", r->bins, 2, (double)SCORES_MAX_BINS, &s->bins, err))) ||
           (code = take_whole("max-exceedances", r->most, 0, 1e9, &cap, err)));
    if (code)
        return code;
    if (!isnan(r->bins) && s->bins & (s->bins - 1))
        return err_add(err, ERR_INPUT, "score: --bins %zu, expected a power of two, so that "
                       "edges are exact", s->bins);
    s->version = PACKAGE_VERSION;
    s->similarity = (enum similarity)similarity;
    if (similarity_is_own(s->similarity) != (r->own != NULL))
        return err_add(err, ERR_INPUT, "score: the similarity %s is of scores that a matcher "
                       "formed itself, not of templates, expected misid run with that "
                       "matcher", similarity_names[similarity]);
    /* listed trials are all scored anyway; a histogram would hold pairs without a score */
    s->tail = r->own ? r->own_gaps : mode == 1 && !r->trials;
    s->consolidated = way == 1;
    s->lost_are_trials = failure == 1;
    s->cap = cap;
    s->listed = r->trials;
    s->gallery = r->probes;
    if (s->gallery)
        code = take_whole("top", r->top, 1, 10000, &s->top, err);
    return code ? code : parse_thresholds(r, s, err);
}

/* The folder that embed made, or the files themselves. */
static int read_side(struct scoring *g, struct score_side *side, const char *folder,
                     const char *templates, const char *roster, const char *roster_role,
                     struct err *err)
{
    char *in_templates = folder ? path_join(folder, "templates.npy") : NULL;
    char *in_roster = folder ? path_join(folder, "roster.csv") : NULL;
    char *in_outputs = folder ? path_join(folder, "outputs.csv") : NULL;
    const struct score_side_files files = {
        .templates = folder ? in_templates : templates, .roster = folder ? in_roster : roster,
        .outputs = in_outputs, .roster_role = roster_role,
    };
    const bool is_probes = g->r->probes && side == &g->a;
    int code = folder ? shard_refuse(folder, err) : 0;

    if (!code)
        code = g->r->own ? score_side_given(side, &g->scores, &files, &g->given,
                                            g->r->probes && !is_probes, err)
                         : score_side_read(side, &g->scores, &files, err);

    free(in_templates);
    free(in_roster);
    free(in_outputs);
    return code;
}

static int read_trials(struct scoring *g, struct err *err)
{
    struct trials *t = &g->trials;
    int code = score_trials_read(t, &g->a.roster, g->r->trials, err);

    return code ? code : score_add_input(&g->scores, "trials", g->r->trials, err);
}

/* Of people who were joined the trials are mated. */
void scoring_list_trials(struct scoring *g)
{
    struct trials *t = &g->trials;

    g->listed = mem_array(t->n, sizeof *g->listed);
    for (size_t i = 0; i < t->n; i++) {
        t->mated[i] = g->a.person[t->probe[i]] == g->a.person[t->reference[i]];
        g->listed[i] = (struct count_trial){ t->probe[i], t->reference[i], t->mated[i] };
    }
}

/* Who is one person under two names, before anybody is counted. */
static int settle_people(struct scoring *g, struct err *err)
{
    const struct score_request *r = g->r;
    bool folder = r->probes && path_is_dir(r->probes);
    char *main_outputs = r->run ? path_join(r->run, "outputs.csv") : NULL;
    char *probe_outputs = folder ? path_join(r->probes, "outputs.csv") : NULL;
    int code = same_person_settle(&g->same, &g->a, r->probes ? probe_outputs : main_outputs,
                                  r->probes ? &g->gallery : NULL, main_outputs,
                                  r->same_person, &g->scores, err);

    free(main_outputs);
    free(probe_outputs);
    if (!code && g->same.rows && !r->silent && r->run && folder_same(r->out, r->run))
        code = err_add(err, ERR_INPUT, "score: %zu samples are of people who are joined, "
                       "which the roster of %s does not say: expected --out with another "
                       "folder", g->same.rows, r->run);
    return code;
}

/* As many as fit in a quarter of what histograms may take, at most the usual. */
static size_t fitting_bins(const struct scores *s)
{
    double cells = (double)s->n_groups * (double)(s->n_groups + (s->gallery ? 0 : 1));
    size_t bins = SCORES_BINS;

    if (s->gallery)
        cells *= 2;
    while (bins > 1024 && cells * (double)bins * sizeof(uint64_t) >
                              (double)SCORES_HISTOGRAM_BYTES / 4)
        bins /= 2;
    return bins;
}

static int read_inputs(struct scoring *g, struct err *err)
{
    const struct score_request *r = g->r;
    struct score_side *main_side = r->probes ? &g->gallery : &g->a;
    int code = 0;

    main_side->word = "templates";
    if (r->own)
        (void)((code = score_add_input(&g->scores, "own", r->own, err)) ||
               (code = score_given_load(&g->given, r->own, &g->scores, r->own_gaps, r->own_known,
                                       err)));
    if (code)
        return code;
    if (r->probes) {
        bool folder = path_is_dir(r->probes);
        g->a.word = "probes";
        code = read_side(g, &g->a, folder ? r->probes : NULL, r->probes, r->probe_roster,
                         "probe-roster", err);
    }
    if (!code)
        code = read_side(g, main_side, r->run, r->templates, r->roster, "roster", err);
    if (!code && r->probes && !r->own && g->a.templates.columns != g->gallery.templates.columns)
        code = err_add(err, ERR_INPUT, "score: probes of %zu numbers, templates of %zu: "
                       "expected as many", g->a.templates.columns,
                       g->gallery.templates.columns);
    if (!code && r->trials)
        code = read_trials(g, err);
    if (!code)
        code = settle_people(g, err);
    if (!code)
        code = score_group(&g->scores, &g->a, r->probes ? &g->gallery : NULL, r->by, r->same,
                           err);
    if (!code && r->trials)
        scoring_list_trials(g);
    if (!code && isnan(r->bins))
        g->scores.bins = fitting_bins(&g->scores);
    return code;
}

static struct count_side count_side(const struct score_side *side)
{
    return (struct count_side){ &side->scorer, side->roster.n, side->template, side->person,
                                side->group, side->same };
}

/* All processors, or a rank's share of them: what the launcher has bound it to, else an
 * equal one. */
static size_t usual_threads(const struct ranks *r)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t all = processors > 0 ? (size_t)processors : 1, share = all / r->here;
    cpu_set_t set;

    if (r->n == 1)
        return all;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && (size_t)CPU_COUNT(&set) < all)
        share = (size_t)CPU_COUNT(&set);
    return share ? share : 1;
}

int scoring_make_count(struct scoring *g, bool merges, struct err *err)
{
    const struct score_request *r = g->r;
    struct count_setup setup = { .asked = r->floor, .a = count_side(&g->a),
                                 .trials = g->listed, .n_trials = g->trials.n,
                                 .parts = g->shard.n, .merges = merges,
                                 .kernel = sweep_kernel(err) };
    int code = setup.kernel ? 0 : ERR_INPUT;

    setup.threads = usual_threads(&g->ranks);
    if (g->ranks.n > 1)
        setup.parts = g->ranks.n;
    if (!code && !isnan(r->threads))
        code = take_whole("threads", r->threads, 1, COUNT_MAX_THREADS, &setup.threads, err);
    if (code)
        return code;
    if (setup.threads > COUNT_MAX_THREADS)
        setup.threads = COUNT_MAX_THREADS;
    if (r->probes)
        setup.b = count_side(&g->gallery);
    score_state_key(g->key, &g->scores, r->floor, &g->shard);
    return count_new(&g->count, &setup, &g->scores, err);
}

int scoring_read(struct scoring *g, struct err *err)
{
    int code = shard_parse("score", g->r->shard, &g->shard, err);

    if (!code && g->shard.n && g->ranks.n > 1)
        code = err_add(err, ERR_INPUT, "score: --shard %s in %zu ranks, expected one of both",
                       g->r->shard, g->ranks.n);
    if (!code && g->shard.n && g->r->run && folder_same(g->r->out, g->r->run))
        code = err_add(err, ERR_INPUT, "score: --shard of the folder %s, expected --out with "
                       "another folder, one a part", g->r->run);
    (void)(code || (code = parse_options(g->r, &g->scores, err)) ||
           (code = read_inputs(g, err)) || (code = scoring_make_count(g, false, err)));
    return code;
}
