/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report against a study whose every name and sentence is hostile. */
#include "test.h"

#include <math.h>
#include <sys/stat.h>

#include "base/yaml.h"
#include "report/format.h"
#include "report/html.h"
#include "report/latex.h"
#include "report/prose.h"
#include "report/report.h"

/* Shell, markup of HTML, gnuplot, LaTeX and CSV, and a terminal's escape. */
#define EVIL "`touch PWNED`$(touch PWNED)<script>x(\"1\")</script>&_^{a}@b\\n%#'|"
static const char *const backends[] = { "A" EVIL, "B;\xC3\xA9\x1b[31m" };

static const char study_yaml[] =
    "study: evil\n"
    "title: 'Title `touch PWNED` <script>x()</script> & _a_ {/:Bold b}'\n"
    "question: 'Is <b>this</b> asked?'\n"
    "task: classify\n"
    "evidence: published\n"
    "dataset: evil\n"
    "axes:\n"
    "  - {name: g, values: ['x`touch PWNED`_<i>', 'y']}\n"
    "  - {name: h, values: ['1', '2']}\n"
    "labels: {'g=y;h=1': 'label `touch PWNED` \"quoted\" \\t & <u>'}\n"
    "by: [[], [g, h]]\n"
    "shares: [[g, h]]\n"
    "metrics: [error, faces]\n"
    "contrasts: [{metric: error, group: 'g=y;h=1', versus: 'g=y;h=2'}]\n"
    "claims:\n"
    "  - {id: c1, type: difference, says: 'y <script>1</script> is worse', source: 'p. 1 & 2',\n"
    "     group: 'g=y;h=1', versus: 'g=y;h=2'}\n"
    "  - {id: c2, type: not-testable, says: 'none', source: 's', why: 'no <counts>'}\n"
    "charts:\n"
    "  - {chart: bars, id: a-bars, by: [g, h], title: '`touch PWNED` <script>',\n"
    "     caption: 'It is {error|B|g=y;h=1|ci}.'}\n"
    "  - {chart: heat, id: a_heat, by: [g, h], title: 't & <script>'}\n"
    "  - {chart: composition, id: comp, group: 'g=y;h=1', title: t}\n"
    "  - {chart: forest, id: forest, title: t}\n"
    "facts: {'<k>': '<v>'}\n"
    "caveats: ['<caveat> & more']\n"
    "cite: ['<cite>']\n"
    "answer: {claim: c1, yes: 'Yes: {error|B|g=y;h=1}.', no: 'No.', open: 'Open.'}\n";

struct fixture {
    char *dir;
    struct study study;
    struct findings findings;
    struct claims claims;
    struct run run;
};

static struct err err = ERR_INIT;

static struct finding *add(struct fixture *f, const char *backend, const char *metric,
                           const char *group, const char *versus, double estimate,
                           double lo, double hi)
{
    struct finding *row = findings_add(&f->findings);

    row->study = row->dataset = "evil";
    row->backend = backend;
    row->metric = metric;
    row->group = findings_keep(&f->findings, group);
    row->versus = versus;
    row->estimate = estimate;
    row->lo = lo;
    row->hi = hi;
    row->confidence = .95;
    row->method = "wilson";
    return row;
}

static void add_rate(struct fixture *f, const char *backend, const char *group,
                     int64_t x, int64_t n, double lo, double hi)
{
    struct finding *row = add(f, backend, "error", group, "", (double)x / (double)n, lo, hi);

    row->x = x;
    row->n = n;
    row->flag = x == 0 ? FLAG_ZERO : x < 5 ? FLAG_TOO_FEW : FLAG_OK;
    row->note = "source <script>_&";
}

static void add_backend(struct fixture *f, const char *backend)
{
    struct group g = group_first(&f->study.axes, 3);
    struct text name = TEXT_INIT;
    int64_t x = 0;
    struct finding *row;

    add_rate(f, backend, "all", 46, 400, .088, .15);
    do {
        text_reset(&name);
        group_add(&name, &f->study.axes, &g);
        add_rate(f, backend, name.s, x, 100, .001, .01 + (double)x / 60);
        row = add(f, backend, "error.share", name.s, "", (double)x / 46, .1, .6);
        row->x = x;
        row->n = 46;
        row = add(f, backend, "error.base_share", name.s, "", .25, NAN, NAN);
        row->x = 100;
        row->n = 400;
        row->method = "";
        row = add(f, backend, "error.share_ratio", name.s, "", (double)x / 11.5, .3, 3);
        row->method = "koopman";
        x += 3 + x * 2;
    } while (group_next(&g, &f->study.axes, 3));
    text_release(&name);
    row = add(f, backend, "error.difference", "g=y;h=1", "g=y;h=2", -.27, -.36, -.17);
    row->method = "newcombe";
    row->x = 12;
    row->n = 100;
    row->p = .0002;
    row->p_adj = .0004;
    row = add(f, backend, "error.ratio", "g=y;h=1", "g=y;h=2", INFINITY, 2.5, INFINITY);
    row->method = "koopman";
    row->flag = FLAG_ZERO;
    row = add(f, backend, "error.sensitivity", "g=y;h=1", "", .121, .07, .2);
    row->point = "n=low";
    row->x = 12;
    row->n = 99;
}

