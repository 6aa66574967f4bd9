/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a folder of scores. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/score_state.h"
#include "cli/score_tell.h"
#include "cli/scoring_own.h"

static int write_roster(const char *out, const char *name, const struct score_side *side,
                        const char *run, struct err *err)
{
    char *path = path_join(out, name);
    int code = run && folder_same(out, run) ? 0 : roster_write(&side->roster, path, err);

    free(path);
    return code;
}

/* scores.csv: the list with one more recorded score. */
static int write_trials(struct scoring *g, struct err *err)
{
    struct trials *t = &g->trials;
    const float *scores = count_trial_scores(g->count);
    size_t k = trials_add_matcher(t, "score");

    for (size_t i = 0; i < t->n; i++)
        t->scores[k][i] = (double)scores[i];
    char *path = path_join(g->r->out, "scores.csv");
    int code = trials_write(t, &g->a.roster, path, err);
    free(path);
    return code;
}

int scoring_write_rosters(const struct scoring *g, struct err *err)
{
    const struct score_request *r = g->r;
    const struct score_side *main_side = r->probes ? &g->gallery : &g->a;
    int code = write_roster(r->out, "roster.csv", main_side, r->run, err);

    if (!code && r->probes)
        code = write_roster(r->out, "probe-roster.csv", &g->a, NULL, err);
    return code ? code : same_person_write(&g->same, r->out, err);
}

int scoring_write(struct scoring *g, struct err *err)
{
    const struct score_request *r = g->r;
    int code = scoring_write_rosters(g, err);

    if (!code && r->trials)
        code = write_trials(g, err);
    if (!code)
        code = scores_write(&g->scores, &g->a.roster, &g->gallery.roster, r->out, err);
    return code ? code : score_state_remove(r->out, err);
}

static void tell_people(const struct same_person *s, struct text *to)
{
    if (s->looked)
        text_addf(to, "%zu pairs of equal pictures and %s%zu that look alike: "
                  "duplicates.csv\n", s->identical, s->too_many ? "(not looked for) " : "",
                  s->near);
    if (s->rows)
        text_addf(to, "%zu samples are of people who were joined: joined.csv\n", s->rows);
}

static void tell_part(const struct scoring *g, struct text *to)
{
    struct json_out w = json_out(to);

    if (!g->r->json) {
        text_addf(to, "Part %zu of %zu: %" PRIu64 " comparisons: %s\n", g->shard.i,
                  g->shard.n, count_pairs_done(g->count), g->r->out);
        return;
    }
    json_map(&w, NULL);
    json_string(&w, "out", g->r->out);
    json_int(&w, "shard", (int64_t)g->shard.i);
    json_int(&w, "of", (int64_t)g->shard.n);
    json_int(&w, "comparisons", (int64_t)count_pairs_done(g->count));
    json_end(&w);
}

void scoring_tell(const struct scoring *g, struct text *to)
{
    if (g->shard.n) {
        tell_part(g, to);
    } else if (g->r->json) {
        score_tell_json(&g->scores, g->r->out, to);
    } else {
        tell_people(&g->same, to);
        if (!g->a.roster.has_subjects)
            text_add(to, "the roster does not say whose samples they are: each is taken for a "
                     "person of its own\n");
        score_tell_words(&g->scores, g->r->out, g->seconds, to);
    }
}
