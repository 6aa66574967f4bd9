/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/backend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/kinds.h"
#include "backends/outside.h"
#include "base/file.h"
#include "base/hash.h"

struct backend_outside backend_outside;

static const struct backend_kind *const kinds[] = {
    &backend_azure,
    &backend_exec,
    &backend_facepp,
    &backend_ibm,
    &backend_kairos,
    &backend_lbp,
    &backend_null,
    &backend_plugin,
    &backend_recorded,
    &backend_rekognition,
};

const struct backend_kind *const *backend_kinds(size_t *n)
{
    *n = sizeof kinds / sizeof *kinds;
    return kinds;
}

static const struct backend_kind *find_kind(const char *name, struct err *err)
{
    struct text known = TEXT_INIT;
    size_t n;

    backend_kinds(&n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(kinds[i]->name, name))
            return kinds[i];
    for (size_t i = 0; i < n; i++)
        if (kinds[i]->claims && kinds[i]->claims(name))
            return kinds[i];
    for (size_t i = 0; i < n; i++)
        text_addf(&known, "%s%s", i ? ", " : "", kinds[i]->name);
    err_add(err, ERR_INPUT, "no backend '%.60s', expected one of %s or the path of a "
            "plug-in", name, known.s);
    text_release(&known);
    return NULL;
}

int backend_add_file(struct backend *b, const char *path, struct err *err)
{
    struct setting *files = arena_array(&b->arena, b->n_files + 1, sizeof *files);
    char hex[HASH_HEX];
    int code = hash_file(hex, path, err);

    if (code)
        return code;
    if (b->n_files)
        memcpy(files, b->files, b->n_files * sizeof *files);
    files[b->n_files++] = (struct setting){ arena_strdup(&b->arena, path),
                                            arena_strdup(&b->arena, hex) };
    b->files = files;
    return 0;
}

int backend_add_native(struct backend *b, const char *text, struct err *err)
{
    char *copy = mem_strdup(text), *at = copy;
    size_t cap = 1;

    for (const char *c = text; *c; c++)
        cap += *c == ';';
    b->native = arena_array(&b->arena, cap, sizeof *b->native);
    b->n_native = 0;
    for (char *item; *text && (item = strsep(&at, ";"));)
        if (!num_parse_double(item, &b->native[b->n_native++])) {
            free(copy);
            return err_add(err, ERR_INPUT, "backend %s: operating points '%.60s', expected "
                           "numbers with ';' between them", b->asked, text);
        }
    free(copy);
    return 0;
}

/* Adds a value as it stands in records: the path of a file is its base name, be it the
 * whole value or a word of it. */
static void add_shown(struct text *to, const struct backend *b, const char *value)
{
    for (const char *c = value; *c;) {
        size_t i = 0, len = 0;
        for (; i < b->n_files && (c == value || c[-1] == ' '); i++) {
            len = strlen(b->files[i].name);
            if (!strncmp(c, b->files[i].name, len) && (!c[len] || c[len] == ' '))
                break;
            len = 0;
        }
        if (len)
            text_add(to, path_basename(b->files[i].name));
        else
            text_addch(to, *c);
        c += len ? len : 1;
    }
}

static bool is_apart(const struct backend *b, const char *name)
{
    const char *const *at = b->apart;

    while (at && *at && strcmp(*at, name) != 0)
        at++;
    return at && *at;
}

/* NAME and the settings that were given, in the order of their names. */
static void set_name(struct backend *b, const struct backend_spec *spec)
{
    struct text t = TEXT_INIT, value = TEXT_INIT;
    size_t n = 0;

    text_add(&t, path_basename(b->asked));
    for (size_t i = 0; i < b->n_settings; i++)
        for (size_t k = 0; k < spec->n; k++) {
            if (strcmp(spec->settings[k].name, b->settings[i].name) ||
                is_apart(b, b->settings[i].name))
                continue;
            text_addf(&t, "%c%s=", n++ ? ',' : ':', b->settings[i].name);
            text_reset(&value);
            add_shown(&value, b, b->settings[i].value);
            for (const char *c = value.s; *c; c++) {
                if (*c == ',' || *c == '\\')
                    text_addch(&t, '\\');
                text_addch(&t, *c);
            }
        }
    b->name = b->spec = arena_strdup(&b->arena, t.s);
    text_release(&value);
    text_release(&t);
}

static int by_base_name(const void *a, const void *b)
{
    const struct setting *x = a, *y = b;
    int order = strcmp(path_basename(x->name), path_basename(y->name));

    return order ? order : strcmp(x->value, y->value);
}

static void add_files(const struct backend *b, struct json_out *w)
{
    json_list(w, "files");
    for (size_t i = 0; i < b->n_files; i++) {
        json_map(w, NULL);
        json_string(w, "name", path_basename(b->files[i].name));
        json_string(w, "sha256", b->files[i].value);
        json_end(w);
    }
    json_end(w);
}