static int setup(void **state)
{
    struct fixture *f = mem_alloc(sizeof *f);
    struct finding *row;

    f->dir = test_folder();
    char *path = path_join(f->dir, "evil.yaml");
    assert_int_equal(file_write(path, study_yaml, strlen(study_yaml), &err), 0);
    assert_int_equal(study_load(&f->study, path, NULL, 0, &err), 0);
    free(path);
    findings_init(&f->findings);
    for (size_t i = 0; i < ARRAY_SIZE(backends); i++)
        add_backend(f, backends[i]);
    add_backend(f, "B");
    row = add(f, "", "faces", "all", "", 1, NAN, NAN);
    row->x = row->n = 123456;
    row->method = "";
    claims_init(&f->claims, &f->study);
    struct claim *claim = &f->claims.claims[0];
    claim->parts = arena_array(&f->claims.arena, 1, sizeof *claim->parts);
    claim->parts[0] = (struct claim_part){ .backend = backends[0], .p = NAN, .n_rows = 1,
                                           .verdict = VERDICT_YES };
    claim->parts[0].rows = arena_array(&f->claims.arena, 1, sizeof(size_t));
    claim->parts[0].rows[0] = 18;
    claim->n_parts = 1;
    claim->verdict = VERDICT_YES;
    claim->p = claim->p_holm = .03;
    f->claims.claims[1].verdict = VERDICT_NOT_TESTABLE;
    run_init(&f->run);
    f->run.format = RUN_FORMAT;
    f->run.version = "0<b>";
    f->run.study = "evil";
    f->run.command = "misid run 'x<script>'";
    f->run.started = "2018-02-04T12:00:00Z";
    f->run.gsl = f->run.gnuplot = f->run.compiler = f->run.platform = "";
    run_add_input(&f->run, "in<put>.csv", "00ff");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char *charts = path_join(f->dir, "charts");

    if (path_is_dir(charts))
        test_remove_folder(charts);
    else
        free(charts);
    claims_release(&f->claims);
    findings_release(&f->findings);
    study_release(&f->study);
    run_release(&f->run);
    test_remove_folder(f->dir);
    free(f);
    err_release(&err);
    return 0;
}

static bool has_gnuplot(void)
{
    return system("gnuplot --version >/dev/null 2>&1") == 0;
}

static bool has_python(void)
{
    return system("python3 --version >/dev/null 2>&1") == 0;
}

/* The file below the fixture's folder; free() it. */
static char *slurp(const struct fixture *f, const char *name)
{
    char *path = path_join(f->dir, name), *data;
    size_t len;

    assert_int_equal(file_read(path, (size_t)1 << 26, &data, &len, &err), 0);
    free(path);
    return data;
}

static bool exists(const struct fixture *f, const char *name)
{
    char *path = path_join(f->dir, name);
    bool there = path_is_file(path);

    free(path);
    return there;
}

#define assert_format(call, expected)                                          \
    do {                                                                       \
        struct text t = TEXT_INIT;                                             \
        call;                                                                  \
        assert_string_equal(t.s, expected);                                    \
        text_release(&t);                                                      \
    } while (0)

