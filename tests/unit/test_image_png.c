/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test_images.h"

#include <math.h>

#include <lcms2.h>

#include "../pictures/make_png.h"

static int rounded(double v)
{
    return (int)floor(v + .5);
}

/* What pixel (x, y) must be, over a background. */
static void expected_pixel(const struct png_kind *k, int x, int y, const uint8_t below[3],
                           int to[3])
{
    const double most = (1u << k->depth) - 1;
    double alpha = 1, rgb[3];
    unsigned v[4];

    for (int i = 0; i < png_values(k->type); i++)
        v[i] = png_value(k, x, y, i);
    if (k->type == PNG_COLOR_TYPE_PALETTE) {
        png_color c = png_palette_colour(v[0]);
        rgb[0] = c.red;
        rgb[1] = c.green;
        rgb[2] = c.blue;
        if (k->transparent && (k->depth == 8 || v[0] < 2))
            alpha = png_palette_alpha(v[0]) / 255.;
    } else {
        const bool colour = k->type & PNG_COLOR_MASK_COLOR;
        for (int c = 0; c < 3; c++)
            rgb[c] = rounded(v[colour ? c : 0] * 255 / most);
        if (k->type & PNG_COLOR_MASK_ALPHA)
            alpha = rounded(v[colour ? 3 : 1] * 255 / most) / 255.;
        if (k->transparent && (colour ? v[0] == 7 && v[1] == 8 && v[2] == 9 : v[0] == 1))
            alpha = 0;
    }
    for (int c = 0; c < 3; c++)
        to[c] = rounded(rgb[c] * alpha + below[c] * (1 - alpha));
}

static void check(struct loader *l, const struct png_kind *k)
{
    struct text png = make_png(k);

    assert_status(l, png.s, png.len, STATUS_OK);
    assert_string_equal(l->reason.s, "");
    assert_int_equal(l->facts.format, IMAGE_FORMAT_PNG);
    assert_int_equal(l->facts.width, PNG_WIDTH);
    assert_int_equal(l->facts.depth, k->depth);
    assert_int_equal(l->facts.progressive, k->interlaced);
    assert_int_equal(l->facts.alpha,
                     k->transparent || (k->type & PNG_COLOR_MASK_ALPHA) != 0);
    for (int y = 0; y < PNG_HEIGHT; y++) {
        for (int x = 0; x < PNG_WIDTH; x++) {
            int e[3];
            expected_pixel(k, x, y, l->options.background, e);
            assert_pixel(&l->im, x, y, e[0], e[1], e[2], 0);
        }
    }
    text_release(&png);
}

/* Every type and depth that there is (PNG, third edition, table 8), interlaced and
 * not, with tRNS where it may be, over two backgrounds. */
