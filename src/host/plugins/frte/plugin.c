/* SPDX-License-Identifier: 0BSD */
/*
 * The frte backend: a library in the form in which laboratories get them for NIST's Face
 * Recognition Technology Evaluation (FRTE, FRVT until 2023), 1:1 or 1:N. A plug-in as any
 * other (misid-backend.h), in a process of misid-host, and under a permissive licence as
 * that is: such libraries are proprietary.
 */
#include "host/plugins/frte/plugin.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/plugins/frte/twin.h"

#define ROOM_MAX (16u << 20)

static const struct misid_option options[] = {
    { "api", "", "11 or 1N, if the library has both" },
    { "config", "", "the library's folder of configuration; else the folder config beside "
      "the library's own" },
    { "depth", "24", "of the pixels: 24 bits of colour, 8 of grey, or auto, grey for grey "
      "pictures" },
    { "description", "unknown", "what images are: " FRTE_DESCRIPTIONS },
    { "library", "", "its path" },
    { "native", "", "operating points to be told as the library's own, with ; between" },
    { "room", "65536", "bytes that both templates of a face may take" },
    { "several", "no", "yes: all faces of an image, by the library's function for it" },
    { "strings", "auto", "the library's std::string: new (GCC 5 and later), old, or auto" },
    { NULL, NULL, NULL },
};

/* The value of an option; "" where it is not given. */
static const char *value_of(const struct misid_setting *settings, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(settings[i].name, name))
            return settings[i].value ? settings[i].value : "";
    return "";
}

static int is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* LIB/../config of LIB/library.so, as NIST's packages are laid out; "" if there is none. */
static char *find_config(const char *library)
{
    const char *slash = strrchr(library, '/');
    char *path = NULL, *whole = NULL;

    if (asprintf(&path, "%.*s/../config", slash ? (int)(slash - library) : 1,
                 slash ? library : ".") < 0)
        return NULL;
    if (is_folder(path))
        whole = realpath(path, NULL);
    free(path);
    return whole ? whole : strdup("");
}

static int take_config(struct frte *f, const char *given, struct misid_text *why)
{
    f->engine.config = *given ? realpath(given, NULL) : find_config(f->engine.library.path);
    if (!f->engine.config || (*given && !is_folder(f->engine.config)))
        return frte_complain(why, "config=%s: there is no such folder", given);
    return 0;
}

static int take_depth(struct frte *f, const char *given, struct misid_text *why)
{
    static const char *const words[] = { [DEPTH_24] = "24", [DEPTH_8] = "8",
                                         [DEPTH_AUTO] = "auto" };

    for (int i = 0; i < 3; i++) {
        if (strcmp(given, words[i]) != 0)
            continue;
        f->depth = (enum frte_depth)i;
        return 0;
    }
    return frte_complain(why, "depth=%.60s: expected 24, 8 or auto", given);
}

static int take_room(struct frte *f, const char *given, struct misid_text *why)
{
    char *end;
    unsigned long v;

    errno = 0;
    v = strtoul(given, &end, 10);
    if (*given < '0' || *given > '9' || *end || errno || v < 64 || v > ROOM_MAX)
        return frte_complain(why, "room=%.60s: expected a whole number from 64 to %u", given,
                             ROOM_MAX);
    f->room = (uint32_t)v;
    return 0;
}

static int take_several(struct frte *f, const char *given, struct misid_text *why)
{
    char name[FRTE_NAME_MAX];

    if (strcmp(given, "yes") != 0 && strcmp(given, "no") != 0)
        return frte_complain(why, "several=%.60s: expected yes or no", given);
    f->several = !strcmp(given, "yes");
    if (f->several && !f->engine.library.adapter->several)
        return frte_complain(why, "several=yes: %s has no function for several faces",
                             library_name(f->engine.library.api,
                                          &f->engine.library.versions, name));
    return 0;
}

static int take_description(struct frte *f, const char *given, struct misid_text *why)
{
    char name[FRTE_NAME_MAX];

    f->description = f->engine.library.adapter->describe(given);
    if (f->description >= 0)
        return 0;
    return frte_complain(why, "description=%.60s: expected one of " FRTE_DESCRIPTIONS
                         " that %s has", given,
                         library_name(f->engine.library.api, &f->engine.library.versions,
                                      name));
}

static int open_all(struct frte *f, const struct misid_setting *settings, size_t n,
                    struct misid_text *why)
{
    const char *library = value_of(settings, n, "library");

    if (!*library)
        return frte_complain(why, "library is missing, expected library=PATH");
    if (take_depth(f, value_of(settings, n, "depth"), why) < 0 ||
        take_room(f, value_of(settings, n, "room"), why) < 0 ||
        library_open(&f->engine.library, library, value_of(settings, n, "api"),
                     value_of(settings, n, "strings"), why) < 0 ||
        take_config(f, value_of(settings, n, "config"), why) < 0 ||
        take_description(f, value_of(settings, n, "description"), why) < 0 ||
        take_several(f, value_of(settings, n, "several"), why) < 0)
        return -1;
    return engine_open(&f->engine, why);
}

/* Where the files that the answers rest on are listed; nftw() knows no context. */
static struct misid_text *listing;
static size_t listed;

static int list_line(const char *path)
{
    const size_t n = strlen(path);

    if (listed + n + 2 > listing->cap)
        return -1;
    listed += (size_t)sprintf(listing->s + listed, "%s\n", path);
    return 0;
}

