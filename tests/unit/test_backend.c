/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backends opened by name and options, what runs in-process, and their answers. */
#include "test.h"

#include <math.h>

#include "backends/pack.h"
#include "base/hash.h"

static void specs(void **state)
{
    static const struct {
        const char *spec, *says;
    } cases[] = {
        { "", "backend '': no name, expected NAME[:option=value,...]" },
        { ":dim=4", "no name" },
        { "null:", "'', expected option=value" },
        { "null:dim", "'dim', expected option=value" },
        { "null:dim=4,", "'', expected option=value" },
        { "null:=4", "'', expected option=value" },
        { "null:dim=4,dim=5", "'dim' stands twice, expected each option once" },
        { "null:labels=a\\b", "a backslash before 'b' in the value of 'labels'" },
        { "null:labels=a\\", "a backslash before 't' in the value" },
        { "null:size=4", "backend null: no option 'size', expected one of cache, delay_ms, "
          "dim, labels, no_face, template" },
        { "null:dim=0", "backend null: dim=0, expected a whole number from 1 to 16384" },
        { "null:dim=4x", "dim=4x, expected a whole number" },
        { "null:template=red", "template=red, expected image or constant" },
        { "lbp:grid=17", "grid=17, expected a whole number from 1 to 16" },
        { "recorded", "nothing was recorded, expected file=OUTPUTS.csv" },
        { "recorded:templates=/nowhere/x.npy", "/nowhere/x.npy" },
        { "unheard-of", "no backend 'unheard-of', expected one of " },
        { "null:labels=\xff", "expected UTF-8" },
        { "null:labels=a\nb", "holds a control character" },
    };
    struct err err = ERR_INIT;
    struct backend *b;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_true(backend_open(&b, cases[i].spec, &err) < 0);
        assert_null(b);
        assert_int_equal(err.count, 1);
        assert_fault_says(&err, cases[i].says);
    }
    assert_int_equal(backend_open(&b, "null:labels=a\\,b\\\\;c,dim=3", &err), 0);
    assert_string_equal(b->name, "null:dim=3,labels=a\\,b\\\\;c");
    assert_string_equal(backend_setting(b, "labels"), "a,b\\;c");
    assert_string_equal(backend_setting(b, "delay_ms"), "0");
    backend_close(b);
}

/* As anyone can compute it. */
static void fingerprint(void **state)
{
    static const char json[] =
        "{\"abi\":1,\"files\":[],\"name\":\"lbp\",\"normalisation\":1,\"options\":{\"grid\":"
        "\"5\",\"radius\":\"2\"},\"version\":\"1\"}";
    char expected[HASH_HEX];
    struct backend *b, *again;

    (void)state;
    hash_bytes(expected, json, strlen(json));
    assert_int_equal(backend_open(&b, "lbp:grid=5", NULL), 0);
    assert_string_equal(b->fingerprint, expected);
    assert_int_equal(backend_open(&again, "lbp:radius=2,grid=5", NULL), 0);
    assert_string_equal(again->fingerprint, expected);
    backend_close(again);
    assert_int_equal(backend_open(&again, "lbp:grid=6", NULL), 0);
    assert_string_not_equal(again->fingerprint, expected);
    backend_close(again);
    backend_close(b);
}

/* It is what is in a file that counts, not where it lies. */
static void fingerprint_of_files(void **state)
{
    static const char header[] = "sample,face,status,reason,label,confidence,box_x,box_y,"
                                 "box_w,box_h,latency_ms\n";
    char *one = test_folder(), *two = test_folder();
    char *a = test_file(one, "outputs.csv", header), *b = test_file(two, "outputs.csv", header);
    char *spec_a = mem_printf("recorded:file=%s", a), *spec_b = mem_printf("recorded:file=%s", b);
    struct backend *x, *y;

    (void)state;
    assert_int_equal(backend_open(&x, spec_a, NULL), 0);
    assert_int_equal(backend_open(&y, spec_b, NULL), 0);
    assert_string_equal(x->name, "recorded:file=outputs.csv");
    assert_string_equal(x->fingerprint, y->fingerprint);
    backend_close(y);
    assert_int_equal(file_write(b, "other", 5, NULL), 0);
    assert_int_equal(backend_open(&y, spec_b, NULL), 0);
    assert_string_not_equal(x->fingerprint, y->fingerprint);
    backend_close(x);
    backend_close(y);
    free(a);
    free(b);
    free(spec_a);
    free(spec_b);
    test_remove_folder(one);
    test_remove_folder(two);
}

