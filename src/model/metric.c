/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/metric.h"

#include <string.h>

static const struct metric metrics[] = {
    { .name = "error", .title = "Classification error", .axis = "error",
      .hits = "misclassified", .trials = "faces classified" },
    { .name = "error_with_misses", .title = "Classification error, faces not found counted",
      .axis = "error or not found", .hits = "misclassified or not found",
      .trials = "faces shown" },
    { .name = "fpir", .title = "False-positive identification rate (FPIR)",
      .axis = "FPIR", .hits = "false matches", .trials = "probes searched" },
    { .name = "mean_false_matches", .title = "False matches, mean over runs",
      .axis = "false matches", .hits = "false matches on average",
      .trials = "probes searched", .mean = true },
    { .name = "fta", .title = "Failure-to-acquire rate (FTA)", .axis = "not classified",
      .hits = "not classified", .trials = "faces shown" },
    { .name = "calibration", .title = "Classification error by stated confidence",
      .axis = "error", .hits = "misclassified", .trials = "faces classified so surely",
      .detail = true },
    { .name = "sure_when_wrong", .title = "How sure when wrong",
      .axis = "share of wrong answers given surely", .hits = "wrong answers given so surely",
      .trials = "wrong answers", .detail = true },
    { .name = "only_wrong", .title = "Wrong where another is right",
      .axis = "wrong alone", .hits = "that only it got wrong",
      .trials = "faces classified by both", .rival = true },
    { .name = "both_wrong", .title = "Wrong where another is wrong too",
      .axis = "both wrong", .hits = "that both got wrong",
      .trials = "faces classified by both", .rival = true },
    { .name = "only_wrong_with_misses",
      .title = "Wrong or nothing found where another is right", .axis = "wrong alone",
      .hits = "that only it got wrong or did not find", .trials = "faces shown to both",
      .rival = true },
    { .name = "both_wrong_with_misses",
      .title = "Wrong or nothing found where another is so too", .axis = "both wrong",
      .hits = "that both got wrong or did not find", .trials = "faces shown to both",
      .rival = true },
    { .name = "wrong_changed", .title = "Wrong when changed, right as it is",
      .axis = "wrong when changed", .hits = "wrong only when changed",
      .trials = "faces classified both times", .rival = true },
    { .name = "wrong_clean", .title = "Wrong as it is, right when changed",
      .axis = "wrong as it is", .hits = "wrong only as they are",
      .trials = "faces classified both times", .rival = true },
    { .name = "wrong_always", .title = "Wrong as it is and when changed",
      .axis = "wrong both times", .hits = "wrong both times",
      .trials = "faces classified both times", .rival = true },
    { .name = "wrong_changed_with_misses",
      .title = "Wrong or nothing found when changed, right as it is",
      .axis = "wrong when changed", .hits = "wrong or not found only when changed",
      .trials = "faces shown both times", .rival = true },
    { .name = "wrong_clean_with_misses",
      .title = "Wrong or nothing found as it is, right when changed",
      .axis = "wrong as it is", .hits = "wrong or not found only as they are",
      .trials = "faces shown both times", .rival = true },
    { .name = "wrong_always_with_misses",
      .title = "Wrong or nothing found as it is and when changed",
      .axis = "wrong both times", .hits = "wrong or not found both times",
      .trials = "faces shown both times", .rival = true },
    { .name = "lost_changed", .title = "Not classified when changed, classified as it is",
      .axis = "lost when changed", .hits = "not classified only when changed",
      .trials = "faces shown both times", .rival = true },
    { .name = "lost_clean", .title = "Not classified as it is, classified when changed",
      .axis = "lost as it is", .hits = "not classified only as they are",
      .trials = "faces shown both times", .rival = true },
    { .name = "lost_always", .title = "Not classified as it is nor when changed",
      .axis = "lost both times", .hits = "not classified both times",
      .trials = "faces shown both times", .rival = true },
    { .name = "fmr", .title = "False match rate (FMR)", .axis = "FMR",
      .hits = "false matches", .trials = "non-mated comparisons completed",
      .pairs = true },
    { .name = "fmr_alike", .title = "False match rate among people alike (FMR)",
      .axis = "FMR", .hits = "false matches",
      .trials = "non-mated comparisons of people alike, completed", .pairs = true },
    { .name = "fnmr", .title = "False non-match rate (FNMR)", .axis = "FNMR",
      .hits = "false non-matches", .trials = "mated comparisons completed",
      .pairs = true },
    { .name = "gfar", .title = "Generalised false accept rate (GFAR)", .axis = "GFAR",
      .hits = "false matches", .trials = "non-mated comparisons, failures among them",
      .pairs = true },
    { .name = "gfrr", .title = "Generalised false reject rate (GFRR)", .axis = "GFRR",
      .hits = "false non-matches and failures",
      .trials = "mated comparisons, failures among them", .pairs = true },
    { .name = "no_template", .title = "Samples without a template", .axis = "no template",
      .hits = "without a template", .trials = "samples" },
    { .name = "eer", .title = "Equal error rate (EER)", .axis = "EER",
      .hits = "errors", .trials = "comparisons", .pairs = true, .mean = true },
    { .name = "fdr", .title = "Fairness discrepancy rate (FDR)", .axis = "FDR",
      .hits = "errors", .trials = "comparisons", .pairs = true, .detail = true },
    { .name = "ir", .title = "Inequity rate (IR)", .axis = "IR", .hits = "errors",
      .trials = "comparisons", .pairs = true, .detail = true },
    { .name = "garbe", .title = "Gini aggregation rate (GARBE)", .axis = "GARBE",
      .hits = "errors", .trials = "comparisons", .pairs = true, .detail = true },
    { .name = "fnir", .title = "False-negative identification rate (FNIR)",
      .axis = "FNIR", .hits = "mated probes missed", .trials = "mated probes searched" },
    { .name = "misnamed", .title = "Given somebody else's name", .axis = "misnamed",
      .hits = "first candidates that are somebody else", .trials = "probes searched" },
    { .name = "rank_miss", .title = "Mate not among the first candidates (rank-k miss rate)",
      .axis = "miss rate", .hits = "mates not ranked so high",
      .trials = "mated probes searched" },
    { .name = "returned", .title = "Gallery people wrongly returned", .axis = "wrongly returned",
      .hits = "gallery people wrongly returned", .trials = "people in the gallery" },
    { .name = "selectivity", .title = "False candidates a search (selectivity)",
      .axis = "false candidates a search", .hits = "false candidates",
      .trials = "non-mated searches", .detail = true, .amount = true },
    { .name = "first_candidate", .title = "Searches by whom they wrongly return first",
      .axis = "share of searches", .hits = "searches whose first candidate is such a person",
      .trials = "non-mated searches", .detail = true },
    { .name = "false_leads", .title = "Expected searches with a false lead",
      .axis = "searches with a false lead", .hits = "searches with a false lead",
      .trials = "searches", .detail = true, .amount = true },
    { .name = "faces", .title = "Faces in the set", .axis = "share of the set",
      .hits = "faces", .trials = "faces in the set", .census = true },
};

const struct metric *metric_table(size_t *n)
{
    *n = sizeof metrics / sizeof *metrics;
    return metrics;
}

void metric_add_names(struct text *to)
{
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        text_addf(to, "%s%s", i ? ", " : "", metrics[i].name);
}

const struct metric *metric_find(const char *name)
{
    size_t len = strcspn(name, ".");

    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (strlen(metrics[i].name) == len && !memcmp(metrics[i].name, name, len))
            return &metrics[i];
    return NULL;
}

const char *metric_kind(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot ? dot + 1 : "";
}

bool metric_is_paired(const char *name)
{
    static const char *const kinds[] = { "improvement", "excess", "rise" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t len = strlen(kinds[i]);
        const char *kind = metric_kind(name);
        if (!strncmp(kind, kinds[i], len) &&
            (!kind[len] || !strcmp(kind + len, "_worst_case") ||
             !strcmp(kind + len, "_paired")))
            return true;
    }
    return false;
}
