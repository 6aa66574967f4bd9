/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test_images.h"

#include <lcms2.h>

#include "../pictures/make_jpeg.h"

static struct text smooth_jpeg(const struct jpeg_kind *k, int channels)
{
    struct image im = smooth_image(120, 80);
    struct text jpeg = make_jpeg(k, &im, channels);

    image_release(&im);
    return jpeg;
}

static const struct jpeg_kind plain = { .from = JCS_RGB, .in_file = JCS_YCbCr };

static void kinds(void **state)
{
    struct loader *l = *state;
    static const struct jpeg_kind colours[] = {
        { .from = JCS_RGB, .in_file = JCS_YCbCr },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .subsampled = true },
        { .from = JCS_RGB, .in_file = JCS_RGB },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .progressive = true },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .restart = 3, .subsampled = true },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .restart = 2, .progressive = true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        struct text jpeg = smooth_jpeg(&colours[i], 3);
        assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
        assert_string_equal(l->reason.s, "");
        assert_int_equal(l->facts.width, 120);
        assert_int_equal(l->facts.height, 80);
        assert_int_equal(l->facts.channels, 3);
        assert_int_equal(l->facts.progressive, colours[i].progressive);
        assert_int_equal(l->facts.colour, IMAGE_COLOUR_ASSUMED);
        for (int y = 0; y < 80; y += 7)
            for (int x = 0; x < 120; x += 7)
                assert_pixel(&l->im, x, y, 40 + 170 * x / 120, 40 + 170 * y / 80, 90, 5);
        text_release(&jpeg);
    }
}

static void grey(void **state)
{
    struct loader *l = *state;
    const struct jpeg_kind k = { .from = JCS_GRAYSCALE, .in_file = JCS_GRAYSCALE };
    struct text jpeg = smooth_jpeg(&k, 1); /* of the red values */

    assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
    assert_int_equal(l->facts.channels, 1);
    for (int x = 0; x < 120; x++) {
        int v = 40 + 170 * x / 120;
        assert_pixel(&l->im, x, 40, v, v, v, 3);
    }
    text_release(&jpeg);
}

