/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults of a disk, made on purpose: loaded before the C library (LD_PRELOAD), this
 * counts what a program does to files below one folder (opening one to write, writing,
 * syncing, renaming, making it longer or shorter, making a folder) and lets one of these
 * go wrong. tests/faults/lib.sh walks over all of them.
 *
 *   MISID_FAULTS   a file of FAULTS_BYTES, mapped: the count, shared with children, and
 *                  in words what went wrong
 *   MISID_FAULT_UNDER  the folder, an absolute path
 *   MISID_FAULT_AT     which operation goes wrong, from 1; 0 only counts
 *   MISID_FAULT_KIND   eio: that one, with EIO; enospc: that one and whatever asks for
 *                      room after it, as on a disk that is full; short: that one, if it
 *                      writes, takes half and says so, which is no fault; torn: it takes
 *                      half, then the disk is full
 *
 * Files that stdio writes are cookies here, as its own write() cannot be replaced.
 * Without MISID_FAULTS everything is as always.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FAULTS_BYTES 4096
#define MAX_FD 4096
#define MAX_STREAMS 64

enum deed { OPEN, WRITE, SYNC, SYNC_FOLDER, RENAME, RESIZE, FOLDER };
static const char *const deed_names[] = { "open", "write", "sync", "sync-folder",
                                          "rename", "resize", "mkdir" };

struct shared {
    atomic_long n;
    atomic_int full;
    char what[FAULTS_BYTES - 64];
};

static struct shared *shared;
static const char *under;
static size_t under_len;
static long at;
static enum { EIO_ONCE, FULL, SHORT, TORN } kind;
static atomic_bool watched[MAX_FD];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    FILE *fp;
    int fd;
} streams[MAX_STREAMS];

__attribute__((constructor)) static void begin(void)
{
    static const char *const kinds[] = { "eio", "enospc", "short", "torn" };
    const char *file = getenv("MISID_FAULTS"), *n = getenv("MISID_FAULT_AT");
    const char *name = getenv("MISID_FAULT_KIND");

    under = getenv("MISID_FAULT_UNDER");
    if (!file || !under)
        return;
    under_len = strlen(under);
    at = n ? atol(n) : 0;
    for (int i = 0; name && i < 4; i++)
        if (!strcmp(name, kinds[i]))
            kind = i;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
    void *p = fd < 0 ? MAP_FAILED
              : mmap(NULL, FAULTS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        syscall(SYS_close, fd);
    if (p != MAP_FAILED)
        shared = p;
}

/* What one file operation comes to: 0, an errno, or HALVED for a write. */
#define HALVED (-1)
static int judge(enum deed deed, const char *path)
{
    const bool grows = deed != SYNC && deed != SYNC_FOLDER && deed != RENAME;
    long n = atomic_fetch_add(&shared->n, 1) + 1;

    if (n != at)
        return grows && atomic_load(&shared->full) ? ENOSPC : 0;
    snprintf(shared->what, sizeof shared->what, "%s %s", deed_names[deed], path);
    switch (kind) {
    case EIO_ONCE:
        return EIO;
    case FULL:
        atomic_store(&shared->full, 1);
        return grows ? ENOSPC : 0;
    case SHORT:
        return deed == WRITE ? HALVED : 0;
    case TORN:
        atomic_store(&shared->full, 1);
        return deed == WRITE ? HALVED : grows ? ENOSPC : 0;
    }
    return 0;
}

static bool begins(const char *path)
{
    return !strncmp(path, under, under_len) && (!path[under_len] || path[under_len] == '/');
}

/* Below the folder, by its text. */
static bool is_under(const char *path)
{
    char whole[2 * 4096], cwd[4096];

    if (!shared)
        return false;
    if (*path == '/')
        return begins(path);
    if (!getcwd(cwd, sizeof cwd))
        return false;
    snprintf(whole, sizeof whole, "%s/%s", cwd, path);
    return begins(whole);
}

static bool is_watched(int fd)
{
    return shared && fd > 2 && fd < MAX_FD && atomic_load(&watched[fd]);
}

static int judge_fd(enum deed deed, int fd)
{
    char link[64], path[4096] = "";
    struct stat st;

    if (!is_watched(fd))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = '\0';
    if (deed == SYNC && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        deed = SYNC_FOLDER;
    return judge(deed, path);
}

static int open_at(int dir, const char *path, int flags, mode_t mode)
{
    const bool writes = (flags & O_ACCMODE) != O_RDONLY;
    struct stat st;
    const bool there = shared && stat(path, &st) == 0;
    const bool ours = writes && dir == AT_FDCWD && is_under(path) &&
                      (!there || S_ISREG(st.st_mode));

    /* a file that is there and stays as it is takes no room */
    if (ours && (!there || (flags & O_TRUNC) || kind == EIO_ONCE)) {
        int why = judge(OPEN, path);
        if (why) {
            errno = why;
            return -1;
        }
    }
    int fd = (int)syscall(SYS_openat, dir, path, flags, mode);
    if (fd >= 0 && fd < MAX_FD)
        atomic_store(&watched[fd], ours);
    /* folders are synced by descriptors that only read */
    if (fd >= 0 && fd < MAX_FD && shared && (flags & O_DIRECTORY) && is_under(path))
        atomic_store(&watched[fd], true);
    return fd;
}

#define OPEN_MODE(flags, mode) \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }
#define PUBLIC __attribute__((visibility("default")))

PUBLIC int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    OPEN_MODE(flags, mode)
    return open_at(AT_FDCWD, path, flags, mode);
}

PUBLIC int open64(const char *path, int flags, ...)
{
    mode_t mode = 0;
    OPEN_MODE(flags, mode)
    return open_at(AT_FDCWD, path, flags, mode);
}

PUBLIC int openat(int dir, const char *path, int flags, ...)
{
    mode_t mode = 0;
    OPEN_MODE(flags, mode)
    return open_at(dir, path, flags, mode);
}

PUBLIC int close(int fd)
{
    if (fd >= 0 && fd < MAX_FD)
        atomic_store(&watched[fd], false);
    return (int)syscall(SYS_close, fd);
}

static ssize_t write_some(int fd, const void *bytes, size_t n, off_t to)
{
    int why = judge_fd(WRITE, fd);

    if (why == HALVED)
        n = n > 1 ? n / 2 : n;
    else if (why) {
        errno = why;
        return -1;
    }
    return to < 0 ? syscall(SYS_write, fd, bytes, n) : syscall(SYS_pwrite64, fd, bytes, n, to);
}

PUBLIC ssize_t write(int fd, const void *bytes, size_t n)
{
    return write_some(fd, bytes, n, -1);
}

PUBLIC ssize_t pwrite(int fd, const void *bytes, size_t n, off_t to)
{
    return write_some(fd, bytes, n, to);
}

PUBLIC ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t to)
{
    return write_some(fd, bytes, n, to);
}

