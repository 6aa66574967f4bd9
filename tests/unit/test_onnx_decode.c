/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the numbers of nets to faces, on tensors small enough to be worked out by hand. */
#include "host/plugins/onnx/decode.h"

#include "host/plugins/onnx/chain.h"
#include "test.h"

/* [1, rows, columns] */
static struct tensor tensor3(const char *name, const float *v, int64_t rows, int64_t columns)
{
    return (struct tensor){ name, v, { 1, rows, columns }, 3 };
}

static struct tensor tensor2(const char *name, const float *v, int64_t rows, int64_t columns)
{
    return (struct tensor){ name, v, { rows, columns }, 2 };
}

static void assert_box(const struct face *f, double x, double y, double w, double h)
{
    assert_near(f->box.x, x, 1e-6);
    assert_near(f->box.y, y, 1e-6);
    assert_near(f->box.width, w, 1e-6);
    assert_near(f->box.height, h, 1e-6);
}

static void test_priors(void **state)
{
    struct prior p[20];

    (void)state;
    assert_int_equal(priors_make(320, 240, NULL), 4420);
    assert_int_equal(priors_make(640, 480, NULL), 17640);
    /* One cell of each stride: 3 + 2 + 2 + 3. */
    assert_int_equal(priors_make(8, 8, p), 10);
    assert_near(p[0].x, .5, 1e-12);
    assert_near(p[0].width, 10.0 / 8, 1e-12);
    assert_near(p[3].x, 1, 1e-12); /* half of 16, in 8 */
    assert_near(p[9].height, 256.0 / 8, 1e-12);
    /* Row by row, and a last cell that is not whole. */
    assert_int_equal(priors_make(12, 8, p), 2 * 3 + 2 + 2 + 3);
    assert_near(p[3].x, 1, 1e-12);
    assert_near(p[3].y, .5, 1e-12);
}

static void test_ultraface_corners(void **state)
{
    const float scores[] = { .1f, .9f, .3f, .7f, .8f, .2f };
    const float boxes[] = { .1f, .2f, .5f, .6f, .7f, .7f, .9f, .9f, 0, 0, 1, 1 };
    const struct tensor out[] = { tensor3("scores", scores, 3, 2), tensor3("boxes", boxes, 3, 4) };
    const struct decoding_job job = { 320, 240, .65, .4 };
    struct faces f = { NULL, 0, 0 };

    (void)state;
    assert_int_equal(decode_ultraface(&f, out, 2, false, &job), 0);
    assert_int_equal(f.n, 2);
    assert_near(f.items[0].score, .9f, 1e-12);
    assert_false(f.items[0].has_points);
    assert_near(f.items[0].box.x, 32, 1e-4);
    assert_near(f.items[0].box.y, 48, 1e-4);
    assert_near(f.items[0].box.width, 128, 1e-4);
    assert_near(f.items[0].box.height, 96, 1e-4);
    faces_release(&f);
}

static void test_ultraface_priors(void **state)
{
    float scores[20] = { 0 }, boxes[40] = { 0 };
    const struct tensor out[] = { tensor3("boxes", boxes, 10, 4), tensor3("scores", scores, 10, 2) };
    const struct decoding_job job = { 8, 8, .5, .4 };
    struct faces f = { NULL, 0, 0 };

    (void)state;
    /* The prior of 16 pixels around (4, 4): moved by .1 × 16 × (1, -1), twice as wide. */
    scores[3] = .75f;
    boxes[4] = 1;
    boxes[5] = -1;
    boxes[6] = (float)(log(2) / .2);
    assert_int_equal(decode_ultraface(&f, out, 2, true, &job), 0);
    assert_int_equal(f.n, 1);
    assert_near(f.items[0].box.x, 4 + 1.6 - 16, 1e-5);
    assert_near(f.items[0].box.y, 4 - 1.6 - 8, 1e-5);
    assert_near(f.items[0].box.width, 32, 1e-5);
    assert_near(f.items[0].box.height, 16, 1e-5);
    /* Another input has other priors. */
    assert_int_equal(decode_ultraface(&f, out, 2, true, &(struct decoding_job){ 16, 8, 0, 0 }),
                     DECODE_SHAPE);
    assert_int_equal(f.n, 0);
    faces_release(&f);
}

#define SIDE 32 /* 16, 4 and 1 cells */

