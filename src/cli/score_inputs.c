/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/score_inputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json_read.h"

void score_side_release(struct score_side *side)
{
    roster_release(&side->roster);
    npy_release(&side->templates);
    scorer_release(&side->scorer);
    free(side->template);
    free(side->person);
    free(side->group);
    free(side->same);
    *side = (struct score_side){ .word = side->word };
}

int score_add_input(struct scores *s, const char *role, const char *path, struct err *err)
{
    struct scores_input *inputs = arena_array(&s->arena, s->n_inputs + 1, sizeof *inputs);

    if (s->n_inputs)
        memcpy(inputs, s->inputs, s->n_inputs * sizeof *inputs);
    s->inputs = inputs;
    inputs[s->n_inputs].role = arena_strdup(&s->arena, role);
    return hash_file(inputs[s->n_inputs++].sha256, path, err);
}

/* outputs.csv, of which only these columns matter here. */
enum { OUT_SAMPLE, OUT_FACE, OUT_STATUS, OUT_COLUMNS };
static const char *const out_names[OUT_COLUMNS] = { "sample", "face", "status" };

struct reading {
    struct score_side *side;
    const char *path;
    size_t at[OUT_COLUMNS];
    size_t n;                  /* rows so far */
    bool *seen;                /* a row of the roster: its first face */
    struct text sample;
};

static int read_header(struct reading *s, const struct csv_row *row, struct err *err)
{
    for (int i = 0; i < OUT_COLUMNS; i++) {
        s->at[i] = 0;
        while (s->at[i] < row->n && strcmp(row->cells[s->at[i]], out_names[i]))
            s->at[i]++;
        if (s->at[i] == row->n)
            return err_add(err, ERR_INPUT, "%s:%zu: no column '%s', expected the columns of "
                           "outputs.csv", s->path, row->line, out_names[i]);
    }
    return 0;
}

static int read_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct reading *s = arg;
    struct score_side *side = s->side;
    enum status status;
    int64_t face;

    if (row->is_header)
        return read_header(s, row, err);
    const char *name = row->cells[s->at[OUT_SAMPLE]];
    size_t template = s->n++;
    text_reset(&s->sample);
    long at = text_add_unpercent(&s->sample, name, strlen(name)) < 0
                  ? -1 : roster_find(&side->roster, s->sample.s);
    if (at < 0)
        return err_add(err, ERR_INPUT, "%s:%zu: sample '%.60s' is not in the roster", s->path,
                       row->line, name), 0;
    if (!num_parse_int64(row->cells[s->at[OUT_FACE]], &face) || face < 0 ||
        !status_parse(row->cells[s->at[OUT_STATUS]], &status))
        return err_add(err, ERR_INPUT, "%s:%zu: face '%.20s' and status '%.20s', expected a "
                       "whole number from 0 and a status", s->path, row->line,
                       row->cells[s->at[OUT_FACE]], row->cells[s->at[OUT_STATUS]]), 0;
    if (face)
        return 0;
    if (s->seen[at])
        return err_add(err, ERR_INPUT, "%s:%zu: the first face of '%.60s' was there before",
                       s->path, row->line, name), 0;
    s->seen[at] = true;
    if (status != STATUS_OK)
        roster_set_status(&side->roster, (size_t)at, status, "");
    else if (template < side->scorer.n)
        side->template[at] = (uint32_t)template;
    return 0;
}

static int map_outputs(struct score_side *side, const char *path, struct err *err)
{
    struct reading s = { .side = side, .path = path, .sample = TEXT_INIT };

    s.seen = mem_array(side->roster.n, sizeof *s.seen);
    int code = csv_read(path, NULL, read_row, &s, err);
    if (!code && s.n != side->scorer.n)
        code = err_add(err, ERR_INPUT, "%s: %zu rows, but %s of %zu: expected one a row",
                       path, s.n, side->scorer.templates ? "templates" : "given scores",
                       side->scorer.n);
    free(s.seen);
    text_release(&s.sample);
    return code;
}

