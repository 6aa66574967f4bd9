/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report against a study whose every name and sentence is hostile. */
#include "evil.h"

#include <math.h>
#include <sys/stat.h>

#include "base/yaml.h"
#include "report/format.h"
#include "report/html.h"
#include "report/latex.h"
#include "report/lookup.h"
#include "report/prose.h"
#include "report/report.h"

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
    assert_format(format_bind(&t, "by 20.6 points, 3 pointsize, two points"),
                  "by 20.6\u00A0points, 3 pointsize, two points");
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
    evil_add(f, "B", "fpir", "all", "", .1, 0, 1)->point = "native=80";
    evil_add(f, "B", "fpir", "all", "", .01, 0, 1)->point = "native=99";
    assert_filled(f, "{fpir@native=99|B|all}", "1.0 %");
    assert_unfilled(f, "{fpir|B|all}", "several operating points");
    f->study.backends = &known;
    f->study.n_backends = 1;
    assert_filled(f, "{error|Gone|all}", "(Gone: not in this run)");
    assert_int_equal(prose_check(&f->study, "{error|B|g=z}{nothing|B|all}{", "w", &err),
                     ERR_INPUT);
    assert_fault_says(&err, "'nothing' is not a metric");
}

static void test_points(void **state)
{
    (void)state;
    assert_format(lookup_point_words(&t, "native=80"), "at threshold 80");
    assert_format(lookup_point_words(&t, "native=default"), "at the default threshold");
    assert_format(lookup_point_words(&t, "native=defaults"), "at threshold defaults");
    assert_format(lookup_point_words(&t, "audit=2017"), "2017");
    assert_format(lookup_point_words(&t, "fmr=1e-3"), "at FMR 0.001");
    assert_format(lookup_point_words(&t, "fmr=1e-3,gallery=100"), "at FMR 0.001,gallery=100");
    assert_format(lookup_point_words(&t, "fmr=1e-6"), "at FMR 1e-6");
    assert_format(lookup_point_words(&t, "other=1"), "at other=1");
    assert_format(lookup_point_words(&t, ""), "");
    assert_format(lookup_point_phrase(&t, "audit=2017"), "in 2017");
    assert_format(lookup_point_phrase(&t, "audit=ACLU 2018"), "in the audit ACLU 2018");
    assert_format(lookup_point_phrase(&t, "native=99"), "at threshold 99");
    assert_format(lookup_point_words(&t, "confidence=0.9..1"),
                  "at a stated confidence of 0.9 to 1");
    assert_format(lookup_point_words(&t, "confidence>=0.9"),
                  "at a stated confidence of 0.9 or more");
    assert_format(lookup_point_short(&t, "native=80"), "at 80");
    assert_format(lookup_point_short(&t, "native=default"), "at default");
    assert_format(lookup_point_short(&t, "audit=2018"), "2018");
    assert_format(lookup_point_short(&t, "confidence=0.9..1"), "0.9–1");
    assert_format(lookup_point_short(&t, "confidence>=0.9"), "≥ 0.9");
    assert_format(lookup_rival(&t, "backend=A%3BB"), "A;B");
    assert_format(lookup_backend_words(&t, "IBM", "native=default"),
                  "IBM at the default threshold");
}

/* The first row of a metric with this kind, of backend B. */
static const struct finding *pair_row(const struct fixture *f, const char *kind)
{
    struct text metric = TEXT_INIT;

    text_addf(&metric, "error_with_misses.%s", kind);
    long at = findings_find(&f->findings, "B", metric.s, NULL, NULL, NULL, NULL);
    text_release(&metric);
    assert_true(at >= 0);
    return &f->findings.rows[at];
}

