/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frte backend with the libraries of tests/frte: what they do wrong is told as what
 * it is. Skipped without a C++ compiler.
 */
#include <sys/stat.h>

#include "remote_run.h"

#define PLUGIN "$/../frte/frte.so:library=$/../frte/vendor/"
#define V4 PLUGIN "11-4.0-1.0.so"
#define V5 PLUGIN "11-5.0-1.0.so"
#define V6 PLUGIN "11-6.0-3.0.so"
#define N1 PLUGIN "1N-1.0-1.0.so"
#define N3 PLUGIN "1N-3.0-3.0.so"

/* Of tests/frte/vendor.hpp, and of the plug-in's templates around two of them. */
#define HEAD 16
#define SIZE 68
#define BOTH (HEAD + 2 * SIZE)

static char *scratch; /* NULL: there was no C++ compiler */

#define NEEDS_LIBRARIES(state)                                                          \
    do {                                                                               \
        (void)state;                                                                   \
        if (!scratch)                                                                  \
            skip();                                                                    \
    } while (0)

/* `spec` with a folder of configuration that has this mode; the text stays. */
static const char *with(const char *spec, const char *mode)
{
    static char *last;
    struct err err = ERR_INIT;
    char *folder = mem_printf("%s/config", scratch), *file = mem_printf("%s/mode", folder);

    mkdir(folder, 0700);
    assert_int_equal(file_write(file, mode, strlen(mode), &err), 0);
    free(last);
    last = mem_printf("%s,config=%s", spec, folder);
    free(folder);
    free(file);
    return last;
}

static int set_up(void **state)
{
    const char *build = getenv("BUILDDIR");
    char *library = mem_printf("%s/tests/frte/vendor/liar.so", build ? build : ".");
    char folder[] = "/tmp/misid-test.XXXXXX";
    bool there = path_is_file(library);

    free(library);
    if (!there)
        return 0;
    scratch = mem_strdup(mkdtemp(folder));
    setenv("TMPDIR", scratch, 1);
    return run_make_pictures(state);
}

static void remove_mode(void)
{
    char *folder = mem_printf("%s/config", scratch), *file = mem_printf("%s/mode", folder);

    unlink(file);
    rmdir(folder);
    free(folder);
    free(file);
}

static int tear_down(void **state)
{
    if (!scratch)
        return 0;
    remove_mode();
    int left = rmdir(scratch); /* no gallery is left behind */
    free(scratch);
    return run_free_pictures(state) || left;
}

static const uint8_t *template_of(const struct run *r, size_t i, size_t face)
{
    assert_true(face < r->answers[i].n_faces);
    assert_int_equal(r->answers[i].faces[face].template_len, BOTH);
    return r->answers[i].faces[face].template;
}

static void test_versions(void **state)
{
    static const struct {
        const char *spec, *about;
        unsigned can;
    } libraries[] = {
        { V4, "11-4.0-1.0.so, 1:1 API 4.0, structs 1.0", MISID_COMPARE },
        { PLUGIN "11-4.0-1.0-old.so", "11-4.0-1.0-old.so, 1:1 API 4.0, structs 1.0",
          MISID_COMPARE },
        { V5, "11-5.0-1.0.so, 1:1 API 5.0, structs 1.0", MISID_COMPARE },
        { V6, "11-6.0-3.0.so, 1:1 API 6.0, structs 3.0", MISID_COMPARE },
        { N1, "1N-1.0-1.0.so, 1:N API 1.0, structs 1.0", MISID_SEARCH },
        { N3, "1N-3.0-3.0.so, 1:N API 3.0, structs 3.0", MISID_SEARCH },
    };

    NEEDS_LIBRARIES(state);
    for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
        struct run r;
        run_begin(&r, with(libraries[i].spec, "good"));
        assert_string_equal(r.b->self, "frte");
        assert_string_equal(r.b->about, libraries[i].about);
        assert_int_equal(r.b->capabilities, MISID_TEMPLATE | libraries[i].can);
        assert_true(r.b->own_scores);
        assert_int_equal(r.b->dimension, 0);
        /* plug-in, library, adapter, and the one file of its configuration */
        assert_int_equal(r.b->n_files, 4);
        run_process(&r, MISID_TEMPLATE, RUN_IMAGES);
        for (size_t k = 0; k < RUN_IMAGES; k++) {
            const uint8_t *t = template_of(&r, k, 0);
            assert_int_equal(r.answers[k].status, STATUS_OK);
            assert_memory_equal(t + HEAD, "E\1\30\0", 4);
            assert_memory_equal(t + HEAD + SIZE, "P\1\30\0", 4);
            assert_int_equal(t[HEAD + 4], run_greys[k]);
            assert_int_equal(t[BOTH - 1], run_greys[k]);
        }
        const struct face_answer *f = r.answers[0].faces;
        assert_int_equal(f->n_attributes, 2);
        assert_string_equal(f->attributes[0].name, "left_eye");
        assert_string_equal(f->attributes[0].value, "20 10");
        assert_string_equal(f->attributes[1].value, "10 11");
        run_end(&r);
    }
}

