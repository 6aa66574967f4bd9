/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance: as many samples from each group where some axes cross, drawn so that
 * anybody draws the same again.
 *
 * Within a cell the samples stand in the order of SHA-256 of the seed, a 0 byte
 * and the sample's name, and the first are taken. So the draw depends on nothing
 * but the seed and the names: not on the order of a table, nor on what other
 * groups hold; adding samples to a set moves only those that they displace.
 * Samples without a usable image or without a value on an axis are not drawn.
 *
 * Ownership: `chosen` is the caller's to free. Threads: any.
 */
#ifndef DATASETS_BALANCE_H
#define DATASETS_BALANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/roster.h"

struct balance {
    const char *const *axes;
    size_t n_axes;
    size_t per_cell;    /* 0: as many as the smallest cell has */
    size_t per_person;  /* at most so many of one person in a cell; 0: any number */
    const char *seed;
};

/* Rows in the roster's order. Fails, with the sizes, if a cell that anybody is
 * in has fewer than per_cell. */
int balance_draw(const struct balance *b, const struct roster *r, size_t **chosen,
                 size_t *n, struct err *err);

#endif
