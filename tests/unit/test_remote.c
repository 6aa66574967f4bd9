/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backends in processes of their own, through the plug-ins of tests/backends. */
#include <math.h>

#include "remote_run.h"

static void test_good(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, "$/good.so");
    assert_string_equal(r.b->self, "good");
    assert_string_equal(r.b->version, "1.0");
    assert_int_equal(r.b->dimension, 16);
    assert_int_equal(r.b->capabilities,
                     MISID_CLASS | MISID_TEMPLATE | MISID_FACES | MISID_QUALITY);
    assert_null(r.b->compare);
    assert_int_equal(r.b->n_files, 1);
    run_process(&r, MISID_CLASS | MISID_TEMPLATE | MISID_QUALITY, RUN_IMAGES);
    for (int i = 0; i < RUN_IMAGES; i++) {
        const struct answer *a = &r.answers[i];
        const struct face_answer *f = a->faces;
        float v;
        assert_int_equal(a->status, STATUS_OK);
        assert_int_equal(a->n_faces, 1);
        assert_string_equal(f->label, run_greys[i] < 128 ? "dark" : "light");
        assert_float_equal(f->confidence, run_greys[i] / 255.0, 1e-9);
        assert_float_equal(f->quality, run_greys[i], 1e-9);
        assert_int_equal(f->box.width, 40 + i);
        assert_int_equal(f->n_attributes, 1);
        assert_string_equal(f->attributes[0].name, "mean");
        assert_int_equal(f->template_len, 64);
        memcpy(&v, (const char *)f->template + 60, 4);
        assert_float_equal(v, run_greys[i] + 1, 1e-6);
    }
    run_process(&r, MISID_CLASS, RUN_IMAGES);
    assert_int_equal(r.answers[0].faces[0].template_len, 0);
    run_end(&r);
}

static void test_several_faces(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, "$/good.so:faces=2");
    run_process(&r, MISID_TEMPLATE | MISID_FACES, 3);
    assert_int_equal(r.answers[2].n_faces, 2);
    assert_memory_equal(r.answers[2].faces[0].template, r.answers[2].faces[1].template, 64);
    run_process(&r, MISID_TEMPLATE, 3);
    assert_int_equal(r.answers[2].n_faces, 1);
    run_end(&r);
}

static void test_place_and_stride(void **state)
{
    struct image im = IMAGE_INIT;
    struct image_place place = { .has_box = true, .has_landmarks = true,
                                 .box = { 1.5, 2, 30, 40.25 } };
    struct run r;

    (void)state;
    assert_true(image_resize(&im, 64, 64));
    memset(im.pixels, 0, im.stride * 64);
    for (int y = 20; y < 40; y++)
        memset(image_row(&im, y) + 3 * 10, 200, 3 * 20);
    struct image part = image_part(&im, 10, 20, 20, 20);
    struct view view = { .image = &part, .place = &place, .path = "" };
    run_begin(&r, "$/good.so");
    answer_reset(&r.answers[0]);
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_float_equal(r.answers[0].faces[0].confidence, 200 / 255.0, 1e-9);
    assert_string_equal(r.answers[0].reason, "box 1.5 2 30 40.25 and points");
    memset(im.pixels, 3, im.stride * 64);
    answer_reset(&r.answers[0]);
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_int_equal(r.answers[0].status, STATUS_NO_FACE);
    assert_string_equal(r.answers[0].reason, "too dark");
    run_end(&r);
    image_release(&im);
}

