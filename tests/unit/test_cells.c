/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From scores to cells: a small set of every pair's score, put into the form of a
 * scored folder, comes out as the cells, dyads and lists that all pairs give.
 */
#include "test.h"

#include "near.h"
#include "stats/cells.h"

enum { ROWS = 40, PEOPLE = 16, GROUPS = 3, MOST = ROWS * ROWS };

static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

enum kind { ALL_PAIRS, GALLERY, LISTED, SAME };

struct set {
    enum kind kind;
    uint32_t person[2][ROWS], group[2][ROWS], class[2][ROWS];
    bool completed[2][ROWS];
    float score[ROWS][ROWS];
    bool compared[ROWS][ROWS];
    struct cells_rows rows;
    struct scores scores;
    struct scores_cell cells[2 * GROUPS * GROUPS];
    struct scores_pair mated[MOST], exceedances[MOST];
    struct scores_dyad dyads[MOST];
    double m[2 * GROUPS * GROUPS][PEOPLE][PEOPLE]; /* comparisons, s < t */
};

static uint32_t cell_of(const struct set *set, uint32_t g, uint32_t h, bool mated)
{
    for (uint32_t i = 0; i < set->scores.n_cells; i++) {
        const struct scores_cell *at = &set->cells[i];
        if (at->mated == mated && ((at->a == g && at->b == h) ||
                                   (set->kind != GALLERY && at->a == h && at->b == g)))
            return i;
    }
    fail();
    return 0;
}

static bool exceeds(const struct set *set, float score, double floor)
{
    return set->rows.distance ? score <= floor : score >= floor;
}

static void draw_set(uint64_t *seed, enum kind kind, bool distance, struct set *set)
{
    int sides = kind == GALLERY ? 2 : 1;

    memset(set, 0, sizeof *set);
    set->kind = kind;
    for (int side = 0; side < sides; side++)
        for (int i = 0; i < ROWS; i++) {
            uint32_t s = set->person[side][i] = next(seed) % PEOPLE;
            set->group[side][i] = s == 3 ? NO_GROUP : s % GROUPS;
            set->class[side][i] = s % 2;
            set->completed[side][i] = next(seed) % 9 > 0;
        }
    set->scores = (struct scores){ .gallery = kind == GALLERY, .listed = kind == LISTED,
                                   .n_groups = GROUPS, .n_subjects = PEOPLE,
                                   .floor = distance ? 700 : 300, .cells = set->cells,
                                   .mated = set->mated, .exceedances = set->exceedances,
                                   .dyads = set->dyads };
    struct scores *scores = &set->scores;
    set->rows.distance = distance;
    for (int side = 0; side < sides; side++) {
        set->rows.n[side] = ROWS;
        set->rows.person[side] = set->person[side];
        set->rows.group[side] = set->group[side];
        set->rows.completed[side] = set->completed[side];
        set->rows.class[side] = kind == SAME ? set->class[side] : NULL;
    }
    set->rows.classes = 2;
    for (uint32_t g = 0; g < GROUPS; g++)
        for (uint32_t h = kind == GALLERY ? 0 : g; h < GROUPS; h++)
            for (int mated = 1; mated >= 0; mated--)
                set->cells[scores->n_cells++] =
                    (struct scores_cell){ .a = g, .b = h, .mated = mated };
    for (uint32_t i = 0; i < ROWS; i++)
        for (uint32_t j = kind == GALLERY ? 0 : i + 1; j < ROWS; j++) {
            int side = sides - 1;
            uint32_t s = set->person[0][i], t = set->person[side][j];
            uint32_t g = set->group[0][i], h = set->group[side][j];
            set->score[i][j] = (float)(next(seed) % 1000);
            set->compared[i][j] = g != NO_GROUP && h != NO_GROUP &&
                                  set->completed[0][i] && set->completed[side][j] &&
                                  (kind != LISTED || next(seed) % 3 == 0) &&
                                  (kind != SAME || set->class[0][i] == set->class[0][j]);
            if (!set->compared[i][j])
                continue;
            struct scores_pair pair = { i, j, set->score[i][j] };
            uint32_t cell = cell_of(set, g, h, s == t);
            set->cells[cell].comparisons++;
            if (s == t) {
                set->mated[scores->n_mated++] = pair;
                continue;
            }
            if (exceeds(set, pair.score, scores->floor))
                set->exceedances[scores->n_exceedances++] = pair;
            set->m[cell][s < t ? s : t][s < t ? t : s]++;
        }
    for (uint32_t k = 0; k < scores->n_cells; k++)
        for (uint32_t s = 0; s < PEOPLE; s++)
            for (uint32_t t = s + 1; t < PEOPLE; t++) {
                double m = set->m[k][s][t];
                set->cells[k].sum_m2 += m * m;
                if (m > 0 && kind == LISTED)
                    set->dyads[scores->n_dyads++] =
                        (struct scores_dyad){ s, t, k, (uint64_t)m };
            }
}