/* With `all`, those that no answer depends on as well: how many threads. */
static void add_options(const struct backend *b, bool all, struct json_out *w)
{
    struct text value = TEXT_INIT;

    json_map(w, "options");
    for (size_t i = 0; i < b->n_settings; i++) {
        if (!all && (!strcmp(b->settings[i].name, "threads") ||
                     is_apart(b, b->settings[i].name)))
            continue;
        text_reset(&value);
        add_shown(&value, b, b->settings[i].value);
        json_string(w, b->settings[i].name, value.s);
    }
    json_end(w);
    text_release(&value);
}

static void set_fingerprint(struct backend *b)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    if (b->n_files)
        qsort(b->files, b->n_files, sizeof *b->files, by_base_name);
    w.compact = true;
    json_map(&w, NULL);
    json_int(&w, "abi", b->abi);
    add_files(b, &w);
    json_string(&w, "name", b->self);
    json_int(&w, "normalisation", IMAGE_NORMALISATION);
    add_options(b, false, &w);
    json_string(&w, "version", b->version);
    json_end(&w);
    hash_bytes(b->fingerprint, t.s, t.len);
    text_release(&t);
}

/* CALLED=NAME[:option=value,...]: how it is called in print, behind the sign; NULL where
 * the spec gives no name. */
static const char *called(const char **text, struct arena *arena)
{
    size_t len = strcspn(*text, "=:/");
    const char *name;

    if (!len || (*text)[len] != '=')
        return NULL;
    name = arena_strndup(arena, *text, len);
    *text += len + 1;
    return name;
}

int backend_open(struct backend **to, const char *text, struct err *err)
{
    struct backend *b = mem_alloc(sizeof *b);
    struct backend_spec spec;
    const char *name = called(&text, &b->arena);
    int code = backend_spec_parse(&spec, text, &b->arena, err);
    const struct backend_kind *kind = code ? NULL : find_kind(spec.name, err);

    *to = NULL;
    if (!kind) {
        arena_release(&b->arena);
        free(b);
        return code ? code : ERR_INPUT;
    }
    b->asked = spec.name;
    b->self = kind->name;
    b->about = kind->about;
    b->version = "";
    b->abi = MISID_ABI;
    b->batch = 1;
    b->least_found = NAN;
    b->cached = true;
    if (kind->options)
        code = backend_settle(b, kind->options, spec.settings, spec.n, err);
    if (!code)
        code = kind->options ? kind->open(b, b->settings, b->n_settings, err)
                             : kind->open(b, spec.settings, spec.n, err);
    if (code) {
        backend_close(b);
        return code;
    }
    if (b->dimension)
        b->template_bytes = b->dimension * sizeof(float);
    set_fingerprint(b);
    set_name(b, &spec);
    if (name)
        b->name = name;
    *to = b;
    return 0;
}

void backend_close(struct backend *b)
{
    if (!b)
        return;
    if (b->close)
        b->close(b);
    arena_release(&b->arena);
    free(b);
}

int session_plain(struct backend *b, struct session **s, struct err *err)
{
    (void)err;
    *s = mem_alloc(sizeof **s);
    (*s)->backend = b;
    return 0;
}

void session_plain_end(struct session *s)
{
    free(s);
}

static const struct {
    unsigned bit;
    const char *word;
} capabilities[] = {
    { MISID_CLASS, "class" }, { MISID_TEMPLATE, "template" }, { MISID_FACES, "faces" },
    { MISID_QUALITY, "quality" }, { MISID_COMPARE, "compare" }, { MISID_SEARCH, "search" },
};

void backend_add_capabilities(const struct backend *b, struct text *to)
{
    size_t n = 0;

    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++)
        if (b->capabilities & capabilities[i].bit)
            text_addf(to, "%s%s", n++ ? ", " : "", capabilities[i].word);
}

void backend_add_json(const struct backend *b, struct json_out *w)
{
    json_string(w, "name", b->name);
    json_string(w, "program", b->self);
    json_string(w, "version", b->version);
    json_string(w, "about", b->about);
    json_int(w, "abi", b->abi);
    json_string(w, "fingerprint", b->fingerprint);
    json_int(w, "normalisation", IMAGE_NORMALISATION);
    json_list(w, "capabilities");
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++)
        if (b->capabilities & capabilities[i].bit)
            json_string(w, NULL, capabilities[i].word);
    json_end(w);
    add_options(b, true, w);
    add_files(b, w);
    json_int(w, "dimension", b->dimension);
    json_string(w, "similarity", !(b->capabilities & MISID_TEMPLATE) ? NULL
                : b->own_scores ? "own" : similarity_names[b->similarity]);
    json_bool(w, "distance", b->own_scores ? b->score_is_distance
                                           : similarity_is_distance(b->similarity));
    if (b->own_scores) {
        json_number(w, "score_low", b->score_low);
        json_number(w, "score_high", b->score_high);
    }
    json_list(w, "native");
    for (size_t i = 0; i < b->n_native; i++)
        json_number(w, NULL, b->native[i]);
    json_end(w);
    json_int(w, "batch", (int64_t)b->batch);
    json_bool(w, "cached", b->cached);
    if (b->add_evidence) {
        json_map(w, "evidence");
        b->add_evidence(b, w);
        json_end(w);
    }
}
