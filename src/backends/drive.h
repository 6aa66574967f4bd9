/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drive: a backend shown the samples of a roster, by several workers at once.
 *
 * Each worker has a session and goes through its samples alone: reads the file, looks
 * for its answer in the cache, decodes it otherwise, and hands the backend as many at a
 * time as suit it. A sample that has no picture (missing, truncated …) is never shown:
 * its status is its answer.
 *
 * Outputs are in the order of the roster, a row a sample and face, whatever worker
 * answered and in whatever order; with the same backend and images they are the same
 * but for latency_ms, which for an answer from the cache is that of the time it was
 * made. An answer that was computed is in the cache before the next is begun, so a run
 * that is killed has nothing finished to compute again. Timeouts, crashes and errors
 * are not kept: they may pass.
 *
 * Timing: a sample has the time of reading and decoding, of hashing it and looking in
 * the cache, and in the matcher (its share of a call on several). The first call of
 * each session is its warm-up, and is in no figure.
 *
 * Ownership: everything that is pointed at is the caller's. Threads: one drive a
 * backend. Fails where a session does; the rows so far are then of no use.
 */
#ifndef BACKENDS_DRIVE_H
#define BACKENDS_DRIVE_H

#include "backends/backend.h"
#include "model/outputs.h"

struct cache;

/* From files to pixels, by one who knows how; a `self` is one worker's. */
struct drive_images {
    void *(*open)(void *arg);
    void (*close)(void *self);
    /* The bytes stay until the next reading. `place` is in the file's picture, and comes
     * out in that of the image. */
    enum status (*read)(void *self, const char *path, const void **bytes, size_t *len,
                        struct text *reason);
    enum status (*decode)(void *self, const void *bytes, size_t len,
                          struct image_place *place, struct image *im,
                          struct image_facts *facts, struct text *reason);
    void *arg;
    const char *how;           /* what else than the file decides the pixels, in words */
    bool changes;              /* the pixels are changed on purpose */
};

enum drive_way {               /* how a sample came to its answer */
    DRIVE_NOT_SHOWN,           /* there is no picture */
    DRIVE_COMPUTED,
    DRIVE_WARM_UP,             /* computed, but not to be timed */
    DRIVE_CACHED
};

struct drive_time {            /* of one sample; seconds, 0 where it was not done */
    enum drive_way way;
    double decode, lookup, matcher;
};

struct drive_timing {
    struct drive_time *samples;
    size_t n;
    unsigned threads;
    double wall;               /* from the start of the sessions to the last sample */
    double start;              /* what the slowest session took to start */
};
void drive_timing_release(struct drive_timing *t);

struct drive {
    struct backend *backend;
    unsigned want;             /* of the backend's capabilities */
    const struct roster *roster;
    const size_t *rows;        /* of it, ascending */
    size_t n;
    const char *root;          /* of the paths; NULL: the current folder */
    const struct drive_images *images;
    bool covariates;           /* what images->decode() measures becomes attributes */
    struct cache *cache;       /* or NULL */
    unsigned threads;          /* 0: as many as there are processors for us */
    /* Called by the caller's own thread, a few times a second. Or NULL. */
    void (*progress)(void *arg, size_t done, size_t n);
    void *progress_arg;
};

/* Fills initialised outputs and *timing. */
int drive(const struct drive *d, struct outputs *o, struct drive_timing *timing,
          struct err *err);

#endif