static void test_scrfd(void **state)
{
    float s8[32] = { 0 }, s16[8] = { 0 }, s32[2] = { 0 };
    float b8[128] = { 0 }, b16[32] = { 0 }, b32[8] = { 0 };
    float p8[320] = { 0 }, p16[80] = { 0 }, p32[20] = { 0 };
    /* As they come out of InsightFace's models, and the other way round. */
    const struct tensor out[] = {
        tensor2("a", s8, 32, 1), tensor2("b", s16, 8, 1), tensor2("c", s32, 2, 1),
        tensor2("d", b8, 32, 4), tensor2("e", b16, 8, 4), tensor2("f", b32, 2, 4),
        tensor2("g", p8, 32, 10), tensor2("h", p16, 8, 10), tensor2("i", p32, 2, 10),
    };
    struct tensor back[9];
    const struct decoding_job job = { SIDE, SIDE, .5, .4 };
    struct faces f = { NULL, 0, 0 };

    (void)state;
    for (int i = 0; i < 9; i++) {
        back[i] = out[8 - i];
        back[i].dims[2] = back[i].dims[1];
        back[i].dims[1] = back[i].dims[0];
        back[i].dims[0] = 1;
        back[i].n_dims = 3;
    }
    /* The second anchor of the third cell of the second row at 16: cell 3, (16, 16). */
    s16[7] = .8f;
    b16[28] = .5f;
    b16[29] = .25f;
    b16[30] = 1;
    b16[31] = .75f;
    p16[72] = .5f; /* the second point */
    p16[73] = -1;
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(decode_scrfd(&f, turn ? back : out, 9, &job), 0);
        assert_int_equal(f.n, 1);
        assert_box(&f.items[0], 16 - 8, 16 - 4, 24, 16);
        assert_true(f.items[0].has_points);
        assert_near(f.items[0].points[0].x, 16, 1e-9);
        assert_near(f.items[0].points[1].x, 24, 1e-9);
        assert_near(f.items[0].points[1].y, 0, 1e-9);
    }
    /* Without points; and what is not of the family. */
    assert_int_equal(decode_scrfd(&f, out, 6, &job), 0);
    assert_int_equal(f.n, 1);
    assert_false(f.items[0].has_points);
    assert_int_equal(decode_scrfd(&f, out, 8, &job), DECODE_SHAPE);
    assert_int_equal(decode_scrfd(&f, out, 3, &job), DECODE_SHAPE);
    assert_int_equal(decode_scrfd(&f, out, 0, &job), DECODE_SHAPE);
    assert_int_equal(decode_scrfd(&f, out, 9, &(struct decoding_job){ 40, 32, 0, 0 }),
                     DECODE_SHAPE);
    faces_release(&f);
}

static void test_yunet(void **state)
{
    float one[16] = { 0 }, four[64] = { 0 }, ten[160] = { 0 };
    float class16[4] = { 0, 0, .81f, 0 }, object16[4] = { 0, 0, 2, 0 }; /* held to 1 */
    float box16[16] = { 0 }, points16[40] = { 0 };
    const struct tensor out[] = {
        tensor3("cls_8", one, 16, 1), tensor3("cls_16", class16, 4, 1),
        tensor3("cls_32", one, 1, 1), tensor3("obj_8", one, 16, 1),
        tensor3("obj_16", object16, 4, 1), tensor3("obj_32", one, 1, 1),
        tensor3("bbox_8", four, 16, 4), tensor3("bbox_16", box16, 4, 4),
        tensor3("bbox_32", four, 1, 4), tensor3("kps_8", ten, 16, 10),
        tensor3("kps_16", points16, 4, 10), tensor3("kps_32", ten, 1, 10),
    };
    const struct decoding_job job = { SIDE, SIDE, .6, .3 };
    struct faces f = { NULL, 0, 0 };

    (void)state;
    /* Cell 2 is (0, 1). */
    box16[8] = .5f;
    box16[9] = -.25f;
    box16[10] = (float)log(1.5);
    points16[20 + 8] = .125f; /* the last point */
    points16[20 + 9] = .25f;
    assert_int_equal(decode_yunet(&f, out, 12, &job), 0);
    assert_int_equal(f.n, 1);
    assert_near(f.items[0].score, .9, 1e-6);
    assert_box(&f.items[0], 8 - 12, 12 - 8, 24, 16);
    assert_near(f.items[0].points[0].x, 0, 1e-9);
    assert_near(f.items[0].points[0].y, 16, 1e-9);
    assert_near(f.items[0].points[4].x, 2, 1e-9);
    assert_near(f.items[0].points[4].y, 20, 1e-9);
    assert_int_equal(decode_yunet(&f, out, 11, &job), DECODE_SHAPE);
    assert_int_equal(decode_yunet(&f, out, 12, &(struct decoding_job){ 64, 32, 0, 0 }),
                     DECODE_SHAPE);
    faces_release(&f);
}

