/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kernel that this machine runs, on every shape, against scorer_pair(). */
#include "test.h"

#include <math.h>

#include "core/kernel.h"
#include "core/sweep.h"

extern const struct kernel kernel_emulated;

/* The next kernel that this machine runs, and at last the emulated one. */
static const struct kernel *next_kernel(size_t *i)
{
    while (*i < SIZE_MAX) {
        const struct kernel *k = kernels[*i];
        *i = k ? *i + 1 : SIZE_MAX;
        if (!k)
            k = &kernel_emulated;
        if (k->runs())
            return k;
    }
    return NULL;
}

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)seed * below) >> 32);
}

/* Templates of a kind: tame ones, tiny ones (denormal), long and short mixed. */
static float number(int kind, bool positive)
{
    const float x = (float)draw(1u << 24) * 0x1p-23f - 1;
    const float size[] = { 1, 0x1p-140f, ldexpf(1, (int)draw(100) - 50) };
    const float y = draw(20) ? x * size[kind] : 0;

    return positive ? fabsf(y) : y;
}

struct templates {
    float *x;
    struct scorer scorer;
    uint32_t *rows; /* n_rows, any of them, some twice */
    size_t n_rows;
};

static void make(struct templates *t, enum similarity similarity, size_t n, size_t dim,
                 int kind)
{
    t->x = mem_array(n * dim, sizeof *t->x);
    for (size_t i = 0; i < n * dim; i++)
        t->x[i] = number(kind, similarity == SIMILARITY_CHI_SQUARE);
    for (size_t i = 0; i < n; i++)
        t->x[i * dim] = .5f; /* none has no direction */
    assert_int_equal(scorer_init(&t->scorer, similarity, t->x, n, dim, NULL), 0);
    t->n_rows = n;
    t->rows = mem_array(n, sizeof *t->rows);
    for (size_t i = 0; i < n; i++)
        t->rows[i] = draw((uint32_t)n);
}

static void drop(struct templates *t)
{
    scorer_release(&t->scorer);
    free(t->x);
    free(t->rows);
}

struct seen {
    const struct templates *a, *b;
    float *scores;   /* of all pairs of places, by scorer_pair() */
    uint8_t *times;  /* each was handed over */
    size_t tiles, stop_at;
};

static int look(void *self, const struct tile *t)
{
    struct seen *s = self;

    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->columns; c++) {
            const size_t at = (t->i + r) * s->b->n_rows + t->j + c;
            assert_true(t->i + r < s->a->n_rows && t->j + c < s->b->n_rows);
            assert_memory_equal(&t->scores[r * t->stride + c], &s->scores[at],
                                sizeof(float));
            s->times[at]++;
        }
    }
    return ++s->tiles == s->stop_at ? 7 : 0;
}

enum { BINS = 1 << 10 };
static const struct sweep_bins by_64ths = { 64, BINS / 2, BINS, NULL };

static void expect(struct seen *s, const struct templates *a, const struct templates *b)
{
    const size_t n = a->n_rows * b->n_rows;

    *s = (struct seen){ .a = a, .b = b, .scores = mem_array(n, sizeof *s->scores),
                        .times = mem_array(n, 1) };
    for (size_t i = 0; i < a->n_rows; i++)
        for (size_t j = 0; j < b->n_rows; j++)
            s->scores[i * b->n_rows + j] =
                scorer_pair(&a->scorer, a->rows[i], &b->scorer, b->rows[j]);
}

static void sweep_and_compare(const struct kernel *kernel, struct seen *s,
                              enum sweep_part part)
{
    const size_t na = s->a->n_rows, nb = s->b->n_rows;
    uint32_t got[BINS] = { 0 }, want[BINS] = { 0 };
    struct sweep_bins bins = by_64ths;
    struct sweep w;

    bins.counts = got;
    memset(s->times, 0, na * nb);
    assert_int_equal(sweep_init(&w, &s->a->scorer, &s->b->scorer, kernel, NULL), 0);
    w.bins = &bins;
    assert_int_equal(sweep_block(&w, s->a->rows, na, s->b->rows, nb, part, look, s), 0);
    for (size_t i = 0; i < na; i++) {
        for (size_t j = 0; j < nb; j++) {
            const bool wanted = part == SWEEP_ALL || i < j;
            assert_in_range(s->times[i * nb + j], wanted, 1);
            if (wanted)
                want[sweep_bin(&bins, s->scores[i * nb + j])]++;
        }
    }
    assert_memory_equal(got, want, sizeof got);
    /* Without bins, the same scores. */
    w.bins = NULL;
    memset(s->times, 0, na * nb);
    assert_int_equal(sweep_block(&w, s->a->rows, na, s->b->rows, nb, part, look, s), 0);
    assert_memory_equal(got, want, sizeof got);
    sweep_release(&w);
}

