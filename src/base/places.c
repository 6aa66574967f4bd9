/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

static void add(char ***places, size_t *n, char *path)
{
    *places = mem_grow(*places, *n + 2, sizeof **places);
    (*places)[(*n)++] = path;
    (*places)[*n] = NULL;
}

char **places_list(const char *kind, const char *study_path)
{
    char **places = NULL;
    size_t n = 0;

    if (study_path) {
        char *dir = path_dirname(study_path);
        add(&places, &n, mem_printf("%s/../%s", dir, kind));
        free(dir);
    }
    const char *list = getenv("MISID_DATA");
    for (const char *end; list && *list; list = *end ? end + 1 : end) {
        end = strchrnul(list, ':');
        if (end == list)
            continue;
        add(&places, &n, mem_printf("%.*s/%s", (int)(end - list), list, kind));
        add(&places, &n, mem_strndup(list, (size_t)(end - list)));
    }
    add(&places, &n, mem_printf("%s/%s", MISID_DATADIR, kind));
    return places;
}

void places_free(char **places)
{
    for (size_t i = 0; places[i]; i++)
        free(places[i]);
    free(places);
}

char *places_find(const char *kind, const char *study_path, const char *name)
{
    char **places = places_list(kind, study_path), *found = NULL;

    for (size_t i = 0; places[i] && !found; i++) {
        char *path = path_join(places[i], name);
        if (path_is_file(path))
            found = path;
        else
            free(path);
    }
    places_free(places);
    return found;
}
