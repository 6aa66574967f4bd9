/* SPDX-License-Identifier: 0BSD */
/*
 * twin: both templates of one face as misid's one. A library makes different templates
 * for enrolment and for search or verification; whoever has a sample does not know yet
 * which side of a comparison it will be on.
 *
 * The bytes are: "FRT1"; the return codes of both, enrolment first, 2 bytes each; their
 * lengths, 4 bytes each; the templates. In the machine's order, for they are the
 * machine's own. A failed template is as the library gave it, and may be empty.
 *
 * Threads: any.
 */
#ifndef FRTE_TWIN_H
#define FRTE_TWIN_H

#include "host/plugins/frte/adapter.h"

struct twin {
    int code[2];                   /* by enum frte_role; FRTE_THREW too */
    struct frte_template part[2];  /* without eyes when they are read */
};

/* How many bytes it takes. */
size_t twin_size(const struct twin *t);
void twin_write(const struct twin *t, uint8_t *to);
/* 0; -1 if these bytes are none. The parts point into them. */
int twin_read(struct twin *t, const uint8_t *bytes, size_t len);

#endif
