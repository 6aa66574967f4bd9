/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid ingest: from a data set to roster.csv. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/dataset_options.h"
#include "cli/dataset_report.h"
#include "cli/look.h"
#include "cli/shard.h"
#include "datasets/census.h"

struct ingest {
    struct dataset_request set;
    const char *out, *shard_text;
    struct shard shard;
    bool no_images, quiet, json, want_help;
};

/* A part: its own rows, and of the whole set what is known of it. */
static int write_part(const struct ingest *in, const struct roster *r, size_t from, size_t to,
                      struct shard_record *record, struct err *err)
{
    static const char *const files[] = { "attributes.csv", "problems.csv", "trials.csv",
                                         "roster.csv", NULL };
    char *path = path_join(in->out, "roster.csv");
    size_t *rows = mem_array(to - from, sizeof *rows);

    for (size_t i = from; i < to; i++)
        rows[i - from] = i;
    record->files = files;
    int code = roster_write_rows(r, rows, to - from, path, err);
    if (!code)
        code = shard_write(record, in->out, err);
    free(rows);
    free(path);
    return code;
}

/* Everything is known before the first byte is written; the roster comes last. */
static int write_all(const char *out, const struct roster *r, const struct trials *t,
                     const struct problems *p, bool part, struct err *err)
{
    char *attributes = path_join(out, "attributes.csv");
    char *problems = path_join(out, "problems.csv");
    char *trials = path_join(out, "trials.csv");
    char *roster = path_join(out, "roster.csv");
    int code = path_make_dirs(out, err);

    (void)(code || (code = shard_unfinish(out, err)) ||
           (code = roster_write_attributes(r, attributes, err)) ||
           (code = problems_write(p, problems, err)) ||
           (t->n && (code = trials_write(t, r, trials, err))) ||
           (!part && (code = roster_write(r, roster, err))));
    free(attributes);
    free(problems);
    free(trials);
    free(roster);
    return code;
}

static void tell(const struct ingest *in, const struct dataset *d, const struct roster *r,
                 const struct trials *t, const struct problems *p, struct err *err)
{
    struct census census;
    struct text text = TEXT_INIT;

    if (in->quiet || census_take(&census, r, NULL, 0, err) < 0)
        return;
    const struct dataset_report report = { d, in->set.root, r, t, &census, p };
    if (in->json) {
        dataset_report_json(&report, &text);
    } else {
        dataset_report_summary(&report, &text);
        text_addf(&text, "\nRoster: %s/roster.csv\n", in->out);
    }
    fputs(text.s, stdout);
    text_release(&text);
    census_release(&census);
}

static void tell_part(const struct ingest *in, size_t samples)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    if (in->json) {
        json_map(&w, NULL);
        json_string(&w, "out", in->out);
        json_int(&w, "shard", (int64_t)in->shard.i);
        json_int(&w, "of", (int64_t)in->shard.n);
        json_int(&w, "samples", (int64_t)samples);
        json_end(&w);
    } else {
        text_addf(&t, "Part %zu of %zu: %zu samples: %s/roster.csv\n", in->shard.i,
                  in->shard.n, samples, in->out);
    }
    if (!in->quiet)
        fputs(t.s, stdout);
    text_release(&t);
}

static int ingest_part(const struct ingest *in, struct roster *r, const struct trials *t,
                       struct problems *problems, bool look, struct err *err)
{
    struct shard_record record = { .stage = "ingest", .shard = in->shard, .samples = r->n };
    size_t from, to;
    int code = shard_range("ingest", &in->shard, r->n, &from, &to, err);

    if (code)
        return code;
    shard_key(record.key, in->no_images ? "ingest --no-images" : "ingest", r, r->n);
    if (look)
        look_at_rows(r, in->set.root, from, to, problems);
    code = write_all(in->out, r, t, problems, true, err);
    if (!code)
        code = write_part(in, r, from, to, &record, err);
    if (!code)
        tell_part(in, to - from);
    return code;
}

static int ingest_whole(const struct ingest *in, const struct dataset *d, struct roster *r,
                        const struct trials *t, struct problems *problems, bool look,
                        struct err *err)
{
    if (look)
        look_at_images(r, in->set.root, true, problems);
    int code = write_all(in->out, r, t, problems, false, err);
    if (!code)
        tell(in, d, r, t, problems, err);
    return code;
}

static int ingest_set(const struct ingest *in, struct err *err)
{
    struct dataset d;
    struct roster r;
    struct problems problems;
    struct trials trials;
    int code = dataset_request_open(&in->set, "ingest", NULL, &d, err);

    if (code)
        return code;
    problems_init(&problems);
    trials_init(&trials);
    const struct dataset_options options = { &problems, &trials };
    code = dataset_roster(&d, in->set.root, &options, &r, err);
    bool look = !in->no_images && dataset_has_images(&d);
    if (!code)
        code = in->shard.n ? ingest_part(in, &r, &trials, &problems, look, err)
                           : ingest_whole(in, &d, &r, &trials, &problems, look, err);
    roster_release(&r);
    problems_release(&problems);
    trials_release(&trials);
    dataset_release(&d);
    return code;
}

int ingest_main(int argc, char **argv)
{
    struct ingest in = { .out = NULL };
    struct option_list args = { 0 };
    const struct option table[] = {
        DATASET_OPTIONS(in.set),
        { OPTION_TEXT, "out", "DIR", "where roster.csv and its like are written", &in.out },
        { OPTION_FLAG, "no-images", NULL, "do not open the images: no hashes, statuses by "
          "the file alone", &in.no_images },
        SHARD_OPTION(in.shard_text),
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &in.quiet },
        { OPTION_FLAG, "json", NULL, "print what `dataset check --json` prints", &in.json },
        { OPTION_FLAG, "help", NULL, "this text", &in.want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("ingest", table, argc, argv, &args, &err);

    if (!code && in.want_help) {
        puts("usage: misid ingest --dataset NAME --root DIR --out DIR [OPTION]...\n\n"
             "Reads a data set and writes who is in it as roster.csv, with a status for "
             "every image,\nand its list of comparisons, if it has one, as trials.csv.\n");
        options_print(table);
    } else if (!code && (args.n || !in.set.name || !in.set.root || !in.out)) {
        code = err_add(&err, ERR_INPUT, "ingest: expected --dataset NAME, --root DIR and "
                       "--out DIR and nothing else");
    } else if (!code && !(code = dataset_request_only(&in.set, "ingest", &err)) &&
               !(code = shard_parse("ingest", in.shard_text, &in.shard, &err))) {
        code = ingest_set(&in, &err);
    }
    option_list_release(&args);
    dataset_request_release(&in.set);
    return code ? cli_fail(&err) : EXIT_DONE;
}
