/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a study: what changes when the answers are one's own. */
#include "model/study_load.h"

#include <string.h>

static bool is_taken(const struct study *s, const char *id)
{
    for (size_t i = 0; i < s->n_charts; i++)
        if (s->charts[i].id && !strcmp(s->charts[i].id, id))
            return true;
    return false;
}

void loading_own(struct loading *l, struct yaml_node *root)
{
    struct study_own *own = &l->study->own;
    struct yaml_node *map = yaml_get_map(l->doc, root, "own", false);

    if (!map)
        return;
    own->there = true;
    own->title = loading_text(l, map, "title", true);
    own->question = loading_text(l, map, "question", false);
    own->target = loading_text(l, map, "target", true);
    own->cases = loading_text(l, map, "cases", false);
    own->same_kind = loading_list(l, map, "same_kind", &own->n_same_kind);
    own->by = loading_axis_sets(l, map, "by", &own->n_by);
    own->charts = loading_charts(l, map, true, &own->n_charts);
    own->caveats = loading_list(l, map, "caveats", &own->n_caveats);
    if (l->study->task != TASK_CLASSIFY)
        yaml_fault(l->doc, root, "own", "is for studies of task classify, not %s",
                   study_task_names[l->study->task]);
    for (size_t i = 0; i < own->n_charts; i++)
        if (own->charts[i].id && is_taken(l->study, own->charts[i].id))
            yaml_fault(l->doc, map, "charts", "two charts are called '%s', expected "
                       "different ids", own->charts[i].id);
}