/* Template of every row, or none. */
static int map_templates(struct score_side *side, const char *templates, const char *roster,
                         const char *outputs, struct err *err)
{
    struct roster *r = &side->roster;
    int code = 0;

    if (side->scorer.n >= UINT32_MAX)
        return err_add(err, ERR_LIMIT, "%s: %zu templates, expected fewer than 2^32",
                       templates, side->scorer.n);
    side->template = mem_array(r->n, sizeof *side->template);
    for (size_t i = 0; i < r->n; i++)
        side->template[i] = outputs ? COUNT_NONE : (uint32_t)i;
    if (outputs)
        code = map_outputs(side, outputs, err);
    else if (side->scorer.n != r->n)
        code = err_add(err, ERR_INPUT, "%s: %zu templates, but %s has %zu samples: expected "
                       "a template a sample", templates, side->scorer.n, roster, r->n);
    for (size_t i = 0; i < r->n; i++)
        if (roster_status(r, i) != STATUS_OK)
            side->template[i] = COUNT_NONE;
        else if (!code && (side->template[i] == COUNT_NONE ||
                           side->scorer.faults[side->template[i]] != TEMPLATE_OK))
            roster_set_status(r, i, STATUS_ERROR,
                              "has no template that can be compared");
    return code;
}

int score_folder_similarity(struct arena *arena, const char *folder, const char **name,
                            struct err *err)
{
    char *path = path_join(folder, "backend.json");
    struct json_doc doc;
    int code = 0;

    *name = NULL;
    if (path_is_file(path) && !(code = json_doc_load(&doc, path, 1 << 20, err))) {
        const char *said = json_get_string(json_member(doc.root, "similarity"));
        *name = said ? arena_strdup(arena, said) : NULL;
        json_doc_release(&doc);
    }
    free(path);
    return code;
}

/* Numbers that are compared as they stand in the file: none is rounded on the way. */
static int check_templates(const struct npy *t, const char *path, struct err *err)
{
    if (strcmp(t->type, "<f4"))
        return err_add(err, ERR_INPUT, "%s: numbers of type '%s', expected '<f4' (in NumPy: "
                       "x.astype('<f4'))", path, t->type);
    if (t->dimensions != 2)
        return err_add(err, ERR_INPUT, "%s: an array of one dimension, expected two: a "
                       "template a row", path);
    return 0;
}

static int read_roster(struct score_side *side, const char *path, struct err *err)
{
    int code = roster_read_plain(&side->roster, path, err);

    if (!code && !side->roster.n)
        code = err_add(err, ERR_INPUT, "%s: has no samples", path);
    return code;
}

int score_side_given(struct score_side *side, struct scores *scores,
                     const struct score_side_files *files, const struct score_given *given,
                     bool columns, struct err *err)
{
    int code = read_roster(side, files->roster, err);

    if (!code)
        code = columns ? scorer_given(&side->scorer, scores->similarity, NULL,
                                      given->columns, 0, err)
                       : scorer_given(&side->scorer, scores->similarity, given->scores,
                                      given->rows, given->columns, err);
    if (!code) {
        side->scorer.unknown = given->unknown;
        side->scorer.known_above = given->known_above;
        code = map_templates(side, files->outputs, files->roster, files->outputs, err);
    }
    if (!code)
        code = score_add_input(scores, files->roster_role, files->roster, err);
    if (!code)
        code = score_add_input(scores, "outputs", files->outputs, err);
    return code;
}

int score_side_read(struct score_side *side, struct scores *scores,
                    const struct score_side_files *files, struct err *err)
{
    const char *templates = files->templates, *roster = files->roster;
    const char *outputs = files->outputs;
    int code = read_roster(side, roster, err);

    if (!code)
        code = npy_load(&side->templates, templates, err);
    if (!code)
        code = check_templates(&side->templates, templates, err);
    if (!code)
        code = scorer_init(&side->scorer, scores->similarity, side->templates.values,
                           side->templates.rows, side->templates.columns, err);
    if (!code)
        code = map_templates(side, templates, roster, outputs, err);
    if (!code)
        code = score_add_input(scores, side->word, templates, err);
    if (!code)
        code = score_add_input(scores, files->roster_role, roster, err);
    if (!code && outputs)
        code = score_add_input(scores, "outputs", outputs, err);
    return code;
}

int score_split(struct arena *arena, const char *option, const char *list, char ***items,
                size_t *n, struct err *err)
{
    size_t most = 1;

    for (const char *s = list; *s; s++)
        most += *s == ',';
    *items = arena_array(arena, most, sizeof **items);
    *n = 0;
    for (const char *s = list, *end;; s = end + 1) {
        end = strchrnul(s, ',');
        if (end == s)
            return err_add(err, ERR_INPUT, "score: --%s '%s': an empty item, expected a list "
                           "with commas", option, list);
        (*items)[(*n)++] = arena_strndup(arena, s, (size_t)(end - s));
        if (!*end)
            return 0;
    }
}
