/* SPDX-License-Identifier: 0BSD */
/*
 * misid-backend: how a face matcher becomes a backend of misid.
 *
 * Anyone may use this file for any purpose (0BSD). A plug-in is a shared object that
 * exports one function, misid_backend(). It is loaded by misid-host, a program of its
 * own that links nothing but the C library and a JSON reader, never by misid itself.
 * Try it with `misid backend check ./plug-in.so`.
 *
 *     static const struct misid_backend me = {
 *         .abi = MISID_ABI, .size = sizeof me,
 *         .name = "mine", .version = "1.0", .capabilities = MISID_TEMPLATE,
 *         .open = my_open, .process = my_process, .close = my_close,
 *     };
 *     const struct misid_backend *misid_backend(uint32_t abi)
 *     {
 *         return abi == MISID_ABI ? &me : NULL;
 *     }
 *
 * Rules. The host calls from one thread; several processes may be started. Structs begin
 * with their size and grow at their end only; whoever reads looks at no member past the
 * size the other side states. Arrays of them are arrays of pointers, for the same reason.
 * (struct misid_option, misid_setting and misid_text have no size: they never change.)
 * All buffers are the host's: the plug-in writes into those it is given, never into
 * pixels or templates it is to read, and keeps no pointer of a call beyond it. Texts are
 * UTF-8. A sample that cannot be processed is an outcome, told by its status; a negative
 * return value means that the whole call failed. The same image gives the same answer,
 * whatever was asked before and beside it. An outcome is never reported by ending the
 * process, but if it ends, the sample's outcome is "crashed", and a new process goes on
 * with the next. What is printed, on stdout or stderr, goes into the log.
 */
#ifndef MISID_BACKEND_H
#define MISID_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MISID_ABI 1u

/* What a backend can do, and what a call wants of it. */
enum misid_capability {
    MISID_CLASS = 1,     /* a label and its confidence; further attributes */
    MISID_TEMPLATE = 2,  /* a template for comparing */
    MISID_FACES = 4,     /* all faces of the image, not only the one it chooses */
    MISID_QUALITY = 8,   /* a quality of the face */
    MISID_COMPARE = 16,  /* scores two templates itself: they are opaque bytes */
    MISID_SEARCH = 32    /* searches a gallery that it holds itself */
};

enum misid_status {
    MISID_OK = 0,
    MISID_NO_FACE,
    MISID_SEVERAL_FACES, /* and it was to process one only */
    MISID_REFUSED,       /* it would not process this image: too small, say */
    MISID_TIMEOUT,
    MISID_ERROR
};

struct misid_option {    /* a list of them ends with name == NULL */
    const char *name, *fallback, *help;
};

struct misid_setting {   /* an option with its value; all are given, in their order */
    const char *name, *value;
};

struct misid_text {      /* a buffer of the host's for text: at most cap − 1 bytes and 0 */
    char *s;
    size_t cap;
};

/* An upright picture: red, green, blue, 8 bits each, sRGB; row y at pixels + y·stride. */
struct misid_image {
    uint32_t size;
    uint32_t width, height;
    size_t stride;
    const uint8_t *pixels;
    const float *box;        /* x, y, width, height in pixels, as the data set says; or NULL */
    const float *landmarks;  /* x, y of both eyes, nose, mouth's corners, from the viewer's
                                left to right; or NULL */
};

#define MISID_ATTRIBUTES 16

/* What is said of one face. The host has set `size`, the buffers and their room, and
 * everything else to 0, quality and confidence to NaN. Numbers that are said are finite.
 * A face with MISID_OK has what was wanted of it; one of another status need not. */
struct misid_face {
    uint32_t size;
    uint32_t status;               /* enum misid_status */
    float box[4];                  /* of the face that was found; width 0: not said */
    double quality;                /* larger is better; NaN: not said */
    struct misid_text label;       /* of the class */
    double confidence;             /* in [0, 1]; NaN: not said */
    uint32_t n_attributes;         /* further ones, as age; at most MISID_ATTRIBUTES */
    struct misid_text attribute_name[MISID_ATTRIBUTES], attribute_value[MISID_ATTRIBUTES];
    uint8_t *template_bytes;       /* float32 of the machine, or opaque; aligned to 64 */
    size_t template_cap, template_len; /* bytes; cap is info's template_bytes */
};

