/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What more threads, ranks and machines are worth to `misid score`.
 *
 *     bench/perf/scale [--quick] [--json] [--check] [--samples=N] [--network=BYTES/S]
 *
 * Measured, here: all pairs of made-up templates by 1 and 2 threads and, where misid was
 * built with MPI, by 1 and 2 ranks of one thread; what bringing two ranks' tallies
 * together costs, by the byte and by the exceedance; what every rank does for itself
 * (hashing and checking all templates); and that all come to the same tallies (--check
 * makes a difference of them a failure).
 *
 * Modelled: 1 to 1024 ranks on N samples (a million). The work is cut and dealt by the
 * same code, so that the largest share is what it would be; of more than 32 shares, 32
 * are looked at. T(R) is the sum of
 *     alone    N × (hashing + checking) + planning, which no rank is spared
 *     compare  pairs of the largest share ÷ pairs a second of one rank's processor time,
 *              so that other work on this machine does not count
 *     reduce   ⌈log2 R⌉ × (fixed bytes × (cost a byte + 1/network) + latency)
 *              + exceedances × (1 − 1/R) × (cost of one + 12 bytes/network)
 *     finish   exceedances × cost of one, on rank 0
 * Neither reading the templates from a shared disk nor writing the files is in it, nor
 * that machines differ and cores of one machine share its memory.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "core-templates.h"
#include "core/count_ranks.h"

#define LATENCY 50e-6  /* of a message, seconds */
#define EXCEEDANCES ((double)SCORES_MAX_EXCEEDANCES)
#define SHARES_SEEN 32

static char *const groups[] = { (char *)"f", (char *)"m" };
static const double thresholds[] = { .15, .2 };

struct lab {
    size_t n, dim;
    float *x;
    uint32_t *row, *person, *group;
    struct scorer scorer;
    struct count_setup setup;
    struct scores scores;
};

static double ask(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double now(void)
{
    return ask(CLOCK_MONOTONIC);
}

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "scale: %s\n", what);
    exit(2);
}

/* Three images a person, two groups; without templates only to be cut and dealt. */
static void make_lab(struct lab *lab, size_t n, size_t dim, bool templates)
{
    struct err err = ERR_INIT;

    *lab = (struct lab){ .n = n, .dim = dim };
    lab->row = mem_array(n, sizeof *lab->row);
    lab->person = mem_array(n, sizeof *lab->person);
    lab->group = mem_array(n, sizeof *lab->group);
    for (size_t i = 0; i < n; i++) {
        lab->row[i] = (uint32_t)i;
        lab->person[i] = (uint32_t)(i / 3);
        lab->group[i] = lab->person[i] & 1;
    }
    if (templates) {
        lab->x = mem_array(n * dim, sizeof *lab->x);
        templates_isotropic(lab->x, n, dim, 1);
        if (scorer_init(&lab->scorer, SIMILARITY_COSINE, lab->x, n, dim, &err))
            fail(err_text(&err));
    } else {
        lab->scorer = (struct scorer){ .similarity = SIMILARITY_COSINE, .n = n, .dim = dim };
        lab->scorer.faults = mem_array(n, sizeof *lab->scorer.faults);
    }
    lab->setup = (struct count_setup){
        .a = { .scorer = &lab->scorer, .n = n, .template = lab->row, .person = lab->person,
               .group = lab->group },
        .threads = 1, .asked = NAN, .kernel = sweep_kernel(&err), .merges = !templates,
    };
    if (!lab->setup.kernel)
        fail(err_text(&err));
    scores_init(&lab->scores);
}

static void free_lab(struct lab *lab)
{
    scores_release(&lab->scores);
    scorer_release(&lab->scorer);
    free(lab->x);
    free(lab->row);
    free(lab->person);
    free(lab->group);
}

static struct count *begin(struct lab *lab)
{
    struct scores *s = &lab->scores;
    struct err err = ERR_INIT;
    struct count *c;

