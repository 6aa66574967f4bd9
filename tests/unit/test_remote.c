/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backends in processes of their own, through the plug-ins of tests/backends. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/backend.h"
#include "test.h"

#define IMAGES 6

/* Pictures of one grey each, 40 × 30 and larger; grey 255 is what some plug-ins hate. */
static struct image pictures[IMAGES];
static const uint8_t greys[IMAGES] = { 10, 60, 110, 160, 210, 250 };

static int make_pictures(void **state)
{
    (void)state;
    for (int i = 0; i < IMAGES; i++) {
        assert_true(image_resize(&pictures[i], 40 + i, 30 + 2 * i));
        memset(pictures[i].pixels, greys[i], pictures[i].stride * (size_t)pictures[i].height);
    }
    return 0;
}

static int free_pictures(void **state)
{
    (void)state;
    for (int i = 0; i < IMAGES; i++)
        image_release(&pictures[i]);
    return 0;
}

/* BUILDDIR/tests/backends/…; $ in the spec stands for that folder. */
static char *spec_of(const char *spec)
{
    const char *build = getenv("BUILDDIR");
    struct text t = TEXT_INIT;

    for (; *spec; spec++) {
        if (*spec == '$')
            text_addf(&t, "%s/tests/backends", build ? build : ".");
        else
            text_addch(&t, *spec);
    }
    return text_detach(&t);
}

struct run {
    struct backend *b;
    struct session *s;
    struct answer answers[IMAGES];
    struct err err;
};

static void begin(struct run *r, const char *spec)
{
    char *full = spec_of(spec);

    *r = (struct run){ .err = ERR_INIT };
    if (backend_open(&r->b, full, &r->err) < 0 ||
        r->b->session(r->b, &r->s, &r->err) < 0)
        fail_msg("%s: %s", full, err_text(&r->err));
    free(full);
}

static void process(struct run *r, unsigned want, size_t n)
{
    struct view views[IMAGES];

    for (size_t i = 0; i < n; i++) {
        views[i] = (struct view){ .image = &pictures[i], .path = "" };
        answer_reset(&r->answers[i]);
    }
    if (r->b->process(r->s, want, views, n, r->answers, &r->err) < 0)
        fail_msg("%s: %s", r->b->name, err_text(&r->err));
}

static void end(struct run *r)
{
    for (int i = 0; i < IMAGES; i++)
        answer_release(&r->answers[i]);
    r->b->end(r->s);
    backend_close(r->b);
    err_release(&r->err);
}

static void check_answers(const char *spec, enum status status, const char *words)
{
    struct run r;

    begin(&r, spec);
    process(&r, MISID_CLASS | MISID_TEMPLATE, IMAGES);
    for (int i = 0; i < IMAGES; i++) {
        if (r.answers[i].status != status || !strstr(r.answers[i].reason, words))
            fail_msg("%s: image %d: %s: %s, expected %s: … %s …", spec, i,
                     status_name(r.answers[i].status), r.answers[i].reason,
                     status_name(status), words);
        assert_true(r.answers[i].latency > 0);
    }
    end(&r);
}

static void check_refused(const char *spec, const char *words)
{
    char *full = spec_of(spec);
    struct err err = ERR_INIT;
    struct backend *b = NULL;

    assert_true(backend_open(&b, full, &err) < 0);
    assert_null(b);
    if (!strstr(err_text(&err), words) || err.count != 1)
        fail_msg("%s: said '%s', expected '%s'", spec, err_text(&err), words);
    err_release(&err);
    free(full);
}

static void test_good(void **state)
{
    struct run r;

    (void)state;
    begin(&r, "$/good.so");
    assert_string_equal(r.b->self, "good");
    assert_string_equal(r.b->version, "1.0");
    assert_int_equal(r.b->dimension, 16);
    assert_int_equal(r.b->capabilities,
                     MISID_CLASS | MISID_TEMPLATE | MISID_FACES | MISID_QUALITY);
    assert_null(r.b->compare);
    assert_int_equal(r.b->n_files, 1);
    process(&r, MISID_CLASS | MISID_TEMPLATE | MISID_QUALITY, IMAGES);
    for (int i = 0; i < IMAGES; i++) {
        const struct answer *a = &r.answers[i];
        const struct face_answer *f = a->faces;
        float v;
        assert_int_equal(a->status, STATUS_OK);
        assert_int_equal(a->n_faces, 1);
        assert_string_equal(f->label, greys[i] < 128 ? "dark" : "light");
        assert_float_equal(f->confidence, greys[i] / 255.0, 1e-9);
        assert_float_equal(f->quality, greys[i], 1e-9);
        assert_int_equal(f->box.width, 40 + i);
        assert_int_equal(f->n_attributes, 1);
        assert_string_equal(f->attributes[0].name, "mean");
        assert_int_equal(f->template_len, 64);
        memcpy(&v, (const char *)f->template + 60, 4);
        assert_float_equal(v, greys[i] + 1, 1e-6);
    }
    process(&r, MISID_CLASS, IMAGES);
    assert_int_equal(r.answers[0].faces[0].template_len, 0);
    end(&r);
}

