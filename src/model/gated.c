/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gated.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const gate_status_names[GATE_STATUSES + 1] = {
    "pass", "fail", "undecided", NULL
};

void gated_init(struct gated *g)
{
    *g = (struct gated){ .run = "", .baseline = "", .run_id = "", .baseline_id = "",
                         .study = "", .started = "", .status = GATE_OPEN };
}

void gated_release(struct gated *g)
{
    free(g->checks);
    arena_release(&g->arena);
    gated_init(g);
}

struct gate_check *gated_add(struct gated *g)
{
    MEM_ROOM(g->checks, g->n, g->cap);
    struct gate_check *c = &g->checks[g->n++];
    *c = (struct gate_check){
        .name = "", .status = GATE_OPEN, .says = "", .line = "", .backend = "", .metric = "",
        .group = "", .versus = "", .point = "", .before = NAN, .after = NAN,
        .estimate = NAN, .lo = NAN, .hi = NAN, .near = NAN, .p = NAN, .p_adj = NAN,
        .samples = CHANGE_UNPAIRED,
    };
    return c;
}

size_t gated_count(const struct gated *g, enum gate_status status)
{
    size_t n = 0;

    for (size_t i = 0; i < g->n; i++)
        n += g->checks[i].status == status;
    return n;
}

/* Moves the checks of a status to the front of those from `at` on; where they end. */
static size_t gather(struct gated *g, enum gate_status status, size_t at)
{
    for (size_t i = at; i < g->n; i++)
        if (g->checks[i].status == status) {
            struct gate_check c = g->checks[i];
            memmove(&g->checks[at + 1], &g->checks[at], (i - at) * sizeof c);
            g->checks[at++] = c;
        }
    return at;
}

void gated_settle(struct gated *g)
{
    bool tested = false;

    for (size_t i = 0; i < g->n; i++)
        tested |= g->checks[i].tested && g->checks[i].status == GATE_PASS;
    g->status = gated_count(g, GATE_FAIL) ? GATE_FAIL
                : gated_count(g, GATE_OPEN) || !tested ? GATE_OPEN : GATE_PASS;
    gather(g, GATE_OPEN, gather(g, GATE_FAIL, 0));
}

void gated_words(const struct gated *g, struct text *to)
{
    size_t fail = gated_count(g, GATE_FAIL), open = gated_count(g, GATE_OPEN);

    text_addf(to, "%s: ", gate_status_names[g->status]);
    if (!g->n)
        text_add(to, "nothing was measured");
    else if (!fail && !open)
        text_addf(to, "all %zu checks pass", g->n);
    else if (!fail)
        text_addf(to, "%zu of %zu checks %s undecided", open, g->n, open == 1 ? "is" : "are");
    else
        text_addf(to, "%zu of %zu checks %s", fail, g->n, fail == 1 ? "fails" : "fail");
    if (fail && open)
        text_addf(to, ", %zu %s undecided", open, open == 1 ? "is" : "are");
}

static void check_json(const struct gate_check *c, struct json_out *w)
{
    struct text words = TEXT_INIT;

    json_map(w, NULL);
    json_string(w, "check", c->name);
    json_string(w, "status", gate_status_names[c->status]);
    json_string(w, "line", c->line);
    json_string(w, "says", c->says);
    if (c->rule) {
        policy_rule_words(c->rule, &words);
        json_string(w, "rule", words.s);
        json_int(w, "rule_line", (int64_t)c->rule->line);
    }
    json_string(w, "backend", c->backend);
    json_string(w, "metric", c->metric);
    json_string(w, "group", c->group);
    json_string(w, "versus", c->versus);
    json_string(w, "point", c->point);
    if (c->tested) {
        json_string(w, "samples", change_samples_names[c->samples]);
        json_string(w, "kind", c->ratio ? "ratio" : "difference");
        json_number(w, "before", c->before);
        json_number(w, "after", c->after);
        json_number(w, "estimate", c->estimate);
        json_number(w, "lo", c->lo);
        json_number(w, "hi", c->hi);
        json_number(w, "margin", c->rule ? c->rule->margin : NAN);
        json_number(w, "near", c->near);
        json_number(w, "p", c->p);
        json_number(w, "p_adj", c->p_adj);
    }
    json_end(w);
    text_release(&words);
}

void gated_to_json(const struct gated *g, struct text *to)
{
    struct json_out w = json_out(to);
    struct text words = TEXT_INIT;

    gated_words(g, &words);
    json_map(&w, NULL);
    json_string(&w, "verdict", gate_status_names[g->status]);
    json_string(&w, "says", words.s);
    json_string(&w, "study", g->study);
    json_string(&w, "run", g->run);
    json_string(&w, "run_id", g->run_id);
    json_string(&w, "baseline", g->baseline);
    json_string(&w, "baseline_id", g->baseline_id);
    json_string(&w, "started", g->started);
    json_string(&w, "policy", g->policy ? g->policy->name : "");
    json_string(&w, "policy_sha256", g->policy ? g->policy->sha256 : "");
    json_number(&w, "confidence", g->policy ? g->policy->confidence : NAN);
    json_int(&w, "tests", (int64_t)g->tests);
    json_list(&w, "checks");
    for (size_t i = 0; i < g->n; i++)
        check_json(&g->checks[i], &w);
    json_end(&w);
    json_end(&w);
    text_addch(to, '\n');
    text_release(&words);
}