    scores_release(s);
    scores_init(s);
    s->similarity = SIMILARITY_COSINE;
    s->groups = (char **)groups;
    s->n_groups = 2;
    s->thresholds = (double *)thresholds;
    s->n_thresholds = sizeof thresholds / sizeof *thresholds;
    s->bins = SCORES_BINS;
    s->cap = SCORES_MAX_EXCEEDANCES;
    s->n_subjects = lab->n / 3 + 1;
    if (lab->setup.merges) {
        s->low = -1;
        s->high = 1;
    }
    if (count_new(&c, &lab->setup, s, &err))
        fail(err_text(&err));
    return c;
}

/* The processor time that it took. */
static double work(struct count *c)
{
    const struct count_hooks hooks = { .save_every = 1e9 };
    struct err err = ERR_INIT;
    double from = ask(CLOCK_PROCESS_CPUTIME_ID);

    if (count_work(c, &hooks, &err) != COUNT_DONE)
        fail(err_text(&err));
    return ask(CLOCK_PROCESS_CPUTIME_ID) - from;
}

/* Of all that was counted (FNV-1a). */
static uint64_t fingerprint(const struct scores *s)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    const struct {
        const void *at;
        size_t n;
    } parts[] = {
        { s->histograms, s->n_cells * s->bins * sizeof *s->histograms },
        { s->margin_matches, s->n_margins * s->n_thresholds * sizeof *s->margin_matches },
        { s->mated, s->n_mated * sizeof *s->mated },
        { s->exceedances, s->n_exceedances * sizeof *s->exceedances },
    };

    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        for (size_t i = 0; i < parts[k].n; i++)
            sum = (sum ^ ((const unsigned char *)parts[k].at)[i]) * UINT64_C(0x100000001b3);
    return sum;
}

struct row {               /* of what is measured */
    const char *what;
    size_t n;              /* threads or ranks */
    double work, reduce, predicted;
    double processor;      /* seconds of it: of all threads, of one rank */
    uint64_t fingerprint;
    bool there;
};

static struct row run_threads(struct lab *lab, size_t threads)
{
    struct row row = { "threads", threads, 0, 0, NAN, 0, 0, true };

    lab->setup.threads = threads;
    struct count *c = begin(lab);
    double from = now();
    row.processor = work(c);
    row.work = now() - from;
    count_finish(c);
    row.fingerprint = fingerprint(&lab->scores);
    count_free(c);
    return row;
}

/* One of the ranks that run_ranks() starts; rank 0 prints. */
static int run_rank(size_t n, size_t dim)
{
    struct err err = ERR_INIT;
    struct ranks ranks;
    struct lab lab;

    if (ranks_begin(&ranks, &err))
        fail(err_text(&err));
    make_lab(&lab, n, dim, true);
    lab.setup.parts = ranks.n;
    struct count *c = begin(&lab);
    ranks_count(&ranks, 0);
    double start = now();
    count_share(c, &ranks);
    double processor = work(c);
    ranks_count(&ranks, 0);
    double worked = now();
    if (count_gather(c, &ranks, &err))
        fail(err_text(&err));
    double gathered = now();
    if (!ranks.rank) {
        count_finish(c);
        printf("%.9g %.9g %.9g %llu\n", worked - start, gathered - worked, processor,
               (unsigned long long)fingerprint(&lab.scores));
    }
    count_free(c);
    free_lab(&lab);
    ranks_end(&ranks);
    return 0;
}

static struct row run_ranks(size_t n, size_t dim, size_t ranks)
{
    struct row row = { "ranks", ranks, NAN, NAN, NAN, NAN, 0, false };
    char self[4096], *command;
    unsigned long long sum;
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

    if (!ranks_library() || len < 0)
        return row;
    self[len] = '\0';
    command = mem_printf("mpirun %s --oversubscribe -n %zu '%s' --rank=%zu,%zu 2>/dev/null",
                         geteuid() ? "" : "--allow-run-as-root", ranks, self, n, dim);
    FILE *p = popen(command, "r");
    row.there = p && fscanf(p, "%lf %lf %lf %llu", &row.work, &row.reduce, &row.processor,
                            &sum) == 4;
    if (p && pclose(p))
        row.there = false;
    if (row.there)
        row.fingerprint = sum;
    free(command);
    return row;
}