static void test_numbers(void **state)
{
    (void)state;
    assert_format(format_value(&t, UNIT_RATE, 94 / 271., -1), "34.7 %");
    assert_format(format_value(&t, UNIT_RATE, 1 / 385., -1), "0.26 %");
    assert_format(format_value(&t, UNIT_RATE, 1 / 385., 1), "0.3 %");
    assert_format(format_value(&t, UNIT_RATE, 0, 2), "0 %");
    assert_format(format_value(&t, UNIT_RATE, .0004, 1), "0.0 %");
    assert_format(format_value(&t, UNIT_RATE, 1, 1), "100 %");
    assert_format(format_value(&t, UNIT_RATE, .9999, 1), "100.0 %");
    assert_format(format_value(&t, UNIT_RATE, 3e-7, -1), "0.000030 %");
    assert_format(format_value(&t, UNIT_RATE, NAN, 1), "–");
    assert_format(format_value(&t, UNIT_POINTS, -.0123, 1), "−1.2 points");
    assert_format(format_value(&t, UNIT_POINTS, -.0001, 1), "0.0 points");
    assert_format(format_value(&t, UNIT_RATIO, 2.588, -1), "2.59");
    assert_format(format_value(&t, UNIT_RATIO, 53.94, -1), "53.9");
    assert_format(format_value(&t, UNIT_RATIO, 133.5, -1), "134");
    assert_format(format_value(&t, UNIT_RATIO, 9.999, -1), "10.0");
    assert_format(format_interval(&t, UNIT_RATE, .2926, .4053, 1), "[29.3, 40.5]");
    assert_format(format_interval(&t, UNIT_RATE, 1e-17, .0099, 2), "[0, 0.99]");
    assert_format(format_interval(&t, UNIT_RATIO, 13, INFINITY, -1), "[13.0, ∞)");
    assert_format(format_interval(&t, UNIT_RATE, NAN, NAN, 1), "");
    assert_format(format_estimate(&t, UNIT_RATE, 0, 0, .0099), "0 % [0, 0.99]");
    assert_format(format_estimate(&t, UNIT_POINTS, .001, -.0173, .0167),
                  "0.1 points [−1.7, 1.7]");
    assert_format(format_p(&t, .0142), "p = .014");
    assert_format(format_p(&t, .05), "p = .050");
    assert_format(format_p(&t, .4), "p = .40");
    assert_format(format_p(&t, .000999), "p < .001");
    assert_format(format_p(&t, 1), "p = 1");
    assert_format(format_p(&t, NAN), "");
    assert_format(format_counts(&t, 28, 25000, true), "28/25\u202F000");
    assert_format(format_counts(&t, 1270, 1234567, false), "1270/1234567");
    assert_format(format_counts(&t, -1, 5, false), "–");
    const double column[] = { .347, 0, .0026, NAN }, tiny[] = { .5, .00002 };
    assert_int_equal(format_decimals_column(UNIT_RATE, column, 4), 1);
    assert_int_equal(format_decimals_column(UNIT_RATE, tiny, 2), 3);
    assert_int_equal(format_decimals_column(UNIT_RATE, column + 2, 1), 2);
}

static void test_bound_words(void **state)
{
    (void)state;
    assert_format(format_bind(&t, "is 34.7 % [29.3, 40.5], p < .001 (a, b)"),
                  "is 34.7\u00A0%\u00A0[29.3,\u00A040.5], p\u00A0<\u00A0.001 (a, b)");
    assert_format(format_bind(&t, "[not, numbers]"), "[not, numbers]");
}

static void test_escaping(void **state)
{
    (void)state;
    assert_format(html_text(&t, "<a href=\"x\">&'\x1b\x7f\n"),
                  "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\uFFFD\uFFFD\n");
    assert_format(html_addf(&t, "<b>%s</b>%zu%%%q", "<", (size_t)7, "5 %"),
                  "<b>&lt;</b>7%5\u00A0%");
    assert_format(latex_text(&t, "a_b%\\{x}$&#^~−≥"),
                  "a\\_b\\%\\textbackslash{}\\{x\\}\\$\\&\\#\\textasciicircum{}"
                  "\\textasciitilde{}$-$$\\geq$");
}

static void test_inlined_svg(void **state)
{
    (void)state;
    struct text t = TEXT_INIT;
    static const char svg[] =
        "<?xml?><svg \n width=\"5\" viewBox=\"0 0 5 5\">\n<title>x</title><desc>y</desc>"
        "<g id=\"a\"><use xlink:href='#a' id='b'/><path fill='url(#a)'/></g></svg>";

    assert_true(html_svg(&t, svg, "p1", "T<", "A&"));
    assert_non_null(strstr(t.s, "<g id=\"p1-a\">"));
    assert_non_null(strstr(t.s, "href='#p1-a' id='p1-b'"));
    assert_non_null(strstr(t.s, "url(#p1-a)"));
    assert_non_null(strstr(t.s, "role=\"img\""));
    assert_non_null(strstr(t.s, "<title id=\"p1-title\">T&lt;</title>"));
    assert_non_null(strstr(t.s, "<desc id=\"p1-desc\">A&amp;</desc>"));
    assert_null(strstr(t.s, "<?xml"));
    assert_null(strstr(t.s, "<title>x"));
    text_reset(&t);
    assert_false(html_svg(&t, "no drawing", "p", "t", "a"));
    assert_false(html_svg(&t, "<svg viewBox=", "p", "t", "a"));
    text_release(&t);
}

