/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * card: a chain of nets as a model card describes it (misid-onnx(7)): how a face is
 * found, where its points come from, what turns it into a template, and what is said of
 * its gender and age.
 *
 * Invariants of a card that was loaded: widths and heights are 1 to CARD_SIDE_MAX; those
 * of the detector are for models that leave them open, and 0 where the card says none;
 * scales are not 0; there is an embedder or an attribute; whoever needs points has them.
 *
 * Ownership: the card owns its strings. Threads: read-only once loaded. Fails when: the
 * card cannot be read or says what it may not: every fault, with file and line.
 */
#ifndef ONNX_CARD_H
#define ONNX_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

#define CARD_SIDE_MAX 4096
#define CARD_ATTRIBUTES 4
#define CARD_DIMENSION_MAX 65536

enum order { ORDER_RGB, ORDER_BGR, ORDER_GREY };   /* of the tensor's channels */
enum family { FAMILY_ULTRAFACE, FAMILY_SCRFD, FAMILY_YUNET };
enum fit { FIT_KEEP, FIT_STRETCH };
enum estimator { ESTIMATOR_SSRNET, ESTIMATOR_GENDERAGE };
enum given { GIVEN_GENDER, GIVEN_AGE };
extern const char *const order_names[]; /* ends with NULL */

struct net {
    const char **files;    /* names it goes by; the first that is found is taken */
    size_t n_files;
    const char *get;       /* how to have it, in words */
    int width, height;
    enum order order;
    double mean[3], scale[3]; /* tensor = (pixel − mean) / scale, as channels are ordered */
};

/* A square cut out around the centre of a face's box. */
struct crop {
    double scale;          /* of its height, or its longer side */
    bool longer;
    bool inside;           /* moved and made smaller to lie in the picture */
};

struct detector {
    struct net net;
    enum family family;
    bool priors;           /* UltraFace: boxes are offsets from priors */
    enum fit fit;          /* keep: shape kept, black to the right and below */
    bool enlarge;          /* keep: smaller pictures are made larger */
    double score, overlap;
};

struct attribute {
    enum estimator estimator;
    enum given given;      /* of SSR-Net */
    struct net net;
    struct crop crop;
    double span;           /* age: the upper end of the range, in years */
    double cut;            /* gender: at or above it the second label */
    const char *labels[2];
};

struct card {
    struct arena arena;
    const char *path, *name, *about;
    struct detector detector;
    bool has_landmarks;    /* a net of 68 points; else the detector's five */
    struct net landmarks;
    struct crop landmarks_crop;
    bool has_embedder;
    struct net embedder;
    int dimension;         /* 0: as the model says */
    bool normalise;        /* the template is brought to length 1 */
    struct attribute attributes[CARD_ATTRIBUTES];
    size_t n_attributes;
};

int card_load(struct card *card, const char *path, struct err *err);
void card_release(struct card *card);

/* One or three numbers, "127.5" or "104;117;123", into to[3]; false if they are none. */
bool card_parse_channels(const char *s, double to[3]);
/* "112" or "320x240". */
bool card_parse_size(const char *s, int *width, int *height);

#endif
