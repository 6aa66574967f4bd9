/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dict.h"
#include "base/mem.h"
#include "base/text.h"

#define BLOCK 512
#define PIECE ((size_t)64 << 10)

struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], chksum[8], typeflag;
    char linkname[100], magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8];
    char prefix[155], pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

static unsigned checksum(const struct header *h)
{
    const unsigned char *p = (const unsigned char *)h;
    unsigned sum = 0;

    for (size_t i = 0; i < BLOCK; i++)
        sum += i >= offsetof(struct header, chksum) && i < offsetof(struct header, typeflag)
                   ? ' ' : p[i];
    return sum;
}

/* --- writing --- */

/* The name in one piece or in two, at a slash. */
static bool put_name(struct header *h, const char *name)
{
    size_t len = strlen(name);

    if (len <= sizeof h->name) {
        memcpy(h->name, name, len);
        return true;
    }
    for (size_t at = len - 1; at > 0; at--)
        if (name[at] == '/' && at <= sizeof h->prefix && len - at - 1 <= sizeof h->name &&
            len - at - 1 > 0) {
            memcpy(h->prefix, name, at);
            memcpy(h->name, name + at + 1, len - at - 1);
            return true;
        }
    return false;
}

static void put_octal(char *to, size_t size, uint64_t v)
{
    to[size - 1] = '\0';
    for (size_t i = size - 1; i-- > 0; v >>= 3)
        to[i] = (char)('0' + (v & 7));
}

static int put_header(struct tar_out *t, const char *name, uint64_t size, struct err *err)
{
    struct header h = { .typeflag = '0' };

    if (!put_name(&h, name))
        return err_add(err, ERR_LIMIT, "%s: the name %s is too long for an archive",
                       t->file.path, name);
    if (size >= (uint64_t)1 << 33)
        return err_add(err, ERR_LIMIT, "%s: %s is too large for an archive", t->file.path,
                       name);
    put_octal(h.mode, sizeof h.mode, 0644);
    put_octal(h.uid, sizeof h.uid, 0);
    put_octal(h.gid, sizeof h.gid, 0);
    put_octal(h.size, sizeof h.size, size);
    put_octal(h.mtime, sizeof h.mtime, t->time > 0 ? (uint64_t)t->time : 0);
    memcpy(h.magic, "ustar", 6);
    memcpy(h.version, "00", 2);
    put_octal(h.devmajor, sizeof h.devmajor, 0);
    put_octal(h.devminor, sizeof h.devminor, 0);
    put_octal(h.chksum, sizeof h.chksum - 1, checksum(&h));
    h.chksum[7] = ' ';
    fwrite(&h, 1, sizeof h, t->file.fp);
    return 0;
}

static void put_padding(struct tar_out *t, uint64_t size)
{
    static const char zeros[BLOCK];

    if (size % BLOCK)
        fwrite(zeros, 1, BLOCK - size % BLOCK, t->file.fp);
}

int tar_begin(struct tar_out *t, const char *path, int64_t time, struct err *err)
{
    *t = (struct tar_out){ .file = OUTFILE_INIT, .time = time };
    return outfile_begin(&t->file, path, err);
}

int tar_add(struct tar_out *t, const char *name, const void *data, size_t len,
            struct err *err)
{
    int code = put_header(t, name, len, err);

    if (!code) {
        fwrite(data, 1, len, t->file.fp);
        put_padding(t, len);
    }
    return code;
}

int tar_add_file(struct tar_out *t, const char *name, const char *path, struct err *err)
{
    size_t size, done = 0;
    int fd = file_open(path, &size, err), code = fd < 0 ? fd : put_header(t, name, size, err);
    char *piece = mem_alloc(PIECE);

    while (!code && done < size) {
        ssize_t got = read(fd, piece, size - done < PIECE ? size - done : PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            code = got < 0 ? err_add_errno(err, ERR_IO, errno, "%s: cannot read", path)
                           : err_add(err, ERR_IO, "%s: became shorter while it was read",
                                     path);
        else
            done += fwrite(piece, 1, (size_t)got, t->file.fp);
        if (!code && ferror(t->file.fp))
            break; /* told at the commit */
    }
    if (!code)
        put_padding(t, size);
    free(piece);
    if (fd >= 0)
        close(fd);
    return code;
}

int tar_commit(struct tar_out *t, struct err *err)
{
    static const char zeros[2 * BLOCK];

    fwrite(zeros, 1, sizeof zeros, t->file.fp);
    return outfile_commit(&t->file, err);
}

void tar_abort(struct tar_out *t)
{
    outfile_abort(&t->file);
}

/* --- reading --- */

struct reader {
    FILE *fp;
    const char *path;
    const struct tar_visitor *visitor;
    struct dict names;
    uint64_t bytes;
    struct err *err;
};

static int refuse(struct reader *r, const char *name, const char *what)
{
    char cut[TEXT_CUT];

    return err_add(r->err, ERR_INPUT, "%s: %s%s%s", r->path, name ? text_cut(cut, name) : "",
                   name ? ": " : "", what);
}

static int read_fully(struct reader *r, void *to, size_t n, const char *name)
{
    if (fread(to, 1, n, r->fp) == n)
        return 0;
    return ferror(r->fp) ? err_add_errno(r->err, ERR_IO, errno, "%s: cannot read", r->path)
                         : refuse(r, name, "the archive is cut short");
}

/* Octal digits, then blanks or zeros to the end of the field. */
static bool get_octal(const char *field, size_t size, uint64_t *to)
{
    size_t i = 0;

    *to = 0;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
        if (*to >> 60)
            return false;
        *to = *to * 8 + (uint64_t)(field[i] - '0');
    }
    if (!i)
        return false;
    for (; i < size; i++)
        if (field[i] && field[i] != ' ')
            return false;
    return true;
}

