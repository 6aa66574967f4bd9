/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/balance.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct drawn {
    size_t row;
    uint32_t cell;
    char hash[HASH_HEX];
};

static int by_cell_and_hash(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;

    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return strcmp(x->hash, y->hash);
}

static int by_row(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Puts the group's name of a row in `cell`; false if an axis has no value. */
static bool name_cell(const struct roster *r, size_t row, const size_t *axes, size_t n,
                      struct text *cell)
{
    text_reset(cell);
    for (size_t i = 0; i < n; i++) {
        const char *value = roster_value(r, row, axes[i]);
        if (!*value)
            return false;
        text_addf(cell, "%s", i ? ";" : "");
        text_add_percent(cell, r->attributes[axes[i]].name);
        text_addch(cell, '=');
        text_add_percent(cell, value);
    }
    return true;
}

/* Everyone who may be drawn, in order; malloc'd. */
static struct drawn *candidates(const struct balance *b, const struct roster *r,
                                const size_t *axes, struct dict *cells, size_t *n)
{
    struct drawn *all = mem_array(r->n, sizeof *all);
    struct text cell = TEXT_INIT, key = TEXT_INIT;

    *n = 0;
    for (size_t row = 0; row < r->n; row++) {
        if (roster_status(r, row) != STATUS_OK ||
            !name_cell(r, row, axes, b->n_axes, &cell))
            continue;
        struct drawn *d = &all[(*n)++];
        d->row = row;
        d->cell = dict_add(cells, cell.s, NULL);
        text_reset(&key);
        text_add(&key, b->seed);
        text_addn(&key, "", 1);
        text_add(&key, roster_sample(r, row));
        hash_bytes(d->hash, key.s, key.len);
    }
    text_release(&cell);
    text_release(&key);
    if (*n)
        qsort(all, *n, sizeof *all, by_cell_and_hash);
    return all;
}

/* Drops whom a person has too many of in a cell; returns how many are left. */
static size_t thin(const struct balance *b, const struct roster *r, struct drawn *all,
                   size_t n)
{
    struct dict people = DICT_INIT;
    struct text key = TEXT_INIT;
    size_t *taken = mem_array(n, sizeof *taken), left = 0;

    for (size_t i = 0; i < n; i++) {
        text_reset(&key);
        text_addf(&key, "%u ", (unsigned)all[i].cell);
        text_add(&key, roster_subject(r, all[i].row));
        if (taken[dict_add(&people, key.s, NULL)]++ < b->per_person)
            all[left++] = all[i];
    }
    dict_release(&people);
    text_release(&key);
    free(taken);
    return left;
}

static int find_axes(const struct balance *b, const struct roster *r, size_t *axes,
                     struct err *err)
{
    for (size_t i = 0; i < b->n_axes; i++) {
        long a = roster_need_attribute(r, b->axes[i], err);
        if (a < 0)
            return (int)a;
        axes[i] = (size_t)a;
    }
    return 0;
}

/* The per_cell that holds, or 0 with a fault for every cell that is too small. */
static size_t settle(const struct balance *b, const struct dict *cells,
                     const size_t *sizes, struct err *err)
{
    size_t least = cells->n ? SIZE_MAX : 0;

    for (size_t i = 0; i < cells->n; i++)
        least = sizes[i] < least ? sizes[i] : least;
    if (!cells->n)
        err_add(err, ERR_INPUT, "no sample has a usable image and a value on every axis, "
                "so there is nothing to draw from");
    else if (b->per_cell <= least)
        return b->per_cell ? b->per_cell : least;
    for (size_t i = 0; i < cells->n; i++)
        if (sizes[i] < b->per_cell)
            err_add(err, ERR_INPUT, "%s has %zu samples to draw from, expected %zu (at "
                    "most %zu a cell can be drawn)", dict_at(cells, (uint32_t)i),
                    sizes[i], b->per_cell, least);
    return 0;
}

int balance_draw(const struct balance *b, const struct roster *r, size_t **chosen,
                 size_t *n, struct err *err)
{
    struct dict cells = DICT_INIT;
    size_t *axes = mem_array(b->n_axes, sizeof *axes), count;
    int code = find_axes(b, r, axes, err);

    *chosen = NULL;
    *n = 0;
    if (code) {
        free(axes);
        return code;
    }
    struct drawn *all = candidates(b, r, axes, &cells, &count);
    if (b->per_person)
        count = thin(b, r, all, count);
    size_t *sizes = mem_array(cells.n, sizeof *sizes);
    for (size_t i = 0; i < count; i++)
        sizes[all[i].cell]++;
    size_t take = settle(b, &cells, sizes, err);
    *chosen = mem_array(count, sizeof **chosen);
    for (size_t i = 0, in_cell = 0; take && i < count; i++) {
        in_cell = i && all[i].cell == all[i - 1].cell ? in_cell + 1 : 0;
        if (in_cell < take)
            (*chosen)[(*n)++] = all[i].row;
    }
    if (*n)
        qsort(*chosen, *n, sizeof **chosen, by_row);
    if (!take) {
        free(*chosen);
        *chosen = NULL;
        code = ERR_INPUT;
    }
    free(sizes);
    free(all);
    free(axes);
    dict_release(&cells);
    return code;
}
