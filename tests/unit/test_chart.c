/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts of a study whose every name and sentence is hostile. */
#include "evil.h"

#include <math.h>
#include <sys/stat.h>

#include "report/glyphs.h"
#include "report/report.h"

static void test_charts_check(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(charts_check(&f->study, &err), 0);
    f->study.charts[0].chart.text = "pie";
    f->study.charts[1].by = 0;
    f->study.charts[2].group = NULL;
    f->study.charts[3].caption = "{x";
    f->study.charts[4].after = NULL;
    f->study.charts[5].before = "audit=2017";
    f->study.charts[7].chart.text = "dumbbell";
    f->study.charts[7].before = f->study.charts[7].after = "p";
    assert_int_equal(charts_check(&f->study, &err), ERR_INPUT);
    assert_int_equal(err.count, 7);
    assert_non_null(strstr(err_text(&err), "after: 'p' is also the point before"));
    assert_non_null(strstr(err_text(&err), "after: chart 'dumbbell' has none"));
    assert_non_null(strstr(err_text(&err), "before: is not a key of a chart of type audits"));
    assert_fault_says(&err, "evil.yaml:21: chart: 'pie' is not a chart, expected one of "
                            "bars, heat, composition, forest, rivals, dumbbell, audits, "
                            "gradient, confidence, cross, caterpillar, fmr-threshold, "
                            "fpir-threshold, gallery-size, det, densities, equalise, "
                            "dose-response");
}

static void test_scripts_hold_no_text(void **state)
{
    struct fixture *f = *state;
    struct glyphs glyphs = { .asked = true };

    /* those of comparisons have a test of their own */
    for (size_t i = 0; i < f->study.n_charts; i++) {
        struct chart_input in = { &f->study, &f->findings, &f->study.charts[i], NULL };
        struct text gp = TEXT_INIT, tsv = TEXT_INIT;
        struct plot plot;
        plot_init(&plot, in.chart->id);
        assert_int_equal(chart_find(in.chart->chart.text)->draw(&plot, &in, &err), 0);
        plot_finish(&plot, &glyphs, &gp, &tsv);
        assert_null(strpbrk(gp.s, "`<@"));
        assert_null(strstr(gp.s, "PWNED"));
        assert_null(strstr(tsv.s, "\x1b"));
        assert_null(strchr(tsv.s, '"'));
        assert_true(plot.alt.len > 40);
        plot_release(&plot);
        text_release(&gp);
        text_release(&tsv);
    }
}

static void test_hostile_charts(void **state)
{
    struct fixture *f = *state;
    static const char *const ids[] = { "a-bars", "a_heat", "comp", "forest",
                                      "dumbbell", "audits", "gradient", "confidence", "cross",
                                      "caterpillar" };
    bool python = evil_has_python();

    if (!evil_has_gnuplot())
        skip();
    assert_int_equal(report_charts(&f->study, &f->findings, NULL, f->dir, &err), 0);
    assert_faults(&err, "");
    assert_false(evil_exists(f, "charts/PWNED"));
    assert_int_not_equal(access("PWNED", F_OK), 0);
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        static const char *const exts[] = { "gp", "tsv", "svg", "png" };
        for (size_t e = 0; e < ARRAY_SIZE(exts); e++) {
            char *name = mem_printf("charts/%s.%s", ids[i], exts[e]);
            assert_true(evil_exists(f, name));
            free(name);
        }
        char *command = mem_printf(
            "python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "
            "%s/charts/%s.svg", f->dir, ids[i]);
        if (python)
            assert_int_equal(system(command), 0);
        free(command);
    }
    char *svg = evil_slurp(f, "charts/a-bars.svg");
    assert_null(strstr(svg, "<script"));
    assert_non_null(strstr(svg, "`touch PWNED`"));
    assert_non_null(strstr(svg, "&lt;script>"));
    free(svg);
    char *dir = path_join(f->dir, "charts"); /* nothing but the 32 files */
    DIR *d = opendir(dir);
    size_t files = 0;
    for (struct dirent *e; (e = readdir(d));)
        files++;
    closedir(d);
    free(dir);
    assert_int_equal(files, 42);
}

/* Runs report_charts() with `script` as the only gnuplot there is, or none. */
static int charts_with(struct fixture *f, const char *script)
{
    char *path = path_join(f->dir, "gnuplot"), *old = mem_strdup(getenv("PATH"));

    if (script) {
        assert_int_equal(file_write(path, script, strlen(script), &err), 0);
        assert_int_equal(chmod(path, 0755), 0);
    }
    setenv("PATH", f->dir, 1);
    int code = report_charts(&f->study, &f->findings, NULL, f->dir, &err);
    setenv("PATH", old, 1);
    free(path);
    free(old);
    return code;
}

