/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode: from the numbers that a net gives to faces: boxes, scores, points. No engine
 * is known here; a tensor is its numbers and its shape.
 *
 * A face is in pixels of the picture that the net saw (the detector's input). Places are
 * corners of pixels, as the nets have them: the upper left corner of the picture is (0, 0).
 * Boxes may reach beyond it. Every face that is found is finite, of positive area, and
 * scores at least what was asked; no two have the same order: better first, then the
 * place in the tensor.
 *
 * Ownership: `struct faces` keeps memory from call to call; faces_release(). Threads: one
 * struct a thread. Fails when: a tensor's shape is not that of the family: DECODE_SHAPE.
 * Numbers that are no numbers are no face.
 */
#ifndef ONNX_DECODE_H
#define ONNX_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/image.h"

#define DECODE_SHAPE (-1)
#define TENSOR_DIMS 8
#define DECODE_MOST 1000 /* faces before those that overlap are dropped: the best */

struct tensor {
    const char *name;
    const float *values;
    int64_t dims[TENSOR_DIMS];
    size_t n_dims;
};
size_t tensor_count(const struct tensor *t);
/* The tensor of that name, or NULL. */
const struct tensor *tensor_find(const struct tensor *t, size_t n, const char *name);
/* Of [1, rows, columns] or [rows, columns]: its rows if it has so many columns, else 0. */
size_t tensor_rows(const struct tensor *t, size_t columns);

struct face {
    struct box box;
    double score;
    bool has_points;
    struct point points[LANDMARKS];
    size_t order; /* its place in the tensor */
};

struct faces {
    struct face *items;
    size_t n, cap;
};
void faces_release(struct faces *f);
/* Adds a face from its corners, if it is one. */
void faces_add(struct faces *f, const struct face *face);

/* Drops all but DECODE_MOST of the best, then whatever overlaps a better one by more
 * than `overlap` (of the union of both, Jaccard's index). Sorts, best first. */
void faces_suppress(struct faces *f, double overlap);

/* What the detector looks at, and what is asked of it. */
struct decoding_job {
    int width, height; /* of its input */
    double score;      /* a face scores this at least */
    double overlap;
};

/* Each replaces what is in `f` by the faces of these outputs, suppressed.
 *
 * UltraFace (Linzaer, 2019; slim and RFB): scores [1,P,2], boxes [1,P,4], P priors at
 * strides 8, 16, 32, 64. `priors`: the boxes are offsets from them with variances .1
 * and .2 (the model "without postprocessing"); else corners as shares of the sides. */
int decode_ultraface(struct faces *f, const struct tensor *outputs, size_t n, bool priors,
                     const struct decoding_job *job);

/* SCRFD (Guo, Deng, Lattas, Zafeiriou 2021, arXiv:2105.04714): for strides 8, 16, 32 (and
 * 64, 128) scores [N,1], distances to the four sides [N,4], and points [N,10] where there
 * are any, in strides; told apart by their columns, and in order of falling N. */
int decode_scrfd(struct faces *f, const struct tensor *outputs, size_t n,
                 const struct decoding_job *job);

/* YuNet (Wu, Peng, Yu 2023, Machine Intelligence Research 20): either cls_S, obj_S, bbox_S,
 * kps_S at S = 8, 16, 32; or the older loc [P,14], conf [P,2], iou [P,1] over priors. The
 * score is the root of class times objectness (of confidence times overlap). */
int decode_yunet(struct faces *f, const struct tensor *outputs, size_t n,
                 const struct decoding_job *job);

/* A prior box of SSD: its centre and size as shares of the sides. */
struct prior {
    double x, y, width, height;
};
/* The priors of both families, at strides 8, 16, 32, 64 of sizes {10,16,24}, {32,48},
 * {64,96}, {128,192,256}, row by row; how many there are. With `to` NULL it only counts. */
size_t priors_make(int width, int height, struct prior *to);

/* The five points of 68 (as of iBUG 300-W): the eyes as the mean of four lid points each,
 * the nose's tip, the mouth's corners as the mean of the outer and the inner one. */
void points_of_68(const struct point from[68], struct point to[LANDMARKS]);

/* SSR-Net (Yang, Huang, Lin, Hsiu, Chuang, IJCAI 2018, equations 4 to 6): three stages of
 * three bins each: prob_stage_N [1,3], stageN_delta_k [1,1], index_offset_stageN [1,3].
 * *value is in units of the range: 1 is its upper end. */
int decode_ssrnet(const struct tensor *outputs, size_t n, double *value);

/* InsightFace's genderage: [1,3], the logits of female and male, and age / 100. */
int decode_genderage(const struct tensor *outputs, size_t n, double *male, double *age);

#endif
