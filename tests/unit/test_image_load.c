/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From files, and what is made of the picture. */
#include "test_images.h"

#include <math.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "images/align.h"
#include "images/encode.h"

static enum status load_path(struct loader *l, const char *path)
{
    return image_load(l->ws, path, &l->options, &l->place, &l->im, &l->facts, &l->reason);
}

static void assert_path(struct loader *l, const char *path, enum status expected,
                        const char *reason)
{
    enum status got = load_path(l, path);

    if (got != expected)
        fail_msg("%s: %s (%s), expected %s", path, status_name(got), l->reason.s,
                 status_name(expected));
    assert_reason(l, reason);
}

static char *in_folder(const char *dir, const char *name)
{
    return path_join(dir, name);
}

/* No file stops anything, nor makes anyone wait. */
static void files(void **state)
{
    struct loader *l = *state;
    char *dir = test_folder();
    struct image im = smooth_image(30, 20);

    char *png = in_folder(dir, "a png.jpg"); /* whatever it is called */
    assert_int_equal(image_write_png(&im, NULL, png, NULL), 0);
    assert_path(l, png, STATUS_OK, "");
    assert_int_equal(l->facts.format, IMAGE_FORMAT_PNG);
    char *odd = in_folder(dir, "new\nline \xff\xfe");
    assert_int_equal(image_write_jpeg(&im, 90, NULL, odd, NULL), 0);
    assert_path(l, odd, STATUS_OK, "");
    char *link = in_folder(dir, "link");
    assert_int_equal(symlink(png, link), 0);
    assert_path(l, link, STATUS_OK, "");

    char *loop = in_folder(dir, "loop");
    assert_int_equal(symlink(loop, loop), 0);
    assert_path(l, loop, STATUS_UNREADABLE, "symbolic links");
    char *nothing = in_folder(dir, "nothing");
    assert_path(l, nothing, STATUS_MISSING, "no such file");
    char *below = in_folder(png, "below");
    assert_path(l, below, STATUS_MISSING, "no such file");
    char *dangling = in_folder(dir, "dangling");
    assert_int_equal(symlink(nothing, dangling), 0);
    assert_path(l, dangling, STATUS_MISSING, "no such file");
    char *empty = test_file(dir, "empty", "");
    assert_path(l, empty, STATUS_EMPTY, "no bytes");
    char *words = test_file(dir, "words.png", "these are no pixels");
    assert_path(l, words, STATUS_UNSUPPORTED, "no known image format");
    char *page = test_file(dir, "page.jpg", "<!DOCTYPE html><title>Not found</title>");
    assert_path(l, page, STATUS_UNSUPPORTED, "a web page");
    char *gif = test_file(dir, "a.gif", "GIF89a and so on");
    assert_path(l, gif, STATUS_UNSUPPORTED, "a GIF");
    char *one = test_file(dir, "one", "P");
    assert_path(l, one, STATUS_UNSUPPORTED, "no known");

    char *fifo = in_folder(dir, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_path(l, fifo, STATUS_NOT_A_FILE, "FIFO");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    char *sock = in_folder(dir, "socket");
    assert_true(strlen(sock) < sizeof address.sun_path);
    strcpy(address.sun_path, sock);
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    assert_path(l, sock, STATUS_NOT_A_FILE, "socket");
    close(s);
    assert_path(l, dir, STATUS_NOT_A_FILE, "folder");
    assert_path(l, "/dev/zero", STATUS_NOT_A_FILE, "device");
    assert_path(l, "", STATUS_MISSING, "no such file");
    if (geteuid() != 0) {
        assert_int_equal(chmod(png, 0), 0);
        assert_path(l, png, STATUS_UNREADABLE, "Permission denied");
    }
    assert_path(l, odd, STATUS_OK, ""); /* and the workspace is as good as new */
    l->options.max_bytes = 100;
    assert_path(l, odd, STATUS_TOO_LARGE, "at most 100");

    char *all[] = { png, odd, link, loop, nothing, below, dangling, empty, words, page, gif,
                    one, fifo, sock };
    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        free(all[i]);
    image_release(&im);
    test_remove_folder(dir);
}

/* A sparse file of a terabyte is refused for its size, not read. */
static void huge_file(void **state)
{
    struct loader *l = *state;
    char *dir = test_folder(), *path = test_file(dir, "huge.jpg", "\xff\xd8\xff");

    if (truncate(path, (off_t)1 << 40) == 0)
        assert_path(l, path, STATUS_TOO_LARGE, "1099511627776 bytes");
    free(path);
    test_remove_folder(dir);
}

/* A PNG of smooth_image() in memory. */
static struct text smooth_png(int width, int height)
{
    struct image im = smooth_image(width, height);
    struct text png = TEXT_INIT;

    assert_int_equal(image_encode_png(&im, NULL, &png, NULL), 0);
    image_release(&im);
    return png;
}

static void boxes(void **state)
{
    struct loader *l = *state;
    struct text png = smooth_png(200, 100);
    static const struct {
        struct box box;
        double margin;
        int width, height, red, green; /* the last two of the first pixel; -1: no-region */
    } cases[] = {
        { { 20, 10, 50, 40 }, 0, 50, 40, 20, 10 },
        { { 20.9, 10.2, 50, 40 }, 0, 51, 41, 20, 10 },
        { { 20, 20, 50, 40 }, .2, 70, 56, 10, 12 },
        { { -10, -10, 30, 30 }, 0, 20, 20, 0, 0 },
        { { 190, 90, 50, 40 }, .5, 35, 30, 165, 70 },
        { { -1e9, -1e9, 3e9, 3e9 }, 0, 200, 100, 0, 0 },
        { { 199.5, 99.5, .1, .1 }, 0, 1, 1, 199, 99 },
        { { 200, 0, 50, 50 }, 0, 0, 0, -1, 0 },
        { { -50, 0, 50, 50 }, 0, 0, 0, -1, 0 },
        { { 20, 10, 0, 40 }, 0, 0, 0, -1, 0 },
        { { 20, 10, -5, 40 }, 0, 0, 0, -1, 0 },
        { { NAN, 10, 5, 40 }, 0, 0, 0, -1, 0 },
        { { 20, 10, INFINITY, 40 }, 0, 0, 0, -1, 0 },
    };

    l->options.crop = true;
    assert_status(l, png.s, png.len, STATUS_NO_REGION);
    assert_reason(l, "no box");
    l->place.has_box = true;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        l->place.box = cases[i].box;
        l->options.margin = cases[i].margin;
        if (cases[i].red < 0) {
            assert_status(l, png.s, png.len, STATUS_NO_REGION);
            continue;
        }
        assert_status(l, png.s, png.len, STATUS_OK);
        assert_int_equal(l->im.width, cases[i].width);
        assert_int_equal(l->im.height, cases[i].height);
        assert_pixel(&l->im, 0, 0, 40 + 170 * cases[i].red / 200,
                     40 + 170 * cases[i].green / 100, 90, 0);
        struct point p = affine_apply(&l->facts.to_pixels,
                                      (struct point){ cases[i].red, cases[i].green });
        assert_true(fabs(p.x) < 1e-9 && fabs(p.y) < 1e-9);
    }
    text_release(&png);
}

