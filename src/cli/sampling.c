/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sampling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dict.h"
#include "base/hash.h"
#include "base/mem.h"

struct drawn {
    size_t row, stratum;
    char hash[HASH_HEX];
};

struct stratum {
    size_t first, n, take; /* of those drawn, in order */
    double rest;
};

static int by_stratum(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;

    if (x->stratum != y->stratum)
        return x->stratum < y->stratum ? -1 : 1;
    return strcmp(x->hash, y->hash);
}

static int by_rest(const void *a, const void *b)
{
    const struct stratum *x = *(struct stratum *const *)a, *y = *(struct stratum *const *)b;

    if (x->rest != y->rest)
        return x->rest > y->rest ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* Shares of n by largest remainders, at least one each. */
static void share(struct stratum *strata, size_t n_strata, size_t of, size_t n)
{
    struct stratum **order = mem_array(n_strata, sizeof *order);
    size_t given = 0;

    for (size_t i = 0; i < n_strata; i++) {
        double part = (double)n * (double)strata[i].n / (double)of;
        strata[i].take = part < 1 ? 1 : (size_t)part;
        strata[i].rest = part - floor(part);
        given += strata[i].take;
        order[i] = &strata[i];
    }
    qsort(order, n_strata, sizeof *order, by_rest);
    for (size_t i = 0; i < n_strata && given < n; i++)
        if (order[i]->take < order[i]->n) {
            order[i]->take++;
            given++;
        }
    free(order);
}

/* Everyone who has a file, with the stratum and the lot that was drawn. */
static size_t draw(const struct roster *r, const size_t *attributes, size_t n_attributes,
                   struct drawn *to, struct dict *strata)
{
    struct text key = TEXT_INIT;
    size_t n = 0;

    for (size_t row = 0; row < r->n; row++) {
        if (roster_status(r, row) != STATUS_OK)
            continue;
        text_reset(&key);
        for (size_t a = 0; a < n_attributes; a++) {
            text_add_percent(&key, roster_value(r, row, attributes[a]));
            text_addch(&key, ';');
        }
        to[n].row = row;
        to[n].stratum = dict_add(strata, key.s, NULL);
        text_reset(&key);
        text_addf(&key, "%d %s", SAMPLING_SEED, roster_sample(r, row));
        hash_bytes(to[n++].hash, key.s, key.len);
    }
    text_release(&key);
    return n;
}

/* The same samples in the same order, without those not to be kept. */
static void keep(struct roster *r, const bool *kept)
{
    struct text path = TEXT_INIT;
    struct roster to;

    roster_init(&to);
    for (size_t a = 0; a < r->n_attributes; a++) {
        const struct roster_attribute *from = &r->attributes[a];
        size_t at = roster_add_attribute(&to, from->name, from->provenance, from->about);
        to.attributes[at].axis = from->axis;
        to.attributes[at].fixed = from->fixed;
        to.attributes[at].id = from->id;
    }
    for (size_t row = 0; row < r->n; row++) {
        bool fresh;
        if (!kept[row])
            continue;
        size_t at = (size_t)roster_add(&to, roster_sample(r, row), &fresh);
        if (r->has_subjects)
            roster_set_subject(&to, at, roster_subject(r, row));
        text_reset(&path);
        roster_add_path(r, row, &path);
        roster_set_path(&to, at, path.s);
        roster_set_source(&to, at, roster_file(r, row), roster_line(r, row));
        roster_set_status(&to, at, roster_status(r, row), roster_reason(r, row));
        for (int t = 0; t < ROSTER_TEXTS; t++)
            roster_set_text(&to, at, (enum roster_text)t,
                            roster_text(r, row, (enum roster_text)t));
        for (size_t a = 0; a < r->n_attributes; a++)
            roster_set(&to, at, a, roster_value(r, row, a));
    }
    text_release(&path);
    roster_release(r);
    *r = to;
}

int sampling_take(struct roster *r, double n, const size_t *attributes, size_t n_attributes,
                  struct text *about, struct err *err)
{
    if (!(n >= 1 && n <= 1e9 && n == floor(n)))
        return err_add(err, ERR_INPUT, "--sample %g, expected a whole number from 1", n);
    struct drawn *drawn = mem_array(r->n, sizeof *drawn);
    struct dict names = DICT_INIT;
    size_t all = draw(r, attributes, n_attributes, drawn, &names);
    size_t n_strata = names.n, taken = 0;

    if (all > (size_t)n) {
        struct stratum *strata = mem_array(n_strata, sizeof *strata);
        bool *kept = mem_array(r->n, sizeof *kept);
        qsort(drawn, all, sizeof *drawn, by_stratum);
        for (size_t i = all; i-- > 0;) {
            strata[drawn[i].stratum].first = i;
            strata[drawn[i].stratum].n++;
        }
        share(strata, n_strata, all, (size_t)n);
        for (size_t i = 0; i < n_strata; i++)
            for (size_t k = 0; k < strata[i].take; k++, taken++)
                kept[drawn[strata[i].first + k].row] = true;
        keep(r, kept);
        text_addf(about, "%zu of the %zu images that are there, drawn by chance (seed %d) "
                  "within %zu strata in proportion, so that every group keeps its share. "
                  "The rest was not looked at.", taken, all, SAMPLING_SEED, n_strata);
        free(kept);
        free(strata);
    }
    dict_release(&names);
    free(drawn);
    return 0;
}
