/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/chart.h"
#include "report/gnuplot.h"
#include "report/prose.h"
#include "report/report.h"

static const struct chart charts[] = {
    { "bars", "rates by group within each backend, with whiskers and counts",
      NEEDS_BY, chart_bars },
    { "heat", "table of backends and groups, each cell shaded by its rate",
      NEEDS_BY, chart_heat },
    { "composition", "a group's share of all people beside its share of the errors",
      NEEDS_GROUP, chart_composition },
    { "forest", "differences and ratios between groups, a row each",
      0, chart_forest },
    { "rivals", "differences of two backends on the same samples, a row a group",
      0, chart_rivals },
    { "dumbbell", "rates by group before and after, for each backend",
      NEEDS_BY | NEEDS_POINTS, chart_dumbbell },
    { "audits", "rates of several audits, a row each; means over runs set apart",
      0, chart_audits },
    { "gradient", "rates along an axis whose values have an order, such as skin types",
      NEEDS_BY, chart_gradient },
    { "confidence", "error by stated confidence, and how sure when wrong, by group",
      NEEDS_BY, chart_confidence },
    { "cross", "groups by groups, each cell shaded by the logarithm of its FMR",
      NEEDS_BY, chart_cross },
    { "caterpillar", "the rates of all groups, whatever their axes, sorted",
      0, chart_caterpillar },
    { "fmr-threshold", "false match rate against threshold, a line a group",
      NEEDS_BY, chart_fmr_threshold },
    { "fpir-threshold", "share of searches with a false match against threshold",
      NEEDS_BY, chart_fmr_threshold },
    { "gallery-size", "share of searches with a false match by the gallery's size",
      NEEDS_BY, chart_gallery_size },
    { "det", "false non-match rate against false match rate, a panel a group",
      NEEDS_BY, chart_det },
    { "densities", "spread of mated and non-mated scores, a ridge a group",
      NEEDS_BY, chart_densities },
    { "equalise", "each group under one threshold for all and under one of its own",
      NEEDS_BY, chart_equalise },
    { "dose-response", "rates by the dose of a change of the same images, a panel a change",
      NEEDS_BY, chart_dose },
};

const struct chart *chart_table(size_t *n)
{
    *n = sizeof charts / sizeof *charts;
    return charts;
}

const struct chart *chart_find(const char *name)
{
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        if (!strcmp(charts[i].name, name))
            return &charts[i];
    return NULL;
}

static int check_chart(const struct study *study, const struct study_chart *c,
                       struct err *err)
{
    const struct chart *chart = chart_find(c->chart.text);
    struct text t = TEXT_INIT;
    int code = 0;

    if (!chart) {
        for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
            text_addf(&t, "%s%s", i ? ", " : "", charts[i].name);
        code = study_fault(study, c->chart.line, err, "chart: '%.60s' is not a chart, "
                           "expected one of %s", c->chart.text, t.s);
    } else if ((chart->needs & NEEDS_BY) && !c->by) {
        code = study_fault(study, c->line, err, "by: chart '%s' has none, expected the "
                           "axes whose groups it shows", c->id);
    } else if ((chart->needs & NEEDS_GROUP) && !c->group) {
        code = study_fault(study, c->line, err, "group: chart '%s' has none, expected "
                           "the group whose shares it shows", c->id);
    } else if ((chart->needs & NEEDS_POINTS) && (!c->before || !c->after)) {
        code = study_fault(study, c->line, err, "%s: chart '%s' has none, expected an "
                           "operating point such as audit=2017",
                           c->before ? "after" : "before", c->id);
    } else if ((chart->needs & NEEDS_POINTS) && !strcmp(c->before, c->after)) {
        code = study_fault(study, c->line, err, "after: '%s' is also the point before, "
                           "expected another", c->after);
    } else if (!(chart->needs & NEEDS_POINTS) && (c->before || c->after)) {
        code = study_fault(study, c->line, err, "%s: is not a key of a chart of type %s, "
                           "expected none", c->before ? "before" : "after", chart->name);
    }
    if (c->caption) {
        text_reset(&t);
        text_addf(&t, "%s:%zu: caption", study->path, c->line);
        int caption = prose_check(study, c->caption, t.s, err);
        code = code ? code : caption;
    }
    text_release(&t);
    return code;
}

int charts_check(const struct study *study, struct err *err)
{
    const char *answers[] = { study->answer.yes, study->answer.no, study->answer.open };
    int code = 0;

    for (size_t i = 0; i < study->n_charts; i++) {
        int one = check_chart(study, &study->charts[i], err);
        code = code ? code : one;
    }
    for (size_t i = 0; i < study->own.n_charts; i++) {
        int one = check_chart(study, &study->own.charts[i], err);
        code = code ? code : one;
    }
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct text where = TEXT_INIT;
        text_addf(&where, "%s: answer", study->path);
        int one = answers[i] ? prose_check(study, answers[i], where.s, err) : 0;
        text_release(&where);
        code = code ? code : one;
    }
    return code;
}

/* dir/ID.EXT */
static char *chart_path(const char *dir, const char *id, const char *ext)
{
    return mem_printf("%s/%s.%s", dir, id, ext);
}

static int write_text(const char *dir, const char *id, const char *ext,
                      const struct text *t, struct err *err)
{
    char *path = chart_path(dir, id, ext);
    int code = file_write(path, t->s, t->len, err);

    free(path);
    return code;
}