static void test_yunet_priors(void **state)
{
    float loc[140] = { 0 }, conf[20] = { 0 }, iou[10] = { 0 };
    struct tensor out[] = { tensor2("loc", loc, 10, 14), tensor2("conf", conf, 10, 2),
                            tensor2("iou", iou, 10, 1) };
    const struct decoding_job job = { 8, 8, .6, .3 };
    struct faces f = { NULL, 0, 0 };

    (void)state;
    /* The first prior: 10 pixels around (4, 4). */
    conf[1] = .81f;
    iou[0] = 1;
    loc[0] = 2;
    loc[3] = (float)(log(.5) / .2);
    loc[4] = -1;
    loc[5] = 3;
    assert_int_equal(decode_yunet(&f, out, 3, &job), 0);
    assert_int_equal(f.n, 1);
    assert_near(f.items[0].score, .9, 1e-6);
    assert_near(f.items[0].box.x, 6 - 5, 1e-5);
    assert_near(f.items[0].box.y, 4 - 2.5, 1e-5);
    assert_near(f.items[0].box.height, 5, 1e-5);
    assert_near(f.items[0].points[0].x, 3, 1e-5);
    assert_near(f.items[0].points[0].y, 7, 1e-5);
    out[2].dims[0] = 9;
    assert_int_equal(decode_yunet(&f, out, 3, &job), DECODE_SHAPE);
    faces_release(&f);
}

static struct face face_at(double x, double y, double side, double score, size_t order)
{
    return (struct face){ .box = { x, y, side, side }, .score = score, .order = order };
}

static void test_suppress(void **state)
{
    struct faces f = { NULL, 0, 0 };
    struct face face;

    (void)state;
    /* Two of side 10 that share 5 × 10: 50 of 150. */
    faces_add(&f, (face = face_at(5, 0, 10, .5, 0), &face));
    faces_add(&f, (face = face_at(0, 0, 10, .9, 1), &face));
    faces_add(&f, (face = face_at(50, 50, 10, .5, 2), &face));
    faces_suppress(&f, 1.0 / 3 + 1e-9);
    assert_int_equal(f.n, 3);
    assert_int_equal(f.items[0].order, 1);
    assert_int_equal(f.items[1].order, 0); /* of equal scores the earlier */
    faces_suppress(&f, 1.0 / 3 - 1e-9);
    assert_int_equal(f.n, 2);
    assert_int_equal(f.items[1].order, 2);
    faces_release(&f);

    /* What is no number, or has no area, is no face. */
    faces_add(&f, (face = face_at(NAN, 0, 1, .5, 0), &face));
    faces_add(&f, (face = face_at(0, 0, INFINITY, .5, 0), &face));
    faces_add(&f, (face = face_at(0, 0, 1, NAN, 0), &face));
    faces_add(&f, (face = face_at(0, 0, 0, .5, 0), &face));
    faces_add(&f, (face = face_at(0, 0, -1, .5, 0), &face));
    face = face_at(0, 0, 1, .5, 0);
    face.has_points = true;
    face.points[4].y = NAN;
    faces_add(&f, &face);
    assert_int_equal(f.n, 0);
    faces_suppress(&f, .5);
    assert_int_equal(f.n, 0);

    /* More than are looked at: the best remain. */
    for (size_t i = 0; i < 2 * DECODE_MOST; i++)
        faces_add(&f, (face = face_at(20.0 * (double)i, 0, 10, (double)i, i), &face));
    faces_suppress(&f, .5);
    assert_int_equal(f.n, DECODE_MOST);
    assert_int_equal(f.items[0].order, 2 * DECODE_MOST - 1);
    faces_release(&f);
}

/* Scores that are NaN never become faces, in any family. */
static void test_nan_scores(void **state)
{
    float nan4[40], nan1[20];
    const struct tensor out[] = { tensor3("scores", nan1, 10, 2), tensor3("boxes", nan4, 10, 4) };
    const struct tensor old[] = { tensor2("loc", (float[140]){ 0 }, 10, 14),
                                  tensor2("conf", nan1, 10, 2), tensor2("iou", nan4, 10, 1) };
    const struct decoding_job job = { 8, 8, 0, .4 };
    struct faces f = { NULL, 0, 0 };

    (void)state;
    for (int i = 0; i < 40; i++)
        nan4[i] = NAN;
    for (int i = 0; i < 20; i++)
        nan1[i] = NAN;
    assert_int_equal(decode_ultraface(&f, out, 2, false, &job), 0);
    assert_int_equal(f.n, 0);
    assert_int_equal(decode_yunet(&f, old, 3, &(struct decoding_job){ 8, 8, .01, .4 }), 0);
    assert_int_equal(f.n, 0);
    faces_release(&f);
}

