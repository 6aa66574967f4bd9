/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arrays of scores, read back and held against the cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/npy.h"
#include "model/scores_files.h"

static int load(struct npy_records *r, const char *dir, const char *name, const char *type,
                size_t size, int dimensions, struct err *err)
{
    char *path = path_join(dir, name);
    int code = npy_records_load(r, path, type, size, dimensions, err);

    free(path);
    return code;
}

static int contradiction(const char *dir, const char *name, const char *what,
                         struct err *err)
{
    return err_add(err, ERR_INPUT, "%s/%s: contradicts the other files: %s", dir, name, what);
}

static int read_histograms(struct scores *s, const char *dir, struct err *err)
{
    struct npy_records r;
    int code = load(&r, dir, SCORES_HISTOGRAM, "'<u8'", 8, 2, err);

    if (code)
        return code;
    if (r.shape[0] != s->n_cells || r.shape[1] != s->bins)
        code = contradiction(dir, SCORES_HISTOGRAM, "not cells × bins", err);
    for (size_t i = 0; i < s->n_cells && !code; i++) {
        const struct scores_cell *c = &s->cells[i];
        uint64_t total = 0;
        for (size_t k = 0; k < s->bins; k++) {
            uint64_t v = npy_u64(r.data + 8 * (i * s->bins + k));
            c->histogram[k] = v;
            if (__builtin_add_overflow(total, v, &total))
                total = UINT64_MAX;
        }
        if (c->mated || !s->tail ? total != c->comparisons : total > c->comparisons)
            code = contradiction(dir, SCORES_HISTOGRAM, "a row does not add up to the "
                                 "comparisons of its cell", err);
    }
    npy_records_release(&r);
    return code;
}

/* What the margins of a cell add up to: people × comparisons. */
struct sums {
    uint64_t comparisons, lost;
    uint64_t *matches;
};

static bool adds_up(const struct scores *s, const struct sums *sums)
{
    for (size_t i = 0; i < s->n_cells; i++) {
        const struct scores_cell *c = &s->cells[i];
        uint64_t people = c->mated ? 1 : 2;
        if (sums[i].comparisons != people * c->comparisons ||
            sums[i].lost != people * c->lost)
            return false;
        for (size_t t = 0; t < s->n_thresholds; t++)
            if (sums[i].matches[t] != people * c->matches[t])
                return false;
    }
    return true;
}

static bool read_margin(struct scores *s, size_t i, const unsigned char *p,
                        struct sums *sums)
{
    struct scores_margin *m = &s->margins[i];

    m->subject = npy_u32(p);
    m->cell = npy_u32(p + 4);
    m->comparisons = npy_u64(p + 8);
    m->lost = npy_u64(p + 16);
    if (m->subject >= s->n_subjects || m->cell >= s->n_cells ||
        (i && (m[-1].subject > m->subject ||
               (m[-1].subject == m->subject && m[-1].cell >= m->cell))))
        return false;
    sums[m->cell].comparisons += m->comparisons;
    sums[m->cell].lost += m->lost;
    for (size_t t = 0; t < s->n_thresholds; t++) {
        m->matches[t] = npy_u64(p + 24 + 8 * t);
        sums[m->cell].matches[t] += m->matches[t];
        if (m->matches[t] > (t ? m->matches[t - 1] : m->comparisons))
            return false;
    }
    return true;
}

static int read_margins(struct scores *s, const char *dir, struct err *err)
{
    struct npy_records r;
    size_t size = SCORES_MARGIN_BYTES(s->n_thresholds);
    char *type = mem_printf(SCORES_MARGIN_TYPE, s->n_thresholds);
    int code = load(&r, dir, SCORES_MARGINS, type, size, 1, err);

    free(type);
    if (code)
        return code;
    struct sums *sums = mem_array(s->n_cells, sizeof *sums);
    uint64_t *matches = mem_array(s->n_cells * s->n_thresholds, sizeof *matches);
    for (size_t i = 0; i < s->n_cells; i++)
        sums[i].matches = matches + i * s->n_thresholds;
    scores_make_margins(s, r.n);
    for (size_t i = 0; i < r.n && !code; i++)
        if (!read_margin(s, i, r.data + size * i, sums))
            code = contradiction(dir, SCORES_MARGINS, "a person or cell that is not there, "
                                 "out of order, or with more matches than comparisons", err);
    if (!code && !adds_up(s, sums))
        code = contradiction(dir, SCORES_MARGINS, "people do not add up to cells", err);
    free(sums);
    free(matches);
    npy_records_release(&r);
    return code;
}

