/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backend: a matcher as misid sees it: a system under test, given upright images and
 * asked for classes, templates, faces.
 *
 * A backend is asked for by name and options, `NAME[:option=value,...]`: a row of the
 * one table (backend_kinds()), or a plug-in (`./mine.so`, `onnx`), which runs in
 * misid-host, or an external program (`exec:command=…`). Opening resolves all options,
 * learns what it can do and fixes its fingerprint. Work goes through sessions, one a
 * worker thread; for what runs outside a session is a process.
 *
 * An answer is per image: a status and reason, and its faces. A session never fails on
 * account of a sample: that is a status. It fails (negative) where it can answer
 * nothing any more: the program is not there, does not speak the protocol, or ends
 * again and again at the start.
 *
 * Ownership: backend_close(); answers belong to the caller and keep their memory from
 * call to call. Threads: a backend is read-only once opened; one session a thread.
 */
#ifndef BACKENDS_BACKEND_H
#define BACKENDS_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/image.h"
#include "model/scores.h"
#include "model/status.h"
#include "misid-backend.h"     /* the MISID_… capabilities, the same bits */

struct backend_option {        /* a list ends with name == NULL */
    const char *name, *fallback, *help;
};

struct setting {
    const char *name, *value;
};

struct view {                  /* one sample, as a matcher gets it */
    const struct image *image;
    const struct image_place *place;
    const char *path;          /* of the file it came from, for programs that want one;
                                  "" where there is none */
};

struct face_answer {
    enum status status;
    struct box box;            /* width 0: not said */
    double quality, confidence; /* NaN: not said */
    const char *label;         /* "" : not said */
    struct setting *attributes;
    size_t n_attributes;
    const void *template;      /* float32 × dimension, or opaque */
    size_t template_len;       /* bytes; 0: none */
};

struct answer {
    struct arena arena;        /* of its texts and templates */
    enum status status;
    const char *reason;        /* "" : nothing to say */
    struct face_answer *faces;
    size_t n_faces;
    double latency;            /* seconds in the matcher; of a batch: its share */
};
void answer_reset(struct answer *a); /* empty, status ok, memory kept */
void answer_release(struct answer *a);

struct backend_candidate {
    uint32_t place;            /* in the order of enrolment, from 0 */
    double score;
};

struct backend;
struct session;

struct backend_kind {          /* a row of the table */
    const char *name, *about;
    const struct backend_option *options;
    /* Settings are checked against `options` and complete. Fills what `b` tells of the
     * backend, its state and functions. */
    int (*open)(struct backend *b, const struct setting *settings, size_t n,
                struct err *err);
};

struct backend {
    struct arena arena;
    const char *name;          /* as in the record: "lbp", "onnx:card=sface" */
    const char *version, *about;
    unsigned capabilities;
    struct setting *settings;  /* all, resolved, sorted by name */
    size_t n_settings;
    uint32_t dimension;        /* of float32 templates; 0: opaque or none */
    enum similarity similarity;
    bool own_scores;           /* only compare() can score its templates */
    double score_low, score_high;
    bool score_is_distance;
    double *native;            /* its own operating points */
    size_t n_native;
    size_t batch;              /* images a call that suit it best */
    bool cached;               /* its answers may be kept (not of `null`) */
    struct setting *files;     /* path and SHA-256 of models, libraries, scripts */
    size_t n_files;
    char fingerprint[65];
    void *state;
    void (*close)(struct backend *b);

    int (*session)(struct backend *b, struct session **s, struct err *err);
    void (*end)(struct session *s);
    /* Answers for n views; `want` is of MISID_CLASS, MISID_TEMPLATE, MISID_FACES and
     * MISID_QUALITY. */
    int (*process)(struct session *s, unsigned want, const struct view *views, size_t n,
                   struct answer *answers, struct err *err);
    /* Or NULL. Scores as the matcher means them; NaN where it gave none. */
    int (*compare)(struct session *s, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err);
    /* Or NULL, with MISID_SEARCH: a gallery that the session holds, from n templates,
     * and the `cap` best places of it for one probe, best first (-> how many). A gallery
     * is lost when the program ends: search() then fails. */
    int (*enroll)(struct session *s, const void *const *templates, const size_t *len,
                  size_t n, uint64_t *gallery, struct err *err);
    long (*search)(struct session *s, uint64_t gallery, const void *probe, size_t len,
                   struct backend_candidate *to, size_t cap, struct err *err);
    void (*drop)(struct session *s, uint64_t gallery);
};

const struct backend_kind *const *backend_kinds(size_t *n);

/* Opens `spec`, NAME[:option=value,...]; a comma or backslash in a value stands behind a
 * backslash. Fails, with what is known, on unknown names and options. */
int backend_open(struct backend **b, const char *spec, struct err *err);
void backend_close(struct backend *b);

#endif
