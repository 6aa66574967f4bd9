/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An archive of any bytes: refused with a line, or files whose names are safe, each once,
 * each with as many bytes as it said.
 */
#include "base/dict.h"
#include "base/tar.h"
#include "fuzz.h"

struct seen {
    struct dict names;
    uint64_t left;
    bool open;
};

static int begin(void *arg, const char *name, uint64_t size, struct err *err)
{
    struct seen *s = arg;
    bool fresh;

    (void)err;
    assert(!s->open && *name && *name != '/' && strcmp(name, ".."));
    assert(strncmp(name, "../", 3) && !strstr(name, "/../") && !strstr(name, "//"));
    assert(text_is_utf8(name, strlen(name), NULL) && !strpbrk(name, "\\\n\r\t\033"));
    dict_add(&s->names, name, &fresh);
    assert(fresh);
    s->left = size;
    s->open = true;
    return 0;
}

static int data(void *arg, const void *bytes, size_t n, struct err *err)
{
    struct seen *s = arg;
    volatile unsigned char last;

    (void)err;
    assert(s->open && n && n <= s->left);
    last = ((const unsigned char *)bytes)[n - 1];
    (void)last;
    s->left -= n;
    return 0;
}

static int end(void *arg, struct err *err)
{
    struct seen *s = arg;

    (void)err;
    assert(s->open && !s->left);
    s->open = false;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct seen s = { .names = DICT_INIT };
    const struct tar_visitor v = { begin, data, end, &s };
    struct err err = ERR_INIT;
    FILE *fp = len ? fmemopen((void *)bytes, len, "rb") : NULL;

    if (!fp)
        return 0;
    int code = tar_read(fp, "a.tar", &v, &err);
    assert((code < 0) == (err.count > 0));
    assert(code < 0 || !s.open);
    fclose(fp);
    dict_release(&s.names);
    err_release(&err);
    return 0;
}
