/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache_file: what cache.c and cache_keep.c share: the file. Inside src/backends only. */
#ifndef BACKENDS_CACHE_FILE_H
#define BACKENDS_CACHE_FILE_H

#include <pthread.h>

#include "backends/cache.h"
#include "base/db.h"

struct cache {
    pthread_mutex_t lock;      /* of everything below */
    char *path;                /* NULL: nowhere to be */
    struct db *db;             /* NULL: it does nothing */
    struct db_statement *get, *put, *add_backend, *find_backend;
    char *note;
    size_t damaged;            /* answers that were not as they had been put */
    bool broken;               /* the file turned out to be damaged: set it aside */
};

/* What stands beside an answer. */
void cache_sum(char sum[HASH_HEX], const char *key, const void *bytes, size_t len);

#endif
