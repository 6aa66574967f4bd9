/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audits: how often each of several audits found what it looked for, a row an
 * audit: those of `metric` with their intervals, then those of the study's
 * metrics that are means over runs, which have none. The conditions of an audit
 * (gallery, threshold) stand in the label of its group or in its point.
 */
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/prose.h"
#include "report/ratelist.h"

/* The rows of one metric and backend, of all points or the chart's. */
static void add_rates(struct ratelist *l, const char *metric, const char *backend)
{
    const struct chart_input *in = l->in;
    struct names points = lookup_points(&l->arena, in->findings, metric);
    struct names groups = lookup_groups(&l->arena, in->study, in->findings, metric,
                                        in->chart->by);
    struct text scratch = TEXT_INIT, label = TEXT_INIT;

    for (size_t g = 0; g < groups.n; g++)
        for (size_t i = 0; i < points.n; i++) {
            const char *point = points.names[i];
            const struct finding *f = lookup_row(in->study, in->findings, backend, metric,
                                                 "", groups.names[g], "", point);
            if (!f || (in->chart->point && strcmp(in->chart->point, point)))
                continue;
            text_reset(&label);
            text_add(&label, study_label(in->study, f->group, &scratch));
            if (*point && points.n > 1) {
                text_add(&label, ", ");
                lookup_point_words(&label, point);
            }
            ratelist_row(l, f, label.s);
        }
    text_release(&scratch);
    text_release(&label);
}

static bool has_rows(const struct findings *f, const char *backend, const char *metric)
{
    return findings_find(f, backend, metric, NULL, NULL, NULL, NULL) >= 0;
}

/* A block for each backend that has rows of any of the metrics. */
static void collect(struct ratelist *l, struct names *metrics)
{
    const struct chart_input *in = l->in;
    struct names *backends = arena_array(&l->arena, metrics->n, sizeof *backends);
    struct text seen = TEXT_INIT, key = TEXT_INIT;

    text_addch(&seen, '\n');
    for (size_t m = 0; m < metrics->n; m++)
        backends[m] = lookup_backends(&l->arena, in->findings, metrics->names[m]);
    for (size_t m = 0; m < metrics->n; m++)
        for (size_t b = 0; b < backends[m].n; b++) {
            const char *backend = backends[m].names[b];
            text_reset(&key);
            text_addf(&key, "\n%s\n", backend);
            if (strstr(seen.s, key.s))
                continue;
            text_add(&seen, key.s + 1);
            ratelist_block(l, backend);
            for (size_t k = 0; k < metrics->n; k++)
                if (has_rows(in->findings, backend, metrics->names[k]))
                    add_rates(l, metrics->names[k], backend);
        }
    text_release(&seen);
    text_release(&key);
}

/* The method of the rows that have one. */
static const char *method_of(const struct ratelist *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (*l->rows[i].finding->method)
            return l->rows[i].finding->method;
    return "";
}

int chart_audits(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct text subtitle = TEXT_INIT;
    struct ratelist l;
    int code = 0;

    ratelist_init(&l, in, MARK_POINT);
    struct names metrics = { arena_array(&l.arena, in->study->n_metrics + 1,
                                         sizeof *metrics.names), 0 };
    metrics.names[metrics.n++] = c->metric;
    for (size_t i = 0; i < in->study->n_metrics; i++) {
        const struct metric *m = metric_find(in->study->metrics[i].text);
        if (m && m->mean && m != metric)
            metrics.names[metrics.n++] = m->name;
    }
    collect(&l, &metrics);
    if (!l.n || l.n > RATELIST_MAX) {
        code = err_add(err, l.n ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu audits, expected 1 to %d",
                       in->study->path, c->line, c->id, l.n, RATELIST_MAX);
        goto out;
    }
    if (l.means == l.n) {
        text_addf(&subtitle, "%s. ", metric->title);
    } else {
        text_addf(&subtitle, "%s with ", metric->title);
        format_confidence(&subtitle, in->study->confidence);
        text_addf(&subtitle, " %% intervals (%s); at right the rate and %s/%s%s",
                  prose_method(method_of(&l)), metric->hits, metric->trials,
                  l.means ? ". " : "");
    }
    if (l.means)
        text_add(&subtitle, "Open diamonds: means over several runs. They are no counts, "
                            "so no interval can be given");
    text_addf(&p->alt, "Points, one an audit: %s.", metric->title);
    p->height = ratelist_draw(&l, p, plot_head(p, c->title, subtitle.s) + 4);
    ratelist_say(&l, p);
    marks_explain(&l.marks, "Open points", metric->hits, &p->note);
out:
    ratelist_release(&l);
    text_release(&subtitle);
    return code;
}