/* A box, made smaller, of a picture that is decoded small. */
static void box_of_a_large_one(void **state)
{
    struct loader *l = *state;
    struct image im = smooth_image(1600, 1200);
    struct text jpeg = TEXT_INIT;

    assert_int_equal(image_encode_jpeg(&im, 95, NULL, &jpeg, NULL), 0);
    l->options.crop = l->place.has_box = true;
    l->place.box = (struct box){ 403, 301, 797, 598 };
    l->options.max_side = 100;
    assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
    assert_int_equal(l->im.width, 100);
    assert_int_equal(l->im.height, 75);
    for (int i = 0; i < 100; i += 9) {
        int y = i * 75 / 100;
        const struct affine *a = &l->facts.to_pixels;
        double x_there = (i - a->m[2]) / a->m[0], y_there = (y - a->m[5]) / a->m[4];
        assert_pixel(&l->im, i, y, 40 + (int)(170 * x_there / 1600),
                     40 + (int)(170 * y_there / 1200), 90, 3);
    }
    assert_true(fabs((0 - l->facts.to_pixels.m[2]) / l->facts.to_pixels.m[0] - 407) < 9);
    text_release(&jpeg);
    image_release(&im);
}

static void never_larger(void **state)
{
    struct loader *l = *state;
    struct text png = smooth_png(40, 30);

    l->options.max_side = 500;
    assert_status(l, png.s, png.len, STATUS_OK);
    assert_int_equal(l->im.width, 40);
    l->options.max_side = 40;
    assert_status(l, png.s, png.len, STATUS_OK);
    assert_int_equal(l->im.width, 40);
    text_release(&png);
}

