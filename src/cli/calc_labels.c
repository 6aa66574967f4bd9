/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid calc label-error: what wrong labels do to a gap. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calc.h"
#include "stats/labels.h"

static const char *const part_names[] = { "group", "truth", "both" };
static const char *const part_words[] = {
    "labels as groups: %lld of the %lld errors (%.1f %%) being of the second group",
    "labels as truth: %lld of the %lld errors (%.1f %%) being right answers",
    "labels as both: %lld of the %lld errors (%.1f %%) being right in the second group",
};

static int reply_tipping(const struct labels_counts *c, enum labels_part part,
                         const struct request *r, struct reply *to, struct err *err)
{
    int64_t gone, unsure;
    int code = labels_tipping(c, part, calc_confidence(r), &gone, &unsure, err);

    if (code)
        return code;
    double share = 100 / (double)c->x1;
    text_addf(&to->plain, part_words[part], (long long)gone, (long long)c->x1,
              share * (double)gone);
    text_add(&to->plain, " undo the gap; ");
    if (unsure)
        text_addf(&to->plain, "with %lld (%.1f %%) it is no longer shown\n",
                  (long long)unsure, share * (double)unsure);
    else
        text_add(&to->plain, "it is not shown with none wrong either\n");
    json_map(&to->json, part_names[part]);
    json_int(&to->json, "gone", gone);
    json_int(&to->json, "unsure", unsure);
    json_number(&to->json, "gone_share", share / 100 * (double)gone);
    json_number(&to->json, "unsure_share", share / 100 * (double)unsure);
    json_end(&to->json);
    return 0;
}

static int parse_wrong(const char *option, const char *list, struct labels_wrong *to,
                       struct err *err)
{
    size_t n;
    double *shares = calc_rates(option, list, &n, err);

    if (!shares)
        return ERR_INPUT;
    if (n == 2)
        *to = (struct labels_wrong){ shares[0], shares[1] };
    free(shares);
    return n == 2 ? 0 : err_add(err, ERR_INPUT, "--%s has %zu shares, expected two, of the "
                                "first and of the second group", option, n);
}

static void reply_value(struct reply *to, const char *key, const char *what,
                        const struct interval *at, double unit, const char *name)
{
    text_addf(&to->plain, "%s %.4g%s", what, unit * at->estimate, name);
    if (isnan(at->lo))
        text_add(&to->plain, " [no limits]\n");
    else
        text_addf(&to->plain, " [%.4g, %.4g]\n", unit * at->lo, unit * at->hi);
    json_map(&to->json, key);
    json_number(&to->json, "estimate", at->estimate);
    json_number(&to->json, "lo", at->lo);
    json_number(&to->json, "hi", at->hi);
    json_end(&to->json);
}

static int reply_corrected(const struct labels_counts *c, const struct request *r,
                           struct reply *to, struct err *err)
{
    struct labels_wrong others = { 0, 0 }, in_error;
    struct labels_corrected out;
    int code = 0;

    if (r->wrong && (code = parse_wrong("wrong", r->wrong, &others, err)))
        return code;
    in_error = others;
    if (r->wrong_errors &&
        (code = parse_wrong("wrong-errors", r->wrong_errors, &in_error, err)))
        return code;
    if ((code = labels_correct(c, &in_error, &others, calc_confidence(r), &out, err)))
        return code;
    text_addf(&to->plain, "with %g %% of labels of the first group and %g %% of the second "
              "wrong", 100 * others.first, 100 * others.second);
    if (r->wrong_errors)
        text_addf(&to->plain, " (of faces in error %g %% and %g %%)", 100 * in_error.first,
                  100 * in_error.second);
    text_addf(&to->plain, ", %.6g %% intervals:\n", 100 * calc_confidence(r));
    reply_value(to, "first", "  the first rate is", &out.rate[0], 100, " %");
    reply_value(to, "second", "  the second rate is", &out.rate[1], 100, " %");
    reply_value(to, "difference", "  the difference is", &out.difference, 100, " points");
    reply_value(to, "ratio", "  the ratio is", &out.ratio, 1, "");
    return 0;
}

int calc_label_error(const struct calculation *calculation, const struct request *r,
                     struct reply *to, struct err *err)
{
    const struct labels_counts c = { r->count[0], r->count[1], r->count[2], r->count[3] };
    int code = 0, only = -1;

    (void)calculation;
    for (int i = 0; i < 3 && r->part; i++)
        if (!strcmp(part_names[i], r->part))
            only = i;
    if (r->part && only < 0)
        return err_add(err, ERR_INPUT, "--label is '%s', expected group, truth or both",
                       r->part);
    for (int i = 0; i < 3 && !code; i++)
        if (only < 0 || i == only)
            code = reply_tipping(&c, (enum labels_part)i, r, to, err);
    if (!code && (r->wrong || r->wrong_errors))
        return reply_corrected(&c, r, to, err);
    if (!code && (only < 0 || only == LABELS_GROUP))
        text_add(&to->plain, "group labels that are wrong as often among errors as among "
                 "others make a gap smaller, never larger\n");
    return code;
}
