/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small ONNX models made by the tests themselves: protobuf written by hand, after
 * onnx.proto3 of ONNX 1.8 (operator set 13). A model has one input "input" of float32,
 * nodes, and constants.
 *
 * Ownership: the caller's, until model_write(), which frees all.
 */
#ifndef MAKE_ONNX_H
#define MAKE_ONNX_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct model {
    struct text nodes, constants, outputs;
    int64_t input[4]; /* its shape; below 1: open */
    int type;         /* of its numbers: 1 is float32 */
};

/* [1, channels, height, width] */
struct model model_new(int64_t channels, int64_t height, int64_t width);
/* A constant of n numbers and that shape, two dimensions or three. */
void model_floats(struct model *m, const char *name, const float *v, const int64_t *dims,
                  size_t n_dims);
void model_shape(struct model *m, const char *name, const int64_t *v, size_t n);
/* to = op(a, b); b may be NULL. */
void model_node(struct model *m, const char *op, const char *a, const char *b,
                const char *to);
void model_output(struct model *m, const char *name);
/* Writes the model; aborts the test if that cannot be done. */
void model_write(struct model *m, const char *path);

#endif