/* Errors of s and t in a cell at a threshold, counted pair by pair. */
static double errors(const struct set *set, uint32_t cell, uint32_t s, uint32_t t,
                     double threshold)
{
    int side = set->kind == GALLERY;
    double x = 0;

    for (uint32_t i = 0; i < ROWS; i++)
        for (uint32_t j = 0; j < ROWS; j++) {
            uint32_t a = set->person[0][i], b = set->person[side][j];
            if (set->compared[i][j] && ((a == s && b == t) || (a == t && b == s)) &&
                cell_of(set, set->group[0][i], set->group[side][j], false) == cell)
                x += exceeds(set, set->score[i][j], threshold);
        }
    return x;
}

static void hold(const struct set *set, const struct cells *c, uint32_t cell,
                 double threshold)
{
    const struct scores_cell *at = &set->cells[cell];
    struct dyads d;
    struct err err = ERR_INIT;
    double borrowed, all = 0;
    size_t erring = 0;

    if (cells_dyads(c, at->a, at->b, threshold, &d, &borrowed, &err) < 0)
        fail_msg("%s", err_text(&err));
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++) {
            double m = set->m[cell][s][t], x = m ? errors(set, cell, s, t, threshold) : 0;
            long place = dyads_erring(&d, s, t);
            assert_near(dyads_between(&d, s, t), m, 0);
            assert_near(place < 0 ? 0 : d.erring[place].x, x, 0);
            all += m;
            erring += x > 0;
        }
    assert_near(d.comparisons, all, 0);
    assert_int_equal(d.n_erring, erring);
    assert_true(borrowed == 0 || erring < DYADS_TO_BORROW);
    dyads_release(&d);
}

static void test_cells(void **state)
{
    uint64_t seed = 3;
    static struct set set;

    (void)state;
    for (int i = 0; i < 24; i++) {
        struct err err = ERR_INIT;
        struct cells c;
        bool distance = i / 4 % 2;

        draw_set(&seed, (enum kind)(i % 4), distance, &set);
        if (cells_init(&c, &set.scores, &set.rows, &err) < 0)
            fail_msg("%s", err_text(&err));
        for (uint32_t k = 0; k < set.scores.n_cells; k++) {
            const struct scores_cell *at = &set.cells[k];
            double m[PEOPLE], x[PEOPLE], trials = 0, misses = 0, least = -INFINITY;
            if (!at->mated) {
                hold(&set, &c, k, distance ? 350.5 : 650);
                hold(&set, &c, k, set.scores.floor);
                struct fnmr_at_fmr f = { 0 };
                struct dyads d;
                assert_int_equal(cells_dyads(&c, at->a, at->b, set.scores.floor, &d, NULL,
                                             NULL), 0);
                assert_int_equal(cells_fnmr_at_fmr(&c, at->a, at->b, &d, at->a, at->b, &f,
                                                   NULL), 0);
                for (size_t e = 1; e < f.n_exceedances; e++)
                    assert_true(f.exceedances[e - 1].score >= f.exceedances[e].score);
                for (size_t e = 0; e < f.n_mated; e++) {
                    assert_true(f.mated[e].score >= least);
                    least = f.mated[e].score;
                }
                dyads_release(&d);
                continue;
            }
            assert_int_equal(cells_people(&c, at->a, at->b, 500, m, x, NULL), 0);
            for (int s = 0; s < PEOPLE; s++) {
                trials += m[s];
                misses += x[s];
            }
            assert_near(trials, (double)at->comparisons, 0);
            for (size_t e = 0; e < set.scores.n_mated; e++) {
                const struct scores_pair *p = &set.mated[e];
                uint32_t g = set.group[0][p->a], h = set.group[set.kind == GALLERY][p->b];
                if (cell_of(&set, g, h, true) == k)
                    misses -= !exceeds(&set, p->score, 500);
            }
            assert_near(misses, 0, 0);
        }
        cells_release(&c);
    }
}

