/* SPDX-License-Identifier: 0BSD */
/*
 * engine: a library at work: images to templates, and templates to scores (1:1) or to
 * candidates of a gallery (1:N).
 *
 * The 1:1 API runs in the plug-in's process, initialised once. The 1:N API has a process
 * for enrolment templates, one for search templates, and one a gallery (phase.h).
 *
 * Ownership: engine_close(), engine_drop(). Threads: one. Fails when: the library cannot
 * be initialised, or a gallery not be made: one line in `why`.
 */
#ifndef FRTE_ENGINE_H
#define FRTE_ENGINE_H

#include "host/plugins/frte/phase.h"

struct engine {
    struct library library;
    char *config;                /* the library's folder of configuration, or "" */
    void *self;                  /* 1:1 */
    struct phase phases[2];      /* 1:N, by enum frte_role */
};

/* The library is opened already. */
int engine_open(struct engine *e, struct misid_text *why);
void engine_close(struct engine *e);

/* Stays until the next call for the same role in 1:N, for any in 1:1. */
void engine_create(struct engine *e, const struct frte_picture *picture,
                   enum frte_role role, int several, struct frte_made *made);

/* A score that is finite and not negative, else NaN. */
double engine_match(struct engine *e, const struct frte_template *probe,
                    const struct frte_template *enrolled);

struct gallery;

struct gallery *engine_enroll(struct engine *e, const struct frte_template *templates,
                              size_t n, struct misid_text *why);
/* The best `cap` for a search template, best first; how many, or -1. */
long engine_search(struct gallery *g, const struct frte_template *probe,
                   struct misid_candidate *const *candidates, size_t cap,
                   struct misid_text *why);
void engine_drop(struct gallery *g);

/* "return code 8, FaceDetectionError: what it says itself", on one line. */
#define FRTE_REASON (FRTE_INFO + 64)
const char *engine_reason(const struct frte_said *said, char text[FRTE_REASON]);

#endif