static struct row best_of(struct row a, struct row b)
{
    return !a.there || (b.there && b.work + b.reduce < a.work + a.reduce) ? b : a;
}

struct costs {
    double pairs;          /* a second, of one rank */
    double byte;           /* seconds to save and add one of a state's */
    double exceedance;     /* to bring one together */
    double finish;         /* to sort one in the end */
    double alone;          /* to hash and check one template */
};

struct bytes {
    char *s;
    size_t n, cap;
};

static void put(void *self, const void *bytes, size_t n)
{
    struct bytes *b = self;

    if (b->n + n > b->cap) {
        b->cap = 2 * b->cap + n;
        b->s = mem_grow(b->s, b->cap, 1);
    }
    memcpy(b->s + b->n, bytes, n);
    b->n += n;
}

struct reduced {
    double seconds, bytes, exceedances, finish;
};

/* Two halves of a small work brought together, with its exceedances from `floor` on. */
static struct reduced reduce(struct lab *lab, double floor)
{
    struct reduced r = { INFINITY, 0, 0, INFINITY };
    struct err err = ERR_INIT;
    struct bytes b = { NULL, 0, 0 };
    struct scores kept;

    lab->setup.asked = floor;
    lab->setup.threads = 1;
    lab->setup.parts = 2;
    struct count *other = begin(lab);
    count_deal(other, 1, 2, NULL);
    work(other);
    kept = lab->scores; /* its tallies live on while the other half is counted */
    scores_init(&lab->scores);
    struct count *c = begin(lab);
    count_deal(c, 0, 2, NULL);
    work(c);
    for (int i = 0; i < 3; i++) {
        b.n = 0;
        double from = now();
        count_save(other, put, &b);
        double saved = now() - from;
        r.seconds = saved < r.seconds ? saved : r.seconds;
    }
    double from = now();
    if (count_merge(c, b.s, b.n, &err))
        fail(err_text(&err));
    r.seconds += now() - from;
    r.bytes = (double)b.n;
    from = now();
    count_finish(c);
    r.finish = now() - from;
    r.exceedances = (double)lab->scores.n_exceedances / 2;
    count_free(c);
    count_free(other);
    scores_release(&kept);
    free(b.s);
    lab->setup.asked = NAN;
    return r;
}

static void measure_costs(struct costs *k, size_t dim, bool quick)
{
    const size_t n = quick ? 1500 : 5000;
    struct lab lab;
    char hex[HASH_HEX];

    make_lab(&lab, n, dim, true);
    struct reduced few = reduce(&lab, 1), many = reduce(&lab, .02);
    k->byte = few.seconds / few.bytes;
    double seconds = many.seconds - few.seconds;
    k->exceedance = seconds > 0 && many.exceedances > 0 ? seconds / many.exceedances : 0;
    seconds = many.finish - few.finish;
    k->finish = seconds > 0 && many.exceedances > 0 ? seconds / (2 * many.exceedances) : 0;
    double from = now();
    hash_bytes(hex, lab.x, n * dim * sizeof *lab.x);
    struct scorer scorer;
    if (scorer_init(&scorer, SIMILARITY_COSINE, lab.x, n, dim, NULL))
        fail("no memory");
    k->alone = (now() - from) / (double)n;
    scorer_release(&scorer);
    free_lab(&lab);
}

struct modelled {
    size_t ranks;
    double share;          /* pairs of the largest share ÷ mean */
    double alone, compare, reduce, finish, total;
};

/* Of how many bytes a state is, but for its exceedances and mated scores. */
static double fixed_bytes(const struct scores *s, const struct count *c)
{
    return (double)(s->n_cells * s->bins * 8 + s->n_margins * s->n_thresholds * 8 +
                    s->n_cells * s->n_thresholds * 8 + count_plan_of(c).n_blocks);
}