static void each_kernel(struct seen *s, enum sweep_part part)
{
    size_t i = 0;

    for (const struct kernel *k; (k = next_kernel(&i));)
        sweep_and_compare(k, s, part);
}

static void compare(enum similarity similarity, size_t na, size_t nb, size_t dim, int kind)
{
    struct templates a, b;
    struct seen s;

    make(&a, similarity, na, dim, kind);
    make(&b, similarity, nb, dim, kind);
    expect(&s, &a, &b);
    each_kernel(&s, SWEEP_ALL);
    free(s.scores);
    free(s.times);
    expect(&s, &a, &a);
    each_kernel(&s, SWEEP_ABOVE);
    free(s.scores);
    free(s.times);
    drop(&a);
    drop(&b);
}

static void odd_shapes(void **state)
{
    static const size_t shapes[][3] = {
        { 1, 1, 1 },    { 1, 1, 513 },   { 1, 70, 3 },   { 70, 1, 4 },   { 6, 16, 8 },
        { 7, 17, 5 },   { 5, 15, 31 },   { 8, 48, 64 },  { 9, 49, 65 },  { 97, 65, 2 },
        { 200, 3, 17 }, { 2, 300, 129 }, { 13, 11, 700 }, { 3, 5, 4096 }, { 20, 30, 1031 },
    };

    (void)state;
    for (int m = 0; m < SIMILARITIES_OF_TEMPLATES; m++)
        for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
            compare(m, shapes[i][0], shapes[i][1], shapes[i][2], 0);
}

static void random_shapes(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++)
        compare(draw(SIMILARITIES_OF_TEMPLATES), 1 + draw(120), 1 + draw(150),
                1 + draw(1u << (1 + draw(9))), 0);
}

static void extreme_numbers(void **state)
{
    (void)state;
    for (int m = 0; m < SIMILARITIES_OF_TEMPLATES; m++)
        for (int kind = 1; kind < 3; kind++)
            compare(m, 20, 37, 40, kind);
}

/* More rows than are packed at once, on both sides. */
static void many_rows(void **state)
{
    (void)state;
    compare(SIMILARITY_COSINE, 300, 8300, 2, 0);
}

/* n rows of given scores, of n_columns; without columns the other side of some. */
static void make_given(struct templates *t, size_t n, size_t n_columns)
{
    t->x = mem_array(n * n_columns + 1, sizeof *t->x);
    for (size_t i = 0; i < n * n_columns; i++)
        t->x[i] = number(draw(9) ? 0 : 2, false);
    assert_int_equal(scorer_given(&t->scorer, SIMILARITY_OWN, n_columns ? t->x : NULL, n,
                                  n_columns, NULL), 0);
    t->n_rows = n;
    t->rows = mem_array(n, sizeof *t->rows);
    for (size_t i = 0; i < n; i++)
        t->rows[i] = draw((uint32_t)n);
}

static void given_scores(void **state)
{
    static const size_t shapes[][2] = { { 1, 1 }, { 3, 70 }, { 90, 2 }, { 150, 170 },
                                        { 20, 9000 }, { 600, 5 } };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        struct templates a, b;
        struct seen s;
        make_given(&a, shapes[i][0], shapes[i][1]);
        make_given(&b, shapes[i][1], 0);
        expect(&s, &a, &b);
        each_kernel(&s, SWEEP_ALL);
        free(s.scores);
        free(s.times);
        drop(&a);
        drop(&b);
        make_given(&a, shapes[i][0], shapes[i][0]);
        expect(&s, &a, &a);
        each_kernel(&s, SWEEP_ABOVE);
        free(s.scores);
        free(s.times);
        drop(&a);
    }
}

