/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

char *path_join(const char *dir, const char *name)
{
    if (name[0] == '/' || !*dir || !strcmp(dir, "."))
        return mem_strdup(name);
    size_t n = strlen(dir);
    return mem_printf("%s%s%s", dir, dir[n - 1] == '/' ? "" : "/", name);
}

char *path_dirname(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return mem_strdup(".");
    if (slash == path)
        return mem_strdup("/");
    return mem_strndup(path, (size_t)(slash - path));
}

const char *path_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool path_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool path_is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int path_make_dirs(const char *path, struct err *err)
{
    int code = 0;

    if (!*path)
        return err_add(err, ERR_IO, "a folder with an empty name cannot be made");
    char *p = mem_strdup(path);
    for (char *s = p + 1; code == 0; s++) {
        if (*s != '/' && *s != '\0')
            continue;
        char was = *s;
        *s = '\0';
        if (mkdir(p, 0777) < 0 && errno != EEXIST)
            code = err_add_errno(err, ERR_IO, errno, "%s: cannot make the folder", p);
        else if (!path_is_dir(p))
            code = err_add(err, ERR_IO, "%s: is not a folder", p);
        *s = was;
        if (!was)
            break;
    }
    free(p);
    return code;
}

int file_open(const char *path, size_t *size, struct err *err)
{
    struct stat st;
    int code;

    /* O_NONBLOCK: opening a FIFO must not wait for a writer */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot read", path);
    if (fstat(fd, &st) < 0) {
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", path);
    } else if (!S_ISREG(st.st_mode)) {
        code = err_add(err, ERR_IO, "%s: is not a regular file", path);
    } else {
        if (size)
            *size = (size_t)st.st_size;
        return fd;
    }
    close(fd);
    return code;
}

/* Reads to the end of the file into p, which has room for `cap` bytes: their
 * number, or -1 and errno. */
static ssize_t read_all(int fd, char *p, size_t cap)
{
    size_t n = 0;

    while (n < cap) {
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

int file_read(const char *path, size_t max, char **data, size_t *len, struct err *err)
{
    size_t size;
    char *p = NULL;
    int code = 0;

    *data = NULL;
    *len = 0;
    int fd = file_open(path, &size, err);
    if (fd < 0)
        return fd;
    if (size > max) {
        code = err_add(err, ERR_LIMIT, "%s: %zu bytes, more than the %zu allowed",
                       path, size, max);
        goto out;
    }
    p = mem_try_array(size + 2, 1);
    if (!p) {
        code = err_add(err, ERR_LIMIT, "%s: no memory for %zu bytes", path, size);
        goto out;
    }
    ssize_t got = read_all(fd, p, size + 1); /* one more, to see it grow */
    if (got < 0) {
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", path);
    } else if ((size_t)got > size) {
        code = err_add(err, ERR_IO, "%s: grew while it was read", path);
    } else {
        p[got] = '\0';
        *data = p;
        *len = (size_t)got;
        p = NULL;
    }
out:
    free(p);
    close(fd);
    return code;
}

/* A file of our own: never what a link of that name points at. What a killed
 * run with our process number left behind is removed. */
static int open_new(const char *path)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int fd = open(path, flags, 0666);

    if (fd < 0 && errno == EEXIST && unlink(path) == 0)
        fd = open(path, flags, 0666);
    return fd;
}

int outfile_begin(struct outfile *out, const char *path, struct err *err)
{
    char *dir = path_dirname(path);

    out->fp = NULL; /* whatever it was before: it begins here */
    out->path = mem_strdup(path);
    out->tmp = mem_printf("%s/.%s.%ld.tmp", dir, path_basename(path), (long)getpid());
    free(dir);
    int fd = open_new(out->tmp);
    if (fd >= 0)
        out->fp = fdopen(fd, "w");
    if (!out->fp) {
        int code = err_add_errno(err, ERR_IO, errno, "%s: cannot write", path);
        if (fd >= 0) {
            close(fd);
        } else { /* what may be there under that name is not ours to remove */
            free(out->tmp);
            out->tmp = NULL;
        }
        outfile_abort(out);
        return code;
    }
    return 0;
}

/* Makes a rename in the folder of `path` last. Some file systems cannot sync a
 * folder; that is not an error of ours. */
static void sync_folder(const char *path)
{
    char *dir = path_dirname(path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(dir);
}

/* Why an earlier write failed, which stdio does not keep: a disk that was full
 * then refuses one more byte now. The file is not going to be kept. */
static int write_errno(FILE *fp)
{
    return write(fileno(fp), "", 1) < 0 ? errno : EIO;
}

int outfile_commit(struct outfile *out, struct err *err)
{
    int code = 0, why = 0;

    if (ferror(out->fp))
        why = write_errno(out->fp);
    else if (fflush(out->fp) || fsync(fileno(out->fp)) < 0)
        why = errno;
    if (why)
        code = err_add_errno(err, ERR_IO, why, "%s: cannot write", out->path);
    if (fclose(out->fp) && !code)
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot write", out->path);
    out->fp = NULL;
    if (!code && rename(out->tmp, out->path) < 0)
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot write", out->path);
    if (!code) {
        sync_folder(out->path);
        free(out->tmp);
        out->tmp = NULL;
    }
    outfile_abort(out);
    return code;
}

void outfile_abort(struct outfile *out)
{
    if (out->fp)
        fclose(out->fp);
    if (out->tmp)
        unlink(out->tmp);
    free(out->tmp);
    free(out->path);
    *out = (struct outfile)OUTFILE_INIT;
}

int file_write(const char *path, const char *data, size_t len, struct err *err)
{
    struct outfile out = OUTFILE_INIT;
    int code = outfile_begin(&out, path, err);

    if (code)
        return code;
    fwrite(data, 1, len, out.fp); /* a short write is found at commit */
    return outfile_commit(&out, err);
}

int file_write_text(const char *dir, const char *name, struct text *t, struct err *err)
{
    char *path = path_join(dir, name);
    int code = file_write(path, t->s, t->len, err);

    free(path);
    text_reset(t);
    return code;
}

int file_remove(const char *dir, const char *name, struct err *err)
{
    char *path = path_join(dir, name);
    int code = unlink(path) == 0 || errno == ENOENT
                   ? 0 : err_add_errno(err, ERR_IO, errno, "%s: cannot remove", path);

    free(path);
    return code;
}
