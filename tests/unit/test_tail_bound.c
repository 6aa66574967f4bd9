/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bound on which tail mode rests: no pair is ruled out at its own score, after any
 * number of steps, and what is far below the floor is; and what the bound is made of. */
#include "templates.h"

#include "core/eigen.h"
#include "core/tail_index.h"

static int32_t dot(const int8_t *a, const int8_t *b, size_t n)
{
    int32_t sum = 0;

    for (size_t k = 0; k < n; k++)
        sum += a[k] * b[k];
    return sum;
}

/* Whether a pair is ruled out with so many steps. */
static bool is_out(const struct tail_index *x, size_t i, const struct tail_index *y, size_t j,
                   size_t steps, float floor)
{
    const size_t m = steps * COARSE_STEP;

    return COARSE_RULES_OUT(dot(tail_values(x, i), tail_values(y, j), m),
                            tail_floor(x, i, floor), y->scales[j],
                            tail_rest(x, i, steps - 1), tail_rest(y, j, steps - 1));
}

static void check_values(const struct tail_index *x)
{
    for (size_t i = 0; i < x->scorer->n; i++)
        for (size_t from = 0; from < x->m; from += COARSE_BLOCK) {
            int32_t sums[2] = { 0 };
            for (size_t k = from; k < x->m && k < from + COARSE_BLOCK; k++) {
                const int32_t v = tail_values(x, i)[k];
                assert_true(abs(v) <= COARSE_MOST);
                sums[k % 4 / 2] += v * v;
            }
            assert_true(sums[0] <= COARSE_HALF && sums[1] <= COARSE_HALF);
        }
}

static void check_case(enum similarity similarity, size_t n, size_t dim, enum kind kind)
{
    float *x = make_rows(n, dim, kind), *y = make_rows(n / 2, dim, kind);
    struct scorer a, b;
    struct tail_index *ia, *ib;

    assert_int_equal(scorer_init(&a, similarity, x, n, dim, NULL), 0);
    assert_int_equal(scorer_init(&b, similarity, y, n / 2, dim, NULL), 0);
    assert_int_equal(tail_index_new(&ia, &ib, &a, &b, 1, NULL), 0);
    check_values(ia);
    check_values(ib);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n / 2; j++) {
            if (a.faults[i] != TEMPLATE_OK || b.faults[j] != TEMPLATE_OK)
                continue;
            const float score = scorer_pair(&a, i, &b, j);
            for (size_t steps = 1; steps <= ia->steps; steps++)
                if (is_out(ia, i, ib, j, steps, score))
                    fail_msg("kind %d, dim %zu, pair %zu %zu: ruled out at its score %.9g "
                             "after %zu steps", kind, dim, i, j, (double)score, steps);
        }
    tail_index_free(ia, ib);
    scorer_release(&a);
    scorer_release(&b);
    free(x);
    free(y);
}

static void test_never_ruled_out(void **state)
{
    static const size_t dims[] = { 1, 3, 16, 33, 64, 130, 520 };

    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (int similarity = 0; similarity <= SIMILARITY_INNER; similarity++) {
            for (size_t d = 0; d < ARRAY_SIZE(dims); d++)
                check_case((enum similarity)similarity, 60, dims[d], (enum kind)kind);
            /* enough rows for principal directions */
            check_case((enum similarity)similarity, 200, 32, (enum kind)kind);
            check_case((enum similarity)similarity, 300, 70, (enum kind)kind);
        }
}

/* Pairs built towards the bound: y is x with what the integers of x leave out turned
 * towards x, by which the products of rests are all of one sign. */
static void test_along_the_rests(void **state)
{
    enum { N = 40, DIM = 96 };

    (void)state;
    for (int round = 0; round < 20; round++) {
        float *x = make_rows(2 * N, DIM, round % 2 ? KIND_ISOTROPIC : KIND_HALVES);
        struct scorer s;
        struct tail_index *index, *same;
        for (size_t i = 0; i < N; i++) {
            /* near the same 90ths of the largest number, all off to the same side */
            const float step = 1.0f / COARSE_MOST, off = 0.45f * (float)(round % 4) / 3;
            for (size_t k = 0; k < DIM; k++) {
                const float v = truncf(x[i * DIM + k] * 40);
                x[i * DIM + k] = (v + (v < 0 ? -off : off)) * step;
                x[(N + i) * DIM + k] = (v - (v < 0 ? -off : off)) * step;
            }
            x[i * DIM] = x[(N + i) * DIM] = 1;
        }
        assert_int_equal(scorer_init(&s, SIMILARITY_INNER, x, 2 * N, DIM, NULL), 0);
        assert_int_equal(tail_index_new(&index, &same, &s, &s, 1, NULL), 0);
        for (size_t i = 0; i < 2 * N; i++)
            for (size_t j = 0; j < 2 * N; j++)
                for (size_t steps = 1; steps <= index->steps; steps++)
                    assert_false(is_out(index, i, index, j, steps, scorer_pair(&s, i, &s, j)));
        tail_index_free(index, same);
        scorer_release(&s);
        free(x);
    }
}

