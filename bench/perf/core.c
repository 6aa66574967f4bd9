/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench/perf/core: how many comparisons a second become tallies.
 *
 *   bench/perf/core [--json] [--rounds N] [--threads N] [--size N] [--dim N]
 *                   [--templates FILE.npy] [--large N]
 *
 * N probes (8192) are compared with a gallery of N, templates of D numbers (512) each,
 * isotropic random ones, by one thread unless more are asked for; every contestant with
 * the same templates, a threshold that one pair in a thousand reaches, and as many
 * threads:
 *   sgemm        OpenBLAS's cblas_sgemm alone: the scores and nothing of them
 *   full         misid's full mode, from count_new() to count_finish(): histogram of
 *                65536 bins, margins, matches, exceedances; of all pairs of so many
 *                of the templates that these are as many pairs, each of them computed
 *                and counted once
 *   histogram    sweep_block() with the histogram alone: what the rest costs
 *   NumPy        product and histogram (core-peers.py)
 *   FAISS range, FAISS top  IndexFlatIP's range_search and search for 20 (core-faiss)
 *   tail, top    tail_block() above the threshold and tail_top() for 20, their indexes
 *                built before the clock starts (printed apart: it is once a gallery)
 *   tail real    tail_block() on templates with the spectrum of real ones: energy
 *                exp(−d/38) in direction d < 192, all turned at random, so that 97 %
 *                lies in 128 directions; or on those of FILE.npy
 *   peak         fused multiply-adds from register to register
 * Every round does all of them one after the other; ratios are taken within a round,
 * and what is printed are medians over the rounds. A peer that is not there is null.
 * Rates are of comparisons that were computed.
 *
 * With --large N, only: all pairs of N templates in full mode on all cores, the rate,
 * the memory beyond the templates, and what 10^12 comparisons would take.
 *
 * What was expected before anything was measured: Zen 3 does two fused multiply-adds
 * of 8 numbers a clock tick, so a comparison at 512-D takes 32 ticks. A 6 × 16 kernel
 * loads 8 times in 6 ticks, of at most 12: .95 of the peak and more. Rearranging costs
 * 1 to 2 %; a score's bin 3 ticks where it is counted by itself, which is 10 %, and
 * next to nothing where it is done between two multiplications, whose ports it does
 * not use. OpenBLAS's sgemm at .85 to .9 of the peak: full at 1.05 of it. NumPy's
 * histogram takes longer than the product: 2.
 * What was learned: the panels come from beyond the second cache, and waiting for them
 * took 8 % until the next one was fetched ahead. gcc and clang move sums between
 * registers unless the multiply-add is written out for them. A template that is longer
 * than the first cache in panels is best taken in pieces.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/npy.h"
#include "core/kernel.h"
#include "core-contestants.h"
#include "core-peak.h"
#include "core-templates.h"

#define MAX_ROUNDS 99

/* templates */

/* The lowest edge of a bin that at most one pair in a thousand of some reaches. */
static float find_threshold(const struct bench *b, const struct half *h)
{
    const size_t some = h->n < 2048 ? h->n : 2048;
    uint32_t *counts = mem_array(SCORES_BINS, sizeof *counts), at = SCORES_BINS;
    const struct sweep_bins bins = { SCORES_BINS / 2, SCORES_BINS / 2, SCORES_BINS, counts };
    struct sweep w;
    uint64_t above = 0;

    if (sweep_init(&w, &h->scorer, &h->scorer, b->kernel, NULL) < 0)
        fail("no memory");
    w.bins = &bins;
    sweep_block(&w, h->list, some, h->list + h->n, some, SWEEP_ALL, NULL, NULL);
    sweep_release(&w);
    while (at > 0 && (above += counts[at - 1]) * 1000 <= (uint64_t)some * some)
        at--;
    free(counts);
    return (float)((double)at / (SCORES_BINS / 2) - 1);
}

/* To length 1, as peers want them. */
static void shorten(float *rows, size_t n, size_t dim)
{
    float *unit = mem_array(n * dim, sizeof *unit);
    struct scorer s;

    if (scorer_init(&s, SIMILARITY_COSINE, rows, n, dim, NULL) < 0)
        fail("no memory");
    for (size_t i = 0; i < n; i++)
        scorer_row(&s, i, unit + i * dim);
    memcpy(rows, unit, n * dim * sizeof *rows);
    scorer_release(&s);
    free(unit);
}

