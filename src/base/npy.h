/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * npy: a matrix of real numbers in NumPy's file format (versions 1.0 to 3.0; NEP
 * 1, "A Simple File Format for NumPy Arrays"), read as single precision.
 *
 * Taken: one or two dimensions (one is a single column), types f2, f4 and f8 of
 * either byte order, rows or columns first. Everything else is refused with what
 * it is: other types, pickled objects, more dimensions, a file that is shorter or
 * longer than its header says. Numbers of f8 are rounded to the nearest float;
 * those too large become infinite. Nothing is said of NaN and infinities.
 *
 * Ownership: npy_release(). Threads: any. Fails when: the file cannot be read, is
 * no such matrix, or there is no memory for it.
 */
#ifndef BASE_NPY_H
#define BASE_NPY_H

#include <stddef.h>

#include "base/err.h"

struct npy {
    size_t rows, columns;
    float *values; /* rows × columns, a row after the other */
};

int npy_load(struct npy *m, const char *path, struct err *err);
void npy_release(struct npy *m);

#endif
