/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counting against a loop over all pairs; work that is broken off after every block and
 * taken up again; files that are written, read back, written again, and damaged.
 * tests/cli/score.sh holds all that is written against NumPy.
 */
#include "counted.h"

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
