/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/places.h"
#include "base/text.h"
#include "base/yaml.h"
#include "datasets/descriptor.h"

bool dataset_is_plain_name(const char *file)
{
    return *file && !strchr(file, '/') && strcmp(file, ".") && strcmp(file, "..");
}

char *dataset_path(const struct dataset *d, const char *file)
{
    return path_join(d->dir, file);
}

bool dataset_has_images(const struct dataset *d)
{
    return d->reading && !d->reading->no_images;
}

/* The dataset.yaml of the set, malloc'd, or NULL with an error. */
static char *find(const char *name, const char *study_path, struct err *err)
{
    char *file = mem_printf("%s/dataset.yaml", name);
    char *path = places_find("datasets", study_path, file);

    if (!path) {
        char **places = places_list("datasets", study_path);
        struct text tried = TEXT_INIT;
        for (size_t i = 0; places[i]; i++)
            text_addf(&tried, "%s%s", i ? ", " : "", places[i]);
        err_add(err, ERR_INPUT, "no data set called '%s', expected %s in one of %s", name,
                file, tried.s);
        text_release(&tried);
        places_free(places);
    }
    free(file);
    return path;
}

static const char *get_file(struct dataset *d, struct yaml_doc *doc, const char *key)
{
    const char *file = yaml_get_string(doc, doc->root, key, NULL, false);

    if (file && !dataset_is_plain_name(file)) {
        yaml_fault(doc, doc->root, key, "'%.60s' is not a file of this folder, expected "
                   "a name without '/'", file);
        return NULL;
    }
    return arena_strdup(&d->arena, file);
}

static void load_labels(struct dataset *d, struct yaml_doc *doc)
{
    struct yaml_node *axes = yaml_get_map(doc, doc->root, "axes", false);

    if (!axes)
        return;
    d->labels = arena_array(&d->arena, axes->n, sizeof *d->labels);
    for (size_t i = 0; i < axes->n; i++) {
        struct yaml_node *axis = yaml_get_map(doc, axes, axes->keys[i], true);
        if (!axis)
            continue;
        d->labels[d->n_labels++] = (struct dataset_label){
            arena_strdup(&d->arena, axes->keys[i]),
            arena_strdup(&d->arena, yaml_get_string(doc, axis, "provenance", "", true)),
        };
    }
}

/* The labels of a set of images, behind those of `axes`. */
static void add_labels(struct dataset *d)
{
    const struct descriptor *x = d->reading;
    struct dataset_label *all = arena_array(&d->arena, d->n_labels + x->n_attributes,
                                            sizeof *all);

    if (d->n_labels)
        memcpy(all, d->labels, d->n_labels * sizeof *all);
    d->labels = all;
    for (size_t i = 0; i < x->n_attributes; i++) {
        const struct attribute *a = &x->attributes[i];
        const char *about = *a->about ? arena_printf(&d->arena, "%s: %s",
                                                     provenance_names[a->provenance],
                                                     a->about)
                                      : provenance_names[a->provenance];
        d->labels[d->n_labels++] = (struct dataset_label){ a->name, about };
    }
}

static int load(struct dataset *d, const char *path, const char *name,
                const char *const *sets, size_t n_sets, struct err *err)
{
    struct yaml_doc doc;
    int code = yaml_load(&doc, path, err);

    if (code)
        return code;
    if (doc.root->kind != YAML_MAP) {
        code = yaml_fault(&doc, doc.root, NULL, "not a mapping, expected the keys of a "
                          "data set");
        yaml_release(&doc);
        return code;
    }
    for (size_t i = 0; i < n_sets; i++)
        yaml_set(&doc, sets[i]);
    d->name = arena_strdup(&d->arena, yaml_get_string(&doc, doc.root, "name", "", true));
    if (!strchr(name, '/') && strcmp(d->name, name))
        yaml_fault(&doc, doc.root, "name", "'%.60s', expected '%s' like its folder",
                   d->name, name);
    d->title = arena_strdup(&d->arena, yaml_get_string(&doc, doc.root, "title", "", true));
    d->about = arena_strdup(&d->arena, yaml_get_string(&doc, doc.root, "about", "", true));
    d->source = arena_strdup(&d->arena, yaml_get_string(&doc, doc.root, "source", "", true));
    d->counts = get_file(d, &doc, "counts");
    d->printed = get_file(d, &doc, "printed");
    d->cases = get_file(d, &doc, "cases");
    load_labels(d, &doc);
    d->reading = descriptor_read(&doc, &d->arena);
    code = yaml_finish(&doc);
    yaml_release(&doc);
    if (!code && d->reading)
        add_labels(d);
    return code;
}

int dataset_load(struct dataset *d, const char *name, const char *study_path,
                 struct err *err)
{
    return dataset_load_with(d, name, study_path, NULL, 0, err);
}

int dataset_load_with(struct dataset *d, const char *name, const char *study_path,
                      const char *const *sets, size_t n_sets, struct err *err)
{
    *d = (struct dataset){ .arena = ARENA_INIT };
    char *path = strchr(name, '/') ? mem_strdup(name) : find(name, study_path, err);

    if (!path)
        return ERR_INPUT;
    char *dir = path_dirname(path);
    d->dir = arena_strdup(&d->arena, dir);
    free(dir);
    int code = load(d, path, name, sets, n_sets, err);
    free(path);
    if (code)
        dataset_release(d);
    return code;
}

void dataset_release(struct dataset *d)
{
    descriptor_release(d->reading);
    arena_release(&d->arena);
    *d = (struct dataset){ .arena = ARENA_INIT };
}
