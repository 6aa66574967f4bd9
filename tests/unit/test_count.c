/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counting against a loop over all pairs; work that is broken off after every block and
 * taken up again; files that are written, read back, written again, and damaged.
 * tests/cli/score.sh holds all that is written against NumPy.
 */
#include "test.h"

#include <math.h>

#include "core/count.h"

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)seed * below) >> 32);
}

static float number(void)
{
    return (float)draw(1u << 20) / (1u << 19) - 1;
}

#define MAX_ROWS 900
#define MAX_DIM 5

struct lab_side {
    float templates[MAX_ROWS * MAX_DIM];
    uint32_t template[MAX_ROWS], person[MAX_ROWS], group[MAX_ROWS], same[MAX_ROWS];
    struct scorer scorer;
    struct count_side side;
};

struct lab {
    struct lab_side a, b;
    struct count_setup setup;
    struct scores scores;
};

static void make_side(struct lab_side *s, size_t n, size_t dim, uint32_t people,
                      enum similarity similarity, bool same)
{
    for (size_t i = 0; i < n * dim; i++)
        s->templates[i] = similarity == SIMILARITY_CHI_SQUARE ? fabsf(number()) : number();
    for (uint32_t i = 0; i < n; i++) {
        s->template[i] = draw(20) ? i : COUNT_NONE;
        s->person[i] = draw(people);
        s->group[i] = draw(10) ? draw(3) : COUNT_NONE;
        s->same[i] = draw(2);
    }
    if (n > 3)
        s->templates[2 * dim] = NAN;
    assert_int_equal(scorer_init(&s->scorer, similarity, s->templates, n, dim, NULL), 0);
    s->side = (struct count_side){ &s->scorer, n, s->template, s->person, s->group,
                                   same ? s->same : NULL };
}

static void make_scores(struct lab *lab, enum similarity similarity, uint32_t people,
                        bool tail)
{
    static const double similar[] = { -.5, .25, .7 }, distant[] = { 2, 1, .25 };
    static char *groups[] = { (char *)"a", (char *)"b", (char *)"c" };
    static const uint64_t caps[] = { 10, 100, 5000, 10000000 };
    struct scores *s = &lab->scores;

    scores_init(s);
    s->version = "0";
    s->similarity = similarity;
    s->tail = tail;
    s->gallery = lab->setup.b.scorer;
    s->listed = lab->setup.trials;
    s->groups = groups;
    s->n_groups = 3;
    s->n_thresholds = 3;
    s->thresholds = arena_array(&s->arena, 3, sizeof(double));
    memcpy(s->thresholds, similarity_is_distance(similarity) ? distant : similar,
           sizeof similar);
    if (!draw(3)) {
        s->n_targets = 1;
        s->targets = arena_array(&s->arena, 1, sizeof(double));
        s->targets[0] = .01;
    }
    s->bins = 64;
    s->cap = caps[draw(4)];
    s->top = s->gallery ? 1 + draw(5) : 0;
    s->consolidated = s->gallery && draw(2);
    s->n_subjects = people;
}

static struct lab *make_lab(size_t n, size_t n_gallery, enum similarity similarity,
                            bool same, bool tail)
{
    struct lab *lab = mem_alloc(sizeof *lab);
    size_t dim = 1 + draw(MAX_DIM);
    uint32_t people = 2 + draw((uint32_t)n);

    make_side(&lab->a, n, dim, people, similarity, same);
    lab->setup.a = lab->a.side;
    if (n_gallery) {
        make_side(&lab->b, n_gallery, dim, people, similarity, same);
        lab->setup.b = lab->b.side;
    }
    lab->setup.kernel = sweep_kernel(NULL);
    lab->setup.threads = 1 + draw(4);
    lab->setup.asked = NAN;
    make_scores(lab, similarity, people, tail);
    return lab;
}

static void free_lab(struct lab *lab)
{
    scores_release(&lab->scores);
    scorer_release(&lab->a.scorer);
    if (lab->setup.b.scorer)
        scorer_release(&lab->b.scorer);
    free(lab);
}

static void count_all(struct lab *lab)
{
    const struct count_hooks hooks = { .save_every = 1e9 };
    struct err err = ERR_INIT;
    struct count *c;

    assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
    assert_int_equal(count_work(c, &hooks, &err), COUNT_DONE);
    count_finish(c);
    assert_int_equal(count_pairs_done(c), count_pairs(c));
    count_free(c);
}

