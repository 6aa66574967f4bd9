/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/colour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lcms2.h>

#include "base/mem.h"

#define KEPT 8
#define MAX_PROFILE ((size_t)4 << 20)

struct conversion {
    void *key; /* the bytes it was made from */
    size_t key_len;
    struct colour_layout layout;
    cmsHTRANSFORM transform; /* NULL: it cannot be made */
    bool is_srgb;
    uint8_t grey[256][3];    /* for one channel of 8 bits */
};

struct colour {
    cmsContext context;
    cmsHPROFILE srgb;
    struct conversion kept[KEPT];
    unsigned next; /* the one to give up next */
};

static void say_nothing(cmsContext context, cmsUInt32Number code, const char *text)
{
    (void)context;
    (void)code;
    (void)text;
}

struct colour *colour_new(void)
{
    struct colour *c = mem_alloc(sizeof *c);

    c->context = cmsCreateContext(NULL, NULL);
    if (!c->context)
        mem_exhausted();
    cmsSetLogErrorHandlerTHR(c->context, say_nothing);
    c->srgb = cmsCreate_sRGBProfileTHR(c->context);
    if (!c->srgb)
        mem_exhausted();
    return c;
}

static void forget(struct conversion *v)
{
    if (v->transform)
        cmsDeleteTransform(v->transform);
    free(v->key);
    *v = (struct conversion){ 0 };
}

void colour_free(struct colour *c)
{
    if (!c)
        return;
    for (int i = 0; i < KEPT; i++)
        forget(&c->kept[i]);
    cmsCloseProfile(c->srgb);
    cmsDeleteContext(c->context);
    free(c);
}

static bool same_layout(struct colour_layout a, struct colour_layout b)
{
    return a.channels == b.channels && a.bytes == b.bytes && a.alpha == b.alpha &&
           a.inverted == b.inverted;
}

static struct conversion *find(struct colour *c, const void *key, size_t len,
                               struct colour_layout layout)
{
    for (int i = 0; i < KEPT; i++) {
        struct conversion *v = &c->kept[i];
        if (v->key && v->key_len == len && same_layout(v->layout, layout) &&
            !memcmp(v->key, key, len))
            return v;
    }
    return NULL;
}

/* A pixel of these levels. */
static void grid_pixel(uint8_t *to, struct colour_layout layout, const int level[3])
{
    uint8_t *p = to;

    for (int k = 0; k < layout.channels + layout.alpha; k++) {
        uint16_t wide = (uint16_t)(k < layout.channels ? level[k] * 257 : 65535);
        if (layout.bytes == 2)
            memcpy(p, &wide, 2);
        else
            *p = (uint8_t)(wide >> 8);
        p += layout.bytes;
    }
}

static bool leaves_srgb_alone(cmsHTRANSFORM transform, struct colour_layout layout)
{
    const int grey = layout.channels == 1, step = grey ? 1 : 17;

    if (layout.channels > 3)
        return false;
    for (int r = 0; r < 256; r += step) {
        for (int g = grey ? r : 0; g < 256; g += grey ? 256 : step) {
            for (int b = grey ? r : 0; b < 256; b += grey ? 256 : step) {
                const int level[3] = { r, g, b };
                uint8_t in[16], out[3];
                grid_pixel(in, layout, level);
                cmsDoTransform(transform, in, out, 1);
                if (abs(out[0] - r) > 1 || abs(out[1] - g) > 1 || abs(out[2] - b) > 1)
                    return false;
            }
        }
    }
    return true;
}

/* Keeps what `profile` (NULL: cannot be used) makes; closes it. */
static const struct conversion *keep(struct colour *c, const void *key, size_t len,
                                     struct colour_layout layout, cmsHPROFILE profile)
{
    static const cmsColorSpaceSignature spaces[] = { [1] = cmsSigGrayData,
                                                     [3] = cmsSigRgbData,
                                                     [4] = cmsSigCmykData };
    static const unsigned types[] = { [1] = PT_GRAY, [3] = PT_RGB, [4] = PT_CMYK };
    struct conversion *v = &c->kept[c->next++ % KEPT];
    const bool is_table = layout.channels == 1 && layout.bytes == 1;

