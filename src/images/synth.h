/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synth: a cohort of drawn faces, for tests and demonstrations. Nobody in it
 * exists; no photograph went into it.
 *
 * A *subject* is a set of traits: shape of head, jaw, ears, eyes, brows, nose
 * and mouth, hair, age, one of the ten tones of the Monk Skin Tone scale. Every
 * trait of shape is drawn alike for all tones; those of hair and face differ
 * in their odds, not in their range, between the two gender presentations. A
 * *view* is what differs from image to image: pose, expression, light, exposure,
 * sensor noise, blur, background, clothes, file format, JPEG quality.
 *
 * Subject s has tone 1 + s mod 10 and presentation (s + s/10) mod 2, so that any
 * multiple of 20 subjects is balanced over both; all else is chance.
 *
 * The head is a solid: every feature lies at a depth, is turned by yaw, pitch
 * and roll, and projected; so the landmarks are known, not found.
 *
 * Guaranteed: one seed gives the same labels and the same pixels on every
 * machine and with any number of threads, whatever --subjects and --images are
 * (a subject's first images stay as they are when more are asked for). The
 * bytes of a PNG or JPEG file depend on the version of the codec library too.
 *
 * The plant is a known fault, put in so that an audit has something to find:
 * images of the darkest tones (SYNTH_PLANT_FROM and up) are under-exposed by so
 * many stops, as by a camera that meters for lighter skin.
 *
 * On disk: images/SNNNNN/SNNNNN-NNN.jpg or .png, README.txt, and labels.csv, a row
 * an image, written last: a folder without it is no finished set. Each image says
 * SYNTHETIC in its lower right corner and in its comment. Images are not synced
 * one by one; what a loss of power spoils is drawn again from its seed.
 */
#ifndef IMAGES_SYNTH_H
#define IMAGES_SYNTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SYNTH_SIZE_MIN 64
#define SYNTH_SIZE_MAX 2048
#define SYNTH_SUBJECTS_MAX 100000
#define SYNTH_IMAGES_MAX 1000
#define SYNTH_PLANT_FROM 8      /* Monk tone */
#define SYNTH_PLANT_DEFAULT 1.0 /* stops */
#define SYNTH_PLANT_MAX 6.0
#define SYNTH_DARKER_FROM 6     /* Monk tone */
#define SYNTH_THREADS_MAX 256
#define SYNTH_TOTAL_MAX 10000000 /* images of a cohort */

enum synth_format { SYNTH_MIXED, SYNTH_PNG, SYNTH_JPEG };

struct synth_options {
    uint64_t seed;
    size_t subjects, images; /* 1…SYNTH_SUBJECTS_MAX, 1…SYNTH_IMAGES_MAX each */
    int size;                /* pixels a side, SYNTH_SIZE_MIN…SYNTH_SIZE_MAX */
    int darker_from;         /* 2…10: Monk tones from this on are labelled darker */
    double underexpose;      /* stops, 0…SYNTH_PLANT_MAX; 0: no plant */
    enum synth_format format;
    int threads;             /* 1…SYNTH_THREADS_MAX */
};
#define SYNTH_OPTIONS_INIT                                                     \
    { .images = 1, .size = 256, .darker_from = SYNTH_DARKER_FROM,              \
      .underexpose = SYNTH_PLANT_DEFAULT, .threads = 1 }

/* Draws the cohort into `dir`, which is made, or must be empty. `progress` (NULL:
 * none) is called now and then, by one thread at a time. `summary` is of what
 * was written.
 *
 * Fails when: an option is out of its range or there are too many images
 * (ERR_INPUT), `dir` is there and not an empty folder (ERR_INPUT), or a file
 * cannot be written (ERR_IO); what was written till then stays. */
typedef void synth_progress_fn(void *arg, size_t done, size_t total);
struct synth_summary {
    size_t images, jpeg, planted; /* in all, JPEG files, with the plant */
};
int synth_cohort(const struct synth_options *o, const char *dir,
                 synth_progress_fn *progress, void *arg, struct synth_summary *summary,
                 struct err *err);

#endif
