/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/gated_report.h"

#include <math.h>
#include <string.h>

#include "report/format.h"
#include "report/html.h"
#include "report/lookup.h"
#include "report/markdown.h"
#include "report/terminal.h"

static void add_subject(const struct gate_check *c, struct text *to)
{
    text_add(to, c->metric);
    if (*c->group)
        text_addf(to, "%s%s", strstr(c->metric, "max_min") ? " over " : " of ", c->group);
    if (*c->versus)
        text_addf(to, " against %s", c->versus);
    if (*c->backend)
        text_addf(to, ", %s", c->backend);
    if (*c->point) {
        text_addch(to, ' ');
        lookup_point_phrase(to, c->point);
    }
    text_add(to, ": ");
}

static bool is_speed(const struct gate_check *c)
{
    return !strcmp(c->metric, "throughput");
}

/* "14 → 23 %", or "23 %" where only the run counts. */
static void add_values(const struct gate_check *c, struct text *to)
{
    enum unit unit = is_speed(c) ? UNIT_RATIO : unit_of(c->metric);
    double v[2] = { c->before, c->after };
    int decimals = format_decimals_column(unit, v, 2);

    if (is_speed(c))
        return;
    if (!isnan(c->before)) {
        format_bare(to, unit, c->before, decimals);
        text_add(to, " → ");
    }
    format_value(to, unit, c->after, decimals);
    text_add(to, ", ");
}

static enum unit quantity_unit(const struct gate_check *c)
{
    if (c->ratio)
        return UNIT_RATIO;
    return c->rule->kind == POLICY_RISE_AT_MOST ? UNIT_POINTS : unit_of(c->metric);
}

static void add_quantity(const struct gate_check *c, struct text *to)
{
    enum unit unit = quantity_unit(c);
    enum policy_kind kind = c->rule->kind;
    double v[5] = { c->estimate, c->lo, c->hi, c->near, c->rule->margin };
    int decimals = unit == UNIT_RATIO ? FORMAT_OWN : format_decimals_column(unit, v, 5);

    if (kind == POLICY_RISE_AT_MOST)
        text_add(to, "rise ");
    else if (kind == POLICY_TIMES_AT_MOST || kind == POLICY_TIMES_AT_LEAST)
        text_add(to, "times the baseline's ");
    else
        text_add(to, "in this run ");
    format_value(to, unit, c->estimate, decimals);
    text_addch(to, ' ');
    format_interval(to, unit, c->lo, c->hi, decimals);
    text_addf(to, "; allowed %s ", kind == POLICY_AT_LEAST || kind == POLICY_TIMES_AT_LEAST
                                       ? "at least" : "at most");
    format_value(to, unit, c->rule->margin, decimals);
    if (!isnan(c->rule->bound)) {
        text_addf(to, ", its limit ");
        format_value(to, unit, c->rule->bound, decimals);
    }
    if (c->status == GATE_FAIL) {
        text_add(to, "; beyond it also at the limit adjusted for all tests, ");
        format_value(to, unit, c->near, decimals);
    }
    if (kind != POLICY_AT_MOST && kind != POLICY_AT_LEAST && !is_speed(c))
        text_addf(to, "; %s", change_samples_names[c->samples]);
}

static void add_line(const struct gate_check *c, struct text *to)
{
    if (!c->rule) {
        if (*c->backend)
            text_addf(to, "%s: ", c->backend);
        text_add(to, c->says);
        return;
    }
    add_subject(c, to);
    if (c->tested) {
        add_values(c, to);
        add_quantity(c, to);
    }
    if (*c->says)
        text_addf(to, "%s%s", c->tested ? "; " : "", c->says);
}

void gated_say(struct gated *g)
{
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < g->n; i++) {
        text_reset(&t);
        add_line(&g->checks[i], &t);
        g->checks[i].line = arena_strdup(&g->arena, t.s);
    }
    text_release(&t);
}

void gated_terminal(const struct gated *g, int columns, bool colour, bool all,
                    struct text *to)
{
    static const char *const codes[GATE_STATUSES] = { "32", "31;1", "33" };
    struct sheet s = { .columns = columns > 0 ? (size_t)columns : 80, .colour = colour,
                       .to = to };
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < g->n; i++) {
        const struct gate_check *c = &g->checks[i];
        if (c->status == GATE_PASS && !all)
            continue;
        sheet_emphasis(&s, codes[c->status]);
        sheet_field(to, gate_status_names[c->status], 10, false);
        sheet_emphasis(&s, "0");
        sheet_wrap(&s, 10, c->line);
    }
    text_reset(&t);
    gated_words(g, &t);
    text_addf(&t, " (policy %s, baseline %s, %zu %s, Holm over them)",
              g->policy->name, g->baseline, g->tests, g->tests == 1 ? "test" : "tests");
    sheet_emphasis(&s, codes[g->status]);
    sheet_wrap(&s, 2, t.s);
    sheet_emphasis(&s, "0");
    text_release(&t);
}

