/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid embed: from a data set to what a backend says of its images. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/dataset_options.h"
#include "cli/embedding.h"
#include "cli/folder.h"
#include "cli/shard.h"
#include "datasets/census.h"
#include "datasets/descriptor.h"

struct embed {
    struct dataset_request set;
    struct embed_request request;
    const char *backend, *out, *by, *shard_text;
    struct shard shard;
    double limit;
    bool json, want_help;
    struct roster roster;
    size_t *rows, n;           /* of the roster */
    size_t samples;            /* of all parts */
    struct trials trials;
    struct problems problems;
    struct embedding e;
};

/* The axes of --by, each alone and together; else every axis alone. */
struct by {
    struct census census;
    long *numbers;
    const long **sets;
    size_t n;
};

static int find_by(struct by *by, const struct embed *in, struct err *err)
{
    char *copy = mem_strdup(in->by ? in->by : ""), *at = copy;
    const char *names[GROUP_MAX_AXES];
    size_t n = 0;

    for (char *item; *copy && (item = strsep(&at, ","));) {
        if (n == GROUP_MAX_AXES) {
            free(copy);
            return err_add(err, ERR_INPUT, "embed: --by %s, expected at most %d attributes",
                           in->by, GROUP_MAX_AXES);
        }
        names[n++] = item;
    }
    int code = census_take(&by->census, &in->roster, names, n, err);
    free(copy);
    if (code)
        return code;
    size_t axes = by->census.n_axes;
    by->numbers = mem_array(3 * axes + 2, sizeof *by->numbers);
    by->sets = mem_array(axes + 1, sizeof *by->sets);
    for (size_t i = 0; i < axes; i++) {
        by->numbers[2 * i] = by->numbers[2 * axes + i] = (long)by->census.axes[i];
        by->numbers[2 * i + 1] = -1;
        by->sets[by->n++] = &by->numbers[2 * i];
    }
    by->numbers[3 * axes] = -1;
    if (n > 1)
        by->sets[by->n++] = &by->numbers[2 * axes];
    return 0;
}

static void release_by(struct by *by)
{
    census_release(&by->census);
    free(by->numbers);
    free(by->sets);
}

/* What is known of the set beside its roster. */
static int write_set(const struct embed *in, struct err *err)
{
    char *attributes = path_join(in->out, "attributes.csv");
    char *problems = path_join(in->out, "problems.csv");
    char *trials = path_join(in->out, "trials.csv");
    bool all = in->samples == in->roster.n;
    int code;

    (void)((code = roster_write_attributes(&in->roster, attributes, err)) ||
           (code = problems_write(&in->problems, problems, err)) ||
           (all && in->trials.n &&
            (code = trials_write(&in->trials, &in->roster, trials, err))));
    free(attributes);
    free(problems);
    free(trials);
    return code;
}

static int write_part(const struct embed *in, struct err *err)
{
    static const char *const files[] = { "attributes.csv", "backend.json", "outputs.csv",
                                         "problems.csv", "roster.csv", "templates.npy",
                                         "timing.json", "trials.csv", NULL };
    struct shard_record record = { .stage = "embed", .shard = in->shard,
                                   .samples = in->samples, .files = files };
    struct text asked = TEXT_INIT;

    text_addf(&asked, "embed %s", in->e.backend->fingerprint);
    if (in->request.change)
        text_addf(&asked, " --change %s", in->request.change);
    text_addf(&asked, "%s%s", in->request.faces ? " --faces" : "",
              in->request.covariates ? " --covariates" : "");
    shard_key(record.key, asked.s, &in->roster, in->samples);
    text_release(&asked);
    return shard_write(&record, in->out, err);
}

static int write_all(const struct embed *in, struct err *err)
{
    int code = path_make_dirs(in->out, err);

    if (!code)
        code = folder_unfinish(in->out, err);
    if (!code)
        code = shard_unfinish(in->out, err);
    if (!code)
        code = file_remove(in->out, "trials.csv", err);
    if (!code)
        code = write_set(in, err);
    if (!code)
        code = embedding_write_folder(&in->e, &in->roster, in->rows, in->n, in->out, err);
    if (!code && in->shard.n)
        code = write_part(in, err);
    return code;
}

static void tell(const struct embed *in)
{
    struct text t = TEXT_INIT;

    if (in->e.note)
        fprintf(stderr, "misid: %s\n", in->e.note);
    if (in->json) {
        embedding_add_record(&in->e, &t);
    } else if (!in->request.quiet) {
        if (in->shard.n)
            text_addf(&t, "part %zu of %zu: ", in->shard.i, in->shard.n);
        text_addf(&t, "%s: %zu images: ", in->e.backend->name, in->n);
        embedding_add_statuses(&in->e, &t);
        text_addch(&t, '\n');
        timing_add_words(&in->e.timing, &t);
        text_addf(&t, "Outputs: %s/outputs.csv\n", in->out);
    }
    fputs(t.s, stdout);
    text_release(&t);
}