/* Takes over `rows`, 2n × dim. */
static void prepare(const struct bench *b, struct half *h, float *rows, size_t n, size_t dim)
{
    struct err err = ERR_INIT;
    struct tail_index *other;

    *h = (struct half){ .rows = rows, .n = n, .dim = dim };
    h->list = mem_array(2 * n, sizeof *h->list);
    for (size_t i = 0; i < 2 * n; i++)
        h->list[i] = (uint32_t)i;
    if (scorer_init(&h->scorer, SIMILARITY_COSINE, rows, 2 * n, dim, &err) < 0)
        fail(err_text(&err));
    for (size_t i = 0; i < 2 * n; i++)
        if (h->scorer.faults[i] != TEMPLATE_OK)
            fail("a template cannot be compared");
    h->threshold = find_threshold(b, h);
    const double begun = now();
    if (tail_index_new(&h->index, &other, &h->scorer, &h->scorer, b->threads, &err) < 0)
        fail(err_text(&err));
    h->index_seconds = now() - begun;
}

static void drop(struct half *h)
{
    tail_index_free(h->index, h->index);
    scorer_release(&h->scorer);
    free(h->list);
    free(h->rows);
}

static void prepare_real(struct bench *b, const char *path, size_t n, size_t dim)
{
    struct err err = ERR_INIT;
    struct npy m;

    if (!path) {
        float *x = mem_array(2 * n * dim, sizeof *x);
        templates_like_faces(x, 2 * n, dim, 2);
        prepare(b, &b->real, x, n, dim);
        return;
    }
    if (npy_load(&m, path, &err) < 0)
        fail(err_text(&err));
    n = m.rows / 2 < n ? m.rows / 2 : n;
    float *x = mem_array(2 * n * m.columns, sizeof *x);
    memcpy(x, m.values, 2 * n * m.columns * sizeof *x);
    prepare(b, &b->real, x, n, m.columns);
    npy_release(&m);
}

/* What peers read: the random templates. */
static char *write_rows(const struct half *h, const char *dir)
{
    struct err err = ERR_INIT;
    char *path = path_join(dir, "templates");

    if (file_write(path, (const char *)h->rows, 2 * h->n * h->dim * sizeof *h->rows, &err) < 0)
        fail(err_text(&err));
    return path;
}

static void start_peers(struct bench *b)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = mem_printf("%s/misid-bench.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    char *words[4];
    const size_t values[] = { b->random.n, b->random.n, b->random.dim, b->threads };

    if (!mkdtemp(dir))
        fail("no folder can be made in TMPDIR");
    char *path = write_rows(&b->random, dir);
    for (int i = 0; i < 4; i++)
        words[i] = mem_printf("%zu", values[i]);
    setenv("OMP_NUM_THREADS", words[3], 1);
    peer_start(&b->faiss, (char *[]){ BENCH_BUILD_DIR "/core-faiss", path, words[0], words[1],
                                      words[2], words[3], NULL });
    for (int i = 0; i < 2 && !b->numpy.pid; i++)
        peer_start(&b->numpy,
                   (char *[]){ i ? "/usr/bin/python3" : "python3",
                               BENCH_DIR "/core-peers.py", path, words[0], words[1], words[2],
                               words[3], NULL });
    for (int i = 0; i < 4; i++)
        free(words[i]);
    unlink(path);
    rmdir(dir);
    free(dir);
    free(path);
}

/* OpenBLAS keeps a thread a core, which turn round and round for a while after each
 * use, unless it is told before the program begins: so this begins anew. FAISS and
 * NumPy call it, too. */
static void tell_openblas(char **argv, size_t threads)
{
    const char *name = "OPENBLAS_NUM_THREADS";

    char *value = mem_printf("%zu", threads);
    const char *old = getenv(name);

    if (!old || strcmp(old, value)) {
        setenv(name, value, 1);
        execv("/proc/self/exe", argv);
    }
    free(value);
}

