/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dataset_options.h"

#include <string.h>

#include "base/file.h"
#include "cli/pipeline.h"

#define PREFIX "dataset."

/* What an assignment says to the data set, or NULL. */
static const char *of_dataset(const struct dataset_request *request, const char *set)
{
    const char *prefix = request->prefix ? request->prefix : PREFIX;

    return strncmp(set, prefix, strlen(prefix)) ? NULL : set + strlen(prefix);
}

int dataset_request_open(const struct dataset_request *request, const char *command,
                         const char *study_path, struct dataset *d, struct err *err)
{
    struct option_list sets = { 0 };

    if (!request->name)
        return err_add(err, ERR_INPUT, "%s: no data set is named, expected --dataset NAME",
                       command);
    for (size_t i = 0; i < request->sets.n; i++)
        if (of_dataset(request, request->sets.items[i]))
            option_list_add(&sets, of_dataset(request, request->sets.items[i]));
    int code = dataset_load_with(d, request->name, study_path, sets.items, sets.n, err);
    option_list_release(&sets);
    return code;
}

int dataset_request_only(const struct dataset_request *request, const char *command,
                         struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < request->sets.n; i++)
        if (!of_dataset(request, request->sets.items[i]))
            code = err_add(err, ERR_INPUT, "%s: --set %s, expected dataset.KEY=VALUE",
                           command, request->sets.items[i]);
    return code;
}

void dataset_request_rest(const struct dataset_request *request, struct option_list *rest)
{
    for (size_t i = 0; i < request->sets.n; i++)
        if (!of_dataset(request, request->sets.items[i]))
            option_list_add(rest, request->sets.items[i]);
}

void dataset_request_share(struct dataset_request *from, struct dataset_request *to)
{
    size_t kept = 0;

    for (size_t i = 0; i < from->sets.n; i++)
        if (of_dataset(to, from->sets.items[i]))
            option_list_add(&to->sets, from->sets.items[i]);
        else
            from->sets.items[kept++] = from->sets.items[i];
    from->sets.n = kept;
}

/* A path without its folders, which are this machine's. */
static void add_set(struct text *to, const char *set)
{
    const char *value = strchr(set, '=');
    struct text t = TEXT_INIT;

    text_addn(&t, set, value ? (size_t)(value - set) + 1 : strlen(set));
    if (value)
        text_add(&t, value[1] == '[' || value[1] == '{' ? value + 1
                                                        : path_basename(value + 1));
    text_add(to, " --set");
    record_add_quoted(to, t.s);
    text_release(&t);
}

void dataset_request_add_command(const struct dataset_request *request, const char *name,
                                 const char *root, struct text *to)
{
    text_addf(to, " --%s", name);
    record_add_quoted(to, strchr(request->name, '/') ? path_basename(request->name)
                                                     : request->name);
    if (request->root) {
        text_addf(to, " --%s", root);
        record_add_quoted(to, path_basename(request->root));
    }
    for (size_t i = 0; i < request->sets.n; i++)
        if (of_dataset(request, request->sets.items[i]))
            add_set(to, request->sets.items[i]);
}

void dataset_request_release(struct dataset_request *request)
{
    option_list_release(&request->sets);
}