static void every_kind(void **state)
{
    struct loader *l = *state;
    static const struct {
        int type, depth;
    } kinds[] = {
        { PNG_COLOR_TYPE_GRAY, 1 },    { PNG_COLOR_TYPE_GRAY, 2 },
        { PNG_COLOR_TYPE_GRAY, 4 },    { PNG_COLOR_TYPE_GRAY, 8 },
        { PNG_COLOR_TYPE_GRAY, 16 },   { PNG_COLOR_TYPE_RGB, 8 },
        { PNG_COLOR_TYPE_RGB, 16 },    { PNG_COLOR_TYPE_PALETTE, 1 },
        { PNG_COLOR_TYPE_PALETTE, 2 }, { PNG_COLOR_TYPE_PALETTE, 4 },
        { PNG_COLOR_TYPE_PALETTE, 8 }, { PNG_COLOR_TYPE_GA, 8 },
        { PNG_COLOR_TYPE_GA, 16 },     { PNG_COLOR_TYPE_RGBA, 8 },
        { PNG_COLOR_TYPE_RGBA, 16 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        for (int variant = 0; variant < 8; variant++) {
            const struct png_kind k = { .type = kinds[i].type, .depth = kinds[i].depth,
                                    .interlaced = variant & 1, .transparent = variant & 2 };
            if (k.transparent && (k.type & PNG_COLOR_MASK_ALPHA))
                continue;
            memcpy(l->options.background, variant & 4 ? "\x10\x80\xf0" : "\xff\xff\xff", 3);
            check(l, &k);
        }
    }
}

/* A PNG of one value, with what it is told to say about colours. */
static void check_gamma(struct loader *l, double gamma, const double *chromaticities,
                        bool says_srgb, enum image_colour colour)
{
    static const int types[] = { PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_RGB,
                                 PNG_COLOR_TYPE_RGBA };

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        for (int depth = 8; depth <= 16; depth += 8) {
            const struct png_kind k = { .type = types[i], .depth = depth, .gamma = gamma,
                                    .chromaticities = chromaticities,
                                    .says_srgb = says_srgb };
            struct text png = make_png(&k);
            assert_status(l, png.s, png.len, STATUS_OK);
            assert_int_equal(l->facts.colour, colour);
            for (int x = 0; x < PNG_WIDTH; x++) {
                int e[3];
                for (int c = 0; c < 3; c++) {
                    double v = png_value(&k, x, 5, k.type & PNG_COLOR_MASK_COLOR ? c : 0) /
                               (double)((1u << depth) - 1);
                    double alpha = 1;
                    if (types[i] == PNG_COLOR_TYPE_RGBA)
                        alpha = png_value(&k, x, 5, 3) / (double)((1u << depth) - 1);
                    if (colour == IMAGE_COLOUR_GAMMA) {
                        v = pow(v, 1 / gamma);
                        v = v <= .0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - .055;
                    }
                    e[c] = rounded(255 * (v * alpha + 1 - alpha));
                }
                assert_pixel(&l->im, x, 5, e[0], e[1], e[2], 2);
            }
            text_release(&png);
        }
    }
}

static void gammas(void **state)
{
    struct loader *l = *state;
    static const double srgb[8] = { .3127, .3290, .64, .33, .30, .60, .15, .06 };

    check_gamma(l, 1, NULL, false, IMAGE_COLOUR_GAMMA);
    check_gamma(l, .6, NULL, false, IMAGE_COLOUR_GAMMA);
    check_gamma(l, .45455, NULL, false, IMAGE_COLOUR_SRGB);
    check_gamma(l, .45455, srgb, true, IMAGE_COLOUR_SRGB); /* sRGB goes before them */
    check_gamma(l, 0, NULL, false, IMAGE_COLOUR_ASSUMED);
}

static void profile(void **state)
{
    struct loader *l = *state;
    cmsCIExyY white = { .3127, .3290, 1 };
    cmsCIExyYTRIPLE wide = { { .64, .33, 1 }, { .21, .71, 1 }, { .15, .06, 1 } };
    cmsToneCurve *curve = cmsBuildGamma(NULL, 563. / 256);
    cmsToneCurve *curves[3] = { curve, curve, curve };
    cmsHPROFILE adobe = cmsCreateRGBProfile(&white, &wide, curves);
    cmsHPROFILE to = cmsCreate_sRGBProfile();
    cmsUInt32Number len;
    assert_true(cmsSaveProfileToMem(adobe, NULL, &len));
    void *icc = mem_alloc(len);
    assert_true(cmsSaveProfileToMem(adobe, icc, &len));
    cmsHTRANSFORM exact = cmsCreateTransform(adobe, TYPE_RGB_DBL, to, TYPE_RGB_DBL,
                                             INTENT_PERCEPTUAL, cmsFLAGS_NOOPTIMIZE);
    cmsFreeToneCurve(curve);

    for (int variant = 0; variant < 4; variant++) {
        const struct png_kind k = { .type = PNG_COLOR_TYPE_RGB, .depth = variant & 1 ? 16 : 8,
                                .interlaced = variant & 2, .icc = icc, .icc_len = len };
        struct text png = make_png(&k);
        assert_status(l, png.s, png.len, STATUS_OK);
        assert_int_equal(l->facts.colour, IMAGE_COLOUR_PROFILE);
        for (int y = 0; y < PNG_HEIGHT; y++) {
            for (int x = 0; x < PNG_WIDTH; x++) {
                double v[3], e[3];
                for (int c = 0; c < 3; c++)
                    v[c] = png_value(&k, x, y, c) / (double)((1u << k.depth) - 1);
                cmsDoTransform(exact, v, e, 1);
                for (int c = 0; c < 3; c++)
                    e[c] = rounded(255 * (e[c] < 0 ? 0 : e[c] > 1 ? 1 : e[c]));
                assert_pixel(&l->im, x, y, (int)e[0], (int)e[1], (int)e[2], 2);
            }
        }
        text_release(&png);
    }
    cmsDeleteTransform(exact);
    cmsCloseProfile(adobe);
    cmsCloseProfile(to);
    free(icc);
}