static bool is_safe(const char *name)
{
    size_t len = strlen(name);

    if (!len || !text_is_utf8(name, len, NULL))
        return false;
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127 || *p == '\\')
            return false;
    for (const char *part = name;;) {
        size_t n = strcspn(part, "/");
        if (!n || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        if (!part[n])
            return true;
        part += n + 1;
    }
}

static int read_header(struct reader *r, const struct header *h, char *name, uint64_t *size)
{
    uint64_t sum;
    bool fresh;

    snprintf(name, sizeof h->prefix + sizeof h->name + 2, "%.*s%s%.*s",
             (int)sizeof h->prefix, h->prefix, *h->prefix ? "/" : "", (int)sizeof h->name,
             h->name);
    if (!get_octal(h->chksum, sizeof h->chksum, &sum) || sum != checksum(h))
        return refuse(r, NULL, "is no archive of the format ustar, or is damaged (the "
                      "checksum of a header)");
    if (memcmp(h->magic, "ustar", 6) || memcmp(h->version, "00", 2))
        return refuse(r, name, "is not of the format ustar");
    if (!is_safe(name))
        return refuse(r, name, "is no safe name of a file, expected a relative one without "
                      "'..'");
    if (h->typeflag != '0' && h->typeflag != '\0')
        return refuse(r, name, "is no regular file, expected nothing else");
    if (!get_octal(h->size, sizeof h->size, size))
        return refuse(r, name, "its size is no number");
    if (*size > TAR_MAX_BYTES - r->bytes)
        return refuse(r, name, "is too large: the files of an archive may have 8 GiB");
    r->bytes += *size;
    dict_add(&r->names, name, &fresh);
    if (!fresh)
        return refuse(r, name, "is there twice");
    if (r->names.n > TAR_MAX_FILES)
        return refuse(r, name, "is one file too many: an archive may have 10000");
    return 0;
}

static int read_file(struct reader *r, const char *name, uint64_t size, char *piece)
{
    const struct tar_visitor *v = r->visitor;
    int code = v->begin(v->arg, name, size, r->err);

    for (uint64_t left = size; left && !code;) {
        size_t n = left < PIECE ? (size_t)left : PIECE;
        size_t padded = (n + BLOCK - 1) / BLOCK * BLOCK;
        if (!(code = read_fully(r, piece, padded, name)))
            code = v->data(v->arg, piece, n, r->err);
        left -= n;
    }
    return code ? code : v->end(v->arg, r->err);
}

static bool is_zero(const void *block, size_t n)
{
    const char *p = block;

    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

/* Behind the first block of zeros: another, and nothing but zeros. */
static int read_end(struct reader *r, char *piece)
{
    int code = read_fully(r, piece, BLOCK, NULL);

    for (size_t n = BLOCK; !code && n; n = fread(piece, 1, PIECE, r->fp))
        if (!is_zero(piece, n))
            code = refuse(r, NULL, "there is something behind the end of the archive");
    return code;
}

int tar_read(FILE *fp, const char *path, const struct tar_visitor *visitor,
             struct err *err)
{
    struct reader r = { .fp = fp, .path = path, .visitor = visitor, .err = err };
    char name[sizeof(struct header)], *piece = mem_alloc(PIECE);
    struct header h;
    uint64_t size = 0;
    int code;

    for (;;) {
        if ((code = read_fully(&r, &h, sizeof h, NULL)))
            break;
        if (is_zero(&h, sizeof h)) {
            code = read_end(&r, piece);
            break;
        }
        if ((code = read_header(&r, &h, name, &size)) ||
            (code = read_file(&r, name, size, piece)))
            break;
    }
    dict_release(&r.names);
    free(piece);
    return code;
}

struct extraction {
    const char *dir;
    char *path;
    FILE *fp;
};

static int extract_begin(void *arg, const char *name, uint64_t size, struct err *err)
{
    struct extraction *x = arg;

    (void)size;
    x->path = path_join(x->dir, name);
    char *dir = path_dirname(x->path);
    int code = path_make_dirs(dir, err), fd = -1;
    free(dir);
    if (code)
        return code;
    fd = open(x->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    x->fp = fd < 0 ? NULL : fdopen(fd, "wb");
    return x->fp ? 0 : err_add_errno(err, ERR_IO, errno, "%s: cannot write", x->path);
}

static int extract_data(void *arg, const void *bytes, size_t n, struct err *err)
{
    struct extraction *x = arg;

    if (fwrite(bytes, 1, n, x->fp) == n)
        return 0;
    return err_add_errno(err, ERR_IO, errno, "%s: cannot write", x->path);
}

static int extract_end(void *arg, struct err *err)
{
    struct extraction *x = arg;
    int failed = fclose(x->fp), code = 0;

    x->fp = NULL;
    if (failed)
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot write", x->path);
    free(x->path);
    x->path = NULL;
    return code;
}

int tar_extract(const char *path, const char *dir, struct err *err)
{
    struct extraction x = { .dir = dir };
    const struct tar_visitor visitor = { extract_begin, extract_data, extract_end, &x };
    int fd = file_open(path, NULL, err), code = fd < 0 ? fd : 0;
    FILE *fp = fd < 0 ? NULL : fdopen(fd, "rb");

    if (!code)
        code = tar_read(fp, path, &visitor, err);
    if (x.fp)
        fclose(x.fp);
    free(x.path);
    if (fp)
        fclose(fp);
    return code;
}
