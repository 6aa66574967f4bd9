/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack: a whole answer as bytes: what the cache keeps, and what waits for its turn to
 * become a row of the outputs.
 *
 * Little-endian, no padding: a byte PACK_VERSION; status (1 byte), latency (f64), reason;
 * number of faces (u32); of each, status (1), box (4 × f64), quality, confidence (f64),
 * label, number of attributes (u32), names and values, template. Texts and templates
 * have their length (u32) before them.
 *
 * Ownership: unpacked texts and templates live in the answer's arena. Threads: any.
 */
#ifndef BACKENDS_PACK_H
#define BACKENDS_PACK_H

#include <stdbool.h>

#include "backends/backend.h"

#define PACK_VERSION 1

/* Adds to `to`. */
void answer_pack(const struct answer *a, struct text *to);
/* False, and the answer empty, where the bytes are not what answer_pack() writes. */
bool answer_unpack(struct answer *a, const void *bytes, size_t len);

#endif
