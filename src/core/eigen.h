/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eigen: the directions of a symmetric matrix, by Householder's reduction to three
 * diagonals and the implicit QL iteration (Golub and Van Loan, Matrix Computations,
 * 4th ed., 8.3). Good to some n × 2^-52 of the largest value; whoever needs the
 * directions orthogonal to a proven bound measures that himself.
 */
#ifndef CORE_EIGEN_H
#define CORE_EIGEN_H

#include <stddef.h>

/*
 * Of the n × n matrix `a`, which is destroyed: values to values[n], and the direction
 * of value i to row i of `vectors` (n × n), in no promised order. Returns 0, or -1 if
 * the iteration does not end or the matrix is not finite.
 */
int eigen_symmetric(double *a, size_t n, double *values, double *vectors);

#endif
