/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other people's label files of any bytes: lists of pairs and of people, tables
 * in three formats, JSON, rosters, and descriptions of sets. The first byte
 * chooses (p, o, t, s, b, j, r, d), the rest is the file. Whatever it is, reading ends; where it does not fail,
 * the roster is sound: every row has a name and a place in the file, trials are
 * between its rows, and it comes back the same when it is written and read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "datasets/census.h"
#include "datasets/dataset.h"
#include "fuzz.h"

#define HEAD "name: f\ntitle: f\nabout: f\nsource: f\nno_images: true\nrest: unstated\nsources:\n"
#define PAIRS "views: [{n: name1, i: image1}, {n: name2, i: image2}], trials: true, mated: mated, "

static const struct {
    char key;
    const char *yaml;
} layouts[] = {
    { 'p', HEAD "- {name: metadata, layout: pairs, file: x, " PAIRS
           "path: '{n}_{i|04}', subject: n, fold: fold}\n" },
    { 'o', HEAD "- {name: metadata, layout: people, file: x, path: '{name}_{image|04}', "
           "subject: name}\n" },
    { 't', HEAD "- {name: metadata, layout: table, file: x, path: [path, a], subject: [who, b]}\n"
           "attributes:\n  g: {from: g, provenance: annotator, map: {f: F}, fixed: true}\n"
           "  y: {from: y, provenance: measured, bins: {cuts: [18, 30]}}\n"
           "  d: {of: y, provenance: measured, map: {18-29: young}}\n" },
    { 's', HEAD "- {name: metadata, layout: table, format: spaces, file: x, skip: 1, "
           "unnamed: [path], path: path}\n" },
    { 'b', HEAD "- {name: metadata, layout: table, format: tabs, header: path, file: x, "
           "path: '{path|underscores}'}\n" },
    { 'j', HEAD "- {name: metadata, layout: json, file: x, key: who, lists: {dark: d, all: a}, "
           "path: item, subject: who}\n" },
    { 'r', "name: f\ntitle: f\nabout: f\nsource: f\nno_images: true\nsources:\n"
           "- {name: metadata, layout: roster, file: x}\n" },
    { 'd', NULL }, /* a description */
};
#define LAYOUTS_N (sizeof layouts / sizeof *layouts)

/* A file in memory with these bytes: its path, malloc'd. */
static char *memory_file(const void *data, size_t len, int *fd)
{
    *fd = memfd_create("fuzz", MFD_CLOEXEC);
    assert(*fd >= 0 && write(*fd, data, len) == (ssize_t)len);
    return mem_printf("/proc/self/fd/%d", *fd);
}

static void check_roster(const struct roster *r, const struct trials *t)
{
    struct err err = ERR_INIT;
    struct roster back;
    struct census census;
    int fd;
    char *path = memory_file("", 0, &fd);
    struct text text = TEXT_INIT;
    size_t *rows = mem_array(r->n, sizeof *rows);

    for (size_t i = 0; i < r->n; i++) {
        assert(*roster_sample(r, i));
        assert(roster_find(r, roster_sample(r, i)) == (long)i);
        rows[i] = i;
    }
    for (size_t i = 0; i < t->n; i++)
        assert(t->probe[i] < r->n && t->reference[i] < r->n);
    roster_add_rows(r, rows, r->n, &text);
    assert(write(fd, text.s, text.len) == (ssize_t)text.len);
    if (roster_read(&back, path, NULL, &err))
        fprintf(stderr, "%s\n", err_text(&err));
    assert(err.count == 0 && back.n == r->n && back.n_attributes == r->n_attributes);
    for (size_t i = 0; i < r->n; i++) {
        assert(!strcmp(roster_sample(r, i), roster_sample(&back, i)));
        for (size_t a = 0; a < r->n_attributes; a++)
            assert(!strcmp(roster_value(r, i, a), roster_value(&back, i, a)));
    }
    assert(census_take(&census, r, NULL, 0, &err) == 0);
    census_release(&census);
    roster_release(&back);
    text_release(&text);
    free(rows);
    free(path);
    close(fd);
}

/* A dataset.yaml of any bytes: taken, or refused in words. */
static void describe(const uint8_t *data, size_t len)
{
    struct err err = ERR_INIT;
    struct dataset d;
    int fd;
    char *yaml = memory_file(data, len, &fd);
    int code = dataset_load(&d, yaml, NULL, &err);

    assert((code < 0) == (err.count > 0));
    dataset_release(&d);
    err_release(&err);
    free(yaml);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    size_t layout = 0;
    int fd, yaml_fd;

    if (len == 0 || len > 65536)
        return 0;
    while (layout < LAYOUTS_N && layouts[layout].key != (char)data[0])
        layout++;
    if (layout == LAYOUTS_N)
        return 0;
    if (!layouts[layout].yaml) {
        describe(data + 1, len - 1);
        return 0;
    }
    char *yaml = memory_file(layouts[layout].yaml, strlen(layouts[layout].yaml), &yaml_fd);
    char *path = memory_file(data + 1, len - 1, &fd);
    char *set = mem_printf("metadata=%s", path);
    const char *sets[] = { set };
    struct err err = ERR_INIT;
    struct dataset d;
    struct roster r;
    struct trials trials;
    struct problems problems;

    int code = dataset_load_with(&d, yaml, NULL, sets, 1, &err);
    if (code)
        fprintf(stderr, "%s\n", err_text(&err));
    assert(code == 0);
    trials_init(&trials);
    problems_init(&problems);
    const struct dataset_options options = { &problems, &trials };
    code = dataset_roster(&d, NULL, &options, &r, &err);
    assert((code < 0) == (err.count > 0));
    if (code == 0)
        check_roster(&r, &trials);
    roster_release(&r);
    trials_release(&trials);
    problems_release(&problems);
    dataset_release(&d);
    err_release(&err);
    free(set);
    free(path);
    free(yaml);
    close(fd);
    close(yaml_fd);
    return 0;
}
