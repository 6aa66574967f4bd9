/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synth_draw: the parts of a drawn face, each in its own file, and the sheet
 * they are drawn on.
 *
 * synth_draw() turns a subject and a view into pixels and truth. The sheet is a
 * workspace: made once, used for any number of pictures of its size.
 *
 * Ownership: a sheet owns its pixels until sheet_release(). Threads: one sheet a
 * thread. Fails when: never.
 */
#ifndef IMAGES_SYNTH_DRAW_H
#define IMAGES_SYNTH_DRAW_H

#include "images/synth_random.h"
#include "images/synth_raster.h"
#include "images/synth_traits.h"

#define HEAD_LEVELS 96 /* rows of the table of the head's outline */
#define HEAD_BUMPS 24
#define ENCODE_STEPS 4096

struct synth_solid {
    double x, y, z;
};

/* What rises from the smooth head, or sinks into it (height < 0): a round hill
 * on an ellipse, in the turned head's plane. */
struct synth_bump {
    float x, y, rx, ry, height;
};

struct synth_sheet {
    int size;
    struct synth_canvas canvas;
    struct synth_mask head;      /* the skin of face and skull */
    struct synth_mask hair;      /* what covers it in front */
    struct synth_mask m, n, tmp; /* free to use; `tmp` by blurs */
    struct synth_path path;
    synth_pixel *line;           /* size + 2 pixels */

    const struct synth_subject *s;
    const struct synth_view *v;
    uint64_t seed;
    float unit;                  /* pixels of one unit of head space */
    float at_x, at_y;            /* where its origin is */
    double cos_yaw, sin_yaw, cos_pitch, sin_pitch, cos_roll, sin_roll;
    double chin_y;               /* with the jaw's drop */
    double half[HEAD_LEVELS];    /* half width of the head, crown to chin */
    struct synth_colour skin;    /* linear */
    struct synth_colour hair_colour;
    struct synth_solid light, shine; /* towards the light; half-way to the viewer */
    struct synth_colour key, ambient;
    struct synth_bump bumps[HEAD_BUMPS];
    int n_bumps;
    uint8_t encode[ENCODE_STEPS + 1]; /* linear to sRGB */
};

struct synth_truth {
    /* As in model/image.h: eyes, tip of the nose, corners of the mouth, the
     * viewer's left first, from the centre of the first pixel; x, y, w, h of the
     * face, chin to hairline, from its corner. In pixels. */
    double landmarks[5][2];
    double box[4];
    double luminance;       /* mean of the encoded picture inside the box, 0…255
                             * (Rec. 709 weights on the 8-bit values) */
};

void sheet_init(struct synth_sheet *d, int size);
void sheet_release(struct synth_sheet *d);
/* size × size × 3 bytes of sRGB. */
void synth_draw(struct synth_sheet *d, uint64_t seed, const struct synth_subject *s,
                const struct synth_view *v, uint8_t *rgb, struct synth_truth *truth);

/* synth_head.c: the solid, its pose and its light. */
void head_pose(struct synth_sheet *d);
double head_half_width(const struct synth_sheet *d, double y);
double head_depth(const struct synth_sheet *d, double x, double y);
struct synth_point head_point(const struct synth_sheet *d, double x, double y,
                              double z);
/* On the surface, `lift` before it. */
struct synth_point head_on(const struct synth_sheet *d, double x, double y,
                           double lift);
/* The outline at height y, on the viewer's left (−1) or right (1), `out` units
 * away from the head. */
struct synth_point head_edge(const struct synth_sheet *d, double y, int side,
                             double out);
/* A point that does not turn with the head: in units from its origin. */
struct synth_point body_point(const struct synth_sheet *d, double x, double y);
struct synth_colour head_light(const struct synth_sheet *d, double x, double y);
void head_draw(struct synth_sheet *d); /* ears, head; sets d->head */

/* synth_face.c */
void face_draw_eyes(struct synth_sheet *d);
void face_draw_brows(struct synth_sheet *d);
void face_draw_nose(struct synth_sheet *d);
void face_draw_mouth(struct synth_sheet *d);
void face_landmarks(const struct synth_sheet *d, struct synth_truth *truth);

/* synth_skin.c: blush, lines of age, moles, beard. */
void skin_draw(struct synth_sheet *d);
void skin_draw_beard(struct synth_sheet *d);

/* synth_hair.c */
void hair_draw_back(struct synth_sheet *d);  /* behind head and neck */
void hair_make_front(struct synth_sheet *d); /* sets d->hair */
void hair_draw_front(struct synth_sheet *d);
void hair_cast_shadow(struct synth_sheet *d);

/* synth_scene.c */
void scene_draw_background(struct synth_sheet *d);
void scene_draw_body(struct synth_sheet *d);
void scene_draw_neck(struct synth_sheet *d);
void scene_draw_glasses(struct synth_sheet *d);
void scene_draw_earrings(struct synth_sheet *d);

/* synth_camera.c: blur, exposure, noise, encoding, the mark. */
void camera_make_table(struct synth_sheet *d);
void camera_take(struct synth_sheet *d, uint8_t *rgb);

#endif