static void test_pairs(void **state)
{
    struct fixture *f = *state;
    static const char group[] = "error or not found of label `touch PWNED` \"quoted\" \\t & <u>";
    struct finding fall = *pair_row(f, "improvement_worst_case");
    struct text expected = TEXT_INIT;

    fall.versus = "audit=2017";
    text_addf(&expected, "fall in %s from 2017 to 2018, the same faces paired at worst",
              group);
    assert_format(prose_row(&f->study, &fall, &t), expected.s);
    fall.versus = "native=80";
    fall.point = "native=99";
    fall.metric = "error_with_misses.improvement";
    text_reset(&expected);
    text_addf(&expected, "fall in %s from threshold 80 to threshold 99", group);
    assert_format(prose_row(&f->study, &fall, &t), expected.s);
    text_reset(&expected);
    text_addf(&expected, "%s by B minus that by B in 2018", group);
    assert_format(prose_row(&f->study, pair_row(f, "excess"), &t), expected.s);
    text_release(&expected);
    assert_int_equal(unit_of("error.improvement"), UNIT_POINTS);
    assert_int_equal(unit_of("error.excess_worst_case"), UNIT_POINTS);
    /* before : after; one : other */
    assert_format(prose_counts(&f->study, &f->findings, pair_row(f, "improvement"), true,
                               &t), "20/100 : 10/100");
    assert_format(prose_counts(&f->study, &f->findings, pair_row(f, "excess"), true, &t),
                  "10/100 : 10/100");
    assert_filled(f, "{error_with_misses.excess@audit=2018|B|h=1;g=y|backend=B|ci}",
                  "5.0 points [−10.0, 20.0]");
    assert_int_equal(prose_check(&f->study, "{error.improvement@audit=2018|B|all|audit=2017} "
                                 "{error.excess_worst_case|B|all|backend=X|ci}", "w", &err),
                     0);
    assert_int_equal(prose_check(&f->study, "{error.excess|B|all|g=y;h=1}", "w", &err),
                     ERR_INPUT);
    assert_fault_says(&err, "expected a backend such as backend=IBM behind the group");
    assert_int_equal(prose_check(&f->study, "{error.improvement|B|all}", "w", &err),
                     ERR_INPUT);
    assert_fault_says(&err, "expected an earlier point such as audit=2017");
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
    if (evil_has_python())
        assert_int_equal(system(command), 0);
    free(command);
    free(script);
}

