/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evil.h"

#include <math.h>

/* Shell, markup of HTML, gnuplot, LaTeX and CSV, and a terminal's escape. */
#define EVIL "`touch PWNED`$(touch PWNED)<script>x(\"1\")</script>&_^{a}@b\\n%#'|"
const char *const evil_backends[EVIL_BACKENDS] = { "A" EVIL, "B;\xC3\xA9\x1b[31m" };

static struct named_case evil_list[EVIL_CASES];

/* The same where YAML is between single quotes. */
#define EVIL_YAML "`touch PWNED` <script>_^{a}@b"

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
    "metrics: [error, error_with_misses, mean_false_matches, calibration,\n"
    "          sure_when_wrong, faces]\n"
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
    "  - {chart: dumbbell, id: dumbbell, metric: error_with_misses, by: [g, h],\n"
    "     before: 'audit=" EVIL_YAML "', after: 'audit=2018', title: t}\n"
    "  - {chart: audits, id: audits, by: [g, h], title: t}\n"
    "  - {chart: gradient, id: gradient, by: [g, h], title: t}\n"
    "  - {chart: confidence, id: confidence, by: [g], title: t}\n"
    "  - {chart: cross, id: cross, by: [g, h], title: t}\n"
    "  - {chart: caterpillar, id: caterpillar, title: t}\n"
    "facts: {'<k>': '<v>'}\n"
    "caveats: ['<caveat> & more']\n"
    "cite: ['<cite>']\n"
    "answer: {claim: c1, yes: 'Yes: {error|B|g=y;h=1}.', no: 'No.', open: 'Open.'}\n";

struct err err = ERR_INIT;

struct finding *evil_add(struct fixture *f, const char *backend, const char *metric,
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
    struct finding *row = evil_add(f, backend, "error", group, "", (double)x / (double)n, lo, hi);

    row->x = x;
    row->n = n;
    row->flag = x == 0 ? FLAG_ZERO : x < 5 ? FLAG_TOO_FEW : FLAG_OK;
    row->note = "source <script>_&";
}

/* Rates at points, with a change and an excess; means; confidence. */
static void add_points(struct fixture *f, const char *backend)
{
    static const char *const audits[] = { "audit=" EVIL_YAML, "audit=2018" };
    static const char *const bins[] = { "confidence=0.5..0.75", "confidence=0.75..1" };
    struct finding *row;

    for (int i = 0; i < 2; i++) {
        row = evil_add(f, backend, "error_with_misses", "g=y;h=1", "", .2 - .1 * i, .05, .3);
        row->point = audits[i];
        row->x = 20 - 10 * i;
        row->n = 100;
        row = evil_add(f, backend, "calibration", "g=y", "", .3 - .1 * i, .1, .4);
        row->point = bins[i];
        row->x = 30 - 10 * i;
        row->n = 100;
    }
    row = evil_add(f, backend, "error_with_misses", "g=y;h=2", "", 0, 0, .04);
    row->point = audits[1];
    row->x = 0;
    row->n = 100;
    row->flag = FLAG_ZERO;
    row = evil_add(f, backend, "error_with_misses.improvement", "g=y;h=1", audits[0], .1,
                   .01, .19);
    row->point = audits[1];
    row->method = "newcombe";
    row->x = 20;
    row->n = 100;
    row->p = .04;
    row = evil_add(f, backend, "error_with_misses.improvement_worst_case", "g=y;h=1",
                   audits[0], .1, -.01, .21);
    row->point = audits[1];
    row->method = "newcombe";
    row->p = .06;
    row = evil_add(f, backend, "error_with_misses.excess", "g=y;h=1", "backend=B", .05, -.1,
                   .2);
    row->point = audits[1];
    row->method = "newcombe";
    row->x = 10;
    row->n = 100;
    row = evil_add(f, backend, "mean_false_matches", "g=y;h=1", "", .06, NAN, NAN);
    row->method = "";
    row->x = 6;
    row->n = 100;
    row = evil_add(f, backend, "sure_when_wrong", "g=y", "", .5, .2, .8);
    row->point = "confidence>=0.9";
    row->x = 5;
    row->n = 10;
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
        row = evil_add(f, backend, "error.share", name.s, "", (double)x / 46, .1, .6);
        row->x = x;
        row->n = 46;
        row = evil_add(f, backend, "error.base_share", name.s, "", .25, NAN, NAN);
        row->x = 100;
        row->n = 400;
        row->method = "";
        row = evil_add(f, backend, "error.share_ratio", name.s, "", (double)x / 11.5, .3, 3);
        row->method = "koopman";
        x += 3 + x * 2;
    } while (group_next(&g, &f->study.axes, 3));
    text_release(&name);
    row = evil_add(f, backend, "error.difference", "g=y;h=1", "g=y;h=2", -.27, -.36, -.17);
    row->method = "newcombe";
    row->x = 12;
    row->n = 100;
    row->p = .0002;
    row->p_adj = .0004;
    row = evil_add(f, backend, "error.ratio", "g=y;h=1", "g=y;h=2", INFINITY, 2.5, INFINITY);
    row->method = "koopman";
    row->flag = FLAG_ZERO;
    row = evil_add(f, backend, "error.sensitivity", "g=y;h=1", "", .121, .07, .2);
    row->point = "n=low";
    row->x = 12;
    row->n = 99;
    add_points(f, backend);
}

int evil_setup(void **state)
{
    struct fixture *f = mem_alloc(sizeof *f);
    struct finding *row;

    f->dir = test_folder();
    char *path = path_join(f->dir, "evil.yaml");
    assert_int_equal(file_write(path, study_yaml, strlen(study_yaml), &err), 0);
    assert_int_equal(study_load(&f->study, path, NULL, 0, &err), 0);
    free(path);
    findings_init(&f->findings);
    for (size_t i = 0; i < EVIL_BACKENDS; i++)
        add_backend(f, evil_backends[i]);
    add_backend(f, "B");
    row = evil_add(f, "", "faces", "all", "", 1, NAN, NAN);
    row->x = row->n = 123456;
    row->method = "";
    for (size_t i = 0; i < EVIL_CASES; i++)
        evil_list[i] = (struct named_case){ i ? "2" : EVIL, i ? "" : "P" EVIL,
                                            i ? "" : "B" EVIL, i ? "" : "s" EVIL,
                                            i ? "" : "yes", "from" EVIL, i ? NAN : .9 };
    f->cases = (struct cases){ ARENA_INIT, evil_list, EVIL_CASES, EVIL_CASES };
    claims_init(&f->claims, &f->study);
    struct claim *claim = &f->claims.claims[0];
    claim->parts = arena_array(&f->claims.arena, 1, sizeof *claim->parts);
    claim->parts[0] = (struct claim_part){ .backend = evil_backends[0], .p = NAN, .n_rows = 1,
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

int evil_teardown(void **state)
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

bool evil_has_gnuplot(void)
{
    return system("gnuplot --version >/dev/null 2>&1") == 0;
}

bool evil_has_python(void)
{
    return system("python3 --version >/dev/null 2>&1") == 0;
}

/* The file below the fixture's folder; free() it. */
char *evil_slurp(const struct fixture *f, const char *name)
{
    char *path = path_join(f->dir, name), *data;
    size_t len;

    assert_int_equal(file_read(path, (size_t)1 << 26, &data, &len, &err), 0);
    free(path);
    return data;
}

bool evil_exists(const struct fixture *f, const char *name)
{
    char *path = path_join(f->dir, name);
    bool there = path_is_file(path);

    free(path);
    return there;
}
