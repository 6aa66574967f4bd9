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
 * Fingerprint: SHA-256 of the compact JSON, keys sorted, of abi, files (name and
 * SHA-256, sorted), name, normalisation (IMAGE_NORMALISATION), options (all but one
 * called `threads` and those that are `apart`, with their values) and version. An option whose value is the path of
 * one of the files stands with the file's base name, there and in every record: it is
 * what is in the file that counts, not where it lies.
 *
 * An answer is per image: a status and reason, and its faces. A session never fails on
 * account of a sample: that is a status. It fails (negative) where it can answer
 * nothing any more: the program is not there, does not speak the protocol, or ends
 * again and again at the start.
 *
 * Ownership: backend_close(); answers belong to the caller, who resets them before each
 * call; what is in them lives in their arena. Threads: a backend is read-only once
 * opened; one session a thread, and session() and end() may run in several at once.
 */
#ifndef BACKENDS_BACKEND_H
#define BACKENDS_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/image.h"
#include "model/roster.h"
#include "model/scores.h"
#include "model/status.h"
#include "misid-backend.h"     /* the MISID_… capabilities, the same bits */

struct backend;

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
    size_t row;                /* of the roster, for answers that others recorded */
    bool changed;              /* the image was changed on purpose: it is not the file's */
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
    double latency;            /* seconds in the matcher; of a batch: its share. NaN: not
                                  measured by the session; then the driver's clock has it */
};
void answer_reset(struct answer *a); /* empty, status ok; zeroed memory will do */
void answer_release(struct answer *a);
/* n faces of status ok, nothing said; they are the answer's. */
struct face_answer *answer_faces(struct answer *a, size_t n);
/* The sample's outcome, in place of any faces. */
void answer_fail(struct answer *a, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Holds an answer to what may be believed of it: an ok one has faces, a template of the
 * backend's dimension is finite, confidences lie in [0, 1], texts are UTF-8 without
 * controls. What is not so becomes the status `error` with a reason. */
void answer_check(struct answer *a, const struct backend *b, unsigned want);

struct backend_candidate {
    uint32_t place;            /* in the order of enrolment, from 0 */
    double score;
};

struct backend_plan {          /* what is going to be asked, at most */
    size_t images;
    size_t pairs;              /* compared */
    size_t enrolled, probes;
    unsigned want;             /* of each image */
};

struct session {               /* one worker's */
    struct backend *backend;
    void *state;
};

struct backend_kind {          /* a row of the table */
    const char *name, *about;
    /* NULL: they are known only once it is open, and open() calls backend_settle(). */
    const struct backend_option *options;
    /* True if it also answers to another name, as the path of a plug-in. NULL: never. */
    bool (*claims)(const char *name);
    /* Settings are checked against `options` and complete. Fills what `b` tells of the
     * backend, its state and functions. Where it fails, backend_close() has still to
     * free what is in `b`. */
    int (*open)(struct backend *b, const struct setting *settings, size_t n,
                struct err *err);
};

struct backend {
    struct arena arena;
    const char *name;          /* as in the record: "lbp", "onnx:card=sface", or CALLED */
    const char *spec;          /* NAME[:option=value,...] without the folders of files */
    const char *asked;         /* NAME of the spec, perhaps a path */
    const char *self;          /* what it calls itself; the kind's name unless set */
    const char *version, *about;
    unsigned abi;              /* MISID_ABI unless set */
    unsigned capabilities;
    const char *classless;     /* why it gives no class, for people; or NULL */
    const char *const *apart;  /* options that no answer depends on: in no name and no
                                  fingerprint; ends with NULL, or is it */
    struct setting *settings;  /* all, resolved, sorted by name */
    size_t n_settings;
    uint32_t dimension;        /* of float32 templates; 0: opaque or none */
    size_t template_bytes;     /* the most that one takes; set for those with a dimension */
    enum similarity similarity;
    bool own_scores;           /* only its compare() or search() can score its templates */
    double score_low, score_high;
    bool score_is_distance;
    size_t most_found;         /* candidates that one search gives at most, however many
                                  are asked for; 0: it does not say */
    double least_found;        /* none less alike than this; NaN: it does not say */
    double *native;            /* its own operating points */
    size_t n_native;
    size_t batch;              /* images a call that suit it best */
    bool cached;               /* its answers may be kept (not of `null`) */
    bool blind;                /* answers without looking: views have no image */
    bool anew;                 /* set by who opened it: nothing that an earlier run was
                                  answered is served again */
    bool dry;                  /* only says what it would do: its answers are none */
    struct setting *files;     /* path and SHA-256 of models, libraries, scripts */
    size_t n_files;
    char fingerprint[65];
    void *state;
    void *client;              /* of services on the network: struct cloud */
    void (*close)(struct backend *b);

    /* Or NULL: called before any session with a folder that is to keep what the answers
     * rest on, as a cassette; it is made if need be. */
    int (*keep)(struct backend *b, const char *dir, struct err *err);
    /* Or NULL: called before the work, perhaps several times, with how much there is. It
     * says what that costs, and fails where it may not be done. */
    int (*plan)(struct backend *b, const struct backend_plan *p, struct err *err);
    /* Or NULL: members for the record of what was done: requests, money, the cassette. */
    void (*add_evidence)(const struct backend *b, struct json_out *w);
    /* Or NULL: called once before any session, with who will be shown. */
    int (*meet)(struct backend *b, const struct roster *r, struct err *err);
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

/* NAME[:option=value,...] taken apart, into the arena. */
struct backend_spec {
    const char *name;
    struct setting *settings;
    size_t n;
};
#define BACKEND_SPEC_MAX 4096
int backend_spec_parse(struct backend_spec *spec, const char *text, struct arena *arena,
                       struct err *err);

/* For open(): checks `given` against the options and fills b->settings. */
int backend_settle(struct backend *b, const struct backend_option *options,
                   const struct setting *given, size_t n, struct err *err);
/* The value of a setting, which must be there. */
const char *backend_setting(const struct backend *b, const char *name);
/* The same as a whole number in a range; fails naming backend and option. */
int backend_whole(const struct backend *b, const char *name, int64_t low, int64_t high,
                  int64_t *to, struct err *err);
/* For open(): a model, library, script or lock file that its answers rest on. */
int backend_add_file(struct backend *b, const char *path, struct err *err);
/* For open(): operating points as text, "80;95;99". */
int backend_add_native(struct backend *b, const char *text, struct err *err);

/* Opens `spec`, [CALLED=]NAME[:option=value,...]; a comma or backslash in a value stands
 * behind a backslash. CALLED is its name in print and in the run folder; it is no part of
 * the fingerprint. Fails, with what is known, on unknown names and options. */
int backend_open(struct backend **b, const char *spec, struct err *err);
void backend_close(struct backend *b);

/* "class, template"; what `capabilities` says in words. */
void backend_add_capabilities(const struct backend *b, struct text *to);
/* What is known of it, as members of the map that is open. */
void backend_add_json(const struct backend *b, struct json_out *w);

#endif