/* What one picture's template says of depth and description. */
static void check_image(const char *spec, const char *options, int depth, int description)
{
    char *full = mem_printf("%s%s", spec, options);
    struct run r;

    run_begin(&r, with(full, "good"));
    run_process(&r, MISID_TEMPLATE, 1);
    assert_int_equal(template_of(&r, 0, 0)[HEAD + 2], depth);
    assert_int_equal(template_of(&r, 0, 0)[HEAD + 3], description);
    assert_int_equal(template_of(&r, 0, 0)[HEAD + 4], run_greys[0]);
    run_end(&r);
    free(full);
}

static void test_images(void **state)
{
    uint8_t *red = run_pictures[0].pixels;

    NEEDS_LIBRARIES(state);
    check_image(V4, ",depth=8,description=iso", 8, 1);
    check_image(V4, ",depth=auto,description=exploitation", 8, 4);
    check_image(V4, ",description=wild", 24, 5);
    check_image(V6, ",description=wild", 24, 4);
    check_image(N3, ",description=mugshot,depth=auto", 8, 2);
    red[0]++;
    check_image(V5, ",depth=auto", 24, 0);
    red[0]--;
}

static void test_compare(void **state)
{
    static const char *const specs[] = { V4, V5, V6, PLUGIN "11-4.0-1.0-old.so" };

    NEEDS_LIBRARIES(state);
    for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
        const void *a[RUN_IMAGES], *b[RUN_IMAGES];
        size_t len[RUN_IMAGES], half[RUN_IMAGES];
        double scores[RUN_IMAGES];
        struct run r;
        run_begin(&r, with(specs[i], "good"));
        run_process(&r, MISID_TEMPLATE, RUN_IMAGES);
        for (size_t k = 0; k < RUN_IMAGES; k++) {
            a[k] = template_of(&r, 0, 0);
            b[k] = template_of(&r, k, 0);
            len[k] = BOTH;
            half[k] = BOTH / 2 + k;
        }
        assert_int_equal(r.b->compare(r.s, a, len, b, len, RUN_IMAGES, scores, &r.err), 0);
        for (size_t k = 0; k < RUN_IMAGES; k++)
            assert_float_equal(scores[k], 1000.0 / (1 + run_greys[k] - run_greys[0]), 1e-9);
        assert_int_equal(r.b->compare(r.s, a, len, b, half, RUN_IMAGES, scores, &r.err), 0);
        for (size_t k = 0; k < RUN_IMAGES; k++)
            assert_true(isnan(scores[k]));
        run_end(&r);
    }
}

/* Return codes of the library, and what becomes of the sample; the failed template is
 * there, and compared: by the library, which finds no score. */
