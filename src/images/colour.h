/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * colour: conversions to 8-bit sRGB, by Little CMS.
 *
 * A conversion is made once for a profile and a layout of values, and kept: the
 * last few that were asked for, whether they could be made or not.
 *
 * A conversion that moves no value of a grid over all colours by more than one
 * level is none: the profile is sRGB, whatever it calls itself.
 *
 * Ownership: conversions belong to their `struct colour`, and are good until the
 * next is asked for. Threads: one `struct colour` a thread. Fails when: a profile
 * is damaged, is for another number of channels, or cannot be an input.
 */
#ifndef IMAGES_COLOUR_H
#define IMAGES_COLOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the values of a pixel lie in memory, in the machine's byte order. */
struct colour_layout {
    int channels;  /* of colour: 1 grey, 3 RGB, 4 CMYK */
    int bytes;     /* a value: 1 or 2 */
    bool alpha;    /* one more value follows, and is passed over */
    bool inverted; /* 0 means full ink (CMYK) */
};

struct colour;
struct conversion;

struct colour *colour_new(void);
void colour_free(struct colour *c);

/* The conversion from an ICC profile; NULL if it cannot be used. */
const struct conversion *colour_from_icc(struct colour *c, const void *icc, size_t len,
                                         struct colour_layout layout);
/* That from a PNG's gAMA (encoded = linear^gamma) and cHRM (x and y of white,
 * red, green, blue; NULL: those of sRGB); NULL if they make no sense. */
const struct conversion *colour_from_gamma(struct colour *c, double gamma,
                                           const double chromaticities[8],
                                           struct colour_layout layout);

/* True if there is nothing to convert. */
bool conversion_is_srgb(const struct conversion *v);
/* n pixels. */
void conversion_run(const struct conversion *v, const void *from, uint8_t *rgb, size_t n);

#endif
