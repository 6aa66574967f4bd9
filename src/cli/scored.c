/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/scored.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "model/point.h"
#include "stats/searches_findings.h"

static int read_roster(struct roster *r, const char *dir, const char *name, struct err *err)
{
    char *path = path_join(dir, name);
    int code = roster_read_plain(r, path, err);

    free(path);
    return code;
}

/* What became of the samples in the matcher, where `misid embed` made the folder. */
static int read_statuses(struct roster *r, const char *dir, struct err *err)
{
    static const char *const columns[] = { "sample", "face", "status" };
    char *path = path_join(dir, "outputs.csv");
    struct text name = TEXT_INIT;
    struct csv_table t;
    int at[3], code = 0;

    if (path_is_file(path) &&
        !(code = csv_table_load(&t, path, &(struct csv_options){ 0 }, err))) {
        code = csv_table_columns(&t, columns, 3, at, err);
        for (size_t i = 0; i < t.rows && !code; i++) {
            const char *sample = csv_table_cell(&t, i, (size_t)at[0]);
            enum status status;
            text_reset(&name);
            long row = text_add_unpercent(&name, sample, strlen(sample)) < 0
                           ? -1 : roster_find(r, name.s);
            if (row < 0 || !status_parse(csv_table_cell(&t, i, (size_t)at[2]), &status))
                code = err_add(err, ERR_INPUT, "%s:%zu: sample '%.60s' with status '%.20s', "
                               "expected a sample of the roster and a status", path,
                               t.lines[i], sample,
                               csv_table_cell(&t, i, (size_t)at[2]));
            else if (!strcmp(csv_table_cell(&t, i, (size_t)at[1]), "0") &&
                     status != STATUS_OK)
                roster_set_status(r, (size_t)row, status, "");
        }
        csv_table_release(&t);
    }
    text_release(&name);
    free(path);
    return code;
}

/* Of each probe, the rank of its best mate among the candidates; 0 where none is. */
static int read_ranks(struct scored *sc, const char *dir, struct err *err)
{
    static const char *const columns[] = { "probe", "rank", "mated" };
    char *path = path_join(dir, "candidates.csv");
    struct text name = TEXT_INIT;
    struct csv_table t;
    int at[3], code = csv_table_load(&t, path, &(struct csv_options){ 0 }, err);

    if (!code) {
        sc->rank = arena_array(&sc->arena, sc->roster.n, sizeof *sc->rank);
        code = csv_table_columns(&t, columns, 3, at, err);
        for (size_t i = 0; i < t.rows && !code; i++) {
            const char *probe = csv_table_cell(&t, i, (size_t)at[0]);
            const char *rank = csv_table_cell(&t, i, (size_t)at[1]);
            int64_t k = 0;
            text_reset(&name);
            long row = text_add_unpercent(&name, probe, strlen(probe)) < 0
                           ? -1 : roster_find(&sc->roster, name.s);
            if (row < 0 || !num_parse_int64(rank, &k) || k < 1 || k > UINT32_MAX)
                code = err_add(err, ERR_INPUT, "%s:%zu: probe '%.60s' with rank '%.20s', "
                               "expected a sample of the probes and a whole number from 1",
                               path, t.lines[i], probe, rank);
            else if (!strcmp(csv_table_cell(&t, i, (size_t)at[2]), "yes") &&
                     (!sc->rank[row] || k < sc->rank[row]))
                sc->rank[row] = (uint32_t)k;
        }
        csv_table_release(&t);
    }
    text_release(&name);
    free(path);
    return code;
}

int scored_load(struct scored *sc, const char *dir, struct err *err)
{
    *sc = (struct scored){ .backend = "" };
    sc->dir = arena_strdup(&sc->arena, dir);
    scores_init(&sc->scores);
    int code = scores_read(&sc->scores, dir, err);
    if (code)
        return code;
    if (sc->scores.gallery) {
        code = read_roster(&sc->roster, dir, "probe-roster.csv", err);
        if (!code)
            code = read_roster(&sc->gallery, dir, "roster.csv", err);
        if (!code && sc->scores.top)
            code = read_ranks(sc, dir, err);
    } else {
        code = read_roster(&sc->roster, dir, "roster.csv", err);
        if (!code)
            code = read_statuses(&sc->roster, dir, err);
    }
    return code;
}

