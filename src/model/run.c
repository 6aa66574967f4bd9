/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/run.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/yaml.h"

void run_init(struct run *r)
{
    *r = (struct run){ .format = RUN_FORMAT };
    r->version = r->study = r->command = r->started = "";
    r->gsl = r->gnuplot = r->compiler = r->platform = r->host = "";
}

void run_release(struct run *r)
{
    free(r->inputs);
    free(r->outputs);
    arena_release(&r->arena);
    run_init(r);
}

void run_add_input(struct run *r, const char *name, const char *sha256)
{
    MEM_ROOM(r->inputs, r->n_inputs, r->cap_inputs);
    r->inputs[r->n_inputs++] = (struct run_file){ arena_strdup(&r->arena, name),
                                                  arena_strdup(&r->arena, sha256) };
}

void run_add_output(struct run *r, const char *name, const char *sha256)
{
    MEM_ROOM(r->outputs, r->n_outputs, r->cap_outputs);
    r->outputs[r->n_outputs++] = (struct run_file){ arena_strdup(&r->arena, name),
                                                    arena_strdup(&r->arena, sha256) };
}

/* The texts of run.json, once. */
static const struct {
    const char *key;
    size_t offset;
} texts[] = {
    { "misid", offsetof(struct run, version) },
    { "study", offsetof(struct run, study) },
    { "command", offsetof(struct run, command) },
    { "started", offsetof(struct run, started) },
    { "gsl", offsetof(struct run, gsl) },
    { "gnuplot", offsetof(struct run, gnuplot) },
    { "compiler", offsetof(struct run, compiler) },
    { "platform", offsetof(struct run, platform) },
    { "host", offsetof(struct run, host) },
};
#define TEXTS (sizeof texts / sizeof *texts)

static const char **text_at(struct run *r, size_t i)
{
    return (const char **)((char *)r + texts[i].offset);
}

static void put_files(struct json_out *w, const char *key, const struct run_file *files,
                      size_t n)
{
    json_list(w, key);
    for (size_t i = 0; i < n; i++) {
        json_map(w, NULL);
        json_string(w, "name", files[i].name);
        json_string(w, "sha256", files[i].sha256);
        json_end(w);
    }
    json_end(w);
}

void run_to_json(const struct run *r, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_int(&w, "format", r->format);
    for (size_t i = 0; i < TEXTS; i++)
        json_string(&w, texts[i].key,
                    *(const char *const *)((const char *)r + texts[i].offset));
    put_files(&w, "inputs", r->inputs, r->n_inputs);
    put_files(&w, "outputs", r->outputs, r->n_outputs);
    json_end(&w);
    text_addch(to, '\n');
}

static void read_files(struct run *r, struct yaml_doc *doc, const char *key,
                       void (*add)(struct run *, const char *, const char *))
{
    struct yaml_node *list = yaml_get_list(doc, doc->root, key, true);

    for (size_t i = 0; list && i < list->n; i++) {
        struct yaml_node *map = list->items[i];
        if (map->kind != YAML_MAP)
            yaml_fault(doc, map, NULL, "not a mapping, expected name and sha256");
        else
            add(r, yaml_get_string(doc, map, "name", "", true),
                yaml_get_string(doc, map, "sha256", "", true));
    }
}

int run_read(struct run *r, const char *path, struct err *err)
{
    struct yaml_doc doc;
    int code = yaml_load(&doc, path, err);

    if (code)
        return code;
    if (doc.root->kind != YAML_MAP) {
        yaml_fault(&doc, doc.root, NULL, "not a mapping, expected the record of a run");
        code = doc.code;
        yaml_release(&doc);
        return code;
    }
    r->format = yaml_get_int(&doc, doc.root, "format", 1, 1000000, 1, true);
    if (r->format != RUN_FORMAT) {
        /* a later format may have other keys: say only what matters */
        code = err_add(err, ERR_INPUT, "%s: the run folder has format %lld, expected %d "
                       "(was it made by another version of misid?)", path,
                       (long long)r->format, RUN_FORMAT);
        yaml_release(&doc);
        return code;
    }
    for (size_t i = 0; i < TEXTS; i++)
        *text_at(r, i) = arena_strdup(
            &r->arena, yaml_get_string(&doc, doc.root, texts[i].key, "",
                                       texts[i].offset != offsetof(struct run, host)));
    read_files(r, &doc, "inputs", run_add_input);
    read_files(r, &doc, "outputs", run_add_output);
    code = yaml_finish(&doc);
    yaml_release(&doc);
    return code;
}
