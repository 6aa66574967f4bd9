/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache: answers of backends, kept from run to run in one file, DIR/answers.db.
 *
 * An answer is found by SHA-256 of the image file's bytes, the fingerprint of the
 * backend and how the one was made into what the other saw (normalisation, options, the
 * data set's box and landmarks, what was asked for), all three hashed into its key; so
 * another model, option or version never gets the answer of this one. Every answer has
 * a hash of its key and bytes beside it: one that was damaged is not found.
 *
 * Several programs may use one cache at a time. It survives kill -9 at any moment; a
 * power cut may cost the last answers, nothing else. A file that is damaged is set aside
 * as answers.db.damaged and a new one begun; where that is not possible, or the file is
 * of a later misid, it is left alone and the cache does nothing. What happened is told
 * in one line (cache_note()), and never changes an answer.
 *
 * Ownership: cache_close(). Threads: any number.
 */
#ifndef BACKENDS_CACHE_H
#define BACKENDS_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backends/backend.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/text.h"

struct cache;

/* ${MISID_CACHE}, or misid below ${XDG_CACHE_HOME:-~/.cache}; malloc'd, NULL where the
 * system names none of them. */
char *cache_default_dir(void);

/* Always gives a cache, if only one that does nothing. */
struct cache *cache_open(const char *dir);
void cache_close(struct cache *c);
/* What is wrong with it, in one line, or "". Belongs to the cache. */
const char *cache_note(const struct cache *c);

void cache_key(char key[HASH_HEX], const char *file_sha256, const char *fingerprint,
               const char *how);
/* Replaces `bytes` and gives true if the answer is there. */
bool cache_get(struct cache *c, const char *key, struct text *bytes);
struct cache_item {
    char key[HASH_HEX];
    struct text bytes;
};
/* All of them, or none. */
void cache_put(struct cache *c, const struct backend *b, const struct cache_item *items,
               size_t n);

struct cache_backend {
    const char *name, *fingerprint;
    int64_t answers, bytes;
    int64_t first, last;       /* seconds since 1970 */
};
struct cache_stat {
    struct arena arena;
    char *path;
    int64_t file_bytes;
    struct cache_backend *backends;
    size_t n_backends;
    bool sound;                /* every page and every answer was looked at */
    int64_t damaged;           /* answers */
};
/* Looks at all of it. Fails where there is no cache that can be read. */
int cache_stat(struct cache *c, struct cache_stat *s, struct err *err);
void cache_stat_release(struct cache_stat *s);

struct cache_prune {
    int64_t before;            /* drop what was made before; 0: none */
    const char *backend;       /* drop only of it: name or fingerprint; NULL: of all */
    int64_t max_bytes;         /* then drop the oldest until the file is so small; or -1 */
};
/* How many were dropped. The file becomes as small as what is left. */
int cache_prune(struct cache *c, const struct cache_prune *p, int64_t *dropped,
                struct err *err);

#endif