static uint64_t samples(const struct scores *s, bool gallery)
{
    const struct scores_roll *rolls = gallery ? s->gallery_rolls : s->rolls;
    uint64_t n = gallery ? s->gallery_ungrouped.samples : s->ungrouped.samples;

    for (size_t i = 0; i < s->n_groups; i++)
        n += rolls[i].samples;
    return n;
}

static int read_pairs(const struct scores *s, const char *dir, const char *name,
                      struct scores_pair **to, size_t *n, struct err *err)
{
    struct npy_records r;
    uint64_t most_a = samples(s, false), most_b = s->gallery ? samples(s, true) : most_a;
    int code = load(&r, dir, name, SCORES_PAIR_TYPE, SCORES_PAIR_BYTES, 1, err);

    if (code)
        return code;
    struct scores_pair *pairs = *to = mem_array(r.n, sizeof *pairs);
    *n = r.n;
    for (size_t i = 0; i < r.n && !code; i++) {
        const unsigned char *p = r.data + SCORES_PAIR_BYTES * i;
        pairs[i] = (struct scores_pair){ npy_u32(p), npy_u32(p + 4), npy_f32(p + 8) };
        const struct scores_pair *x = &pairs[i];
        if (x->a >= most_a || x->b >= most_b || !isfinite(x->score) ||
            (i && (x[-1].a > x->a || (x[-1].a == x->a && x[-1].b > x->b))) ||
            (!s->listed && i && x[-1].a == x->a && x[-1].b == x->b) ||
            (!s->listed && !s->gallery && x->a >= x->b))
            code = contradiction(dir, name, "a sample that is not there, or out of order",
                                 err);
    }
    npy_records_release(&r);
    return code;
}

static int check_pairs(const struct scores *s, size_t kept, const char *dir,
                       struct err *err)
{
    uint64_t mated = 0;
    bool distance = similarity_is_distance(s->similarity);

    for (size_t i = 0; i < s->n_cells; i++)
        mated += s->cells[i].mated ? s->cells[i].comparisons : 0;
    if (mated != s->n_mated)
        return contradiction(dir, SCORES_MATED, "not as many as mated comparisons", err);
    if (kept != s->n_exceedances)
        return contradiction(dir, SCORES_EXCEEDANCES, "not as many as scores.json says", err);
    for (size_t i = 0; i < s->n_exceedances; i++) {
        double score = (double)s->exceedances[i].score;
        if (distance ? score > s->floor : score < s->floor)
            return contradiction(dir, SCORES_EXCEEDANCES, "a score below the floor", err);
    }
    return 0;
}

static int read_dyads(struct scores *s, const char *dir, struct err *err)
{
    struct npy_records r;
    int code = load(&r, dir, SCORES_DYADS, SCORES_DYAD_TYPE, SCORES_DYAD_BYTES, 1, err);

    if (code)
        return code;
    uint64_t *sums = mem_array(s->n_cells, sizeof *sums);
    s->dyads = mem_array(r.n, sizeof *s->dyads);
    s->n_dyads = r.n;
    for (size_t i = 0; i < r.n && !code; i++) {
        const unsigned char *p = r.data + SCORES_DYAD_BYTES * i;
        struct scores_dyad *d = &s->dyads[i];
        *d = (struct scores_dyad){ npy_u32(p), npy_u32(p + 4), npy_u32(p + 8),
                                   npy_u64(p + 12) };
        if (d->cell >= s->n_cells || d->s > d->t || d->t >= s->n_subjects ||
            (d->s == d->t) != s->cells[d->cell].mated || (i && d[-1].cell > d->cell))
            code = contradiction(dir, SCORES_DYADS, "people or cells that are not there", err);
        else
            sums[d->cell] += d->comparisons;
    }
    for (size_t i = 0; i < s->n_cells && !code; i++)
        if (sums[i] != s->cells[i].comparisons)
            code = contradiction(dir, SCORES_DYADS, "pairs do not add up to cells", err);
    free(sums);
    npy_records_release(&r);
    return code;
}

int scores_read_arrays(struct scores *s, const char *dir, struct err *err)
{
    size_t kept = s->n_exceedances; /* as scores.json says */
    int code = read_histograms(s, dir, err);

    s->n_exceedances = 0;
    (void)(code || (code = read_margins(s, dir, err)) ||
           (code = read_pairs(s, dir, SCORES_MATED, &s->mated, &s->n_mated, err)) ||
           (code = read_pairs(s, dir, SCORES_EXCEEDANCES, &s->exceedances,
                              &s->n_exceedances, err)) ||
           (code = check_pairs(s, kept, dir, err)) ||
           (s->listed && (code = read_dyads(s, dir, err))));
    return code;
}