static void alignment(void **state)
{
    struct loader *l = *state;
    struct text png = smooth_png(400, 300);

    l->options.align = true;
    assert_status(l, png.s, png.len, STATUS_NO_REGION);
    assert_reason(l, "no landmarks");
    assert_true(isnan(l->facts.eye_distance));
    l->place.has_landmarks = true;
    for (int i = 0; i < LANDMARKS; i++) /* the template, twice as large, at 100, 50 */
        l->place.landmarks[i] = (struct point){ 100 + 2 * align_template[i].x,
                                                50 + 2 * align_template[i].y };
    assert_status(l, png.s, png.len, STATUS_OK);
    assert_int_equal(l->im.width, 112);
    assert_int_equal(l->im.height, 112);
    assert_true(fabs(l->facts.eye_distance - 2 * hypot(73.5318 - 38.2946, 51.5014 - 51.6963)) <
                1e-9);
    for (int i = 0; i < 112; i++)
        assert_pixel(&l->im, i, i, 40 + 170 * (100 + 2 * i) / 400, 40 + 170 * (50 + 2 * i) / 300,
                     90, 1);
    for (int i = 0; i < LANDMARKS; i++)
        l->place.landmarks[i].x += 1000;
    assert_status(l, png.s, png.len, STATUS_NO_REGION);
    assert_reason(l, "outside");
    for (int i = 0; i < LANDMARKS; i++)
        l->place.landmarks[i] = (struct point){ 9, 9 };
    assert_status(l, png.s, png.len, STATUS_NO_REGION);
    l->place.landmarks[3].y = NAN;
    assert_status(l, png.s, png.len, STATUS_NO_REGION);
    text_release(&png);
}

/* Many workspaces at once, each with the same results as one alone. */
struct racer {
    const struct text *png, *jpeg;
    int good;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    void *state;

    loader_setup(&state);
    struct loader *l = state;
    l->options.measure = true;
    for (int i = 0; i < 40; i++) {
        l->options.max_side = i % 3 ? 0 : 33;
        const struct text *t = i % 2 ? r->png : r->jpeg;
        enum status s = image_load_bytes(l->ws, t->s, i % 5 ? t->len : t->len / 2,
                                         &l->options, NULL, &l->im, &l->facts, &l->reason);
        r->good += s == (i % 5 ? STATUS_OK : STATUS_TRUNCATED);
    }
    loader_teardown(&state);
    return NULL;
}

static void threads(void **state)
{
    struct image im = smooth_image(150, 100);
    struct text png = smooth_png(150, 100), jpeg = TEXT_INIT;
    struct racer racers[4];
    pthread_t ids[4];

    (void)state;
    assert_int_equal(image_encode_jpeg(&im, 80, NULL, &jpeg, NULL), 0);
    for (int i = 0; i < 4; i++) {
        racers[i] = (struct racer){ &png, &jpeg, 0 };
        assert_int_equal(pthread_create(&ids[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(ids[i], NULL);
        assert_int_equal(racers[i].good, 40);
    }
    image_release(&im);
    text_release(&png);
    text_release(&jpeg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        loader_test(files),        loader_test(huge_file), loader_test(boxes),
        loader_test(box_of_a_large_one), loader_test(never_larger),
        loader_test(alignment),    cmocka_unit_test(threads),
    };
    return cmocka_run_group_tests_name("image_load", tests, NULL, NULL);
}