/* One picture shown to a backend. */
static void ask(const char *spec, const struct image *im, const struct image_place *place,
                size_t row, struct answer *a)
{
    const struct image_place nowhere = IMAGE_PLACE_INIT;
    const struct view view = { im, place ? place : &nowhere, "", row, false };
    struct session *s;
    struct backend *b;

    assert_int_equal(backend_open(&b, spec, NULL), 0);
    assert_int_equal(b->session(b, &s, NULL), 0);
    answer_reset(a);
    assert_int_equal(b->process(s, b->capabilities, &view, 1, a, NULL), 0);
    answer_check(a, b, b->capabilities);
    b->end(s);
    backend_close(b);
}

static void fill(struct image *im, int width, int height, int (*grey)(int x, int y))
{
    assert_true(image_resize(im, width, height));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memset(image_row(im, y) + 3 * x, grey(x, y), 3);
}

static int even(int x, int y) { return (void)x, (void)y, 90; }
static int ramp(int x, int y) { return (void)y, x; }
static int bumps(int x, int y) { return 20 + (x * x + 3 * y * x + 7 * y) % 150; }
static int brighter(int x, int y) { return bumps(x, y) + 60; }

static void null_answers(void **state)
{
    struct image im = IMAGE_INIT;
    struct answer a = { .status = STATUS_OK }, again = { .status = STATUS_OK };

    (void)state;
    fill(&im, 40, 30, bumps);
    ask("null:dim=7,labels=x;y", &im, NULL, 0, &a);
    assert_int_equal(a.n_faces, 1);
    assert_int_equal(a.faces[0].template_len, 7 * sizeof(float));
    assert_true(!strcmp(a.faces[0].label, "x") || !strcmp(a.faces[0].label, "y"));
    ask("null:dim=7,labels=x;y", &im, NULL, 5, &again);
    assert_memory_equal(a.faces[0].template, again.faces[0].template, 28);
    assert_true(a.faces[0].confidence == again.faces[0].confidence);
    image_row(&im, 0)[0] ^= 1;
    ask("null:dim=7,labels=x;y", &im, NULL, 0, &again);
    assert_memory_not_equal(a.faces[0].template, again.faces[0].template, 28);
    ask("null:template=constant,dim=7", &im, NULL, 0, &a);
    fill(&im, 9, 8, ramp);
    ask("null:template=constant,dim=7", &im, NULL, 0, &again);
    assert_memory_equal(a.faces[0].template, again.faces[0].template, 28);
    ask("null:no_face=100", &im, NULL, 0, &a);
    assert_int_equal(a.status, STATUS_NO_FACE);
    assert_int_equal(a.n_faces, 0);
    answer_release(&a);
    answer_release(&again);
    image_release(&im);
}

static const float *lbp(const char *spec, const struct image *im,
                        const struct image_place *place, struct answer *a)
{
    ask(spec, im, place, 0, a);
    assert_int_equal(a->status, STATUS_OK);
    return a->faces[0].template;
}

/* On an even surface every code is 255, which is the last of the 58 uniform ones; on a
 * ramp to the right all but the three points to the left are set. */
static void lbp_codes(void **state)
{
    struct image im = IMAGE_INIT;
    struct answer a = { .status = STATUS_OK };
    int at = -1;

    (void)state;
    fill(&im, 130, 150, even);
    const float *t = lbp("lbp:grid=1", &im, NULL, &a);
    for (int i = 0; i < 59; i++)
        assert_true(t[i] == (i == 57 ? 1.f : 0.f));
    t = lbp("lbp:grid=3", &im, NULL, &a);
    assert_int_equal(a.faces[0].template_len, 59 * 9 * sizeof(float));
    for (int i = 0; i < 59 * 9; i++)
        assert_true(t[i] == (i % 59 == 57 ? (float)(1. / 9) : 0.f));
    /* points are counted from the right, against the clock: 3, 4 and 5 are the left */
    for (int code = 0, bin = 0; code < 256; code++) {
        int turned = (code >> 1 | code << 7) & 255;
        if (code == (255 & ~(8 | 16 | 32)))
            at = bin;
        bin += __builtin_popcount((unsigned)(code ^ turned)) <= 2;
    }
    fill(&im, 130, 150, ramp);
    t = lbp("lbp:grid=1", &im, NULL, &a);
    for (int i = 0; i < 59; i++)
        assert_true(t[i] == (i == at ? 1.f : 0.f));
    answer_release(&a);
    image_release(&im);
}