static void test_several_faces(void **state)
{
    struct run r;

    (void)state;
    begin(&r, "$/good.so:faces=2");
    process(&r, MISID_TEMPLATE | MISID_FACES, 3);
    assert_int_equal(r.answers[2].n_faces, 2);
    assert_memory_equal(r.answers[2].faces[0].template, r.answers[2].faces[1].template, 64);
    process(&r, MISID_TEMPLATE, 3);
    assert_int_equal(r.answers[2].n_faces, 1);
    end(&r);
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
    begin(&r, "$/good.so");
    answer_reset(&r.answers[0]);
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_float_equal(r.answers[0].faces[0].confidence, 200 / 255.0, 1e-9);
    assert_string_equal(r.answers[0].reason, "box 1.5 2 30 40.25 and points");
    memset(im.pixels, 3, im.stride * 64);
    answer_reset(&r.answers[0]);
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_int_equal(r.answers[0].status, STATUS_NO_FACE);
    assert_string_equal(r.answers[0].reason, "too dark");
    end(&r);
    image_release(&im);
}

static void test_compare_and_search(void **state)
{
    const void *t[IMAGES], *t2[IMAGES];
    size_t len[IMAGES];
    double scores[IMAGES];
    struct backend_candidate found[4];
    uint64_t gallery;
    struct run r;

    (void)state;
    begin(&r, "$/good.so:scores=own");
    assert_true(r.b->own_scores && r.b->dimension == 0 && r.b->n_native == 2);
    assert_float_equal(r.b->native[1], 99.5, 0);
    process(&r, MISID_TEMPLATE, IMAGES);
    for (int i = 0; i < IMAGES; i++) {
        t[i] = r.answers[i].faces[0].template;
        t2[i] = t[0];
        len[i] = r.answers[i].faces[0].template_len;
    }
    len[5] = 3; /* not a template of it */
    assert_int_equal(r.b->compare(r.s, t2, len, t, len, IMAGES, scores, &r.err), 0);
    for (int i = 0; i < 5; i++)
        assert_float_equal(scores[i], 100 - 100 * (greys[i] - greys[0]) / 255.0, 1e-9);
    assert_true(isnan(scores[5]));
    len[5] = 16;
    assert_int_equal(r.b->enroll(r.s, t, len, IMAGES, &gallery, &r.err), 0);
    assert_int_equal(r.b->search(r.s, gallery, t[3], 16, found, 4, &r.err), 4);
    assert_int_equal(found[0].place, 3);
    assert_float_equal(found[0].score, 100, 0);
    assert_true(found[1].place == 2 || found[1].place == 4);
    r.b->drop(r.s, gallery);
    assert_true(r.b->search(r.s, gallery, t[3], 16, found, 4, &r.err) < 0);
    end(&r);
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
        check_answers(spec, STATUS_ERROR, cases[i].words);
        free(spec);
    }
}

static void test_harmless(void **state)
{
    (void)state;
    check_answers("$/hostile.so", STATUS_OK, "");
    check_answers("$/hostile.so:mode=print", STATUS_OK, "");
    check_answers("$/hostile.so:mode=chatter", STATUS_OK, "");
    check_answers("$/hostile.so:mode=stdin", STATUS_OK, "");
    check_answers("$/hostile.so:mode=children", STATUS_OK, "");
    check_answers("$/hostile.so:mode=crash-second", STATUS_OK, "");
    check_answers("$/hostile.so:mode=fail-batch", STATUS_OK, "");
    check_answers("$/hostile.so:mode=close-crash", STATUS_OK, "");
    check_answers("$/hostile.so:mode=no-face", STATUS_NO_FACE, "");
}

