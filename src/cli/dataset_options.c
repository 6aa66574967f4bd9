/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dataset_options.h"

#include <string.h>

#define PREFIX "dataset."

static const char *of_dataset(const char *set)
{
    return strncmp(set, PREFIX, strlen(PREFIX)) ? NULL : set + strlen(PREFIX);
}

int dataset_request_open(const struct dataset_request *request, const char *command,
                         const char *study_path, struct dataset *d, struct err *err)
{
    struct option_list sets = { 0 };

    if (!request->name)
        return err_add(err, ERR_INPUT, "%s: no data set is named, expected --dataset NAME",
                       command);
    for (size_t i = 0; i < request->sets.n; i++)
        if (of_dataset(request->sets.items[i]))
            option_list_add(&sets, of_dataset(request->sets.items[i]));
    int code = dataset_load_with(d, request->name, study_path, sets.items, sets.n, err);
    option_list_release(&sets);
    return code;
}

int dataset_request_only(const struct dataset_request *request, const char *command,
                         struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < request->sets.n; i++)
        if (!of_dataset(request->sets.items[i]))
            code = err_add(err, ERR_INPUT, "%s: --set %s, expected dataset.KEY=VALUE",
                           command, request->sets.items[i]);
    return code;
}

void dataset_request_rest(const struct dataset_request *request, struct option_list *rest)
{
    for (size_t i = 0; i < request->sets.n; i++)
        if (!of_dataset(request->sets.items[i]))
            option_list_add(rest, request->sets.items[i]);
}

void dataset_request_release(struct dataset_request *request)
{
    option_list_release(&request->sets);
}
