/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/own_words.h"

#include <math.h>

#include "base/text.h"
#include "model/metric.h"

/* The share of faces without an answer from which on rates of the others mislead. */
#define FTA_TOLD .05

/* The first row of a rate, or NULL where there is none that is printed. */
static const struct finding *find_rate(const struct findings *f, const char *backend,
                                       const char *metric, const char *group)
{
    long at = group ? findings_find(f, backend, metric, group, "", "", NULL) : -1;

    return at < 0 || isnan(f->rows[at].estimate) ? NULL : &f->rows[at];
}

/* "women 64.8 % [62.7, 66.9], men 74.2 % [72.3, 75.9]" */
static void add_two(const struct study *s, const struct finding *const rows[2],
                    struct text *to)
{
    struct text scratch = TEXT_INIT;

    for (int i = 0; i < 2; i++)
        text_addf(to, "%s%s %.1f %% [%.1f, %.1f]", i ? ", " : "",
                  study_label(s, rows[i]->group, &scratch), 100 * rows[i]->estimate,
                  100 * rows[i]->lo, 100 * rows[i]->hi);
    text_release(&scratch);
}

/* Whether the first rate is surely above the second (1), below it (-1), or neither (0), by
 * intervals that do not touch. */
static int order(const struct finding *const rows[2])
{
    return rows[0]->lo > rows[1]->hi ? 1 : rows[0]->hi < rows[1]->lo ? -1 : 0;
}

/* The two groups of the claim that is the study's answer, with what got no answer. */
static void add_groups(const struct study *s, const struct findings *f, const char *backend,
                       struct text *to)
{
    static const char *const metrics[] = { "fta", "error", "error_with_misses" };
    const struct claim_spec *c = study_answer_claim(s);
    const struct finding *rows[3][2];

    for (int m = 0; m < 3; m++)
        for (int i = 0; i < 2; i++) {
            const char *group = !c ? NULL : i ? c->versus : c->group;
            if (!(rows[m][i] = find_rate(f, backend, metrics[m], group)))
                return;
        }
    text_add(to, " Without an answer: ");
    add_two(s, rows[0], to);
    text_add(to, ". Wrong or without an answer: ");
    add_two(s, rows[2], to);
    int with = order(rows[2]);
    double without = rows[1][0]->estimate - rows[1][1]->estimate;
    text_add(to, with * without < 0 ? ", the other way round than among the faces answered." :
                 !with ? ", which the intervals do not tell apart." : ".");
}

void own_words_conclude(struct study *s, const struct findings *f)
{
    struct text t = TEXT_INIT;

    STUDY_ROOM(s, s->conclusions, s->n_conclusions, s->n_backends);
    for (size_t b = 0; b < s->n_backends; b++) {
        const char *backend = s->backends[b].text;
        const struct finding *all = find_rate(f, backend, "fta", "all");
        if (!all || all->estimate < FTA_TOLD)
            continue;
        text_reset(&t);
        text_addf(&t, "%s gave no answer for %.1f %% of the faces; its error rates are of the "
                  "other %.1f %%.", backend, 100 * all->estimate, 100 * (1 - all->estimate));
        add_groups(s, f, backend, &t);
        s->conclusions[s->n_conclusions++] = arena_strdup(&s->arena, t.s);
    }
    text_release(&t);
}
