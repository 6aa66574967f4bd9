/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files of a run go into a bundle. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/bundle.h"
#include "cli/folder.h"
#include "cli/recording.h"
#include "model/roster.h"

/* What is in the folders of a run, by the end of its name. */
enum kind {
    PLAIN,       /* speaks of groups, or of rows by their numbers: goes in as it is */
    NAMES,       /* names samples, and is read again: rewritten */
    NAMES_ONLY,  /* names samples, and nothing rests on it: left out */
    BODIES,      /* templates: data of people's bodies, never in a bundle */
};
static const struct {
    const char *name;
    enum kind kind;
} kinds[] = {
    { "roster.csv", NAMES }, { "probe-roster.csv", NAMES }, { "outputs.csv", NAMES },
    { "attributes.csv", NAMES }, { "candidates.csv", NAMES },
    { "joined.csv", NAMES }, { "same-person.csv", NAMES },
    { "gallery.csv", NAMES_ONLY }, { "suspects.csv", NAMES_ONLY },
    { "duplicates.csv", NAMES_ONLY }, { "problems.csv", NAMES_ONLY },
    { "trials.csv", NAMES_ONLY }, { "scores.csv", NAMES_ONLY }, { "templates.npy", BODIES },
};

static enum kind kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(path_basename(name), kinds[i].name))
            return kinds[i].kind;
    return PLAIN;
}

int bundle_add_file(struct bundle *b, const char *name, const char *path)
{
    struct stat st;
    struct bundle_item item = { .name = arena_strdup(&b->arena, name), .text = TEXT_INIT,
                                .path = arena_strdup(&b->arena, path) };
    int code = hash_file(item.sha256, path, b->err);

    if (code)
        return code;
    item.size = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
    MEM_ROOM(b->items, b->n_items, b->cap_items);
    b->items[b->n_items++] = item;
    return 0;
}

void bundle_add_text(struct bundle *b, const char *name, struct text *text, bool rewritten)
{
    struct bundle_item item = { .name = arena_strdup(&b->arena, name), .text = *text,
                                .rewritten = rewritten, .size = text->len };

    text_init(text);
    hash_bytes(item.sha256, item.text.s, item.text.len);
    MEM_ROOM(b->items, b->n_items, b->cap_items);
    b->items[b->n_items++] = item;
}

static void leave_out(struct bundle *b, const char *name)
{
    MEM_ROOM(b->left_out, b->n_left_out, b->cap_left_out);
    b->left_out[b->n_left_out++] = arena_strdup(&b->arena, name);
}

/* `needed`: the findings cannot be made again without the table. */
static int add(struct bundle *b, const char *name, const char *path, bool needed)
{
    enum kind kind = kind_of(name);

    if (kind == BODIES || (kind != PLAIN && !b->with_samples &&
                           (kind == NAMES_ONLY || !needed))) {
        leave_out(b, name);
        return 0;
    }
    return kind == PLAIN || b->with_samples ? bundle_add_file(b, name, path)
                                            : bundle_add_table(b, name, path);
}

/* True if some person has several samples, whose answers depend on each other. */
static int has_several(const struct bundle *b, bool *several)
{
    char *path = path_join(b->dir, "roster.csv");
    char *attributes = path_join(b->dir, "attributes.csv");
    struct roster r;
    int code = 0;

    *several = false;
    if (folder_records(&b->run, "roster.csv") &&
        !(code = roster_read(&r, path, attributes, b->err))) {
        bool *seen = mem_array(r.subject.values.n + 1, sizeof *seen);
        for (size_t i = 0; i < r.n; i++) {
            uint32_t who = column_code(&r.subject, i);
            *several |= who && seen[who];
            seen[who] = true;
        }
        free(seen);
        roster_release(&r);
    }
    free(attributes);
    free(path);
    return code;
}

static bool has_part(const char *name, const char *part)
{
    const char *base = path_basename(name);
    size_t n = strlen(part);

    return base - name > (long)n && !strncmp(base - n - 1, part, n);
}

/* A run whose comparisons lie in it needs the tables beside them; one of a classifier its
 * own where people have several images. */
static bool is_needed(const struct bundle *b, const char *name, bool several)
{
    bool of_backend = strchr(name, '/') != NULL;

    if (b->study.task == TASK_CLASSIFY)
        return several;
    return of_backend && !has_part(name, "probes") && !has_part(name, "gallery");
}

static int add_outputs(struct bundle *b)
{
    bool several = false;
    int code = b->study.task == TASK_CLASSIFY ? has_several(b, &several) : 0;

    for (size_t i = 0; i < b->run.n_outputs && !code; i++) {
        const char *name = b->run.outputs[i].name;
        char *path = path_join(b->dir, name);
        code = add(b, name, path, is_needed(b, name, several));
        free(path);
    }
    return code;
}

/* The folder of the comparisons, where it is no part of the run. */
static int add_scores(struct bundle *b)
{
    static const char *const files[] = {
        "scores.json", "cells.csv", "histogram.npy", "histogram.json", "margins.npy",
        "mated.npy", "exceedances.npy", "pairs.npy", "identification.csv", "candidates.csv",
        "roster.csv", "probe-roster.csv", "outputs.csv", "joined.csv",
        "same-person.csv", "backend.json",
    };
    int code = recording_check_scores(&b->run, b->scores, b->err);

    for (size_t i = 0; i < sizeof files / sizeof *files && !code; i++) {
        char *path = path_join(b->scores, files[i]);
        char *name = mem_printf(BUNDLE_SCORES "/%s", files[i]);
        if (path_is_file(path))
            code = add(b, name, path, true);
        free(name);
        free(path);
    }
    return code;
}

/* A run of comparisons that lie elsewhere cannot be made again without them. */
static int check_complete(const struct bundle *b, const char *scores)
{
    bool elsewhere = false;

    for (size_t i = 0; i < b->run.n_inputs; i++)
        elsewhere |= !strcmp(b->run.inputs[i].name, "scores.json");
    if (elsewhere && !scores)
        return err_add(b->err, ERR_INPUT, "%s: was made of comparisons that lie elsewhere, "
                       "expected their folder: --scores DIR", b->dir);
    if (!elsewhere && scores)
        return err_add(b->err, ERR_INPUT, "%s: was not made of a folder of comparisons, "
                       "expected no --scores", b->dir);
    return 0;
}

int bundle_open(struct bundle *b, const char *dir, const char *scores, bool with_samples,
                struct err *err)
{
    char *path = path_join(dir, "run.json"), *study = path_join(dir, "study.json");
    int code;

    *b = (struct bundle){ .dir = dir, .scores = scores, .with_samples = with_samples,
                          .err = err };
    run_init(&b->run);
    code = path_is_file(path) ? run_read(&b->run, path, err)
                              : err_add(err, ERR_INPUT, "%s: is no finished run, expected a "
                                        "folder with a run.json", dir);
    (void)(code || (code = folder_check(dir, &b->run, MADE_AFTER_ALL, err)) ||
           (code = study_load(&b->study, study, NULL, 0, err)) ||
           (code = check_complete(b, scores)) ||
           (code = bundle_add_file(b, "run.json", path)) || (code = add_outputs(b)) ||
           (scores && (code = add_scores(b))));
    free(study);
    free(path);
    return code;
}

void bundle_release(struct bundle *b)
{
    for (size_t i = 0; i < b->n_items; i++)
        text_release(&b->items[i].text);
    free(b->items);
    free(b->left_out);
    dict_release(&b->samples);
    dict_release(&b->people);
    run_release(&b->run);
    study_release(&b->study);
    arena_release(&b->arena);
}
