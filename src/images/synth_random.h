/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synth_random: the chance and the mathematics behind the drawn faces, the
 * same on every machine.
 *
 * Random numbers are counter-based: draw n of a stream is SplitMix64's output
 * function (Steele, Lea & Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014, fig. 14) of key + n·γ, and the key is a hash of
 * (seed, stream, subject, image). So every subject and every image has its own
 * sequence, whatever is drawn before it, by whom, and in which order.
 *
 * sin, cos, 2^x and log2 are series in +, −, × and ÷ only, which IEEE 754
 * rounds alike everywhere; of libm only floor, frexp, ldexp and sqrt are used,
 * which are exact or correctly rounded. Accuracy is 1e-12 or better, which is
 * more than a drawing needs. So it is where FLT_EVAL_METHOD is 0: everywhere but
 * on x87, which rounds twice.
 *
 * Threads: any; one struct synth_random a thread. Fails when: never.
 */
#ifndef IMAGES_SYNTH_RANDOM_H
#define IMAGES_SYNTH_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the numbers are for: each purpose has its own stream. */
enum synth_stream {
    SYNTH_STREAM_SUBJECT = 1, /* traits of a subject */
    SYNTH_STREAM_VIEW,        /* conditions of an image */
    SYNTH_STREAM_HAIR,        /* strands: of a subject, alike in all images */
    SYNTH_STREAM_SKIN,        /* moles, freckles: of a subject */
    SYNTH_STREAM_SCENE,       /* background of an image */
    SYNTH_STREAM_CLOTHES,     /* clothes of an image */
    SYNTH_STREAM_NOISE,       /* sensor noise of an image */
};

struct synth_random {
    uint64_t key, counter;
};

/* Of streams of a subject, `image` is the number of a part (a brow, a beard). */
struct synth_random synth_random_at(uint64_t seed, enum synth_stream stream,
                                    uint64_t subject, uint64_t image);
uint64_t synth_bits(struct synth_random *r);
double synth_uniform(struct synth_random *r);                       /* [0, 1) */
double synth_between(struct synth_random *r, double lo, double hi); /* [lo, hi) */
/* Mean 0, variance 1, bell-shaped: the sum of four uniforms, so never past
 * ±2√3. */
double synth_normal(struct synth_random *r);
bool synth_chance(struct synth_random *r, double p);
/* An index with probability in proportion to its weight, which are ≥ 0 with a
 * positive sum. */
size_t synth_pick(struct synth_random *r, const double *weights, size_t n);

/* The value of SplitMix64's output function. */
static inline uint64_t synth_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

#define SYNTH_PI 3.14159265358979323846
double synth_sin(double x); /* |x| ≤ 1e6 */
double synth_cos(double x);
double synth_exp2(double x); /* |x| ≤ 1000 */
double synth_pow(double x, double y); /* x ≥ 0 */

/* IEC 61966-2-1: the encoded value of a linear one, and back, both 0…1. */
double synth_encode(double linear);
double synth_decode(double encoded);

#endif
