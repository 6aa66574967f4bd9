/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of `misid ingest`: one roster, and one list of problems, in which the images that
 * are equal across parts are told as well. */
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "cli/look.h"
#include "cli/merge.h"
#include "cli/merge_table.h"
#include "datasets/problems.h"

struct reading {
    struct problems problems;  /* of all parts */
    struct text set, first;    /* what a part, and the first, say of the whole set */
    const char *path;
    size_t part;
};

static int read_problem(const struct csv_row *row, void *arg, struct err *err)
{
    struct reading *s = arg;
    size_t kind = 0;

    if (row->is_header)
        return row->n == 3 ? 0 : err_add(err, ERR_INPUT, "%s:%zu: expected the columns of "
                                         "problems.csv", s->path, row->line);
    while (kind < PROBLEMS && strcmp(problem_kinds[kind].name, row->cells[0]))
        kind++;
    if (kind == PROBLEMS)
        return err_add(err, ERR_INPUT, "%s:%zu: no problem is called '%.60s'", s->path,
                       row->line, row->cells[0]), 0;
    if (kind != PROBLEM_UNREADABLE)
        text_addf(&s->set, "%zu %s\n", kind, row->cells[2]);
    if (kind == PROBLEM_UNREADABLE || !s->part)
        problems_add(&s->problems, (enum problem)kind, 1, "%s", row->cells[2]);
    return 0;
}

static int read_problems(struct reading *s, const struct merge_request *r, struct err *err)
{
    int code = 0;

    for (s->part = 0; s->part < r->n && !code; s->part++) {
        char *path = path_join(r->parts[s->part].dir, "problems.csv");
        s->path = path;
        text_reset(&s->set);
        code = csv_read(path, NULL, read_problem, s, err);
        if (!s->part)
            text_add(&s->first, s->set.s);
        else if (!code && strcmp(s->first.s, s->set.s))
            code = err_add(err, ERR_INPUT, "%s: says other things of the set than that of "
                           "%s, expected parts of one work", path, r->parts[0].dir);
        free(path);
    }
    return code;
}

static int merge_rosters(const struct merge_request *r, struct err *err)
{
    size_t *rows = mem_array(r->n, sizeof *rows), sum = 0;
    const struct merge_table t = { .file = "roster.csv", .out = r->out, .alike = true,
                                   .rows = rows };
    int code = merge_table(&t, r->parts, r->n, err);

    for (size_t i = 0; i < r->n; i++)
        sum += rows[i];
    if (!code && sum != r->parts[0].samples)
        code = err_add(err, ERR_INPUT, "merge: the rosters have %zu samples, expected %zu",
                       sum, r->parts[0].samples);
    free(rows);
    return code;
}

/* Equal images, from the hashes of all. */
static int compare_images(const struct merge_request *r, struct problems *problems,
                          struct err *err)
{
    char *path = path_join(r->out, "roster.csv");
    struct roster roster = { .n = 0 };
    int code = roster_read(&roster, path, NULL, err);

    if (!code)
        look_for_equal_images(&roster, problems);
    roster_release(&roster);
    free(path);
    return code;
}

int merge_ingest(struct merge_request *r, struct err *err)
{
    struct reading s = { .set = TEXT_INIT, .first = TEXT_INIT };
    char *path = path_join(r->out, "problems.csv");
    int code = 0;

    problems_init(&s.problems);
    (void)((code = read_problems(&s, r, err)) ||
           (code = parts_copy(r->parts, r->n, "attributes.csv", r->out, err)) ||
           (code = parts_copy(r->parts, r->n, "trials.csv", r->out, err)) ||
           (code = merge_rosters(r, err)) || (code = compare_images(r, &s.problems, err)) ||
           (code = problems_write(&s.problems, path, err)));
    if (!code && r->json) {
        struct json_out w = json_out(&r->words);
        json_map(&w, NULL);
        json_string(&w, "out", r->out);
        json_int(&w, "samples", (int64_t)r->parts[0].samples);
        json_bool(&w, "problems", problems_any(&s.problems));
        json_end(&w);
    } else if (!code) {
        text_addf(&r->words, "%zu parts: %zu samples\nRoster: %s/roster.csv\n", r->n,
                  r->parts[0].samples, r->out);
    }
    problems_release(&s.problems);
    text_release(&s.set);
    text_release(&s.first);
    free(path);
    return code;
}
