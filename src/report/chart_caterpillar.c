/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caterpillar: the rates of all groups of a backend with their intervals, sorted from
 * the lowest to the highest, whatever the axes: where a group stands among all.
 */
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/prose.h"
#include "report/ratelist.h"

static int by_rate(const void *a, const void *b)
{
    const struct finding *const *x = a, *const *y = b;

    if ((*x)->estimate != (*y)->estimate)
        return (*x)->estimate < (*y)->estimate ? -1 : 1;
    return strcmp((*x)->group, (*y)->group);
}

static void add_block(struct ratelist *l, const char *backend, const char *point)
{
    const struct chart_input *in = l->in;
    const struct findings *f = in->findings;
    const struct finding **rows = arena_array(&l->arena, f->n + 1, sizeof *rows);
    struct text scratch = TEXT_INIT, head = TEXT_INIT;
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (!strcmp(row->backend, backend) && !strcmp(row->metric, in->chart->metric) &&
            !strcmp(row->point, point) && !*row->versus && lookup_primary(in->study, row) &&
            row->estimate == row->estimate)
            rows[n++] = row;
    }
    qsort(rows, n, sizeof *rows, by_rate);
    lookup_backend_words(&head, backend, in->chart->point ? "" : point);
    ratelist_block(l, head.s);
    for (size_t i = 0; i < n; i++)
        ratelist_row(l, rows[i], study_label(in->study, rows[i]->group, &scratch));
    text_release(&scratch);
    text_release(&head);
}

int chart_caterpillar(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct text subtitle = TEXT_INIT;
    struct ratelist l;
    int code = 0;

    ratelist_init(&l, in, MARK_POINT);
    l.picked = c->group ? c->group : "all";
    struct names backends = lookup_backends(&l.arena, in->findings, c->metric);
    struct names points = lookup_points(&l.arena, in->findings, c->metric);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t i = 0; i < points.n; i++)
            if (!c->point || !strcmp(c->point, points.names[i]))
                add_block(&l, backends.names[b], points.names[i]);
    if (!l.n || l.n > RATELIST_MAX) {
        code = err_add(err, l.n ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu rates, expected 1 to %d",
                       in->study->path, c->line, c->id, l.n, RATELIST_MAX);
        goto out;
    }
    text_addf(&subtitle, "%s", metric->title);
    if (c->point && *c->point) {
        text_addch(&subtitle, ' ');
        lookup_point_phrase(&subtitle, c->point);
    }
    text_add(&subtitle, " of every group, lowest first, with ");
    format_confidence(&subtitle, in->study->confidence);
    text_addf(&subtitle, " %% intervals (%s); groups overlap; at right the rate and its "
              "counts, %s/%s", prose_method(l.rows[0].finding->method), metric->hits,
              metric->trials);
    text_addf(&p->alt, "Points with whiskers, sorted: %s.", metric->title);
    p->height = ratelist_draw(&l, p, plot_head(p, c->title, subtitle.s));
    ratelist_say(&l, p);
    marks_explain(&l.marks, "Open points", metric->hits, &p->note);
out:
    ratelist_release(&l);
    text_release(&subtitle);
    return code;
}
