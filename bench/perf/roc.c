/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a million labelled scores become a ROC curve, beside scikit-learn's roc_curve
 * on the same scores in the same run: seconds, and whether all points agree.
 *
 *     bench/perf/roc [--scores N] [--json]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "stats/curve.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A repeatable score: a sum of uniforms, higher where mated. */
static void draw(float *score, unsigned char *mated, size_t n)
{
    uint64_t state = 20180209;

    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int k = 0; k < 6; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            sum += (double)(state >> 11) / 9007199254740992.;
        }
        mated[i] = i % 10 == 0;
        score[i] = (float)(sum - 3 + 1.5 * mated[i]);
    }
}

/* The scores by kind, sorted, and every point: what roc_curve does. */
static double make_roc(const float *score, const unsigned char *mated, size_t n,
                       struct curve_points *to, size_t *points)
{
    double start = now();
    float *kind[2] = { mem_array(n, sizeof **kind), mem_array(n, sizeof **kind) };
    size_t count[2] = { 0, 0 };

    for (size_t i = 0; i < n; i++)
        kind[mated[i]][count[mated[i]]++] = score[i];
    curve_sort(kind[0], count[0]);
    curve_sort(kind[1], count[1]);
    const struct curve c = { .high = kind[0], .n_high = count[0], .floor = -INFINITY,
                             .nonmated = count[0], .mated = kind[1],
                             .n_mated = count[1] };
    *points = curve_points(&c, to);
    free(kind[0]);
    free(kind[1]);
    return now() - start;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct peer {
    bool there;
    double full, fewer, false_matches, matches;
    size_t points;
    char version[32];
};

static struct peer run_peer(const float *score, const unsigned char *mated, size_t n)
{
    const char *tmp = getenv("TMPDIR");
    char *path = mem_printf("%s/misid-roc.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    struct peer peer = { .there = false };
    int fd = mkstemp(path);

    if (fd < 0) {
        free(path);
        return peer;
    }
    FILE *f = fdopen(fd, "wb");
    bool written = fwrite(score, sizeof *score, n, f) == n && fwrite(mated, 1, n, f) == n;
    written &= !fclose(f);
    char *command = mem_printf("/usr/bin/python3 '%s/roc-peers.py' '%s' 2>/dev/null",
                               BENCH_DIR, path);
    FILE *p = written ? popen(command, "r") : NULL;
    if (p) {
        peer.there = fscanf(p, "%lf %lf %zu %lf %lf %31s", &peer.full, &peer.fewer,
                            &peer.points, &peer.false_matches, &peer.matches,
                            peer.version) == 6;
        peer.there &= pclose(p) == 0;
    }
    free(command);
    unlink(path);
    free(path);
    return peer;
}

int main(int argc, char **argv)
{
    size_t n = 1000000, points = 0;
    bool as_json = false;

    for (int i = 1; i < argc; i++) {
        int64_t v;
        if (!strcmp(argv[i], "--json")) {
            as_json = true;
        } else if (!strcmp(argv[i], "--scores") && i + 1 < argc &&
                   num_parse_int64(argv[++i], &v) && v >= 10 && v <= 100000000) {
            n = (size_t)v;
        } else {
            fprintf(stderr, "usage: roc [--scores N] [--json]\n");
            return 2;
        }
    }
    float *score = mem_array(n, sizeof *score);
    unsigned char *mated = mem_array(n, 1);
    struct curve_points to = { mem_array(n, sizeof *to.threshold),
                               mem_array(n, sizeof *to.false_matches),
                               mem_array(n, sizeof *to.matches) };
    double times[5], false_matches = 0, matches = 0;

    draw(score, mated, n);
    for (int i = 0; i < 5; i++)
        times[i] = make_roc(score, mated, n, &to, &points);
    qsort(times, 5, sizeof *times, by_value);
    for (size_t i = 0; i < points; i++) {
        false_matches += (double)to.false_matches[i];
        matches += (double)to.matches[i];
    }
    struct peer peer = run_peer(score, mated, n);
    bool same = peer.there && peer.points == points &&
                peer.false_matches == false_matches && peer.matches == matches;
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    json_map(&w, NULL);
    json_int(&w, "scores", (int64_t)n);
    json_int(&w, "points", (int64_t)points);
    json_number(&w, "seconds", times[2]);
    json_number(&w, "sklearn_seconds", peer.there ? peer.full : NAN);
    json_number(&w, "sklearn_default_seconds", peer.there ? peer.fewer : NAN);
    json_number(&w, "times_faster", peer.there ? peer.full / times[2] : NAN);
    json_bool(&w, "same_points", same);
    json_string(&w, "sklearn", peer.there ? peer.version : NULL);
    json_end(&w);
    if (as_json)
        fputs(t.s, stdout);
    else if (!peer.there)
        printf("%zu scores: %.1f ms; no scikit-learn to set it beside\n", n, 1e3 * times[2]);
    else
        printf("%zu scores, %zu points: %.1f ms; roc_curve of scikit-learn %s %.1f ms (%.1f "
               "by default), %.1f times as long; the points are %s\n", n, points,
               1e3 * times[2], peer.version, 1e3 * peer.full, 1e3 * peer.fewer,
               peer.full / times[2], same ? "the same" : "NOT the same");
    text_release(&t);
    free(to.threshold);
    free(to.false_matches);
    free(to.matches);
    free(mated);
    free(score);
    return peer.there && !same;
}
