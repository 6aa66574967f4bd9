/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test_images.h"

#include <math.h>

#include "images/align.h"
#include "images/decode.h"
#include "images/encode.h"
#include "images/measure.h"
#include "images/shrink.h"
#include "images/turn.h"

/* statuses */

static void statuses(void **state)
{
    enum status back;

    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        enum status s = (enum status)i;
        assert_true(status_parse(status_name(s), &back));
        assert_int_equal(back, s);
        assert_true(strlen(status_about(s)) > 0);
        assert_int_equal(status_kind(s) == STATUS_KIND_OK, s == STATUS_OK);
    }
    assert_false(status_parse("fine", &back));
    assert_false(status_parse("", &back));
    assert_int_equal(status_kind(STATUS_MISSING), STATUS_KIND_MISSING);
    assert_int_equal(status_kind(STATUS_TRUNCATED), STATUS_KIND_UNREADABLE);
    assert_int_equal(status_kind(STATUS_NO_FACE), STATUS_KIND_MATCHER);
}

/* the noun */

static void parts_borrow(void **state)
{
    struct image im = noise_image(7, 5, 1);
    struct image part = image_part(&im, 2, 1, 5, 4);

    (void)state;
    assert_int_equal(part.cap, 0);
    assert_ptr_equal(image_row(&part, 3), image_row(&im, 4) + 6);
    image_release(&part); /* frees nothing of im's */
    assert_int_equal(im.width, 7);
    const uint8_t *before = im.pixels;
    assert_true(image_resize(&im, 5, 7)); /* as many bytes: the same memory */
    assert_ptr_equal(im.pixels, before);
    image_release(&im);
    assert_null(im.pixels);
}

/* encoding */

static void png_keeps_every_value(void **state)
{
    struct loader *l = *state;
    struct image im = noise_image(61, 43, 2);
    struct image part = image_part(&im, 3, 4, 31, 17);
    struct text png = TEXT_INIT;

    text_add(&png, "before");
    assert_int_equal(image_encode_png(&part, "a comment", &png, NULL), 0);
    assert_status(l, png.s + 6, png.len - 6, STATUS_OK);
    assert_int_equal(l->im.width, 31);
    assert_int_equal(l->im.height, 17);
    for (int y = 0; y < 17; y++)
        assert_memory_equal(image_row(&l->im, y), image_row(&part, y), 31 * 3);
    assert_int_equal(l->facts.colour, IMAGE_COLOUR_SRGB);
    assert_non_null(memmem(png.s, png.len, "a comment", 9));
    text_release(&png);
    image_release(&im);
}

static void jpeg_says_its_quality(void **state)
{
    struct loader *l = *state;
    struct image im = smooth_image(64, 48);

    for (int quality = 1; quality <= 100; quality++) {
        struct text jpeg = TEXT_INIT;
        assert_int_equal(image_encode_jpeg(&im, quality, NULL, &jpeg, NULL), 0);
        assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
        assert_int_equal(l->facts.quality, quality);
        assert_true(l->facts.quality_exact);
        text_release(&jpeg);
    }
    assert_pixel(&l->im, 0, 0, 40, 40, 90, 2);
    assert_pixel(&l->im, 63, 47, 207, 206, 90, 2);
    image_release(&im);
}

static void too_wide_for_a_jpeg(void **state)
{
    struct image im = IMAGE_INIT;
    struct text jpeg = TEXT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_true(image_resize(&im, IMAGE_MAX_SIDE, 1));
    text_add(&jpeg, "kept");
    assert_int_equal(image_encode_jpeg(&im, 90, NULL, &jpeg, &err), ERR_LIMIT);
    assert_fault_says(&err, "65500");
    assert_string_equal(jpeg.s, "kept");
    text_release(&jpeg);
    image_release(&im);
}

static void quality_of_other_tables(void **state)
{
    uint16_t table[64];
    bool exact;

    (void)state;
    for (int i = 0; i < 64; i++)
        table[i] = 1;
    assert_int_equal(jpeg_quality(table, &exact), 100);
    assert_true(exact);
    for (int i = 0; i < 64; i++)
        table[i] = 65535;
    assert_int_equal(jpeg_quality(table, &exact), 1);
    assert_false(exact);
}

