/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/scorer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Every product is exact in double precision (24 + 24 bits), so that fused or not
 * makes no difference. */
static double length(const float *x, size_t dim)
{
    double sum = 0;

    for (size_t k = 0; k < dim; k++)
        sum += (double)x[k] * (double)x[k];
    return sqrt(sum);
}

static enum template_fault find_fault(const struct scorer *s, const float *x, double norm)
{
    if (!isfinite(norm))
        return TEMPLATE_NOT_FINITE;
    if (s->similarity == SIMILARITY_COSINE)
        return norm == 0 ? TEMPLATE_ZERO : TEMPLATE_OK;
    if (norm > SCORER_MAX_LENGTH)
        return TEMPLATE_NOT_FINITE;
    if (s->similarity == SIMILARITY_CHI_SQUARE)
        for (size_t k = 0; k < s->dim; k++)
            if (x[k] < 0)
                return TEMPLATE_NEGATIVE;
    return TEMPLATE_OK;
}

int scorer_init(struct scorer *s, enum similarity similarity, const float *templates,
                size_t n, size_t dim, struct err *err)
{
    const bool cosine = similarity == SIMILARITY_COSINE;

    *s = (struct scorer){ .similarity = similarity, .n = n, .dim = dim,
                          .templates = templates };
    if (dim == 0 || dim > SCORER_MAX_DIM)
        return err_add(err, ERR_LIMIT, "templates of %zu numbers: expected 1 to %d", dim,
                       SCORER_MAX_DIM);
    s->norms = cosine ? mem_try_array(n, sizeof *s->norms) : NULL;
    s->faults = cosine && !s->norms ? NULL : mem_try_array(n, sizeof *s->faults);
    if (!s->faults) {
        scorer_release(s);
        return err_add(err, ERR_LIMIT, "there is no memory for %zu templates", n);
    }
    for (size_t i = 0; i < n; i++) {
        const float *x = templates + i * dim;
        const double norm = length(x, dim);
        s->faults[i] = (uint8_t)find_fault(s, x, norm);
        if (cosine)
            s->norms[i] = norm;
    }
    return 0;
}

int scorer_given(struct scorer *s, enum similarity similarity, const float *given, size_t n,
                 size_t columns, struct err *err)
{
    assert(similarity_is_own(similarity));
    *s = (struct scorer){ .similarity = similarity, .n = n, .dim = 1, .given = given,
                          .given_columns = columns, .unknown = -INFINITY,
                          .known_above = -INFINITY,
                          .faults = mem_try_array(n, sizeof *s->faults) };
    return s->faults ? 0
                     : err_add(err, ERR_LIMIT, "there is no memory for %zu samples", n);
}

void scorer_release(struct scorer *s)
{
    free(s->norms);
    free(s->faults);
    *s = (struct scorer){ .n = 0 };
}

void scorer_row(const struct scorer *s, size_t row, float *to)
{
    const float *x = s->templates + row * s->dim;

    assert(row < s->n && s->faults[row] == TEMPLATE_OK && !s->given);
    if (s->similarity != SIMILARITY_COSINE) {
        memcpy(to, x, s->dim * sizeof *to);
        return;
    }
    for (size_t k = 0; k < s->dim; k++)
        to[k] = (float)((double)x[k] / s->norms[row]);
}

static inline float part(const struct scorer *s, size_t row, size_t k)
{
    const float x = s->templates[row * s->dim + k];

    return s->norms ? (float)((double)x / s->norms[row]) : x;
}

/* The definition, as scorer.h states it. */
static inline __attribute__((always_inline)) float
score(const struct scorer *s, size_t i, const struct scorer *t, size_t j)
{
    float sum = 0;

    for (size_t k = 0; k < s->dim; k++) {
        const float a = part(s, i, k), b = part(t, j, k);
        switch (s->similarity) {
        case SIMILARITY_EUCLIDEAN:
            sum = fmaf(a - b, a - b, sum);
            break;
        case SIMILARITY_CHI_SQUARE:
            sum = fmaf(a - b, a + b > 0 ? (a - b) / (a + b) : 0, sum);
            break;
        default:
            sum = fmaf(a, b, sum);
        }
    }
    if (s->similarity == SIMILARITY_EUCLIDEAN)
        return -sqrtf(sum);
    return s->similarity == SIMILARITY_CHI_SQUARE ? -sum : sum;
}

/* fmaf() of the C library is right on every machine, and slow; the machine's own
 * instruction is taken where it is there. */
#ifdef __x86_64__
__attribute__((target("fma")))
static float score_fma(const struct scorer *s, size_t i, const struct scorer *t, size_t j)
{
    return score(s, i, t, j);
}
#endif

float scorer_pair(const struct scorer *s, size_t a, const struct scorer *t, size_t b)
{
    assert(s->similarity == t->similarity && s->dim == t->dim);
    assert(a < s->n && s->faults[a] == TEMPLATE_OK);
    assert(b < t->n && t->faults[b] == TEMPLATE_OK);
    if (s->given) {
        assert(b < s->given_columns);
        return s->given[a * s->given_columns + b];
    }
#ifdef __x86_64__
    if (__builtin_cpu_supports("fma"))
        return score_fma(s, a, t, b);
#endif
    return score(s, a, t, b);
}
