/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of exceedances depends on which pairs came, and not on their order. */
#include "test.h"

#include <math.h>

#include "core/exceed.h"

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)seed * below) >> 32);
}

#define PAIRS 3000

static void make_pairs(struct scores_pair *p)
{
    for (uint32_t i = 0; i < PAIRS; i++) {
        /* many on edges of 1/32, some beyond the last, many alike */
        float score = draw(2) ? (float)(int)draw(70) / 32 - 1.09375f
                              : (float)draw(1u << 20) / (1u << 19) - 1;
        p[i] = (struct scores_pair){ i, i + 1 + draw(5), score };
    }
}

static size_t count_above(const struct scores_pair *p, double floor)
{
    size_t n = 0;

    for (size_t i = 0; i < PAIRS; i++)
        n += (double)p[i].score >= floor;
    return n;
}

/* The definition, edge by edge. */
static struct exceed_floor expected(const struct scores_pair *p, double floor, uint64_t want,
                                    size_t most)
{
    struct exceed_floor f = { floor, 0, false };
    double reach = -INFINITY;

    for (int i = 0; i <= 64; i++)
        if (count_above(p, i / 32. - 1) >= want && want <= most)
            reach = i / 32. - 1;
    if (want && reach < f.asked)
        f.asked = reach;
    f.floor = f.asked;
    if (count_above(p, f.asked) <= most)
        return f;
    f.raised = true;
    for (int i = 0; i <= 64; i++) {
        f.floor = i / 32. - 1;
        if (f.floor > f.asked && count_above(p, f.floor) <= most)
            return f;
    }
    f.floor = INFINITY;
    return f;
}

static void one(const struct scores_pair *pairs, double floor, uint64_t want, size_t most)
{
    const struct sweep_bins bins = { .scale = 32, .offset = 32, .n = 64 };
    struct exceed_floor should = expected(pairs, floor, want, most);
    struct exceed e;

    for (int round = 0; round < 2; round++) {
        exceed_init(&e, &bins, floor, want, most);
        e.look_at = 16; /* look early and often */
        for (size_t i = 0, n; i < PAIRS; i += n) {
            struct scores_pair some[40];
            n = 1 + draw(40);
            if (n > PAIRS - i)
                n = PAIRS - i;
            for (size_t k = 0; k < n; k++)
                some[k] = round ? pairs[PAIRS - 1 - i - k] : pairs[i + k];
            exceed_add(&e, some, n);
            if (e.look_at > e.n + 200)
                e.look_at = e.n + 200;
        }
        struct exceed_floor f = exceed_finish(&e);
        assert_true(f.asked == should.asked && f.floor == should.floor);
        assert_int_equal(f.raised, should.raised);
        assert_int_equal(e.n, count_above(pairs, should.floor));
        for (size_t i = 0; i < e.n; i++) {
            assert_true((double)e.pairs[i].score >= f.floor);
            assert_true(i == 0 || e.pairs[i - 1].a < e.pairs[i].a);
        }
        exceed_release(&e);
    }
}

static void any_order(void **state)
{
    static const double floors[] = { -2, -.5, -.501, .25, .9999, 1, 1.0625, 3 };
    static const uint64_t wants[] = { 0, 1, 17, 500, 2500, PAIRS };
    static const size_t mosts[] = { 0, 1, 20, 300, 2400, PAIRS };
    struct scores_pair pairs[PAIRS];

    (void)state;
    for (int round = 0; round < 3; round++) {
        make_pairs(pairs);
        for (size_t i = 0; i < ARRAY_SIZE(floors); i++)
            for (size_t k = 0; k < ARRAY_SIZE(wants); k++)
                for (size_t m = 0; m < ARRAY_SIZE(mosts); m++)
                    one(pairs, floors[i], wants[k], mosts[m]);
    }
}

static void least_float(void **state)
{
    (void)state;
    assert_true(float_from(.5) == .5f);
    assert_true((double)float_from(.1) >= .1 && (double)nextafterf(float_from(.1), 0) < .1);
    assert_true((double)float_from(-.1) >= -.1);
    assert_true(float_from(INFINITY) == INFINITY && float_from(-INFINITY) == -INFINITY);
    assert_true(float_from(1e300) == INFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order),
        cmocka_unit_test(least_float),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
