/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Controlled changes of an image: their names, and their pixels by formulas. */
#include "test_images.h"

#include "images/change.h"
#include "images/encode.h"

#define assert_close(got, want, by)                                                     \
    do {                                                                                \
        double got_ = got, want_ = want;                                                \
        if (!(fabs(got_ - want_) <= (by)))                                              \
            fail_msg("%s is %.9g, expected %.9g", #got, got_, want_);                   \
    } while (0)

static struct dosage parsed(const char *text)
{
    struct err err = ERR_INIT;
    struct dosage c;

    if (change_parse(&c, text, "test", &err))
        fail_msg("%s", err_text(&err));
    return c;
}

static void assert_text(const char *from, const char *want)
{
    struct dosage c = parsed(from);
    struct text t = TEXT_INIT;

    change_add_text(&t, &c);
    assert_string_equal(t.s, want);
    text_release(&t);
}

static void test_texts(void **state)
{
    (void)state;
    assert_text("exposure=-1", "exposure=-1");
    assert_text("exposure=-1.0,jpeg=20.0", "exposure=-1,jpeg=20");
    assert_text("jpeg=20,exposure=-1", "jpeg=20,exposure=-1"); /* another change */
    assert_text("blur=.50", "blur=0.5");
    /* what changes nothing is no part of it */
    assert_text("exposure=0", "");
    assert_text("exposure=-0,resolution=1,gamma=1,contrast=1,blur=0,noise=0", "");
    assert_text("jpeg=100", "jpeg=100"); /* quality 100 still rounds */
}

static void assert_refused(const char *text, const char *part)
{
    struct err err = ERR_INIT;
    struct dosage c;

    assert_int_equal(change_parse(&c, text, "x", &err), ERR_INPUT);
    if (!strstr(err_text(&err), part))
        fail_msg("\"%s\" does not say \"%s\"", err_text(&err), part);
    err_release(&err);
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused("", "'' is no change");
    assert_refused("exposur=1", "'exposur=1' is no change");
    assert_refused("exposure", "exposure is ''");
    assert_refused("exposure=nan", "expected a number");
    assert_refused("exposure=-9", "from -8 to 8");
    assert_refused("jpeg=0", "whole number from 1 to 100");
    assert_refused("jpeg=20.5", "whole number");
    assert_refused("resolution=0", "from 0.001 to 1");
    assert_refused("resolution=1.5", "from 0.001 to 1");
    assert_refused("blur=-1", "from 0 to 20");
    assert_refused("blur=1,", "'' is no change");
    assert_refused("blur=1;noise=2", "blur is '1;noise=2'");
}

static void test_distance(void **state)
{
    struct dose d;

    (void)state;
    assert_true(dose_of_point("exposure=-2", &d));
    assert_close(dose_distance(d), -2, 0);
    assert_true(dose_of_point("resolution=0.25", &d));
    assert_close(dose_distance(d), -2, 0);
    assert_true(dose_of_point("jpeg=20", &d));
    assert_close(dose_distance(d), -80, 0);
    assert_false(dose_of_point("", &d));
    assert_false(dose_of_point("native=80", &d));
    assert_false(dose_of_point("exposure=-1,jpeg=20", &d));
}

/* A picture of 0, 1, 2 … in all channels. */
static void fill(struct image *im, int width, int height)
{
    assert_true(image_resize(im, width, height));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < 3 * width; x++)
            image_row(im, y)[x] = (uint8_t)(7 * x + 13 * y + x * y / 5);
}

static void apply(const char *text, struct image *im, struct affine *to)
{
    struct changer *c = changer_new();
    struct dosage change = parsed(text);
    struct text reason = TEXT_INIT;

    assert_int_equal(change_apply(c, &change, im, to, &reason), STATUS_OK);
    changer_free(c);
    text_release(&reason);
}

static double decoded(double v)
{
    return v <= .04045 ? v / 12.92 : pow((v + .055) / 1.055, 2.4);
}

static double encoded(double v)
{
    return v <= .0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - .055;
}

