/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synth_traits: who a drawn subject is, and under which conditions an image of
 * it is made. Both are plain numbers, drawn from the streams of synth_random,
 * and can be changed before the drawing.
 *
 * Head space: the unit is about half the width of a head; x right, y down, z to
 * the viewer; the eyes lie at y = 0, the crown near −1.4, the chin near 1.35.
 *
 * Threads: any. Fails when: never.
 */
#ifndef IMAGES_SYNTH_TRAITS_H
#define IMAGES_SYNTH_TRAITS_H

#include "images/synth.h"
#include "images/synth_raster.h"

enum synth_gender { SYNTH_FEMALE, SYNTH_MALE };

enum synth_hair {
    HAIR_SHAVED, HAIR_BUZZ, HAIR_CROP, HAIR_PARTED, HAIR_SWEPT, HAIR_SHORT_CURLS,
    HAIR_PIXIE, HAIR_AFRO, HAIR_BOB, HAIR_LONG, HAIR_WAVY, HAIR_LONG_CURLS, HAIR_BUN,
    HAIR_TAIL, HAIR_LOCS, HAIR_CORNROWS, HAIR_PUFF, HAIR_SCARF,
    HAIR_STYLES
};

enum synth_beard {
    BEARD_NONE, BEARD_STUBBLE, BEARD_MOUSTACHE, BEARD_GOATEE, BEARD_SHORT, BEARD_FULL,
    BEARDS
};

enum synth_glasses { GLASSES_NONE, GLASSES_ROUND, GLASSES_SQUARE, GLASSES_KINDS };

struct synth_subject {
    size_t number;
    enum synth_gender gender;
    int age;  /* years, 18…79 */
    int monk; /* 1…10 */
    struct synth_colour skin;  /* linear; varies about the tone's */
    uint32_t skin_srgb;        /* the same, as 0xRRGGBB */
    double flush;              /* redness of cheeks and nose, 0…1 */
    double age_lines;          /* 0…1 */

    double width, cheek, temple, jaw, jaw_y, chin_width, chin_y, crown;
    double fullness;           /* of the lower face, 0…1 */
    double ear_size, ear_out, ear_lobe;
    double eye_x, eye_width, eye_open, eye_tilt, eye_crease, eye_hood, lashes;
    struct synth_colour iris;
    double brow_y, brow_thick, brow_arch, brow_tilt, brow_in, brow_out, brow_dark;
    double nose_y, nose_width, nose_bridge, nose_tip, nose_lift, nose_out;
    double mouth_y, mouth_width, lip_upper, lip_lower, lip_bow, mouth_slant;
    double lipstick;           /* 0 none … 1 */
    struct synth_colour lip_paint;

    enum synth_hair hair;
    struct synth_colour hair_colour;
    double grey;               /* share of grey hair, 0…1 */
    double hairline, recede, hair_lift, hair_side, hair_fall, hair_part, hair_wave;
    double fringe;             /* 0 none … 1 to the brows */
    enum synth_beard beard;
    enum synth_glasses glasses;
    struct synth_colour frame, scarf;
    bool earrings;
    double freckles;           /* 0…1 */
    int moles;                 /* 0…3 */
};

enum synth_expression { EXPRESSION_NEUTRAL, EXPRESSION_SMILE, EXPRESSION_GRIN,
                        EXPRESSION_FROWN, EXPRESSION_SURPRISE, EXPRESSION_TALK,
                        EXPRESSIONS };
extern const char *const synth_expression_names[EXPRESSIONS];

struct synth_view {
    size_t number;
    double yaw, pitch, roll; /* degrees; to the viewer's right, up, clockwise */
    double scale, shift_x, shift_y; /* of the head in the picture */
    enum synth_expression expression;
    double smile, open, brow_raise, lids; /* what the expression does */
    double gaze_x, gaze_y;
    double light_azimuth, light_elevation; /* degrees; from the right, from above */
    double key, ambient, warmth;
    double exposure; /* stops, without the plant */
    double planted;  /* stops that the plant takes away, ≥ 0 */
    double noise;    /* 0 clean … 1 a small sensor in the dark */
    double blur;     /* σ in pixels of a picture of 256 */
    bool jpeg;
    int quality;     /* of JPEG, 40…96 */
    int background;
    bool glasses;
};

const char *synth_age_group(int age);
static inline const char *synth_gender_name(enum synth_gender g)
{
    return g == SYNTH_FEMALE ? "female" : "male";
}

void synth_subject_make(struct synth_subject *s, uint64_t seed, size_t number);
void synth_view_make(struct synth_view *v, const struct synth_options *o,
                     const struct synth_subject *s, size_t number);

#endif
