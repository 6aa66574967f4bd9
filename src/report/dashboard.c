/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/dashboard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/html.h"
#include "report/page.h"

#define LINES 12          /* of a gate's checks */
#define STEPS 12          /* told of a study, the latest first */
#define SERIES 80         /* lines with a sparkline */
#define SVG_MAX ((size_t)16 << 20)

static const char style[] =
    "body{max-width:76rem}\n"
    ".study{margin:0 0 2rem}.study h2{margin-top:2.2rem}\n"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(28rem,100%),1fr));"
    "gap:1.2rem 2rem}.charts figure{margin:0;max-width:none}.charts figure svg{width:100%;"
    "margin:0}\n"
    ".overview{width:100%;margin:1rem 0 0}.overview td,.overview th{padding:.45rem .9rem "
    ".45rem 0;vertical-align:middle}.overview .badge{min-width:6rem;text-align:center}\n"
    ".spark{display:block;overflow:visible}.series td{vertical-align:middle;padding:.12rem "
    ".9rem .12rem 0}.series th{max-width:26rem;overflow-wrap:anywhere}\n"
    ".checks{list-style:none;padding:0;max-width:none}.checks li{margin:.3rem 0;"
    "padding-left:6.7rem;text-indent:-6.7rem}.checks .badge{min-width:6.2rem;text-indent:0;"
    "text-align:center}\n"
    ".steps td,.steps th{padding-right:1.2rem}tr.stepped th{font-weight:600}\n"
    "@media(max-width:36rem){.charts{grid-template-columns:1fr}.checks li{padding-left:0;"
    "text-indent:0}.checks .badge{display:table;margin-bottom:.15rem}.overview,.overview "
    "tbody,.series,.series tbody,.steps,.steps tbody{display:block}.overview tr,.series tr,"
    ".steps tr{display:grid;grid-template-columns:1fr auto;padding:.35rem 0;border-bottom:1px "
    "solid #d4d4d4}.overview thead,.series thead,.steps thead{display:none}.series th,"
    ".overview th,.steps th{grid-column:1/-1;max-width:none}.overview td,.series td,.steps td"
    "{padding:.1rem .6rem .1rem 0}.steps td.words,.overview td.words{grid-column:1/-1}}\n"
    "@media print{.charts{display:block}.charts figure svg{max-width:150mm}}\n";

static void status_badge(struct text *to, enum gate_status status)
{
    static const char *const classes[GATE_STATUSES] = { "yes", "no", "open" };

    html_addf(to, "<span class=\"badge %s\">%s</span>", classes[status],
              gate_status_names[status]);
}

static void badge(struct text *to, const struct dashboard_verdict *v)
{
    if (!v->there)
        text_add(to, "<span class=\"badge none\">no gate</span>");
    else
        status_badge(to, v->status);
}

static void add_day(struct text *to, int64_t at)
{
    struct text t = TEXT_INIT;

    trend_date(at, &t);
    html_addf(to, "<time>%s</time>", t.s);
    text_release(&t);
}

/* The latest step of a study, or -1: a series and a step of it. */
static bool latest_step(const struct dashboard_study *s, size_t *series, size_t *step,
                        const bool *told)
{
    int64_t best = INT64_MIN;
    size_t place = 0;
    bool any = false;

    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->series[i].trend.n_steps; k++, place++) {
            const struct trend *t = &s->series[i].trend;
            int64_t at = t->nights[t->steps[k].at].at;
            if ((told && told[place]) || (any && at <= best))
                continue;
            best = at;
            *series = i;
            *step = k;
            any = true;
        }
    return any;
}

static size_t count_steps(const struct dashboard_study *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->series[i].trend.n_steps;
    return n;
}

static void step_levels(const struct trend *t, const struct trend_step *s, struct text *to)
{
    double v[2] = { s->before, s->after };
    int decimals = format_decimals_column(t->unit, v, 2);

    format_bare(to, t->unit, s->before, decimals);
    text_add(to, " → ");
    format_value(to, t->unit, s->after, decimals);
}