static struct modelled model(struct lab *lab, size_t ranks, const struct costs *k,
                             double network)
{
    struct modelled m = { .ranks = ranks };
    double most = 0, rounds = ceil(log2((double)ranks)), gone = 1 - 1 / (double)ranks;

    lab->setup.parts = ranks;
    double from = now();
    struct count *c = begin(lab);
    double planning = now() - from;
    const double pairs = (double)count_pairs(c), bytes = fixed_bytes(&lab->scores, c);
    const size_t seen = ranks < SHARES_SEEN ? ranks : SHARES_SEEN;
    for (size_t i = 0; i < seen; i++) {
        count_deal(c, i * ranks / seen, ranks, NULL);
        double mine = (double)count_pairs(c);
        most = mine > most ? mine : most;
    }
    count_free(c);
    m.share = most * (double)ranks / pairs;
    m.alone = (double)lab->n * k->alone + planning;
    m.compare = most / k->pairs;
    m.reduce = rounds * (bytes * (k->byte + 1 / network) + LATENCY) +
               EXCEEDANCES * gone * (k->exceedance + sizeof(struct scores_pair) / network);
    m.finish = EXCEEDANCES * k->finish;
    m.total = m.alone + m.compare + m.reduce + m.finish;
    return m;
}

#define ROWS 4

struct bench {
    size_t n, dim, samples;
    double network;
    bool quick, json, check;
    struct row rows[ROWS];
    struct costs costs;
    struct modelled modelled[11];
    size_t n_modelled;
};

static void measure(struct bench *b)
{
    struct lab lab;

    make_lab(&lab, b->n, b->dim, true);
    for (int again = 0; again < (b->quick ? 1 : 2); again++)
        for (size_t i = 0; i < ROWS; i++) {
            struct row row = i < 2 ? run_threads(&lab, i + 1)
                                   : run_ranks(b->n, b->dim, i - 1);
            b->rows[i] = again ? best_of(b->rows[i], row) : row;
        }
    const struct row *one = b->rows[2].there ? &b->rows[2] : &b->rows[0];
    b->costs.pairs = (double)b->n * (double)(b->n - 1) / 2 / one->processor;
    free_lab(&lab);
    measure_costs(&b->costs, b->dim, b->quick);
    for (size_t i = 0; i < ROWS; i++)
        b->rows[i].predicted = one->processor / (double)b->rows[i].n;
}

static void model_all(struct bench *b)
{
    struct lab lab;

    make_lab(&lab, b->samples, b->dim, false);
    for (size_t ranks = 1; ranks <= 1024; ranks *= 2)
        b->modelled[b->n_modelled++] = model(&lab, ranks, &b->costs, b->network);
    free_lab(&lab);
}

static bool all_equal(const struct bench *b)
{
    for (size_t i = 1; i < ROWS; i++)
        if (b->rows[i].there && b->rows[i].fingerprint != b->rows[0].fingerprint)
            return false;
    return true;
}

static void print_words(const struct bench *b)
{
    double pairs = (double)b->n * (double)(b->n - 1) / 2;

    printf("Measured here: all %.3g pairs of %zu templates of %zu numbers; tallies %s.\n"
           "Where the processors were had for less than all the time, others worked here "
           "too.\n\n"
           "                compare    model  together  pairs/s  of one alone  processors had\n", pairs,
           b->n, b->dim, all_equal(b) ? "equal" : "DIFFER");
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *r = &b->rows[i];
        if (!r->there)
            printf("%2zu %-9s     not measured: %s\n", r->n, r->what,
                   ranks_library() ? "mpirun failed" : "built without MPI");
        else
            printf("%2zu %-9s  %7.3f s %7.3f %7.4f s %7.1f M  %9.2f ×  %10.0f %%\n", r->n,
                   r->what, r->work, r->predicted, r->reduce, 1e-6 * pairs / r->work,
                   b->rows[i & 2].work / r->work,
                   100 * r->processor / r->work / (i < 2 ? (double)r->n : 1));
    }
    printf("\nMeasured costs: %.1f M pairs/s a rank; %.2f ns a byte and %.0f ns an exceedance "
           "brought\ntogether, %.0f ns to finish one; %.2f µs a template to hash and check\n\n",
           1e-6 * b->costs.pairs, 1e9 * b->costs.byte, 1e9 * b->costs.exceedance,
           1e9 * b->costs.finish, 1e6 * b->costs.alone);
    printf("Modelled, not measured: %zu samples (%.3g pairs), ranks of one thread, network "
           "%.3g B/s\n\n ranks   largest share    alone    compare   reduce   finish      "
           "total   speed-up  efficiency\n", b->samples,
           (double)b->samples * (double)(b->samples - 1) / 2, b->network);
    for (size_t i = 0; i < b->n_modelled; i++) {
        const struct modelled *m = &b->modelled[i];
        double gain = b->modelled[0].total / m->total;
        printf("%6zu  %8.4f × mean %8.2f %10.1f %8.2f %8.2f %8.1f s %8.1f × %8.1f %%\n",
               m->ranks, m->share, m->alone, m->compare, m->reduce, m->finish, m->total, gain,
               100 * gain / (double)m->ranks);
    }
}

