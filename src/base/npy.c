/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/npy.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

#define HEADER_MAX 65536
#define CHUNK ((size_t)1 << 20) /* of bytes; a multiple of every size of number */

struct header {
    const char *type; /* asked for: of records; NULL: a matrix of numbers */
    char order;      /* '<' or '>' */
    size_t size;     /* bytes of a number (2, 4, 8) or record */
    int dimensions;
    bool by_columns;
    size_t rows, columns;
};

static int read_all(int fd, void *to, size_t n, const char *path, struct err *err)
{
    for (char *p = to; n;) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_add_errno(err, ERR_IO, errno, "%s: cannot read", path);
        if (got == 0)
            return err_add(err, ERR_INPUT, "%s: ends before its data do", path);
        p += got;
        n -= (size_t)got;
    }
    return 0;
}

/* What follows `'key':` in the header, blanks passed over; NULL if it is not
 * there. */
static const char *value_of(const char *header, const char *key)
{
    const char *s = strstr(header, key);

    if (!s)
        return NULL;
    s += strlen(key);
    while (*s == ' ')
        s++;
    if (*s++ != ':')
        return NULL;
    while (*s == ' ')
        s++;
    return s;
}

static bool parse_type(struct header *h, const char *s)
{
    static const char *const known[] = { "f2'", "f4'", "f8'" };

    if (!s || *s != '\'' || !strchr("<>", s[1]) || !s[1])
        return false;
    h->order = s[1];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strncmp(s + 2, known[i], 3)) {
            h->size = (size_t)(s[3] - '0');
            return true;
        }
    return false;
}

/* "(3, 512)", "(3,)": how many dimensions, or -1 if it is none or too many. */
static int parse_shape(const char *s, size_t shape[2])
{
    int n = 0;

    if (!s || *s++ != '(')
        return -1;
    for (;;) {
        while (*s == ' ')
            s++;
        if (*s == ')')
            return n;
        if (!isdigit((unsigned char)*s) || n == 2)
            return -1;
        char *end;
        errno = 0;
        unsigned long long v = strtoull(s, &end, 10);
        if (errno || v > SIZE_MAX / 8)
            return -1;
        shape[n++] = (size_t)v;
        s = end;
        while (*s == ' ')
            s++;
        if (*s == ',')
            s++;
        else if (*s != ')')
            return -1;
    }
}

static int parse_header(struct header *h, const char *text, const char *path,
                        struct err *err)
{
    const char *type = value_of(text, "'descr'"), *order = value_of(text, "'fortran_order'");
    size_t shape[2] = { 0, 1 };
    int n = parse_shape(value_of(text, "'shape'"), shape);

    if (h->type && (!type || strncmp(type, h->type, strlen(h->type)) ||
                    type[strlen(h->type)] != ','))
        return err_add(err, ERR_INPUT, "%s: records of another type, expected %s", path,
                       h->type);
    if (!h->type && !parse_type(h, type))
        return err_add(err, ERR_INPUT, "%s: numbers of type %.*s, expected f2, f4 or f8",
                       path, type ? (int)strcspn(type, ",}") : 7, type ? type : "unknown");
    if (n < 1)
        return err_add(err, ERR_INPUT, "%s: expected an array of one or two dimensions",
                       path);
    if (!order || (strncmp(order, "True", 4) && strncmp(order, "False", 5)))
        return err_add(err, ERR_INPUT, "%s: its header does not say in which order the "
                       "numbers stand", path);
    h->dimensions = n;
    h->by_columns = *order == 'T' && n == 2;
    h->rows = shape[0];
    h->columns = shape[1];
    return 0;
}

/* The magic, the version, and the header's text. `at` is where the data begin. */
static int read_header(struct header *h, int fd, const char *path, size_t *at,
                       struct err *err)
{
    unsigned char start[12] = { 0 };
    int code = read_all(fd, start, 10, path, err);

    if (code)
        return code;
    if (memcmp(start, "\x93NUMPY", 6) || start[6] < 1 || start[6] > 3)
        return err_add(err, ERR_INPUT, "%s: is no NumPy array of version 1 to 3", path);
    size_t n = start[8] | (size_t)start[9] << 8;
    *at = 10;
    if (start[6] > 1) {
        if ((code = read_all(fd, start + 10, 2, path, err)))
            return code;
        n |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
        *at = 12;
    }
    if (n > HEADER_MAX)
        return err_add(err, ERR_LIMIT, "%s: a header of %zu bytes, expected at most %d",
                       path, n, HEADER_MAX);
    char *text = mem_alloc(n + 1);
    code = read_all(fd, text, n, path, err);
    if (!code)
        code = parse_header(h, text, path, err);
    free(text);
    *at += n;
    return code;
}

/* IEEE 754 half precision, which C11 has no type for. */
static float of_half(uint16_t bits)
{
    int exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
    float v;

    if (exponent == 31)
        v = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        v = ldexpf((float)fraction, -24);
    else
        v = ldexpf((float)(fraction | 0x400), exponent - 25);
    return bits & 0x8000 ? -v : v;
}

