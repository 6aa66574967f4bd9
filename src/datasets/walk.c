/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/dict.h"
#include "base/file.h"

bool walk_is_image_name(const char *name)
{
    static const char *const known[] = { "jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff",
                                         "webp", "ppm", "pgm", "pbm", "pnm" };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof known / sizeof *known; i++)
        if (!strcasecmp(dot + 1, known[i]))
            return true;
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What an entering of a folder needs. */
struct walker {
    struct walk *w;
    struct dict seen; /* folders, as "device:inode" */
    struct err *err;
};

static int enter(struct walker *k, const char *dir, const char *below, size_t depth);

static bool is_link(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* One name of a folder. */
static int visit(struct walker *k, const char *path, const char *below, size_t depth)
{
    struct walk *w = k->w;
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return enter(k, path, below, depth + 1);
    if (!walk_is_image_name(below))
        return 0;
    /* also a link to nothing, or a FIFO: reading it will say what it is */
    MEM_ROOM(w->files, w->n, w->cap);
    w->files[w->n++] = arena_strdup(&w->arena, below);
    return 0;
}

/* The names in a folder in byte order, malloc'd, without those that begin with
 * a dot. */
static int list(struct walker *k, const char *dir, char ***names, size_t *n)
{
    size_t cap = 0;
    DIR *d = opendir(dir);
    struct stat st;
    bool fresh = true;

    *names = NULL;
    *n = 0;
    if (!d || fstat(dirfd(d), &st) < 0) {
        int code = err_add_errno(k->err, ERR_IO, errno, "%s: cannot read the folder", dir);
        if (d)
            closedir(d);
        return code;
    }
    char *key = mem_printf("%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    dict_add(&k->seen, key, &fresh);
    free(key);
    for (struct dirent *e; fresh && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        MEM_ROOM(*names, *n, cap);
        (*names)[(*n)++] = mem_strdup(e->d_name);
    }
    closedir(d);
    if (*n)
        qsort(*names, *n, sizeof **names, by_bytes);
    return fresh;
}

static int enter(struct walker *k, const char *dir, const char *below, size_t depth)
{
    struct walk *w = k->w;
    char **names;
    size_t n;

    if (depth > WALK_MAX_DEPTH)
        return err_add(k->err, ERR_LIMIT, "%s: folders nest deeper than %d", dir,
                       WALK_MAX_DEPTH);
    int code = list(k, dir, &names, &n);
    if (code == 0) {
        MEM_ROOM(w->again, w->n_again, w->again_cap);
        w->again[w->n_again++] = arena_strdup(&w->arena, below);
    }
    if (code > 0)
        code = 0;
    /* what lies here first, then what links lead to */
    for (int links = 0; links < 2; links++) {
        for (size_t i = 0; i < n && !code; i++) {
            char *path = path_join(dir, names[i]);
            char *inner = *below ? mem_printf("%s/%s", below, names[i])
                                 : mem_strdup(names[i]);
            if (is_link(path) == links)
                code = visit(k, path, inner, depth);
            free(path);
            free(inner);
        }
    }
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return code;
}

int walk_images(struct walk *w, const char *dir, struct err *err)
{
    struct walker k = { w, DICT_INIT, err };

    *w = (struct walk){ .arena = ARENA_INIT };
    int code = enter(&k, *dir ? dir : ".", "", 0);
    dict_release(&k.seen);
    if (code) {
        walk_release(w);
        return code;
    }
    if (w->n)
        qsort(w->files, w->n, sizeof *w->files, by_bytes);
    return 0;
}

void walk_release(struct walk *w)
{
    free(w->files);
    free(w->again);
    arena_release(&w->arena);
    *w = (struct walk){ .arena = ARENA_INIT };
}