/* turning */

static void turns(void **state)
{
    /* What a file of 3 × 2 pixels, numbered in rows from 0, looks like upright:
     * EXIF 2.32, table "Orientation". */
    static const struct {
        int width, height;
        uint8_t upright[6];
    } cases[9] = {
        [1] = { 3, 2, { 0, 1, 2, 3, 4, 5 } }, [2] = { 3, 2, { 2, 1, 0, 5, 4, 3 } },
        [3] = { 3, 2, { 5, 4, 3, 2, 1, 0 } }, [4] = { 3, 2, { 3, 4, 5, 0, 1, 2 } },
        [5] = { 2, 3, { 0, 3, 1, 4, 2, 5 } }, [6] = { 2, 3, { 3, 0, 4, 1, 5, 2 } },
        [7] = { 2, 3, { 5, 2, 4, 1, 3, 0 } }, [8] = { 2, 3, { 2, 5, 1, 4, 0, 3 } },
    };
    struct image im = IMAGE_INIT, out = IMAGE_INIT;

    (void)state;
    assert_true(image_resize(&im, 3, 2));
    for (int i = 0; i < 6; i++)
        memset(im.pixels + 3 * i, i, 3);
    for (int o = 1; o <= 8; o++) {
        assert_int_equal(turn_swaps(o), cases[o].width == 2);
        assert_true(image_resize(&out, cases[o].width, cases[o].height));
        turn_upright(&im, o, &out);
        for (int i = 0; i < 6; i++)
            assert_int_equal(out.pixels[3 * i], cases[o].upright[i]);
    }
    image_release(&im);
    image_release(&out);
}

static void turned_rectangles(void **state)
{
    struct image im = noise_image(70, 45, 3);

    (void)state;
    for (int o = 1; o <= 8; o++) {
        struct image all = IMAGE_INIT, part = IMAGE_INIT;
        const bool swaps = turn_swaps(o);
        assert_true(image_resize(&all, swaps ? 45 : 70, swaps ? 70 : 45));
        turn_upright(&im, o, &all);
        const struct image expected = image_part(&all, 5, 9, 33, 31);
        int x = 5, y = 9, w = 33, h = 31;
        turn_rectangle(o, 70, 45, &x, &y, &w, &h);
        const struct image stored = image_part(&im, x, y, w, h);
        assert_true(image_resize(&part, 33, 31));
        turn_upright(&stored, o, &part);
        for (int row = 0; row < 31; row++)
            assert_memory_equal(image_row(&part, row), image_row(&expected, row), 99);
        image_release(&all);
        image_release(&part);
    }
    image_release(&im);
}

/* the area filter, against its definition in long double */

static int area_mean(const struct image *im, int x, int y, int c, int width, int height)
{
    const long double sx = (long double)im->width / width;
    const long double sy = (long double)im->height / height;
    long double sum = 0;

    for (int v = (int)(y * sy); v < im->height && v < (y + 1) * sy; v++) {
        for (int u = (int)(x * sx); u < im->width && u < (x + 1) * sx; u++) {
            long double w = fminl(u + 1, (x + 1) * sx) - fmaxl(u, x * sx);
            long double h = fminl(v + 1, (y + 1) * sy) - fmaxl(v, y * sy);
            if (w > 0 && h > 0)
                sum += w * h * image_row(im, v)[3 * u + c];
        }
    }
    return (int)floorl(sum / (sx * sy) + .5L + 1e-12L);
}

static void area_filter(void **state)
{
    static const struct {
        int from_w, from_h, to_w, to_h;
    } cases[] = {
        { 40, 30, 20, 15 }, { 41, 29, 17, 23 }, { 41, 29, 41, 29 }, { 41, 29, 41, 7 },
        { 41, 29, 1, 1 },   { 3, 200, 2, 199 }, { 100, 3, 99, 1 },  { 1, 1, 1, 1 },
    };
    struct shrinker s = { NULL, 0 };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct image im = noise_image(cases[i].from_w, cases[i].from_h, 4 + (uint32_t)i);
        struct image out = IMAGE_INIT;
        assert_true(image_resize(&out, cases[i].to_w, cases[i].to_h));
        assert_true(shrink_area(&s, &im, &out));
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                for (int c = 0; c < 3; c++)
                    assert_int_equal(image_row(&out, y)[3 * x + c],
                                     area_mean(&im, x, y, c, out.width, out.height));
        image_release(&im);
        image_release(&out);
    }
    shrinker_release(&s);
}