static void truncated(void **state)
{
    struct loader *l = *state;

    for (int interlaced = 0; interlaced < 2; interlaced++) {
        const struct png_kind k = { .type = PNG_COLOR_TYPE_RGB, .depth = 8,
                                .interlaced = interlaced };
        struct text png = make_png(&k);
        for (size_t len = 8; len < png.len - 16; len += 97)
            assert_status(l, png.s, len, STATUS_TRUNCATED);
        for (size_t len = png.len - 80; len < png.len - 16; len++)
            assert_status(l, png.s, len, STATUS_TRUNCATED);
        assert_status(l, png.s, png.len - 12, STATUS_OK); /* all but IEND */
        text_release(&png);
    }
}

/* 100,000 × 100,000 pixels of one bit in 1 MB, and what the bounds leave. */
static void bombs(void **state)
{
    struct loader *l = *state;
    static const struct {
        const char *header;
        enum status status;
    } cases[] = {
        { "\0\1\x86\xa0\0\1\x86\xa0\1\0\0\0\0", STATUS_TOO_LARGE },
        { "\x7f\xff\xff\xff\x7f\xff\xff\xff\1\0\0\0\0", STATUS_TOO_LARGE },
        { "\0\0\xff\xff\0\0\xff\xff\1\0\0\0\0", STATUS_TOO_LARGE },
        { "\0\1\0\0\0\0\0\1\1\0\0\0\0", STATUS_TOO_LARGE },
        { "\0\0\0\0\0\0\0\1\1\0\0\0\0", STATUS_CORRUPT },
        { "\0\0\0\1\0\0\0\1\3\0\0\0\0", STATUS_CORRUPT },
        { "\0\0\0\1\0\0\0\1\1\1\0\0\0", STATUS_CORRUPT },
        { "\0\0\x27\x10\0\0\x27\x10\x10\6\0\0\1", STATUS_CORRUPT }, /* 10,000² RGBA, 16 bits */
    };
    char *zeros = mem_alloc(1 << 20);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct text png = TEXT_INIT;
        text_addn(&png, "\x89PNG\r\n\x1a\n", 8);
        png_add_chunk(&png, "IHDR", cases[i].header, 13);
        png_add_chunk(&png, "IDAT", zeros, 1 << 20);
        png_add_chunk(&png, "IEND", "", 0);
        assert_status(l, png.s, png.len, cases[i].status);
        text_release(&png);
    }
    free(zeros);
}

/* The most address space that this process ever had. */
static long greatest_vm_kib(void)
{
    char line[256];
    long kib = 0;
    FILE *fp = fopen("/proc/self/status", "r");

    while (fp && fgets(line, sizeof line, fp))
        if (sscanf(line, "VmPeak: %ld kB", &kib) == 1)
            break;
    if (fp)
        fclose(fp);
    return kib;
}

