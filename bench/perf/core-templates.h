/* SPDX-License-Identifier: GPL-3.0-or-later */
/* core-templates: templates to compare, made up from a seed. */
#ifndef CORE_TEMPLATES_H
#define CORE_TEMPLATES_H

#include <stddef.h>
#include <stdint.h>

/* n × dim normal numbers, alike in every direction. */
void templates_isotropic(float *x, size_t n, size_t dim, uint64_t seed);

/* The same with variance exp(−d/38) in direction d < 192, none beyond, and these
 * directions turned: signs at random and a Walsh–Hadamard transform, three times.
 * `dim` is a power of two. */
void templates_like_faces(float *x, size_t n, size_t dim, uint64_t seed);

#endif