    forget(v);
    v->key = mem_alloc(len);
    memcpy(v->key, key, len);
    v->key_len = len;
    v->layout = layout;
    if (profile && cmsGetColorSpace(profile) == spaces[layout.channels]) {
        cmsUInt32Number from = COLORSPACE_SH(types[layout.channels]) |
                               CHANNELS_SH((unsigned)layout.channels) |
                               BYTES_SH((unsigned)layout.bytes) | EXTRA_SH(layout.alpha) |
                               FLAVOR_SH(layout.inverted);
        /* Its short cuts are right to a level for 8-bit colours, 20 times as fast,
         * and off by 20 levels where it is dark for grey and for 16 bits. */
        cmsUInt32Number flags = layout.channels == 1 || layout.bytes == 2
                                    ? cmsFLAGS_NOOPTIMIZE : cmsFLAGS_HIGHRESPRECALC;
        v->transform = cmsCreateTransformTHR(c->context, profile, from, c->srgb, TYPE_RGB_8,
                                             INTENT_PERCEPTUAL, flags);
    }
    if (profile)
        cmsCloseProfile(profile);
    for (int i = 0; v->transform && is_table && i < 256; i++) {
        const uint8_t pixel[2] = { (uint8_t)i, 255 };
        cmsDoTransform(v->transform, pixel, v->grey[i], 1);
    }
    v->is_srgb = v->transform && leaves_srgb_alone(v->transform, layout);
    return v->transform ? v : NULL;
}

const struct conversion *colour_from_icc(struct colour *c, const void *icc, size_t len,
                                         struct colour_layout layout)
{
    if (len == 0 || len > MAX_PROFILE)
        return NULL;
    const struct conversion *v = find(c, icc, len, layout);
    if (v)
        return v->transform ? v : NULL;
    return keep(c, icc, len, layout, cmsOpenProfileFromMemTHR(c->context, icc,
                                                              (cmsUInt32Number)len));
}

static cmsHPROFILE gamma_profile(cmsContext context, double gamma, const double xy[8],
                                 bool grey)
{
    cmsCIExyY white = { xy[0], xy[1], 1 };
    cmsCIExyYTRIPLE primaries = { { xy[2], xy[3], 1 }, { xy[4], xy[5], 1 },
                                  { xy[6], xy[7], 1 } };
    cmsToneCurve *curve = cmsBuildGamma(context, 1 / gamma);

    if (!curve)
        return NULL;
    cmsToneCurve *const curves[3] = { curve, curve, curve };
    cmsHPROFILE profile = grey ? cmsCreateGrayProfileTHR(context, &white, curve)
                               : cmsCreateRGBProfileTHR(context, &white, &primaries,
                                                        curves);
    cmsFreeToneCurve(curve);
    return profile;
}

const struct conversion *colour_from_gamma(struct colour *c, double gamma,
                                           const double chromaticities[8],
                                           struct colour_layout layout)
{
    static const double of_srgb[8] = { .3127, .3290, .64, .33, .30, .60, .15, .06 };
    double key[9] = { gamma };

    memcpy(key + 1, chromaticities ? chromaticities : of_srgb, sizeof of_srgb);
    if (!(gamma >= .05 && gamma <= 20))
        return NULL;
    for (int i = 1; i < 9; i += 2)
        if (!(key[i] >= 0 && key[i + 1] > 0 && key[i] + key[i + 1] <= 1))
            return NULL;
    const struct conversion *v = find(c, key, sizeof key, layout);
    if (v)
        return v->transform ? v : NULL;
    return keep(c, key, sizeof key, layout,
                gamma_profile(c->context, gamma, key + 1, layout.channels == 1));
}

bool conversion_is_srgb(const struct conversion *v)
{
    return v->is_srgb;
}

void conversion_run(const struct conversion *v, const void *from, uint8_t *rgb, size_t n)
{
    const uint8_t *p = from;

    if (v->layout.channels != 1 || v->layout.bytes != 1) {
        cmsDoTransform(v->transform, from, rgb, (cmsUInt32Number)n);
        return;
    }
    for (size_t i = 0; i < n; i++, p += 1 + v->layout.alpha)
        memcpy(rgb + 3 * i, v->grey[*p], 3);
}