#define assert_filled(f, with, expected)                                       \
    do {                                                                       \
        struct text t = TEXT_INIT;                                             \
        assert_int_equal(prose_fill(&(f)->study, &(f)->findings, with, "w", &t, &err), 0); \
        assert_string_equal(t.s, expected);                                    \
        text_release(&t);                                                      \
    } while (0)

#define assert_unfilled(f, with, part)                                         \
    do {                                                                       \
        struct text t = TEXT_INIT;                                             \
        assert_int_equal(prose_fill(&(f)->study, &(f)->findings, with, "w", &t, &err), \
                         ERR_INPUT);                                           \
        assert_fault_says(&err, part);                                         \
        text_release(&t);                                                      \
    } while (0)

static void test_placeholders(void **state)
{
    struct fixture *f = *state;
    struct study_name known = { "Gone", 0 };

    assert_filled(f, "a {error|B|h=1;g=y} b", "a 12.0 % b");
    assert_filled(f, "{error|B|g=y;h=1|ci}", "12.0 % [0.1, 21.0]");
    assert_filled(f, "{error.difference|B|g=y;h=1|g=y;h=2|ci}",
                  "−27.0 points [−36.0, −17.0]");
    assert_filled(f, "{error.ratio|B|g=y;h=1|g=y;h=2|ci}", "∞ [2.50, ∞)");
    assert_filled(f, "{faces||all}", "100 %");
    assert_unfilled(f, "{error|C|all}", "w: placeholder '{error|C|all}' names no finding");
    assert_unfilled(f, "{error|B|all", "not well formed");
    assert_unfilled(f, "{error|B}", "not well formed");
    assert_unfilled(f, "{error|B|all|g=y;h=1|ci|x}", "not well formed");
    add(f, "B", "fpir", "all", "", .1, 0, 1)->point = "native=80";
    add(f, "B", "fpir", "all", "", .01, 0, 1)->point = "native=99";
    assert_filled(f, "{fpir@native=99|B|all}", "1.0 %");
    assert_unfilled(f, "{fpir|B|all}", "several operating points");
    f->study.backends = &known;
    f->study.n_backends = 1;
    assert_filled(f, "{error|Gone|all}", "(Gone: not in this run)");
    assert_int_equal(prose_check(&f->study, "{error|B|g=z}{nothing|B|all}{", "w", &err),
                     ERR_INPUT);
    assert_fault_says(&err, "'nothing' is not a metric");
}

static void test_charts_check(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(charts_check(&f->study, &err), 0);
    f->study.charts[0].chart.text = "pie";
    f->study.charts[1].by = 0;
    f->study.charts[2].group = NULL;
    f->study.charts[3].caption = "{x";
    assert_int_equal(charts_check(&f->study, &err), ERR_INPUT);
    assert_int_equal(err.count, 4);
    assert_fault_says(&err, "evil.yaml:20: chart: 'pie' is not a chart, expected one of "
                            "bars, heat, composition, forest");
}

