/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <float.h>
#include <math.h>

#include "base/hash.h"
#include "base/text.h"
#include "images/synth_draw.h"

#define SIZE 128

#define assert_close(got, expected, within)                                     \
    do {                                                                        \
        double got_ = (got), expected_ = (expected);                            \
        if (!(fabs(got_ - expected_) <= (within)))                              \
            fail_msg("%s is %.15g, expected %.15g", #got, got_, expected_);     \
    } while (0)

/* chance and mathematics */

static void splitmix(void **state)
{
    /* The first outputs of SplitMix64 for the seed 1234567. */
    static const uint64_t expected[] = { 6457827717110365317u, 3203168211198807973u,
                                         9817491932198370423u, 4593380528125082431u,
                                         16408922859458223821u };
    struct synth_random r = { 1234567, 0 };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
        assert_true(synth_bits(&r) == expected[i]);
}

static void streams_differ(void **state)
{
    uint64_t seen[4 * 4 * 4 * 3];
    size_t n = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++)
        for (uint64_t subject = 0; subject < 4; subject++)
            for (uint64_t image = 0; image < 4; image++)
                for (int stream = 1; stream <= 3; stream++)
                    seen[n++] = synth_random_at(seed, (enum synth_stream)stream, subject,
                                                image).key;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(seen[i] != seen[k]);
}

static void draws_have_their_moments(void **state)
{
    struct synth_random r = synth_random_at(1, SYNTH_STREAM_VIEW, 2, 3);
    static const double weights[] = { 1, 0, 3 };
    double sum = 0, squares = 0;
    size_t picked[3] = { 0 };
    enum { N = 100000 };

    (void)state;
    for (int i = 0; i < N; i++) {
        double v = synth_normal(&r);
        assert_true(fabs(v) <= 2 * sqrt(3));
        sum += v;
        squares += v * v;
        picked[synth_pick(&r, weights, 3)]++;
    }
    assert_close(sum / N, 0, .015);
    assert_close(squares / N, 1, .02);
    assert_int_equal(picked[1], 0);
    assert_close((double)picked[0] / N, .25, .01);
}

static void series(void **state)
{
    (void)state;
    for (double x = -20; x <= 20; x += .0371) {
        assert_close(synth_sin(x), sin(x), 1e-12);
        assert_close(synth_cos(x), cos(x), 1e-12);
        assert_close(synth_exp2(x) / exp2(x), 1, 1e-12);
    }
    for (double x = 1e-6; x < 4; x *= 1.07) {
        assert_close(synth_pow(x, 2.4) / pow(x, 2.4), 1, 1e-12);
        assert_close(synth_decode(synth_encode(x < 1 ? x : 1)), x < 1 ? x : 1, 1e-9);
    }
    assert_true(synth_pow(0, .3) == 0);
    assert_close(synth_encode(.5), .735356983052449, 1e-12);
}

/* shapes */

static double covered(const struct synth_mask *m)
{
    double sum = 0;

    for (int y = 0; y < m->size; y++)
        for (int x = 0; x < m->size; x++) {
            double a = mask_row(m, y)[x];
            assert_true(a > -1e-6 && a < 1 + 1e-6); /* but for the rounding of sums */
            if (a > 0) /* the box says where to look */
                assert_true(x >= m->x0 && x < m->x1 && y >= m->y0 && y < m->y1);
            sum += a;
        }
    return sum;
}

static void polygon(struct synth_path *path, const float (*p)[2], int n)
{
    path_start(path);
    for (int i = 0; i < n; i++)
        path_line(path, (struct synth_point){ p[i][0], p[i][1] });
}