static void overview(const struct dashboard_study *studies, size_t n, struct text *to)
{
    struct text t = TEXT_INIT;

    text_add(to, "<table class=\"overview\"><thead><tr><th>Study</th><th>Gate</th><th>"
             "What it says</th><th class=\"num\">Runs</th><th>Last run</th><th>Last step</th>"
             "</tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++) {
        const struct dashboard_study *s = &studies[i];
        size_t series, step;
        html_addf(to, "<tr><th scope=\"row\"><a href=\"#%s\">%s</a></th><td>", s->id, s->name);
        badge(to, &s->verdict);
        html_addf(to, "</td><td class=\"words\">%q</td><td class=\"num\">%zu</td><td>",
                  s->verdict.there ? s->verdict.says : "was not held against a baseline",
                  s->runs);
        add_day(to, s->last);
        text_add(to, "</td><td class=\"words\">");
        if (latest_step(s, &series, &step, NULL)) {
            const struct trend *trend = &s->series[series].trend;
            add_day(to, trend->nights[trend->steps[step].at].at);
            text_reset(&t);
            step_levels(trend, &trend->steps[step], &t);
            html_addf(to, " %q, %s", trend->title, t.s);
        } else {
            text_add(to, "none");
        }
        text_add(to, "</td></tr>\n");
    }
    text_add(to, "</tbody></table>\n");
    text_release(&t);
}

static void gate_section(const struct dashboard_study *s, struct text *to)
{
    const struct dashboard_verdict *v = &s->verdict;

    text_add(to, "<p class=\"answer\">");
    badge(to, v);
    if (!v->there) {
        text_add(to, " No run of this study was held against a baseline.</p>\n");
        return;
    }
    html_addf(to, " %q</p>\n<p class=\"fine\">Run of <time>%s</time> against the baseline %s, "
              "policy %s.%s</p>\n", v->says, v->started, v->baseline, v->policy,
              v->stale ? " A later run was not held against it." : "");
    if (!v->n_lines)
        return;
    text_add(to, "<ul class=\"checks\">\n");
    for (size_t i = 0; i < v->n_lines && i < LINES; i++) {
        text_add(to, "<li>");
        status_badge(to, v->statuses[i]);
        html_addf(to, " %q</li>\n", v->lines[i]);
    }
    text_add(to, "</ul>\n");
    if (v->n_lines > LINES)
        html_addf(to, "<p class=\"fine\">and %zu more.</p>\n", v->n_lines - LINES);
}

static void steps_section(const struct dashboard_study *s, struct text *to)
{
    size_t n = count_steps(s), series, step;
    bool *told = mem_array(n, sizeof *told);
    struct text t = TEXT_INIT;

    text_add(to, "<h3>Steps</h3>\n");
    if (!n)
        text_add(to, "<p>No series changed its level in a way that is told from noise.</p>\n");
    else
        text_add(to, "<div class=\"scroll\"><table class=\"steps\"><thead><tr><th>Night</th>"
                 "<th>What</th><th class=\"num\">Level</th><th>What else was new</th></tr>"
                 "</thead><tbody>\n");
    for (size_t i = 0; i < n && i < STEPS && latest_step(s, &series, &step, told); i++) {
        const struct trend *trend = &s->series[series].trend;
        size_t place = step;
        for (size_t k = 0; k < series; k++)
            place += s->series[k].trend.n_steps;
        told[place] = true;
        text_reset(&t);
        step_levels(trend, &trend->steps[step], &t);
        text_add(to, "<tr><td>");
        add_day(to, trend->nights[trend->steps[step].at].at);
        html_addf(to, "</td><td class=\"words\">%q</td><td class=\"num\">%s</td><td "
                  "class=\"words\">%q</td></tr>\n", trend->title, t.s,
                  s->series[series].news[step]);
    }
    if (n)
        text_add(to, "</tbody></table></div>\n");
    if (n > STEPS)
        html_addf(to, "<p class=\"fine\">and %zu more.</p>\n", n - STEPS);
    free(told);
    text_release(&t);
}

/* Draws a chart and puts it into the page; without gnuplot there is none. */
static int figure(const struct dashboard_study *s, size_t i, const char *charts,
                  bool *missing, struct text *to, struct err *err)
{
    const struct trend *trend = &s->series[i].trend;
    char *id = mem_printf("%s-%zu", s->id, i + 1), *path = NULL, *data = NULL;
    struct text words = TEXT_INIT;
    size_t len;
    int code = *missing ? ERR_PROGRAM : trend_chart(trend, charts, id, err);

    if (code == ERR_PROGRAM) {
        *missing = true;
        code = 0;
    } else if (!code) {
        path = mem_printf("%s/%s.svg", charts, id);
        if (!(code = file_read(path, SVG_MAX, &data, &len, err))) {
            trend_words(trend, &words);
            text_add(to, "<figure>");
            html_svg(to, data, id, trend->title, words.s);
            html_addf(to, "<figcaption class=\"fine\">%q</figcaption></figure>\n", words.s);
        }
    }
    text_release(&words);
    free(data);
    free(path);
    free(id);
    return code;
}