static void print_json(const struct bench *b)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_int(&w, "templates", (int64_t)b->n);
    json_int(&w, "dimension", (int64_t)b->dim);
    json_bool(&w, "tallies_equal", all_equal(b));
    json_list(&w, "measured");
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *r = &b->rows[i];
        if (!r->there)
            continue;
        json_map(&w, NULL);
        json_int(&w, r->what, (int64_t)r->n);
        json_number(&w, "compare_s", r->work);
        json_number(&w, "reduce_s", r->reduce);
        json_number(&w, "processor_s", r->processor);
        json_number(&w, "predicted_compare_s", r->predicted);
        json_end(&w);
    }
    json_end(&w);
    json_map(&w, "costs");
    json_number(&w, "pairs_per_second", b->costs.pairs);
    json_number(&w, "byte_s", b->costs.byte);
    json_number(&w, "exceedance_s", b->costs.exceedance);
    json_number(&w, "finish_s", b->costs.finish);
    json_number(&w, "template_s", b->costs.alone);
    json_end(&w);
    json_map(&w, "modelled");
    json_int(&w, "samples", (int64_t)b->samples);
    json_number(&w, "network_bytes_per_second", b->network);
    json_list(&w, "rows");
    for (size_t i = 0; i < b->n_modelled; i++) {
        const struct modelled *m = &b->modelled[i];
        json_map(&w, NULL);
        json_int(&w, "ranks", (int64_t)m->ranks);
        json_number(&w, "largest_share", m->share);
        json_number(&w, "alone_s", m->alone);
        json_number(&w, "compare_s", m->compare);
        json_number(&w, "reduce_s", m->reduce);
        json_number(&w, "finish_s", m->finish);
        json_number(&w, "total_s", m->total);
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    json_end(&w);
    fputs(t.s, stdout);
    text_release(&t);
}

int main(int argc, char **argv)
{
    struct bench b = { .n = 16000, .dim = 512, .samples = 1000000, .network = 1.25e9 };
    size_t n, dim;
    double number;

    for (int i = 1; i < argc; i++) {
        if (sscanf(argv[i], "--rank=%zu,%zu", &n, &dim) == 2)
            return run_rank(n, dim);
        b.quick |= !strcmp(argv[i], "--quick");
        b.json |= !strcmp(argv[i], "--json");
        b.check |= !strcmp(argv[i], "--check");
        if (sscanf(argv[i], "--samples=%lf", &number) == 1 && number >= 1e4 && number <= 1e7)
            b.samples = (size_t)number;
        if (sscanf(argv[i], "--network=%lf", &number) == 1 && number > 0)
            b.network = number;
    }
    if (b.quick) {
        b.n = 3000;
        b.dim = 128;
        b.samples = b.samples < 100000 ? b.samples : 100000;
    }
    measure(&b);
    model_all(&b);
    if (b.json)
        print_json(&b);
    else
        print_words(&b);
    return b.check && !all_equal(&b);
}
