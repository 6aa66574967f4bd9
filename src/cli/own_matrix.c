/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/own_matrix.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/npy.h"
#include "core/exceed.h"

#define PART "own.part"
#define NATIVE 120

struct own_part {              /* of own.part, before the scores */
    char key[HASH_HEX - 1];
    double native[NATIVE];     /* 0 … where none are kept */
};

/* The bytes of a row's template; 0: there is none. */
static size_t length(struct outputs *o, size_t i)
{
    int64_t n;
    float first;

    if (o->rows[i].status != STATUS_OK || o->rows[i].face)
        return 0;
    if (o->opaque)
        return num_parse_int64(outputs_get(o, i, "template_bytes"), &n) && n > 0 ? (size_t)n
                                                                                 : 0;
    memcpy(&first, outputs_template(o, i), sizeof first);
    return isnan(first) ? 0 : o->template_bytes;
}

static void find_side(struct own_side *s, const struct outputs *outputs)
{
    struct outputs o = *outputs;

    *s = (struct own_side){ .o = outputs };
    s->rows = mem_array(o.n, sizeof *s->rows);
    s->template = mem_array(o.n, sizeof *s->template);
    s->len = mem_array(o.n, sizeof *s->len);
    for (size_t i = 0; o.template_bytes && i < o.n; i++) {
        size_t len = length(&o, i);
        if (!len)
            continue;
        s->rows[s->n] = i;
        s->template[s->n] = outputs_template(&o, i);
        s->len[s->n++] = len;
    }
}

static void release_side(struct own_side *s)
{
    free(s->rows);
    free(s->template);
    free(s->len);
}

static void add_side(const struct own_side *s, struct text *to)
{
    char hex[HASH_HEX];

    text_addf(to, "\n%zu of %zu\n", s->n, s->o->n);
    for (size_t i = 0; i < s->n; i++) {
        hash_bytes(hex, s->template[i], s->len[i]);
        text_addf(to, "%zu %s\n", s->rows[i], hex);
    }
}

/* Who compares what. */
static void make_key(const struct own_matrix *m, int way, char key[HASH_HEX])
{
    struct text t = TEXT_INIT;

    text_addf(&t, "%s %d", m->backend->fingerprint, way);
    add_side(&m->a, &t);
    if (!m->all)
        add_side(&m->b, &t);
    hash_bytes(key, t.s, t.len);
    text_release(&t);
}

static bool is_part_of(int fd, size_t size, const char *key)
{
    char had[HASH_HEX - 1];
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == size &&
           pread(fd, had, sizeof had, 0) == (ssize_t)sizeof had &&
           !memcmp(had, key, sizeof had);
}

/* An errno, or 0. */
static int begin_part(int fd, size_t size, const char *key)
{
    if (ftruncate(fd, 0) < 0)
        return errno;
    int fault = posix_fallocate(fd, 0, (off_t)size);
    if (fault)
        return fault;
    errno = 0;
    return pwrite(fd, key, HASH_HEX - 1, 0) == HASH_HEX - 1 ? 0 : errno ? errno : EIO;
}

static int open_part(struct own_matrix *m, const char *key, struct err *err)
{
    const size_t size = sizeof *m->part + m->a.n * m->b.n * sizeof *m->scores;
    int fd = open(m->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666), fault = 0;
    void *map = MAP_FAILED;

    if (fd < 0)
        return err_add_errno(err, ERR_IO, errno, "%s", m->path);
    if (m->backend->anew || !is_part_of(fd, size, key))
        fault = begin_part(fd, size, key);
    if (!fault) {
        map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        fault = map == MAP_FAILED ? errno : 0;
    }
    close(fd);
    if (fault)
        return err_add_errno(err, ERR_IO, fault, "%s", m->path);
    m->part = map;
    m->mapped = size;
    m->scores = (float *)(void *)(m->part + 1);
    return 0;
}

int own_matrix_open(struct own_matrix *m, struct backend *backend, const struct outputs *a,
                    const struct outputs *b, int way, const char *dir, struct err *err)
{
    char key[HASH_HEX];

    *m = (struct own_matrix){ .backend = backend, .all = !b, .path = path_join(dir, PART) };
    find_side(&m->a, a);
    if (m->all)
        m->b = m->a;
    else
        find_side(&m->b, b);
    make_key(m, way, key);
    int code = path_make_dirs(dir, err);
    return code ? code : open_part(m, key, err);
}

void own_matrix_release(struct own_matrix *m)
{
    if (m->part)
        munmap(m->part, m->mapped);
    release_side(&m->a);
    if (!m->all)
        release_side(&m->b);
    free(m->path);
    *m = (struct own_matrix){ .backend = NULL };
}

int own_matrix_forget(const char *dir, struct err *err)
{
    return file_remove(dir, PART, err);
}

bool own_matrix_has_row(const struct own_matrix *m, size_t i)
{
    for (size_t j = m->all ? i + 1 : 0; j < m->b.n; j++)
        if (!own_matrix_has_pair(m, i, j))
            return false;
    return true;
}

bool own_matrix_is_whole(const struct own_matrix *m)
{
    for (size_t i = 0; i < m->a.n; i++)
        if (!own_matrix_has_row(m, i))
            return false;
    return true;
}

float own_matrix_score(const struct own_matrix *m, double score)
{
    float f = m->backend->score_is_distance ? -float_from(-score) : float_from(score);

    return !isfinite(f) ? NAN : f == 0 ? -0.f : f;
}

void own_matrix_keep_native(struct own_matrix *m)
{
    for (size_t i = 0; i < m->backend->n_native && i < NATIVE; i++)
        m->part->native[i] = m->backend->native[i];
}

void own_matrix_restore_native(const struct own_matrix *m)
{
    for (size_t i = 0; i < m->backend->n_native && i < NATIVE && m->part->native[i]; i++)
        m->backend->native[i] = m->part->native[i];
}

int own_matrix_write(const struct own_matrix *m, const char *dir, struct err *err)
{
    const size_t shape[] = { m->a.o->n, m->b.o->n };
    char *path = path_join(dir, "own.npy");
    float *row = mem_array(shape[1] + 1, sizeof *row);
    struct npy_out out;
    size_t at = 0;
    int code = npy_begin(&out, path, "'<f4'", shape, 2, err);

    for (size_t i = 0; i < shape[0] && !code; i++) {
        const bool is_there = at < m->a.n && m->a.rows[at] == i;
        for (size_t j = 0; j < shape[1]; j++)
            row[j] = NAN;
        for (size_t j = 0; j < m->b.n && is_there; j++)
            if (!m->all || j != at)
                row[m->b.rows[j]] = *own_matrix_at(m, at, j) + 0.f;
        at += is_there;
        for (size_t j = 0; j < shape[1]; j++)
            npy_put_f32(&out, row[j]);
    }
    free(row);
    free(path);
    return code ? code : npy_commit(&out, err);
}
