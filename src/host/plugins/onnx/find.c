/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/places.h"

/* Where scripts/setup puts things: malloc'd; NULL if the machine names no home. */
static char *own_folder(const char *name)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

    if (data && *data == '/')
        return mem_printf("%s/misid/%s", data, name);
    return home && *home ? mem_printf("%s/.local/share/misid/%s", home, name) : NULL;
}

/* DIR/NAME if it is a file, else NULL. */
static char *in_folder(const char *dir, const char *name)
{
    char *path = path_join(dir, name);

    if (path_is_file(path))
        return path;
    free(path);
    return NULL;
}

static char *along_list(const char *list, const char *name)
{
    char *found = NULL;

    for (const char *end; list && *list && !found; list = *end ? end + 1 : end) {
        end = strchrnul(list, ':');
        if (end == list)
            continue;
        char *dir = mem_strndup(list, (size_t)(end - list));
        found = in_folder(dir, name);
        free(dir);
    }
    return found;
}

static char *find_file(const char *name, const char *own)
{
    char *found;

    if (strchr(name, '/'))
        return path_is_file(name) ? mem_strdup(name) : NULL;
    found = along_list(getenv("MISID_MODELS"), name);
    return found || !own ? found : in_folder(own, name);
}

char *find_model(const struct net *net, struct err *err)
{
    char *own, *found = NULL;

    if (!net->n_files) {
        err_add(err, ERR_INPUT, "the card names no file for a net: %s",
                *net->get ? net->get : "it has no `file`");
        return NULL;
    }
    own = own_folder("models");
    for (size_t i = 0; i < net->n_files && !found; i++)
        found = find_file(net->files[i], own);
    if (!found) {
        struct text names = TEXT_INIT;
        for (size_t i = 0; i < net->n_files; i++)
            text_addf(&names, "%s%s", i ? " or " : "", net->files[i]);
        err_add(err, ERR_INPUT, "no model %s along MISID_MODELS or in %s; to have it: %s",
                names.s, own ? own : "~/.local/share/misid/models",
                *net->get ? net->get : "the card does not say");
        text_release(&names);
    }
    free(own);
    return found;
}

char *find_card(const char *name, struct err *err)
{
    char *file, *found;

    if (strchr(name, '/')) {
        if (!path_is_file(name)) {
            err_add(err, ERR_INPUT, "card %s: is not a file", name);
            return NULL;
        }
        return mem_strdup(name);
    }
    file = mem_printf("%s.yaml", name);
    found = places_find("cards", NULL, file);
    if (!found) /* MISID_DATA may name a source tree */
        found = places_find("src/backends/cards", NULL, file);
    if (!found) {
        struct text places = TEXT_INIT;
        char **list = places_list("cards", NULL);
        for (size_t i = 0; list[i]; i++)
            text_addf(&places, "%s%s", i ? ", " : "", list[i]);
        err_add(err, ERR_INPUT, "no model card %s in %s", file, places.s);
        places_free(list);
        text_release(&places);
    }
    free(file);
    return found;
}