/* A chunk that claims a gigabyte gets no memory for it. */
static void long_chunks(void **state)
{
    struct loader *l = *state;
    static const char *const types[] = { "eXIf", "tEXt", "zTXt", "iTXt", "sPLT", "iCCP",
                                         "hIST", "sCAL", "pCAL", "unKn" };
    const long before = greatest_vm_kib();
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        struct text png = TEXT_INIT;
        text_addn(&png, "\x89PNG\r\n\x1a\n", 8);
        png_add_chunk(&png, "IHDR", "\0\0\0\1\0\0\0\1\x08\0\0\0\0", 13);
        text_addn(&png, "\x50\0\0\0", 4);
        text_addn(&png, types[i], 4);
        text_addn(&png, "name\0\0some of it", 16);
        enum status status = load_exact(l, png.s, png.len);
        assert_true(status == STATUS_TRUNCATED || status == STATUS_CORRUPT);
        assert_true(greatest_vm_kib() - before < 512 << 10);
        text_release(&png);
    }
}

static void damaged(void **state)
{
    struct loader *l = *state;
    const struct png_kind k = { .type = PNG_COLOR_TYPE_PALETTE, .depth = 4, .transparent = true,
                            .interlaced = true, .gamma = .9, .orientation = 3 };
    struct text png = make_png(&k);
    char *bytes = mem_alloc(png.len);
    uint32_t seed = 5;

    /* every byte of the header and the pixels is under a check sum */
    for (size_t i = 8; i < png.len - 12; i++) {
        memcpy(bytes, png.s, png.len);
        bytes[i] ^= 0x20;
        enum status s = load_exact(l, bytes, png.len);
        assert_true(s == STATUS_OK || s == STATUS_CORRUPT || s == STATUS_TRUNCATED ||
                    s == STATUS_TOO_LARGE);
        if (i < 33)
            assert_true(s != STATUS_OK);
    }
    /* and with the sums mended, what comes is told too */
    for (int round = 0; round < 3000; round++) {
        struct text mended = TEXT_INIT;
        memcpy(bytes, png.s, png.len);
        bytes[8 + next_random(&seed) % (png.len - 8)] = (char)next_random(&seed);
        text_addn(&mended, bytes, 8);
        for (size_t at = 8; at + 12 <= png.len;) {
            const unsigned char *p = (const unsigned char *)png.s + at;
            size_t len = (size_t)p[2] << 8 | p[3];
            png_add_chunk(&mended, bytes + at + 4, bytes + at + 8, len);
            at += 12 + len;
        }
        load_exact(l, mended.s, mended.len);
        text_release(&mended);
    }
    assert_status(l, png.s, png.len, STATUS_OK);
    free(bytes);
    text_release(&png);
}

static void orientation(void **state)
{
    struct loader *l = *state;

    for (int late = 0; late < 2; late++) {
        const struct png_kind k = { .type = PNG_COLOR_TYPE_RGB, .depth = 8,
                                .orientation = late ? 0 : 6 };
        struct text png = make_png(&k);
        if (late) { /* behind the pixels, where ExifTool puts it */
            unsigned char exif[EXIF_LEN];
            make_exif(exif, 6, false);
            png.len -= 12;
            png_add_chunk(&png, "eXIf", exif, EXIF_LEN);
            png_add_chunk(&png, "IEND", "", 0);
        }
        assert_status(l, png.s, png.len, STATUS_OK);
        assert_int_equal(l->facts.orientation, 6);
        assert_int_equal(l->facts.width, PNG_HEIGHT);
        for (int y = 0; y < PNG_WIDTH; y++) {
            for (int x = 0; x < PNG_HEIGHT; x++) {
                int e[3];
                expected_pixel(&k, y, PNG_HEIGHT - 1 - x, l->options.background, e);
                assert_pixel(&l->im, x, y, e[0], e[1], e[2], 0);
            }
        }
        text_release(&png);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        loader_test(long_chunks), /* before those that need much memory */
        loader_test(every_kind), loader_test(gammas),  loader_test(profile),
        loader_test(truncated),  loader_test(bombs),   loader_test(damaged),
        loader_test(orientation),
    };
    return cmocka_run_group_tests_name("image_png", tests, NULL, NULL);
}