static float number(const unsigned char *p, const struct header *h)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < h->size; i++)
        bits |= (uint64_t)p[h->order == '<' ? i : h->size - 1 - i] << (8 * i);
    if (h->size == 2)
        return of_half((uint16_t)bits);
    if (h->size == 4) {
        uint32_t low = (uint32_t)bits;
        float v;
        memcpy(&v, &low, sizeof v);
        return v;
    }
    double v;
    memcpy(&v, &bits, sizeof v);
    return (float)v;
}

static int read_numbers(float *values, const struct header *h, int fd, const char *path,
                        struct err *err)
{
    size_t n = h->rows * h->columns, done = 0;
    unsigned char *chunk = mem_alloc(CHUNK);
    int code = 0;

    while (!code && done < n) {
        size_t take = n - done < CHUNK / h->size ? n - done : CHUNK / h->size;
        code = read_all(fd, chunk, take * h->size, path, err);
        for (size_t i = 0; !code && i < take; i++) {
            size_t at = done + i;
            if (h->by_columns)
                at = at % h->rows * h->columns + at / h->rows;
            values[at] = number(chunk + i * h->size, h);
        }
        done += take;
    }
    free(chunk);
    return code;
}

/* Opens the file, reads its header and holds it against the file's size. The
 * descriptor, or a negative code. */
static int open_array(struct header *h, const char *path, size_t *size, size_t *at,
                      struct err *err)
{
    size_t n, bytes;
    int fd = file_open(path, size, err);

    if (fd < 0)
        return fd;
    int code = read_header(h, fd, path, at, err);
    if (!code && (__builtin_mul_overflow(h->rows, h->columns, &n) ||
                  __builtin_mul_overflow(n, h->size, &bytes) || *size < *at ||
                  bytes != *size - *at))
        code = err_add(err, ERR_INPUT, "%s: %zu bytes of data for %zu × %zu %s of %zu "
                       "bytes", path, *size < *at ? 0 : *size - *at, h->rows, h->columns,
                       h->type ? "records" : "numbers", h->size);
    if (code)
        close(fd);
    return code ? code : fd;
}

static int map(void **to, int fd, size_t size, const char *path, struct err *err)
{
    *to = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (*to != MAP_FAILED)
        return 0;
    *to = NULL;
    return err_add_errno(err, ERR_IO, errno, "%s: cannot map", path);
}

static bool is_native(const struct header *h)
{
    return h->size == sizeof(float) && !h->by_columns &&
           h->order == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? '<' : '>');
}

int npy_load(struct npy *m, const char *path, struct err *err)
{
    struct header h = { 0 };
    size_t size, at = 0;
    int fd = open_array(&h, path, &size, &at, err), code = 0;

    *m = (struct npy){ 0 };
    if (fd < 0)
        return fd;
    m->rows = h.rows;
    m->columns = h.columns;
    m->dimensions = h.dimensions;
    m->type[0] = h.order;
    m->type[1] = 'f';
    m->type[2] = (char)('0' + h.size);
    if (is_native(&h) && at % sizeof(float) == 0 && size > at) {
        code = map(&m->space, fd, size, path, err);
        m->mapped = code ? 0 : size;
        m->values = code ? NULL : (const float *)((const char *)m->space + at);
    } else {
        float *values = mem_try_array(h.rows * h.columns, sizeof *values);
        code = values ? read_numbers(values, &h, fd, path, err)
                      : err_add(err, ERR_LIMIT, "%s: no memory for %zu × %zu numbers",
                                path, h.rows, h.columns);
        m->values = m->space = values;
    }
    close(fd);
    if (code)
        npy_release(m);
    return code;
}

void npy_release(struct npy *m)
{
    if (m->mapped)
        munmap(m->space, m->mapped);
    else
        free(m->space);
    *m = (struct npy){ 0 };
}

int npy_records_load(struct npy_records *r, const char *path, const char *type,
                     size_t size, int dimensions, struct err *err)
{
    struct header h = { .type = type, .size = size };
    size_t bytes, at = 0;
    int fd = open_array(&h, path, &bytes, &at, err), code = 0;

    *r = (struct npy_records){ 0 };
    if (fd < 0)
        return fd;
    if (h.dimensions != dimensions || h.by_columns)
        code = err_add(err, ERR_INPUT, "%s: expected an array of %d dimension%s, rows "
                       "first", path, dimensions, dimensions == 1 ? "" : "s");
    else
        code = map(&r->map, fd, bytes, path, err);
    close(fd);
    if (code)
        return code;
    r->mapped = bytes;
    r->shape[0] = h.rows;
    r->shape[1] = h.columns;
    r->n = h.rows * h.columns;
    r->data = (const unsigned char *)r->map + at;
    return 0;
}

void npy_records_release(struct npy_records *r)
{
    if (r->mapped)
        munmap(r->map, r->mapped);
    *r = (struct npy_records){ 0 };
}

uint32_t npy_u32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint64_t npy_u64(const unsigned char *p)
{
    return npy_u32(p) | (uint64_t)npy_u32(p + 4) << 32;
}

float npy_f32(const unsigned char *p)
{
    uint32_t bits = npy_u32(p);
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}