static void areas(void **state)
{
    static const float rectangle[][2] = { { 3.25f, 4.5f }, { 17.75f, 4.5f },
                                          { 17.75f, 9.125f }, { 3.25f, 9.125f } };
    static const float triangle[][2] = { { 2, 1 }, { 30.5f, 13 }, { 9, 28.75f } };
    static const float outside[][2] = { { -40, -40 }, { 80, -40 }, { 80, 80 },
                                        { -40, 80 } };
    static const float corner[][2] = { { -10, 22 }, { 10, 22 }, { 10, 50 }, { -10, 50 } };
    static const float right[][2] = { { 28, -3 }, { 90, -3 }, { 28, 90 } };
    struct synth_path path;
    struct synth_mask m;

    (void)state;
    mask_init(&m, 32);
    polygon(&path, rectangle, 4);
    mask_fill(&m, &path);
    assert_close(covered(&m), 14.5 * 4.625, 1e-4);
    assert_close(mask_row(&m, 4)[3], .75 * .5, 1e-6);
    polygon(&path, triangle, 3);
    mask_fill(&m, &path);
    assert_close(covered(&m), .5 * (28.5 * 27.75 - 12 * 7), 1e-3);
    polygon(&path, outside, 4);
    mask_fill(&m, &path);
    assert_close(covered(&m), 32 * 32, 1e-3);
    polygon(&path, corner, 4);
    mask_fill(&m, &path);
    assert_close(covered(&m), 10 * 10, 1e-3);
    polygon(&path, right, 3);
    mask_fill(&m, &path);
    assert_close(covered(&m), 4 * 32, 1e-2);
    path_ellipse(&path, (struct synth_point){ 16, 15 }, 13, 9, .6f, .8f);
    mask_fill(&m, &path);
    assert_close(covered(&m), SYNTH_PI * 13 * 9, 2);
    mask_clear(&m);
    assert_true(covered(&m) == 0);
    mask_release(&m);
}

static void overlaps_are_a_union(void **state)
{
    static const float one[][2] = { { 2, 2 }, { 12, 2 }, { 12, 12 }, { 2, 12 } };
    static const float two[][2] = { { 7, 20 }, { 20, 20 }, { 20, 7 }, { 7, 7 } };
    struct synth_path path;
    struct synth_mask m, n;

    (void)state;
    mask_init(&m, 24);
    mask_init(&n, 24);
    polygon(&path, one, 4);
    mask_add(&m, &path);
    polygon(&path, two, 4); /* the other way round */
    mask_add(&m, &path);
    mask_finish(&m);
    assert_close(covered(&m), 100 + 169 - 25, 1e-3);
    polygon(&path, one, 4);
    mask_fill(&n, &path);
    mask_times(&m, &n);
    assert_close(covered(&m), 100, 1e-3);
    mask_move(&n, &m, 5, -4);
    assert_close(covered(&n), 80, 1e-3);
    mask_minus(&m, &n);
    assert_close(covered(&m), 100 - 5 * 6, 1e-3);
    mask_release(&m);
    mask_release(&n);
}

static void blurs_keep_the_sum(void **state)
{
    struct synth_path path;
    struct synth_mask m, tmp;

    (void)state;
    mask_init(&m, 64);
    mask_init(&tmp, 64);
    path_ellipse(&path, (struct synth_point){ 31, 33 }, 7, 5, 1, 0);
    mask_fill(&m, &path);
    double before = covered(&m);
    mask_blur(&m, 3, &tmp);
    assert_close(covered(&m), before, 1e-2);
    assert_true(mask_row(&m, 33)[31] < 1 && mask_row(&m, 33)[42] > 0);
    mask_release(&m);
    mask_release(&tmp);
}

/* people */

