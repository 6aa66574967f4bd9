/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synth_hair: what the hair in front (synth_hair.c) and behind (synth_hair_back.c)
 * have in common. Inside src/images only.
 *
 * Threads, failures: as for synth_draw.h.
 */
#ifndef IMAGES_SYNTH_HAIR_H
#define IMAGES_SYNTH_HAIR_H

#include "images/synth_draw.h"

static inline struct synth_point point_mix(struct synth_point a, struct synth_point b,
                                           float t)
{
    return (struct synth_point){ a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t };
}

/* True if it goes on below the ears on both sides of the face. */
bool hair_hangs(const struct synth_subject *s);
/* Straight down from beside the ear, with waves, `out` units off the head. */
struct synth_point hair_hanging(const struct synth_sheet *d, int side, double y,
                                double out);
/* Radius of a curl in units, 0 for hair without. */
double hair_curl_size(const struct synth_subject *s);
/* Adds circles along a curve to the mask: the edge of curls. */
void hair_add_curls(struct synth_sheet *d, struct synth_mask *m,
                    const struct synth_point *p, int n, double size,
                    struct synth_random *r);
/* Covers with hair that is lit as a ball about the skull. */
void hair_fill(struct synth_sheet *d, const struct synth_mask *m,
               struct synth_colour colour, float opacity, float gloss);
void hair_draw_locs(struct synth_sheet *d, bool front);

#endif
