/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define PREFIX "misid-scratch-"
#define STALE 60      /* seconds; a younger one may be about to be locked */
#define DEPTH 32      /* folders in folders that are looked into; deeper is too much */
#define TRIES 5       /* of removing what a process that is just ending still writes to */

static const char *parent_folder(void)
{
    const char *parent = getenv("TMPDIR");

    return parent && *parent ? parent : "/tmp";
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    remove(path);
    return 0;
}

/* Never follows a link. */
static void remove_tree(const char *path)
{
    for (int i = 0; i < TRIES; i++) {
        if (i)
            nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
        nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        if (access(path, F_OK) < 0)
            return;
    }
}

/* The folder, if it is one of ours that nobody holds any more: locked; else -1. */
static int take_stale(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
        st.st_mtime + STALE < time(NULL) && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    close(fd);
    return -1;
}

static void sweep(void)
{
    DIR *dir = opendir(parent_folder());

    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        char *path = mem_printf("%s/%s", parent_folder(), e->d_name);
        int fd = take_stale(path);
        if (fd >= 0) {
            remove_tree(path);
            close(fd);
        }
        free(path);
    }
    if (dir)
        closedir(dir);
}

int scratch_make(struct scratch *s, struct err *err)
{
    static pthread_once_t swept = PTHREAD_ONCE_INIT;
    char *path = mem_printf("%s/" PREFIX "XXXXXX", parent_folder());

    pthread_once(&swept, sweep);
    *s = (struct scratch){ .path = NULL, .fd = -1 };
    if (!mkdtemp(path)) {
        int code = err_add_errno(err, ERR_IO, errno, "%s: cannot make a folder", path);
        free(path);
        return code;
    }
    s->path = path;
    s->fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (s->fd >= 0)
        flock(s->fd, LOCK_EX | LOCK_NB);
    return 0;
}

void scratch_remove(struct scratch *s)
{
    if (s->path) {
        remove_tree(s->path);
        if (s->fd >= 0)
            close(s->fd);
    }
    free(s->path);
    *s = (struct scratch){ .path = NULL, .fd = -1 };
}

struct sum {
    size_t bytes, most;
};

/* What lies in an open folder, and deeper; closes it. */
static void add_up(int fd, struct sum *sum, int depth)
{
    DIR *dir = fdopendir(fd);

    if (!dir)
        close(fd);
    for (struct dirent *e; dir && sum->bytes <= sum->most && (e = readdir(dir));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        sum->bytes += (size_t)st.st_blocks * 512;
        if (S_ISDIR(st.st_mode) && depth == DEPTH)
            sum->bytes = SIZE_MAX;
        int inner = !S_ISDIR(st.st_mode) || depth == DEPTH ? -1
                    : openat(dirfd(dir), e->d_name,
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner >= 0)
            add_up(inner, sum, depth + 1);
    }
    if (dir)
        closedir(dir);
}

bool scratch_holds(const struct scratch *s, size_t bytes)
{
    struct sum sum = { 0, bytes };
    int fd = s->path ? open(s->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

    if (fd >= 0)
        add_up(fd, &sum, 0);
    return sum.bytes > bytes;
}
