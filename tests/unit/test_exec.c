/* SPDX-License-Identifier: GPL-3.0-or-later */
/* External programs, through tests/backends/talker. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "backends/pixels_file.h"
#include "images/load.h"
#include "remote_run.h"

#define TALKER "exec:command=$/talker "

/* It tells the grey of the first pixel of every picture. */
static void check_greys(const char *spec)
{
    struct run r;

    run_begin(&r, spec);
    run_process(&r, MISID_CLASS | MISID_TEMPLATE, RUN_IMAGES);
    for (int i = 0; i < RUN_IMAGES; i++) {
        const struct answer *a = &r.answers[i];
        float v[4];
        char grey[8];
        if (a->status != STATUS_OK)
            fail_msg("%s: image %d: %s", spec, i, a->reason);
        snprintf(grey, sizeof grey, "%d", run_greys[i]);
        assert_string_equal(a->faces[0].label, grey);
        assert_int_equal(a->faces[0].template_len, sizeof v);
        memcpy(v, a->faces[0].template, sizeof v);
        assert_true(v[0] == run_greys[i] && v[1] == 1 && v[3] == 3);
    }
    run_end(&r);
}

static void test_good(void **state)
{
    struct run r;

    (void)state;
    run_begin(&r, TALKER "good");
    assert_string_equal(r.b->self, "talker");
    assert_int_equal(r.b->similarity, SIMILARITY_EUCLIDEAN);
    assert_int_equal(r.b->dimension, 4);
    assert_float_equal(r.b->native[0], 0.5, 0);
    assert_int_equal(r.b->n_files, 1);
    assert_int_equal(r.b->n_settings, 8);
    run_end(&r);
    check_greys(TALKER "good");
    check_greys(TALKER "shared");
    check_greys(TALKER "batches");
    check_greys(TALKER "end-third");
    check_greys(TALKER "child");
    check_greys("exec:command='$/talker' \"go\"\\\\od,deadline=5,memory=0");
}

static size_t count_folders(const char *parent)
{
    DIR *dir = opendir(parent);
    size_t n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

static void test_paths(void **state)
{
    char folder[] = "/tmp/misid-test-XXXXXX", path[64];
    struct view view = { .image = &run_pictures[0], .path = path };
    struct run r;

    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    check_greys(TALKER "batches ppm");
    check_greys(TALKER "batches png");
    assert_int_equal(count_folders(folder), 0);
    unsetenv("TMPDIR");

    snprintf(path, sizeof path, "%s/own.ppm", folder);
    assert_int_equal(pixels_write(&run_pictures[4], false, path, NULL), 0);
    run_begin(&r, TALKER "good ppm,path=original");
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_string_equal(r.answers[0].faces[0].label, "210");
    view.path = "";
    assert_true(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err) < 0);
    run_end(&r);
    unlink(path);
    rmdir(folder);
}

/* Files of pixels are read back as they were by readers that others wrote. */
static void test_pixels_file(void **state)
{
    char path[] = "/tmp/misid-test-XXXXXX";
    struct image_workspace *ws = image_workspace_new();
    const struct image_options options = IMAGE_OPTIONS_INIT;
    struct image im = IMAGE_INIT, back = IMAGE_INIT;
    struct image_facts facts;
    struct text reason = TEXT_INIT;

    (void)state;
    close(mkstemp(path));
    assert_true(image_resize(&im, 301, 211)); /* more than two blocks of a PNG */
    for (size_t i = 0; i < im.stride * 211; i++)
        im.pixels[i] = (uint8_t)(i * i / 7);
    for (int png = 0; png < 2; png++) {
        struct image part = image_part(&im, png, png, 300, 210);
        assert_int_equal(pixels_write(&part, png, path, NULL), 0);
        assert_int_equal(image_load(ws, path, &options, NULL, &back, &facts, &reason),
                         STATUS_OK);
        assert_string_equal(reason.s, "");
        assert_int_equal(facts.format, png ? IMAGE_FORMAT_PNG : IMAGE_FORMAT_PNM);
        assert_true(back.width == 300 && back.height == 210);
        for (int y = 0; y < 210; y++)
            assert_memory_equal(image_row(&back, y), image_row(&part, y), 900);
    }
    unlink(path);
    image_release(&im);
    image_release(&back);
    text_release(&reason);
    image_workspace_free(ws);
}