/* With all steps the bound is within a few hundredths of the score. */
static void test_is_close(void **state)
{
    enum { N = 2100, DIM = 512 };
    float *x = make_rows(N, DIM, KIND_ISOTROPIC);
    struct scorer s;
    struct tail_index *index, *same;
    size_t undecided = 0, looked = 0;

    (void)state;
    assert_int_equal(scorer_init(&s, SIMILARITY_COSINE, x, N, DIM, NULL), 0);
    assert_int_equal(tail_index_new(&index, &same, &s, &s, 2, NULL), 0);
    for (size_t i = 0; i < 60; i++)
        for (size_t j = 100; j < 160; j++, looked++) {
            const float score = scorer_pair(&s, i, &s, j);
            undecided += !is_out(index, i, index, j, index->steps, score + 0.05f);
        }
    if (undecided > looked / 100)
        fail_msg("%zu of %zu pairs undecided .05 above their score", undecided, looked);
    tail_index_free(index, same);
    scorer_release(&s);
    free(x);
}

static void test_eigen(void **state)
{
    static const size_t sizes[] = { 1, 2, 3, 10, 65, 200 };

    (void)state;
    for (size_t at = 0; at < ARRAY_SIZE(sizes); at++) {
        const size_t n = sizes[at];
        double *a = mem_array(n * n, sizeof *a), *b = mem_array(n * n, sizeof *b),
               *values = mem_array(n, sizeof *values), *z = mem_array(n * n, sizeof *z);
        const bool flat = at % 2; /* equal values, and many zeros */
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                b[i * n + j] = b[j * n + i] = a[i * n + j] = a[j * n + i] =
                    flat ? (i == j ? (double)(i % 3) : 0) : (double)normal();
        assert_int_equal(eigen_symmetric(a, n, values, z), 0);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double product = 0, image = 0;
                for (size_t k = 0; k < n; k++) {
                    product += z[i * n + k] * z[j * n + k];
                    image += b[j * n + k] * z[i * n + k];
                }
                assert_true(fabs(product - (i == j)) < 1e-12);
                assert_true(fabs(image - values[i] * z[i * n + j]) < 1e-10);
            }
        free(z);
        free(values);
        free(b);
        free(a);
    }
    double bad[4] = { 1, NAN, NAN, 1 }, values[2], z[4];
    assert_int_equal(eigen_symmetric(bad, 2, values, z), -1);
}

/* The directions hold the length of a sample that has few, and are as orthogonal as
 * is said; coordinates are as near as is said. */
static void test_rotation(void **state)
{
    enum { N = 400, DIM = 77, WIDTH = 80 };
    float *x = make_rows(N, DIM, KIND_SPECTRUM), rows[ROTATE_ROWS * WIDTH] = { 0 };
    struct scorer s;
    struct rotation r;
    double sum = 0, kept = 0;

    (void)state;
    assert_int_equal(scorer_init(&s, SIMILARITY_COSINE, x, N, DIM, NULL), 0);
    rotation_init(&r, &s, &s);
    assert_non_null(r.directions);
    assert_int_equal(r.width, WIDTH);
    assert_true(r.m <= DIM && r.m % ROTATE_STEP == 0 && r.defect < 1e-4 && r.error < 1e-4);
    for (size_t i = 0; i < r.m; i++)
        for (size_t j = 0; j < r.m; j++) {
            double product = 0;
            for (size_t k = 0; k < DIM; k++)
                product += (double)r.directions[i * WIDTH + k] * (double)r.directions[j * WIDTH + k];
            sum += (product - (i == j)) * (product - (i == j));
        }
    assert_true(sqrt(sum) <= r.defect);
    for (size_t row = 0; row < ROTATE_ROWS; row++)
        scorer_row(&s, row, rows + row * WIDTH);
    float *to = mem_array(ROTATE_ROWS * (r.m + 1), sizeof *to);
    rotation_apply(&r, rows, to, r.m + 1);
    for (size_t row = 0; row < ROTATE_ROWS; row++) {
        double off = 0;
        for (size_t i = 0; i < r.m; i++) {
            double p = 0;
            for (size_t k = 0; k < DIM; k++)
                p += (double)r.directions[i * WIDTH + k] * (double)rows[row * WIDTH + k];
            const double c = (double)to[row * (r.m + 1) + i];
            off += (c - p) * (c - p);
            kept += c * c;
        }
        assert_true(sqrt(off) <= r.error);
    }
    assert_true(kept > ROTATE_ROWS * 0.995);
    free(to);
    rotation_release(&r);
    scorer_release(&s);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_never_ruled_out), cmocka_unit_test(test_along_the_rests),
        cmocka_unit_test(test_is_close),        cmocka_unit_test(test_eigen),
        cmocka_unit_test(test_rotation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
