/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * roster: who is in a data set: samples × subjects × attributes.
 *
 * A sample is one face in one image. It has a name that is unique in the set
 * (its path in the set unless the set says otherwise), the person it shows
 * (subject), the path of its image below the set's root, a status (status.h) and a
 * reason where there is one to give, the place its row came from, and a value per
 * attribute, "" where it is not known.
 *
 * Columns: every attribute is coded with a dictionary; its codes take 1, 2 or 4
 * bytes a sample, as many as the dictionary needs. Code 0 is "" (unknown).
 * Names, paths and values are bytes that need not be UTF-8 (a name on disk need
 * not be); roster_write() percent-encodes what is not.
 *
 * Built by one stage (src/datasets, roster_read()), and not changed any more
 * once it is handed on, but for statuses and hashes that looking at the images
 * adds (roster_set_status(), roster_set_text()).
 *
 * roster.csv: `sample,subject,path,status,reason,sha256,source,box,landmarks`,
 * then the attributes in their order. In sample, subject, path and source the
 * byte `%`, controls and bytes that are not UTF-8 are written %XX.
 *
 * Ownership: the roster owns all its strings; those of a dictionary stay valid
 * until the next change. roster_read() fills one that holds nothing, zeroed memory,
 * without a roster_init() before it; such memory may be released.
 * Threads: read-only once built.
 */
#ifndef MODEL_ROSTER_H
#define MODEL_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dict.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/status.h"

/* Where labels come from, best founded first; a report on predicted labels must
 * say so. */
enum provenance {
    PROVENANCE_SELF_REPORTED,   /* the person said so */
    PROVENANCE_OFFICIAL_RECORD, /* a register, a parliament's roll, a booking */
    PROVENANCE_ANNOTATOR,       /* somebody judged by the look of the image */
    PROVENANCE_PREDICTED,       /* a program guessed */
    PROVENANCE_MEASURED,        /* computed from the pixels */
    PROVENANCE_DRAWN,           /* a parameter of a drawn image: exact, of nobody */
    PROVENANCE_UNSTATED,        /* the set does not say */
    PROVENANCES
};
extern const char *const provenance_names[PROVENANCES + 1];

struct column {             /* one dictionary-coded column */
    struct dict values;
    void *codes;
    unsigned width;         /* bytes a code: 1, 2 or 4; 0: every code is 0 */
    size_t cap;
};

struct roster_attribute {
    const char *name;
    enum provenance provenance;
    const char *about;      /* how the labels were made, in words; may be "" */
    bool axis;              /* people are grouped by it; else a name, a date … */
    bool fixed;             /* a person has one value in all images */
    bool id;                /* also names the sample */
    struct column column;
};

/* Columns with a reserved name, beside the fixed ones. */
enum roster_text { ROSTER_SHA256, ROSTER_BOX, ROSTER_LANDMARKS, ROSTER_TEXTS };

struct roster {
    struct arena arena;
    size_t n;               /* samples */
    struct dict samples;    /* number = row */
    bool has_subjects;      /* else each sample is a person of its own */
    struct column subject;
    bool has_paths;         /* else a sample's path is path_prefix + its name */
    struct column path;
    char *path_prefix;
    struct column status;   /* codes are enum status */
    struct column reason;
    struct column file;     /* source: the table's or folder's name … */
    uint32_t *line;         /* … and the line, 0 where there is none */
    size_t line_cap;
    struct column texts[ROSTER_TEXTS];
    struct roster_attribute *attributes;
    size_t n_attributes, attributes_cap;
    const char *chosen;     /* of more samples these, in words; NULL: all of them */
};

/* More samples than any set of faces has; rows and codes fit in 32 bits. */
#define ROSTER_MAX_SAMPLES ((size_t)200000000)
#define ROSTER_MAX_ATTRIBUTES 4096

void roster_init(struct roster *r);
void roster_release(struct roster *r);
size_t roster_bytes(const struct roster *r); /* of memory, all of it */

/* Building. An attribute's name must not be one of the columns above
 * (roster_is_reserved()) nor there already. */