static void test_hostile_page(void **state)
{
    struct fixture *f = *state;
    struct yaml_doc doc;

    if (evil_has_gnuplot())
        assert_int_equal(report_charts(&f->study, &f->findings, NULL, f->dir, &err), 0);
    assert_int_equal(report_write(&f->study, &f->findings, NULL, &f->claims, &f->cases, &f->run,
                                  f->dir, &err), 0);
    assert_faults(&err, "");
    char *html = evil_slurp(f, "report.html");
    assert_null(strstr(html, "<script"));
    assert_null(strchr(html, '\x1b'));
    assert_non_null(strstr(html, "12.0\u00A0%\u00A0[0.1,\u00A021.0]")); /* the caption */
    assert_non_null(strstr(html, "misid run &#39;x&lt;script&gt;&#39;"));
    assert_non_null(strstr(html, "123\u202F456"));
    assert_non_null(strstr(html, "supported"));
    assert_non_null(strstr(html, "no &lt;counts&gt;"));
    assert_non_null(strstr(html, "nobody published how many faces were shown"));
    assert_non_null(strstr(html, "<td class=\"num\">90.0 %</td>")); /* of the first case */
    assert_non_null(strstr(html, "[−1.0, 21.0]")); /* of the worst pairing */
    assert_non_null(strstr(html, "a mean over runs, no count: no interval"));
    /* what was claimed, then the charts, then what each verdict rests on */
    assert_true(strstr(html, "id=\"verdicts\"") < strstr(html, "id=\"charts\""));
    assert_true(strstr(html, "id=\"charts\"") < strstr(html, "id=\"evidence\""));
    assert_null(strstr(html, "<q>"));
    free(html);
    assert_html(f, "report.html");
    char *tex = evil_slurp(f, "tables.tex");
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

/* Charts of a part of the page stand together behind the open ones, and are all there. */
static void test_folded(void **state)
{
    struct fixture *f = *state;
    struct study_chart *c = f->study.charts;

    c[0].fold = "B <b>";
    c[0].title = "B <b>: Errors by g";
    c[2].fold = "Other";
    c[2].title = "B <b>: Shares";
    c[3].fold = "B <b>";
    c[3].title = "B <b>: Errors by g and h";
    assert_int_equal(report_write(&f->study, &f->findings, NULL, &f->claims, NULL, &f->run,
                                  f->dir, &err), 0);
    assert_faults(&err, "");
    char *html = evil_slurp(f, "report.html");
    const char *fold = strstr(html, "<details class=\"fold\" id=\"fold-1\"><summary><b>B &lt;b&gt;"
                              "</b>, 2 charts<span class=\"fine\">Errors by g, by g and h</span>");
    const char *other = strstr(html, "<details class=\"fold\" id=\"fold-3\"><summary><b>Other</b>"
                               ", 1 chart<span class=\"fine\">B &lt;b&gt;: Shares</span>");
    assert_non_null(fold);
    assert_non_null(other);
    assert_true(strstr(html, "id=\"figure-a_heat\"") < fold);
    assert_true(strstr(html, "id=\"figure-caterpillar\"") < fold);
    assert_true(strstr(html, "id=\"figure-a-bars\"") > fold);
    assert_true(strstr(html, "id=\"figure-forest\"") > strstr(html, "id=\"figure-a-bars\""));
    assert_true(strstr(html, "id=\"figure-forest\"") < other);
    assert_true(strstr(html, "id=\"figure-comp\"") > other);
    /* the list at the top, and paper, on which nothing is folded */
    assert_non_null(strstr(html, "<a href=\"#figure-a_heat\">"));
    assert_null(strstr(html, "<a href=\"#figure-forest\">"));
    assert_non_null(strstr(html, "<a href=\"#fold-1\">B &lt;b&gt;</a> <span class=\"fine\">folded, "
                           "2 charts</span>"));
    assert_non_null(strstr(html, "@media print{.fold::details-content{content-visibility:visible"));
    free(html);
    assert_html(f, "report.html");
}

/* A verdict that Holm's correction undoes is told apart wherever verdicts are told or
 * counted. */
static void test_undone(void **state)
{
    static const char undone[] = "undone by Holm&#39;s correction for several claims";
    struct fixture *f = *state;
    struct text t = TEXT_INIT;

    prose_verdict_counts(&f->claims, &t);
    assert_string_equal(t.s, "1 supported, 1 not testable");
    f->claims.claims[0].undone = true;
    text_reset(&t);
    prose_verdict_counts(&f->claims, &t);
    assert_string_equal(t.s, "1 \"supported\" but undone by Holm's correction for several "
                             "claims, 1 not testable");
    text_reset(&t);
    assert_int_equal(prose_answer(&f->study, &f->findings, &f->claims, &t, &err), 0);
    assert_non_null(strstr(t.s, " That verdict is undone by Holm's correction"));
    text_reset(&t);
    report_terminal(&f->study, &f->findings, &f->claims, NULL, 400, false, &t);
    assert_non_null(strstr(t.s, "Claims: 1 \"supported\" but undone by Holm's"));
    assert_int_equal(report_write(&f->study, &f->findings, NULL, &f->claims, NULL, &f->run,
                                  f->dir, &err), 0);
    assert_faults(&err, "");
    char *html = evil_slurp(f, "report.html");
    assert_non_null(strstr(html, "<span class=\"badge yes undone\">supported</span>"));
    assert_non_null(strstr(html, "1 &quot;supported&quot; but undone by"));
    const char *row = strstr(html, "<a href=\"#claim-c1\">");
    assert_non_null(row);
    assert_non_null(strstr(row, undone));
    assert_true(strstr(row, undone) < strstr(row, "</tr>"));
    free(html);
    char *tex = evil_slurp(f, "tables.tex");
    assert_non_null(strstr(tex, "supported, undone by Holm"));
    free(tex);
    text_release(&t);
}

/* A study of nothing but named cases. */
static void test_only_cases(void **state)
{
    struct fixture *f = *state;
    struct text t = TEXT_INIT;

    f->study.n_metrics = f->study.n_charts = f->study.n_by = 0;
    f->study.axes.n = 0;
    f->study.answer.claim = f->study.answer.yes = NULL;
    f->study.answer.no = f->study.answer.open = NULL;
    f->findings.n = 0;
    f->claims.n = 0;
    assert_int_equal(report_write(&f->study, &f->findings, NULL, &f->claims, &f->cases, &f->run,
                                  f->dir, &err), 0);
    assert_faults(&err, "");
    char *html = evil_slurp(f, "report.html");
    assert_non_null(strstr(html, "id=\"named\""));
    assert_null(strstr(html, "href=\"#tables\""));
    assert_null(strstr(html, "id=\"verdicts\""));
    free(html);
    assert_html(f, "report.html");
    report_terminal(&f->study, &f->findings, &f->claims, &f->cases, 80, false, &t);
    assert_non_null(strstr(t.s, "Named cases (no rate"));
    assert_non_null(strstr(t.s, "2: person not stated; to whom shown, not stated; whether "
                                "wrong, not stated"));
    text_release(&t);
    char *tex = evil_slurp(f, "tables.tex");
    assert_non_null(strstr(tex, "\\label{tab:cases}"));
    free(tex);
}

static void test_unresolved_is_an_error(void **state)
{
    struct fixture *f = *state;

    f->study.charts[1].caption = "{error|nobody|all}";
    assert_int_equal(report_write(&f->study, &f->findings, NULL, &f->claims, NULL, &f->run, f->dir,
                                  &err), ERR_INPUT);
    assert_fault_says(&err, "'{error|nobody|all}' names no finding");
    assert_false(evil_exists(f, "report.html"));
}

static void test_terminal(void **state)
{
    struct fixture *f = *state;
    static const int widths[] = { 1, 7, 20, 33, 40, 60, 80, 200 };

    for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
        struct text t = TEXT_INIT;
        report_terminal(&f->study, &f->findings, &f->claims, &f->cases, widths[i], false,
                        &t);
        assert_null(strchr(t.s, '\x1b'));
        assert_true(text_is_utf8(t.s, t.len, NULL));
        if (widths[i] >= 20)
            assert_non_null(strstr(t.s, "12.0 [0.1, 21.0]"));
        if (widths[i] >= 60) {
            assert_non_null(strstr(t.s, "Claims: 1 supported, 1 not testable"));
            assert_non_null(strstr(t.s, "no rate: nobody published how many faces"));
        }
        for (char *line = strtok(t.s, "\n"); line; line = strtok(NULL, "\n"))
            if (text_columns(line) > (size_t)widths[i])
                fail_msg("more than %d columns: %s", widths[i], line);
        text_release(&t);
    }
    struct text t = TEXT_INIT;
    report_terminal(&f->study, &f->findings, &f->claims, NULL, 80, true, &t);
    assert_non_null(strstr(t.s, "\x1b[1m"));
    assert_null(strstr(t.s, "\x1b[31m"));
    assert_non_null(strstr(t.s, "(Holm p = .030)"));
    assert_null(strstr(t.s, "Named cases"));
    text_reset(&t);
    f->claims.claims[0].verdict = VERDICT_INCONCLUSIVE; /* Holm changes nothing */
    report_terminal(&f->study, &f->findings, &f->claims, NULL, 80, false, &t);
    assert_null(strstr(t.s, "Holm"));
    text_release(&t);
}

