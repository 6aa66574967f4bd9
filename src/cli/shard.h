/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shard: a part of the work of a command (`--shard 3/8`), and the folder that it made.
 *
 * What is a part's own follows from its number alone: of samples the i-th of n runs of
 * nearly equal length, in the order of the set; of comparisons what count_deal() deals.
 *
 * shard.json is removed before a part is begun and written last, so that a folder that
 * has one holds a whole part. It has a key, the same for all parts of one work and no
 * other, and the SHA-256 of every file. `misid merge` takes parts of one work, each once.
 *
 * Ownership: part_release(); texts of a part live as long as it does. Threads: one.
 * Fails when: a folder is no whole part, or parts are not those of one work.
 */
#ifndef CLI_SHARD_H
#define CLI_SHARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_read.h"
#include "model/roster.h"

#define SHARD_JSON "shard.json"
#define SHARD_OPTION(to)                                                                \
    { OPTION_TEXT, "shard", "I/N", "only the I-th of N parts, for misid merge", &(to) }

struct shard {
    size_t i, n;               /* i from 1; n is 0 where the work is not shared */
};

/* "3/8"; NULL is no shard. */
int shard_parse(const char *command, const char *text, struct shard *s, struct err *err);
/* Its samples [from, to) of n; all of them where the work is not shared. Fails where
 * there are fewer samples than parts. */
int shard_range(const char *command, const struct shard *s, size_t n, size_t *from,
                size_t *to, struct err *err);

/* The key of parts that are asked the same, by this version, of a set that was read
 * alike: its first n rows. */
void shard_key(char key[HASH_HEX], const char *asked, const struct roster *r, size_t n);

struct shard_record {
    const char *stage;         /* the command */
    struct shard shard;
    char key[HASH_HEX];
    size_t samples;            /* of all parts */
    const char *const *files;  /* names, NULL at the end; those that are not there are none
                                  of the part */
    void (*add)(void *self, struct json_out *w); /* members of the stage's own, or NULL */
    void *self;
};
int shard_write(const struct shard_record *r, const char *dir, struct err *err);
/* What is begun now is no whole part yet, or none at all. */
int shard_unfinish(const char *dir, struct err *err);
/* A part of a whole must not be taken for it: fails on a folder that is one. */
int shard_refuse(const char *dir, struct err *err);

struct part {
    const char *dir;           /* the caller's */
    struct json_doc doc;
    const char *stage, *key;
    struct shard shard;
    size_t samples;
};

/* The parts of one work, in the order of their numbers, with every file as its record
 * says. `dirs` in any order. */
int parts_load(struct part **parts, const char *const *dirs, size_t n, struct err *err);
void parts_release(struct part *parts, size_t n);
/* True if the record names the file; part_sha256() is then its hash, else NULL. */
bool part_has(const struct part *p, const char *file);
const char *part_sha256(const struct part *p, const char *file);
/* Fails where the parts do not have the same file of the name, or have none alike. */
int parts_agree(const struct part *parts, size_t n, const char *file, struct err *err);
/* The file of the first part, as it is, into the folder `out`; none is made, and an old
 * one is removed, where the parts have none. */
int parts_copy(const struct part *parts, size_t n, const char *file, const char *out,
               struct err *err);

#endif