static void traits_are_balanced(void **state)
{
    size_t cells[10][2] = { { 0 } }, groups = 0;
    const char *last = "";

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        struct synth_subject s;
        synth_subject_make(&s, 7, i);
        assert_in_range(s.monk, 1, 10);
        assert_in_range(s.age, 18, 79);
        cells[s.monk - 1][s.gender]++;
        assert_true(s.eye_x - s.eye_width > .1 && s.eye_x + s.eye_width < .8);
        assert_true(s.mouth_y > s.nose_y && s.mouth_y + s.lip_lower < s.chin_y);
        assert_true(s.jaw < 1 && s.chin_width < s.jaw);
        assert_true(s.hair < HAIR_STYLES && s.beard < BEARDS);
        groups += strcmp(last, synth_age_group(s.age)) != 0;
        last = synth_age_group(s.age);
    }
    for (int tone = 0; tone < 10; tone++)
        assert_true(cells[tone][0] == 20 && cells[tone][1] == 20);
    assert_true(groups > 100);
    assert_string_equal(synth_age_group(29), "18-29");
    assert_string_equal(synth_age_group(30), "30-44");
    assert_string_equal(synth_age_group(79), "60-79");
}

static void tones_grow_darker(void **state)
{
    double sums[10] = { 0 };

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        struct synth_subject s;
        synth_subject_make(&s, 3, i);
        sums[s.monk - 1] += .2126 * s.skin.r + .7152 * s.skin.g + .0722 * s.skin.b;
    }
    for (int tone = 3; tone < 10; tone++) /* 1 to 3 are about as light */
        assert_true(sums[tone] < sums[tone - 1]);
}

/* pictures */

struct studio {
    struct synth_sheet sheet;
    struct synth_options options;
    struct synth_subject s;
    struct synth_view v;
    struct synth_truth truth;
    uint8_t rgb[SIZE * SIZE * 3];
};

static int studio_setup(void **state)
{
    struct studio *k = mem_alloc(sizeof *k);

    sheet_init(&k->sheet, SIZE);
    k->options = (struct synth_options)SYNTH_OPTIONS_INIT;
    k->options.seed = 5;
    *state = k;
    return 0;
}

static int studio_teardown(void **state)
{
    struct studio *k = *state;

    sheet_release(&k->sheet);
    free(k);
    return 0;
}

#define studio_test(f) cmocka_unit_test_setup_teardown(f, studio_setup, studio_teardown)

static void draw(struct studio *k, size_t subject, size_t image)
{
    synth_subject_make(&k->s, k->options.seed, subject);
    synth_view_make(&k->v, &k->options, &k->s, image);
    synth_draw(&k->sheet, k->options.seed, &k->s, &k->v, k->rgb, &k->truth);
}

static void same_seed_same_pixels(void **state)
{
    struct studio *k = *state;
    struct synth_sheet fresh;
    struct synth_truth truth;
    uint8_t *rgb = mem_alloc(sizeof k->rgb);
    char hex[HASH_HEX];

    for (size_t i = 0; i < 40; i++) /* every kind of hair leaves its traces */
        draw(k, i, 0);
    draw(k, 12, 1);
    sheet_init(&fresh, SIZE);
    synth_draw(&fresh, k->options.seed, &k->s, &k->v, rgb, &truth);
    assert_memory_equal(rgb, k->rgb, sizeof k->rgb);
    assert_memory_equal(&truth, &k->truth, sizeof truth);
    sheet_release(&fresh);
    k->options.seed = 6;
    draw(k, 12, 1);
    assert_memory_not_equal(rgb, k->rgb, sizeof k->rgb);
    free(rgb);

    if (FLT_EVAL_METHOD != 0)
        skip(); /* x87 rounds otherwise */
    /* The same on every machine and by every compiler: a new drawing has a new
     * hash, and then it is a new cohort for everybody. */
    k->options.seed = 1;
    struct text all = TEXT_INIT;
    for (size_t i = 0; i < 20; i++) {
        draw(k, i, i);
        text_addn(&all, (const char *)k->rgb, sizeof k->rgb);
    }
    hash_bytes(hex, all.s, all.len);
    text_release(&all);
    assert_string_equal(
        hex, "679cf948a036e1ac1a4c0d16d13c6b68bdfc4f0a0e93de962f44401be5f1a5df");
}