#define FAIL_IF(judgement) \
    do { \
        int why = judgement; \
        if (why > 0) { \
            errno = why; \
            return -1; \
        } \
    } while (0)

PUBLIC int fsync(int fd)
{
    FAIL_IF(judge_fd(SYNC, fd));
    return (int)syscall(SYS_fsync, fd);
}

PUBLIC int fdatasync(int fd)
{
    FAIL_IF(judge_fd(SYNC, fd));
    return (int)syscall(SYS_fdatasync, fd);
}

PUBLIC int ftruncate(int fd, off_t size)
{
    FAIL_IF(judge_fd(RESIZE, fd));
    return (int)syscall(SYS_ftruncate, fd, size);
}

PUBLIC int ftruncate64(int fd, off_t size)
{
    return ftruncate(fd, size);
}

PUBLIC int rename(const char *from, const char *to)
{
    if (is_under(to))
        FAIL_IF(judge(RENAME, to));
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

PUBLIC int mkdir(const char *path, mode_t mode)
{
    struct stat st;

    if (is_under(path) && stat(path, &st) < 0)
        FAIL_IF(judge(FOLDER, path));
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

PUBLIC char *mkdtemp(char *path)
{
    char *(*real)(char *) = (char *(*)(char *))dlsym(RTLD_NEXT, "mkdtemp");

    if (is_under(path) && (errno = judge(FOLDER, path)) > 0)
        return NULL;
    return real(path);
}

/* A stream as stdio has it: all of the bytes, or an error. */
static ssize_t stream_write(void *cookie, const char *bytes, size_t n)
{
    int fd = (int)(intptr_t)cookie;

    for (size_t done = 0; done < n;) {
        ssize_t got = write_some(fd, bytes + done, n - done, -1);
        if (got < 0)
            return 0; /* what an error is to a cookie */
        done += (size_t)got;
    }
    return (ssize_t)n;
}

static int stream_seek(void *cookie, off64_t *to, int whence)
{
    off64_t got = lseek64((int)(intptr_t)cookie, *to, whence);

    if (got < 0)
        return -1;
    *to = got;
    return 0;
}

static int stream_close(void *cookie)
{
    int fd = (int)(intptr_t)cookie;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_STREAMS; i++)
        if (streams[i].fp && streams[i].fd == fd)
            streams[i].fp = NULL;
    pthread_mutex_unlock(&lock);
    return close(fd);
}

static FILE *make_stream(int fd, const char *mode)
{
    const cookie_io_functions_t functions = { .write = stream_write, .seek = stream_seek,
                                              .close = stream_close };
    FILE *fp = NULL;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_STREAMS && !fp; i++) {
        if (streams[i].fp)
            continue;
        fp = fopencookie((void *)(intptr_t)fd, mode, functions);
        streams[i].fp = fp;
        streams[i].fd = fd;
    }
    pthread_mutex_unlock(&lock);
    return fp;
}

PUBLIC FILE *fdopen(int fd, const char *mode)
{
    FILE *(*real)(int, const char *) = (FILE * (*)(int, const char *))dlsym(RTLD_NEXT, "fdopen");

    return is_watched(fd) && *mode != 'r' ? make_stream(fd, mode) : real(fd, mode);
}

static FILE *open_stream(const char *name, const char *path, const char *mode)
{
    FILE *(*real)(const char *, const char *) =
        (FILE * (*)(const char *, const char *))dlsym(RTLD_NEXT, name);
    const int how = *mode == 'a' ? O_APPEND : O_TRUNC;

    if (*mode == 'r' || !is_under(path))
        return real(path, mode);
    int fd = open_at(AT_FDCWD, path, O_CREAT | O_CLOEXEC | how |
                     (strchr(mode, '+') ? O_RDWR : O_WRONLY), 0666);
    return fd < 0 ? NULL : make_stream(fd, mode);
}

PUBLIC FILE *fopen(const char *path, const char *mode)
{
    return open_stream("fopen", path, mode);
}

PUBLIC FILE *fopen64(const char *path, const char *mode)
{
    return open_stream("fopen64", path, mode);
}

PUBLIC int fileno(FILE *fp)
{
    int (*real)(FILE *) = (int (*)(FILE *))dlsym(RTLD_NEXT, "fileno");
    int fd = -1;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_STREAMS && fd < 0; i++)
        if (fp && streams[i].fp == fp)
            fd = streams[i].fd;
    pthread_mutex_unlock(&lock);
    return fd < 0 ? real(fp) : fd;
}