static void test_missing_gnuplot(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(charts_with(f, NULL), ERR_PROGRAM);
    assert_int_equal(err.count, 1);
    assert_fault_says(&err, "gnuplot: not found");
    assert_true(evil_exists(f, "charts/a-bars.gp"));
    assert_true(evil_exists(f, "charts/forest.tsv"));
    assert_false(evil_exists(f, "charts/a-bars.svg"));
    assert_int_equal(report_write(&f->study, &f->findings, NULL, &f->claims, &f->cases, &f->run, f->dir,
                                  &err), 0);
    char *html = evil_slurp(f, "report.html");
    assert_non_null(strstr(html, "is not drawn here"));
    free(html);
}

static void test_failing_gnuplot(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(charts_with(f, "#!/bin/sh\nprintf '\\n plot x\\n      ^\\n\"a.gp\" "
                                    "line 3: bad\\n\\n' >&2\nexit 1\n"), ERR_PROGRAM);
    assert_int_equal(err.count, 10);
    assert_fault_says(&err, "gnuplot: a-bars.gp failed: \"a.gp\" line 3: bad\n");
    assert_int_equal(charts_with(f, "#!/bin/sh\nexit 0\n"), ERR_PROGRAM);
    assert_int_equal(err.count, 10);
    assert_fault_says(&err, "made no a-bars.svg");
}

/* Draws all charts but the one `bad`, and leaves a line for every time it was started. */
#define GNUPLOT_BUT(bad) "#!/bin/sh\n" \
    "echo >>../../starts\n" \
    "for arg; do\n" \
    "    case $arg in\n" \
    "    " bad ".gp) echo '\"" bad ".gp\" line 3: bad' >&2; exit 1 ;;\n" \
    "    *.gp) for ext in svg png; do echo drawn >${arg%.gp}.$ext; done ;;\n" \
    "    esac\n" \
    "done\n"

static size_t starts(const struct fixture *f)
{
    char *lines = evil_slurp(f, "starts");
    size_t n = strlen(lines);

    free(lines);
    return n;
}

/* Eight charts are drawn at once; one that fails keeps no other from being drawn. */
static void test_charts_together(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(f->study.n_charts, 10);
    assert_int_equal(charts_with(f, GNUPLOT_BUT("none")), 0);
    assert_faults(&err, "");
    assert_int_equal(starts(f), 2);
    assert_true(evil_exists(f, "charts/a_heat.svg"));
    assert_int_equal(charts_with(f, GNUPLOT_BUT("a_heat")), ERR_PROGRAM);
    assert_int_equal(starts(f), 2 + 1 + 8 + 1);
    assert_int_equal(err.count, 1);
    assert_fault_says(&err, "gnuplot: a_heat.gp failed: \"a_heat.gp\" line 3: bad");
    for (size_t i = 0; i < f->study.n_charts; i++) {
        const char *id = f->study.charts[i].id;
        char *svg = mem_printf("charts/%s.svg", id), *png = mem_printf("charts/%s.png", id);
        assert_int_equal(evil_exists(f, svg), strcmp(id, "a_heat") != 0);
        assert_int_equal(evil_exists(f, png), strcmp(id, "a_heat") != 0);
        free(svg);
        free(png);
    }
}

/* The scripts of chart `i` of the study, by fonts that have `list`. */
static void draw(const struct fixture *f, size_t i, const char *list, struct text *gp,
                 struct text *tsv)
{
    struct chart_input in = { &f->study, &f->findings, &f->study.charts[i], NULL };
    struct glyphs glyphs = { .asked = true };
    struct plot plot;

    glyphs_read(&glyphs, list);
    plot_init(&plot, in.chart->id);
    assert_int_equal(chart_find(in.chart->chart.text)->draw(&plot, &in, &err), 0);
    plot_finish(&plot, &glyphs, gp, tsv);
    plot_release(&plot);
    glyphs_release(&glyphs);
}

static void test_glyphs(void **state)
{
    (void)state;
    struct glyphs g = { .asked = true };
    struct text t = TEXT_INIT;

    glyphs_read(&g, "TrueType:3040-309f 65e5 zz 5-4\nType 1:ac00-d7a3\nCFF:30a0 65e6-65e8\n");
    assert_int_equal(g.n, 2); /* those that touch are joined */
    assert_true(glyphs_shows(&g, "IBM é × − ∞ “x” \u3042\u30A0\u65E5\u65E8"));
    assert_false(glyphs_shows(&g, "a \uD55C"));
    glyphs_shown(&g, "a\u65E5\uD55C\u65E4b", &t);
    assert_string_equal(t.s, "a\u65E5??b");
    text_release(&t);
    glyphs_release(&g);
}

/* Only the PNG goes without what the fonts do not have. */
static void test_png_words(void **state)
{
    struct fixture *f = *state;
    struct text gp = TEXT_INIT, tsv = TEXT_INIT;

    draw(f, 0, "", &gp, &tsv);
    assert_null(strstr(gp.s, "stringcolumn"));
    f->study.charts[0].title = "T \uD55C";
    text_reset(&gp);
    text_reset(&tsv);
    draw(f, 0, "TrueType:30-39", &gp, &tsv);
    assert_non_null(strstr(gp.s, "(stringcolumn(3 + pass))"));
    assert_non_null(strstr(tsv.s, "words_png\n"));
    assert_non_null(strstr(tsv.s, "\tT \uD55C\tT ?\n"));
    text_reset(&gp);
    text_reset(&tsv);
    draw(f, 0, "TrueType:d55c", &gp, &tsv);
    assert_null(strstr(gp.s, "stringcolumn"));
    text_release(&gp);
    text_release(&tsv);
}

