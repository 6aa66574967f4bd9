/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a study: at which doses of which changes of its images it is asked. */
#include "model/study_load.h"
#include "model/point.h"

#include <stdlib.h>
#include <string.h>

static int compare_values(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The doses of one kind, ascending; the clean one is asked anyway. */
static void load_kind(struct loading *l, struct yaml_node *map, enum dose_kind kind)
{
    const char *name = dose_kinds[kind].name;
    struct study *s = l->study;
    struct text scratch = TEXT_INIT;
    double values[STUDY_MAX_DOSES];
    size_t n_texts, n = 0;
    const char **texts = yaml_get_strings(l->doc, map, name, &n_texts, false);

    for (size_t i = 0; texts && i < n_texts; i++) {
        double v;
        const char *fault = num_parse_double(texts[i], &v) ? dose_fault(kind, v, &scratch)
                                                           : "expected a number";
        if (fault)
            yaml_fault(l->doc, map, name, "'%.60s' is no dose, %s", texts[i], fault);
        else if (s->n_doses + n == STUDY_MAX_DOSES) {
            yaml_fault(l->doc, map, name, "more than %d doses, expected fewer",
                       STUDY_MAX_DOSES);
            break;
        } else if (!dose_is_clean((struct dose){ kind, v }))
            values[n++] = v;
    }
    qsort(values, n, sizeof *values, compare_values);
    for (size_t i = 0; i < n; i++) {
        const struct dosage change = { { { kind, values[i] } }, 1 };
        if (i && values[i] == values[i - 1]) {
            yaml_fault(l->doc, map, name, "%g stands twice, expected each once", values[i]);
            continue;
        }
        text_reset(&scratch);
        change_add_text(&scratch, &change);
        s->doses[s->n_doses++] = (struct study_dose){ loading_keep(l, scratch.s), change };
    }
    text_release(&scratch);
}

/* Comparisons at doses are held to the threshold that the first target FMR sets on the
 * images as they are. */
void loading_clean(struct loading *l)
{
    struct study *s = l->study;
    char name[POINT_MAX];

    s->clean = s->compare.there && s->compare.n_targets
                   ? arena_strdup(&s->arena, point_of_fmr(name, s->compare.targets[0]))
                   : "";
}

void loading_doses(struct loading *l, struct yaml_node *root)
{
    struct study *s = l->study;
    struct yaml_node *map = yaml_get_map(l->doc, root, "doses", false);

    if (!map)
        return;
    s->doses = arena_array(&s->arena, STUDY_MAX_DOSES, sizeof *s->doses);
    for (size_t i = 0; i < map->n; i++) {
        int kind = dose_kind_find(map->keys[i], strlen(map->keys[i]));
        if (kind >= 0)
            load_kind(l, map, (enum dose_kind)kind);
    }
    if (!s->n_doses)
        yaml_fault(l->doc, root, "doses", "names no dose that changes anything, expected "
                   "some, such as exposure: [-2, -1, 1, 2]");
    if (s->task == TASK_IDENTIFY)
        yaml_fault(l->doc, root, "doses", "is for studies of task classify or verify, not "
                   "identify");
}
