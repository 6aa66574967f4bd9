/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of scores, written; scores_read.c reads them back. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/npy.h"
#include "model/scores_files.h"

static int begin(struct npy_out *out, const char *dir, const char *name, const char *type,
                 const size_t *shape, int dimensions, struct err *err)
{
    char *path = path_join(dir, name);
    int code = npy_begin(out, path, type, shape, dimensions, err);

    free(path);
    return code;
}

static const char *kind(bool mated)
{
    return mated ? "mated" : "non-mated";
}

static void put_u64(struct csv_out *w, uint64_t v)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRIu64, v);
    csv_put(w, digits);
}

static void add_cells(const struct scores *s, struct text *to)
{
    struct csv_out w = csv_out(to);

    text_add(to, SCORES_CELLS_HEADER "\n");
    for (size_t i = 0; i < s->n_cells; i++) {
        const struct scores_cell *c = &s->cells[i];
        for (size_t t = 0; t < s->n_thresholds; t++) {
            csv_put(&w, s->groups[c->a]);
            csv_put(&w, s->groups[c->b]);
            csv_put(&w, kind(c->mated));
            csv_put_num(&w, s->thresholds[t]);
            put_u64(&w, c->comparisons + (s->lost_are_trials ? c->lost : 0));
            put_u64(&w, c->matches[t]);
            csv_end(&w);
        }
    }
}

static int write_histograms(const struct scores *s, const char *dir, struct err *err)
{
    const size_t shape[2] = { s->n_cells, s->bins };
    struct npy_out out;
    int code = begin(&out, dir, SCORES_HISTOGRAM, "'<u8'", shape, 2, err);

    if (code)
        return code;
    for (size_t i = 0; i < s->n_cells * s->bins; i++)
        npy_put_u64(&out, s->histograms[i]);
    return npy_commit(&out, err);
}