static void test_codes(void **state)
{
    static const struct {
        const char *mode;
        enum status status;
        const char *reason;
    } cases[] = {
        { "code 1", STATUS_ERROR, "return code 1, UnknownError: so the mode says" },
        { "code 3", STATUS_REFUSED, "return code 3, RefuseInput: so the mode says" },
        { "code 4", STATUS_ERROR, "return code 4, ExtractError: so the mode says" },
        { "code 6", STATUS_REFUSED, "return code 6, TemplateCreationError: so the mode says" },
        { "code 8", STATUS_NO_FACE, "return code 8, FaceDetectionError: so the mode says" },
        { "code 15", STATUS_ERROR, "return code 15, QualityAssessmentError: so the mode says" },
        { "code 17", STATUS_ERROR, "return code 17, VendorError: so the mode says" },
        { "code 99", STATUS_ERROR, "return code 99: so the mode says" },
        { "code-probe 8", STATUS_NO_FACE, "return code 8, FaceDetectionError: so the mode says" },
    };

    NEEDS_LIBRARIES(state);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const void *a, *b;
        size_t len = BOTH;
        double score = 1;
        struct run r;
        run_begin(&r, with(V6, cases[i].mode));
        run_process(&r, MISID_TEMPLATE, 2);
        assert_int_equal(r.answers[0].status, cases[i].status);
        assert_string_equal(r.answers[0].reason, cases[i].reason);
        a = template_of(&r, 0, 0);
        b = template_of(&r, 1, 0);
        assert_int_equal(r.b->compare(r.s, &a, &len, &b, &len, 1, &score, &r.err), 0);
        assert_true(isnan(score));
        run_end(&r);
    }
}

static void test_failures(void **state)
{
    struct run r;

    NEEDS_LIBRARIES(state);
    run_check_answers(with(V4, "throw"), STATUS_ERROR,
                      "the library threw an exception: out of tokens");
    run_check_answers(with(N3, "throw-int"), STATUS_ERROR, "the library threw an exception");
    run_check_answers(with(V5, "crash"), STATUS_CRASHED, "signal 11");
    run_check_answers(with(N1, "crash"), STATUS_CRASHED, "signal 11");
    run_check_answers(with(N3, "exit 3"), STATUS_CRASHED, "exit status 3");
    run_check_answers(with(V4 ",deadline=0.3", "slow 5000"), STATUS_TIMEOUT, "in time");
    run_check_answers(with(N3 ",deadline=0.3", "slow 5000"), STATUS_TIMEOUT, "in time");
    run_check_answers(with(V6, "empty"), STATUS_ERROR, "gives no template");
    run_check_answers(with(V6 ",room=1000", "long 5000"), STATUS_ERROR,
                      "templates take more than room=1000 bytes");
    run_begin(&r, with(V6, "scribble")); /* on its own copy of the pixels */
    run_process(&r, MISID_TEMPLATE, 1);
    assert_int_equal(r.answers[0].status, STATUS_OK);
    assert_int_equal(template_of(&r, 0, 0)[BOTH - 1], run_greys[0]);
    run_end(&r);
    assert_int_equal(run_count_children(), 0);
}

static void test_no_score(void **state)
{
    static const char *const modes[] = { "negative", "nan", "infinite", "match-code 14",
                                         "match-code 7", "match-throw" };

    NEEDS_LIBRARIES(state);
    for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
        const void *t;
        size_t len = BOTH;
        double score = 1;
        struct run r;
        run_begin(&r, with(V5, modes[i]));
        run_process(&r, MISID_TEMPLATE, 1);
        t = template_of(&r, 0, 0);
        assert_int_equal(r.b->compare(r.s, &t, &len, &t, &len, 1, &score, &r.err), 0);
        assert_true(isnan(score));
        run_end(&r);
    }
}

