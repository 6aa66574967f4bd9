/* SPDX-License-Identifier: 0BSD */
#include "host/plugins/frte/library.h"

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names that GNU's C++ compilers give to what NIST's headers declare. */
static const struct {
    const char *word, *about, *scope;
    const char *factory, *major, *minor;
} apis[] = {
    [FRTE_11] = { "11", "1:1", "FRVT_11", "_ZN7FRVT_119Interface17getImplementationEv",
                  "_ZN7FRVT_1117API_MAJOR_VERSIONE", "_ZN7FRVT_1117API_MINOR_VERSIONE" },
    [FRTE_1N] = { "1N", "1:N", "FRVT_1N", "_ZN7FRVT_1N9Interface17getImplementationEv",
                  "_ZN7FRVT_1N17API_MAJOR_VERSIONE", "_ZN7FRVT_1N17API_MINOR_VERSIONE" },
};

#define STRUCTS_MAJOR "_ZN4FRVT26FRVT_STRUCTS_MAJOR_VERSIONE"
#define STRUCTS_MINOR "_ZN4FRVT26FRVT_STRUCTS_MINOR_VERSIONE"

int frte_complain(struct misid_text *why, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (why->cap)
        vsnprintf(why->s, why->cap, fmt, ap);
    va_end(ap);
    return -1;
}

const char *library_name(enum frte_api api, const struct frte_versions *v,
                         char name[FRTE_NAME_MAX])
{
    snprintf(name, FRTE_NAME_MAX, "%s API %u.%u, structs %u.%u", apis[api].about,
             v->api_major, v->api_minor, v->structs_major, v->structs_minor);
    return name;
}

/* Paths of objects that are loaded, a line each. */
struct listing {
    char *s;
    size_t len;
    const char *but;    /* lines that are left out */
};

static int is_line_of(const char *list, const char *line)
{
    size_t n = strlen(line);

    for (const char *at = list; (at = strstr(at, line)); at += n)
        if ((at == list || at[-1] == '\n') && at[n] == '\n')
            return 1;
    return 0;
}

static int is_of_system(const char *path)
{
    static const char *const roots[] = { "/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/" };

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (!strncmp(path, roots[i], strlen(roots[i])))
            return 1;
    return 0;
}

static int list_object(struct dl_phdr_info *info, size_t size, void *to)
{
    struct listing *l = to;
    char *path = info->dlpi_name && *info->dlpi_name ? realpath(info->dlpi_name, NULL)
                                                     : NULL;

    (void)size;
    if (path && !(l->but && (is_line_of(l->but, path) || is_of_system(path)))) {
        size_t n = strlen(path);
        char *s = realloc(l->s, l->len + n + 2);
        if (s) {
            l->s = s;
            l->len += (size_t)sprintf(s + l->len, "%s\n", path);
        }
    }
    free(path);
    return 0;
}

/* Every object that is loaded now; with `but` those that are not in it, nor the
 * system's. To be freed; NULL if there is none. */
static char *list_objects(const char *but)
{
    struct listing l = { .but = but };

    dl_iterate_phdr(list_object, &l);
    return l.s;
}

/* Which std::string the names in the library speak of: 1, that of GCC 5 and later; 0,
 * the old one; -1, none. */
static int strings_of(void *object)
{
    const struct link_map *map;
    const char *names = NULL;
    size_t size = 0;
    int old = 0;

    if (dlinfo(object, RTLD_DI_LINKMAP, &map) < 0)
        return -1;
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        if (d->d_tag == DT_STRTAB)
            names = (const char *)d->d_un.d_ptr;
        else if (d->d_tag == DT_STRSZ)
            size = d->d_un.d_val;
    }
    if (names && (uintptr_t)names < map->l_addr) /* not relocated, as on some machines */
        names += map->l_addr;
    for (size_t at = 0, n; names && at < size; at += n + 1) {
        n = strnlen(names + at, size - at);
        if (strstr(names + at, "St7__cxx1112basic_string"))
            return 1;
        old |= !strncmp(names + at, "_ZNSs", 5) || !strncmp(names + at, "_ZNKSs", 6) ||
               strstr(names + at, "ERKSs") != NULL;
    }
    return old ? 0 : -1;
}

static int take_version(const struct library *l, void *object, const char *symbol,
                        const char *scope, const char *name, uint16_t *to,
                        struct misid_text *why)
{
    const uint16_t *v = dlsym(object, symbol);

    if (!v)
        return frte_complain(why, "%s: does not export %s::%s, which says its version",
                             l->path, scope, name);
    *to = *v;
    return 0;
}

static int take_versions(struct library *l, void *object, struct misid_text *why)
{
    const char *scope = apis[l->api].scope;
    struct frte_versions *v = &l->versions;

    if (take_version(l, object, apis[l->api].major, scope, "API_MAJOR_VERSION",
                     &v->api_major, why) < 0 ||
        take_version(l, object, apis[l->api].minor, scope, "API_MINOR_VERSION",
                     &v->api_minor, why) < 0 ||
        take_version(l, object, STRUCTS_MAJOR, "FRVT", "FRVT_STRUCTS_MAJOR_VERSION",
                     &v->structs_major, why) < 0 ||
        take_version(l, object, STRUCTS_MINOR, "FRVT", "FRVT_STRUCTS_MINOR_VERSION",
                     &v->structs_minor, why) < 0)
        return -1;
    return 0;
}

