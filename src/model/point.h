/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * point: the names of operating points, as the column `point` of findings.csv has them.
 * One that a false match rate fixes is "fmr=" and the rate in the fewest characters that
 * read back the same ("fmr=1e-3", "fmr=0.01"), so that histories join although its
 * threshold moves.
 *
 * Threads: any.
 */
#ifndef MODEL_POINT_H
#define MODEL_POINT_H

#include "base/mem.h"
#include "base/text.h"

#define POINT_MAX (NUM_MAX + 8)

/* "fmr=1e-3" of 0.001. Returns buf. */
const char *point_of_fmr(char buf[POINT_MAX], double rate);
/* A point that a person wrote, spelled so: "fmr=1e-3" of "fmr=0.001", whatever stands
 * before ("own ") or behind (",gallery=100"). Others, and NULL, come back as they are. */
const char *point_spelled(struct arena *arena, const char *point);

#endif
