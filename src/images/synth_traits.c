/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/synth_traits.h"

#include "images/synth_random.h"

const char *const synth_expression_names[EXPRESSIONS] = {
    "neutral", "smile", "grin", "frown", "surprise", "talk",
};

/* Ellis Monk's Skin Tone scale, 2022: sRGB of tones 1 to 10. */
static const uint32_t monk_tones[10] = {
    0xf6ede4, 0xf3e7db, 0xf7ead0, 0xeadaba, 0xd7bd96,
    0xa07e56, 0x825c43, 0x604134, 0x3a312a, 0x292420,
};

const char *synth_age_group(int age)
{
    return age < 30 ? "18-29" : age < 45 ? "30-44" : age < 60 ? "45-59" : "60-79";
}

static double clamp(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* Bell-shaped over lo…hi, ±2 σ. */
static double trait(struct synth_random *r, double lo, double hi)
{
    double middle = (lo + hi) / 2, sigma = (hi - lo) / 4;

    return clamp(middle + sigma * synth_normal(r), lo, hi);
}

static void make_skin(struct synth_subject *s, struct synth_random *r)
{
    uint32_t tone = monk_tones[s->monk - 1];
    /* Lighter or darker, warmer or cooler, by some per cent of the encoded value. */
    double light = .035 * clamp(synth_normal(r), -2, 2), warm = .016 * synth_normal(r);
    double channels[3];

    for (int k = 0; k < 3; k++) {
        double v = (tone >> (16 - 8 * k) & 255) / 255.0;
        v *= 1 + light * (1.15 - .5 * v) + warm * (k == 0 ? 1 : k == 2 ? -1.2 : 0);
        channels[k] = clamp(v, .05, .98);
    }
    s->skin_srgb = 0;
    for (int k = 0; k < 3; k++)
        s->skin_srgb = s->skin_srgb << 8 | (uint32_t)(channels[k] * 255 + .5);
    s->skin = colour_hex(s->skin_srgb);
    s->flush = synth_between(r, .15, 1);
    s->freckles = synth_chance(r, .15) ? synth_between(r, .3, 1) : 0;
    double many = synth_uniform(r);
    s->moles = (int)(many * many * many * 4);
}

static void make_head(struct synth_subject *s, struct synth_random *r)
{
    double m = s->gender == SYNTH_MALE;

    s->width = trait(r, .90, 1.04);
    s->cheek = trait(r, .93, 1.01);
    s->temple = trait(r, .93, 1.0);
    s->fullness = clamp(trait(r, -.1, .9) + .2 * s->age_lines, 0, 1);
    s->jaw = trait(r, .64, .84) + .07 * m + .06 * s->fullness;
    s->jaw_y = trait(r, .76, .96);
    s->chin_width = trait(r, .20, .38) + .05 * m + .04 * s->fullness;
    s->chin_y = trait(r, 1.20, 1.42) + .04 * m;
    s->crown = trait(r, 1.32, 1.46);
    s->ear_size = trait(r, .82, 1.2) + .08 * s->age_lines;
    s->ear_out = trait(r, .04, .17);
    s->ear_lobe = trait(r, .2, 1);
}

static void make_eyes(struct synth_subject *s, struct synth_random *r)
{
    static const uint32_t irises[] = { 0x2a1a12, 0x3b2314, 0x553319, 0x6b4a22, 0x5d6136,
                                       0x4d6a78, 0x5d7f9c, 0x6d7780 };
    static const double odds[] = { 5, 5, 4, 2, 1.2, 1, 1.2, .8 };
    double m = s->gender == SYNTH_MALE;

    s->eye_x = trait(r, .385, .475);
    s->eye_width = trait(r, .182, .238);
    s->eye_open = trait(r, .068, .122) + .006 * (1 - m);
    s->eye_tilt = trait(r, -.035, .065);
    s->eye_crease = synth_chance(r, .25) ? 0 : trait(r, .03, .10);
    s->eye_hood = clamp(trait(r, -.3, .6) + .35 * s->age_lines, 0, 1);
    s->lashes = clamp(trait(r, .1, .6) + .35 * (1 - m), 0, 1);
    s->iris = colour_hex(irises[synth_pick(r, odds, sizeof odds / sizeof *odds)]);
    s->brow_y = trait(r, -.36, -.245) - .02 * (1 - m);
    s->brow_thick = trait(r, .034, .074) + .014 * m;
    s->brow_arch = trait(r, -.005, .075) + .02 * (1 - m);
    s->brow_tilt = trait(r, -.015, .095);
    s->brow_in = trait(r, .13, .23);
    s->brow_out = trait(r, .62, .74);
    s->brow_dark = synth_between(r, .55, .95);
}

static void make_nose_and_mouth(struct synth_subject *s, struct synth_random *r)
{
    static const uint32_t paints[] = { 0x9c2430, 0xb4434f, 0x8a2f4a, 0xa8574e,
                                       0x6e1f2c };
    double m = s->gender == SYNTH_MALE;

    s->nose_y = trait(r, .43, .62) + .05 * s->age_lines;
    s->nose_width = trait(r, .165, .275) + .012 * m;
    s->nose_bridge = trait(r, .06, .12);
    s->nose_tip = trait(r, .075, .135);
    s->nose_lift = trait(r, -.05, .05);
    s->nose_out = trait(r, .2, .36);
    s->mouth_y = s->nose_y + (s->chin_y - s->nose_y) * trait(r, .37, .46);
    s->mouth_width = trait(r, .295, .415) + .012 * m;
    double full = trait(r, .55, 1.5) * (1 - .25 * s->age_lines);
    s->lip_upper = .075 * full * synth_between(r, .75, 1.2);
    s->lip_lower = .105 * full * synth_between(r, .8, 1.2);
    s->lip_bow = trait(r, .0, .035);
    s->mouth_slant = trait(r, -.03, .03);
    s->lipstick = !m && synth_chance(r, .3) ? synth_between(r, .35, .8) : 0;
    s->lip_paint = colour_hex(paints[synth_bits(r) % 5]);
}

static void make_hair_colour(struct synth_subject *s, struct synth_random *r)
{
    static const uint32_t colours[] = { 0x14100f, 0x1d1512, 0x2e1f17, 0x4a3222,
                                        0x6a4526, 0x7a3f22, 0xa37c46, 0xc8a568 };
    static const double odds[] = { 5, 5, 4, 3, 1.6, .9, 1.1, .8 };

    s->hair_colour = colour_hex(
        colours[synth_pick(r, odds, sizeof odds / sizeof *odds)]);
    s->grey = clamp((s->age - 36 - 22 * synth_uniform(r)) / 26.0, 0, 1);
    if (synth_chance(r, .25)) /* dyed */
        s->grey *= .2;
    struct synth_colour white = colour_hex(0xc4c2be);
    s->hair_colour = colour_mix(s->hair_colour, white,
                                (float)(s->grey * s->grey * .95));
}

/* How a style may vary; the drawing is in synth_hair.c. */
struct style {
    double male, female; /* odds */
    double lift[2], side[2], fall[2], wave;
    double fringe; /* odds of one */
};

static const struct style styles[HAIR_STYLES] = {
    [HAIR_SHAVED] = { 1.0, .25, { 0, 0 }, { 0, 0 }, { 0, 0 }, 0, 0 },
    [HAIR_BUZZ] = { 1.5, .4, { .02, .06 }, { .01, .03 }, { 0, 0 }, 0, 0 },
    [HAIR_CROP] = { 2, .3, { .1, .18 }, { .03, .06 }, { 0, 0 }, .1, .5 },
    [HAIR_PARTED] = { 2.2, .3, { .13, .22 }, { .03, .08 }, { 0, 0 }, .1, 0 },
    [HAIR_SWEPT] = { 1.7, .5, { .18, .34 }, { .02, .07 }, { 0, 0 }, .1, 0 },
    [HAIR_SHORT_CURLS] = { 1.7, .9, { .18, .34 }, { .07, .16 }, { 0, 0 }, 1, .3 },
    [HAIR_PIXIE] = { .5, 1.2, { .14, .2 }, { .08, .13 }, { 0, 0 }, .2, .8 },
    [HAIR_AFRO] = { 1.1, 1.3, { .3, .75 }, { .2, .6 }, { 0, 0 }, 1, 0 },
    [HAIR_BOB] = { .2, 2, { .12, .2 }, { .15, .3 }, { .85, 1.35 }, .25, .45 },
    [HAIR_LONG] = { .35, 2, { .1, .18 }, { .1, .2 }, { 1.9, 2.6 }, .1, .3 },
    [HAIR_WAVY] = { .4, 1.8, { .14, .24 }, { .2, .36 }, { 1.6, 2.4 }, .8, .2 },
    [HAIR_LONG_CURLS] = { .35, 1.4, { .22, .36 }, { .32, .55 }, { 1.2, 1.9 }, 1, .2 },
    [HAIR_BUN] = { .35, 1.2, { .06, .12 }, { .02, .06 }, { 0, 0 }, .1, .2 },
    [HAIR_TAIL] = { .3, 1.2, { .06, .13 }, { .02, .06 }, { 2.2, 3.0 }, .3, .25 },
    [HAIR_LOCS] = { .7, .9, { .1, .18 }, { .1, .2 }, { .9, 2.2 }, .5, 0 },
    [HAIR_CORNROWS] = { .7, .8, { .03, .06 }, { .02, .04 }, { 0, 0 }, 0, 0 },
    [HAIR_PUFF] = { .15, .9, { .05, .09 }, { .02, .05 }, { 0, 0 }, 1, 0 },
    [HAIR_SCARF] = { 0, .8, { .12, .2 }, { .06, .1 }, { 0, 0 }, 0, 0 },
};

static void make_hair(struct synth_subject *s, struct synth_random *r)
{
    static const uint32_t scarves[] = { 0x2f4858, 0x7a3b4c, 0x6b705c, 0x3d405b,
                                        0xa98467, 0x52796f, 0x8d6a9f, 0xb5838d };
    double odds[HAIR_STYLES];
    bool male = s->gender == SYNTH_MALE;

    for (int i = 0; i < HAIR_STYLES; i++)
        odds[i] = male ? styles[i].male : styles[i].female;
    if (male) /* thinning hair is worn short */
        odds[HAIR_SHAVED] *= 1 + 1.5 * s->age_lines;
    s->hair = (enum synth_hair)synth_pick(r, odds, HAIR_STYLES);
    const struct style *style = &styles[s->hair];
    s->hair_lift = synth_between(r, style->lift[0], style->lift[1]);
    s->hair_side = synth_between(r, style->side[0], style->side[1]);
    s->hair_fall = synth_between(r, style->fall[0], style->fall[1]);
    s->hair_wave = style->wave * synth_between(r, .6, 1);
    s->fringe = synth_chance(r, style->fringe) ? synth_between(r, .5, 1) : 0;
    s->hairline = trait(r, -.98, -.78);
    s->hair_part = synth_between(r, .1, .5);
    if (synth_chance(r, .5))
        s->hair_part = -s->hair_part;
    s->recede = male ? clamp(synth_normal(r) * .1 + .3 * s->age_lines - .05, 0, .4) : 0;
    if (s->fringe > 0)
        s->recede = 0;
    s->scarf = colour_hex(scarves[synth_bits(r) % 8]);
}

static void make_extras(struct synth_subject *s, struct synth_random *r)
{
    static const uint32_t frames[] = { 0x16161a, 0x3a2417, 0x5a5f66, 0x7a5c2e,
                                       0x1f2f4a };
    static const double beards[BEARDS] = { 5, 2, .8, .9, 1.6, 1 };
    bool male = s->gender == SYNTH_MALE;

    size_t beard = synth_pick(r, beards, BEARDS);
    s->beard = male ? (enum synth_beard)beard : BEARD_NONE;
    s->glasses = synth_chance(r, .16 + .2 * s->age_lines)
        ? (synth_chance(r, .5) ? GLASSES_ROUND : GLASSES_SQUARE) : GLASSES_NONE;
    s->frame = colour_hex(frames[synth_bits(r) % 5]);
    s->earrings = synth_chance(r, male ? .08 : .4);
}

void synth_subject_make(struct synth_subject *s, uint64_t seed, size_t number)
{
    struct synth_random r = synth_random_at(seed, SYNTH_STREAM_SUBJECT, number, 0);

    *s = (struct synth_subject){ .number = number, .monk = 1 + (int)(number % 10) };
    s->gender = (number + number / 10) % 2 ? SYNTH_MALE : SYNTH_FEMALE;
    static const double odds[] = { 3, 3, 2.5, 2 };
    static const int from[] = { 18, 30, 45, 60, 80 };
    size_t group = synth_pick(&r, odds, 4);
    s->age = from[group] + (int)(synth_uniform(&r) * (from[group + 1] - from[group]));
    s->age_lines = clamp((s->age - 26) / 48.0, 0, 1);
    make_skin(s, &r);
    make_head(s, &r);
    make_eyes(s, &r);
    make_nose_and_mouth(s, &r);
    make_hair_colour(s, &r);
    make_hair(s, &r);
    make_extras(s, &r);
}

static void make_expression(struct synth_view *v, struct synth_random *r)
{
    static const double odds[EXPRESSIONS] = { 5, 4, 2.5, 1, 1, 1 };
    double much = synth_between(r, .5, 1);

    v->expression = (enum synth_expression)synth_pick(r, odds, EXPRESSIONS);
    v->smile = .08 * synth_normal(r);
    v->brow_raise = .15 * synth_normal(r);
    v->lids = 1 + .07 * synth_normal(r);
    switch (v->expression) {
    case EXPRESSION_SMILE:
        v->smile = .45 + .5 * much;
        v->lids -= .1 * much;
        break;
    case EXPRESSION_GRIN:
        v->smile = .6 + .4 * much;
        v->open = .35 + .4 * much;
        v->lids -= .16 * much;
        break;
    case EXPRESSION_FROWN:
        v->smile = -.3 - .4 * much;
        v->brow_raise = -.5 - .5 * much;
        v->lids -= .08;
        break;
    case EXPRESSION_SURPRISE:
        v->open = .4 + .5 * much;
        v->smile = -.15;
        v->brow_raise = .7 + .6 * much;
        v->lids += .18 * much;
        break;
    case EXPRESSION_TALK:
        v->open = .15 + .4 * much;
        break;
    case EXPRESSION_NEUTRAL:
    case EXPRESSIONS:
        break;
    }
}

void synth_view_make(struct synth_view *v, const struct synth_options *o,
                     const struct synth_subject *s, size_t number)
{
    struct synth_random r = synth_random_at(o->seed, SYNTH_STREAM_VIEW, s->number,
                                            number);

    *v = (struct synth_view){ .number = number };
    v->yaw = clamp(9 * synth_normal(&r), -30, 30);
    v->pitch = clamp(4.5 * synth_normal(&r), -12, 12);
    v->roll = clamp(4 * synth_normal(&r), -12, 12);
    v->scale = 1 + .05 * synth_normal(&r);
    v->shift_x = .02 * synth_normal(&r);
    v->shift_y = .015 * synth_normal(&r);
    make_expression(v, &r);
    v->gaze_x = .016 * synth_normal(&r) - v->yaw * .0012;
    v->gaze_y = .012 * synth_normal(&r);
    v->light_azimuth = synth_between(&r, -65, 65);
    v->light_elevation = synth_between(&r, 5, 55);
    v->ambient = synth_between(&r, .34, .62);
    v->key = 1.02 - v->ambient;
    v->warmth = .06 * synth_normal(&r);
    v->exposure = clamp(.28 * synth_normal(&r), -.75, .6);
    v->planted = s->monk >= SYNTH_PLANT_FROM ? o->underexpose : 0;
    v->noise = synth_uniform(&r);
    v->noise = .03 + .3 * v->noise * v->noise;
    v->blur = synth_between(&r, .25, .55);
    if (synth_chance(&r, .15)) /* out of focus */
        v->blur += synth_between(&r, .2, 1);
    v->quality = 50 + (int)(46 * synth_uniform(&r));
    bool jpeg = synth_chance(&r, .95);
    v->jpeg = o->format == SYNTH_MIXED ? jpeg : o->format == SYNTH_JPEG;
    v->background = (int)(synth_bits(&r) % 5);
    v->glasses = s->glasses != GLASSES_NONE && synth_chance(&r, .85);
}
