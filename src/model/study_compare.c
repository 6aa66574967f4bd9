/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a study: what is compared, where scores are made in this run. */
#include "model/study_load.h"

#include <string.h>

#include "base/text.h"
#include "model/metric.h"

#define TARGETS_MAX 16

static void load_targets(struct loading *l, struct yaml_node *map, struct study_compare *c)
{
    size_t n;
    const char **said = yaml_get_strings(l->doc, map, "fmr", &n, true);

    if (!said)
        return;
    if (n < 1 || n > TARGETS_MAX) {
        yaml_fault(l->doc, map, "fmr", "%zu target FMRs, expected 1 to %d", n, TARGETS_MAX);
        return;
    }
    c->targets = arena_array(&l->study->arena, n, sizeof *c->targets);
    for (size_t i = 0; i < n; i++) {
        double *to = &c->targets[c->n_targets++];
        if (!num_parse_double(said[i], to) || !(*to > 0 && *to < 1))
            yaml_fault(l->doc, map, "fmr", "'%.40s', expected a rate between 0 and 1",
                       said[i]);
        for (size_t k = 0; k < i; k++)
            if (c->targets[k] == *to)
                yaml_fault(l->doc, map, "fmr", "'%.40s' stands twice, expected each once",
                           said[i]);
    }
}

static void load_rivals(struct loading *l, struct yaml_node *map, struct study_compare *c)
{
    c->rivals = loading_list(l, map, "rivals", &c->n_rivals);
    for (size_t i = 0; i < c->n_rivals; i++) {
        const struct metric *m = metric_find(c->rivals[i]);
        if (!m || *metric_kind(c->rivals[i]) || m->census || m->rival || m->detail || m->mean)
            yaml_fault(l->doc, map, "rivals", "'%.60s' is no rate of a matcher, expected one "
                       "such as fmr or fnmr", c->rivals[i]);
    }
}

void loading_compare(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct study_compare *c = &s->compare;
    struct yaml_node *map = yaml_get_map(l->doc, root, "compare", false);

    if (!map)
        return;
    c->there = true;
    load_targets(l, map, c);
    c->native = yaml_get_bool(l->doc, map, "native", true);
    c->by = loading_axis_set(l, map, "by", true);
    c->alike = loading_axis_set(l, map, "alike", false);
    load_rivals(l, map, c);
    c->top = yaml_get_int(l->doc, map, "top", 1, 10000, 20, false);
    if (s->task == TASK_CLASSIFY)
        yaml_fault(l->doc, root, "compare", "is for studies of task verify or identify, "
                   "not classify");
    if (c->alike & ~c->by)
        yaml_fault(l->doc, map, "alike", "names axes that 'by' does not, expected some of "
                   "those");
    if (s->own.there)
        yaml_fault(l->doc, root, "compare", "stands beside 'own', expected one of them");
}
