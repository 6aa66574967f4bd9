/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid score: from templates to the tallies of their comparisons. */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/options.h"
#include "cli/score_inputs.h"
#include "cli/score_state.h"
#include "cli/score_tell.h"

struct request {
    const char *run, *templates, *roster, *probes, *probe_roster, *trials, *by, *same;
    const char *thresholds, *targets, *out, *mode, *similarity, *consolidate, *failures;
    double floor, threads, top, bins, most, every;
    bool quiet, json, help;
};

struct scoring {
    const struct request *r;
    struct scores scores;
    struct score_side a, gallery;
    struct trials trials;
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
    if (similarity_is_distance(s->similarity) && v < 0)
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

static int parse_thresholds(const struct request *r, struct scores *s, struct err *err)
{
    int code = parse_numbers(s, "thresholds", r->thresholds, &s->thresholds,
                             &s->n_thresholds, err);

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

static int parse_options(const struct request *r, struct scores *s, struct err *err)
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
           (code = take_whole("bins", r->bins, 2, (double)SCORES_MAX_BINS, &s->bins, err)) ||
           (code = take_whole("max-exceedances", r->most, 0, 1e9, &cap, err)));
    if (code)
        return code;
    if (s->bins & (s->bins - 1))
        return err_add(err, ERR_INPUT, "score: --bins %zu, expected a power of two, so that "
                       "edges are exact", s->bins);
    s->version = PACKAGE_VERSION;
    s->similarity = (enum similarity)similarity;
    s->tail = mode == 1 && !r->trials; /* every listed trial is scored anyway */
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
    int code = score_side_read(side, &g->scores, folder ? in_templates : templates,
                               folder ? in_roster : roster, roster_role, in_outputs, err);

    free(in_templates);
    free(in_roster);
    free(in_outputs);
    return code;
}

static int read_trials(struct scoring *g, struct err *err)
{
    struct trials *t = &g->trials;
    int code = score_trials_read(t, &g->a.roster, g->r->trials, err);

    if (code)
        return code;
    g->listed = mem_array(t->n, sizeof *g->listed);
    for (size_t i = 0; i < t->n; i++)
        g->listed[i] = (struct count_trial){ t->probe[i], t->reference[i], t->mated[i] };
    return score_add_input(&g->scores, "trials", g->r->trials, err);
}

static int read_inputs(struct scoring *g, struct err *err)
{
    const struct request *r = g->r;
    struct score_side *main_side = r->probes ? &g->gallery : &g->a;
    int code = 0;

    main_side->word = "templates";
    if (r->probes) {
        bool folder = path_is_dir(r->probes);
        g->a.word = "probes";
        code = read_side(g, &g->a, folder ? r->probes : NULL, r->probes, r->probe_roster,
                         "probe-roster", err);
    }
    if (!code)
        code = read_side(g, main_side, r->run, r->templates, r->roster, "roster", err);
    if (!code && r->probes && g->a.templates.columns != g->gallery.templates.columns)
        code = err_add(err, ERR_INPUT, "score: probes of %zu numbers, templates of %zu: "
                       "expected as many", g->a.templates.columns,
                       g->gallery.templates.columns);
    if (!code && r->trials)
        code = read_trials(g, err);
    if (!code)
        code = score_group(&g->scores, &g->a, r->probes ? &g->gallery : NULL, r->by, r->same,
                           err);
    return code;
}

static struct count_side count_side(const struct score_side *side)
{
    return (struct count_side){ &side->scorer, side->roster.n, side->template, side->person,
                                side->group, side->same };
}

static int make_count(struct scoring *g, struct err *err)
{
    const struct request *r = g->r;
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
    const struct request *r = g->r;
    const struct score_side *main_side = r->probes ? &g->gallery : &g->a;
    int code = write_roster(r->out, "roster.csv", main_side, r->run, err);

    if (!code && r->probes)
        code = write_roster(r->out, "probe-roster.csv", &g->a, NULL, err);
    if (!code && r->trials)
        code = write_trials(g, err);
    if (!code)
        code = scores_write(&g->scores, &g->a.roster, &g->gallery.roster, r->out, err);
    return code ? code : score_state_remove(r->out, err);
}

static void tell(const struct scoring *g)
{
    struct text t = TEXT_INIT;

    if (g->r->json)
        score_tell_json(&g->scores, g->r->out, &t);
    else if (!g->r->quiet)
        score_tell_words(&g->scores, g->r->out, g->seconds, &t);
    fputs(t.s, stdout);
    text_release(&t);
}

/* An older record must not stand beside a state that is under way. */
static int unfinish(const char *out, struct err *err)
{
    char *path = path_join(out, "scores.json");
    int code = unlink(path) == 0 || errno == ENOENT
                   ? 0 : err_add_errno(err, ERR_IO, errno, "%s: cannot remove", path);

    free(path);
    return code;
}

static int score(const struct request *r, struct err *err)
{
    struct scoring g = { .r = r };
    int code;

    scores_init(&g.scores);
    trials_init(&g.trials);
    (void)((code = parse_options(r, &g.scores, err)) || (code = read_inputs(&g, err)) ||
           (code = make_count(&g, err)) || (code = path_make_dirs(r->out, err)) ||
           (code = unfinish(r->out, err)));
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
    score_side_release(&g.a);
    score_side_release(&g.gallery);
    scores_release(&g.scores);
    return code;
}