static void a_tile_can_stop_it(void **state)
{
    struct templates a;
    struct seen s;
    struct sweep w;

    (void)state;
    make(&a, SIMILARITY_COSINE, 500, 4, 0);
    expect(&s, &a, &a);
    assert_int_equal(sweep_init(&w, &a.scorer, &a.scorer, &kernel_scalar, NULL), 0);
    s.stop_at = 2;
    assert_int_equal(sweep_block(&w, a.rows, 500, a.rows, 500, SWEEP_ALL, look, &s), 7);
    assert_int_equal(s.tiles, 2);
    s.stop_at = 0;
    assert_int_equal(sweep_block(&w, a.rows, 0, a.rows, 500, SWEEP_ALL, look, &s), 0);
    assert_int_equal(sweep_block(&w, a.rows, 500, a.rows, 0, SWEEP_ALL, look, &s), 0);
    assert_int_equal(s.tiles, 2);
    assert_int_equal(sweep_block(&w, a.rows, 1, a.rows, 1, SWEEP_ABOVE, look, &s), 0);
    assert_int_equal(s.tiles, 2);
    sweep_release(&w);
    free(s.scores);
    free(s.times);
    drop(&a);
}

static void bins_and_their_edges(void **state)
{
    const struct sweep_bins b = { 32768, 32768, 65536, NULL };

    (void)state;
    assert_int_equal(sweep_bin(&b, -1), 0);
    assert_int_equal(sweep_bin(&b, -1.5f), 0);
    assert_int_equal(sweep_bin(&b, -0.f), 32768);
    assert_int_equal(sweep_bin(&b, -1e-30f), 32767);
    assert_int_equal(sweep_bin(&b, .5f), 32768 + 16384);
    assert_int_equal(sweep_bin(&b, nextafterf(.5f, 0)), 32767 + 16384);
    assert_int_equal(sweep_bin(&b, 1), 65535);
    assert_int_equal(sweep_bin(&b, 0x1p126f), 65535);
    assert_int_equal(sweep_bin(&b, -0x1p126f), 0);
}

/* The bins of single scores, and what is above, in every kernel and at every length. */
static void counting_and_finding(void **state)
{
    float scores[100];
    uint32_t places[100];

    (void)state;
    for (size_t n = 0; n <= ARRAY_SIZE(scores); n++) {
        for (size_t i = 0; i < n; i++)
            scores[i] = (float)((int)draw(4000) - 2000) / 128 * (draw(9) ? 1 : 0x1p100f);
        size_t at = 0;
        for (const struct kernel *k; (k = next_kernel(&at));) {
            uint32_t got[BINS] = { 0 }, want[BINS] = { 0 };
            struct sweep_bins bins = by_64ths;
            size_t found = 0;
            bins.counts = got;
            k->count(scores, n, &bins);
            const size_t said = sweep_above(k, scores, n, 3.5f, places);
            for (size_t i = 0; i < n; i++) {
                want[sweep_bin(&bins, scores[i])]++;
                if (scores[i] >= 3.5f)
                    assert_int_equal(places[found++], i);
            }
            assert_int_equal(said, found);
            assert_memory_equal(got, want, sizeof got);
        }
    }
}

static void names_of_kernels(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(unsetenv("MISID_ISA"), 0);
    const struct kernel *best = sweep_kernel(&err);
    assert_non_null(best);
    assert_int_equal(setenv("MISID_ISA", "", 1), 0);
    assert_ptr_equal(sweep_kernel(&err), best);
    assert_int_equal(setenv("MISID_ISA", "scalar", 1), 0);
    assert_string_equal(sweep_kernel(&err)->name, "scalar");
    assert_int_equal(setenv("MISID_ISA", "sse", 1), 0);
    assert_null(sweep_kernel(&err));
    assert_faults(&err, "MISID_ISA=sse: no such kernel is in this program (there are "
                        "scalar, avx2, avx512, neon)");
    for (const struct kernel *const *k = kernels; *k; k++) {
        assert_int_equal(setenv("MISID_ISA", (*k)->name, 1), 0);
        const struct kernel *got = sweep_kernel(&err);
        if (got)
            assert_string_equal(got->name, (*k)->name);
        else
            assert_fault_says(&err, "this machine has no such instructions");
    }
    assert_int_equal(unsetenv("MISID_ISA"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_shapes),
        cmocka_unit_test(random_shapes),
        cmocka_unit_test(extreme_numbers),
        cmocka_unit_test(many_rows),
        cmocka_unit_test(given_scores),
        cmocka_unit_test(a_tile_can_stop_it),
        cmocka_unit_test(bins_and_their_edges),
        cmocka_unit_test(counting_and_finding),
        cmocka_unit_test(names_of_kernels),
    };
    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