static int choose_rows(struct embed *in, struct err *err)
{
    if (!(in->limit >= 1 && in->limit == floor(in->limit)))
        return err_add(err, ERR_INPUT, "embed: --limit %g, expected a whole number from 1",
                       in->limit);
    in->samples = in->limit < (double)in->roster.n ? (size_t)in->limit : in->roster.n;
    size_t from, to;
    int code = shard_range("embed", &in->shard, in->samples, &from, &to, err);
    if (code)
        return code;
    in->n = to - from;
    in->rows = mem_array(in->n, sizeof *in->rows);
    for (size_t i = 0; i < in->n; i++)
        in->rows[i] = from + i;
    return 0;
}

/* What rests on more than one image cannot be asked in parts. */
static int check_part(const struct embed *in, struct err *err)
{
    if (!in->shard.n || !in->e.backend->keep)
        return 0;
    return err_add(err, ERR_INPUT, "embed: --shard of a backend whose exchange is recorded "
                   "as one (%s), expected it asked from one place", in->e.backend->name);
}

/* `recorded` without files of its own has the templates that the data set names. */
static char *resolve_spec(const struct embed *in, const struct dataset *d)
{
    const char *name = "recorded", *templates = d->reading ? d->reading->templates : NULL;
    size_t len = strlen(name);
    struct text t = TEXT_INIT;

    if (!templates || strncmp(in->backend, name, len) ||
        (in->backend[len] && in->backend[len] != ':') || strstr(in->backend, "file=") ||
        strstr(in->backend, "templates="))
        return mem_strdup(in->backend);
    char *path = path_join(in->set.root, templates);
    text_addf(&t, "%s%ctemplates=", in->backend, in->backend[len] ? ',' : ':');
    for (const char *c = path; *c; c++) {
        if (*c == ',' || *c == '\\')
            text_addch(&t, '\\');
        text_addch(&t, *c);
    }
    free(path);
    return text_detach(&t);
}

static int embed_set(struct embed *in, struct err *err)
{
    struct dataset d;
    struct by by = { .n = 0 };
    int code = dataset_request_open(&in->set, "embed", NULL, &d, err);

    if (code)
        return code;
    char *spec = resolve_spec(in, &d);
    const struct dataset_options options = { &in->problems, &in->trials };
    code = dataset_roster(&d, in->set.root, &options, &in->roster, err);
    (void)(code || (code = choose_rows(in, err)) || (code = find_by(&by, in, err)) ||
           (code = embedding_open(&in->e, spec, &in->request, err)) ||
           (code = check_part(in, err)) ||
           (code = embedding_prepare(&in->e, in->out,
                                     &(struct backend_plan){ .images = in->n }, err)) ||
           (code = embedding_make(&in->e, &in->roster, in->rows, in->n, in->set.root,
                                  by.sets, by.n, err)) ||
           (code = embedding_is_dry(&in->e) ? 0 : write_all(in, err)));
    if (!code && !embedding_is_dry(&in->e))
        tell(in);
    free(spec);
    release_by(&by);
    dataset_release(&d);
    return code;
}

int embed_main(int argc, char **argv)
{
    struct embed in = { .limit = INFINITY };
    struct option_list args = { 0 };
    const struct option table[] = {
        DATASET_OPTIONS(in.set),
        { OPTION_TEXT, "backend", "NAME[:option=value,...]", "whom to ask; `misid backend "
          "list` has them", &in.backend },
        { OPTION_TEXT, "out", "DIR", "where outputs.csv and its like are written", &in.out },
        EMBED_OPTIONS(in.request),
        { OPTION_TEXT, "by", "A,B,…", "attributes to take times by (default: every axis)",
          &in.by },
        { OPTION_NUMBER, "limit", "N", "the first N samples only", &in.limit },
        SHARD_OPTION(in.shard_text),
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &in.request.quiet },
        { OPTION_FLAG, "json", NULL, "print backend.json", &in.json },
        { OPTION_FLAG, "help", NULL, "this text", &in.want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("embed", table, argc, argv, &args, &err);

    problems_init(&in.problems);
    trials_init(&in.trials);
    if (!code && in.want_help) {
        puts("usage: misid embed --dataset NAME --root DIR --backend NAME[:option=value,"
             "...] --out DIR [OPTION]...\n\n"
             "Shows a backend the images of a data set and writes what it says of each: "
             "outputs.csv,\ntemplates.npy, backend.json, timing.json and the roster. What "
             "it has answered before comes\nfrom the cache.\n");
        options_print(table);
    } else if (!code && (args.n || !in.set.name || !in.set.root || !in.backend || !in.out)) {
        code = err_add(&err, ERR_INPUT, "embed: expected --dataset NAME, --root DIR, "
                       "--backend NAME and --out DIR and nothing else");
    } else if (!code && !(code = dataset_request_only(&in.set, "embed", &err)) &&
               !(code = shard_parse("embed", in.shard_text, &in.shard, &err))) {
        code = embed_set(&in, &err);
    }
    embedding_release(&in.e);
    roster_release(&in.roster);
    problems_release(&in.problems);
    trials_release(&in.trials);
    free(in.rows);
    option_list_release(&args);
    dataset_request_release(&in.set);
    return code ? cli_fail(&err) : EXIT_DONE;
}