/* Comparisons, lost ones, matches, bins: a loop over all pairs. */
static void check_cells(const struct lab *lab)
{
    const struct scores *s = &lab->scores;
    const struct lab_side *a = &lab->a, *b = s->gallery ? &lab->b : a;
    uint64_t comparisons[18] = { 0 }, lost[18] = { 0 }, matches[18][3] = { { 0 } };
    uint64_t (*bins)[64] = mem_array(18, sizeof *bins);
    double sign = similarity_is_distance(s->similarity) ? -1 : 1;

    for (size_t i = 0; i < a->side.n; i++)
        for (size_t j = s->gallery ? 0 : i + 1; j < b->side.n; j++) {
            long cell = scores_cell(s, a->group[i], b->group[j],
                                    a->person[i] == b->person[j]);
            if (cell < 0 || (a->side.same && a->same[i] != b->same[j]))
                continue;
            if (a->template[i] == COUNT_NONE || b->template[j] == COUNT_NONE ||
                a->scorer.faults[i] || b->scorer.faults[j]) {
                lost[cell]++;
                continue;
            }
            double score = sign * (double)scorer_pair(&a->scorer, i, &b->scorer, j);
            comparisons[cell]++;
            bins[cell][scores_bin(s, (float)score)]++;
            for (size_t t = 0; t < 3; t++)
                matches[cell][t] += sign * score >= sign * s->thresholds[t];
        }
    for (size_t i = 0; i < s->n_cells; i++) {
        assert_int_equal(s->cells[i].comparisons, comparisons[i]);
        assert_int_equal(s->cells[i].lost, lost[i]);
        assert_memory_equal(s->cells[i].matches, matches[i], sizeof matches[i]);
        if (!s->tail || s->cells[i].mated)
            assert_memory_equal(s->cells[i].histogram, bins[i], sizeof bins[i]);
    }
    free(bins);
}

static void all_pairs(void **state)
{
    (void)state;
    for (int round = 0; round < (under_valgrind() ? 12 : 60); round++) {
        struct lab *lab = make_lab(2 + draw(round % 3 ? 60 : MAX_ROWS - 2),
                                   round % 2 ? 2 + draw(200) : 0,
                                   (enum similarity)(round % SIMILARITIES_OF_TEMPLATES),
                                   !draw(3), !draw(3));
        count_all(lab);
        check_cells(lab);
        free_lab(lab);
    }
}

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

/* The bytes of a folder's files, one after the other. */
static void add_files(const char *dir, struct text *to)
{
    static const char *const names[] = { "cells.csv", "scores.json", "histogram.npy",
                                         "histogram.json", "margins.npy", "mated.npy",
                                         "exceedances.npy", "identification.csv",
                                         "pairs.npy" };

    text_reset(to);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = path_join(dir, names[i]), *data = NULL;
        size_t len = 0;
        if (file_read(path, 1 << 24, &data, &len, NULL) == 0)
            text_addn(to, data, len);
        free(data);
        free(path);
    }
}

static void write_lab(const struct lab *lab, const char *dir, struct text *to)
{
    struct roster none;
    struct err err = ERR_INIT;
    struct scores s = lab->scores;

    roster_init(&none);
    s.n_candidates = 0; /* they want names, and a roster has none here */
    assert_int_equal(scores_write(&s, &none, &none, dir, &err), 0);
    roster_release(&none);
    add_files(dir, to);
}

static void put(void *self, const void *bytes, size_t n)
{
    text_addn(self, bytes, n);
}

/* Saved after every block, and taken up by another count with other threads. */
static size_t count_in_pieces(struct lab *lab, struct text *state)
{
    const struct count_hooks hooks = { .save_every = 0 };
    struct err err = ERR_INIT;
    struct count *c;
    size_t rounds = 0;

    for (int code = COUNT_TIME_TO_SAVE; code == COUNT_TIME_TO_SAVE; rounds++) {
        scores_release(&lab->scores);
        seed = 99; /* the same scores */
        make_scores(lab, lab->a.scorer.similarity, 40, false);
        lab->setup.threads = 1 + rounds % 3;
        assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
        if (state->len)
            assert_int_equal(count_merge(c, state->s, state->len, &err), 0);
        code = count_work(c, &hooks, &err);
        assert_true(code >= 0);
        text_reset(state);
        count_save(c, put, state);
        if (code == COUNT_DONE)
            count_finish(c);
        count_free(c);
    }
    return rounds;
}