/* rounds */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *v, int n)
{
    double sorted[MAX_ROUNDS];

    for (int i = 0; i < n; i++) {
        if (isnan(v[i]))
            return NAN;
        sorted[i] = v[i];
    }
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

/* Of rates in comparisons a second, within each round. */
static double ratio(double (*rates)[MAX_ROUNDS], int a, int b, int rounds)
{
    double ratios[MAX_ROUNDS];

    for (int i = 0; i < rounds; i++)
        ratios[i] = rates[a][i] / rates[b][i];
    return median(ratios, rounds);
}

struct results {
    double rates[CONTESTANTS][MAX_ROUNDS], peak[MAX_ROUNDS], fraction[MAX_ROUNDS];
    uint64_t found[CONTESTANTS];
};

static void go(struct bench *b, struct results *r, int rounds)
{
    for (int round = -1; round < rounds; round++) {
        for (int i = 0; i < CONTESTANTS; i++) {
            const struct half *h = i == TAIL_REAL ? &b->real : &b->random;
            const double seconds = contestants[i].run(b),
                         full_n = (double)full_rows(h),
                         pairs = i == FULL || i == FULL_ONE || i == FULL_TWO
                                     ? full_n * (full_n - 1) / 2
                                     : (double)h->n * (double)h->n;
            r->found[i] = h->found;
            if (round < 0)
                continue; /* to wake everyone up */
            r->rates[i][round] = pairs / seconds;
            if (i == FULL) {
                r->peak[round] = peak_gflops(b->kernel->name);
                r->fraction[round] = 2e-9 * pairs / seconds * (double)h->dim /
                                     (r->peak[round] * (double)b->threads);
            }
        }
    }
    if (r->found[HISTOGRAM] != r->found[TAIL])
        fail("the histogram and tail mode do not count the same pairs");
}

static const struct { const char *name; int a, b; } ratios[] = {
    { "full_vs_sgemm", FULL, SGEMM },         { "full_vs_numpy", FULL, NUMPY },
    { "full_vs_faiss_range", FULL, FAISS_RANGE }, { "tail_vs_sgemm", TAIL, SGEMM },
    { "tail_real_vs_sgemm", TAIL_REAL, SGEMM }, { "topk_vs_faiss", TAIL_TOP, FAISS_TOP },
    { "threads_2_vs_1", FULL_TWO, FULL_ONE },
};
#define RATIOS (sizeof ratios / sizeof *ratios)

static void print_json(struct results *r, int rounds)
{
    struct text text = TEXT_INIT;
    struct json_out json = json_out(&text);

    json_map(&json, NULL);
    for (size_t i = 0; i < RATIOS; i++)
        json_number(&json, ratios[i].name, ratio(r->rates, ratios[i].a, ratios[i].b, rounds));
    json_number(&json, "mcomparisons_per_s", median(r->rates[FULL], rounds) / 1e6);
    json_number(&json, "peak_fraction", median(r->fraction, rounds));
    json_end(&json);
    puts(text.s);
    text_release(&text);
}

static void print(const struct bench *b, struct results *r, int rounds)
{
    const struct half *h = &b->random;
    const double full_rate = median(r->rates[FULL], rounds);

    printf("%zu probes x %zu of %zu numbers, %zu thread%s, kernel %s, medians of %d\n\n", h->n,
           h->n, h->dim, b->threads, b->threads > 1 ? "s" : "", b->kernel->name, rounds);
    printf("%-18s %16s %12s\n", "", "M comparisons/s", "of sgemm");
    for (int i = 0; i < CONTESTANTS; i++)
        printf("%-18s %16.1f %12.2f\n", contestants[i].name, median(r->rates[i], rounds) / 1e6,
               ratio(r->rates, i, SGEMM, rounds));
    printf("\n");
    for (size_t i = 0; i < RATIOS; i++)
        printf("%-22s %6.2f\n", ratios[i].name,
               ratio(r->rates, ratios[i].a, ratios[i].b, rounds));
    printf("\nroofline    %.1f GFLOP/s of %.1f (%.2f); %.0f FLOP and %.1f bytes from beyond "
           "the second cache a comparison\n", full_rate * 2e-9 * (double)h->dim,
           median(r->peak, rounds) * (double)b->threads, median(r->fraction, rounds),
           2 * (double)h->dim, sweep_traffic(b->kernel, h->dim));
    printf("margins, matches and exceedances cost %.1f %% of full mode\n",
           100 * (1 - ratio(r->rates, FULL, HISTOGRAM, rounds)));
    printf("threshold   %g random (%llu pairs), %g real (%llu pairs)\n", (double)h->threshold,
           (unsigned long long)r->found[TAIL], (double)b->real.threshold,
           (unsigned long long)r->found[TAIL_REAL]);
    printf("tail index  %.2f s random, %.2f s real, for %zu templates\n", h->index_seconds,
           b->real.index_seconds, 2 * h->n);
}

/* All pairs of n templates. */
static void large(struct bench *b, size_t n, size_t dim)
{
    struct half h = { .rows = mem_array(n * dim, sizeof *h.rows), .n = n, .dim = dim };
    struct rusage before, after;

    h.list = mem_array(n, sizeof *h.list);
    for (size_t i = 0; i < n; i++)
        h.list[i] = (uint32_t)i;
    templates_isotropic(h.rows, n, dim, 3);
    h.threshold = .15f;
    getrusage(RUSAGE_SELF, &before);
    if (scorer_init(&h.scorer, SIMILARITY_COSINE, h.rows, n, dim, NULL) < 0)
        fail("no memory");
    const double seconds = full(b, &h, n, b->threads);
    getrusage(RUSAGE_SELF, &after);
    const double pairs = (double)n * (double)(n - 1) / 2;
    printf("%zu templates of %zu numbers, %zu threads: %.0f pairs in %.1f s, %.1f M/s, "
           "%.0f MiB beyond the templates\n10^12 comparisons: %.0f minutes\n", n, dim,
           b->threads, pairs, seconds, pairs / seconds / 1e6,
           (double)(after.ru_maxrss - before.ru_maxrss) / 1024, 1e12 / pairs * seconds / 60);
    scorer_release(&h.scorer);
    free(h.list);
    free(h.rows);
}

static _Noreturn void usage(void)
{
    fprintf(stderr, "usage: bench/perf/core [--json] [--rounds 1..%d] [--threads N] [--size N] "
                    "[--dim POWER-OF-TWO]\n                       [--templates FILE.npy] "
                    "[--large N]\n", MAX_ROUNDS);
    exit(2);
}

static size_t number(const char *text, size_t least, size_t most)
{
    char *end;
    const unsigned long v = strtoul(text, &end, 10);

    if (end == text || *end || v < least || v > most)
        usage();
    return v;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "json", no_argument, NULL, 'j' },        { "rounds", required_argument, NULL, 'r' },
        { "threads", required_argument, NULL, 't' }, { "size", required_argument, NULL, 's' },
        { "dim", required_argument, NULL, 'd' },   { "templates", required_argument, NULL, 'f' },
        { "large", required_argument, NULL, 'l' }, { NULL, 0, NULL, 0 },
    };
    size_t n = 8192, dim = 512, rounds = 5, many = 0;
    const char *path = NULL;
    bool json = false;
    struct bench b = { .threads = 0 };
    struct err err = ERR_INIT;

    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'j': json = true; break;
        case 'r': rounds = number(optarg, 1, MAX_ROUNDS); break;
        case 't': b.threads = number(optarg, 1, COUNT_MAX_THREADS); break;
        case 's': n = number(optarg, 64, 1u << 20); break;
        case 'd': dim = number(optarg, 1, SCORER_MAX_DIM); break;
        case 'f': path = optarg; break;
        case 'l': many = number(optarg, 2, 1u << 24); break;
        default: usage();
        }
    }
    if (optind < argc || (dim & (dim - 1)))
        usage();
    b.kernel = sweep_kernel(&err);
    if (!b.kernel)
        fail(err_text(&err));
    if (many) {
        if (!b.threads)
            b.threads = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
        large(&b, many, dim);
        return 0;
    }
    if (!b.threads)
        b.threads = 1;
    tell_openblas(argv, b.threads);
    float *x = mem_array(2 * n * dim, sizeof *x);
    templates_isotropic(x, 2 * n, dim, 1);
    shorten(x, 2 * n, dim);
    prepare(&b, &b.random, x, n, dim);
    prepare_real(&b, path, n, dim);
    start_peers(&b);
    b.product = mem_array(CHUNK * n, sizeof *b.product);
    struct results *r = mem_alloc(sizeof *r);
    go(&b, r, (int)rounds);
    if (json)
        print_json(r, (int)rounds);
    else
        print(&b, r, (int)rounds);
    peer_stop(&b.numpy);
    peer_stop(&b.faiss);
    drop(&b.random);
    drop(&b.real);
    free(b.product);
    free(r);
    return 0;
}
