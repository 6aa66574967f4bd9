/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <float.h>
#include <math.h>

#include "core/scorer.h"

static struct scorer make(enum similarity similarity, const float *x, size_t n, size_t dim)
{
    struct scorer s;
    struct err err = ERR_INIT;

    assert_int_equal(scorer_init(&s, similarity, x, n, dim, &err), 0);
    assert_faults(&err, "");
    return s;
}

static float pair(enum similarity similarity, const float *x, size_t dim)
{
    struct scorer s = make(similarity, x, 2, dim);
    const float score = scorer_pair(&s, 0, &s, 1);

    assert_true(score == scorer_pair(&s, 1, &s, 0));
    scorer_release(&s);
    return score;
}

static void known_values(void **state)
{
    const float x[] = { 3, 4, 0, /**/ 0, 8, 6 };
    const float flat[] = { 1, 1, 1, 1, /**/ 1, 1, 1, 1 };

    (void)state;
    assert_true(pair(SIMILARITY_COSINE, x, 3) == .8f * .8f);
    assert_true(pair(SIMILARITY_INNER, x, 3) == 32);
    assert_true(pair(SIMILARITY_EUCLIDEAN, x, 3) == -sqrtf(9 + 16 + 36));
    /* 9/3 + 16/12 + 36/6 */
    assert_true(fabsf(pair(SIMILARITY_CHI_SQUARE, x, 3) + 31.f / 3) < 1e-6f);
    assert_true(pair(SIMILARITY_COSINE, flat, 4) == 1);
    assert_true(pair(SIMILARITY_EUCLIDEAN, flat, 4) == 0);
    assert_true(pair(SIMILARITY_CHI_SQUARE, flat, 4) == 0);
}

/* Σ in this order with one rounding a step: (1 + 2^-30) − 1 is 0 where the first step
 * is rounded, and 2^-30 were the sum formed from the other end. */
static void order_and_fusing(void **state)
{
    const float order[] = { 1, 0x1p-30f, -1, /**/ 1, 1, 1 };
    const float e = 0x1p-12f;
    const float fused[] = { -1, 1 + e, /**/ 1 + 2 * e, 1 + e };

    (void)state;
    assert_true(pair(SIMILARITY_INNER, order, 3) == 0);
    assert_true(pair(SIMILARITY_INNER, fused, 2) == e * e);
}

static void rows(void **state)
{
    const float x[] = { 1, 2, 3, 1e30f, 1e-30f, -1e30f, FLT_TRUE_MIN, 0, 0 };
    struct scorer s = make(SIMILARITY_COSINE, x, 3, 3);
    float y[3];

    (void)state;
    assert_true(s.norms[0] == sqrt(14.0));
    scorer_row(&s, 0, y);
    for (int k = 0; k < 3; k++)
        assert_true(y[k] == (float)((k + 1) / sqrt(14.0)));
    scorer_row(&s, 1, y);
    assert_true(y[0] == (float)sqrt(.5) && y[2] == -(float)sqrt(.5));
    scorer_row(&s, 2, y);
    assert_true(y[0] == 1 && y[1] == 0);
    scorer_release(&s);
    s = make(SIMILARITY_INNER, x, 3, 3);
    assert_null(s.norms);
    scorer_row(&s, 0, y);
    assert_memory_equal(y, x, sizeof y);
    scorer_release(&s);
}

static enum template_fault fault(enum similarity similarity, float x, float y)
{
    const float row[] = { x, y };
    struct scorer s = make(similarity, row, 1, 2);
    const enum template_fault found = s.faults[0];

    scorer_release(&s);
    return found;
}

static void faults(void **state)
{
    (void)state;
    for (int i = 0; i < SIMILARITIES_OF_TEMPLATES; i++) {
        const bool cosine = i == SIMILARITY_COSINE, chi = i == SIMILARITY_CHI_SQUARE;
        assert_int_equal(fault(i, 1, NAN), TEMPLATE_NOT_FINITE);
        assert_int_equal(fault(i, -INFINITY, 1), TEMPLATE_NOT_FINITE);
        assert_int_equal(fault(i, 0, -0.f), cosine ? TEMPLATE_ZERO : TEMPLATE_OK);
        assert_int_equal(fault(i, 1, -1), chi ? TEMPLATE_NEGATIVE : TEMPLATE_OK);
        assert_int_equal(fault(i, FLT_MAX, 1), cosine ? TEMPLATE_OK : TEMPLATE_NOT_FINITE);
        assert_int_equal(fault(i, 0x1p62f, 0), TEMPLATE_OK);
    }
}

/* What can be compared has a score, however long: the longest of each. */
static void extremes_are_finite(void **state)
{
    const float x[] = { 0x1p62f, 0, /**/ -0x1p62f, 0 };
    const float y[] = { FLT_MAX, FLT_MAX, /**/ -FLT_MAX, -FLT_MAX };

    (void)state;
    assert_true(pair(SIMILARITY_INNER, x, 2) == -0x1p124f);
    assert_true(pair(SIMILARITY_EUCLIDEAN, x, 2) == -0x1p63f);
    assert_true(fabsf(pair(SIMILARITY_COSINE, y, 2) + 1) < 1e-6f);
}

static void refusals(void **state)
{
    struct err err = ERR_INIT;
    struct scorer s;
    const float x = 1;

    (void)state;
    assert_int_equal(scorer_init(&s, SIMILARITY_INNER, &x, 1, 0, &err), ERR_LIMIT);
    assert_faults(&err, "templates of 0 numbers: expected 1 to 65536");
    assert_int_equal(scorer_init(&s, SIMILARITY_INNER, &x, 1, 65537, &err), ERR_LIMIT);
    assert_faults(&err, "templates of 65537 numbers: expected 1 to 65536");
    assert_int_equal(scorer_init(&s, SIMILARITY_COSINE, &x, SIZE_MAX / 2, 1, &err),
                     ERR_LIMIT);
    assert_fault_says(&err, "there is no memory for ");
}

/* Against the sum in double precision: each of dim fused steps is off by at most
 * 2^-24 of its result, none of which is longer than |a|·|b| (Higham, Accuracy and
 * Stability of Numerical Algorithms, 2nd ed., section 3.1). */
static void close_to_double_precision(void **state)
{
    enum { DIM = 512, N = 40 };
    static float x[N * DIM], row[2][DIM];
    uint32_t seed = 1;

    (void)state;
    for (size_t i = 0; i < N * DIM; i++) {
        seed = seed * 1664525 + 1013904223;
        x[i] = (float)(int32_t)seed * 0x1p-31f;
    }
    struct scorer s = make(SIMILARITY_COSINE, x, N, DIM);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            double sum = 0;
            scorer_row(&s, i, row[0]);
            scorer_row(&s, j, row[1]);
            for (size_t k = 0; k < DIM; k++)
                sum += (double)row[0][k] * (double)row[1][k];
            assert_true(fabs(sum - (double)scorer_pair(&s, i, &s, j)) <= DIM * 0x1p-24);
        }
    }
    scorer_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(order_and_fusing),
        cmocka_unit_test(rows),
        cmocka_unit_test(faults),
        cmocka_unit_test(extremes_are_finite),
        cmocka_unit_test(refusals),
        cmocka_unit_test(close_to_double_precision),
    };
    return cmocka_run_group_tests_name("scorer", tests, NULL, NULL);
}
