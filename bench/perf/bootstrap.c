/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast the intervals of a false-match rate are, beside straightforward NumPy
 * (bootstrap-peer.py) on the same dyads in the same run: 2000 replicates of the vertex
 * bootstrap, and the effective-n interval from all pairs against the sparse sums.
 *
 *     bench/perf/bootstrap [--people N] [--errors N] [--no-peer] [--json]
 *
 * Without a peer's answer its figures are left out. Both must give the same effective n
 * (to 1e-9) or the run fails.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "stats/bootstrap.h"
#include "stats/clustered.h"
#include "stats/methods.h"

struct result {
    double vertex, doubling, neff, n_eff, lo, hi;
    double peer_vertex, peer_neff, peer_n_eff; /* NaN without a peer */
    size_t peer_replicates;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* People of one image; some err more than others. */
static void draw(struct dyads *d, size_t people, size_t errors)
{
    uint32_t *images = mem_array(people, sizeof *images);
    uint64_t seed = 1;

    for (size_t i = 0; i < people; i++)
        images[i] = 4;
    dyads_within(d, images, people);
    free(images);
    while (d->n_erring < errors) {
        double u[2];
        for (int k = 0; k < 2; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            u[k] = (double)(seed >> 33) / 2147483648.;
        }
        uint32_t s = (uint32_t)(u[0] * sqrt(u[0]) * (double)people);
        uint32_t t = (uint32_t)(u[1] * (double)people);
        if (s != t)
            dyads_add(d, s, t, 1);
    }
}

/* The peer reads s,t,x from a file and prints "seconds seconds n_eff replicates". */
static void run_peer(const struct dyads *d, struct result *r)
{
    static const char *const pythons[] = { "python3", "/usr/bin/python3" };
    const char *tmp = getenv("TMPDIR");
    char *path = mem_printf("%s/misid-bootstrap.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    int fd = mkstemp(path);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "w");

    if (!to) {
        free(path);
        return;
    }
    for (size_t i = 0; i < d->n_erring; i++)
        fprintf(to, "%u %u %.0f\n", d->erring[i].s, d->erring[i].t, d->erring[i].x);
    fclose(to);
    for (size_t i = 0; i < sizeof pythons / sizeof *pythons && isnan(r->peer_vertex); i++) {
        char *command = mem_printf("%s '%s/bootstrap-peer.py' '%s' %zu 4 2>/dev/null",
                                   pythons[i], BENCH_DIR, path, d->persons);
        FILE *from = popen(command, "r");
        if (!from || fscanf(from, "%lf %lf %lf %zu", &r->peer_vertex, &r->peer_neff,
                            &r->peer_n_eff, &r->peer_replicates) != 4)
            r->peer_vertex = r->peer_neff = r->peer_n_eff = NAN;
        if (from)
            pclose(from);
        free(command);
    }
    unlink(path);
    free(path);
}

static void measure(const struct dyads *d, struct result *r)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered c;
    double start = now();

    how.threads = 2;
    clustered_vertex(d, &how, &c, NULL);
    r->vertex = now() - start;
    r->lo = c.at.lo;
    r->hi = c.at.hi;
    start = now();
    clustered_doubling(d, &how, &c, NULL);
    r->doubling = now() - start;
    start = now();
    clustered_wilson_neff(d, &how, &c, NULL);
    r->neff = now() - start;
    r->n_eff = c.n_eff;
}

static bool read_size(const char *s, size_t *to)
{
    int64_t v;

    if (!s || !num_parse_int64(s, &v) || v < 2 || v > 100000000)
        return false;
    *to = (size_t)v;
    return true;
}

int main(int argc, char **argv)
{
    size_t people = 3000, errors = 1000000;
    bool json = false, peer = true, good = true;
    struct result r = { .peer_vertex = NAN, .peer_neff = NAN, .peer_n_eff = NAN };
    struct dyads d;

    for (int i = 1; i < argc && good; i++) {
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (!strcmp(argv[i], "--no-peer"))
            peer = false;
        else if (!strcmp(argv[i], "--people"))
            good = read_size(argv[++i], &people);
        else if (!strcmp(argv[i], "--errors"))
            good = read_size(argv[++i], &errors);
        else
            good = false;
    }
    if (!good || errors > people * (people - 1)) {
        fputs("usage: bootstrap [--people N] [--errors N] [--no-peer] [--json]\n", stderr);
        return 2;
    }
    stats_start();
    draw(&d, people, errors);
    double start = now();
    if (dyads_close(&d, NULL) < 0)
        return 1;
    double close = now() - start;
    measure(&d, &r);
    if (peer)
        run_peer(&d, &r);
    if (json) {
        struct text text = TEXT_INIT;
        struct json_out out = json_out(&text);
        json_map(&out, NULL);
        json_int(&out, "people", (int64_t)people);
        json_int(&out, "erring_dyads", (int64_t)d.n_erring);
        json_int(&out, "replicates", 2000);
        json_number(&out, "sort_seconds", close);
        json_number(&out, "vertex_seconds", r.vertex);
        json_number(&out, "double_or_nothing_seconds", r.doubling);
        json_number(&out, "wilson_neff_seconds", r.neff);
        json_number(&out, "numpy_vertex_seconds", r.peer_vertex);
        json_number(&out, "numpy_wilson_neff_seconds", r.peer_neff);
        json_number(&out, "vertex_times_faster", r.peer_vertex / r.vertex);
        json_number(&out, "wilson_neff_times_faster", r.peer_neff / r.neff);
        json_end(&out);
        fputs(text.s, stdout);
        text_release(&text);
    } else {
        printf("%zu people, %zu erring dyads, 2000 replicates, 2 threads\n", people,
               d.n_erring);
        printf("vertex bootstrap   %8.3f s   double or nothing %8.3f s\n", r.vertex,
               r.doubling);
        printf("effective n        %8.4f s   (sorting the dyads %.3f s)\n", r.neff, close);
        if (!isnan(r.peer_vertex))
            printf("NumPy: vertex bootstrap %.1f s (from %zu replicates), %.0f times;"
                   " effective n %.2f s, %.0f times\n", r.peer_vertex, r.peer_replicates,
                   r.peer_vertex / r.vertex, r.peer_neff, r.peer_neff / r.neff);
        else if (peer)
            puts("NumPy: not there (Debian: python3-numpy)");
    }
    dyads_release(&d);
    if (!isnan(r.peer_n_eff) && fabs(r.peer_n_eff / r.n_eff - 1) > 1e-9) {
        fprintf(stderr, "bootstrap: an effective n of %.12g, NumPy's is %.12g\n", r.n_eff,
                r.peer_n_eff);
        return 1;
    }
    return 0;
}
