/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/shade.h"

#include <math.h>

#include "report/plot.h"

/* OKLab to 0xRRGGBB. */
static unsigned srgb(double lightness, double a, double b)
{
    double l = pow(lightness + .3963377774 * a + .2158037573 * b, 3);
    double m = pow(lightness - .1055613458 * a - .0638541728 * b, 3);
    double s = pow(lightness - .0894841775 * a - 1.2914855480 * b, 3);
    double linear[3] = {
        4.0767416621 * l - 3.3077115913 * m + .2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - .3413193965 * s,
        -.0041960863 * l - .7034186147 * m + 1.7076147010 * s,
    };
    unsigned colour = 0;

    for (int i = 0; i < 3; i++) {
        double v = fmin(1, fmax(0, linear[i]));
        v = v <= .0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - .055;
        colour = colour << 8 | (unsigned)lround(v * 255);
    }
    return colour;
}

unsigned shade(double t)
{
    static const double a[] = { -.004, -.030, .020 }, b[] = { -.012, -.105, -.130 };
    int i = t < .5 ? 0 : 1;
    double u = t * 2 - i;

    return srgb(.97 - .67 * t, a[i] + u * (a[i + 1] - a[i]), b[i] + u * (b[i + 1] - b[i]));
}

/* Relative luminance (WCAG 2). */
static double luminance(unsigned colour)
{
    static const double weight[] = { .2126, .7152, .0722 };
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double v = (colour >> (16 - 8 * i) & 255) / 255.;
        sum += weight[i] * (v <= .04045 ? v / 12.92 : pow((v + .055) / 1.055, 2.4));
    }
    return sum;
}

unsigned shade_ink(unsigned colour)
{
    return luminance(colour) > .2 ? INK : PAPER;
}