static void series_section(const struct dashboard_study *s, struct text *to)
{
    struct text t = TEXT_INIT, words = TEXT_INIT;

    text_add(to, "<h3>All series</h3>\n<div class=\"scroll\"><table class=\"series\"><thead>"
             "<tr><th>What</th><th>Over time</th><th class=\"num\">Last</th><th class=\"num\">"
             "Steps</th><th>Gate</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < s->n && i < SERIES; i++) {
        const struct trend *trend = &s->series[i].trend;
        const struct trend_night *last = &trend->nights[trend->n - 1];
        text_reset(&words);
        trend_words(trend, &words);
        html_addf(to, "<tr%s", "");
        text_add(to, trend->n_steps ? " class=\"stepped\"><th scope=\"row\">"
                                    : "><th scope=\"row\">");
        html_addf(to, "%q</th><td>", trend->title);
        trend_sparkline(trend, 160, 26, words.s, to);
        text_reset(&t);
        format_value(&t, trend->unit, last->value, FORMAT_OWN);
        if (!isnan(last->lo)) {
            text_addch(&t, ' ');
            format_interval(&t, trend->unit, last->lo, last->hi, FORMAT_OWN);
        }
        html_addf(to, "</td><td class=\"num\">%s</td><td class=\"num\">", t.s);
        if (trend->n_steps)
            html_addf(to, "%zu", trend->n_steps);
        text_add(to, "</td><td>");
        if (s->series[i].watched)
            status_badge(to, s->series[i].gate);
        text_add(to, "</td></tr>\n");
    }
    text_add(to, "</tbody></table></div>\n");
    if (s->n > SERIES)
        html_addf(to, "<p class=\"fine\">and %zu more; <code>misid history %s --all</code> "
                  "has them.</p>\n", s->n - SERIES, s->name);
    text_release(&t);
    text_release(&words);
}

static int section(const struct dashboard_study *s, const char *charts, bool *missing,
                   struct text *to, struct err *err)
{
    int code = 0;

    html_addf(to, "<section class=\"study\" id=\"%s\"><h2>%s</h2>\n<p class=\"fine\">%zu ",
              s->id, s->name, s->runs);
    text_add(to, s->runs == 1 ? "run, " : "runs, ");
    add_day(to, s->first);
    text_add(to, " to ");
    add_day(to, s->last);
    html_addf(to, ", the last by misid %s.</p>\n", s->version);
    gate_section(s, to);
    steps_section(s, to);
    if (s->n)
        html_addf(to, "<h3>Series</h3>\n<p class=\"fine\">%q</p>\n", s->order);
    text_add(to, "<div class=\"charts\">\n");
    for (size_t i = 0; i < s->charts && !code; i++)
        code = figure(s, s->charted[i], charts, missing, to, err);
    text_add(to, "</div>\n");
    if (s->n)
        series_section(s, to);
    text_add(to, "</section>\n");
    return code;
}

int dashboard_write(const struct dashboard_study *studies, size_t n, const char *made,
                    const char *dir, struct err *err)
{
    struct text head = TEXT_INIT, page = TEXT_INIT;
    char *charts = path_join(dir, "charts");
    bool missing = false;
    int code = path_make_dirs(charts, err);
    const char *end;

    page_head(&head, "misid: every night");
    end = strstr(head.s, "</style>");
    text_addn(&page, head.s, (size_t)(end - head.s));
    text_add(&page, style);
    text_add(&page, end);
    html_addf(&page, "<header><h1>Every night</h1>\n<p class=\"question\">Did accuracy, "
              "disparity or speed get worse, for whom, surely or by chance?</p>\n");
    if (*made)
        html_addf(&page, "<p class=\"fine\">As of <time>%s</time>.</p>\n", made);
    text_add(&page, "</header>\n<main>\n");
    if (n)
        overview(studies, n, &page);
    else
        text_add(&page, "<p>Nothing is recorded yet.</p>\n");
    for (size_t i = 0; i < n && !code; i++)
        code = section(&studies[i], charts, &missing, &page, err);
    text_add(&page, "</main>\n<footer><p>Bands are intervals; the strong line is the level "
             "between steps, a line down is a step. A series without a step shows one with a "
             "probability of at most 1 % (misid-dashboard(1)).</p><p>Made by misid.</p>"
             "</footer>\n</body>\n</html>\n");
    if (!code)
        code = file_write_text(dir, "index.html", &page, err);
    text_release(&head);
    text_release(&page);
    free(charts);
    return code ? code : missing ? ERR_PROGRAM : 0;
}