static void lbp_templates(void **state)
{
    struct image im = IMAGE_INIT, turned = IMAGE_INIT;
    struct answer a = { .status = STATUS_OK }, b = { .status = STATUS_OK };
    struct image_place eyes = IMAGE_PLACE_INIT, box = IMAGE_PLACE_INIT, small;
    double sum = 0;

    (void)state;
    fill(&im, 130, 150, bumps);
    const float *t = lbp("lbp", &im, NULL, &a);
    for (int i = 0; i < 59 * 49; i++) {
        assert_true(t[i] >= 0);
        sum += (double)t[i];
    }
    assert_true(fabs(sum - 1) < 1e-5);
    fill(&turned, 130, 150, brighter); /* nothing but the order of greys counts */
    assert_memory_equal(t, lbp("lbp", &turned, NULL, &b), a.faces[0].template_len);
    /* the whole image, its box and the eyes where they are to be are the same face */
    box.has_box = eyes.has_landmarks = true;
    box.box = (struct box){ 0, 0, 130, 150 };
    assert_memory_equal(t, lbp("lbp", &im, &box, &b), a.faces[0].template_len);
    assert_true(b.faces[0].box.width == 130);
    eyes.landmarks[LANDMARK_EYE_LEFT] = (struct point){ 30, 45 };
    eyes.landmarks[LANDMARK_EYE_RIGHT] = (struct point){ 100, 45 };
    assert_memory_equal(t, lbp("lbp", &im, &eyes, &b), a.faces[0].template_len);
    /* and so is one turned upside down, by its eyes */
    for (int y = 0; y < 150; y++)
        for (int x = 0; x < 130; x++)
            memcpy(image_row(&turned, 149 - y) + 3 * (129 - x), image_row(&im, y) + 3 * x, 3);
    eyes.landmarks[LANDMARK_EYE_LEFT] = (struct point){ 99, 104 };
    eyes.landmarks[LANDMARK_EYE_RIGHT] = (struct point){ 29, 104 };
    assert_memory_equal(t, lbp("lbp", &turned, &eyes, &b), a.faces[0].template_len);
    small = box;
    small.box = (struct box){ 10, 10, 8, 9 };
    ask("lbp", &im, &small, 0, &b);
    assert_int_equal(b.status, STATUS_REFUSED);
    eyes.landmarks[LANDMARK_EYE_LEFT].x = 1e300;
    ask("lbp", &im, &eyes, 0, &b);
    assert_int_equal(b.status, STATUS_REFUSED);
    answer_release(&a);
    answer_release(&b);
    image_release(&im);
    image_release(&turned);
}

static void answers_checked(void **state)
{
    struct backend b = { .name = "x", .dimension = 2 };
    struct answer a = { .status = STATUS_OK };
    struct setting attribute = { "a\nge", "4\xff" };
    float t[2] = { 1, 2 };

    (void)state;
    answer_reset(&a);
    answer_check(&a, &b, MISID_TEMPLATE);
    assert_int_equal(a.status, STATUS_ERROR);
    assert_string_equal(a.reason, "the backend answered ok without a face");
    for (int i = 0; i < 6; i++) {
        static const char *const says[] = {
            "", "the backend gave a template that is not finite",
            "the backend gave a template of another length than its dimension says",
            "the backend gave no template",
            "the backend gave a confidence that is not from 0 to 1",
            "the backend gave a box that is none" };
        answer_reset(&a);
        struct face_answer *f = answer_faces(&a, 1);
        f->label = "fe\x01male";
        f->attributes = &attribute;
        f->n_attributes = 1;
        f->template = t;
        f->template_len = i == 2 ? 4 : i == 3 ? 0 : 8;
        t[1] = i == 1 ? INFINITY : 2;
        f->confidence = i == 4 ? 1.5 : .5;
        f->box.width = i == 5 ? NAN : 3;
        answer_check(&a, &b, MISID_TEMPLATE);
        assert_int_equal(f->status, i ? STATUS_ERROR : STATUS_OK);
        assert_string_equal(a.reason, says[i]);
        assert_string_equal(f->label, i ? "" : "fe%01male");
        if (!i) {
            assert_string_equal(f->attributes[0].name, "a%0Age");
            assert_string_equal(f->attributes[0].value, "4%FF");
        }
        attribute = (struct setting){ "a\nge", "4\xff" };
    }
    answer_release(&a);
}