static void test_crashes(void **state)
{
    struct run r;

    (void)state;
    check_answers("$/hostile.so:mode=crash", STATUS_CRASHED, "was ended by signal 11");
    check_answers("$/hostile.so:mode=crash", STATUS_CRASHED,
                  "it last said: hostile: mode crash");
    check_answers("$/hostile.so:mode=exit", STATUS_CRASHED, "ended with exit status 0");
    check_answers("$/hostile.so:mode=pixels", STATUS_CRASHED, "was ended by signal");
    /* of a batch only the one sample */
    begin(&r, "$/hostile.so:mode=crash-red");
    pictures[2].pixels[0] = 255;
    process(&r, MISID_CLASS, IMAGES);
    for (int i = 0; i < IMAGES; i++)
        assert_int_equal(r.answers[i].status, i == 2 ? STATUS_CRASHED : STATUS_OK);
    pictures[2].pixels[0] = greys[2];
    end(&r);
}

static void test_deadlines(void **state)
{
    struct run r;

    (void)state;
    check_answers("$/hostile.so:mode=slow,deadline=0.2", STATUS_TIMEOUT,
                  "did not answer in time");
    begin(&r, "$/hostile.so:mode=hang-red,deadline=0.2");
    pictures[1].pixels[0] = 255;
    process(&r, MISID_CLASS, IMAGES);
    for (int i = 0; i < IMAGES; i++)
        assert_int_equal(r.answers[i].status, i == 1 ? STATUS_TIMEOUT : STATUS_OK);
    pictures[1].pixels[0] = greys[1];
    end(&r);
}

static void test_not_opened(void **state)
{
    (void)state;
    check_refused("$/nothing.so", "there is no such plug-in");
    check_refused("$/good.c.so", "there is no such plug-in");
    check_refused("$/hostile.so:mood=x", "no option 'mood'");
    check_refused("$/hostile.so:deadline=-1", "deadline=-1");
    check_refused("$/good.so:scores=x", "open: scores must be cosine or own");
    check_refused("$/hostile.so:mode=open-crash", "open: was ended by signal 11");
    check_refused("$/hostile.so:mode=open-hang,start-deadline=0.3", "did not answer in time");
    check_refused("$/hostile.so:mode=open-fail", "open: there is no such model");
    check_refused("$/hostile.so:mode=open-fail-past", "why it failed is longer");
    check_refused("$/hostile.so:mode=info-size", "'template_bytes' is 32");
    check_refused("$/hostile.so:mode=info-more", "adds capabilities");
    check_refused("$/hostile.so:mode=info-similarity", "'similarity' is none of");
    check_refused("$/hostile.so:mode=info-past", "a text of struct misid_info");
    check_refused("$/hostile.so:mode=info-file", "/nowhere/model.onnx");
}

static void test_not_loaded(void **state)
{
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
        check_refused("$/hostile.so:start-deadline=2", cases[i].words);
    }
    unsetenv("HOSTILE");
}

/* After its start was learnt, a program that does not start any more is a failure. */
static void test_gone(void **state)
{
    struct run r;
    struct view view = { .image = &pictures[0], .path = "" };

    (void)state;
    begin(&r, "$/hostile.so:mode=crash");
    setenv("HOSTILE", "load-crash", 1);
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_int_equal(r.answers[0].status, STATUS_CRASHED);
    assert_true(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err) < 0);
    assert_non_null(strstr(err_text(&r.err), "hello: was ended by signal 11"));
    unsetenv("HOSTILE");
    end(&r);
}

static size_t count_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

/* Children of this process that are there, zombies too. */
static size_t count_children(void)
{
    char line[4096] = "";
    size_t n = 0;
    char *path = mem_printf("/proc/self/task/%d/children", getpid());
    FILE *fp = fopen(path, "r");

    free(path);
    if (fp && fgets(line, sizeof line, fp))
        for (char *c = line; *c; c++)
            n += *c == ' ';
    if (fp)
        fclose(fp);
    return n;
}

static void test_nothing_leaks(void **state)
{
    size_t before = count_descriptors();

    (void)state;
    check_answers("$/hostile.so:mode=crash", STATUS_CRASHED, "");
    check_answers("$/hostile.so:mode=children", STATUS_OK, "");
    check_answers("$/hostile.so:mode=hang,deadline=0.05", STATUS_TIMEOUT, "");
    check_refused("$/hostile.so:mode=open-crash", "");
    check_refused("exec:command=/nowhere/program", "cannot be started");
    check_refused("exec:command=misid-no-such-program", "no such program along PATH");
    assert_int_equal(count_descriptors(), before);
    assert_int_equal(count_children(), 0);
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

    return cmocka_run_group_tests(tests, make_pictures, free_pictures);
}
