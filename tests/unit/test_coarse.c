/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kernel of integers, also one that only another machine has, against plain sums:
 * with numbers as large as they may be, and bounds that just hold or just do not. */
#include "test.h"

#include <math.h>

#include "coarse_emulated.h"

#define MAX_M 640
#define PANELS 3
#define COLUMNS (PANELS * COARSE_LANES)

static uint32_t seed = 5;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)seed * below) >> 32);
}

/* A row whose halves of a block have no more than COARSE_HALF of squares, some of them
 * as much as that: few numbers of COARSE_MOST, or 22s and 23s all over. */
static void make_values(int8_t *v, size_t m)
{
    const uint32_t most = draw(3) ? COARSE_MOST : 1 + draw(COARSE_MOST), full = draw(3),
                   sign = draw(3);

    for (size_t from = 0; from < m; from += COARSE_BLOCK) {
        int32_t sums[2] = { 0 };
        for (size_t k = from; k < m && k < from + COARSE_BLOCK; k++) {
            int32_t x = full == 0   ? (int32_t)draw(2 * most + 1) - (int32_t)most
                        : full == 1 ? (int32_t)most
                                    : 22 + (int32_t)(draw(40) == 0);
            x = sign == 0 ? abs(x) : sign == 1 ? -abs(x) : draw(2) ? x : -x;
            if (sums[k % 4 / 2] + x * x > COARSE_HALF)
                x = 0;
            sums[k % 4 / 2] += x * x;
            v[k] = (int8_t)x;
        }
    }
}

struct packed {
    int8_t a[COARSE_MAX_ROWS][MAX_M], b[COLUMNS][MAX_M];
    uint8_t panel_a[COARSE_MAX_ROWS * MAX_M];
    int8_t panels_b[COLUMNS * MAX_M];
    int32_t start[COLUMNS * (MAX_M / COARSE_BLOCK + 1)];
    float floors[COARSE_MAX_ROWS], rests_a[COARSE_MAX_ROWS], scales[COLUMNS], rests_b[COLUMNS];
};

static int32_t plain_dot(const int8_t *a, const int8_t *b, size_t m)
{
    int32_t sum = 0;

    for (size_t k = 0; k < m; k++)
        sum += a[k] * b[k];
    return sum;
}

static void pack(struct packed *p, const struct coarse *c, size_t m)
{
    const size_t blocks = c->halves ? (m + COARSE_BLOCK - 1) / COARSE_BLOCK : 1,
                 depth = c->halves ? COARSE_BLOCK : m;

    for (size_t r = 0; r < c->rows; r++)
        for (size_t k = 0; k < m; k++)
            p->panel_a[(k / 4 * c->rows + r) * 4 + k % 4] = (uint8_t)(p->a[r][k] + c->bias);
    for (size_t j = 0; j < COLUMNS; j++) {
        const size_t panel = j / COARSE_LANES, lane = j % COARSE_LANES;
        for (size_t k = 0; k < m; k++)
            p->panels_b[panel * COARSE_LANES * m + (k / 4 * COARSE_LANES + lane) * 4 + k % 4] =
                p->b[j][k];
        for (size_t q = 0; q < blocks; q++) {
            int32_t sums[2] = { 0 };
            for (size_t k = q * depth; k < m && k < (q + 1) * depth; k++)
                sums[k % 4 / 2] += p->b[j][k];
            const uint32_t low = (uint32_t)(-c->bias * sums[0]),
                           high = (uint32_t)(-c->bias * sums[1]);
            p->start[(panel * blocks + q) * COARSE_LANES + lane] =
                (int32_t)(c->halves ? (low & 0xffff) | high << 16 : low + high);
        }
    }
}

