/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of samples and people, without their names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "cli/bundle.h"

enum rule { DROP, KEEP, EMPTY, SAMPLE, PERSON };

static const struct {
    const char *column;
    enum rule rule;
} rules[] = {
    { "sample", SAMPLE }, { "probe", SAMPLE }, { "reference", SAMPLE },
    { "subject", PERSON },
    /* of a roster */
    { "path", EMPTY }, { "status", KEEP }, { "reason", EMPTY }, { "sha256", EMPTY },
    { "source", EMPTY }, { "box", EMPTY }, { "landmarks", EMPTY },
    /* of answers; boxes and times belong to one picture */
    { "face", KEEP }, { "label", KEEP }, { "confidence", KEEP }, { "box_x", EMPTY },
    { "box_y", EMPTY }, { "box_w", EMPTY }, { "box_h", EMPTY }, { "latency_ms", EMPTY },
    /* of candidates, and of pairs that somebody has looked at */
    { "rank", KEEP }, { "score", KEEP }, { "mated", KEEP }, { "verdict", KEEP },
    { "side", KEEP },
};

/* An attribute that people are counted by, or that is predicted. */
static bool is_counted(const struct study *s, const char *name)
{
    for (size_t a = 0; a < s->axes.n; a++)
        if (!strcmp(s->axes.axes[a].name, name))
            return true;
    return s->own.target && !strcmp(s->own.target, name);
}

static enum rule rule_of(const struct bundle *b, const char *column)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!strcmp(rules[i].column, column))
            return rules[i].rule;
    return is_counted(&b->study, column) ? KEEP : DROP;
}

static void put(struct bundle *b, struct csv_out *w, enum rule rule, const char *cell)
{
    struct dict *names = rule == SAMPLE ? &b->samples : &b->people;
    char name[20];

    if (rule == KEEP) {
        csv_put(w, cell);
    } else if (rule == EMPTY || !*cell) {
        csv_put(w, "");
    } else {
        snprintf(name, sizeof name, "%c%u", rule == SAMPLE ? 's' : 'p',
                 dict_add(names, cell, NULL) + 1);
        csv_put(w, name);
    }
}

struct rewriting {
    struct bundle *b;
    struct text text;
    struct csv_out csv;
    enum rule *rules;     /* a column */
    bool attributes;      /* a row an attribute: the first cell decides */
};

static int rewrite_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct rewriting *r = arg;

    (void)err;
    if (row->is_header) {
        r->attributes = !strcmp(row->cells[0], "attribute");
        r->rules = mem_array(row->n, sizeof *r->rules);
        for (size_t i = 0; i < row->n; i++)
            r->rules[i] = r->attributes ? KEEP : rule_of(r->b, row->cells[i]);
    } else if (r->attributes && !is_counted(&r->b->study, row->cells[0])) {
        return 0;
    }
    for (size_t i = 0; i < row->n; i++)
        if (r->rules[i] != DROP)
            put(r->b, &r->csv, row->is_header ? KEEP : r->rules[i], row->cells[i]);
    csv_end(&r->csv);
    return 0;
}

int bundle_add_table(struct bundle *b, const char *name, const char *path)
{
    struct rewriting r = { .b = b, .text = TEXT_INIT };

    r.csv = csv_out(&r.text);
    int code = csv_read(path, &(struct csv_options){ 0 }, rewrite_row, &r, b->err);
    if (!code)
        bundle_add_text(b, name, &r.text, true);
    free(r.rules);
    text_release(&r.text);
    return code;
}
