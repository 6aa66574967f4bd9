/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/same_person.h"
#include "cli/score_given.h"
#include "cli/score_inputs.h"
#include "cli/score_state.h"
#include "cli/score_tell.h"
#include "cli/scoring.h"

struct scoring {
    const struct score_request *r;
    struct scores scores;
    struct score_side a, gallery;
    struct score_given given;  /* scores, in place of templates */
    struct trials trials;
    struct same_person same;
    struct count_trial *listed;
    struct count *count;
    char key[HASH_HEX];
    double seconds;
};

static volatile sig_atomic_t interrupted;

static void note_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

static bool is_interrupted(void *self)
{
    (void)self;
    return interrupted;
}

static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };
#define N_STOPPING (sizeof stopping / sizeof *stopping)

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
    int code = g->r->own ? score_side_given(side, &g->scores, &files, &g->given,
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
static void list_trials(struct scoring *g)
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
        list_trials(g);
    if (!code && isnan(r->bins))
        g->scores.bins = fitting_bins(&g->scores);
    return code;
}

static struct count_side count_side(const struct score_side *side)
{
    return (struct count_side){ &side->scorer, side->roster.n, side->template, side->person,
                                side->group, side->same };
}

static int make_count(struct scoring *g, struct err *err)
{
    const struct score_request *r = g->r;
    struct count_setup setup = { .asked = r->floor, .a = count_side(&g->a),
                                 .trials = g->listed, .n_trials = g->trials.n,
                                 .kernel = sweep_kernel(err) };
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int code = setup.kernel ? 0 : ERR_INPUT;

    setup.threads = processors > 0 ? (size_t)processors : 1;
    if (!code && !isnan(r->threads))
        code = take_whole("threads", r->threads, 1, COUNT_MAX_THREADS, &setup.threads, err);
    if (code)
        return code;
    if (setup.threads > COUNT_MAX_THREADS)
        setup.threads = COUNT_MAX_THREADS;
    if (r->probes)
        setup.b = count_side(&g->gallery);
    score_state_key(g->key, &g->scores, r->floor);
    return count_new(&g->count, &setup, &g->scores, err);
}

static void tell_found(const struct scoring *g, enum score_found found)
{
    static const char *const words[] = {
        [SCORE_OTHER] = "is of other inputs or options: starting afresh",
        [SCORE_DAMAGED] = "is damaged: starting afresh",
    };

    if (g->r->quiet)
        return;
    if (found == SCORE_RESUMED)
        fprintf(stderr, "misid: score: going on from %.1f %%\n",
                100 * (double)count_pairs_done(g->count) / (double)count_pairs(g->count));
    else if (words[found])
        fprintf(stderr, "misid: score: %s/score.state %s\n", g->r->out, words[found]);
}

static int work(struct scoring *g, struct err *err)
{
    struct score_progress progress;
    const struct count_hooks hooks = {
        .self = &progress, .is_stopped = is_interrupted, .save_every = g->r->every,
        .progress = !g->r->quiet && !g->r->json && isatty(STDERR_FILENO)
                        ? score_progress_show : NULL,
    };
    struct timespec from, to;
    int code;

    clock_gettime(CLOCK_MONOTONIC, &from);
    score_progress_begin(&progress, count_pairs_done(g->count));
    while ((code = count_work(g->count, &hooks, err)) == COUNT_TIME_TO_SAVE)
        if ((code = score_state_save(g->count, g->r->out, g->key, err)))
            break;
    score_progress_end(&progress);
    if (code == COUNT_STOPPED) {
        code = score_state_save(g->count, g->r->out, g->key, err);
        if (!code)
            code = err_add(err, ERR_PROGRAM, "score: interrupted at %.1f %%: the same command "
                           "goes on from there",
                           100 * (double)count_pairs_done(g->count) /
                               (double)count_pairs(g->count));
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    g->seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    return code;
}

static int write_roster(const char *out, const char *name, const struct score_side *side,
                        const char *run, struct err *err)
{
    char *path = path_join(out, name);
    int code = run && folder_same(out, run) ? 0 : roster_write(&side->roster, path, err);

    free(path);
    return code;
}

/* scores.csv: the list with one more recorded score. */
static int write_trials(struct scoring *g, struct err *err)
{
    struct trials *t = &g->trials;
    const float *scores = count_trial_scores(g->count);
    size_t k = trials_add_matcher(t, "score");

    for (size_t i = 0; i < t->n; i++)
        t->scores[k][i] = (double)scores[i];
    char *path = path_join(g->r->out, "scores.csv");
    int code = trials_write(t, &g->a.roster, path, err);
    free(path);
    return code;
}

static int write_all(struct scoring *g, struct err *err)
{
    const struct score_request *r = g->r;
    const struct score_side *main_side = r->probes ? &g->gallery : &g->a;
    int code = write_roster(r->out, "roster.csv", main_side, r->run, err);

    if (!code && r->probes)
        code = write_roster(r->out, "probe-roster.csv", &g->a, NULL, err);
    if (!code)
        code = same_person_write(&g->same, r->out, err);
    if (!code && r->trials)
        code = write_trials(g, err);
    if (!code)
        code = scores_write(&g->scores, &g->a.roster, &g->gallery.roster, r->out, err);
    return code ? code : score_state_remove(r->out, err);
}

static void tell_people(const struct same_person *s, struct text *to)
{
    if (s->looked)
        text_addf(to, "%zu pairs of equal pictures and %s%zu that look alike: "
                  "duplicates.csv\n", s->identical, s->too_many ? "(not looked for) " : "",
                  s->near);
    if (s->rows)
        text_addf(to, "%zu samples are of people who were joined: joined.csv\n", s->rows);
}

static void tell(const struct scoring *g)
{
    struct text t = TEXT_INIT;

    if (g->r->silent)
        return;
    if (g->r->json) {
        score_tell_json(&g->scores, g->r->out, &t);
    } else if (!g->r->quiet) {
        tell_people(&g->same, &t);
        score_tell_words(&g->scores, g->r->out, g->seconds, &t);
    }
    fputs(t.s, stdout);
    text_release(&t);
}

static int score(const struct score_request *r, struct err *err)
{
    struct scoring g = { .r = r };
    int code;

    scores_init(&g.scores);
    trials_init(&g.trials);
    (void)((code = parse_options(r, &g.scores, err)) || (code = read_inputs(&g, err)) ||
           (code = make_count(&g, err)) || (code = path_make_dirs(r->out, err)) ||
           /* an older record must not stand beside a state that is under way */
           (code = file_remove(r->out, "scores.json", err)));
    if (!code) {
        tell_found(&g, score_state_load(g.count, r->out, g.key));
        code = work(&g, err);
    }
    (void)(code || (code = count_finish(g.count, err)) || (code = write_all(&g, err)));
    if (!code)
        tell(&g);
    count_free(g.count);
    free(g.listed);
    trials_release(&g.trials);
    same_person_release(&g.same);
    score_side_release(&g.a);
    score_side_release(&g.gallery);
    score_given_release(&g.given);
    scores_release(&g.scores);
    return code;
}

int scoring_run(const struct score_request *r, struct err *err)
{
    struct sigaction now = { .sa_handler = note_signal }, before[N_STOPPING];

    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &now, &before[i]);
    int code = score(r, err);
    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &before[i], NULL);
    return code;
}

