/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shade: the shades of cells. They run in OKLab (Ottosson 2020) with lightness linear in
 * t, so that equal steps look equal and the order survives grey print and every kind of
 * colour blindness.
 */
#ifndef REPORT_SHADE_H
#define REPORT_SHADE_H

/* 0xRRGGBB of t in [0, 1]: near white, blue, dark indigo; no colour of skin. */
unsigned shade(double t);
/* INK or PAPER, whichever stands out more on it. */
unsigned shade_ink(unsigned colour);

#endif