static void broken_off(void **unused)
{
    (void)unused;
    for (int round = 0; round < (under_valgrind() ? 2 : 8); round++) {
        struct text state = TEXT_INIT, whole = TEXT_INIT, pieces = TEXT_INIT;
        char *dir = test_folder();
        seed = 1000 + (uint32_t)round;
        struct lab *lab = make_lab(MAX_ROWS, round % 2 ? 700 : 0,
                                   (enum similarity)(round / 2 % SIMILARITIES_OF_TEMPLATES),
                                   round > 4,
                                   false);
        for (size_t i = 0; i < MAX_ROWS; i++) {
            lab->a.person[i] %= 40;
            lab->b.person[i] %= 40;
        }
        assert_true(count_in_pieces(lab, &state) > 3);
        write_lab(lab, dir, &pieces);
        scores_release(&lab->scores);
        seed = 99;
        make_scores(lab, lab->a.scorer.similarity, 40, false);
        count_all(lab);
        write_lab(lab, dir, &whole);
        assert_int_equal(pieces.len, whole.len);
        assert_memory_equal(pieces.s, whole.s, whole.len);
        free_lab(lab);
        test_remove_folder(dir);
        text_release(&state);
        text_release(&whole);
        text_release(&pieces);
    }
}

/* A state with a byte changed, cut short, or of another count is refused and leaves the
 * count as new. */
static void damaged_states(void **unused)
{
    const struct count_hooks pieces = { .save_every = 0 }, rest = { .save_every = 1e9 };
    struct lab *lab = make_lab(MAX_ROWS, 300, SIMILARITY_COSINE, false, false);
    struct text state = TEXT_INIT;
    struct err err = ERR_INIT;
    struct count *c;

    (void)unused;
    assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
    assert_int_equal(count_work(c, &pieces, &err), COUNT_TIME_TO_SAVE);
    count_save(c, put, &state);
    count_free(c);
    scores_release(&lab->scores);
    make_scores(lab, SIMILARITY_COSINE, lab->scores.n_subjects ? 1 : MAX_ROWS, false);
    assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
    for (size_t i = 0; i < 600; i++) {
        size_t at = i < 120 ? i : draw((uint32_t)state.len);
        state.s[at] ^= (char)(1 + draw(255));
        char was = state.s[at];
        count_merge(c, state.s, i % 5 ? state.len : draw((uint32_t)state.len), NULL);
        state.s[at] = was;
        assert_int_equal(count_pairs_done(c), 0);
    }
    assert_int_equal(count_work(c, &rest, &err), COUNT_DONE);
    count_finish(c);
    check_cells(lab);
    count_free(c);
    free_lab(lab);
    text_release(&state);
}

/* Of every deal each block is somebody's, nobody has more than the rest by more than one
 * block, and what was left is dealt to nobody. */
static void dealt(void **unused)
{
    const struct count_hooks hooks = { .save_every = 1e9 };
    struct lab *lab = make_lab(MAX_ROWS, 0, SIMILARITY_COSINE, false, false);
    struct err err = ERR_INIT;
    struct count *c;

    (void)unused;
    lab->setup.parts = 64;
    assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
    const uint64_t all = count_pairs(c);
    struct count_plan plan = count_plan_of(c);
    const uint64_t block = plan.side * plan.side;
    assert_true(plan.n_blocks > 5);
    for (size_t parts = 1; parts < 9; parts++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < parts; i++) {
            count_deal(c, i, parts, NULL);
            uint64_t mine = count_pairs(c);
            assert_true(mine <= all / parts + block + MAX_ROWS);
            assert_true(mine + block + MAX_ROWS >= all / parts);
            sum += mine;
        }
        assert_int_equal(sum, all);
    }
    uint8_t *left = mem_array(plan.n_blocks, 1);
    memset(left, 1, plan.n_blocks);
    count_deal(c, 0, 1, left);
    assert_int_equal(count_pairs(c), 0);
    assert_int_equal(count_work(c, &hooks, &err), COUNT_DONE);
    assert_false(count_is_whole(c));
    free(left);
    count_free(c);
    free_lab(lab);
}

/* The states of all parts, each of its own kernel's tiles, threads and rounds. */
static void work_in_parts(struct lab *lab, size_t parts, struct text *states)
{
    const struct count_hooks hooks = { .save_every = 1e9 };
    struct err err = ERR_INIT;
    struct count *c;

    for (size_t i = 0; i < parts; i++) {
        scores_release(&lab->scores);
        seed = 99;
        make_scores(lab, lab->a.scorer.similarity, 40, lab->scores.tail);
        lab->setup.threads = 1 + i % 3;
        assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
        count_deal(c, i, parts, NULL);
        assert_int_equal(count_work(c, &hooks, &err), COUNT_DONE);
        text_reset(&states[i]);
        count_save(c, put, &states[i]);
        count_free(c);
    }
}

