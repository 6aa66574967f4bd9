/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/found.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/places.h"

/* The folder of the program that runs, to be freed. */
static char *own_folder(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    if (n <= 0)
        return mem_strdup(".");
    path[n] = '\0';
    return path_dirname(path);
}

char *found_host(struct err *err)
{
    const char *asked = getenv("MISID_HOST");

    if (asked && *asked)
        return mem_strdup(asked);
    char *own = own_folder(), *host = NULL;
    char *places[] = { mem_printf("%s/misid-host", own),
                       mem_printf("%s/../libexec/misid-host", own),
                       mem_strdup(MISID_LIBEXECDIR "/misid-host") };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!host && path_is_file(places[i]))
            host = places[i];
        else
            free(places[i]);
    }
    free(own);
    if (!host)
        err_add(err, ERR_INPUT, "misid-host: not beside this program, and not in %s; "
                "MISID_HOST may name it", MISID_LIBEXECDIR);
    return host;
}

struct names {
    char **items; /* NULL behind the last */
    size_t n;
};

static void names_add(struct names *l, char *name)
{
    l->items = mem_grow(l->items, l->n + 2, sizeof *l->items);
    l->items[l->n++] = name;
    l->items[l->n] = NULL;
}

void found_free(char **names)
{
    for (char **at = names; at && *at; at++)
        free(*at);
    free(names);
}

/* The folders of plug-ins, in the order in which they are looked through. */
static char **plugin_folders(void)
{
    struct names l = { 0 };
    const char *list = getenv("MISID_PLUGINS");
    char *own = own_folder();

    for (const char *end; list && *list; list = *end ? end + 1 : end) {
        end = strchrnul(list, ':');
        if (end > list)
            names_add(&l, mem_strndup(list, (size_t)(end - list)));
    }
    names_add(&l, mem_printf("%s/src/host/plugins", own));
    names_add(&l, mem_printf("%s/../lib/misid", own));
    names_add(&l, mem_strdup(MISID_PLUGINDIR));
    free(own);
    return l.items;
}

char *found_plugin(const char *name)
{
    char **folders = plugin_folders(), *found = NULL;

    for (char **at = folders; *at && !found; at++) {
        char *path = mem_printf("%s/%s.so", *at, name);
        if (path_is_file(path))
            found = path;
        else
            free(path);
    }
    found_free(folders);
    return found;
}

/* The names of files in a folder that end so, without their end. */
static void add_names(struct names *l, const char *folder, const char *end)
{
    DIR *dir = opendir(folder);

    for (struct dirent *e; dir && (e = readdir(dir));) {
        const size_t n = strlen(e->d_name), len = strlen(end);
        if (n <= len || e->d_name[0] == '.' || strcmp(e->d_name + n - len, end) != 0)
            continue;
        char *path = mem_printf("%s/%s", folder, e->d_name);
        if (path_is_file(path))
            names_add(l, mem_strndup(e->d_name, n - len));
        free(path);
    }
    if (dir)
        closedir(dir);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In order, each once. */
static char **settle(struct names *l)
{
    size_t kept = 0;

    if (!l->n)
        return mem_alloc(sizeof *l->items);
    qsort(l->items, l->n, sizeof *l->items, by_name);
    for (size_t i = 0; i < l->n; i++) {
        if (kept && !strcmp(l->items[kept - 1], l->items[i]))
            free(l->items[i]);
        else
            l->items[kept++] = l->items[i];
    }
    l->items[kept] = NULL;
    return l->items;
}

char **found_plugins(void)
{
    char **folders = plugin_folders();
    struct names l = { 0 };

    for (char **at = folders; *at; at++)
        add_names(&l, *at, ".so");
    found_free(folders);
    return settle(&l);
}

char **found_cards(void)
{
    static const char *const kinds[] = { "cards", "src/backends/cards" };
    struct names l = { 0 };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char **places = places_list(kinds[i], NULL);
        for (char **at = places; *at; at++)
            add_names(&l, *at, ".yaml");
        places_free(places);
    }
    return settle(&l);
}