/* The largest sums there can be: 2^27 white pixels into one, and into few. */
static void area_filter_of_much(void **state)
{
    struct shrinker s = { NULL, 0 };
    struct image im = IMAGE_INIT, out = IMAGE_INIT;

    (void)state;
    assert_true(image_resize(&im, 65535, 2048));
    memset(im.pixels, 255, im.stride * (size_t)im.height);
    for (int side = 1; side <= 3; side++) {
        assert_true(image_resize(&out, side, side));
        assert_true(shrink_area(&s, &im, &out));
        for (int i = 0; i < 3 * side * side; i++)
            assert_int_equal(out.pixels[i], 255);
    }
    shrinker_release(&s);
    image_release(&im);
    image_release(&out);
}

/* alignment */

static void fits(void **state)
{
    const double angle = .4, scale = .37;
    struct point from[LANDMARKS];
    struct affine fit;

    (void)state;
    /* the template, moved by a known similarity, is taken back exactly */
    for (int i = 0; i < LANDMARKS; i++) {
        struct point p = align_template[i];
        from[i].x = (cos(angle) * p.x - sin(angle) * p.y) / scale + 300;
        from[i].y = (sin(angle) * p.x + cos(angle) * p.y) / scale - 20;
    }
    assert_true(align_fit(from, align_template, LANDMARKS, &fit));
    assert_true(fabs(fit.m[0] - scale * cos(angle)) < 1e-12);
    assert_true(fabs(fit.m[1] - scale * sin(angle)) < 1e-12);
    for (int i = 0; i < LANDMARKS; i++) {
        struct point p = affine_apply(&fit, from[i]);
        assert_true(fabs(p.x - align_template[i].x) < 1e-9);
        assert_true(fabs(p.y - align_template[i].y) < 1e-9);
    }
    /* that of other points, by the general method with a singular value
     * decomposition in NumPy; OpenCV's estimateAffinePartial2D() has the same 8 digits */
    static const struct point face[LANDMARKS] = {
        { 204.5, 241.25 }, { 289, 236 }, { 251.75, 290 }, { 213, 330.5 }, { 284.25, 327 },
    };
    static const double expected[6] = { .43325728796787294, -.012923613012411342, -47.95569253212982,
                                          .012923613012411342, .43325728796787294, -54.76740204002962 };
    assert_true(align_fit(face, align_template, LANDMARKS, &fit));
    for (int i = 0; i < 6; i++)
        assert_true(fabs(fit.m[i] - expected[i]) < 1e-10);
    for (int i = 0; i < LANDMARKS; i++)
        from[i] = (struct point){ 5, 5 };
    assert_false(align_fit(from, align_template, LANDMARKS, &fit));
    from[2].x = NAN;
    assert_false(align_fit(from, align_template, LANDMARKS, &fit));
    from[2].x = 1e300;
    assert_false(align_fit(from, align_template, LANDMARKS, &fit));
}

static void warps(void **state)
{
    struct image im = smooth_image(90, 70), out = IMAGE_INIT;

    (void)state;
    assert_true(image_resize(&out, 90, 70));
    const struct affine same = { { 1, 0, 0, 0, 1, 0 } };
    assert_true(align_warp(&im, &same, &out));
    assert_memory_equal(out.pixels, im.pixels, 90 * 70 * 3);

    /* by half a pixel: the mean of two neighbours; black outside */
    const struct affine shift = { { 1, 0, -.5, 0, 1, 3 } };
    assert_true(align_warp(&im, &shift, &out));
    for (int x = 0; x < 89; x++) {
        int sum = image_row(&im, 7)[3 * x] + image_row(&im, 7)[3 * x + 3];
        assert_int_equal(image_row(&out, 10)[3 * x], (sum + 1) / 2);
    }
    assert_pixel(&out, 40, 2, 0, 0, 0, 0);
    const struct affine flat = { { 1, 2, 0, 2, 4, 0 } };
    assert_false(align_warp(&im, &flat, &out));
    const struct affine far = { { 1e-200, 0, 0, 0, 1e-200, 0 } };
    align_warp(&im, &far, &out); /* whatever it says, within its bounds */
    image_release(&im);
    image_release(&out);
}

