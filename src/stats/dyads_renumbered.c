/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons whose people are numbered otherwise, as those of another run are. */
#include <stdlib.h>

#include "base/mem.h"
#include "stats/dyads.h"

static uint32_t *moved(const double *images, const uint32_t *as, size_t n, size_t persons)
{
    uint32_t *to = mem_array(persons, sizeof *to);

    for (size_t s = 0; s < n; s++)
        to[as[s]] = (uint32_t)images[s];
    return to;
}

static uint32_t *moved_classes(const struct dyads *d, const uint32_t *as, size_t persons)
{
    uint32_t *to = d->class ? mem_array(persons, sizeof *to) : NULL;

    for (size_t s = 0; to && s < d->persons; s++)
        to[as[s]] = d->class[s];
    return to;
}

static int listed(const struct dyads *d, const uint32_t *as, size_t persons,
                  struct dyads *out, struct err *err)
{
    struct dyad *list = mem_array(d->n_listed, sizeof *list);

    for (size_t i = 0; i < d->n_listed; i++)
        list[i] = (struct dyad){ as[d->listed[i].s], as[d->listed[i].t], d->listed[i].m, 0 };
    int code = dyads_listed(out, list, d->n_listed, persons, err);
    free(list);
    return code;
}

int dyads_renumbered(const struct dyads *d, const uint32_t *as, size_t persons,
                     struct dyads *out, struct err *err)
{
    int code = 0;

    if (d->form == DYADS_LISTED) {
        code = listed(d, as, persons, out, err);
    } else {
        uint32_t *class = moved_classes(d, as, persons);
        uint32_t *a = moved(d->a, as, d->persons, persons);
        uint32_t *b = d->b ? moved(d->b, as, d->persons, persons) : NULL;
        if (d->form == DYADS_WITHIN)
            dyads_within_classes(out, a, persons, class, d->classes);
        else
            dyads_across_classes(out, a, b, persons, class, d->classes);
        free(class);
        free(a);
        free(b);
    }
    for (size_t i = 0; i < d->n_erring && !code; i++)
        dyads_add(out, as[d->erring[i].s], as[d->erring[i].t], d->erring[i].x);
    return code ? code : dyads_close(out, err);
}
