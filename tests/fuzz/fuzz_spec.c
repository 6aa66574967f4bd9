/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backends asked for by any text. Taking it apart either fails with one fault, or gives
 * a name and settings that, put together again, are taken apart to the same; and
 * in-process backends open, or say why not.
 */
#include <stdlib.h>

#include "backends/backend.h"
#include "fuzz.h"

static void put_together(const struct backend_spec *spec, struct text *to)
{
    text_add(to, spec->name);
    for (size_t i = 0; i < spec->n; i++) {
        text_addf(to, "%c%s=", i ? ',' : ':', spec->settings[i].name);
        for (const char *c = spec->settings[i].value; *c; c++) {
            if (*c == ',' || *c == '\\')
                text_addch(to, '\\');
            text_addch(to, *c);
        }
    }
}

static void check_again(const struct backend_spec *spec, struct arena *arena)
{
    struct backend_spec again;
    struct text t = TEXT_INIT;

    put_together(spec, &t);
    assert(backend_spec_parse(&again, t.s, arena, NULL) == 0);
    assert(again.n == spec->n && !strcmp(again.name, spec->name));
    for (size_t i = 0; i < spec->n; i++) {
        assert(!strcmp(again.settings[i].name, spec->settings[i].name));
        assert(!strcmp(again.settings[i].value, spec->settings[i].value));
    }
    text_release(&t);
}

static void open_it(const char *text)
{
    struct err err = ERR_INIT;
    struct backend *b;
    int code = backend_open(&b, text, &err);

    assert((code < 0) == (err.count > 0) && (code < 0) == !b);
    if (b)
        assert(strlen(b->fingerprint) == 64 && *b->name);
    backend_close(b);
    err_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = mem_strndup((const char *)data, len);
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    struct backend_spec spec;
    int code = backend_spec_parse(&spec, text, &arena, &err);

    assert((code < 0) == (err.count == 1) && code == err.code);
    if (!code) {
        check_again(&spec, &arena);
        /* nothing that starts a program or reads a file that the text names */
        if (!strcmp(spec.name, "null") || !strcmp(spec.name, "lbp"))
            open_it(text);
    }
    arena_release(&arena);
    err_release(&err);
    free(text);
    return 0;
}