static void landmarks_lie_in_the_face(void **state)
{
    struct studio *k = *state;

    for (size_t i = 0; i < 300; i++) {
        draw(k, i % 100, i / 100);
        const double *box = k->truth.box;
        const double(*p)[2] = k->truth.landmarks;
        assert_true(box[0] >= 0 && box[1] >= 0);
        assert_true(box[0] + box[2] <= SIZE && box[1] + box[3] <= SIZE);
        for (int n = 0; n < 5; n++) {
            assert_true(p[n][0] > box[0] && p[n][0] < box[0] + box[2]);
            assert_true(p[n][1] > box[1] && p[n][1] < box[1] + box[3]);
        }
        assert_true(p[0][0] < p[1][0] && p[3][0] < p[4][0]);
        assert_true(p[0][1] < p[2][1] && p[1][1] < p[2][1]);
        assert_true(p[2][1] < p[3][1] + 3 && p[2][1] < p[4][1] + 3);
        double dx = p[1][0] - p[0][0], dy = p[1][1] - p[0][1];
        assert_close(atan2(dy, dx) * 180 / SYNTH_PI, k->v.roll, 8);
        assert_true(sqrt(dx * dx + dy * dy) > .1 * SIZE);
    }
}

/* The eyes are where the landmarks say: darker there than on both cheeks. */
static void landmarks_are_seen(void **state)
{
    struct studio *k = *state;
    size_t found = 0, n = 0;

    for (size_t i = 0; i < 200; i++) {
        if (i % 10 >= 5) /* lighter skin */
            continue;
        draw(k, i, 0);
        if (k->v.glasses || fabs(k->v.yaw) > 15)
            continue;
        double sum[2] = { 0 };
        for (int eye = 0; eye < 2; eye++)
            for (int down = 0; down < 2; down++) {
                int x = (int)(k->truth.landmarks[eye][0] + .5);
                int y = (int)(k->truth.landmarks[eye][1] + .5 + down * .09 * SIZE);
                for (int d = 0; d < 9; d++) {
                    long at = (long)(y + d / 3 - 1) * SIZE + x + d % 3 - 1;
                    sum[down] += k->rgb[at * 3 + 1];
                }
            }
        n++;
        found += sum[0] < .8 * sum[1];
    }
    assert_true(n > 40);
    assert_true(found >= n * 95 / 100);
}

#define GRID 12

/* Grey of the face's box on a grid, its mean and spread taken out. */
static void features(const struct studio *k, double to[GRID * GRID])
{
    double mean = 0, spread = 0;

    for (int i = 0; i < GRID * GRID; i++) {
        int x = (int)(k->truth.box[0] + (i % GRID + .5) / GRID * k->truth.box[2]);
        int y = (int)(k->truth.box[1] + (i / GRID + .5) / GRID * k->truth.box[3]);
        const uint8_t *p = k->rgb + ((long)y * SIZE + x) * 3;
        to[i] = p[0] + p[1] + p[2];
        mean += to[i] / (GRID * GRID);
    }
    for (int i = 0; i < GRID * GRID; i++) {
        to[i] -= mean;
        spread += to[i] * to[i];
    }
    for (int i = 0; i < GRID * GRID; i++)
        to[i] /= sqrt(spread);
}