static void test_scripts_hold_no_text(void **state)
{
    struct fixture *f = *state;
    size_t n;
    const struct chart *table = chart_table(&n);

    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++) {
        struct chart_input in = { &f->study, &f->findings, &f->study.charts[i] };
        struct text gp = TEXT_INIT, tsv = TEXT_INIT;
        struct plot plot;
        plot_init(&plot, in.chart->id);
        assert_int_equal(table[i].draw(&plot, &in, &err), 0);
        plot_finish(&plot, &gp, &tsv);
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
    static const char *const ids[] = { "a-bars", "a_heat", "comp", "forest" };
    bool python = has_python();

    if (!has_gnuplot())
        skip();
    assert_int_equal(report_charts(&f->study, &f->findings, f->dir, &err), 0);
    assert_faults(&err, "");
    assert_false(exists(f, "charts/PWNED"));
    assert_int_not_equal(access("PWNED", F_OK), 0);
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        static const char *const exts[] = { "gp", "tsv", "svg", "png" };
        for (size_t e = 0; e < ARRAY_SIZE(exts); e++) {
            char *name = mem_printf("charts/%s.%s", ids[i], exts[e]);
            assert_true(exists(f, name));
            free(name);
        }
        char *command = mem_printf(
            "python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "
            "%s/charts/%s.svg", f->dir, ids[i]);
        if (python)
            assert_int_equal(system(command), 0);
        free(command);
    }
    char *svg = slurp(f, "charts/a-bars.svg");
    assert_null(strstr(svg, "<script"));
    assert_non_null(strstr(svg, "`touch PWNED`"));
    assert_non_null(strstr(svg, "&lt;script>"));
    free(svg);
    char *dir = path_join(f->dir, "charts"); /* nothing but the 16 files */
    DIR *d = opendir(dir);
    size_t files = 0;
    for (struct dirent *e; (e = readdir(d));)
        files++;
    closedir(d);
    free(dir);
    assert_int_equal(files, 18);
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
    int code = report_charts(&f->study, &f->findings, f->dir, &err);
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
    assert_true(exists(f, "charts/a-bars.gp"));
    assert_true(exists(f, "charts/forest.tsv"));
    assert_false(exists(f, "charts/a-bars.svg"));
    assert_int_equal(report_write(&f->study, &f->findings, &f->claims, NULL, &f->run, f->dir,
                                  &err), 0);
    char *html = slurp(f, "report.html");
    assert_non_null(strstr(html, "is not drawn here"));
    free(html);
}

static void test_failing_gnuplot(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(charts_with(f, "#!/bin/sh\nprintf '\\n plot x\\n      ^\\n\"a.gp\" "
                                    "line 3: bad\\n\\n' >&2\nexit 1\n"), ERR_PROGRAM);
    assert_int_equal(err.count, 4);
    assert_fault_says(&err, "gnuplot: a-bars.gp failed: \"a.gp\" line 3: bad\n");
    assert_int_equal(charts_with(f, "#!/bin/sh\nexit 0\n"), ERR_PROGRAM);
    assert_int_equal(err.count, 4);
    assert_fault_says(&err, "made no a-bars.svg");
}

static const char check_html[] =
    "import sys\n"
    "from html.parser import HTMLParser\n"
    "void = {'meta', 'br', 'link', 'img', 'hr'}\n"
    "class P(HTMLParser):\n"
    "    open, ids = [], set()\n"
    "    def handle_starttag(self, tag, attrs):\n"
    "        assert tag not in ('script', 'i', 'u'), tag\n"
    "        for k, v in attrs:\n"
    "            assert not k.startswith('on'), k\n"
    "            assert k != 'src' and not (v or '').startswith('http'), v\n"
    "            if k == 'id':\n"
    "                assert v not in self.ids, v\n"
    "                self.ids.add(v)\n"
    "        if tag not in void: self.open.append(tag)\n"
    "    def handle_startendtag(self, tag, attrs): pass\n"
    "    def handle_endtag(self, tag):\n"
    "        assert self.open.pop() == tag, (tag, self.getpos())\n"
    "p = P(); p.feed(open(sys.argv[1], encoding='utf-8').read()); p.close()\n"
    "assert not p.open, p.open\n";

static void assert_html(const struct fixture *f, const char *name)
{
    char *script = path_join(f->dir, "check.py");
    char *command = mem_printf("python3 %s %s/%s", script, f->dir, name);

    assert_int_equal(file_write(script, check_html, strlen(check_html), &err), 0);
    if (has_python())
        assert_int_equal(system(command), 0);
    free(command);
    free(script);
}

static void test_hostile_page(void **state)
{
    struct fixture *f = *state;
    struct yaml_doc doc;

    if (has_gnuplot())
        assert_int_equal(report_charts(&f->study, &f->findings, f->dir, &err), 0);
    assert_int_equal(report_write(&f->study, &f->findings, &f->claims, NULL, &f->run, f->dir,
                                  &err), 0);
    assert_faults(&err, "");
    char *html = slurp(f, "report.html");
    assert_null(strstr(html, "<script"));
    assert_null(strchr(html, '\x1b'));
    assert_non_null(strstr(html, "12.0\u00A0%\u00A0[0.1,\u00A021.0]")); /* the caption */
    assert_non_null(strstr(html, "misid run &#39;x&lt;script&gt;&#39;"));
    assert_non_null(strstr(html, "123\u202F456"));
    assert_non_null(strstr(html, "supported"));
    assert_non_null(strstr(html, "no &lt;counts&gt;"));
    free(html);
    assert_html(f, "report.html");
    char *tex = slurp(f, "tables.tex");
    assert_non_null(strstr(tex, "\\begin{longtable}"));
    assert_non_null(strstr(tex, "\\textasciigrave{}touch PWNED"));
    assert_non_null(strstr(tex, "\\textless{}script\\textgreater{}\\_\\&"));
    free(tex);
    char *path = path_join(f->dir, "report.json");
    assert_int_equal(yaml_load(&doc, path, &err), 0);
    assert_string_equal(yaml_get_string(&doc, doc.root, "answer", "", true),
                        "Yes: 12.0 %.");
    assert_int_equal(yaml_get_list(&doc, doc.root, "findings", true)->n, f->findings.n);
    yaml_release(&doc);
    free(path);
}