static void test_refused(void **state)
{
    NEEDS_LIBRARIES(state);
    run_check_refused(PLUGIN "liar.so",
                      "is of 1:1 API 9.3, structs 1.0, but misid was built with the headers "
                      "of 1:1 API 4.0, structs 1.0; 1:1 API 5.0, structs 1.0; 1:1 API 6.0, "
                      "structs 3.0; 1:N API 1.0, structs 1.0; 1:N API 3.0, structs 3.0");
    run_check_refused(PLUGIN "mute.so", "does not export FRVT_11::API_MAJOR_VERSION");
    run_check_refused("$/../frte/frte.so", "library is missing, expected library=PATH");
    run_check_refused(PLUGIN "none.so", "none.so: there is no such file");
    run_check_refused("$/../frte/frte.so:library=$/good.so",
                      "good.so: exports neither FRVT_11:: nor FRVT_1N::Interface::"
                      "getImplementation(): no FRTE library");
    run_check_refused("$/../frte/frte.so:library=$/talker", "library: cannot be loaded: ");
    run_check_refused(V4 ",api=1N", "does not export FRVT_1N::Interface::getImplementation()");
    run_check_refused(V4 ",api=x", "api=x: expected 11 or 1N");
    run_check_refused(V4 ",config=/none", "config=/none: there is no such folder");
    run_check_refused(V4 ",depth=16", "depth=16: expected 24, 8 or auto");
    run_check_refused(V4 ",room=9", "room=9: expected a whole number from 64 to 16777216");
    run_check_refused(V4 ",strings=young", "strings=young: expected auto, new or old");
    run_check_refused(V5 ",strings=old", "1:1 API 5.0, structs 1.0 (std::string from before "
                      "GCC 5), but misid was built with the headers of ");
    run_check_refused(V4 ",several=yes", "several=yes: 1:1 API 4.0, structs 1.0 has no "
                      "function for several faces");
    run_check_refused(V6 ",description=exploitation", "description=exploitation: expected one "
                      "of unknown, iso, mugshot, photojournalism, exploitation, wild that "
                      "1:1 API 6.0, structs 3.0 has");
    run_check_refused(with(V4, "init-code 2"),
                      "initialize(): return code 2, ConfigError: no licence");
    run_check_refused(with(V6, "init-throw"),
                      "initialize(): the library threw an exception: no licence");
    run_check_refused(with(N3, "init-code 2"),
                      "initializeTemplateCreation(): return code 2, ConfigError: no licence");
    assert_int_equal(run_count_children(), 0);
}

static void test_several(void **state)
{
    static const char *const specs[] = { V5 ",several=yes", V6 ",several=yes",
                                         N3 ",several=yes" };
    struct run r;

    NEEDS_LIBRARIES(state);
    for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
        run_begin(&r, with(specs[i], "faces 3"));
        assert_true(r.b->capabilities & MISID_FACES);
        run_process(&r, MISID_TEMPLATE | MISID_FACES, 1);
        assert_int_equal(r.answers[0].n_faces, 3);
        assert_int_equal(template_of(&r, 0, 2)[BOTH - 1], run_greys[0] / 2 + 40);
        assert_int_equal(r.answers[0].faces[2].n_attributes, 1);
        run_process(&r, MISID_TEMPLATE, 1);
        assert_int_equal(r.answers[0].n_faces, 1);
        assert_int_equal(template_of(&r, 0, 0)[BOTH - 1], run_greys[0] / 2);
        run_end(&r);
    }
    run_check_answers(with(V6 ",several=yes", "uneven"), STATUS_ERROR,
                      "another number of faces for each role");
    run_check_answers(with(V6 ",several=yes", "faces 0"), STATUS_ERROR, "gives no template");
    run_begin(&r, with(V6 ",several=yes", "faces 500"));
    run_process(&r, MISID_TEMPLATE | MISID_FACES, 1);
    assert_int_equal(r.answers[0].n_faces, 64);
    run_end(&r);
}

static uint64_t enroll(struct run *r, size_t from, size_t n)
{
    const void *t[RUN_IMAGES];
    size_t len[RUN_IMAGES];
    uint64_t gallery;

    for (size_t i = 0; i < n; i++) {
        t[i] = template_of(r, from + i, 0);
        len[i] = BOTH;
    }
    if (r->b->enroll(r->s, t, len, n, &gallery, &r->err) < 0)
        fail_msg("%s", err_text(&r->err));
    return gallery;
}

/* Which places, with scores, picture i finds in a gallery of those from `first` on. */
static void check_search(struct run *r, uint64_t gallery, size_t i, size_t first,
                         const size_t *places, long n)
{
    struct backend_candidate found[RUN_IMAGES];

    assert_int_equal(r->b->search(r->s, gallery, template_of(r, i, 0), BOTH, found,
                                  RUN_IMAGES, &r->err), n);
    for (long k = 0; k < n; k++) {
        const int apart = abs(run_greys[first + places[k]] - run_greys[i]);
        assert_int_equal(found[k].place, places[k]);
        assert_float_equal(found[k].score, 1000.0 / (1 + apart), 1e-9);
    }
}

