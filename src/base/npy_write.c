/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays of records, written. */
#include <string.h>

#include "base/npy.h"
#include "base/text.h"

#define ALIGN 64 /* where the data begin, so that they can be mapped */

int npy_begin(struct npy_out *out, const char *path, const char *type,
              const size_t *shape, int dimensions, struct err *err)
{
    struct text t = TEXT_INIT;

    out->n = 0;
    int code = outfile_begin(&out->file, path, err);
    if (code)
        return code;
    text_addf(&t, "{'descr': %s, 'fortran_order': False, 'shape': (", type);
    for (int i = 0; i < dimensions; i++)
        text_addf(&t, "%zu%s", shape[i], dimensions == 1 ? "," :
                  i + 1 < dimensions ? ", " : "");
    text_add(&t, "), }");
    while ((10 + t.len + 1) % ALIGN)
        text_addch(&t, ' ');
    text_addch(&t, '\n');
    unsigned char start[10] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0,
                                (unsigned char)t.len, (unsigned char)(t.len >> 8) };
    fwrite(start, 1, sizeof start, out->file.fp);
    fwrite(t.s, 1, t.len, out->file.fp);
    text_release(&t);
    return 0;
}

static void flush(struct npy_out *out)
{
    fwrite(out->buffer, 1, out->n, out->file.fp); /* a fault is found at commit */
    out->n = 0;
}

static void put(struct npy_out *out, uint64_t v, unsigned bytes)
{
    if (out->n + bytes > sizeof out->buffer)
        flush(out);
    for (unsigned i = 0; i < bytes; i++)
        out->buffer[out->n++] = (unsigned char)(v >> (8 * i));
}

void npy_put_u32(struct npy_out *out, uint32_t v)
{
    put(out, v, 4);
}

void npy_put_u64(struct npy_out *out, uint64_t v)
{
    put(out, v, 8);
}

void npy_put_f32(struct npy_out *out, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    put(out, bits, 4);
}

void npy_put_bytes(struct npy_out *out, const void *bytes, size_t len)
{
    flush(out);
    if (len)
        fwrite(bytes, 1, len, out->file.fp);
}

int npy_commit(struct npy_out *out, struct err *err)
{
    flush(out);
    return outfile_commit(&out->file, err);
}

void npy_abort(struct npy_out *out)
{
    outfile_abort(&out->file);
}