/* Without the templates, as one who has nothing but rosters: the order does not matter,
 * and no state is taken twice. */
static void merge_parts(struct lab *lab, size_t parts, const struct text *states)
{
    const double low = lab->scores.low, high = lab->scores.high;
    const float *templates[2] = { lab->a.scorer.templates, lab->b.scorer.templates };
    struct err err = ERR_INIT;
    struct count *c;

    scores_release(&lab->scores);
    seed = 99;
    make_scores(lab, lab->a.scorer.similarity, 40, lab->scores.tail);
    lab->scores.low = low;
    lab->scores.high = high;
    lab->setup.merges = true;
    lab->a.scorer.templates = lab->b.scorer.templates = NULL;
    assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
    for (size_t i = 0; i < parts; i++) {
        const struct text *s = &states[(i * 5 + 3) % parts];
        const uint64_t before = count_pairs_done(c);
        assert_int_equal(count_merge(c, s->s, s->len, &err), 0);
        if (count_pairs_done(c) > before)
            assert_int_equal(count_merge(c, s->s, s->len, NULL), ERR_LIMIT);
    }
    assert_true(count_is_whole(c));
    count_finish(c);
    count_free(c);
    lab->setup.merges = false;
    lab->a.scorer.templates = templates[0];
    lab->b.scorer.templates = templates[1];
}

static void in_parts(void **unused)
{
    (void)unused;
    for (int round = 0; round < (under_valgrind() ? 2 : 24); round++) {
        struct text states[7] = { { NULL, 0, 0 } }, whole = TEXT_INIT, merged = TEXT_INIT;
        struct count_trial trials[3000];
        char *dir = test_folder();
        seed = 500 + (uint32_t)round;
        struct lab *lab = make_lab(MAX_ROWS, round % 3 == 1 ? 700 : 0,
                                   (enum similarity)(round % SIMILARITIES), round % 5 > 3,
                                   round % 4 > 1);
        for (size_t i = 0; i < 7; i++)
            text_init(&states[i]);
        for (size_t i = 0; i < MAX_ROWS; i++) {
            lab->a.person[i] %= 40;
            lab->b.person[i] %= 40;
        }
        if (round % 6 == 2) {
            for (size_t i = 0; i < ARRAY_SIZE(trials); i++) {
                uint32_t a = draw(80), b = (a + 1 + draw(78)) % 80;
                trials[i] = (struct count_trial){ a, b, lab->a.person[a] ==
                                                            lab->a.person[b] };
            }
            lab->setup.trials = trials;
            lab->setup.n_trials = ARRAY_SIZE(trials);
            lab->scores.tail = false;
        }
        lab->setup.parts = 7;
        work_in_parts(lab, 7, states);
        merge_parts(lab, 7, states);
        write_lab(lab, dir, &merged);
        bool tail = lab->scores.tail;
        scores_release(&lab->scores);
        seed = 99;
        make_scores(lab, lab->a.scorer.similarity, 40, tail);
        lab->setup.parts = 0;
        count_all(lab);
        write_lab(lab, dir, &whole);
        assert_int_equal(merged.len, whole.len);
        assert_memory_equal(merged.s, whole.s, whole.len);
        free_lab(lab);
        test_remove_folder(dir);
        for (size_t i = 0; i < 7; i++)
            text_release(&states[i]);
        text_release(&whole);
        text_release(&merged);
    }
}

static void read_back(void **unused)
{
    (void)unused;
    for (int round = 0; round < (under_valgrind() ? 6 : 24); round++) {
        struct count_trial trials[50];
        struct text before = TEXT_INIT, after = TEXT_INIT;
        struct err err = ERR_INIT;
        struct lab back;
        char *dir = test_folder();
        struct lab *lab = make_lab(80, round % 3 == 1 ? 50 : 0,
                                   (enum similarity)(round % SIMILARITIES_OF_TEMPLATES),
                                   round % 5 == 0,
                                   round % 3 == 0);
        if (round % 3 == 2) {
            for (size_t i = 0; i < ARRAY_SIZE(trials); i++) {
                uint32_t a = draw(80), b = (a + 1 + draw(78)) % 80;
                trials[i] = (struct count_trial){ a, b, lab->a.person[a] ==
                                                            lab->a.person[b] };
            }
            lab->setup.trials = trials;
            lab->setup.n_trials = ARRAY_SIZE(trials);
            lab->scores.listed = true;
        }
        lab->scores.lost_are_trials = round % 7 == 0;
        count_all(lab);
        write_lab(lab, dir, &before);
        assert_int_equal(scores_read(&back.scores, dir, &err), 0);
        write_lab(&back, dir, &after);
        assert_int_equal(before.len, after.len);
        assert_memory_equal(before.s, after.s, before.len);
        assert_int_equal(back.scores.n_mated, lab->scores.n_mated);
        scores_release(&back.scores);
        free_lab(lab);
        text_release(&before);
        text_release(&after);
        test_remove_folder(dir);
    }
}

