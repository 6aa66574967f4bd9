/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/cloud_journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_read.h"

#define ENTRY_MAX ((size_t)64 << 10)

/* The folder; NULL where the system names none. */
static char *folder(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (state && *state == '/')
        return mem_printf("%s/misid/galleries", state);
    return home && *home ? mem_printf("%s/.local/state/misid/galleries", home) : NULL;
}

static char *path_of(const char *dir, const char *service, const char *spec,
                     const char *gallery)
{
    char *all = mem_printf("%s\n%s\n%s", service, spec, gallery), hex[HASH_HEX];

    hash_bytes(hex, all, strlen(all));
    free(all);
    return mem_printf("%s/%s-%.24s.json", dir, service, hex);
}

static void add_entry(struct text *to, const char *service, const char *spec,
                      const char *gallery)
{
    struct json_out w = json_out(to);

    w.compact = true;
    json_map(&w, NULL);
    json_string(&w, "service", service);
    json_string(&w, "spec", spec);
    json_string(&w, "gallery", gallery);
    json_int(&w, "made", (int64_t)time(NULL));
    json_end(&w);
    text_addch(to, '\n');
}

int cloud_journal_add(const char *service, const char *spec, const char *gallery,
                      struct err *err)
{
    char *dir = folder(), *path;
    struct text t = TEXT_INIT;
    int fd, code;

    if (!dir)
        return err_add(err, ERR_IO, "there is no HOME or XDG_STATE_HOME, where galleries "
                       "that must be deleted are noted");
    code = path_make_dirs(dir, err);
    path = path_of(dir, service, spec, gallery);
    free(dir);
    fd = code ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (!code && fd < 0)
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot write", path);
    add_entry(&t, service, spec, gallery);
    if (!code && flock(fd, LOCK_EX | LOCK_NB) < 0)
        code = err_add(err, ERR_IO, "%s: another misid has this gallery", path);
    if (!code && (ftruncate(fd, 0) < 0 || write(fd, t.s, t.len) != (ssize_t)t.len ||
                  fsync(fd) < 0))
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot write", path);
    if (code && fd >= 0)
        close(fd);
    text_release(&t);
    free(path);
    return code ? code : fd;
}

void cloud_journal_drop(const char *service, const char *spec, const char *gallery, int fd)
{
    char *dir = folder();

    if (dir) {
        char *path = path_of(dir, service, spec, gallery);
        unlink(path);
        free(path);
    }
    free(dir);
    if (fd >= 0)
        close(fd);
}

static bool is_held(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;

    if (fd >= 0)
        close(fd);
    return held;
}

/* An entry of the journal; what is none is passed over. */
static void read_entry(struct cloud_left *left, const char *path)
{
    struct json_doc doc = { NULL };
    int64_t made = 0;

    if (json_doc_load(&doc, path, ENTRY_MAX, NULL) < 0)
        return;
    const char *service = json_get_string(json_member(doc.root, "service"));
    const char *spec = json_get_string(json_member(doc.root, "spec"));
    const char *gallery = json_get_string(json_member(doc.root, "gallery"));
    if (service && spec && gallery && json_get_int(json_member(doc.root, "made"), &made)) {
        MEM_ROOM(left->items, left->n, left->cap);
        left->items[left->n++] = (struct cloud_leftover){
            arena_strdup(&left->arena, path), arena_strdup(&left->arena, service),
            arena_strdup(&left->arena, spec), arena_strdup(&left->arena, gallery), made,
            is_held(path) };
    }
    json_doc_release(&doc);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct cloud_leftover *)a)->path,
                  ((const struct cloud_leftover *)b)->path);
}

int cloud_journal_read(struct cloud_left *left, struct err *err)
{
    char *dir = folder();
    DIR *d = dir ? opendir(dir) : NULL;
    int code = 0;

    *left = (struct cloud_left){ .n = 0 };
    if (dir && !d && errno != ENOENT)
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        if (n < 6 || strcmp(e->d_name + n - 5, ".json"))
            continue;
        char *path = path_join(dir, e->d_name);
        read_entry(left, path);
        free(path);
    }
    if (d)
        closedir(d);
    free(dir);
    if (left->n)
        qsort(left->items, left->n, sizeof *left->items, by_path);
    return code;
}

void cloud_left_release(struct cloud_left *left)
{
    arena_release(&left->arena);
    free(left->items);
    *left = (struct cloud_left){ .n = 0 };
}