bool roster_is_reserved(const char *name);
size_t roster_add_attribute(struct roster *r, const char *name,
                            enum provenance provenance, const char *about);
/* Another such name for it; what it is about says how the set called it. */
void roster_rename_attribute(struct roster *r, size_t attribute, const char *name);
/* The row of the sample, added if it was not there (*fresh); -1 if there is no
 * more room. */
long roster_add(struct roster *r, const char *sample, bool *fresh);
void roster_set_subject(struct roster *r, size_t row, const char *subject);
void roster_set_path(struct roster *r, size_t row, const char *path);
void roster_set_source(struct roster *r, size_t row, const char *file, size_t line);
void roster_set_status(struct roster *r, size_t row, enum status status,
                       const char *reason);
void roster_set_text(struct roster *r, size_t row, enum roster_text which,
                     const char *text);
void roster_set(struct roster *r, size_t row, size_t attribute, const char *value);
void roster_shrink(struct roster *r); /* once built */

/* Only n of its rows, ascending; all others are gone. `why` says which, in words
 * (roster->chosen). */
void roster_choose(struct roster *r, const size_t *rows, size_t n, const char *why);

/* Reading. */
const char *roster_sample(const struct roster *r, size_t row);
/* "" if unknown; the sample's name where the set names no subjects. */
const char *roster_subject(const struct roster *r, size_t row);
enum status roster_status(const struct roster *r, size_t row);
const char *roster_reason(const struct roster *r, size_t row);
const char *roster_file(const struct roster *r, size_t row);
size_t roster_line(const struct roster *r, size_t row);
const char *roster_text(const struct roster *r, size_t row, enum roster_text which);
const char *roster_value(const struct roster *r, size_t row, size_t attribute);
uint32_t roster_code(const struct roster *r, size_t row, size_t attribute);
void roster_add_path(const struct roster *r, size_t row, struct text *to);
long roster_attribute(const struct roster *r, const char *name); /* or -1 */
/* The same where it must be there: else a fault that lists those that are. */
long roster_need_attribute(const struct roster *r, const char *name, struct err *err);
long roster_find(const struct roster *r, const char *sample);    /* row, or -1 */

/* One column, coded and decoded; row < n of the roster. */
uint32_t column_code(const struct column *c, size_t row);
const char *column_value(const struct column *c, size_t row);
void column_set(struct column *c, size_t row, const char *value);
void column_set_code(struct column *c, size_t row, uint32_t code);
void column_release(struct column *c);

/*
 * Finding samples by what other people's tables call them: the sample's name,
 * its path, the file's name with and without extension, and every attribute
 * that is marked as an id.
 */
struct roster_index {
    struct dict keys;
    uint32_t *rows;    /* a key's row, or ROSTER_AMBIGUOUS */
    size_t cap;
};
#define ROSTER_AMBIGUOUS UINT32_MAX
void roster_index_init(struct roster_index *index, const struct roster *r);
/* Row; -1: nobody is called so; -2: several are. */
long roster_index_find(const struct roster_index *index, const char *key);
void roster_index_release(struct roster_index *index);

/* roster.csv. Reading also takes attributes' provenance from the table
 * `attribute,provenance,about` that roster_write_attributes() writes, if
 * `attributes_path` is not NULL. */
int roster_write(const struct roster *r, const char *path, struct err *err);
/* The same for n of its rows. */
int roster_write_rows(const struct roster *r, const size_t *rows, size_t n,
                      const char *path, struct err *err);
void roster_add_rows(const struct roster *r, const size_t *rows, size_t n,
                     struct text *to);
void roster_add_attributes(const struct roster *r, struct text *to);
int roster_write_attributes(const struct roster *r, const char *path, struct err *err);
int roster_read(struct roster *r, const char *path, const char *attributes_path,
                struct err *err);
/* Anybody's table too: of the columns before the attributes any may be missing.
 * Without `subject` each sample is a person of its own, without `status` all are ok,
 * without `sample` they are called by the number of their row, from 1. */
int roster_read_plain(struct roster *r, const char *path, struct err *err);

/* Bytes of a name as they stand in roster.csv and in messages. */
void roster_add_encoded(struct text *to, const char *bytes);

#endif