static double distance(const double *a, const double *b)
{
    double sum = 0;

    for (int i = 0; i < GRID * GRID; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

static void people_differ_more_than_their_images(void **state)
{
    enum { PEOPLE = 40, IMAGES = 4, ALL = PEOPLE * IMAGES };
    struct studio *k = *state;
    double (*f)[GRID * GRID] = mem_array(ALL, sizeof *f), mated = 0, others = 0;
    size_t n_mated = 0, n_others = 0, nearest = 0;

    for (size_t i = 0; i < ALL; i++) {
        draw(k, i / IMAGES, i % IMAGES);
        features(k, f[i]);
    }
    for (size_t i = 0; i < ALL; i++) {
        size_t best = i ? 0 : 1;
        for (size_t j = 0; j < ALL; j++) {
            if (i == j)
                continue;
            double v = distance(f[i], f[j]);
            if (i / IMAGES == j / IMAGES) {
                mated += v;
                n_mated++;
            } else {
                others += v;
                n_others++;
            }
            if (v < distance(f[i], f[best]))
                best = j;
        }
        nearest += best / IMAGES == i / IMAGES;
    }
    free(f);
    assert_true(mated / (double)n_mated < .8 * others / (double)n_others);
    /* One image in 53 is the right one by chance; all would leave a matcher
     * nothing to do. */
    assert_in_range(nearest, ALL / 5, ALL - ALL / 10);
}

static void the_plant_is_where_it_is_said(void **state)
{
    struct studio *k = *state;
    uint8_t *rgb = mem_alloc(sizeof k->rgb);
    double with = 0, without = 0;

    for (size_t i = 0; i < 40; i++) {
        k->options.underexpose = 0;
        draw(k, i, 0);
        double before = k->truth.luminance;
        assert_true(k->v.planted == 0);
        memcpy(rgb, k->rgb, sizeof k->rgb);
        k->options.underexpose = 1;
        draw(k, i, 0);
        if (k->s.monk < SYNTH_PLANT_FROM) {
            assert_true(k->v.planted == 0);
            assert_memory_equal(rgb, k->rgb, sizeof k->rgb);
            continue;
        }
        assert_true(k->v.planted == 1);
        assert_true(k->truth.luminance < .85 * before);
        with += synth_decode(k->truth.luminance / 255);
        without += synth_decode(before / 255);
    }
    free(rgb);
    assert_close(with / without, .5, .06); /* a stop is half the light */
}

/* Light letters on their shadow, in the corner, whatever is behind. */
static void every_image_is_marked(void **state)
{
    struct studio *k = *state;
    for (size_t i = 0; i < 20; i++) {
        draw(k, i, 0);
        /* The top stroke of the first T: five pixels. */
        long row = SIZE - 10, column = SIZE - 9 * 6 - 3 + 3 * 6;
        for (int x = 0; x < 5; x++)
            assert_true(k->rgb[(row * SIZE + column + x) * 3] >= 180);
    }
}

static void refusals(void **state)
{
    const struct synth_options good = { .seed = 1, .subjects = 1, .images = 1, .size = 64,
                                        .darker_from = 6, .threads = 1 };
    struct synth_options cases[] = { good, good, good, good, good, good, good };
    struct synth_summary summary;
    struct err err = ERR_INIT;
    char *dir = test_folder();

    (void)state;
    cases[0].subjects = 0;
    cases[1].images = SYNTH_IMAGES_MAX + 1;
    cases[2].size = -1;
    cases[3].size = SYNTH_SIZE_MAX + 1;
    cases[4].threads = 0;
    cases[5].underexpose = NAN;
    cases[6].subjects = SYNTH_SUBJECTS_MAX;
    cases[6].images = SYNTH_IMAGES_MAX;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(synth_cohort(&cases[i], dir, NULL, NULL, &summary, &err),
                         ERR_INPUT);
        assert_int_equal(err.count, 1);
        err_release(&err);
    }
    free(test_file(dir, "there", "before"));
    assert_int_equal(synth_cohort(&good, dir, NULL, NULL, &summary, &err), ERR_INPUT);
    assert_fault_says(&err, "is not empty");
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitmix),
        cmocka_unit_test(streams_differ),
        cmocka_unit_test(draws_have_their_moments),
        cmocka_unit_test(series),
        cmocka_unit_test(areas),
        cmocka_unit_test(overlaps_are_a_union),
        cmocka_unit_test(blurs_keep_the_sum),
        cmocka_unit_test(traits_are_balanced),
        cmocka_unit_test(tones_grow_darker),
        studio_test(same_seed_same_pixels),
        studio_test(landmarks_lie_in_the_face),
        studio_test(landmarks_are_seen),
        studio_test(people_differ_more_than_their_images),
        studio_test(the_plant_is_where_it_is_said),
        studio_test(every_image_is_marked),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
