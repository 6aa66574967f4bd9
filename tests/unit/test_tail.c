/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pairs at or above a floor, and the best of each row, against scorer_pair(). */
#include "templates.h"

#include "core/coarse.h"
#include "core/kernel.h"
#include "core/tail.h"

struct side {
    float *x;
    struct scorer scorer;
    uint32_t *rows;
    size_t n;
};

/* Rows in another order than the templates', some twice or never. */
static void make_side(struct side *s, enum similarity similarity, size_t n, size_t dim,
                      enum kind kind)
{
    s->x = make_rows(n, dim, kind);
    assert_int_equal(scorer_init(&s->scorer, similarity, s->x, n, dim, NULL), 0);
    s->rows = mem_array(n, sizeof *s->rows);
    s->n = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = draw((uint32_t)n);
        if (s->scorer.faults[row] == TEMPLATE_OK)
            s->rows[s->n++] = row;
    }
}

static void drop_side(struct side *s)
{
    scorer_release(&s->scorer);
    free(s->x);
    free(s->rows);
}

static float *all_scores(const struct side *a, const struct side *b)
{
    float *scores = mem_array(a->n * b->n, sizeof *scores);

    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            scores[i * b->n + j] = scorer_pair(&a->scorer, a->rows[i], &b->scorer, b->rows[j]);
    return scores;
}

struct seen {
    const float *scores;
    size_t na, nb, n;
    uint8_t *times;
    float floor;
    enum sweep_part part;
};

static int see(void *self, const struct tail_pair *pairs, size_t n)
{
    struct seen *seen = self;

    assert_true(n > 0);
    for (size_t p = 0; p < n; p++) {
        assert_true(pairs[p].i < seen->na && pairs[p].j < seen->nb);
        const size_t at = pairs[p].i * seen->nb + pairs[p].j;
        assert_memory_equal(&pairs[p].score, &seen->scores[at], sizeof(float));
        seen->times[at]++;
        seen->n++;
    }
    return 0;
}

static void check_block(struct tail *t, const struct side *a, const struct side *b,
                        const float *scores, enum sweep_part part, float floor)
{
    struct seen seen = { .scores = scores, .na = a->n, .nb = b->n, .part = part,
                         .floor = floor, .times = mem_array(a->n * b->n, 1) };

    assert_int_equal(tail_block(t, a->rows, a->n, b->rows, b->n, part, floor, see, &seen), 0);
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) {
            const bool wanted = scores[i * b->n + j] >= floor &&
                                (part == SWEEP_ALL || i < j);
            if (seen.times[i * b->n + j] != wanted)
                fail_msg("pair %zu %zu of score %.9g, floor %.9g: seen %d times", i, j,
                         (double)scores[i * b->n + j], (double)floor,
                         seen.times[i * b->n + j]);
        }
    free(seen.times);
}

static int best_first(const void *x, const void *y)
{
    const struct tail_pair *a = x, *b = y;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return a->j < b->j ? -1 : a->j > b->j;
}

static void check_top(struct tail *t, const struct side *a, const struct side *b,
                      const float *scores, size_t k)
{
    struct tail_pair *best = mem_array(a->n * k, sizeof *best),
                     *all = mem_array(b->n, sizeof *all);
    size_t *count = mem_array(a->n, sizeof *count);

    assert_int_equal(tail_top(t, a->rows, a->n, b->rows, b->n, k, best, count), 0);
    for (size_t i = 0; i < a->n; i++) {
        for (size_t j = 0; j < b->n; j++)
            all[j] = (struct tail_pair){ (uint32_t)i, (uint32_t)j, scores[i * b->n + j] };
        qsort(all, b->n, sizeof *all, best_first);
        assert_int_equal(count[i], k < b->n ? k : b->n);
        for (size_t p = 0; p < count[i]; p++) {
            assert_int_equal(best[i * k + p].i, i);
            assert_int_equal(best[i * k + p].j, all[p].j);
            assert_memory_equal(&best[i * k + p].score, &all[p].score, sizeof(float));
        }
    }
    free(count);
    free(all);
    free(best);
}

static void check_case(enum similarity similarity, size_t na, size_t nb, size_t dim,
                       enum kind kind)
{
    struct side a, b;
    struct tail_index *ia, *ib;