static void test_everybody(void **state)
{
    uint64_t seed = 9;
    static struct set set;
    struct cells c;
    struct dyads d;
    struct err err = ERR_INIT;
    uint32_t images[PEOPLE], group[PEOPLE];
    double x = 0, cells = 0, threshold = 500;

    (void)state;
    draw_set(&seed, ALL_PAIRS, false, &set);
    assert_int_equal(cells_init(&c, &set.scores, &set.rows, &err), 0);
    assert_int_equal(cells_everybody(&c, threshold, &d, images, group, &err), 0);
    for (uint32_t k = 0; k < set.scores.n_cells; k++)
        cells += set.cells[k].mated ? 0 : (double)set.cells[k].comparisons;
    assert_near(d.comparisons, cells, 0);
    for (size_t i = 0; i < d.n_erring; i++)
        x += d.erring[i].x;
    for (size_t i = 0; i < set.scores.n_exceedances; i++)
        x -= exceeds(&set, set.exceedances[i].score, threshold);
    assert_near(x, 0, 0);
    assert_true(images[3] == 0 && group[5] == 2);
    dyads_release(&d);
    assert_int_equal(cells_everybody(&c, 200, &d, images, group, &err), ERR_INPUT);
    assert_fault_says(&err, "listed only from 300 on");
    cells_release(&c);
    draw_set(&seed, GALLERY, false, &set);
    assert_int_equal(cells_init(&c, &set.scores, &set.rows, &err), 0);
    assert_int_equal(cells_everybody(&c, threshold, &d, images, group, &err), ERR_INPUT);
    assert_fault_says(&err, "not compared with everybody");
    cells_release(&c);
}

/* What contradicts itself is no result. */
static void test_contradictions(void **state)
{
    uint64_t seed = 14;
    static struct set set;
    struct cells c;
    struct dyads d;
    struct err err = ERR_INIT;

    (void)state;
    draw_set(&seed, SAME, false, &set);
    set.class[0][0] = 0;
    set.class[0][1] = 1;
    set.person[0][0] = set.person[0][1] = 5;
    set.completed[0][0] = set.completed[0][1] = true;
    assert_int_equal(cells_init(&c, &set.scores, &set.rows, &err), ERR_INPUT);
    assert_fault_says(&err, "images of two kinds");
    draw_set(&seed, ALL_PAIRS, false, &set);
    set.exceedances[4].b = ROWS;
    assert_int_equal(cells_init(&c, &set.scores, &set.rows, &err), ERR_INPUT);
    assert_fault_says(&err, "non-mated score 5 is of the rows");
    draw_set(&seed, ALL_PAIRS, false, &set);
    set.mated[0].b = set.exceedances[0].b;
    set.mated[0].a = set.exceedances[0].a;
    assert_int_equal(cells_init(&c, &set.scores, &set.rows, &err), ERR_INPUT);
    assert_fault_says(&err, "mated score 1 is of the rows");
    draw_set(&seed, ALL_PAIRS, false, &set);
    assert_int_equal(cells_init(&c, &set.scores, &set.rows, &err), 0);
    set.cells[cell_of(&set, 0, 1, false)].comparisons++;
    assert_int_equal(cells_dyads(&c, 0, 1, 500, &d, NULL, &err), ERR_INPUT);
    assert_fault_says(&err, "were counted");
    assert_int_equal(cells_dyads(&c, 0, 9, 500, &d, NULL, &err), ERR_INPUT);
    assert_fault_says(&err, "no non-mated cell");
    cells_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_everybody),
        cmocka_unit_test(test_contradictions),
    };

    return cmocka_run_group_tests_name("cells", tests, start_stats, NULL);
}