static void test_unresolved_is_an_error(void **state)
{
    struct fixture *f = *state;

    f->study.charts[1].caption = "{error|nobody|all}";
    assert_int_equal(report_write(&f->study, &f->findings, &f->claims, NULL, &f->run, f->dir,
                                  &err), ERR_INPUT);
    assert_fault_says(&err, "'{error|nobody|all}' names no finding");
    assert_false(exists(f, "report.html"));
}

static void test_terminal(void **state)
{
    struct fixture *f = *state;
    static const int widths[] = { 1, 40, 60, 80, 200 };

    for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
        struct text t = TEXT_INIT;
        size_t limit = widths[i] < 40 ? 40 : (size_t)widths[i];
        report_terminal(&f->study, &f->findings, &f->claims, NULL, widths[i], false, &t);
        assert_null(strchr(t.s, '\x1b'));
        assert_true(text_is_utf8(t.s, t.len, NULL));
        assert_non_null(strstr(t.s, "12.0 [0.1, 21.0]"));
        assert_non_null(strstr(t.s, "Claims: 1 supported, 1 not testable"));
        for (char *line = strtok(t.s, "\n"); line; line = strtok(NULL, "\n"))
            if (text_columns(line) > limit)
                fail_msg("more than %zu columns: %s", limit, line);
        text_release(&t);
    }
    struct text t = TEXT_INIT;
    report_terminal(&f->study, &f->findings, &f->claims, NULL, 80, true, &t);
    assert_non_null(strstr(t.s, "\x1b[1m"));
    assert_null(strstr(t.s, "\x1b[31m"));
    text_release(&t);
}

static void put(const char *dir, const char *name, const struct text *t)
{
    char *path = path_join(dir, name);

    assert_int_equal(file_write(path, t->s, t->len, &err), 0);
    free(path);
}

static void test_index(void **state)
{
    struct fixture *f = *state;
    char *good = path_join(f->dir, "run <1>"), *bad = path_join(f->dir, "bad");
    struct text t = TEXT_INIT;

    assert_int_equal(mkdir(good, 0755), 0);
    study_to_json(&f->study, &t);
    put(good, "study.json", &t);
    text_reset(&t);
    findings_write_csv(&f->findings, &t);
    put(good, "findings.csv", &t);
    text_reset(&t);
    claims_write_json(&f->claims, &t);
    put(good, "claims.json", &t);
    text_reset(&t);
    run_to_json(&f->run, &t);
    put(good, "run.json", &t);
    assert_int_equal(report_index(f->dir, &err), 0);
    assert_faults(&err, "");
    assert_html(f, "index.html");
    char *html = slurp(f, "index.html");
    assert_non_null(strstr(html, "href=\"run%20%3C1%3E/report.html\""));
    assert_non_null(strstr(html, "Yes: 12.0\u00A0%."));
    assert_non_null(strstr(html, "1 supported, 1 not testable"));
    free(html);
    assert_int_equal(mkdir(bad, 0755), 0);
    put(bad, "run.json", &t); /* and nothing else */
    assert_int_not_equal(report_index(f->dir, &err), 0);
    assert_fault_says(&err, "bad/study.json");
    html = slurp(f, "index.html");
    assert_non_null(strstr(html, "run%20%3C1%3E"));
    free(html);
    test_remove_folder(good);
    test_remove_folder(bad);
    text_release(&t);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_bound_words),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_inlined_svg),
        WITH(test_placeholders),
        WITH(test_charts_check),
        WITH(test_scripts_hold_no_text),
        WITH(test_hostile_charts),
        WITH(test_missing_gnuplot),
        WITH(test_failing_gnuplot),
        WITH(test_hostile_page),
        WITH(test_unresolved_is_an_error),
        WITH(test_terminal),
        WITH(test_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