/* Which of the APIs the library has, or the one that is asked for. */
static int take_api(struct library *l, void *object, const char *asked,
                    struct misid_text *why)
{
    for (size_t i = 0; i < sizeof apis / sizeof *apis; i++) {
        if (*asked && strcmp(asked, apis[i].word) != 0)
            continue;
        l->api = (enum frte_api)i;
        l->factory = dlsym(object, apis[i].factory);
        if (l->factory)
            return 0;
    }
    if (*asked)
        return frte_complain(why, "%s: does not export %s::Interface::getImplementation()",
                             l->path, apis[l->api].scope);
    return frte_complain(why, "%s: exports neither FRVT_11:: nor FRVT_1N::Interface::"
                         "getImplementation(): no FRTE library", l->path);
}

/* The folder of adapters, to be freed. */
static char *adapters_folder(void)
{
    Dl_info here;
    char *folder = NULL;

    if (!dladdr((const void *)apis, &here) || !here.dli_fname)
        return NULL;
    const char *slash = strrchr(here.dli_fname, '/');
    int n = slash ? (int)(slash - here.dli_fname) : 1;
    if (asprintf(&folder, "%.*s/frte", n, slash ? here.dli_fname : ".") < 0)
        return NULL;
    return folder;
}

/* An adapter of this interface, or NULL. */
static const struct frte_adapter *load_adapter(const char *path)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    frte_adapter_function *get;
    const struct frte_adapter *a;

    if (!object) {
        fprintf(stderr, "frte: %s\n", dlerror());
        return NULL;
    }
    *(void **)&get = dlsym(object, FRTE_ADAPTER_SYMBOL);
    a = get ? get() : NULL;
    return a && a->adapter == FRTE_ADAPTER ? a : NULL;
}

/* How well an adapter fits: 0, not at all; 3, to the minor versions. */
static int fit(const struct library *l, const struct frte_adapter *a)
{
    const struct frte_versions *v = &l->versions, *w = &a->versions;

    if (a->api != l->api || a->cxx11 != l->cxx11 || v->api_major != w->api_major ||
        v->structs_major != w->structs_major)
        return 0;
    return 1 + (v->api_minor == w->api_minor) + (v->structs_minor == w->structs_minor);
}

/* The adapters that there are, told once for both kinds of std::string. */
static void tell_adapter(const struct frte_adapter *a, char *list, size_t cap)
{
    char name[FRTE_NAME_MAX];
    size_t n = strlen(list);

    if (!strstr(list, library_name(a->api, &a->versions, name)))
        snprintf(list + n, cap - n, "%s%s", n ? "; " : "", name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_adapter(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return n > 3 && e->d_name[0] != '.' && !strcmp(e->d_name + n - 3, ".so");
}

static void consider(struct library *l, const char *folder, const char *name, int *best,
                     char *list, size_t cap)
{
    char *path = NULL;
    const struct frte_adapter *a;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return;
    a = load_adapter(path);
    if (a)
        tell_adapter(a, list, cap);
    if (a && fit(l, a) > *best) {
        *best = fit(l, a);
        l->adapter = a;
        free(l->adapter_path);
        l->adapter_path = realpath(path, NULL);
    }
    free(path);
}

static int choose_adapter(struct library *l, struct misid_text *why)
{
    char *folder = adapters_folder(), name[FRTE_NAME_MAX], list[512] = "";
    struct dirent **entries = NULL;
    int n = folder ? scandir(folder, &entries, is_adapter, by_name) : -1, best = 0;

    for (int i = 0; i < n; i++) {
        consider(l, folder, entries[i]->d_name, &best, list, sizeof list);
        free(entries[i]);
    }
    free(entries);
    free(folder);
    library_name(l->api, &l->versions, name);
    if (l->adapter)
        return 0;
    if (!*list)
        return frte_complain(why, "%s: is of %s, but misid was built without NIST's "
                             "headers (configure --with-frte=DIR)", l->path, name);
    return frte_complain(why, "%s: is of %s%s, but misid was built with the headers of %s",
                         l->path, name, l->cxx11 ? "" : " (std::string from before GCC 5)",
                         list);
}

static int settle_strings(struct library *l, void *object, const char *strings,
                          struct misid_text *why)
{
    if (!strcmp(strings, "auto"))
        l->cxx11 = strings_of(object) != 0;
    else if (!strcmp(strings, "new") || !strcmp(strings, "old"))
        l->cxx11 = !strcmp(strings, "new");
    else
        return frte_complain(why, "strings=%.60s: expected auto, new or old", strings);
    return 0;
}

int library_open(struct library *l, const char *path, const char *api,
                 const char *strings, struct misid_text *why)
{
    char *before, *after;
    void *object;

    *l = (struct library){ .path = realpath(path, NULL) };
    if (!l->path)
        return frte_complain(why, "library=%s: there is no such file", path);
    if (*api && strcmp(api, "11") != 0 && strcmp(api, "1N") != 0)
        return frte_complain(why, "api=%.60s: expected 11 or 1N", api);
    before = list_objects(NULL);
    object = dlopen(l->path, RTLD_NOW | RTLD_LOCAL);
    if (!object) {
        free(before);
        return frte_complain(why, "library: cannot be loaded: %s", dlerror());
    }
    after = list_objects(before ? before : "");
    l->files = after ? after : strdup("");
    free(before);
    if (take_api(l, object, api, why) < 0 || take_versions(l, object, why) < 0 ||
        settle_strings(l, object, strings, why) < 0)
        return -1;
    return choose_adapter(l, why);
}

void library_release(struct library *l)
{
    free(l->path);
    free(l->adapter_path);
    free(l->files);
}