void gated_markdown(const struct gated *g, struct text *to)
{
    static const char *const signs[GATE_STATUSES] = { "✅", "❌", "❔" };
    struct text t = TEXT_INIT;

    gated_words(g, &t);
    text_addf(to, "## %s ", signs[g->status]);
    markdown_text(to, g->study);
    text_add(to, ": ");
    markdown_text(to, t.s);
    text_add(to, "\n\nRun ");
    markdown_text(to, g->run);
    text_add(to, " against the baseline ");
    markdown_text(to, g->baseline);
    text_add(to, ", policy ");
    markdown_text(to, g->policy->name);
    text_addf(to, "; %zu tests as one family (Holm), limits at %.6g %%.\n\n| | check |\n|---|---|"
              "\n", g->tests, 100 * g->policy->confidence);
    for (size_t i = 0; i < g->n; i++) {
        text_addf(to, "| %s %s | ", signs[g->checks[i].status],
                  gate_status_names[g->checks[i].status]);
        markdown_text(to, g->checks[i].line);
        text_add(to, " |\n");
    }
    text_release(&t);
}

/* Attributes of XML: as of HTML, but blanks for what an attribute may not hold. */
static void add_attribute(struct text *to, const char *name, const char *value)
{
    text_addf(to, " %s=\"", name);
    html_text(to, value);
    text_addch(to, '"');
}

void gated_junit(const struct gated *g, struct text *to)
{
    struct text t = TEXT_INIT;

    text_add(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite");
    text_addf(&t, "misid gate: %s", g->study);
    add_attribute(to, "name", t.s);
    text_addf(to, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\"", g->n + !g->n,
              gated_count(g, GATE_FAIL), gated_count(g, GATE_OPEN) + !g->n);
    if (*g->started)
        add_attribute(to, "timestamp", g->started);
    text_add(to, ">\n");
    for (size_t i = 0; i < g->n; i++) {
        const struct gate_check *c = &g->checks[i];
        text_add(to, "<testcase");
        add_attribute(to, "classname", g->study);
        add_attribute(to, "name", c->name);
        if (c->status == GATE_PASS) {
            text_add(to, "/>\n");
            continue;
        }
        text_addf(to, "><%s", c->status == GATE_FAIL ? "failure" : "error");
        add_attribute(to, "type", gate_status_names[c->status]);
        add_attribute(to, "message", c->line);
        text_add(to, "/></testcase>\n");
    }
    if (!g->n) {
        text_add(to, "<testcase");
        add_attribute(to, "classname", g->study);
        text_add(to, " name=\"gate\"><error type=\"undecided\" message=\"nothing was measured\"/>"
                 "</testcase>\n");
    }
    text_add(to, "</testsuite>\n</testsuites>\n");
    text_release(&t);
}

/* What the runner takes for the end of a message, or of a property of it. */
static void add_annotated(struct text *to, const char *s, bool property)
{
    for (; *s; s++)
        if (*s == '%' || *s == '\r' || *s == '\n' ||
            (property && (*s == ':' || *s == ',')))
            text_addf(to, "%%%02X", (unsigned char)*s);
        else
            text_addch(to, *s);
}

void gated_annotations(const struct gated *g, struct text *to)
{
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < g->n; i++) {
        const struct gate_check *c = &g->checks[i];
        if (c->status == GATE_PASS)
            continue;
        text_addf(to, "::%s ", c->status == GATE_FAIL ? "error" : "warning");
        if (c->rule) {
            text_add(to, "file=");
            add_annotated(to, g->policy->path, true);
            text_addf(to, ",line=%zu,", c->rule->line);
        }
        text_add(to, "title=");
        add_annotated(to, g->study, true);
        text_addf(to, " gate%%3A %s::", gate_status_names[c->status]);
        add_annotated(to, c->line, false);
        text_addch(to, '\n');
    }
    text_reset(&t);
    gated_words(g, &t);
    text_addf(to, "::%s title=", g->status == GATE_PASS ? "notice" : g->status == GATE_FAIL
                                                                         ? "error" : "warning");
    add_annotated(to, g->study, true);
    text_add(to, " gate::");
    add_annotated(to, t.s, false);
    text_addch(to, '\n');
    text_release(&t);
}
