/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/set_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "datasets/descriptor.h"

int set_facts_record(struct pipeline *p, const struct dataset *d, const char *root)
{
    char *folder = mem_printf("datasets/%s", d->name);
    char *path = dataset_path(d, "dataset.yaml");
    int code = pipeline_record_input(p, path, folder, "dataset.yaml");

    free(path);
    free(folder);
    for (size_t i = 0; i < d->reading->n_sources && !code; i++) {
        const struct source *s = &d->reading->sources[i];
        for (size_t k = 0; k < s->n_files && !s->each && !code; k++) {
            path = root ? path_join(root, s->files[k]) : mem_strdup(s->files[k]);
            bool there = path_is_file(path);
            if (there)
                code = pipeline_record_input(p, path, "", path_basename(path));
            free(path);
            if (there)
                break;
        }
    }
    return code;
}

void set_facts_labels(struct study *s, const struct roster *r, const char *target)
{
    struct text t = TEXT_INIT;

    for (size_t a = 0; a < r->n_attributes; a++) {
        const struct roster_attribute *attribute = &r->attributes[a];
        if (axes_find(&s->axes, attribute->name) < 0 &&
            (!target || strcmp(attribute->name, target)))
            continue;
        text_addf(&t, "%s%s: %s%s%s.", t.len ? " " : "", attribute->name,
                  provenance_names[attribute->provenance], *attribute->about ? ", " : "",
                  attribute->about);
    }
    study_add_fact(s, "Labels", t.s);
    text_release(&t);
}

void set_facts_problems(const struct problems *problems, struct text *to)
{
    for (int i = 0; i < PROBLEMS; i++)
        if (problems->lists[i].n && !problem_kinds[i].note)
            text_addf(to, " Its tables have %zu %s.", problems->lists[i].n,
                      problem_kinds[i].says);
}
