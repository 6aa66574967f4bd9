/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * npy: NumPy's file format (versions 1.0 to 3.0; NEP 1, "A Simple File Format for
 * NumPy Arrays"): matrices of real numbers read as single precision, and arrays of
 * records written and read back.
 *
 * A matrix: one or two dimensions (one is a single column), types f2, f4 and f8 of
 * either byte order, rows or columns first. Everything else is refused with what
 * it is: other types, pickled objects, more dimensions, a file that is shorter or
 * longer than its header says. Numbers of f8 are rounded to the nearest float;
 * those too large become infinite. Nothing is said of NaN and infinities. A matrix
 * that lies in the file as it lies in memory (f4 of this machine's byte order, rows
 * first) is mapped and not copied: the file must not be cut short while it is used.
 *
 * Records: little-endian fields one after the other, described by NumPy's own text for
 * their type, "'<u8'" or "[('a', '<u4'), ('score', '<f4')]".
 *
 * Ownership: npy_release(), npy_records_release(); an array that is written is
 * npy_commit()ted, or npy_abort()ed (harmless afterwards). Threads: any; one array
 * that is written a thread. Fails when: the file cannot be read, is no such array, or
 * there is no memory for it; writing as outfile_commit() does.
 */
#ifndef BASE_NPY_H
#define BASE_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"

struct npy {
    size_t rows, columns;
    int dimensions;      /* in the file: 1 or 2 */
    char type[4];        /* of the numbers in the file: "<f4" */
    const float *values; /* rows × columns, a row after the other */
    void *space;         /* malloc'd, or mapped if `mapped` is not 0 */
    size_t mapped;       /* bytes */
};

int npy_load(struct npy *m, const char *path, struct err *err);
void npy_release(struct npy *m);

struct npy_records {
    size_t shape[2];           /* of one dimension: n and 1 */
    size_t n;                  /* records in all */
    const unsigned char *data; /* n records, not aligned */
    void *map;
    size_t mapped;
};

/* The file must have this type, records of `size` bytes, and 1 or 2 dimensions. */
int npy_records_load(struct npy_records *r, const char *path, const char *type,
                     size_t size, int dimensions, struct err *err);
void npy_records_release(struct npy_records *r);
uint32_t npy_u32(const unsigned char *p);
uint64_t npy_u64(const unsigned char *p);
float npy_f32(const unsigned char *p);

/*
 *     struct npy_out out;
 *     npy_begin(&out, path, "[('a', '<u4'), ('score', '<f4')]", &n, 1, &err)
 *     ... npy_put_u32(&out, a); npy_put_f32(&out, score); n times ...
 *     npy_commit(&out, &err)
 * Everything must be put that the shape promises.
 */
struct npy_out {
    struct outfile file;
    size_t n; /* bytes in the buffer */
    unsigned char buffer[8192];
};

int npy_begin(struct npy_out *out, const char *path, const char *type,
              const size_t *shape, int dimensions, struct err *err);
void npy_put_u32(struct npy_out *out, uint32_t v);
void npy_put_u64(struct npy_out *out, uint64_t v);
void npy_put_f32(struct npy_out *out, float v);
/* Numbers that lie in memory as they are to lie in the file. */
void npy_put_bytes(struct npy_out *out, const void *bytes, size_t len);
int npy_commit(struct npy_out *out, struct err *err);
void npy_abort(struct npy_out *out);

#endif
