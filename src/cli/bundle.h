/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bundle: a run as one archive that others can audit: study, counts, comparisons,
 * findings, verdicts, charts and record, with the hash of each; no image, no template, and
 * no name of a sample or person unless asked for.
 *
 * Tables with names that the findings cannot be made again without are rewritten: samples
 * are called s1, s2 …, people p1, p2 …, alike in all tables, in the order of the rows; what
 * else could tell who they are is left empty (bundle_names.c). Where nobody has several
 * images, the counts are enough, and there is no such table.
 *
 * In the bundle: the files of the run under their names, `scores/` where the comparisons
 * lay elsewhere, and
 *     bundle.json               what this is, what was rewritten, what was left out
 *     ro-crate-metadata.json    RO-Crate 1.1
 *     manifest-sha256.txt       `sha256sum -c` reads it; every file but itself
 *
 * Ownership: bundle_release(). Threads: one.
 */
#ifndef CLI_BUNDLE_H
#define CLI_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dict.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/run.h"
#include "model/study.h"

#define BUNDLE_FORMAT 1
#define BUNDLE_JSON "bundle.json"
#define BUNDLE_CRATE "ro-crate-metadata.json"
#define BUNDLE_MANIFEST "manifest-sha256.txt"
#define BUNDLE_SCORES "scores"

struct bundle_item {
    const char *name;
    const char *path;        /* of the file, or NULL: */
    struct text text;
    bool rewritten;          /* names were taken out */
    char sha256[HASH_HEX];
    uint64_t size;
};

struct bundle {
    struct arena arena;
    const char *dir, *scores; /* scores: NULL where they lie in the run, or there are none */
    bool with_samples;
    struct run run;
    struct study study;
    struct bundle_item *items; /* sorted by name once complete */
    size_t n_items, cap_items;
    const char **left_out;   /* files of the run */
    size_t n_left_out, cap_left_out;
    struct dict samples, people;
    struct err *err;
};

/* Reads the run, checks every file against its record, and gathers what goes in. */
int bundle_open(struct bundle *b, const char *dir, const char *scores, bool with_samples,
                struct err *err);
void bundle_release(struct bundle *b);
/* A file, or a text (which it takes over), hashed. */
int bundle_add_file(struct bundle *b, const char *name, const char *path);
void bundle_add_text(struct bundle *b, const char *name, struct text *text, bool rewritten);

/* The table at `path` without names, as the file `name`. */
int bundle_add_table(struct bundle *b, const char *name, const char *path);

/* bundle.json, the metadata and at last the manifest, of what is there. */
void bundle_describe(struct bundle *b);

#endif