/* measures */

static struct image flat_image(int width, int height, int r, int g, int b)
{
    struct image im = IMAGE_INIT;

    assert_true(image_resize(&im, width, height));
    for (int i = 0; i < width * height; i++) {
        im.pixels[3 * i] = (uint8_t)r;
        im.pixels[3 * i + 1] = (uint8_t)g;
        im.pixels[3 * i + 2] = (uint8_t)b;
    }
    return im;
}

static struct image_measures measured(struct image im)
{
    struct measurer *m = measurer_new();
    struct image_measures to;

    measure_image(m, &im, &to);
    measurer_free(m);
    image_release(&im);
    return to;
}

static void light(void **state)
{
    (void)state;
    struct image_measures m = measured(flat_image(30, 20, 255, 255, 255));
    assert_true(fabs(m.luminance - 1) < 1e-6);
    assert_true(m.over == 1 && m.under == 0 && m.sharpness == 0 && m.skin == 0);
    assert_true(isnan(m.ita));
    m = measured(flat_image(30, 20, 0, 0, 0));
    assert_true(m.luminance == 0 && m.under == 1 && m.over == 0);
    /* IEC 61966-2-1: grey 128 is .2158605 of white, 55.04 of 255 */
    m = measured(flat_image(30, 20, 128, 128, 128));
    assert_true(fabs(m.luminance - .2158605) < 1e-6);
    assert_true(m.under == 0 && m.over == 0);
    /* grey 89 is 25.474 of 255, 90 is 26.07; 251 is 245.99, 252 is 248.2 */
    assert_true(measured(flat_image(9, 9, 89, 89, 89)).under == 1);
    assert_true(measured(flat_image(9, 9, 90, 90, 90)).under == 0);
    assert_true(measured(flat_image(9, 9, 252, 252, 252)).over == 1);
    assert_true(measured(flat_image(9, 9, 251, 251, 251)).over == 0);
}

static void laplacian(void **state)
{
    struct image im = flat_image(5, 5, 100, 100, 100);

    (void)state;
    memset(image_row(&im, 2) + 6, 200, 3); /* one pixel 100 brighter */
    struct image_measures m = measured(im);
    /* −400 once and 100 four times among 25: mean 0 */
    assert_true(fabs(m.sharpness - (160000 + 4 * 10000) / 25.) < 1e-9);
    assert_true(measured(flat_image(1, 1, 9, 9, 9)).sharpness == 0);
    assert_true(measured(noise_image(1, 7, 5)).sharpness > 0);
    assert_true(measured(noise_image(2, 2, 5)).sharpness > 0);
}

/* Expected: CIE 15 and IEC 61966-2-1 in double precision, in NumPy; OpenCV's
 * cvtColor(), in floats, gives 29.66 and -51.95. */
static void skin_tone(void **state)
{
    (void)state;
    struct image_measures m = measured(flat_image(40, 40, 224, 172, 105));
    assert_true(m.skin == 1);
    if (fabs(m.ita - 29.803) > .3)
        fail_msg("ITA %g, expected %g", m.ita, 29.803);
    m = measured(flat_image(600, 400, 90, 56, 37));
    assert_true(m.skin == 1);
    if (fabs(m.ita - -51.722) > .3)
        fail_msg("ITA %g, expected %g", m.ita, -51.722);
    assert_true(measured(flat_image(40, 40, 60, 120, 200)).skin == 0);
    assert_true(isnan(measured(flat_image(4, 4, 224, 172, 105)).ita)); /* too few */
}

/* PNM */