    make_side(&a, similarity, na, dim, kind);
    make_side(&b, similarity, nb, dim, kind);
    float *scores = all_scores(&a, &b), *own = all_scores(&a, &a);
    const float floors[] = { -1, 0, 0.35f, 0.8f, 0.99f, -INFINITY,
                             a.n && b.n ? scores[draw((uint32_t)(a.n * b.n))] : 0,
                             a.n && b.n ? scores[draw((uint32_t)(a.n * b.n))] : 0 };
    for (const struct coarse *const *c = coarses; *c; c++) {
        struct kernel kernel = *sweep_kernel(NULL);
        struct tail t;
        if (!(*c)->runs())
            continue;
        kernel.name = (*c)->name;
        assert_int_equal(tail_index_new(&ia, &ib, &a.scorer, &b.scorer, 1 + draw(3), NULL), 0);
        assert_int_equal(tail_init(&t, ia, ib, &kernel, NULL), 0);
        for (size_t f = 0; f < ARRAY_SIZE(floors); f++)
            check_block(&t, &a, &b, scores, SWEEP_ALL, floors[f]);
        check_top(&t, &a, &b, scores, 1 + draw(30));
        tail_release(&t);
        tail_index_free(ia, ib);
        assert_int_equal(tail_index_new(&ia, &ib, &a.scorer, &a.scorer, 1, NULL), 0);
        assert_ptr_equal(ia, ib);
        assert_int_equal(tail_init(&t, ia, ia, &kernel, NULL), 0);
        for (size_t f = 0; f < ARRAY_SIZE(floors); f++)
            check_block(&t, &a, &a, own, SWEEP_ABOVE, floors[f]);
        tail_release(&t);
        tail_index_free(ia, ib);
    }
    free(own);
    free(scores);
    drop_side(&b);
    drop_side(&a);
}

static void test_shapes(void **state)
{
    static const size_t dims[] = { 1, 2, 7, 31, 32, 33, 64, 127, 128, 129, 300, 512, 1000, 4096 };

    (void)state;
    for (size_t d = 0; d < ARRAY_SIZE(dims); d++) {
        const size_t most = dims[d] > 512 ? 20 : 70;
        check_case(SIMILARITY_COSINE, 1 + draw(most), 1 + draw(most), dims[d], KIND_ISOTROPIC);
        check_case(SIMILARITY_INNER, 1 + draw(most), 1 + draw(most), dims[d],
                   (enum kind)draw(KINDS));
    }
    check_case(SIMILARITY_COSINE, 1, 1, 5, KIND_SPECTRUM);
}

static void test_kinds(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (int similarity = 0; similarity <= SIMILARITY_INNER; similarity++) {
            check_case((enum similarity)similarity, 230, 310, 40, (enum kind)kind);
            check_case((enum similarity)similarity, 60, 90, 200, (enum kind)kind);
        }
}

/* More rows and columns than are packed at once, on both sides of the diagonal. */
static void test_many(void **state)
{
    (void)state;
    check_case(SIMILARITY_COSINE, 2500, 700, 33, KIND_SPECTRUM);
}

/* Coarse comparisons must be what does the work, or all of this is for nothing. */
static void test_few_are_scored(void **state)
{
    struct side a;
    struct tail_index *ia, *ib;
    struct tail t;
    struct seen seen = { .floor = 0.6f };

    (void)state;
    make_side(&a, SIMILARITY_COSINE, 1500, 256, KIND_SPECTRUM);
    float *scores = all_scores(&a, &a);
    seen.scores = scores;
    seen.na = seen.nb = a.n;
    seen.times = mem_array(a.n * a.n, 1);
    assert_int_equal(tail_index_new(&ia, &ib, &a.scorer, &a.scorer, 1, NULL), 0);
    assert_int_equal(tail_init(&t, ia, ia, sweep_kernel(NULL), NULL), 0);
    assert_int_equal(tail_block(&t, a.rows, a.n, a.rows, a.n, SWEEP_ALL, 0.6f, see, &seen), 0);
    assert_int_equal(t.compared, a.n * a.n);
    assert_true(t.rescored >= seen.n);
    if (t.rescored - seen.n > t.compared / 50)
        fail_msg("%llu of %llu scored, %zu found", (unsigned long long)t.rescored,
                 (unsigned long long)t.compared, seen.n);
    tail_release(&t);
    tail_index_free(ia, ib);
    free(seen.times);
    free(scores);
    drop_side(&a);
}

static int stop_at_once(void *self, const struct tail_pair *pairs, size_t n)
{
    (void)pairs, (void)n;
    ++*(int *)self;
    return 7;
}

static void test_stops_and_empty(void **state)
{
    struct side a;
    struct tail_index *ia, *ib;
    struct tail t;
    int calls = 0;

    (void)state;
    make_side(&a, SIMILARITY_COSINE, 100, 16, KIND_SPECTRUM);
    assert_int_equal(tail_index_new(&ia, &ib, &a.scorer, &a.scorer, 1, NULL), 0);
    assert_int_equal(tail_init(&t, ia, ia, sweep_kernel(NULL), NULL), 0);
    for (int f = 0; f < 2; f++) {
        assert_int_equal(tail_block(&t, a.rows, a.n, a.rows, a.n, SWEEP_ALL,
                                    f ? 0.9f : -1, stop_at_once, &calls), 7);
        assert_int_equal(calls, 1 + f);
    }
    assert_int_equal(tail_block(&t, a.rows, 0, a.rows, a.n, SWEEP_ALL, 0, stop_at_once,
                                &calls), 0);
    tail_release(&t);
    tail_index_free(ia, ib);
    drop_side(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_few_are_scored),
        cmocka_unit_test(test_stops_and_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