void scored_release(struct scored *sc)
{
    compared_release(&sc->compared);
    roster_release(&sc->roster);
    roster_release(&sc->gallery);
    scores_release(&sc->scores);
    arena_release(&sc->arena);
    *sc = (struct scored){ .backend = "" };
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* The values that an attribute has, each once. */
static size_t add_values(const struct roster *r, const char *name, const char **to,
                         size_t n)
{
    long at = roster_attribute(r, name);

    if (at < 0)
        return n;
    const struct dict *values = &r->attributes[at].column.values;
    for (uint32_t v = 0; v < values->n; v++) {
        const char *s = dict_at(values, v);
        size_t k = 0;
        while (k < n && strcmp(to[k], s))
            k++;
        if (k == n && *s && n < STUDY_MAX_GROUPS)
            to[n++] = s;
    }
    return n;
}

/* The axes of the groups, then those on which samples had to agree and that are none. */
static size_t name_axes(const struct scores *s, const char **names)
{
    size_t n = 0;

    for (size_t a = 0; a < s->n_axes; a++)
        names[n++] = s->axes[a];
    for (size_t i = 0; i < s->n_same; i++) {
        bool known = false;
        for (size_t a = 0; a < n; a++)
            known |= !strcmp(names[a], s->same[i]);
        if (!known)
            names[n++] = s->same[i];
    }
    return n;
}

int scored_axes(const struct scored *sc, struct arena *arena, struct axes *axes,
                struct err *err)
{
    const struct scores *s = &sc->scores;
    const char **names = arena_array(arena, s->n_axes + s->n_same, sizeof *names);
    size_t n_names = name_axes(s, names);

    if (n_names > GROUP_MAX_AXES)
        return err_add(err, ERR_LIMIT, "%zu axes, expected at most %d", n_names,
                       GROUP_MAX_AXES);
    axes->n = n_names;
    axes->axes = arena_array(arena, n_names, sizeof *axes->axes);
    for (size_t a = 0; a < n_names; a++) {
        const char **values = arena_array(arena, STUDY_MAX_GROUPS, sizeof *values);
        size_t n = add_values(&sc->roster, names[a], values, 0);
        n = add_values(&sc->gallery, names[a], values, n);
        qsort(values, n, sizeof *values, by_bytes);
        axes->axes[a] = (struct axis){ names[a], values, n };
        if (!n || n == STUDY_MAX_GROUPS)
            return err_add(err, ERR_INPUT, "the axis '%.60s' has %s values, expected 1 to %d",
                           names[a], n ? "too many" : "no", STUDY_MAX_GROUPS - 1);
    }
    return 0;
}

static void add_point(struct scored *sc, const char *name, double threshold, double target)
{
    size_t n = sc->n_points;

    for (size_t i = 0; i < n; i++)
        if (!strcmp(sc->points[i].name, name))
            return;
    sc->points[n] = (struct operating_point){ arena_strdup(&sc->arena, name), threshold };
    sc->targets[n] = target;
    sc->n_points++;
}

static void leave_out(struct scored *sc, const char *name)
{
    sc->left_out = sc->left_out ? arena_printf(&sc->arena, "%s, %s", sc->left_out, name)
                                : arena_strdup(&sc->arena, name);
}

static int add_target(struct scored *sc, const struct curve *curve, double target,
                      bool lenient, struct err *err)
{
    struct curve_point at = curve_threshold(curve, target);
    char number[NUM_MAX], name[POINT_MAX];
    bool found = at.how == CURVE_EXACT || at.how == CURVE_BEYOND || at.how == CURVE_ALL;

    point_of_fmr(name, target);
    num_shortest(number, target);
    if (found)
        add_point(sc, name, sc->compared.distance ? -at.threshold : at.threshold, target);
    else if (lenient)
        leave_out(sc, name);
    if (found || lenient)
        return 0;
    return err_add(err, ERR_INPUT, "the scores are kept one by one only down to an FMR of "
                   "%s, expected `misid score --target-fmr %s`",
                   num_shortest(number, curve->nonmated ? (double)curve->n_high /
                                                              (double)curve->nonmated : 0),
                   number);
}

static int make_points(struct scored *sc, const struct scored_wish *wish, struct err *err)
{
    const struct scores *s = &sc->scores;
    const struct group all = group_all();
    size_t most = s->n_thresholds + s->n_targets + wish->n_targets;
    struct curve curve;
    char number[NUM_MAX];
    int code = 0;

    sc->points = arena_array(&sc->arena, most, sizeof *sc->points);
    sc->targets = arena_array(&sc->arena, most, sizeof *sc->targets);
    for (size_t i = 0; wish->points_called && i < s->n_thresholds; i++) {
        char *name = mem_printf("%s=%s", wish->points_called,
                                num_shortest(number, s->thresholds[i]));
        if (wish->lenient && !compared_reaches(&sc->compared, s->thresholds[i]))
            leave_out(sc, name);
        else
            add_point(sc, name, s->thresholds[i], NAN);
        free(name);
    }
    compared_curve(&sc->compared, &all, &curve);
    for (size_t i = 0; i < s->n_targets && !code; i++)
        code = add_target(sc, &curve, s->targets[i], wish->lenient, err);
    for (size_t i = 0; i < wish->n_targets && !code; i++)
        code = add_target(sc, &curve, wish->targets[i], wish->lenient, err);
    compared_curve_release(&curve);
    return code;
}

int scored_count(struct scored *sc, const struct axes *axes, const struct scored_wish *wish,
                 const char *backend, const unsigned *sets, size_t n_sets, unsigned alike,
                 struct tally *to, struct clusters *clusters, struct err *err)
{
    int code = compared_init(&sc->compared, &sc->scores, axes, &sc->roster,
                             sc->scores.gallery ? &sc->gallery : NULL, err);

    sc->backend = arena_strdup(&sc->arena, backend);
    sc->compared.rank = sc->rank;
    sc->compared.apart = wish->apart;
    if (!code && alike)
        compared_alike(&sc->compared, alike);
    if (!code)
        code = make_points(sc, wish, err);
    if (!code)
        code = compared_count(&sc->compared, backend, sc->points, sc->n_points, sets, n_sets,
                              "", to, clusters, err);
    return code;
}

int scored_findings(const struct scored *sc, const struct scored_wish *wish,
                    const struct evidence *e, struct findings *out, struct err *err)
{
    const struct compared_work work = {
        .compared = &sc->compared, .backend = sc->backend, .points = sc->points,
        .targets = sc->targets, .n_points = sc->n_points, .threads = wish->threads,
        .replicates = wish->replicates, .permutations = wish->permutations,
        .seed = wish->seed,
    };

    int code = compared_findings(&work, e, out, err);
    return code ? code
                : searches_findings(&work, wish->searches > 0 ? wish->searches
                                                              : SEARCHES_EXPECTED, e, out, err);
}

void scored_add_command(double replicates, double permutations, double seed,
                        double searches, double suspicious, struct text *to)
{
    char number[NUM_MAX];

    if (replicates != 2000)
        text_addf(to, " --replicates %.0f", replicates);
    if (permutations != 9999)
        text_addf(to, " --permutations %.0f", permutations);
    if (seed != 1)
        text_addf(to, " --seed %.0f", seed);
    if (!isnan(searches) && searches != SEARCHES_EXPECTED)
        text_addf(to, " --searches %.0f", searches);
    if (!isnan(suspicious))
        text_addf(to, " --suspicious-above %s", num_shortest(number, suspicious));
}