static void assert_values(const char *change, double (*formula)(double v))
{
    struct image im = IMAGE_INIT;

    assert_true(image_resize(&im, 256, 1));
    for (int v = 0; v < 256; v++)
        memset(image_row(&im, 0) + 3 * v, v, 3);
    apply(change, &im, NULL);
    for (int v = 0; v < 256; v++) {
        int want = (int)floor(255 * fmin(1, fmax(0, formula(v / 255.))) + .5);
        for (int i = 0; i < 3; i++)
            if (image_row(&im, 0)[3 * v + i] != want)
                fail_msg("%s of %d is %d, expected %d", change, v,
                         image_row(&im, 0)[3 * v + i], want);
    }
    image_release(&im);
}

static double two_darker(double v)
{
    return encoded(decoded(v) / 4);
}

static double one_brighter(double v)
{
    return encoded(fmin(1, decoded(v) * 2));
}

static double gamma_2(double v)
{
    return pow(v, 2);
}

static double half_contrast(double v)
{
    return .5 + .5 * (v - .5);
}

static double contrast_3(double v)
{
    return .5 + 3 * (v - .5);
}

static void test_values(void **state)
{
    (void)state;
    assert_values("exposure=-2", two_darker);
    assert_values("exposure=1", one_brighter);
    assert_values("gamma=2", gamma_2);
    assert_values("contrast=0.5", half_contrast);
    assert_values("contrast=3", contrast_3);
}

/* Blurring by the sum over all pixels, mirrored, in doubles. */
static double blurred(const struct image *im, int x, int y, int channel, double sigma)
{
    const int reach = (int)ceil(4 * sigma);
    double sum = 0, total = 0;

    for (int j = -reach; j <= reach; j++)
        for (int i = -reach; i <= reach; i++) {
            int u = abs(x + i) % (2 * im->width - 2), v = abs(y + j) % (2 * im->height - 2);
            double w = exp(-(i * i + j * j) / (2 * sigma * sigma));
            u = u < im->width ? u : 2 * im->width - 2 - u;
            v = v < im->height ? v : 2 * im->height - 2 - v;
            sum += w * image_row(im, v)[3 * u + channel];
            total += w;
        }
    return sum / total;
}

static void test_blur(void **state)
{
    struct image im = IMAGE_INIT, before = IMAGE_INIT;

    (void)state;
    /* of 25 rows a sigma of 20/250 is 2 pixels; the kernel is wider than the picture */
    fill(&im, 13, 25);
    fill(&before, 13, 25);
    apply("blur=20", &im, NULL);
    for (int y = 0; y < 25; y++)
        for (int x = 0; x < 13; x++)
            for (int i = 0; i < 3; i++)
                if (fabs(image_row(&im, y)[3 * x + i] - blurred(&before, x, y, i, 2)) > .52)
                    fail_msg("%d,%d is %d, expected %g", x, y, image_row(&im, y)[3 * x + i],
                             blurred(&before, x, y, i, 2));
    /* what is even stays what it was, white too, and so does a single pixel */
    assert_true(image_resize(&im, 5, 1));
    memset(im.pixels, 255, 15);
    apply("blur=20", &im, NULL);
    for (int i = 0; i < 15; i++)
        assert_int_equal(im.pixels[i], 255);
    image_release(&im);
    image_release(&before);
}

static void test_noise(void **state)
{
    struct image im = IMAGE_INIT, same = IMAGE_INIT;
    double sum = 0, squares = 0;
    const int n = 300 * 200 * 3;

    (void)state;
    assert_true(image_resize(&im, 300, 200) && image_resize(&same, 300, 200));
    memset(im.pixels, 128, n);
    memset(same.pixels, 128, n);
    apply("noise=10", &im, NULL);
    apply("noise=10", &same, NULL);
    assert_memory_equal(im.pixels, same.pixels, n);
    for (int i = 0; i < n; i++) {
        double d = im.pixels[i] - 128;
        sum += d;
        squares += d * d;
    }
    /* within five standard errors */
    assert_close(sum / n, 0, 5 * 10 / sqrt(n));
    assert_close(sqrt(squares / n), 10, 5 * 10 / sqrt(2. * n));
    /* other pixels, other noise; and the first bytes, the same on every machine */
    memset(same.pixels, 128, n);
    same.pixels[n - 1] = 129;
    apply("noise=10", &same, NULL);
    assert_int_not_equal(memcmp(im.pixels, same.pixels, 100), 0);
    static const uint8_t first[] = { 116, 133, 120, 120, 137, 127,
                                     124, 138, 125, 128, 121, 142 };
    assert_memory_equal(im.pixels, first, sizeof first);
    image_release(&im);
    image_release(&same);
}