static void test_search(void **state)
{
    static const struct {
        const char *spec, *mode;
    } cases[] = { { N1, "good" }, { N3, "good" }, { N3, "unsorted" }, { N1, "twice" } };

    NEEDS_LIBRARIES(state);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct run r;
        run_begin(&r, with(cases[i].spec, cases[i].mode));
        run_process(&r, MISID_TEMPLATE, RUN_IMAGES);
        uint64_t all = enroll(&r, 0, RUN_IMAGES), last = enroll(&r, 3, 3);
        check_search(&r, all, 0, 0, (const size_t[]){ 0, 1, 2, 3, 4, 5 }, 6);
        check_search(&r, last, 0, 3, (const size_t[]){ 0, 1, 2 }, 3);
        check_search(&r, all, 5, 0, (const size_t[]){ 5, 4, 3, 2, 1, 0 }, 6);
        r.b->drop(r.s, all);
        check_search(&r, last, 5, 3, (const size_t[]){ 2, 1, 0 }, 3);
        run_end(&r); /* and the gallery that was not dropped */
    }
    assert_int_equal(run_count_children(), 0);
}

/* Failed enrolments are enrolled blank, as FRTE does; failed probes find nothing. */
static void test_search_failed(void **state)
{
    struct run r;

    NEEDS_LIBRARIES(state);
    run_begin(&r, with(N3, "dark"));
    run_process(&r, MISID_TEMPLATE, RUN_IMAGES);
    assert_int_equal(r.answers[0].status, STATUS_NO_FACE);
    assert_string_equal(r.answers[0].reason, "return code 8, FaceDetectionError: it is too "
                        "dark to see");
    assert_int_equal(r.answers[2].status, STATUS_OK);
    uint64_t all = enroll(&r, 0, RUN_IMAGES);
    check_search(&r, all, 2, 0, (const size_t[]){ 2, 3, 4, 5 }, 4);
    check_search(&r, all, 0, 0, NULL, 0);
    run_end(&r);
    run_begin(&r, with(N1, "identify-code 14"));
    run_process(&r, MISID_TEMPLATE, 3);
    check_search(&r, enroll(&r, 0, 3), 0, 0, NULL, 0);
    run_end(&r);
}

static void check_no_gallery(const char *spec, const char *words)
{
    const void *t;
    size_t len = BOTH;
    uint64_t gallery;
    struct run r;

    run_begin(&r, spec);
    run_process(&r, MISID_TEMPLATE, 1);
    t = template_of(&r, 0, 0);
    assert_true(r.b->enroll(r.s, &t, &len, 1, &gallery, &r.err) < 0);
    assert_fault_says(&r.err, words);
    run_end(&r);
}

static void check_no_search(const char *spec, const char *words)
{
    struct backend_candidate found[1];
    struct run r;

    run_begin(&r, spec);
    run_process(&r, MISID_TEMPLATE, 1);
    uint64_t gallery = enroll(&r, 0, 1);
    assert_true(r.b->search(r.s, gallery, template_of(&r, 0, 0), BOTH, found, 1, &r.err) < 0);
    assert_fault_says(&r.err, words);
    run_end(&r);
}

static void test_search_wrong(void **state)
{
    NEEDS_LIBRARIES(state);
    check_no_gallery(with(N3, "finalize-code 11"),
                     "finalizeEnrollment(): return code 11, EnrollDirError");
    check_no_gallery(with(N3, "load-code 2"),
                     "initializeIdentification(): return code 2, ConfigError");
    check_no_gallery(with(N1, "lazy"), "initializeIdentification(): return code 11");
    check_no_search(with(N3, "stranger"), "identifyTemplate(): candidate 't99999999' with "
                    "score 1: expected one that was enrolled, and a number");
}

/* A process that ends takes the worker with it, and the gallery's folder goes too. */
static void test_search_crash(void **state)
{
    NEEDS_LIBRARIES(state);
    check_no_search(with(N3, "identify-crash"), "ended by signal 11");
    check_no_search(with(N3 ",deadline=0.3", "identify-slow"), "in time");
    remove_mode();
    assert_int_equal(rmdir(scratch), 0);
    assert_int_equal(mkdir(scratch, 0700), 0);
    assert_int_equal(run_count_children(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),      cmocka_unit_test(test_images),
        cmocka_unit_test(test_compare),       cmocka_unit_test(test_codes),
        cmocka_unit_test(test_failures),      cmocka_unit_test(test_no_score),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_several),
        cmocka_unit_test(test_search),        cmocka_unit_test(test_search_failed),
        cmocka_unit_test(test_search_wrong),  cmocka_unit_test(test_search_crash),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