static int list_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)at;
    return kind == FTW_F && S_ISREG(st->st_mode) ? list_line(path) : 0;
}

/* The library with what came with it, the adapter, and all of the configuration. */
static int say_files(const struct frte *f, struct misid_info *info, struct misid_text *why)
{
    const struct library *l = &f->engine.library;
    const size_t n = strlen(l->files);

    listing = &info->files;
    if (n + 1 > listing->cap)
        return frte_complain(why, "the paths of the library's files are too long");
    memcpy(listing->s, l->files, n + 1);
    listed = n;
    if ((l->adapter_path && list_line(l->adapter_path) < 0) ||
        (*f->engine.config && nftw(f->engine.config, list_file, 16, 0) != 0))
        return frte_complain(why, "%s: it cannot be read, or its paths are too long to be "
                             "listed", f->engine.config);
    return 0;
}

static int say_info(const struct frte *f, struct misid_info *info, struct misid_text *why,
                    const char *native)
{
    const struct library *l = &f->engine.library;
    const char *slash = strrchr(l->path, '/');
    char name[FRTE_NAME_MAX];

    info->capabilities = MISID_TEMPLATE | (f->several ? MISID_FACES : 0) |
                         (l->api == FRTE_11 ? MISID_COMPARE : MISID_SEARCH);
    info->template_bytes = f->room;
    info->batch = 1;
    snprintf(info->similarity.s, info->similarity.cap, "own");
    if (snprintf(info->native.s, info->native.cap, "%s", native) >= (int)info->native.cap)
        return frte_complain(why, "native: more than %zu bytes", info->native.cap - 1);
    snprintf(info->about.s, info->about.cap, "%.200s, %s", slash ? slash + 1 : l->path,
             library_name(l->api, &l->versions, name));
    return say_files(f, info, why);
}

static void frte_close(void *self)
{
    struct frte *f = self;

    engine_close(&f->engine);
    frte_process_release(f);
    free(f);
}

static void *frte_open(const struct misid_setting *settings, size_t n,
                       struct misid_info *info, struct misid_text *why)
{
    struct frte *f = calloc(1, sizeof *f);

    if (f && (open_all(f, settings, n, why) < 0 ||
              say_info(f, info, why, value_of(settings, n, "native")) < 0)) {
        frte_close(f);
        f = NULL;
    }
    return f;
}

static int process(void *self, uint32_t want, const struct misid_image *const *images,
                   size_t n, struct misid_result *const *results, struct misid_text *why)
{
    (void)why;
    for (size_t i = 0; i < n; i++)
        frte_process(self, want, images[i], results[i]);
    return 0;
}

/* `a` takes the place of the probe, `b` that of the enrolled. */
static int compare(void *self, const struct misid_template *const *a,
                   const struct misid_template *const *b, size_t n, double *scores,
                   struct misid_text *why)
{
    struct frte *f = self;

    (void)why;
    for (size_t i = 0; i < n; i++) {
        struct twin probe, enrolled;
        if (twin_read(&probe, a[i]->bytes, a[i]->len) < 0 ||
            twin_read(&enrolled, b[i]->bytes, b[i]->len) < 0)
            scores[i] = NAN;
        else
            scores[i] = engine_match(&f->engine, &probe.part[FRTE_PROBE],
                                     &enrolled.part[FRTE_ENROL]);
    }
    return 0;
}

static void *enroll(void *self, const struct misid_template *const *templates, size_t n,
                    struct misid_text *why)
{
    struct frte *f = self;
    struct frte_template *parts = calloc(n, sizeof *parts);
    struct gallery *g = NULL;
    size_t i = 0;

    for (struct twin t; parts && i < n; i++) {
        if (twin_read(&t, templates[i]->bytes, templates[i]->len) < 0)
            break;
        parts[i] = t.part[FRTE_ENROL];
    }
    if (!parts)
        frte_complain(why, "there is no memory");
    else if (i < n)
        frte_complain(why, "template %zu is none of this backend's", i);
    else
        g = engine_enroll(&f->engine, parts, n, why);
    free(parts);
    return g;
}

static long search(void *self, void *gallery, const struct misid_template *probe,
                   struct misid_candidate *const *candidates, size_t cap,
                   struct misid_text *why)
{
    struct twin t;

    (void)self;
    if (twin_read(&t, probe->bytes, probe->len) < 0)
        return frte_complain(why, "the template is none of this backend's");
    if (t.code[FRTE_PROBE]) /* which is never searched for */
        return 0;
    return engine_search(gallery, &t.part[FRTE_PROBE], candidates, cap, why);
}

static void drop(void *self, void *gallery)
{
    (void)self;
    engine_drop(gallery);
}

static const struct misid_backend frte = {
    .abi = MISID_ABI,
    .size = sizeof frte,
    .name = "frte",
    .version = "1",
    .about = "a library made for NIST's FRTE, 1:1 or 1:N",
    .capabilities = MISID_TEMPLATE | MISID_FACES | MISID_COMPARE | MISID_SEARCH,
    .options = options,
    .open = frte_open,
    .close = frte_close,
    .process = process,
    .compare = compare,
    .enroll = enroll,
    .search = search,
    .drop = drop,
};

const struct misid_backend *misid_backend(uint32_t abi)
{
    return abi == MISID_ABI ? &frte : NULL;
}
