/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain: the nets of a card at work on an image: faces found, one chosen, its points,
 * its template, what is said of it.
 *
 * A failure of a net (its own refusal, numbers that are none) is the sample's outcome:
 * MISID_ERROR and a reason. The same image gives the same bits, whatever came before.
 *
 * Ownership: the chain owns sessions and buffers; the card is the caller's and stays.
 * Threads: one chain a thread. Fails when: a net cannot be had or has another shape than
 * its card says.
 */
#ifndef ONNX_CHAIN_H
#define ONNX_CHAIN_H

#include "base/err.h"
#include "base/text.h"
#include "host/plugins/onnx/card.h"
#include "host/plugins/onnx/decode.h"
#include "host/plugins/onnx/picture.h"
#include "host/plugins/onnx/session.h"
#include "misid-backend.h"

/* Which face it is about, where there are several. */
enum choice {
    CHOICE_PROMINENT, /* area less twice the squared distance from the picture's centre */
    CHOICE_LARGEST,
    CHOICE_CENTRAL,
    CHOICE_BOX,       /* the one that overlaps the data set's box most; without a box,
                         as prominent */
    CHOICE_ONLY,      /* several are an outcome */
};
extern const char *const choice_names[]; /* ends with NULL */

struct chain {
    const struct card *card;
    enum choice choice;
    double score;              /* a face scores this at least */
    struct engine *engine;
    struct session detector, landmarks, embedder, attributes[CARD_ATTRIBUTES];
    char **files;              /* of the nets, NULL-terminated */
    size_t n_files;
    size_t dimension;          /* of templates; 0: there are none */
    struct canvas canvas;
    struct faces faces;
    struct text reason;        /* of the last image */
};

int chain_open(struct chain *chain, const struct card *card, int threads, struct err *err);
void chain_release(struct chain *chain);

/* The faces in what the detector said last, in pixels of its input (process.c). */
int chain_decode(struct chain *chain);
/* What the net of an attribute said last: the score of the second label, and the age
 * in years (attributes.c). Both are always set; the card says which of them means
 * something. */
int chain_estimate(const struct chain *chain, size_t which, double *male, double *age);

/* What is said of one image. */
void chain_process(struct chain *chain, uint32_t want, const struct misid_image *image,
                   struct misid_result *result);

/* Puts the chosen face first, in the others' order behind it. `box` may be NULL. False:
 * none of them is in the box. */
bool faces_choose(struct faces *f, enum choice choice, int width, int height,
                  const float *box);

/* What is said of one face (embed.c, attributes.c): 0, or why it failed. */
int chain_embed(struct chain *chain, const struct image *image, const struct face *found,
                struct misid_face *face, struct err *err);
int chain_describe(struct chain *chain, const struct image *image,
                   const struct face *found, struct misid_face *face, struct err *err);

/* The path of the first of a net's files that is there (find.c); malloc'd. */
char *find_model(const struct net *net, struct err *err);
/* The path of a card, from its name or path; malloc'd. */
char *find_card(const char *name, struct err *err);

#endif