static void test_compare_and_search(void **state)
{
    const void *t[RUN_IMAGES], *t2[RUN_IMAGES];
    size_t len[RUN_IMAGES];
    double scores[RUN_IMAGES];
    struct backend_candidate found[4];
    uint64_t gallery;
    struct run r;

    (void)state;
    run_begin(&r, "$/good.so:scores=own");
    assert_true(r.b->own_scores && r.b->dimension == 0 && r.b->n_native == 2);
    assert_float_equal(r.b->native[1], 99.5, 0);
    run_process(&r, MISID_TEMPLATE, RUN_IMAGES);
    for (int i = 0; i < RUN_IMAGES; i++) {
        t[i] = r.answers[i].faces[0].template;
        t2[i] = t[0];
        len[i] = r.answers[i].faces[0].template_len;
    }
    len[5] = 3; /* not a template of it */
    assert_int_equal(r.b->compare(r.s, t2, len, t, len, RUN_IMAGES, scores, &r.err), 0);
    for (int i = 0; i < 5; i++)
        assert_float_equal(scores[i], 100 - 100 * (run_greys[i] - run_greys[0]) / 255.0, 1e-9);
    assert_true(isnan(scores[5]));
    len[5] = 16;
    assert_int_equal(r.b->enroll(r.s, t, len, RUN_IMAGES, &gallery, &r.err), 0);
    assert_int_equal(r.b->search(r.s, gallery, t[3], 16, found, 4, &r.err), 4);
    assert_int_equal(found[0].place, 3);
    assert_float_equal(found[0].score, 100, 0);
    assert_true(found[1].place == 2 || found[1].place == 4);
    r.b->drop(r.s, gallery);
    assert_true(r.b->search(r.s, gallery, t[3], 16, found, 4, &r.err) < 0);
    run_end(&r);
}