/* Values are ink if there is no Adobe marker, and what is left white if there is. */
static void ink(void **state)
{
    struct loader *l = *state;
    static const struct {
        struct jpeg_kind kind;
        bool inverted;
    } cases[] = {
        { { .from = JCS_CMYK, .in_file = JCS_CMYK }, true },
        { { .from = JCS_CMYK, .in_file = JCS_YCCK }, true },
        { { .from = JCS_CMYK, .in_file = JCS_CMYK, .no_adobe = true }, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct text jpeg = smooth_jpeg(&cases[i].kind, 4);
        assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
        assert_int_equal(l->facts.channels, 4);
        assert_int_equal(l->facts.colour, IMAGE_COLOUR_INK);
        for (int x = 3; x < 120; x += 13) {
            int c[3] = { 40 + 170 * x / 120, 40 + 170 * 50 / 80, 90 }, k = 51;
            for (int j = 0; j < 3; j++)
                c[j] = cases[i].inverted ? c[j] * k / 255 : (255 - c[j]) * (255 - k) / 255;
            assert_pixel(&l->im, x, 50, c[0], c[1], c[2], 5);
        }
        text_release(&jpeg);
    }
}

static void orientations(void **state)
{
    struct loader *l = *state;
    /* the corner of the file's picture that comes to the upper left, and the one to
     * the upper right: 0 upper left, 1 upper right, 2 lower left, 3 lower right */
    static const int corners[9][2] = { { 0 },    { 0, 1 }, { 1, 0 }, { 3, 2 }, { 2, 3 },
                                       { 0, 2 }, { 2, 0 }, { 3, 1 }, { 1, 3 } };

    for (int o = 1; o <= 8; o++) {
        struct jpeg_kind k = plain;
        k.orientation = o;
        k.big_endian = o % 2;
        struct text jpeg = smooth_jpeg(&k, 3);
        for (int small = 0; small < 2; small++) {
            l->options.max_side = small ? 60 : 0;
            assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
            assert_int_equal(l->facts.orientation, o);
            assert_int_equal(l->facts.width, o < 5 ? 120 : 80);
            assert_int_equal(l->im.width, l->facts.width / (1 + small));
            assert_int_equal(l->im.height, l->facts.height / (1 + small));
            for (int i = 0; i < 2; i++)
                assert_pixel(&l->im, i ? l->im.width - 1 : 0, 0,
                             corners[o][i] % 2 ? 208 : 40, corners[o][i] / 2 ? 208 : 40, 90, 5);
        }
        text_release(&jpeg);
    }
}

static void odd_orientations(void **state)
{
    struct loader *l = *state;
    struct jpeg_kind k = plain;

    k.orientation = 9;
    struct text jpeg = smooth_jpeg(&k, 3);
    assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
    assert_int_equal(l->facts.orientation, 1);
    assert_reason(l, "orientation 9");
    text_release(&jpeg);
}

/* A profile with sRGB's primaries and linear values. */
static void *linear_profile(int channels, cmsUInt32Number *len)
{
    cmsCIExyY white = { .3127, .3290, 1 };
    cmsCIExyYTRIPLE rgb = { { .64, .33, 1 }, { .30, .60, 1 }, { .15, .06, 1 } };
    cmsToneCurve *curve = cmsBuildGamma(NULL, 1);
    cmsToneCurve *curves[3] = { curve, curve, curve };
    cmsHPROFILE p = channels == 1 ? cmsCreateGrayProfile(&white, curve)
                                  : cmsCreateRGBProfile(&white, &rgb, curves);

    assert_true(cmsSaveProfileToMem(p, NULL, len));
    void *bytes = mem_alloc(*len);
    assert_true(cmsSaveProfileToMem(p, bytes, len));
    cmsFreeToneCurve(curve);
    cmsCloseProfile(p);
    return bytes;
}

static void profiles(void **state)
{
    struct loader *l = *state;

    for (int channels = 1; channels <= 3; channels += 2) {
        cmsUInt32Number len;
        void *icc = linear_profile(channels, &len);
        struct jpeg_kind k = { .from = channels == 1 ? JCS_GRAYSCALE : JCS_RGB,
                          .in_file = channels == 1 ? JCS_GRAYSCALE : JCS_YCbCr,
                          .icc = icc, .icc_len = len };
        struct image im = IMAGE_INIT;
        assert_true(image_resize(&im, 20, 10));
        memset(im.pixels, 128, 600);
        struct text jpeg = make_jpeg(&k, &im, channels);
        for (int again = 0; again < 2; again++) { /* the second is the one that is kept */
            assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
            assert_int_equal(l->facts.colour, IMAGE_COLOUR_PROFILE);
            /* 128/255 of linear light is sRGB's 187.9 */
            assert_pixel(&l->im, 9, 5, 188, 188, 188, 1);
        }
        text_release(&jpeg);

        /* one for the other kind of picture, and a damaged one, are told and left */
        k.in_file = k.from = channels == 1 ? JCS_RGB : JCS_GRAYSCALE;
        jpeg = make_jpeg(&k, &im, 4 - channels);
        assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
        assert_int_equal(l->facts.colour, IMAGE_COLOUR_IGNORED);
        assert_reason(l, "ICC profile cannot be used");
        assert_pixel(&l->im, 9, 5, 128, 128, 128, 1);
        text_release(&jpeg);
        k.icc_len = 99;
        jpeg = make_jpeg(&k, &im, 4 - channels);
        assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
        assert_int_equal(l->facts.colour, IMAGE_COLOUR_IGNORED);
        text_release(&jpeg);
        image_release(&im);
        free(icc);
    }
}

static void srgb_profile_changes_nothing(void **state)
{
    struct loader *l = *state;
    cmsHPROFILE p = cmsCreate_sRGBProfile();
    cmsUInt32Number len;
    assert_true(cmsSaveProfileToMem(p, NULL, &len));
    void *icc = mem_alloc(len);
    assert_true(cmsSaveProfileToMem(p, icc, &len));
    cmsCloseProfile(p);
    struct jpeg_kind k = plain;
    struct text without = smooth_jpeg(&k, 3);
    k.icc = icc;
    k.icc_len = len;
    struct text with = smooth_jpeg(&k, 3);

    assert_status(l, without.s, without.len, STATUS_OK);
    uint8_t *pixels = mem_alloc(120 * 80 * 3);
    memcpy(pixels, l->im.pixels, 120 * 80 * 3);
    assert_status(l, with.s, with.len, STATUS_OK);
    assert_int_equal(l->facts.colour, IMAGE_COLOUR_SRGB);
    assert_memory_equal(pixels, l->im.pixels, 120 * 80 * 3);
    free(pixels);
    free(icc);
    text_release(&with);
    text_release(&without);
}

/* Cut anywhere it is truncated, and never anything else; but for the end marker. */
static void truncated(void **state)
{
    struct loader *l = *state;
    static const struct jpeg_kind cases[] = {
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .subsampled = true },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .progressive = true },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .restart = 1 },
        { .from = JCS_CMYK, .in_file = JCS_YCCK, .orientation = 6 },
    };
    struct image im = noise_image(150, 90, 9);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct text jpeg = make_jpeg(&cases[i], &im, i == 3 ? 4 : 3);
        for (int eighths = 0; eighths < 2; eighths++) {
            l->options.max_side = eighths ? 30 : 0;
            for (size_t len = 3; len < jpeg.len - 97; len += 97)
                assert_status(l, jpeg.s, len, STATUS_TRUNCATED);
            for (size_t len = jpeg.len - 97; len < jpeg.len - 4; len++)
                assert_status(l, jpeg.s, len, STATUS_TRUNCATED);
        }
        text_release(&jpeg);
    }
    image_release(&im);
}

