/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/score_given.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/npy.h"

/* The power of two beyond all that is said and asked, negated: what a pair without a
 * score gets. */
static float find_unknown(const struct npy *m, const struct scores *s)
{
    double most = 0;
    int exponent = -60;

    for (size_t i = 0; i < m->rows * m->columns; i++)
        if (isfinite(m->values[i]))
            most = fmax(most, fabs((double)m->values[i]));
    for (size_t i = 0; i < s->n_thresholds; i++)
        most = fmax(most, fabs(s->thresholds[i]));
    while (ldexp(1, exponent) <= most)
        exponent++;
    return (float)-ldexp(1, exponent);
}

static void take(struct score_given *g, const struct npy *m, bool distance)
{
    for (size_t i = 0; i < g->rows * g->columns; i++) {
        const float x = m->values[i];
        g->scores[i] = !isfinite(x) ? g->unknown : distance ? 0 - x : x;
    }
}

int score_given_load(struct score_given *g, const char *path, const struct scores *s,
                     bool gaps, double known, struct err *err)
{
    const bool distance = similarity_is_distance(s->similarity);
    struct npy m = { .rows = 0 };
    int code = npy_load(&m, path, err);

    if (!code && (strcmp(m.type, "<f4") || m.dimensions != 2))
        code = err_add(err, ERR_INPUT, "%s: an array of type '%s' and %d dimensions, "
                       "expected '<f4' and two", path, m.type, m.dimensions);
    if (!code && !(g->scores = mem_try_array(m.rows * m.columns, sizeof *g->scores)))
        code = err_add(err, ERR_LIMIT, "there is no memory for %zu × %zu scores", m.rows,
                       m.columns);
    if (!code) {
        g->rows = m.rows;
        g->columns = m.columns;
        g->unknown = find_unknown(&m, s);
        if (g->unknown < -0x1p62f)
            code = err_add(err, ERR_INPUT, "%s: scores beyond 2^62, expected smaller ones",
                           path);
    }
    if (!code) {
        take(g, &m, distance);
        if (!gaps) /* of pairs that nobody compares */
            g->unknown = -INFINITY;
        g->known_above = isnan(known) ? g->unknown : (float)(distance ? -known : known);
    }
    npy_release(&m);
    return code;
}

void score_given_release(struct score_given *g)
{
    free(g->scores);
    *g = (struct score_given){ .rows = 0 };
}