static void packed(void **state)
{
    struct answer a = { .status = STATUS_OK }, b = { .status = STATUS_OK };
    struct text t = TEXT_INIT, again = TEXT_INIT;
    struct setting attributes[] = { { "age", "41" }, { "mood", "" } };

    (void)state;
    answer_reset(&a);
    a.latency = .25;
    a.reason = "a reason";
    struct face_answer *f = answer_faces(&a, 2);
    f[0].label = "female";
    f[0].confidence = .75;
    f[0].box = (struct box){ 1, 2, 3, 4 };
    f[0].attributes = attributes;
    f[0].n_attributes = 2;
    f[0].template = "\1\2\0\3";
    f[0].template_len = 4;
    f[1].status = STATUS_NO_FACE;
    answer_pack(&a, &t);
    assert_true(answer_unpack(&b, t.s, t.len));
    assert_string_equal(b.faces[0].label, "female");
    assert_string_equal(b.faces[0].attributes[0].value, "41");
    assert_memory_equal(b.faces[0].template, "\1\2\0\3", 4);
    assert_true(isnan(b.faces[1].quality) && b.faces[1].status == STATUS_NO_FACE);
    answer_pack(&b, &again);
    assert_int_equal(again.len, t.len);
    assert_memory_equal(again.s, t.s, t.len);
    for (size_t len = 0; len < t.len; len++)
        assert_false(answer_unpack(&b, t.s, len));
    text_addch(&t, 0);
    assert_false(answer_unpack(&b, t.s, t.len));
    answer_release(&a);
    answer_release(&b);
    text_release(&t);
    text_release(&again);
}

static void recorded(void **state)
{
    static const char table[] =
        "sample,face,status,reason,label,confidence,box_x,box_y,box_w,box_h,latency_ms,"
        "attr.age\nb.jpg,0,ok,,male,0.5,1,2,3,4,20,33\nb.jpg,1,ok,,female,,,,,,20,\n"
        "a.jpg,0,no-face,why,,,,,,,,\n";
    char *dir = test_folder(), *path = test_file(dir, "o.csv", table);
    char *spec = mem_printf("recorded:file=%s", path);
    struct answer a[3] = { { .status = STATUS_OK }, { .status = STATUS_OK },
                           { .status = STATUS_OK } };
    struct err err = ERR_INIT;
    struct roster r;
    struct backend *b;
    struct session *s;
    bool fresh;

    (void)state;
    roster_init(&r);
    roster_add(&r, "a.jpg", &fresh);
    roster_add(&r, "b.jpg", &fresh);
    roster_add(&r, "c.jpg", &fresh);
    assert_int_equal(backend_open(&b, spec, NULL), 0);
    assert_true(b->blind && !b->cached);
    assert_int_equal(b->meet(b, &r, &err), 0);
    assert_int_equal(b->session(b, &s, NULL), 0);
    const struct view views[] = { { .row = 0 }, { .row = 1 }, { .row = 2 } };
    for (int i = 0; i < 3; i++)
        answer_reset(&a[i]);
    assert_int_equal(b->process(s, MISID_CLASS, views, 3, a, NULL), 0);
    assert_int_equal(a[0].faces[0].status, STATUS_NO_FACE);
    assert_string_equal(a[0].reason, "why");
    assert_int_equal(a[1].n_faces, 2);
    assert_string_equal(a[1].faces[0].label, "male");
    assert_string_equal(a[1].faces[0].attributes[0].value, "33");
    assert_true(a[1].latency == .02);
    assert_int_equal(a[1].faces[1].n_attributes, 0);
    assert_int_equal(a[2].status, STATUS_ERROR);
    assert_string_equal(a[2].reason, "no answer was recorded");
    b->end(s);
    backend_close(b);
    file_write(path, "sample\nz.jpg\n", 13, NULL);
    assert_int_equal(backend_open(&b, spec, NULL), 0);
    assert_true(b->meet(b, &r, &err) < 0);
    assert_fault_says(&err, "not the columns of outputs.csv");
    backend_close(b);
    for (int i = 0; i < 3; i++)
        answer_release(&a[i]);
    roster_release(&r);
    free(spec);
    free(path);
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specs),          cmocka_unit_test(fingerprint),
        cmocka_unit_test(fingerprint_of_files), cmocka_unit_test(null_answers),
        cmocka_unit_test(lbp_codes),      cmocka_unit_test(lbp_templates),
        cmocka_unit_test(answers_checked), cmocka_unit_test(packed),
        cmocka_unit_test(recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