/* What the rows and columns of histogram.npy are, for those who read nothing else. */
static void add_histogram_json(const struct scores *s, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_number(&w, "low", s->low);
    json_number(&w, "high", s->high);
    json_int(&w, "bins", (int64_t)s->bins);
    json_string(&w, "on_an_edge", similarity_is_distance(s->similarity)
                                      ? "in the bin below" : "in the bin above");
    json_bool(&w, "only_at_or_above_floor", s->tail);
    json_number(&w, "floor", s->floor);
    json_list(&w, "rows");
    for (size_t i = 0; i < s->n_cells; i++) {
        json_map(&w, NULL);
        json_string(&w, "group_a", s->groups[s->cells[i].a]);
        json_string(&w, "group_b", s->groups[s->cells[i].b]);
        json_string(&w, "kind", kind(s->cells[i].mated));
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    text_addch(to, '\n');
}

static int write_margins(const struct scores *s, const char *dir, struct err *err)
{
    struct npy_out out;
    char *type = mem_printf(SCORES_MARGIN_TYPE, s->n_thresholds);
    int code = begin(&out, dir, SCORES_MARGINS, type, &s->n_margins, 1, err);

    free(type);
    if (code)
        return code;
    for (size_t i = 0; i < s->n_margins; i++) {
        const struct scores_margin *m = &s->margins[i];
        npy_put_u32(&out, m->subject);
        npy_put_u32(&out, m->cell);
        npy_put_u64(&out, m->comparisons);
        npy_put_u64(&out, m->lost);
        for (size_t t = 0; t < s->n_thresholds; t++)
            npy_put_u64(&out, m->matches[t]);
    }
    return npy_commit(&out, err);
}

static int write_pairs(const struct scores_pair *p, size_t n, const char *dir,
                       const char *name, struct err *err)
{
    struct npy_out out;
    int code = begin(&out, dir, name, SCORES_PAIR_TYPE, &n, 1, err);

    if (code)
        return code;
    for (size_t i = 0; i < n; i++) {
        npy_put_u32(&out, p[i].a);
        npy_put_u32(&out, p[i].b);
        npy_put_f32(&out, p[i].score);
    }
    return npy_commit(&out, err);
}

static int write_dyads(const struct scores *s, const char *dir, struct err *err)
{
    struct npy_out out;
    int code = begin(&out, dir, SCORES_DYADS, SCORES_DYAD_TYPE, &s->n_dyads, 1, err);

    if (code)
        return code;
    for (size_t i = 0; i < s->n_dyads; i++) {
        npy_put_u32(&out, s->dyads[i].s);
        npy_put_u32(&out, s->dyads[i].t);
        npy_put_u32(&out, s->dyads[i].cell);
        npy_put_u64(&out, s->dyads[i].comparisons);
    }
    return npy_commit(&out, err);
}

/* Rows per threshold, then, of mated searches, per rank. */
static void add_searches(const struct scores *s, struct text *to)
{
    struct csv_out w = csv_out(to);

    text_add(to, SCORES_SEARCHES_HEADER "\n");
    for (size_t i = 0; i < s->n_searches; i++) {
        const struct scores_search *q = &s->searches[i];
        for (size_t t = 0; t < s->n_thresholds + (q->ranks ? s->top : 0); t++) {
            bool by_rank = t >= s->n_thresholds;
            csv_put(&w, s->groups[q->group]);
            csv_put(&w, kind(q->mated));
            csv_put_num(&w, by_rank ? NAN : s->thresholds[t]);
            if (by_rank)
                put_u64(&w, t - s->n_thresholds + 1);
            else
                csv_put(&w, "");
            put_u64(&w, q->searches);
            put_u64(&w, by_rank ? q->ranks[t - s->n_thresholds] : q->hits[t]);
            put_u64(&w, q->lost);
            csv_end(&w);
        }
    }
}

static int write_candidates(const struct scores *s, const struct roster *probes,
                            const struct roster *gallery, const char *dir, struct err *err)
{
    char *path = path_join(dir, "candidates.csv");
    struct outfile out = OUTFILE_INIT;
    struct text t = TEXT_INIT, name = TEXT_INIT;
    struct csv_out w = csv_out(&t);
    int code = outfile_begin(&out, path, err);

    free(path);
    if (code)
        return code;
    text_add(&t, "probe,rank,reference,score,mated\n");
    for (size_t i = 0; i < s->n_candidates; i++) {
        const struct scores_candidate *c = &s->candidates[i];
        text_reset(&name);
        roster_add_encoded(&name, roster_sample(probes, c->probe));
        csv_put(&w, name.s);
        csv_put_int(&w, c->rank);
        text_reset(&name);
        roster_add_encoded(&name, roster_sample(gallery, c->reference));
        csv_put(&w, name.s);
        csv_put_num(&w, (double)c->score);
        csv_put(&w, c->mated ? "yes" : "no");
        csv_end(&w);
        if (t.len < 65536)
            continue;
        fwrite(t.s, 1, t.len, out.fp);
        text_reset(&t);
    }
    fwrite(t.s, 1, t.len, out.fp);
    text_release(&t);
    text_release(&name);
    return outfile_commit(&out, err);
}

static void add_numbers(struct json_out *w, const char *key, const double *v, size_t n)
{
    json_list(w, key);
    for (size_t i = 0; i < n; i++)
        json_number(w, NULL, v[i]);
    json_end(w);
}

static void add_strings(struct json_out *w, const char *key, char *const *v, size_t n)
{
    json_list(w, key);
    for (size_t i = 0; i < n; i++)
        json_string(w, NULL, v[i]);
    json_end(w);
}

static void add_roll(struct json_out *w, const char *key, const struct scores_roll *roll)
{
    json_map(w, key);
    json_int(w, "samples", (int64_t)roll->samples);
    json_int(w, "failed", (int64_t)roll->failed);
    json_end(w);
}

static void add_groups(const struct scores *s, struct json_out *w)
{
    const char *first = s->gallery ? "probes" : "roster";

    json_list(w, "groups");
    for (size_t i = 0; i < s->n_groups; i++) {
        json_map(w, NULL);
        json_string(w, "group", s->groups[i]);
        add_roll(w, first, &s->rolls[i]);
        if (s->gallery)
            add_roll(w, "gallery", &s->gallery_rolls[i]);
        json_end(w);
    }
    json_end(w);
    json_map(w, "without_group");
    add_roll(w, first, &s->ungrouped);
    if (s->gallery)
        add_roll(w, "gallery", &s->gallery_ungrouped);
    json_end(w);
}

static void add_json(const struct scores *s, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_int(&w, "format", SCORES_FORMAT);
    json_string(&w, "misid", s->version);
    json_string(&w, "similarity", similarity_names[s->similarity]);
    json_string(&w, "orientation",
                similarity_is_distance(s->similarity) ? "distance" : "similarity");
    json_string(&w, "mode", s->tail ? "tail" : "full");
    json_string(&w, "trials", s->listed ? "listed" : s->gallery ? "probes-gallery" : "all");
    json_string(&w, "failures", s->lost_are_trials ? "non-match" : "exclude");
    add_strings(&w, "axes", s->axes, s->n_axes);
    add_strings(&w, "same", s->same, s->n_same);
    add_numbers(&w, "thresholds", s->thresholds, s->n_thresholds);
    json_map(&w, "exceedances");
    json_number(&w, "floor_asked", s->floor_asked);
    json_number(&w, "floor", s->floor);
    json_bool(&w, "raised", s->floor_raised);
    json_int(&w, "cap", (int64_t)s->cap);
    add_numbers(&w, "target_fmr", s->targets, s->n_targets);
    json_int(&w, "kept", (int64_t)s->n_exceedances);
    json_end(&w);
    json_map(&w, "histogram");
    json_number(&w, "low", s->low);
    json_number(&w, "high", s->high);
    json_int(&w, "bins", (int64_t)s->bins);
    json_end(&w);
    json_int(&w, "people", (int64_t)s->n_subjects);
    if (s->gallery) {
        json_int(&w, "top", (int64_t)s->top);
        json_string(&w, "consolidate", s->consolidated ? "max" : "none");
    }
    add_groups(s, &w);
    json_list(&w, "cells");
    for (size_t i = 0; i < s->n_cells; i++) {
        const struct scores_cell *c = &s->cells[i];
        json_map(&w, NULL);
        json_string(&w, "group_a", s->groups[c->a]);
        json_string(&w, "group_b", s->groups[c->b]);
        json_string(&w, "kind", kind(c->mated));
        json_int(&w, "comparisons", (int64_t)c->comparisons);
        json_int(&w, "lost", (int64_t)c->lost);
        json_int(&w, "dyads", (int64_t)c->dyads);
        json_number(&w, "sum_m2", c->sum_m2);
        json_end(&w);
    }
    json_end(&w);
    json_list(&w, "inputs");
    for (size_t i = 0; i < s->n_inputs; i++) {
        json_map(&w, NULL);
        json_string(&w, "role", s->inputs[i].role);
        json_string(&w, "sha256", s->inputs[i].sha256);
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    text_addch(to, '\n');
}

static int remove_old(const char *dir, const char *name, struct err *err)
{
    char *path = path_join(dir, name);
    int code = unlink(path) == 0 || errno == ENOENT
                   ? 0 : err_add_errno(err, ERR_IO, errno, "%s: cannot remove", path);

    free(path);
    return code;
}

int scores_write(const struct scores *s, const struct roster *probes,
                 const struct roster *gallery, const char *dir, struct err *err)
{
    struct text t = TEXT_INIT;
    int code = remove_old(dir, SCORES_JSON, err);

    add_cells(s, &t);
    (void)(code || (code = file_write_text(dir, SCORES_CELLS, &t, err)) ||
           (code = write_histograms(s, dir, err)) ||
           (code = write_margins(s, dir, err)) ||
           (code = write_pairs(s->mated, s->n_mated, dir, SCORES_MATED, err)) ||
           (code = write_pairs(s->exceedances, s->n_exceedances, dir, SCORES_EXCEEDANCES,
                               err)) ||
           (code = s->listed ? write_dyads(s, dir, err)
                             : remove_old(dir, SCORES_DYADS, err)));
    text_reset(&t);
    if (!code && s->gallery) {
        add_searches(s, &t);
        code = file_write_text(dir, SCORES_SEARCHES, &t, err);
        if (!code)
            code = write_candidates(s, probes, gallery, dir, err);
    } else if (!code) {
        (void)((code = remove_old(dir, SCORES_SEARCHES, err)) ||
               (code = remove_old(dir, "candidates.csv", err)));
    }
    text_reset(&t);
    add_histogram_json(s, &t);
    if (!code)
        code = file_write_text(dir, "histogram.json", &t, err);
    text_reset(&t);
    add_json(s, &t);
    if (!code)
        code = file_write_text(dir, SCORES_JSON, &t, err);
    text_release(&t);
    return code;
}