/* Lines of characters that take two columns are half as long. */
static void test_wide_characters(void **state)
{
    struct fixture *f = *state;
    struct text t = TEXT_INIT;

    f->study.title = "日本の顔日本の顔日本の顔日本の顔日本の顔日本の顔";
    report_terminal(&f->study, &f->findings, &f->claims, NULL, 21, false, &t);
    assert_memory_equal(t.s, "日本の顔日本の顔日本\n", strlen("日本の顔日本の顔日本\n"));
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
    char *html = evil_slurp(f, "index.html");
    assert_non_null(strstr(html, "href=\"run%20%3C1%3E/report.html\""));
    assert_non_null(strstr(html, "Yes: 12.0\u00A0%."));
    assert_non_null(strstr(html, "1 supported, 1 not testable"));
    free(html);
    assert_int_equal(mkdir(bad, 0755), 0);
    put(bad, "run.json", &t); /* and nothing else */
    assert_int_not_equal(report_index(f->dir, &err), 0);
    assert_fault_says(&err, "bad/study.json");
    html = evil_slurp(f, "index.html");
    assert_non_null(strstr(html, "run%20%3C1%3E"));
    free(html);
    test_remove_folder(good);
    test_remove_folder(bad);
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_bound_words),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_inlined_svg),
        cmocka_unit_test(test_points),
        WITH(test_placeholders),
        WITH(test_pairs),
        WITH(test_hostile_page),
        WITH(test_unresolved_is_an_error),
        WITH(test_folded),
        WITH(test_undone),
        WITH(test_only_cases),
        WITH(test_terminal),
        WITH(test_wide_characters),
        WITH(test_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