/* From its first moment on an interruption leaves a state. */
static int score_guarded(const struct request *r, struct err *err)
{
    struct sigaction now = { .sa_handler = note_signal }, before[N_STOPPING];

    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &now, &before[i]);
    int code = score(r, err);
    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &before[i], NULL);
    return code;
}

static int check_given(const struct request *r, const struct option_list *args,
                       struct err *err)
{
    if (args->n > 1 || (args->n == 1) == (r->templates || r->roster) ||
        (!args->n && (!r->templates || !r->roster)))
        return err_add(err, ERR_INPUT, "score: expected --templates T.npy and --roster R.csv, "
                       "or one folder that misid embed made");
    if (!r->thresholds)
        return err_add(err, ERR_INPUT, "score: expected --thresholds with one number or more");
    if (!r->out)
        return err_add(err, ERR_INPUT, "score: expected --out DIR");
    if (r->trials && r->probes)
        return err_add(err, ERR_INPUT, "score: --trials compares samples of one roster: give "
                       "no --probes");
    if (r->trials && r->same)
        return err_add(err, ERR_INPUT, "score: --trials says what is compared: give no --same");
    if (!r->probes && (r->probe_roster || r->consolidate))
        return err_add(err, ERR_INPUT, "score: --probe-roster and --consolidate go with "
                       "--probes");
    if (r->probes && path_is_dir(r->probes) == (r->probe_roster != NULL))
        return err_add(err, ERR_INPUT, "score: expected --probes P.npy with --probe-roster, or "
                       "a folder that misid embed made without");
    if (!(r->every >= 0))
        return err_add(err, ERR_INPUT, "score: --checkpoint %g, expected seconds from 0",
                       r->every);
    return 0;
}

int score_main(int argc, char **argv)
{
    struct request r = { .floor = NAN, .threads = NAN, .top = 20, .bins = SCORES_BINS,
                         .most = SCORES_MAX_EXCEEDANCES, .every = 30 };
    const struct option table[] = {
        { OPTION_TEXT, "templates", "FILE", "templates.npy: a template a row", &r.templates },
        { OPTION_TEXT, "roster", "FILE", "who they are: sample, subject, attributes", &r.roster },
        { OPTION_TEXT, "by", "AXIS,…", "groups: combinations of these attributes", &r.by },
        { OPTION_TEXT, "thresholds", "T,…", "scores from which templates match", &r.thresholds },
        { OPTION_TEXT, "out", "DIR", "the folder to write into", &r.out },
        { OPTION_TEXT, "similarity", "NAME", "cosine, inner, euclidean or chi-square\n                           (the matcher's own, else cosine)",
          &r.similarity },
        { OPTION_TEXT, "mode", "NAME", "full, or tail: only what is above the floor",
          &r.mode },
        { OPTION_TEXT, "trials", "FILE", "only the comparisons of this list", &r.trials },
        { OPTION_TEXT, "same", "AXIS,…", "compare only samples that agree on these", &r.same },
        { OPTION_TEXT, "probes", "FILE", "templates that are searched for in the others",
          &r.probes },
        { OPTION_TEXT, "probe-roster", "FILE", "who the probes are", &r.probe_roster },
        { OPTION_NUMBER, "top", "K", "candidates a probe (20)", &r.top },
        { OPTION_TEXT, "consolidate", "HOW", "none, or max: a person's best image stands for "
          "it", &r.consolidate },
        { OPTION_NUMBER, "floor", "F", "keep non-mated pairs from here on (lowest threshold)",
          &r.floor },
        { OPTION_TEXT, "target-fmr", "F,…", "keep at least 5 times as many as the largest asks",
          &r.targets },
        { OPTION_NUMBER, "max-exceedances", "N", "but raise the floor past so many (10000000)",
          &r.most },
        { OPTION_NUMBER, "bins", "N", "of a histogram, a power of two (65536)", &r.bins },
        { OPTION_TEXT, "failures", "HOW", "exclude, or non-match: lost comparisons count",
          &r.failures },
        { OPTION_NUMBER, "threads", "N", "threads (all processors)", &r.threads },
        { OPTION_NUMBER, "checkpoint", "S", "seconds between two states on disk (30)",
          &r.every },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "json", NULL, "print a summary as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct option_list args = { 0 };
    struct err err = ERR_INIT;
    int code = options_parse("score", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid score --templates T.npy --roster R.csv --thresholds T,… --out DIR "
             "[OPTION]...\n       misid score RUN --thresholds T,… [--out DIR] [OPTION]...\n\n"
             "Compares templates: all pairs, those of a list, or probes with a gallery, and "
             "counts\nthe matches of every pair of groups and of every person.\n");
        options_print(table);
    } else if (!code) {
        r.run = args.n ? args.items[0] : NULL;
        if (!r.out)
            r.out = r.run;
        code = check_given(&r, &args, &err);
        if (!code)
            code = score_guarded(&r, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