static void without_end_marker(void **state)
{
    struct loader *l = *state;
    struct text jpeg = smooth_jpeg(&plain, 3);

    assert_status(l, jpeg.s, jpeg.len - 2, STATUS_OK);
    assert_reason(l, "without its end marker");
    text_addn(&jpeg, "\0\0\0more", 7); /* behind the end: nobody looks */
    assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
    assert_string_equal(l->reason.s, "");
    text_release(&jpeg);

    const struct jpeg_kind k = { .from = JCS_RGB, .in_file = JCS_YCbCr, .progressive = true };
    jpeg = smooth_jpeg(&k, 3);
    assert_status(l, jpeg.s, jpeg.len - 2, STATUS_TRUNCATED); /* who knows */
    text_release(&jpeg);
}

/* Finds a segment by its second byte. */
static size_t segment(const struct text *jpeg, int marker)
{
    const unsigned char *p = (const unsigned char *)jpeg->s;
    size_t at = 2;

    while (at + 4 < jpeg->len && p[at + 1] != marker)
        at += 2 + (size_t)(p[at + 2] << 8 | p[at + 3]);
    assert_true(at + 4 < jpeg->len);
    return at;
}

/* What one picture leaves out is not taken from the one before. */
static void tables_do_not_stay(void **state)
{
    struct loader *l = *state;
    struct text jpeg = smooth_jpeg(&plain, 3), without = TEXT_INIT;
    const size_t dqt = segment(&jpeg, 0xdb);

    assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
    const unsigned char *p = (const unsigned char *)jpeg.s + dqt;
    const size_t len = 2 + (size_t)(p[2] << 8 | p[3]);
    text_addn(&without, jpeg.s, dqt);
    text_addn(&without, jpeg.s + dqt + len, jpeg.len - dqt - len);
    assert_status(l, without.s, without.len, STATUS_CORRUPT);
    assert_reason(l, "table 0x00 was not defined");
    text_release(&jpeg);
    text_release(&without);
}

static void not_for_us(void **state)
{
    struct loader *l = *state;
    struct text jpeg = smooth_jpeg(&plain, 3);
    const size_t sof = segment(&jpeg, 0xc0);

    jpeg.s[sof + 4] = 12; /* bits */
    assert_status(l, jpeg.s, jpeg.len, STATUS_UNSUPPORTED);
    jpeg.s[sof + 4] = 8;
    jpeg.s[sof + 1] = (char)0xc3; /* lossless */
    assert_status(l, jpeg.s, jpeg.len, STATUS_UNSUPPORTED);
    jpeg.s[sof + 1] = (char)0xc0;
    jpeg.s[sof + 5] = jpeg.s[sof + 6] = 0; /* lines to be told later */
    assert_status(l, jpeg.s, jpeg.len, STATUS_UNSUPPORTED);
    text_release(&jpeg);
}

/* A header that promises 65535 × 65535 is refused before there is room for it. */
static void bombs(void **state)
{
    struct loader *l = *state;
    struct text jpeg = smooth_jpeg(&plain, 3);
    const size_t sof = segment(&jpeg, 0xc0);

    memset(jpeg.s + sof + 5, 0xff, 4);
    enum status status = load_exact(l, jpeg.s, jpeg.len);
    assert_true(status == STATUS_TOO_LARGE || status == STATUS_UNSUPPORTED);
    memcpy(jpeg.s + sof + 5, "\xc3\x50\xc3\x50", 4); /* 50,000 × 50,000 */
    assert_status(l, jpeg.s, jpeg.len, STATUS_TOO_LARGE);
    assert_reason(l, "50000 × 50000 pixels, at most 100000000");
    assert_int_equal(l->facts.width, 50000);
    text_release(&jpeg);

    struct image im = smooth_image(120, 80);
    l->options.max_pixels = 120 * 80;
    jpeg = make_jpeg(&plain, &im, 3);
    assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
    l->options.max_pixels--;
    assert_status(l, jpeg.s, jpeg.len, STATUS_TOO_LARGE);
    l->options.max_bytes = jpeg.len - 1;
    assert_status(l, jpeg.s, jpeg.len, STATUS_TOO_LARGE);
    assert_reason(l, "bytes");
    text_release(&jpeg);
    image_release(&im);
}

