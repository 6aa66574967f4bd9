/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/cite.h"

#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/prose.h"

/* "95 % interval 29.3 % to 40.5 % (Wilson score)". */
static void add_interval(struct text *to, const struct finding *r, enum unit unit,
                         int decimals)
{
    text_add(to, ", ");
    format_confidence(to, r->confidence);
    text_add(to, " % interval ");
    format_value(to, unit, r->lo, decimals);
    if (isinf(r->hi)) {
        text_add(to, " and above, without an upper limit");
    } else {
        text_add(to, " to ");
        format_value(to, unit, r->hi, decimals);
    }
    text_addf(to, " (%s)", prose_method(r->method));
}

/* What the counts are of: "94 of 271 faces classified". */
static void add_counts(struct text *to, const struct finding *r)
{
    const struct metric *m = metric_find(r->metric);
    const char *kind = metric_kind(r->metric);

    if (r->x < 0 || r->n < 0 || !m)
        return;
    if (*kind && strcmp(kind, "sensitivity"))
        return; /* the note of a contrast or share says what its counts are */
    text_addf(to, " (%lld %s of %lld %s)", (long long)r->x, m->hits, (long long)r->n,
              m->trials);
}

/* How far the number reaches, by what it was computed from. */
static const char *reach(const struct study *study, const struct finding *r)
{
    const struct metric *metric = metric_find(r->metric);

    if (metric && metric->mean)
        return "It is a mean over runs as its source gives it; how much the runs differed "
               "was not published, so it has no interval.";
    if (isnan(r->lo) && isnan(r->hi))
        return "It describes those who were counted, and is no estimate of anyone else.";
    switch (study->evidence) {
    case EVIDENCE_PUBLISHED:
        return "It is computed from counts that the original published; the interval "
               "speaks of a hypothetical population of similar people and images, "
               "measured once in the same way, not of those people only and not of "
               "everyone.";
    case EVIDENCE_REPLICATION:
        return "It is computed from new data of the kind the original used; the interval "
               "speaks of a hypothetical population of similar people and images.";
    case EVIDENCE_NEW:
        return "It is computed from another matcher and other people than the original "
               "used; the interval speaks of people and images like these.";
    }
    return "";
}

void report_cite(const struct study *study, const struct findings *findings, size_t row,
                 const struct run *run, struct text *to)
{
    const struct finding *r = &findings->rows[row];
    enum unit unit = unit_of(r->metric);
    int decimals = format_decimals(unit, r->estimate);

    text_addf(to, "%s. ", study->title);
    if (*r->backend)
        text_addf(to, "%s: ", r->backend); /* the point is among the words */
    prose_row(study, r, to);
    text_add(to, ": ");
    format_value(to, unit, r->estimate, decimals);
    add_counts(to, r);
    if (!isnan(r->lo) || !isnan(r->hi))
        add_interval(to, r, unit, decimals);
    if (r->clusters >= 0)
        text_addf(to, "; %lld people%s", (long long)r->clusters,
                  r->clusters == r->n ? ", each counted once" : "");
    if (!isnan(r->p)) {
        text_add(to, "; ");
        format_p(to, r->p);
        if (!isnan(r->p_adj)) {
            text_add(to, ", by Holm over the contrasts of its kind ");
            format_p(to, r->p_adj);
        }
    }
    text_add(to, ".");
    const char *flag = prose_flag(r->flag);
    if (*flag)
        text_addf(to, " Flag: %s.", flag);
    if (*r->note)
        text_addf(to, " %s.", r->note);
    text_addf(to, " %s It says nothing of another matcher, of another version of this "
              "one, or of other images.\n", reach(study, r));
    for (size_t i = 0; i < study->n_cite; i++)
        text_addf(to, "Source: %s\n", study->cite[i]);
    text_addf(to, "Computed by misid %s: findings.csv, row %zu", run->version, row + 1);
    for (size_t i = 0; i < run->n_outputs; i++)
        if (!strcmp(run->outputs[i].name, "findings.csv"))
            text_addf(to, ", SHA-256 %s", run->outputs[i].sha256);
    text_addf(to, "; made again by `%s`.\n", run->command);
}