static void pnm_kinds(void **state)
{
    struct loader *l = *state;
    static const struct {
        const char *bytes;
        size_t len;
        int depth, channels;
        uint8_t first[3], second[3];
    } cases[] = {
#define PNM(s) s, sizeof(s) - 1
        { PNM("P1\n2 1\n0 1\n"), 1, 1, { 255, 255, 255 }, { 0, 0, 0 } },
        { PNM("P1 2 1 01"), 1, 1, { 255, 255, 255 }, { 0, 0, 0 } },
        { PNM("P2\n# a comment\n2 # another\n1\n3\n1 3"), 8, 1, { 85, 85, 85 },
          { 255, 255, 255 } },
        { PNM("P3 2 1 255\n1 2 3 4 5 6\n"), 8, 3, { 1, 2, 3 }, { 4, 5, 6 } },
        { PNM("P4 2 1\n\x40"), 1, 1, { 255, 255, 255 }, { 0, 0, 0 } },
        { PNM("P5 2 1 255\nAz"), 8, 1, { 'A', 'A', 'A' }, { 'z', 'z', 'z' } },
        { PNM("P5 2 1 65535\n\x80\x80\xff\xff"), 16, 1, { 128, 128, 128 },
          { 255, 255, 255 } },
        { PNM("P6 2 1 255\nABCDEF"), 8, 3, { 'A', 'B', 'C' }, { 'D', 'E', 'F' } },
        { PNM("P6 2 1 300\n\0\1\0\2\0\3\1\x2c\0\0\0\x96"), 16, 3, { 1, 2, 3 },
          { 255, 0, 128 } },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_status(l, cases[i].bytes, cases[i].len, STATUS_OK);
        assert_int_equal(l->im.width, 2);
        assert_int_equal(l->im.height, 1);
        assert_int_equal(l->facts.depth, cases[i].depth);
        assert_int_equal(l->facts.channels, cases[i].channels);
        assert_memory_equal(l->im.pixels, cases[i].first, 3);
        assert_memory_equal(l->im.pixels + 3, cases[i].second, 3);
    }
}

static void pnm_faults(void **state)
{
    struct loader *l = *state;
    static const struct {
        const char *bytes;
        size_t len;
        enum status status;
    } cases[] = {
        { PNM("P5 "), STATUS_TRUNCATED },
        { PNM("P5 2"), STATUS_TRUNCATED },
        { PNM("P5 2 1 255"), STATUS_TRUNCATED },
        { PNM("P5 2 1 255\nA"), STATUS_TRUNCATED },
        { PNM("P5 2 1 256\nABC"), STATUS_TRUNCATED },
        { PNM("P2 2 1 255\n1 "), STATUS_TRUNCATED },
        { PNM("P1 2 1 0"), STATUS_TRUNCATED },
        { PNM("P4 9 1\nA"), STATUS_TRUNCATED },
        { PNM("P5 x 1 255\nA"), STATUS_CORRUPT },
        { PNM("P5 0 1 255\nA"), STATUS_CORRUPT },
        { PNM("P5 2 1 0\nAB"), STATUS_CORRUPT },
        { PNM("P5 2 1 65536\nABCD"), STATUS_CORRUPT },
        { PNM("P5 2 1 255xAB"), STATUS_CORRUPT },
        { PNM("P5 2 1 100\nAz"), STATUS_CORRUPT },
        { PNM("P2 2 1 9\n1 10"), STATUS_CORRUPT },
        { PNM("P1 2 1 0 2"), STATUS_CORRUPT },
        { PNM("P5 65536 1 255\nA"), STATUS_TOO_LARGE },
        { PNM("P5 20000 20000 255\nA"), STATUS_TOO_LARGE },
        { PNM("P5 99999999999999999999 1 255\nA"), STATUS_CORRUPT },
        { PNM("P7\nWIDTH 2\n"), STATUS_UNSUPPORTED },
        { PNM("P8 2 1 255\nAB"), STATUS_UNSUPPORTED },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_status(l, cases[i].bytes, cases[i].len, cases[i].status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),
        cmocka_unit_test(parts_borrow),
        loader_test(png_keeps_every_value),
        loader_test(jpeg_says_its_quality),
        cmocka_unit_test(too_wide_for_a_jpeg),
        cmocka_unit_test(quality_of_other_tables),
        cmocka_unit_test(turns),
        cmocka_unit_test(turned_rectangles),
        cmocka_unit_test(area_filter),
        cmocka_unit_test(area_filter_of_much),
        cmocka_unit_test(fits),
        cmocka_unit_test(warps),
        cmocka_unit_test(light),
        cmocka_unit_test(laplacian),
        cmocka_unit_test(skin_tone),
        loader_test(pnm_kinds),
        loader_test(pnm_faults),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