static void test_choose(void **state)
{
    const float box[] = { 60, 60, 20, 20 }, nowhere[] = { 90, 0, 5, 5 };
    struct faces f = { NULL, 0, 0 };
    struct face face;

    (void)state;
    /* In 100 × 100: the largest in a corner, one at the centre, one in the box. */
    faces_add(&f, (face = face_at(0, 0, 30, .9, 0), &face));
    faces_add(&f, (face = face_at(38, 38, 24, .8, 1), &face));
    faces_add(&f, (face = face_at(62, 62, 18, .7, 2), &face));
    assert_true(faces_choose(&f, CHOICE_LARGEST, 100, 100, box));
    assert_int_equal(f.items[0].order, 0);
    assert_true(faces_choose(&f, CHOICE_CENTRAL, 100, 100, box));
    assert_int_equal(f.items[0].order, 1);
    assert_int_equal(f.items[1].order, 0);
    assert_true(faces_choose(&f, CHOICE_BOX, 100, 100, box));
    assert_int_equal(f.items[0].order, 2);
    /* 900 − 2 × 2 × 35² against 576. */
    assert_true(faces_choose(&f, CHOICE_PROMINENT, 100, 100, NULL));
    assert_int_equal(f.items[0].order, 1);
    assert_true(faces_choose(&f, CHOICE_BOX, 100, 100, NULL));
    assert_int_equal(f.items[0].order, 1);
    assert_false(faces_choose(&f, CHOICE_BOX, 100, 100, nowhere));
    faces_release(&f);
}

static void test_points(void **state)
{
    struct point from[68], to[LANDMARKS];

    (void)state;
    for (int i = 0; i < 68; i++)
        from[i] = (struct point){ i, -i };
    points_of_68(from, to);
    assert_near(to[LANDMARK_EYE_LEFT].x, (37 + 38 + 40 + 41) / 4.0, 1e-12);
    assert_near(to[LANDMARK_EYE_RIGHT].y, -(43 + 44 + 46 + 47) / 4.0, 1e-12);
    assert_near(to[LANDMARK_NOSE].x, 30, 1e-12);
    assert_near(to[LANDMARK_MOUTH_LEFT].x, 54, 1e-12);
    assert_near(to[LANDMARK_MOUTH_RIGHT].x, 59, 1e-12);
}

static void test_attributes(void **state)
{
    const float p1[] = { 0, 1, 0 }, p2[] = { .5f, 0, .5f }, p3[] = { 0, 0, 1 };
    const float none[] = { 0 }, half[] = { .5f }, shift[] = { 0, .5f, 0 }, flat[] = { 0, 0, 0 };
    const float logits[] = { 0, (float)1.0986122886681098, .42f };
    const struct tensor ssr[] = {
        tensor2("prob_stage_1", p1, 1, 3), tensor2("prob_stage_2", p2, 1, 3),
        tensor2("prob_stage_3", p3, 1, 3), tensor2("stage1_delta_k", none, 1, 1),
        tensor2("stage2_delta_k", half, 1, 1), tensor2("stage3_delta_k", none, 1, 1),
        tensor2("index_offset_stage1", shift, 1, 3), tensor2("index_offset_stage2", flat, 1, 3),
        tensor2("index_offset_stage3", flat, 1, 3),
    };
    const struct tensor three = tensor2("fc1", logits, 1, 3);
    double value, male, age;

    (void)state;
    /* 1.5 / 3 + 1 / (3 × 4.5) + 2 / (3 × 4.5 × 3) */
    assert_int_equal(decode_ssrnet(ssr, 9, &value), 0);
    assert_near(value, 1.5 / 3 + 1 / 13.5 + 2 / 40.5, 1e-9);
    assert_int_equal(decode_ssrnet(ssr, 8, &value), DECODE_SHAPE);
    assert_int_equal(decode_genderage(&three, 1, &male, &age), 0);
    assert_near(male, .75, 1e-6);
    assert_near(age, 42, 1e-4);
    assert_int_equal(decode_genderage(ssr, 9, &male, &age), DECODE_SHAPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_priors),           cmocka_unit_test(test_ultraface_corners),
        cmocka_unit_test(test_ultraface_priors), cmocka_unit_test(test_scrfd),
        cmocka_unit_test(test_yunet),            cmocka_unit_test(test_yunet_priors),
        cmocka_unit_test(test_suppress),         cmocka_unit_test(test_nan_scores),
        cmocka_unit_test(test_choose),           cmocka_unit_test(test_points),
        cmocka_unit_test(test_attributes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