static void test_breaches(void **state)
{
    static const struct {
        const char *mode, *words;
    } cases[] = {
        { "garbage", "'W0000 something was deprecated'" },
        { "extra", "printed more than one line" },
        { "id", "answered another request" },
        { "null", "what is no answer" },
        { "json", "what is no answer" },
        { "twice", "what is no answer" },
        { "status", "'status' is none of" },
        { "missing", "'status' is none of" },
        { "types", "'status' is none of" },
        { "faces", "'faces' is not a list of at most 1" },
        { "confidence", "'confidence' is not a number from 0 to 1" },
        { "template-outside", "'template' lies outside the room for it" },
        { "template-huge", "'template' lies outside the room for it" },
        { "template-number", "is infinite" },
        { "template-text", "'template' holds what is no number" },
        { "template-short", "a template of 12 bytes, expected 16" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *spec = mem_printf(TALKER "%s", cases[i].mode);
        run_check_answers(spec, STATUS_ERROR, cases[i].words);
        free(spec);
    }
    run_check_answers(TALKER "flood", STATUS_ERROR, "a line of more than 16 MiB");
}

static void test_outcomes(void **state)
{
    (void)state;
    run_check_answers(TALKER "refused", STATUS_REFUSED, "too small");
    run_check_answers(TALKER "end", STATUS_CRASHED, "ended with exit status 3");
    run_check_answers(TALKER "half", STATUS_CRASHED, "ended with exit status 0");
    run_check_answers(TALKER "silent,deadline=0.1", STATUS_TIMEOUT, "in time");
    run_check_answers(TALKER "stop,deadline=0.1", STATUS_TIMEOUT, "in time");
    run_check_answers(TALKER "children,deadline=0.1", STATUS_TIMEOUT, "in time");
    /* an answer to too few images of a batch: each is asked for again by itself */
    run_check_answers(TALKER "short", STATUS_OK, "");
    /* the memory can be made neither smaller nor too large */
    run_check_answers(TALKER "shrink", STATUS_OK, "");
    run_check_answers(TALKER "grow", STATUS_OK, "");
}

static void test_closes_stdout(void **state)
{
    struct run r;
    struct view view = { .image = &run_pictures[0], .path = "" };

    (void)state;
    run_begin(&r, TALKER "close");
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    assert_int_equal(r.answers[0].status, STATUS_CRASHED);
    assert_non_null(strstr(r.answers[0].reason, "closed its standard output"));
    run_end(&r);
}

/* What is printed between two answers is found with the next request. */
static void test_late_garbage(void **state)
{
    struct run r;
    struct view view = { .image = &run_pictures[0], .path = "" };

    (void)state;
    char *spec = mem_strdup(TALKER "good");
    run_begin(&r, spec);
    assert_int_equal(r.b->process(r.s, MISID_CLASS, &view, 1, r.answers, &r.err), 0);
    run_end(&r);
    free(spec);
    run_check_refused(TALKER "late-garbage", "printed");
}

static void test_not_opened(void **state)
{
    (void)state;
    run_check_refused("exec", "command is missing");
    run_check_refused("exec:command=", "command is missing");
    run_check_refused("exec:command='x", "a quote is not closed");
    run_check_refused(TALKER "good,path=x", "path=x, expected normalised or original");
    run_check_refused(TALKER "good,size=3", "no option 'size'");
    run_check_refused(TALKER "good,memory=x", "memory=x");
    run_check_refused(TALKER "hello-garbage", "'Loading weights, please wait'");
    run_check_refused(TALKER "hello-protocol", "speaks protocol 2, expected 1");
    run_check_refused(TALKER "hello-empty", "'name' is missing");
    run_check_refused(TALKER "hello-option", "a name that is misid's own");
    run_check_refused(TALKER "hello-capability", "none of class, template");
    run_check_refused(TALKER "open-error", "open: no weights here");
    run_check_refused(TALKER "open-deep", "what is no answer");
    run_check_refused(TALKER "start-end", "ended with exit status 4; it last said: talker: "
                      "a library is missing");
    run_check_refused("exec:command=/bin/cat", "hello: ");
    run_check_refused("exec:command=/bin/true", "hello: ");
    run_check_refused("exec:command=/etc/passwd", "cannot be started: Permission denied");
    run_check_refused("exec:command=sleep 60,start-deadline=0.2", "in time");
}

/* Every process ends when the one that asked for it is killed. */
static void test_dies_with_parent(void **state)
{
    struct run r;
    int told[2];
    pid_t pid, child = 0;

    (void)state;
    assert_int_equal(pipe(told), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        run_begin(&r, TALKER "good");
        char *path = mem_printf("/proc/self/task/%d/children", getpid());
        FILE *fp = fopen(path, "r");
        int n = 0;
        if (fp && fscanf(fp, "%d", &n) == 1 && write(told[1], &n, sizeof n) > 0)
            pause();
        _exit(1);
    }
    assert_int_equal(read(told[0], &child, sizeof child), sizeof child);
    assert_int_equal(kill(child, 0), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    for (int i = 0; i < 3000 && kill(child, 0) == 0; i++) {
        char state_of = 'Z', *path = mem_printf("/proc/%d/stat", child);
        FILE *fp = fopen(path, "r");
        if (fp && fscanf(fp, "%*d %*s %c", &state_of) != 1)
            state_of = 'Z';
        if (fp)
            fclose(fp);
        free(path);
        if (state_of == 'Z') /* nobody reaps orphans in some containers */
            child = 0;
        if (!child)
            break;
        nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
    }
    assert_true(child == 0 || kill(child, 0) < 0);
    close(told[0]);
    close(told[1]);
}

static void test_nothing_leaks(void **state)
{
    size_t before = run_count_descriptors();

    (void)state;
    check_greys(TALKER "child");
    run_check_answers(TALKER "end", STATUS_CRASHED, "");
    run_check_answers(TALKER "id", STATUS_ERROR, "");
    assert_int_equal(run_count_descriptors(), before);
    assert_int_equal(run_count_children(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_pixels_file),
        cmocka_unit_test(test_breaches),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_closes_stdout),
        cmocka_unit_test(test_late_garbage),
        cmocka_unit_test(test_not_opened),
        cmocka_unit_test(test_dies_with_parent),
        cmocka_unit_test(test_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, run_make_pictures, run_free_pictures);
}
