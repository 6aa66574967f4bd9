/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting scores that a matcher formed itself against counting the templates they are of. */
#include "counted.h"

#define UNKNOWN -8

/* The same lab, of scores in place of templates; every `gaps`th pair has none. */
static struct lab *give(const struct lab *from, enum similarity own, uint32_t gaps,
                        float **matrix)
{
    const struct lab_side *a = &from->a, *b = from->setup.b.scorer ? &from->b : a;
    struct lab *lab = mem_alloc(sizeof *lab);
    float *given = *matrix = mem_array(a->side.n * b->side.n, sizeof *given);

    *lab = *from;
    for (uint32_t i = 0; i < a->side.n; i++)
        for (uint32_t j = 0; j < b->side.n; j++)
            given[i * b->side.n + j] =
                a->scorer.faults[i] || b->scorer.faults[j] ||
                        (gaps && (i < j || a != b ? i + j * j : j + i * i) % gaps == 0)
                    ? UNKNOWN : scorer_pair(&a->scorer, i, &b->scorer, j);
    for (uint32_t i = 0; i < a->side.n; i++)
        if (a->scorer.faults[i])
            lab->a.template[i] = COUNT_NONE;
    for (uint32_t i = 0; a != b && i < b->side.n; i++)
        if (b->scorer.faults[i])
            lab->b.template[i] = COUNT_NONE;
    assert_int_equal(scorer_given(&lab->a.scorer, own, given, a->side.n, b->side.n, NULL), 0);
    if (gaps)
        lab->a.scorer.unknown = lab->a.scorer.known_above = UNKNOWN;
    if (a != b)
        assert_int_equal(scorer_given(&lab->b.scorer, own, NULL, b->side.n, 0, NULL), 0);
    struct lab_side *sides[] = { &lab->a, &lab->b };
    for (size_t k = 0; k < (a != b ? 2 : 1); k++) {
        struct count_side *side = k ? &lab->setup.b : &lab->setup.a;
        *side = (struct count_side){ &sides[k]->scorer, side->n, sides[k]->template,
                                     sides[k]->person, sides[k]->group,
                                     side->same ? sides[k]->same : NULL };
        sides[k]->side = *side;
    }
    make_scores(lab, own, (uint32_t)from->scores.n_subjects, false);
    lab->scores.n_targets = 0; /* whose reach is an edge of the bins */
    lab->scores.cap = 10000000;
    lab->scores.top = from->scores.top;
    lab->scores.consolidated = from->scores.consolidated;
    return lab;
}

static void same_scores(const struct scores *x, const struct scores *y)
{
    assert_int_equal(x->n_mated, y->n_mated);
    assert_memory_equal(x->mated, y->mated, x->n_mated * sizeof *x->mated);
    assert_int_equal(x->n_exceedances, y->n_exceedances);
    assert_memory_equal(x->exceedances, y->exceedances,
                        x->n_exceedances * sizeof *x->exceedances);
    assert_int_equal(x->n_margins, y->n_margins);
    assert_memory_equal(x->margin_matches, y->margin_matches,
                        x->n_margins * x->n_thresholds * sizeof *x->margin_matches);
    assert_int_equal(x->n_candidates, y->n_candidates);
    for (size_t i = 0; i < x->n_candidates; i++) {
        assert_int_equal(x->candidates[i].probe, y->candidates[i].probe);
        assert_int_equal(x->candidates[i].reference, y->candidates[i].reference);
        assert_int_equal(x->candidates[i].rank, y->candidates[i].rank);
        assert_true(x->candidates[i].score == y->candidates[i].score);
    }
    for (size_t i = 0; i < x->n_searches; i++) {
        assert_int_equal(x->searches[i].searches, y->searches[i].searches);
        assert_memory_equal(x->searches[i].hits, y->searches[i].hits,
                            x->n_thresholds * sizeof *x->searches[i].hits);
    }
}

/* Scores that are given are counted as those that are computed. */
static void given_scores(void **state)
{
    (void)state;
    for (int round = 0; round < (under_valgrind() ? 4 : 24); round++) {
        float *matrix;
        struct lab *lab = make_lab(2 + draw(round % 3 ? 60 : MAX_ROWS - 2),
                                   round % 2 ? 2 + draw(500) : 0,
                                   round % 4 < 2 ? SIMILARITY_INNER : SIMILARITY_EUCLIDEAN,
                                   !draw(3), false);
        lab->scores.n_targets = 0;
        lab->scores.cap = 10000000;
        const bool distance = similarity_is_distance(lab->scores.similarity);
        const bool negative = !distance && round % 8 > 3; /* distances below 0 */
        struct lab *given = give(lab, distance || negative ? SIMILARITY_OWN_DISTANCE
                                                           : SIMILARITY_OWN, 0, &matrix);
        count_all(lab);
        count_all(given);
        check_cells(given); /* the histograms too */
        if (!negative)
            same_scores(&given->scores, &lab->scores);
        free_lab(given);
        free(matrix);
        free_lab(lab);
    }
}

/* A pair of which nothing is known matches nobody and is no candidate. */
static void given_in_part(void **state)
{
    (void)state;
    for (int round = 0; round < 8; round++) {
        float *matrix;
        struct lab *lab = make_lab(2 + draw(200), round % 2 ? 2 + draw(200) : 0,
                                   round % 4 < 2 ? SIMILARITY_INNER : SIMILARITY_EUCLIDEAN,
                                   false, false);
        struct lab *given = give(lab, similarity_is_distance(lab->scores.similarity)
                                          ? SIMILARITY_OWN_DISTANCE : SIMILARITY_OWN,
                                 2 + draw(4), &matrix);
        const struct scores *s = &given->scores;
        double sign = similarity_is_distance(s->similarity) ? -1 : 1;
        given->scores.tail = round > 3;
        given->scores.n_targets = 1;
        given->scores.targets = arena_array(&given->scores.arena, 1, sizeof(double));
        given->scores.targets[0] = .9;
        count_all(given);
        check_cells(given);
        for (size_t i = 0; i < s->n_exceedances; i++)
            assert_true(sign * s->exceedances[i].score > UNKNOWN);
        assert_true(!s->n_exceedances || sign * s->floor > UNKNOWN);
        for (size_t i = 0; i < s->n_candidates; i++)
            assert_true(sign * s->candidates[i].score > UNKNOWN);
        free_lab(given);
        free(matrix);
        free_lab(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_scores),
        cmocka_unit_test(given_in_part),
    };
    return cmocka_run_group_tests_name("given", tests, NULL, NULL);
}
