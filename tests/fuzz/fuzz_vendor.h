/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the targets for vendors' answers share: the first byte says which answer it is to
 * be and, by its upper half, the HTTP status; the rest is the body.
 */
#ifndef FUZZ_VENDOR_H
#define FUZZ_VENDOR_H

#include <math.h>

#include "backends/vendor.h"
#include "fuzz.h"

static inline struct vendor_reply fuzz_reply(const uint8_t *data, size_t len)
{
    static const long statuses[] = { 200, 200, 200, 400, 401, 403, 413, 429, 500 };

    return (struct vendor_reply){ statuses[(data[0] >> 4) % 9], (const char *)data + 1,
                                  len - 1 };
}

/* Faces of an answer that was believed. */
static inline void fuzz_faces(const struct answer *a, bool tokens)
{
    assert(a->n_faces > 0 && a->n_faces <= VENDOR_FACES_MAX);
    for (size_t i = 0; i < a->n_faces; i++) {
        const struct face_answer *f = &a->faces[i];
        assert(!*f->label || !strcmp(f->label, "female") || !strcmp(f->label, "male"));
        assert(isnan(f->confidence) || (f->confidence >= 0 && f->confidence <= 1));
        assert(isnan(f->quality) || isfinite(f->quality));
        assert(isfinite(f->box.x) && isfinite(f->box.y));
        assert(f->box.width >= 0 && f->box.height >= 0);
        assert(f->n_attributes <= MISID_ATTRIBUTES);
        for (size_t k = 0; k < f->n_attributes; k++)
            assert(*f->attributes[k].name && *f->attributes[k].value);
        assert(f->template_len <= (tokens ? VENDOR_ID_MAX : 0));
    }
}

static inline void fuzz_candidates(const struct vendor_candidate *c, size_t n, size_t cap,
                                   double most)
{
    assert(n <= cap);
    for (size_t i = 0; i < n; i++) {
        assert(*c[i].id && strlen(c[i].id) <= VENDOR_ID_MAX && !strpbrk(c[i].id, "/?#%\n"));
        assert(c[i].score >= 0 && c[i].score <= most);
        assert(!i || c[i].score <= c[i - 1].score);
    }
}

static inline void fuzz_end(enum vendor_outcome outcome, struct vendor_said *said)
{
    assert(outcome == VENDOR_OK || said->why.len > 0);
    assert(outcome != VENDOR_SAMPLE || said->status != STATUS_OK);
    vendor_said_release(said);
}

#endif
