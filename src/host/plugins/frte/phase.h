/* SPDX-License-Identifier: 0BSD */
/*
 * phase: a process that does one part of the 1:N API for the plug-in's own.
 *
 * The API has a process initialise once: for enrolment templates, for search templates,
 * to finalise a gallery, or to search one; a library may keep what it is initialised for
 * in static variables. So each of these is a child, forked from the plug-in's process
 * after the library was loaded and before any function of it was called. A child that
 * ends takes the plug-in's process with it, in the way in which it ended.
 *
 * Ownership: phase_stop(). What a call gives stays until the phase's next one. Threads:
 * one. Fails when: the system refuses a process; or the library does, as `said` tells.
 */
#ifndef FRTE_PHASE_H
#define FRTE_PHASE_H

#include <sys/types.h>

#include "host/plugins/frte/library.h"
#include "host/plugins/frte/wire.h"

struct phase {
    pid_t pid;                   /* 0: none */
    int fd;
    const char *what;            /* it does, for messages */
    struct wire out, in;
    struct frte_template *templates;
    struct frte_candidate *candidates;
};

/* Starts it, with an instance of the library. 0, or -1 and `said` tells why. */
int phase_start(struct phase *p, const struct library *l, const char *what,
                struct frte_said *said);
void phase_stop(struct phase *p);

/* As the functions of the adapter. */
void phase_initialize(struct phase *p, const char *config, enum frte_role role,
                      struct frte_said *said);
void phase_create(struct phase *p, const struct frte_picture *picture, enum frte_role role,
                  int several, struct frte_made *made);
void phase_finalize(struct phase *p, const char *config, const char *folder,
                    const char *edb, const char *manifest, struct frte_said *said);
void phase_load(struct phase *p, const char *config, const char *folder,
                struct frte_said *said);
void phase_identify(struct phase *p, const uint8_t *bytes, size_t len, uint32_t most,
                    struct frte_found *found);

#endif
