/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/synth_random.h"

#include <math.h>

#define GAMMA 0x9e3779b97f4a7c15u

struct synth_random synth_random_at(uint64_t seed, enum synth_stream stream,
                                    uint64_t subject, uint64_t image)
{
    uint64_t key = synth_mix(seed + GAMMA);

    key = synth_mix(key + GAMMA * (uint64_t)stream);
    key = synth_mix(key ^ synth_mix(subject * 2 + 1));
    key = synth_mix(key + synth_mix(image * 2 + GAMMA));
    return (struct synth_random){ key, 0 };
}

uint64_t synth_bits(struct synth_random *r)
{
    return synth_mix(r->key + ++r->counter * GAMMA);
}

double synth_uniform(struct synth_random *r)
{
    return (double)(synth_bits(r) >> 11) * 0x1p-53;
}

double synth_between(struct synth_random *r, double lo, double hi)
{
    return lo + (hi - lo) * synth_uniform(r);
}

double synth_normal(struct synth_random *r)
{
    double sum = 0;

    for (int i = 0; i < 4; i++)
        sum += synth_uniform(r);
    return (sum - 2) * 1.7320508075688772;
}

bool synth_chance(struct synth_random *r, double p)
{
    return synth_uniform(r) < p;
}

size_t synth_pick(struct synth_random *r, const double *weights, size_t n)
{
    double sum = 0, at;

    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    at = sum * synth_uniform(r);
    for (size_t i = 0; i + 1 < n; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return n - 1;
}

double synth_sin(double x)
{
    x -= 2 * SYNTH_PI * floor(x / (2 * SYNTH_PI) + .5); /* −π…π */
    if (x > SYNTH_PI / 2)
        x = SYNTH_PI - x;
    else if (x < -SYNTH_PI / 2)
        x = -SYNTH_PI - x;
    double term = x, sum = x;
    for (int k = 1; k <= 10; k++) {
        term *= -x * x / ((2 * k) * (2 * k + 1));
        sum += term;
    }
    return sum;
}

double synth_cos(double x)
{
    return synth_sin(x + SYNTH_PI / 2);
}

double synth_exp2(double x)
{
    double whole = floor(x + .5), y = (x - whole) * 0.69314718055994530942;
    double term = 1, sum = 1;

    for (int k = 1; k <= 14; k++) {
        term *= y / k;
        sum += term;
    }
    return ldexp(sum, (int)whole);
}

static double log2_of(double x)
{
    int e;
    double m = frexp(x, &e); /* ½…1 */

    if (m < 0.70710678118654752440) {
        m *= 2;
        e--;
    }
    double s = (m - 1) / (m + 1), power = s, sum = 0;
    for (int k = 0; k < 14; k++) {
        sum += power / (2 * k + 1);
        power *= s * s;
    }
    return e + 2 * sum / 0.69314718055994530942;
}

double synth_pow(double x, double y)
{
    return x > 0 ? synth_exp2(y * log2_of(x)) : 0;
}

double synth_encode(double linear)
{
    if (linear <= 0.0031308)
        return linear <= 0 ? 0 : 12.92 * linear;
    return linear >= 1 ? 1 : 1.055 * synth_pow(linear, 1 / 2.4) - 0.055;
}

double synth_decode(double encoded)
{
    return encoded <= 0.04045 ? encoded / 12.92
                              : synth_pow((encoded + 0.055) / 1.055, 2.4);
}
