/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * descriptor: the part of a dataset.yaml that says how a set of images becomes
 * a roster: where its tables and images lie (sources), and what their fields
 * mean (attributes). misid-formats(5) has every key.
 *
 * Ownership: strings and arrays belong to the arena of the data set;
 * descriptor_release() frees the patterns and templates. Threads: as for
 * templates, one at a time.
 */
#ifndef DATASETS_DESCRIPTOR_H
#define DATASETS_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/regex.h"
#include "base/yaml.h"
#include "datasets/template.h"
#include "model/roster.h"

enum layout { LAYOUT_TABLE, LAYOUT_FILENAME, LAYOUT_TREE, LAYOUT_PAIRS, LAYOUT_PEOPLE,
              LAYOUT_JSON, LAYOUT_ROSTER, LAYOUTS };
extern const char *const layout_names[LAYOUTS + 1];

enum table_format { TABLE_CSV, TABLE_TSV, TABLE_SPACES, TABLE_TABS, TABLE_FORMATS };
extern const char *const table_format_names[TABLE_FORMATS + 1];

/* What a row of a table that only adds labels is matched with. */
enum join { JOIN_NONE, JOIN_SUBJECT, JOIN_SAMPLE, JOIN_PATH, JOIN_FILE, JOIN_STEM, JOINS };
extern const char *const join_names[JOINS + 1]; /* from JOIN_SUBJECT on */

struct texts {             /* templates; the first that can be bound counts */
    struct template *items;
    size_t n;
};

struct source_view {       /* other names for some fields of a row */
    const char *prefix;    /* every field that begins so, without that; or NULL */
    const char **names;    /* alias … */
    const char **fields;   /* … and what it is called in the table */
    size_t n;
};

struct source {
    const char *name;
    size_t line;
    enum layout layout;
    bool optional;         /* samples that it has nothing on are only noted */
    bool fallback;         /* read only if no source before it was there */
    const char **files;    /* the first that is there; may hold {each} */
    size_t n_files;
    bool named;            /* the files were named by --set: one must be there */
    const char *each;      /* field that takes each of the values in turn, or NULL */
    const char **each_values;
    size_t n_each;
    int format;            /* a table_format, or -1: by the name of the file */
    const char **columns;  /* of a table without a header */
    size_t n_columns;
    const char **unnamed;  /* first columns that the header leaves out */
    size_t n_unnamed;
    size_t skip;           /* lines before the table */
    const char *header;    /* words: the header is the first line with this field */
    bool comments;
    struct regex *pattern; /* filename */
    const char *key;       /* json: field for the keys of the outermost mapping */
    struct { const char *member, *value; } *lists; /* json: members that hold the rows */
    size_t n_lists;
    struct source_view *views;
    size_t n_views;
    bool trials;           /* each row is a comparison of its first two views */
    struct texts path, sample, subject, box, landmarks, fold, mated;
    const char **scores;   /* fields with scores recorded for the trials */
    size_t n_scores;
    enum join join;
    struct texts key_text; /* of the join */
};

/* where: {age: [20-29, 30-39]}: only samples with one of these values. */
struct where {
    const char *attribute;
    const char **values;
    size_t n;
};

struct value_map {
    const char **raw, **value;
    size_t n;
};

struct attribute {
    const char *name, *about;
    size_t line;
    enum provenance provenance;
    bool axis, fixed, id;
    struct texts from;
    long of;               /* where it is not known, that attribute, else -1 */
    struct value_map map;
    bool keep;             /* a value that is not in the map stays as it is */
    double *cuts;          /* bins */
    const char **bins;     /* n_cuts + 1 names */
    size_t n_cuts;
    struct value_map largest; /* field → value: the largest positive one */
    const char **unknown;
    size_t n_unknown;
};

#define DESCRIPTOR_MAX_SOURCES 100

struct descriptor {
    const char *path;      /* of the dataset.yaml, for messages */
    const char **images;   /* folders below the root; the first that is there */
    size_t n_images;
    const char **more_images; /* further folders with files of the same names */
    size_t n_more;
    const char **extensions;  /* tried where a path has none */
    size_t n_extensions;
    const char *templates; /* a matrix with a row a sample, or NULL */
    bool outside;          /* paths may leave the root */
    bool faces;            /* an image may hold several samples */
    bool no_images;        /* scores or labels alone: nothing to look for on disk */
    bool rest;             /* every field not used otherwise is an attribute */
    enum provenance rest_provenance;
    struct source *sources;
    size_t n_sources;
    struct attribute *attributes;
    size_t n_attributes;
    struct where *wheres;  /* all of them must hold */
    size_t n_wheres;
};

/* Reads the keys above from the document; faults go to its errors. NULL if the
 * set describes no images. */
struct descriptor *descriptor_read(struct yaml_doc *doc, struct arena *arena);
void descriptor_release(struct descriptor *x);

#endif