/* One byte of one file is another: reading says so, or takes what is as good. */
static void faults(void **unused)
{
    static const struct {
        const char *file, *from, *to, *says;
    } cases[] = {
        { "scores.json", "\"format\": 1", "\"format\": 2", "format: expected 1" },
        { "scores.json", "\"cosine\"", "\"cosin3\"", "similarity: expected one of cosine" },
        { "scores.json", "\"bins\": 64", "\"bins\": 63", "a power of two" },
        { "scores.json", "\"bins\": 64", "\"bins\": 32", "not cells × bins" },
        { "scores.json", "\"group\": \"a\"", "\"group\": \"z\"", "in their order" },
        { "scores.json", "\"comparisons\": ", "\"comparisons\": 1", "contradicts" },
        { "scores.json", "\"raised\": false", "\"raised\": maybe", "" },
        { "scores.json", "\"people\": ", "\"people\": -", "people: expected a whole" },
        { "cells.csv", "group_a", "group_x", "expected the columns" },
        { "cells.csv", "\na,a,mated", "\na,b,mated", "contradicts scores.json" },
        { "cells.csv", "non-mated,0.25", "non-mated,0.26", "contradicts scores.json" },
        { "margins.npy", "'<u8', (3,)", "'<u8', (4,)", "records of another type" },
        { "mated.npy", "('score', '<f4')", "('score', '>f4')", "records of another type" },
    };
    struct lab *lab = make_lab(60, 0, SIMILARITY_COSINE, false, false);

    (void)unused;
    for (size_t i = 0; i < 60; i++)
        lab->a.person[i] %= 2;
    lab->scores.cap = 100000;
    count_all(lab);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *dir = test_folder(), *path = path_join(dir, cases[i].file), *data;
        struct text t = TEXT_INIT;
        struct err err = ERR_INIT;
        struct scores s;
        size_t len, n = strlen(cases[i].from);
        write_lab(lab, dir, &t);
        assert_int_equal(file_read(path, 1 << 24, &data, &len, NULL), 0);
        char *at = memmem(data, len, cases[i].from, n);
        assert_non_null(at);
        text_reset(&t);
        text_addn(&t, data, (size_t)(at - data));
        text_add(&t, cases[i].to);
        text_addn(&t, at + n, len - (size_t)(at - data) - n);
        assert_int_equal(file_write(path, t.s, t.len, NULL), 0);
        assert_true(scores_read(&s, dir, &err) < 0);
        assert_int_equal(err.count, 1);
        assert_fault_says(&err, cases[i].says);
        free(data);
        free(path);
        text_release(&t);
        test_remove_folder(dir);
    }
    free_lab(lab);
}

static void people(void **unused)
{
    struct roster a, b;
    uint32_t x[4], y[3];
    bool fresh;

    (void)unused;
    roster_init(&a);
    roster_init(&b);
    for (int i = 0; i < 4; i++)
        roster_add(&a, (const char *[]){ "1", "2", "3", "4" }[i], &fresh);
    for (int i = 0; i < 3; i++)
        roster_add(&b, (const char *[]){ "1", "5", "6" }[i], &fresh);
    assert_int_equal(scores_people(&a, NULL, x, NULL), 4); /* no subjects: each its own */
    for (size_t i = 0; i < 4; i++)
        roster_set_subject(&a, i, (const char *[]){ "p", "", "q", "p" }[i]);
    for (size_t i = 0; i < 3; i++)
        roster_set_subject(&b, i, (const char *[]){ "q", "", "r" }[i]);
    assert_int_equal(scores_people(&a, &b, x, y), 5);
    assert_memory_equal(x, ((uint32_t[]){ 0, 1, 2, 0 }), sizeof x);
    assert_memory_equal(y, ((uint32_t[]){ 2, 3, 4 }), sizeof y);
    roster_release(&a);
    roster_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs),
        cmocka_unit_test(given_scores),
        cmocka_unit_test(given_in_part),
        cmocka_unit_test(broken_off),
        cmocka_unit_test(damaged_states),
        cmocka_unit_test(dealt),
        cmocka_unit_test(in_parts),
        cmocka_unit_test(read_back),
        cmocka_unit_test(faults),
        cmocka_unit_test(people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
