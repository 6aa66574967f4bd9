/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/adjust.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ranked {
    double p;
    size_t at;
};

static int by_p(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return (x->p > y->p) - (x->p < y->p);
}

/* The entries that are numbers, smallest first, to be free()d; NaN goes to `out`
 * for the others. */
static struct ranked *rank(const double *p, size_t n, double *out, size_t *m)
{
    struct ranked *r = mem_array(n, sizeof *r);

    *m = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(p[i])) {
            out[i] = NAN;
            continue;
        }
        assert(p[i] >= 0 && p[i] <= 1);
        r[(*m)++] = (struct ranked){ p[i], i };
    }
    qsort(r, *m, sizeof *r, by_p);
    return r;
}

void adjust_holm(const double *p, size_t n, double *out)
{
    size_t m;
    struct ranked *r = rank(p, n, out, &m);
    double most = 0;

    for (size_t i = 0; i < m; i++) {
        most = fmax(most, fmin(1, (double)(m - i) * r[i].p));
        out[r[i].at] = most;
    }
    free(r);
}

void adjust_bh(const double *p, size_t n, double *out)
{
    size_t m;
    struct ranked *r = rank(p, n, out, &m);
    double least = 1;

    for (size_t i = m; i-- > 0;) {
        least = fmin(least, (double)m / (double)(i + 1) * r[i].p);
        out[r[i].at] = least;
    }
    free(r);
}

static const struct adjustment adjustments[] = {
    { "holm", "Holm", "family-wise error: one wrong claim among all is held to alpha",
      "Holm 1979, Scand. J. Stat. 6:65-70: max over j <= i of (m - j + 1) p_j",
      adjust_holm },
    { "bh", "Benjamini–Hochberg",
      "false discovery rate: the share of wrong claims among those made",
      "Benjamini & Hochberg 1995, JRSS B 57:289-300: min over j >= i of m p_j / j",
      adjust_bh },
};

#define N_ADJUSTMENTS (sizeof adjustments / sizeof *adjustments)

const struct adjustment *adjustment_table(size_t *n)
{
    *n = N_ADJUSTMENTS;
    return adjustments;
}

const struct adjustment *adjustment_find(const char *name)
{
    for (size_t i = 0; i < N_ADJUSTMENTS; i++)
        if (!strcmp(adjustments[i].name, name))
            return &adjustments[i];
    return NULL;
}