/* One scan for each coefficient of each component: 192. */
static void many_scans(void **state)
{
    struct loader *l = *state;
    jpeg_scan_info scans[192];
    struct jpeg_kind k = { .from = JCS_RGB, .in_file = JCS_YCbCr, .scans = scans, .n_scans = 192 };

    for (int i = 0; i < 192; i++)
        scans[i] = (jpeg_scan_info){ 1, { i % 3 }, i / 3, i / 3, 0, 0 };
    struct text jpeg = smooth_jpeg(&k, 3);
    assert_status(l, jpeg.s, jpeg.len, STATUS_TOO_LARGE);
    assert_reason(l, "more than 100 scans");
    text_release(&jpeg);
}

/* Whatever is wrong, it is told; the workspace is good for the next. */
static void damaged(void **state)
{
    struct loader *l = *state;
    static const struct jpeg_kind cases[] = {
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .orientation = 5 },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .progressive = true, .restart = 4 },
    };
    uint32_t seed = 77;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct text jpeg = smooth_jpeg(&cases[i], 3);
        char *bytes = mem_alloc(jpeg.len);
        int told = 0;
        for (int round = 0; round < 2000; round++) {
            memcpy(bytes, jpeg.s, jpeg.len);
            for (int n = 0; n < 3; n++)
                bytes[2 + next_random(&seed) % (jpeg.len - 2)] = (char)next_random(&seed);
            enum status s = load_exact(l, bytes, jpeg.len);
            assert_true(s == STATUS_OK || s == STATUS_CORRUPT || s == STATUS_TRUNCATED ||
                        s == STATUS_UNSUPPORTED || s == STATUS_TOO_LARGE);
            told += s != STATUS_OK;
        }
        assert_true(told > 100);
        assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
        assert_int_equal(l->facts.width, i ? 120 : 80);
        text_release(&jpeg);
        free(bytes);
    }
}

static void other_tables(void **state)
{
    struct loader *l = *state;
    struct jpeg_kind k = plain;

    k.quality = 80;
    k.bad_table = 3;
    struct text jpeg = smooth_jpeg(&k, 3);
    assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
    assert_int_equal(l->facts.quality, 80);
    assert_false(l->facts.quality_exact);
    text_release(&jpeg);
}

/* Decoded small and then shrunk, it is the picture that was shrunk whole. */
static void small_from_large(void **state)
{
    struct loader *l = *state;
    struct image im = smooth_image(1001, 667);
    struct text jpeg = make_jpeg(&plain, &im, 3);
    static const int sides[] = { 900, 501, 500, 300, 125, 112, 7, 1 };

    for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
        l->options.max_side = sides[i];
        assert_status(l, jpeg.s, jpeg.len, STATUS_OK);
        assert_int_equal(l->facts.width, 1001);
        assert_int_equal(l->im.width, sides[i]);
        int height = (667 * sides[i] + 500) / 1001;
        assert_int_equal(l->im.height, height > 0 ? height : 1);
        for (int x = 0; x < sides[i]; x += 1 + sides[i] / 10) {
            int y = l->im.height / 2;
            int r = 40 + (int)(170 * (x + .5) / sides[i]);
            int g = 40 + (int)(170 * (y + .5) / l->im.height);
            assert_pixel(&l->im, x, y, r, g, 90, 3);
            /* and its pixels are where the facts say */
            struct point back = { (x - l->facts.to_pixels.m[2]) / l->facts.to_pixels.m[0],
                                  (y - l->facts.to_pixels.m[5]) / l->facts.to_pixels.m[4] };
            assert_true(apart(40 + (int)(170 * back.x / 1001), r) <= 1);
            assert_true(apart(40 + (int)(170 * back.y / 667), g) <= 1);
        }
    }
    text_release(&jpeg);
    image_release(&im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        loader_test(kinds),
        loader_test(grey),
        loader_test(ink),
        loader_test(orientations),
        loader_test(odd_orientations),
        loader_test(profiles),
        loader_test(srgb_profile_changes_nothing),
        loader_test(truncated),
        loader_test(without_end_marker),
        loader_test(tables_do_not_stay),
        loader_test(not_for_us),
        loader_test(bombs),
        loader_test(many_scans),
        loader_test(damaged),
        loader_test(other_tables),
        loader_test(small_from_large),
    };
    return cmocka_run_group_tests_name("image_jpeg", tests, NULL, NULL);
}