static void test_resolution(void **state)
{
    struct image im = IMAGE_INIT;
    struct affine to = { { 1, 0, 0, 0, 1, 0 } };
    struct image_place place = { true, true, { 20, 10, 40, 50 },
                                 { { 29.5, 19.5 }, { 49.5, 19.5 } } };

    (void)state;
    fill(&im, 100, 80);
    apply("resolution=0.5", &im, &to);
    assert_int_equal(im.width, 50);
    assert_int_equal(im.height, 40);
    image_place_move(&place, &to);
    assert_close(place.box.x, 10, 1e-9);
    assert_close(place.box.y, 5, 1e-9);
    assert_close(place.box.width, 20, 1e-9);
    assert_close(place.box.height, 25, 1e-9);
    /* 30 pixels from the left edge to the middle between two: 15 now */
    assert_close(place.landmarks[0].x, 14.5, 1e-9);
    assert_close(place.landmarks[1].y, 9.5, 1e-9);
    apply("height=10", &im, &to); /* twice in a row, the one behind the other */
    assert_int_equal(im.height, 10);
    assert_int_equal(im.width, 13); /* 12.5 */
    assert_close(to.m[0], .13, 1e-9);
    assert_close(to.m[4], .125, 1e-9);
    assert_close(affine_apply(&to, (struct point){ 99.5, 79.5 }).y, 9.5, 1e-9);
    apply("height=11", &im, &to); /* never larger */
    assert_int_equal(im.height, 10);
    apply("resolution=0.001", &im, &to);
    assert_int_equal(im.width, 1);
    assert_int_equal(im.height, 1);
    image_release(&im);
}

static void test_jpeg(void **state)
{
    struct loader *l = *state;
    struct image im = IMAGE_INIT;
    struct text bytes = TEXT_INIT;
    struct err err = ERR_INIT;

    fill(&im, 37, 21);
    assert_int_equal(image_encode_jpeg(&im, 20, NULL, &bytes, &err), 0);
    apply("jpeg=20", &im, NULL);
    assert_status(l, bytes.s, bytes.len, STATUS_OK);
    assert_int_equal(im.width, 37);
    for (int y = 0; y < 21; y++)
        assert_memory_equal(image_row(&im, y), image_row(&l->im, y), 3 * 37);
    /* past what JPEG can hold: the sample's outcome, not a failure of the run */
    struct changer *c = changer_new();
    struct dosage change = parsed("jpeg=20");
    assert_true(image_resize(&im, 65535, 1));
    memset(im.pixels, 0, 3 * 65535);
    assert_int_equal(change_apply(c, &change, &im, NULL, &l->reason), STATUS_TOO_LARGE);
    assert_reason(l, "changed");
    changer_free(c);
    image_release(&im);
    text_release(&bytes);
}

/* By way of the loader: measured is what the matcher gets. */
static void test_loaded(void **state)
{
    struct loader *l = *state;
    struct dosage change = parsed("exposure=-3,resolution=0.5");
    struct image im = IMAGE_INIT;
    struct text bytes = TEXT_INIT;
    struct err err = ERR_INIT;

    assert_true(image_resize(&im, 40, 20));
    memset(im.pixels, 200, 40 * 20 * 3);
    assert_int_equal(image_encode_png(&im, NULL, &bytes, &err), 0);
    l->options.change = &change;
    l->options.measure = true;
    assert_status(l, bytes.s, bytes.len, STATUS_OK);
    assert_int_equal(l->im.width, 20);
    assert_int_equal(l->facts.width, 40);
    assert_close(l->facts.to_pixels.m[0], .5, 1e-9);
    assert_close(l->facts.measures.luminance, decoded(200 / 255.) / 8, .002);
    image_release(&im);
    text_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_blur),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_resolution),
        loader_test(test_jpeg),
        loader_test(test_loaded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
