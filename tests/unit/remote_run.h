/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * remote_run: sessions with the plug-ins and programs of tests/backends, on a few
 * pictures. In a spec `$` stands for the folder of them.
 */
#ifndef REMOTE_RUN_H
#define REMOTE_RUN_H

#include "backends/backend.h"
#include "test.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#define RUN_IMAGES 6

/* Pictures of one grey each, 40 × 30 and larger; red 255 in the first pixel is what
 * some plug-ins hate. */
extern struct image run_pictures[RUN_IMAGES];
extern const uint8_t run_greys[RUN_IMAGES];

struct run {
    struct backend *b;
    struct session *s;
    struct answer answers[RUN_IMAGES];
    struct err err;
};

int run_make_pictures(void **state);
int run_free_pictures(void **state);
void run_begin(struct run *r, const char *spec);
void run_process(struct run *r, unsigned want, size_t n);
void run_end(struct run *r);

/* Every picture gets this status, and a reason that holds these words. */
void run_check_answers(const char *spec, enum status status, const char *words);
/* It cannot be opened, and one line that holds these words says why. */
void run_check_refused(const char *spec, const char *words);

/* Descriptors, and children (zombies too), of this process that are there. */
size_t run_count_descriptors(void);
size_t run_count_children(void);

#endif