static void test_gradient_refused(void **state)
{
    struct fixture *f = *state;
    struct chart_input in = { &f->study, &f->findings, &f->study.charts[6], NULL };
    struct plot plot;

    f->study.charts[6].metric = "fpir"; /* of which there are no counts */
    plot_init(&plot, "x");
    assert_int_equal(chart_gradient(&plot, &in, &err), ERR_INPUT);
    assert_fault_says(&err, "chart 'gradient': there is no 'fpir' by h, expected");
    evil_add(f, "", "faces", "g=y;h=1", "", .5, NAN, NAN);
    assert_int_equal(chart_gradient(&plot, &in, &err), ERR_INPUT);
    assert_fault_says(&err, "how many faces there are by h is known, but no 'fpir'");
    plot_release(&plot);
}

/* A backend that has only one of two points shows that one, and says so. */
static void test_lone_points(void **state)
{
    struct fixture *f = *state;
    struct text gp = TEXT_INIT, tsv = TEXT_INIT;

    evil_add(f, "Late", "error_with_misses", "g=y;h=1", "", .3, .2, .4)->point = "audit=2018";
    draw(f, 4, "", &gp, &tsv);
    assert_non_null(strstr(tsv.s, "\tLate (2018 only)\n"));
    assert_null(strstr(tsv.s, "B (2018 only)"));
    assert_non_null(strstr(tsv.s, "\t2018\n"));
    text_release(&gp);
    text_release(&tsv);
}

/* The charts of curves, of groups with hostile names. */
static void add_curve(struct findings *to, const char *group, double shift)
{
    static const char *const metrics[] = { "fmr", "fnmr", "density.mated", "density.nonmated" };

    for (int i = 0; i < 24; i++) {
        const char *point = i < 20 ? "" : i % 2 ? "fmr=0.1" : "own fmr=0.1";
        for (int k = 0; k < (i < 20 ? 4 : 2); k++) {
            struct finding *row = findings_add(to);
            double fmr = pow(.6, i % 20 + 1) * shift;
            row->backend = "<script>`touch PWNED`";
            row->metric = metrics[k];
            row->group = findings_keep(to, group);
            row->point = point;
            row->threshold = i % 20 * .05;
            row->estimate = k == 1 ? (i % 20) * .02 : fmr;
            row->lo = k > 1 ? NAN : row->estimate / 2;
            row->hi = k > 1 ? NAN : row->estimate * 1.5 + .01;
            row->x = i % 20;
            row->n = 40;
            row->flag = i > 15 ? FLAG_TOO_FEW : FLAG_OK;
        }
    }
}

static void test_curves(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "fmr-threshold", "det", "densities", "equalise" };
    struct findings curves, none;
    struct glyphs glyphs = { .asked = true };
    struct group g = group_first(&f->study.axes, 3);
    struct text name = TEXT_INIT;
    double shift = 1;

    findings_init(&curves);
    findings_init(&none);
    do {
        text_reset(&name);
        group_add(&name, &f->study.axes, &g);
        add_curve(&curves, name.s, shift);
        shift *= .8;
    } while (group_next(&g, &f->study.axes, 3));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct study_chart c = f->study.charts[0];
        struct chart_input in = { &f->study, &f->findings, &c, &curves };
        struct text gp = TEXT_INIT, tsv = TEXT_INIT;
        struct plot plot;
        c.chart.text = names[i];
        c.by = 3;
        c.point = "fmr=0.1";
        plot_init(&plot, "x");
        assert_int_equal(chart_find(names[i])->draw(&plot, &in, &err), 0);
        plot_finish(&plot, &glyphs, &gp, &tsv);
        assert_null(strpbrk(gp.s, "`<@"));
        assert_null(strstr(gp.s, "PWNED"));
        assert_null(strstr(gp.s, "nan"));
        assert_null(strchr(tsv.s, '"'));
        assert_true(plot.alt.len > 40);
        plot_release(&plot);
        in.curves = i % 2 ? NULL : &none;
        plot_init(&plot, "x");
        assert_int_equal(chart_find(names[i])->draw(&plot, &in, &err), ERR_INPUT);
        assert_fault_says(&err, "in curves.csv, expected a run made of comparisons");
        plot_release(&plot);
        text_release(&gp);
        text_release(&tsv);
    }
    text_release(&name);
    findings_release(&curves);
    findings_release(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glyphs),
        WITH(test_charts_check),
        WITH(test_scripts_hold_no_text),
        WITH(test_png_words),
        WITH(test_gradient_refused),
        WITH(test_lone_points),
        WITH(test_curves),
        WITH(test_hostile_charts),
        WITH(test_missing_gnuplot),
        WITH(test_failing_gnuplot),
        WITH(test_charts_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
