/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid merge: from the parts of a work to the whole of it. */
#include "cli/merge.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/options.h"

static const struct {
    const char *stage;
    int (*merge)(struct merge_request *r, struct err *err);
} stages[] = {
    { "embed", merge_embed },
    { "ingest", merge_ingest },
    { "score", merge_score },
};
#define N_STAGES (sizeof stages / sizeof *stages)

static int check_out(const struct merge_request *r, struct err *err)
{
    for (size_t i = 0; i < r->n; i++)
        if (folder_same(r->out, r->parts[i].dir))
            return err_add(err, ERR_INPUT, "merge: %s is the folder of part %zu, expected "
                           "another one for the whole", r->out, r->parts[i].shard.i);
    return path_make_dirs(r->out, err);
}

static int merge_all(struct merge_request *r, struct err *err)
{
    size_t i = 0;

    while (i < N_STAGES && strcmp(stages[i].stage, r->parts[0].stage))
        i++;
    if (i == N_STAGES)
        return err_add(err, ERR_INPUT, "merge: %s is of '%.40s', expected a part of embed, "
                       "ingest or score", r->parts[0].dir, r->parts[0].stage);
    int code = check_out(r, err);
    if (!code)
        code = shard_unfinish(r->out, err);
    return code ? code : stages[i].merge(r, err);
}

int merge_main(int argc, char **argv)
{
    struct merge_request r = { .words = TEXT_INIT };
    struct part *parts = NULL;
    bool quiet = false, help = false;
    const struct option table[] = {
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &quiet },
        { OPTION_FLAG, "json", NULL, "print a summary as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct option_list args = { 0 };
    struct err err = ERR_INIT;
    int code = options_parse("merge", table, argc, argv, &args, &err);

    if (!code && help) {
        puts("usage: misid merge OUT PART... [OPTION]...\n\n"
             "Makes one folder of the parts that `misid ingest`, `misid embed` or `misid "
             "score` have made\nwith --shard I/N: what one of them would have made alone, "
             "bit for bit.\n");
        options_print(table);
    } else if (!code && args.n < 2) {
        code = err_add(&err, ERR_INPUT, "merge: expected OUT and all the PARTs");
    } else if (!code) {
        r.out = args.items[0];
        r.n = args.n - 1;
        code = parts_load(&parts, args.items + 1, r.n, &err);
        r.parts = parts;
        if (!code)
            code = merge_all(&r, &err);
        if (!code && (r.json || !quiet))
            fputs(r.words.s, stdout);
        parts_release(parts, r.n);
    }
    text_release(&r.words);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