/* What is wrong with an answer is a status of the sample, and the rest goes on. */
static void test_breaches(void **state)
{
    static const struct {
        const char *mode, *words;
    } cases[] = {
        { "nan", "number 5 of a template is NaN" },
        { "size", "a template of 12 bytes, expected 32" },
        { "size-past", "a template is longer than template_bytes" },
        { "template-past", "wrote past the end of a template" },
        { "no-template", "'template' is missing" },
        { "utf8", "the label is not UTF-8" },
        { "control", "'label' holds a control character" },
        { "confidence", "'confidence' is not a number from 0 to 1" },
        { "label-long", "the label is longer than its buffer" },
        { "label-past", "the label is longer than its buffer" },
        { "attributes", "more attributes than there was room for" },
        { "infinite", "a quality or confidence is infinite" },
        { "box", "negative width" },
        { "face-status", "the status of a face is none of" },
        { "faces-more", "more faces than there was room for" },
        { "faces-past", "wrote faces beyond those" },
        { "status", "the status is none of" },
        { "nothing", "status ok, but no face" },
        { "reason-past", "the reason is longer than its buffer" },
        { "fail", "out of tokens" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *spec = mem_printf("$/hostile.so:mode=%s", cases[i].mode);
        run_check_answers(spec, STATUS_ERROR, cases[i].words);
        free(spec);
    }
}

static void test_harmless(void **state)
{
    (void)state;
    run_check_answers("$/hostile.so", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=print", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=chatter", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=stdin", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=children", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=crash-second", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=fail-batch", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=close-crash", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=no-face", STATUS_NO_FACE, "");
}

static void test_crashes(void **state)
{
    struct run r;

    (void)state;
    run_check_answers("$/hostile.so:mode=crash", STATUS_CRASHED, "was ended by signal 11");
    run_check_answers("$/hostile.so:mode=crash", STATUS_CRASHED,
                  "it last said: hostile: mode crash");
    run_check_answers("$/hostile.so:mode=exit", STATUS_CRASHED, "ended with exit status 0");
    run_check_answers("$/hostile.so:mode=pixels", STATUS_CRASHED, "");
#ifndef SANITIZED /* sanitizers shadow all of the address space */
    if (!under_valgrind()) /* which keeps RLIMIT_DATA from the system */
        run_check_answers("$/hostile.so:mode=memory,memory=200", STATUS_CRASHED,
                      "was ended by signal 11");
#endif
    /* of a batch only the one sample */
    run_begin(&r, "$/hostile.so:mode=crash-red");
    run_pictures[2].pixels[0] = 255;
    run_process(&r, MISID_CLASS, RUN_IMAGES);
    for (int i = 0; i < RUN_IMAGES; i++)
        assert_int_equal(r.answers[i].status, i == 2 ? STATUS_CRASHED : STATUS_OK);
    run_pictures[2].pixels[0] = run_greys[2];
    run_end(&r);
}

static void test_deadlines(void **state)
{
    struct run r;

    (void)state;
    run_check_answers("$/hostile.so:mode=late,deadline=0.05", STATUS_TIMEOUT,
                  "did not answer in time");
    run_begin(&r, "$/hostile.so:mode=hang-red,deadline=0.4");
    run_pictures[1].pixels[0] = 255;
    run_process(&r, MISID_CLASS, RUN_IMAGES);
    for (int i = 0; i < RUN_IMAGES; i++)
        assert_int_equal(r.answers[i].status, i == 1 ? STATUS_TIMEOUT : STATUS_OK);
    run_pictures[1].pixels[0] = run_greys[1];
    run_end(&r);
}

static void test_not_opened(void **state)
{
    (void)state;
    run_check_refused("$/nothing.so", "there is no such plug-in");
    run_check_refused("$/good.c.so", "there is no such plug-in");
    run_check_refused("$/hostile.so:mood=x", "no option 'mood'");
    run_check_refused("$/hostile.so:deadline=-1", "deadline=-1");
    run_check_refused("$/good.so:scores=x", "open: scores must be cosine or own");
    run_check_refused("$/hostile.so:mode=open-crash", "open: was ended by signal 11");
    run_check_refused("$/hostile.so:mode=open-hang,start-deadline=1", "did not answer in time");
    run_check_refused("$/hostile.so:mode=open-fail", "open: there is no such model");
    run_check_refused("$/hostile.so:mode=open-fail-past", "why it failed is longer");
    run_check_refused("$/hostile.so:mode=info-size", "'template_bytes' is 32");
    run_check_refused("$/hostile.so:mode=info-more", "adds capabilities");
    run_check_refused("$/hostile.so:mode=info-similarity", "'similarity' is none of");
    run_check_refused("$/hostile.so:mode=info-past", "a text of struct misid_info");
    run_check_refused("$/hostile.so:mode=info-file", "/nowhere/model.onnx");
}

static void test_not_loaded(void **state)
{
    enum { HANG = 1 }; /* the others answer, however busy the machine is */
    static const struct {
        const char *how, *words;
    } cases[] = {
        { "load-crash", "hello: was ended by signal 11" },
        { "load-hang", "hello: did not answer in time" },
        { "load-null", "does not serve ABI 1" },
        { "load-abi", "speaks ABI 2, expected 1" },
        { "load-size", "says 24 bytes" },
        { "load-name", "its name and version" },
        { "load-process", "has no process()" },
        { "load-compare", "has no compare()" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("HOSTILE", cases[i].how, 1);
        run_check_refused(i == HANG ? "$/hostile.so:start-deadline=0.3" : "$/hostile.so",
                          cases[i].words);
    }
    unsetenv("HOSTILE");
}

/* After its start was learnt, a program that does not start any more is a failure. */
static void test_gone(void **state)
{
    struct run r;
    struct view view = { .image = &run_pictures[0], .path = "" };

    (void)state;
    run_begin(&r, "$/hostile.so:mode=crash");
    setenv("HOSTILE", "load-crash", 1);
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_int_equal(r.answers[0].status, STATUS_CRASHED);
    assert_true(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err) < 0);
    assert_non_null(strstr(err_text(&r.err), "hello: was ended by signal 11"));
    unsetenv("HOSTILE");
    run_end(&r);
}

static void test_nothing_leaks(void **state)
{
    size_t before = run_count_descriptors();

    (void)state;
    run_check_answers("$/hostile.so:mode=crash", STATUS_CRASHED, "");
    run_check_answers("$/hostile.so:mode=children", STATUS_OK, "");
    run_check_answers("$/hostile.so:mode=hang,deadline=0.05", STATUS_TIMEOUT, "");
    run_check_refused("$/hostile.so:mode=open-crash", "");
    run_check_refused("exec:command=/nowhere/program", "cannot be started");
    run_check_refused("exec:command=misid-no-such-program", "no such program along PATH");
    assert_int_equal(run_count_descriptors(), before);
    assert_int_equal(run_count_children(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_several_faces),
        cmocka_unit_test(test_place_and_stride),
        cmocka_unit_test(test_compare_and_search),
        cmocka_unit_test(test_breaches),
        cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_crashes),
        cmocka_unit_test(test_deadlines),
        cmocka_unit_test(test_not_opened),
        cmocka_unit_test(test_not_loaded),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, run_make_pictures, run_free_pictures);
}