static void check(const struct coarse *c, size_t m)
{
    struct packed *p = mem_alloc(sizeof *p);
    struct coarse_hit hits[COARSE_MAX_ROWS * COLUMNS];
    uint8_t times[COARSE_MAX_ROWS][COLUMNS] = { { 0 } };

    for (size_t r = 0; r < COARSE_MAX_ROWS; r++)
        make_values(p->a[r], m);
    for (size_t j = 0; j < COLUMNS; j++) {
        make_values(p->b[j], m);
        if (draw(4) == 0) /* the largest sums there are */
            memcpy(p->b[j], p->a[draw((uint32_t)c->rows)], m);
        p->scales[j] = draw(10) ? 1 : 0;
        p->rests_b[j] = draw(10) ? (float)draw(200) : INFINITY;
    }
    for (size_t r = 0; r < c->rows; r++) {
        const size_t j = draw(COLUMNS);
        p->rests_a[r] = draw(10) ? (float)draw(200) : INFINITY;
        /* Just met by one pair at the least, or nearly; some floors are odd. */
        p->floors[r] = (float)plain_dot(p->a[r], p->b[j], m) +
                       p->rests_a[r] * p->rests_b[j] + (float)draw(2);
        if (draw(10) == 0)
            p->floors[r] = draw(2) ? INFINITY : -INFINITY;
    }
    pack(p, c, m);
    const struct coarse_panels panels = { .a = p->panel_a, .floors = p->floors,
                                          .rests_a = p->rests_a, .b = p->panels_b,
                                          .start = p->start, .scales = p->scales,
                                          .rests_b = p->rests_b, .m = m, .n = PANELS };
    const size_t n = c->sift(&panels, hits);
    for (size_t h = 0; h < n; h++) {
        assert_true(hits[h].i < c->rows && hits[h].j < COLUMNS);
        assert_int_equal(hits[h].dot, plain_dot(p->a[hits[h].i], p->b[hits[h].j], m));
        times[hits[h].i][hits[h].j]++;
    }
    for (size_t r = 0; r < c->rows; r++)
        for (size_t j = 0; j < COLUMNS; j++) {
            const int32_t dot = plain_dot(p->a[r], p->b[j], m);
            const bool out = COARSE_RULES_OUT(dot, p->floors[r], p->scales[j],
                                              p->rests_a[r], p->rests_b[j]);
            if (times[r][j] != !out)
                fail_msg("%s, m %zu: row %zu, column %zu of sum %d seen %d times", c->name,
                         m, r, j, (int)dot, times[r][j]);
            if (c->dot)
                assert_int_equal(c->dot(p->a[r], p->b[j], m), dot);
        }
    free(p);
}

static void check_all_depths(const struct coarse *c)
{
    assert_true(c->rows <= COARSE_MAX_ROWS);
    for (size_t m = COARSE_STEP; m <= MAX_M; m += COARSE_STEP)
        for (int round = 0; round < (under_valgrind() ? 3 : 20); round++)
            check(c, m);
}

static void test_sift(void **state)
{
    (void)state;
    for (const struct coarse *const *c = coarses; *c; c++)
        if ((*c)->runs())
            check_all_depths(*c);
}

static void test_emulated(void **state)
{
    (void)state;
    check_all_depths(&coarse_emulated);
}

static void test_score(void **state)
{
    enum { DIM = 301 };
    float x[2 * COARSE_BATCH][DIM];
    const float *a[COARSE_BATCH], *b[COARSE_BATCH];

    (void)state;
    for (size_t i = 0; i < 2 * COARSE_BATCH; i++)
        for (size_t k = 0; k < DIM; k++)
            x[i][k] = ldexpf((float)draw(1 << 24) - 0x1p23f, (int)draw(40) - 40);
    for (size_t i = 0; i < COARSE_BATCH; i++) {
        a[i] = x[2 * i];
        b[i] = x[2 * i + 1];
    }
    for (const struct coarse *const *c = coarses; *c; c++) {
        float scores[COARSE_BATCH];
        if (!(*c)->runs())
            continue;
        (*c)->score(a, b, DIM, scores);
        for (size_t i = 0; i < COARSE_BATCH; i++) {
            float s = 0;
            for (size_t k = 0; k < DIM; k++)
                s = fmaf(a[i][k], b[i][k], s);
            assert_memory_equal(&scores[i], &s, sizeof s);
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(coarse_of("scalar")->name, "scalar");
    assert_string_equal(coarse_of("no such machine")->name, "scalar");
    for (const struct coarse *const *c = coarses; *c; c++)
        if ((*c)->runs())
            assert_string_equal(coarse_of((*c)->name)->name, (*c)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sift),
        cmocka_unit_test(test_emulated),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