/* What is said of one image. With MISID_FACES up to `cap` faces, the chosen one first;
 * else `cap` is 1. n_faces 0 is allowed only beside a status other than MISID_OK. */
struct misid_result {
    uint32_t size;
    uint32_t status;
    struct misid_text reason;      /* in words, where there is something to say */
    uint32_t n_faces, cap;
    struct misid_face *const *faces;
};

struct misid_template {
    uint32_t size;
    const uint8_t *bytes;
    size_t len;
};

struct misid_candidate {
    uint32_t size;
    uint32_t place;                /* in the order of enrolment, from 0 */
    double score;
};

/* What the backend tells of itself once its options are known. Room for texts is the
 * host's; it has set `capabilities` to the plug-in's, the rest to 0. */
struct misid_info {
    uint32_t size;
    uint32_t capabilities;         /* with these options: some may be taken away */
    uint32_t dimension;            /* of float32 templates; 0: opaque bytes, or none */
    uint32_t template_bytes;       /* the most that a template takes; 4 × dimension where
                                      that is not 0 */
    uint32_t batch;                /* images a call that suit it best; 0: any */
    struct misid_text similarity;  /* "cosine", "inner", "euclidean", "chi-square" or,
                                      with MISID_COMPARE, "own" */
    double score_low, score_high;  /* the range of its own scores; both 0: not said */
    uint32_t score_is_distance;    /* of its own scores: smaller is more alike */
    struct misid_text native;      /* its own operating points, "80;95;99" or "" */
    struct misid_text files;       /* paths of the models and libraries that its answers
                                      rest on, one a line: their hashes identify it */
    struct misid_text about;       /* one line for people: engine, model */
};

struct misid_backend {
    uint32_t abi, size;
    const char *name, *version, *about;
    uint32_t capabilities;
    const struct misid_option *options;

    /* Makes an instance: not NULL, or `why` says what is wrong in one line. */
    void *(*open)(const struct misid_setting *settings, size_t n,
                  struct misid_info *info, struct misid_text *why);
    void (*close)(void *self);

    /* Detects once in each of n images and gives what `want` asks for: of MISID_CLASS,
     * MISID_TEMPLATE, MISID_FACES and MISID_QUALITY, those it can. 0; negative: the whole
     * call failed, and `why` says it. */
    int (*process)(void *self, uint32_t want, const struct misid_image *const *images,
                   size_t n, struct misid_result *const *results, struct misid_text *why);

    /* With MISID_COMPARE: the scores of n pairs; NaN where there is none. */
    int (*compare)(void *self, const struct misid_template *const *a,
                   const struct misid_template *const *b, size_t n, double *scores,
                   struct misid_text *why);

    /* With MISID_SEARCH: a gallery from n templates (-> handle, or NULL), and the best
     * `cap` of it for one probe, best first. Returns how many, or negative. */
    void *(*enroll)(void *self, const struct misid_template *const *templates, size_t n,
                    struct misid_text *why);
    long (*search)(void *self, void *gallery, const struct misid_template *probe,
                   struct misid_candidate *const *candidates, size_t cap,
                   struct misid_text *why);
    void (*drop)(void *self, void *gallery);
};

#if defined(__GNUC__)
#define MISID_EXPORT __attribute__((visibility("default")))
#else
#define MISID_EXPORT
#endif

/* The plug-in's one exported function. `abi` is the host's; NULL if it cannot be served.
 * What it gives stays as it is until the process ends. */
MISID_EXPORT const struct misid_backend *misid_backend(uint32_t abi);
typedef const struct misid_backend *misid_backend_function(uint32_t abi);

#ifdef __cplusplus
}
#endif
#endif
