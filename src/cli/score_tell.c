/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/score_tell.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"

void score_progress_begin(struct score_progress *p, uint64_t before)
{
    *p = (struct score_progress){ .start = clock_now(), .before = before };
}

/* "1:02:03", "4:05" */
static const char *clock_of(char buf[32], double seconds)
{
    unsigned long s = seconds < 1e9 ? (unsigned long)(seconds + .5) : 999999999;

    if (s >= 3600)
        snprintf(buf, 32, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(buf, 32, "%lu:%02lu", s / 60, s % 60);
    return buf;
}

static const char *rate_of(char buf[32], double rate)
{
    if (rate >= 1e6)
        snprintf(buf, 32, "%.1f million", rate / 1e6);
    else
        snprintf(buf, 32, "%.0f", rate);
    return buf;
}

#define BAR 24

void score_progress_show(void *progress, uint64_t pairs, uint64_t of)
{
    struct score_progress *p = progress;
    double time = clock_now(), rate;
    char bar[BAR + 1], left[32], much[32];

    if (time < p->told + .2 && pairs < of)
        return;
    p->told = time;
    p->begun = true;
    for (int i = 0; i < BAR; i++)
        bar[i] = of && (double)pairs * BAR >= (double)of * (i + 1) ? '#' : '.';
    bar[BAR] = '\0';
    rate = (double)(pairs - p->before) / (time - p->start + 1e-9);
    fprintf(stderr, "\r[%s] %3.0f %%  %s comparisons/s  %s left   ", bar,
            of ? 100 * (double)pairs / (double)of : 100, rate_of(much, rate),
            clock_of(left, rate > 0 ? (double)(of - pairs) / rate : 0));
}

void score_progress_end(const struct score_progress *p)
{
    if (p->begun)
        fprintf(stderr, "\r%*s\r", 76, "");
}

struct totals {
    uint64_t comparisons, lost, failed, ungrouped;
};

static struct totals add_up(const struct scores *s, bool mated)
{
    struct totals t = { 0, 0, s->ungrouped.failed + s->gallery_ungrouped.failed,
                        s->ungrouped.samples + s->gallery_ungrouped.samples };

    for (size_t i = 0; i < s->n_cells; i++) {
        if (s->cells[i].mated != mated)
            continue;
        t.comparisons += s->cells[i].comparisons;
        t.lost += s->cells[i].lost;
    }
    for (size_t i = 0; i < s->n_groups; i++)
        t.failed += s->rolls[i].failed + (s->gallery ? s->gallery_rolls[i].failed : 0);
    return t;
}

static void add_matches(const struct scores *s, struct text *to)
{
    char number[NUM_MAX];

    for (size_t t = 0; t < s->n_thresholds; t++) {
        uint64_t matches[2] = { 0, 0 };
        for (size_t i = 0; i < s->n_cells; i++)
            matches[s->cells[i].mated] += s->cells[i].matches[t];
        text_addf(to, "at %s: %" PRIu64 " non-mated and %" PRIu64 " mated matches\n",
                  num_shortest(number, s->thresholds[t]), matches[0], matches[1]);
    }
}

void score_tell_words(const struct scores *s, const char *dir, double seconds,
                      struct text *to)
{
    struct totals non_mated = add_up(s, false), mated = add_up(s, true);
    char number[NUM_MAX], rate[32];
    double all = (double)non_mated.comparisons + (double)mated.comparisons;
    bool distance = similarity_is_distance(s->similarity);

    text_addf(to, "%" PRIu64 " non-mated and %" PRIu64 " mated comparisons of %zu people in "
              "%zu %s\n", non_mated.comparisons, mated.comparisons, s->n_subjects,
              s->n_groups, s->n_groups == 1 ? "group" : "groups");
    if (seconds > 0)
        text_addf(to, "%.1f s, %s comparisons/s\n", seconds, rate_of(rate, all / seconds));
    if (non_mated.failed)
        text_addf(to, "%" PRIu64 " samples failed: %" PRIu64 " non-mated and %" PRIu64
                  " mated comparisons lost\n", non_mated.failed, non_mated.lost, mated.lost);
    if (non_mated.ungrouped)
        text_addf(to, "%" PRIu64 " samples are in no group: no value on an axis\n",
                  non_mated.ungrouped);
    add_matches(s, to);
    text_addf(to, "%zu exceedances at or %s %s%s\n", s->n_exceedances,
              distance ? "below" : "above", num_shortest(number, s->floor),
              s->floor_raised ? ", stricter than asked to keep their number" : "");
    for (size_t i = 0; i < s->n_same; i++)
        text_addf(to, "%s%s", i ? ", " : "compared were only samples of the same ",
                  s->same[i]);
    text_addf(to, "%sScores: %s/scores.json\n", s->n_same ? "\n" : "", dir);
}

void score_tell_json(const struct scores *s, const char *dir, struct text *to)
{
    struct totals non_mated = add_up(s, false), mated = add_up(s, true);
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_string(&w, "out", dir);
    json_int(&w, "people", (int64_t)s->n_subjects);
    json_int(&w, "groups", (int64_t)s->n_groups);
    json_int(&w, "non_mated", (int64_t)non_mated.comparisons);
    json_int(&w, "mated", (int64_t)mated.comparisons);
    json_int(&w, "non_mated_lost", (int64_t)non_mated.lost);
    json_int(&w, "mated_lost", (int64_t)mated.lost);
    json_int(&w, "failed", (int64_t)non_mated.failed);
    json_int(&w, "without_group", (int64_t)non_mated.ungrouped);
    json_int(&w, "exceedances", (int64_t)s->n_exceedances);
    json_number(&w, "floor", s->floor);
    json_bool(&w, "raised", s->floor_raised);
    json_int(&w, "candidates", (int64_t)s->n_candidates);
    json_end(&w);
    text_addch(to, '\n');
}