/* Pictures that do not belong to the .tsv that is there now. */
static void remove_pictures(const char *dir, const char *id)
{
    static const char *const exts[] = { "svg", "png" };

    for (size_t i = 0; i < sizeof exts / sizeof *exts; i++) {
        char *path = chart_path(dir, id, exts[i]);
        unlink(path);
        free(path);
    }
}

/* The rows of one backend, and of none; free() the rows. */
static struct findings rows_of(const struct findings *f, const char *backend)
{
    struct findings only = { .rows = mem_array(f->n, sizeof *only.rows) };

    for (size_t i = 0; i < f->n; i++)
        if (!*f->rows[i].backend || !strcmp(f->rows[i].backend, backend))
            only.rows[only.n++] = f->rows[i];
    return only;
}

static int draw_all(struct plot *plot, const struct chart_input *in, bool *nothing,
                    struct err *err)
{
    const struct chart *chart = chart_find(in->chart->chart.text);
    struct err why = ERR_INIT;

    *nothing = false;
    if (!in->study->suppress)
        return chart->draw(plot, in, err);
    int code = chart->draw(plot, in, &why);
    *nothing = code == ERR_INPUT || code == ERR_LIMIT;
    if (code && !*nothing)
        err_add(err, code, "%s", err_text(&why));
    err_release(&why);
    return *nothing ? 0 : code;
}

int chart_draw(struct plot *plot, const struct chart_input *in, bool *nothing,
               struct err *err)
{
    const char *backend = in->chart->backend;
    struct chart_input one = *in;
    struct findings findings, curves = { .rows = NULL };

    if (!backend)
        return draw_all(plot, in, nothing, err);
    findings = rows_of(in->findings, backend);
    one.findings = &findings;
    if (in->curves) {
        curves = rows_of(in->curves, backend);
        one.curves = &curves;
    }
    int code = draw_all(plot, &one, nothing, err);
    free(findings.rows);
    free(curves.rows);
    return code;
}

void report_fitting_charts(struct study *study, const struct findings *findings,
                           const struct findings *curves)
{
    struct text left_out = TEXT_INIT;
    size_t kept = 0;

    for (size_t i = 0; i < study->n_charts; i++) {
        const struct study_chart *c = &study->charts[i];
        struct chart_input in = { study, findings, c, curves };
        struct err why = ERR_INIT;
        struct plot plot;
        bool nothing;
        plot_init(&plot, c->id);
        int code = c->line ? 0 : chart_draw(&plot, &in, &nothing, &why);
        plot_release(&plot);
        err_release(&why);
        if (code == ERR_INPUT || code == ERR_LIMIT)
            text_addf(&left_out, "%s%s", left_out.len ? "; " : "", c->title);
        else
            study->charts[kept++] = *c;
    }
    study->n_charts = kept;
    if (left_out.len) {
        text_add(&left_out, ": too few groups have such a rate, or too many for a page.");
        study_add_fact(study, "Not drawn", left_out.s);
    }
    text_release(&left_out);
}

/* What gnuplot draws the chart from; *nothing is set where there is nothing to draw. */
static int write_chart(const struct study *study, const struct findings *findings,
                       const struct findings *curves, const struct study_chart *c,
                       const char *dir, struct glyphs *glyphs, bool *nothing,
                       struct err *err)
{
    struct chart_input in = { study, findings, c, curves };
    struct text gp = TEXT_INIT, tsv = TEXT_INIT;
    struct plot plot;

    remove_pictures(dir, c->id);
    plot_init(&plot, c->id);
    int code = chart_draw(&plot, &in, nothing, err);
    if (*nothing) {
        plot_release(&plot);
        return 0;
    }
    if (!code) {
        plot_finish(&plot, glyphs, &gp, &tsv);
        code = write_text(dir, c->id, "tsv", &tsv, err);
    }
    if (!code)
        code = write_text(dir, c->id, "gp", &gp, err);
    plot_release(&plot);
    text_release(&gp);
    text_release(&tsv);
    return code;
}

int report_charts(const struct study *study, const struct findings *findings,
                  const struct findings *curves, const char *dir, struct err *err)
{
    char *charts_dir = path_join(dir, "charts");
    const char **ids = mem_array(study->n_charts, sizeof *ids);
    struct glyphs glyphs = GLYPHS_INIT;
    bool missing = false, nothing;
    size_t n = 0;
    int code = 0;

    if (study->n_charts)
        code = path_make_dirs(charts_dir, err);
    for (size_t i = 0; i < study->n_charts && code != ERR_IO; i++) {
        int one = write_chart(study, findings, curves, &study->charts[i], charts_dir,
                              &glyphs, &nothing, err);
        if (!one && !nothing)
            ids[n++] = study->charts[i].id;
        code = code ? code : one;
    }
    if (code != ERR_IO) {
        int drawn = gnuplot_draw(charts_dir, ids, n, &missing, err);
        code = code || missing ? code : drawn; /* that there is none is told below */
    }
    if (missing && !code)
        code = err_add(err, ERR_PROGRAM, "gnuplot: not found, so no charts were drawn; "
                       "all else is there. Install it (Debian: gnuplot-nox) and run "
                       "again");
    glyphs_release(&glyphs);
    free(ids);
    free(charts_dir);
    return code;
}

const char *report_gnuplot(void)
{
    static char version[80];
    static bool asked;

    if (!asked) {
        struct text t = TEXT_INIT;
        gnuplot_version(&t);
        snprintf(version, sizeof version, "%s", t.s);
        text_release(&t);
        asked = true;
    }
    return version;
}
