/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bars: rates by group within each backend. A row a group, the same rows for
 * every backend, one axis for all, so that the contrast within a backend and
 * the same group across backends are both seen at once. `group`, if given, is
 * picked out in the strong colour.
 */
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/prose.h"
#include "report/ratelist.h"

static void add_block(struct ratelist *l, const char *backend, const char *point,
                      const struct names *groups)
{
    const struct chart_input *in = l->in;
    struct text scratch = TEXT_INIT, head = TEXT_INIT;

    lookup_backend_words(&head, backend, in->chart->point ? "" : point);
    ratelist_block(l, head.s);
    for (size_t i = 0; i < groups->n; i++) {
        const struct finding *f = lookup_row(in->study, in->findings, backend,
                                             in->chart->metric, "", groups->names[i], "",
                                             point);
        if (f)
            ratelist_row(l, f, study_label(in->study, f->group, &scratch));
    }
    text_release(&scratch);
    text_release(&head);
}

int chart_bars(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct text subtitle = TEXT_INIT;
    struct ratelist l;
    int code = 0;

    ratelist_init(&l, in, MARK_BAR);
    l.picked = c->group;
    struct names backends = lookup_backends(&l.arena, in->findings, c->metric);
    struct names points = lookup_points(&l.arena, in->findings, c->metric);
    struct names groups = lookup_groups(&l.arena, in->study, in->findings, c->metric,
                                        c->by);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t i = 0; i < points.n; i++)
            if (!c->point || !strcmp(c->point, points.names[i]))
                add_block(&l, backends.names[b], points.names[i], &groups);
    if (!l.n || l.n > RATELIST_MAX) {
        code = err_add(err, l.n ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu rates, expected 1 to %d",
                       in->study->path, c->line, c->id, l.n, RATELIST_MAX);
        goto out;
    }
    text_add(&subtitle, metric->title);
    if (c->point && *c->point) {
        text_addch(&subtitle, ' ');
        lookup_point_phrase(&subtitle, c->point);
    }
    if (!metric->mean) {
        text_add(&subtitle, " with ");
        format_confidence(&subtitle, in->study->confidence);
        text_addf(&subtitle, " %% intervals (%s)", prose_method(l.rows[0].finding->method));
    }
    text_addf(&subtitle, "; at right the rate and its counts, %s/%s", metric->hits,
              metric->trials);
    text_addf(&p->alt, "Bars: %s by group.", metric->title);
    p->height = ratelist_draw(&l, p, plot_head(p, c->title, subtitle.s));
    ratelist_say(&l, p);
    marks_explain(&l.marks, "Open points", metric->hits, &p->note);
out:
    ratelist_release(&l);
    text_release(&subtitle);
    return code;
}
