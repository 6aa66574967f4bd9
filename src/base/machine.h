/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine: what class of machine this is, and how fast it is just now. Never which one
 * it is: no host name, no address.
 *
 * The calibration is a yardstick for times that are set against each other over months
 * and machines: a fixed piece of work, always the same, done by as many threads as the
 * work that is timed beside it. It is no kernel of misid's own, for those get faster.
 * One round is 64 dot products of 512 single-precision numbers (in eight sums) and a 160 × 120 picture of one byte a pixel halved twice by means of four;
 * some 50 µs. Its rate is rounds a second, over all threads. What it is may only change
 * with CALIBRATION_VERSION; rates of two versions cannot be compared.
 *
 *     struct calibration c = CALIBRATION_INIT;
 *     calibrate(&c, threads, .1);
 *     ... the work ...
 *     calibrate(&c, threads, .1);
 *     calibration_rate(&c)
 *
 * Threads: any, one calibration each.
 */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include <stdint.h>

#include "base/text.h"

/* The processor's own name, or the kind of machine: "AMD EPYC". */
void machine_add_cpu(struct text *to);
/* Its class: "AMD EPYC, 2 processors, avx2". */
void machine_add_class(struct text *to);

#define CALIBRATION_VERSION 1

struct calibration {
    double rounds, seconds; /* of all threads; as the clock on the wall has it */
};
#define CALIBRATION_INIT { 0, 0 }

/* Works for so many seconds on so many threads, at most 256. */
void calibrate(struct calibration *c, unsigned threads, double seconds);
/* Rounds a second; NaN before the first calibrate(). */
double calibration_rate(const struct calibration *c);

#endif
