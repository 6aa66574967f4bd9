/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <time.h>

#include "model/metric.h"
#include "model/study.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_remove_folder(folder);
    return 0;
}

/* The least a study must say; line 1 to 8. */
#define LEAST                                                                          \
    "study: s\ntitle: t\nquestion: q\ntask: classify\nevidence: published\n"           \
    "dataset: d\naxes: [{name: gender, values: [female, male]},"                       \
    " {name: skin, values: [darker, lighter]}]\nmetrics: [error]\n"

static int load_set(struct study *s, const char *text, const char *const *sets,
                    size_t n_sets, struct err *err)
{
    char *path = test_file(folder, "s.yaml", text);
    int code = study_load(s, path, sets, n_sets, err);

    free(path);
    return code;
}

/* The faults of a study, each without the folder before it; a fault that ends in
 * "..." goes on. */
static void assert_set_refused(const char *text, const char *set, const char *faults)
{
    const char *const sets[] = { set };
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    struct study s;

    assert_int_equal(load_set(&s, text, sets, set != NULL, &err), ERR_INPUT);
    for (const char *line = err_text(&err), *end; *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        size_t skip = strncmp(line, folder, strlen(folder)) ? 0 : strlen(folder) + 1;
        text_addf(&t, "%s%.*s", t.len ? "\n" : "", (int)(end - line - (long)skip),
                  line + skip);
    }
    size_t n = strlen(faults);
    if (n > 3 && t.len >= n - 3 && !strcmp(faults + n - 3, "...")) {
        t.len = n - 3;
        text_add(&t, "...");
    }
    assert_string_equal(t.s, faults);
    err_release(&err);
    text_release(&t);
}

static void assert_refused(const char *more, const char *faults)
{
    char *text = mem_printf(LEAST "%s", more);

    assert_set_refused(text, NULL, faults);
    free(text);
}

static void least(void **state)
{
    struct err err = ERR_INIT;
    struct study s;

    (void)state;
    if (load_set(&s, LEAST, NULL, 0, &err))
        fail_msg("%s", err_text(&err));
    assert_string_equal(s.name, "s");
    assert_int_equal(s.task, TASK_CLASSIFY);
    assert_int_equal(s.evidence, EVIDENCE_PUBLISHED);
    assert_int_equal(s.dataset_line, 6);
    assert_int_equal(s.axes.n, 2);
    assert_string_equal(s.axes.axes[1].values[0], "darker");
    assert_true(s.confidence == .95);
    assert_string_equal(s.methods[QUANTITY_PROPORTION].names[0].text, "wilson");
    assert_string_equal(s.methods[QUANTITY_DIFFERENCE].names[0].text, "newcombe");
    assert_string_equal(s.methods[QUANTITY_RATIO].names[0].text, "koopman");
    assert_int_equal(s.n_backends + s.n_claims + s.n_by + s.n_charts, 0);
    assert_null(s.answer.claim);
    study_release(&s);
    study_release(&s); /* harmless */
}

static void everything(void **state)
{
    struct err err = ERR_INIT;
    struct text t = TEXT_INIT;
    struct study s;

    (void)state;
    if (load_set(&s, LEAST "by: [[], [skin, gender]]\nlabels: {'skin=darker;gender=female': "
                 "dark women}\nbackends: [A, B]\nclaims:\n"
                 "- {id: c, type: worst, says: x, source: y, group: "
                 "skin=darker;gender=female, among: [gender, skin]}\n"
                 "- {id: d, type: difference, says: x, source: y, group: gender=female, "
                 "versus: gender=male, margin: .1, point: p, backends: A}\n"
                 "- {id: e, type: over-representation, says: x, source: y, group: "
                 "gender=female, versus: gender=male}\n"
                 "contrasts: [{group: gender=female, versus: gender=male, kinds: ratio}]\n",
                 NULL, 0, &err))
        fail_msg("%s", err_text(&err));
    assert_int_equal(s.by[0], 0);
    assert_int_equal(s.by[1], 3);
    assert_string_equal(s.claims[0].group, "gender=female;skin=darker");
    assert_int_equal(s.claims[0].among, 3);
    assert_string_equal(s.claims[0].metric, "error");
    assert_string_equal(s.claims[0].point, "");
    assert_int_equal(s.claims[0].n_backends, 0);
    assert_true(s.claims[1].margin == .1);
    assert_int_equal(s.claims[1].n_backends, 1);
    assert_true(s.claims[2].margin == 1);
    assert_false(s.contrasts[0].difference);
    assert_true(s.contrasts[0].ratio);
    assert_string_equal(study_label(&s, "gender=female;skin=darker", &t), "dark women");
    assert_string_equal(study_label(&s, "gender=male;skin=lighter", &t), "male, lighter");
    assert_string_equal(study_label(&s, "all", &t), "everyone");
    assert_string_equal(study_label(&s, "no=such", &t), "no=such");
    study_release(&s);
    text_release(&t);
}

static void unknown_keys(void **state)
{
    (void)state;
    assert_refused("backend: [A]\n",
                   "s.yaml:9: backend: unknown key, expected one of backends, ...");
    assert_refused("claims: [{id: c, typ: worst, says: x, source: y}]\n",
                   "s.yaml:9: claims[0].type: is missing, expected one of printed, difference, "
                   "ratio, worst, best, improvement, excess, over-representation, "
                   "rise, rise-difference, not-testable");
}

static void wrong_yaml(void **state)
{
    (void)state;
    assert_refused("title: again\n",
                   "s.yaml:9: title: is there again, after line 2, expected each key once");
    assert_refused("cite: &a [x]\ncaveats: *a\n",
                   "s.yaml:9: the anchor &a, expected none: misid takes no anchors and "
                   "aliases\n"
                   "s.yaml:10: the alias *a, expected none: misid takes no anchors and "
                   "aliases");
    assert_set_refused("- a\n", NULL,
                       "s.yaml:1: not a mapping, expected the keys of a study");
    assert_set_refused("", NULL, "s.yaml:1: is empty, expected YAML");
}

/* What the study's own rules refuse, each as file:line: key: what. */
static void wrong_values(void **state)
{
    static const struct {
        const char *more, *fault;
    } cases[] = {
        { "by: [gender]\n", "s.yaml:9: by[0]: not a list, expected names of axes such as "
          "[gender]" },
        { "by: [[age]]\n", "s.yaml:9: by[0][0]: 'age' is not an axis of this study, expected "
          "one listed under axes" },
        { "by: [[gender], [gender]]\n", "s.yaml:9: by[1]: the same axes as in item 0, "
          "expected each set once" },
        { "shares: [[gender, gender]]\n", "s.yaml:9: shares[0][1]: the axis 'gender' stands "
          "twice, expected each once" },
        { "labels: {gender=woman: w}\n", "s.yaml:9: labels.gender=woman: axis 'gender' has "
          "no value 'woman', expected one of female, male" },
        { "labels: {gender=female;skin=darker: a, skin=darker;gender=female: b}\n",
          "s.yaml:9: labels.skin=darker;gender=female: the group 'gender=female;skin=darker' "
          "has a label already, expected each group once" },
        { "backends: [A, A]\n", "s.yaml:9: backends: 'A' stands twice, expected each once" },
        { "confidence: 1\n", "s.yaml:9: confidence: 1, expected a number from 0.5 to "
          "0.999999" },
        { "contrasts: [{group: gender=female}]\n", "s.yaml:9: contrasts[0].versus: is missing, "
          "expected text" },
        { "contrasts: [{group: gender=female, versus: gender=male, kinds: [odds]}]\n",
          "s.yaml:9: contrasts[0].kinds: 'odds' is not a kind of contrast, expected "
          "difference or ratio" },
        { "contrasts: [{group: gender=female, versus: gender=male, metric: fpir}]\n",
          "s.yaml:9: contrasts[0].metric: 'fpir' is not listed under metrics, expected one "
          "that is" },
        { "alternatives: [{name: a, counts: x, why: w}, {name: a, counts: y, why: w}]\n",
          "s.yaml:9: alternatives[1].name: two alternatives are called 'a', expected "
          "different names" },
        { "alternatives: [{name: ../a, counts: x, why: w}]\n",
          "s.yaml:9: alternatives[0].name: '../a' is not a name, expected letters, digits, "
          "'-' and '_', at most 80" },
        { "charts: [{chart: bars, id: a, title: t}, {chart: heat, id: a, title: t}]\n",
          "s.yaml:9: charts[1].id: two charts are called 'a', expected different ids" },
        { "charts: [{chart: bars, id: a, title: ''}]\n",
          "s.yaml:9: charts[0].title: is empty, expected a text" },
        { "claims: [7]\n", "s.yaml:9: claims[0]: not a mapping, expected 'key: value' "
          "pairs" },
        { "answer: {claim: c, yes: y, no: n, open: o}\n", "s.yaml:9: answer.claim: 'c' is not "
          "a claim of this study, expected the id of one" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_refused(cases[i].more, cases[i].fault);
}

static void wrong_claims(void **state)
{
    static const struct {
        const char *terms, *fault;
    } cases[] = {
        { "type: best-of", "type: best-of, expected one of printed, difference, ratio, "
          "worst, best, improvement, excess, over-representation, rise, rise-difference, "
          "not-testable" },
        { "type: improvement, group: all, before: p, after: p",
          "after: 'p' is also the point before, expected another" },
        { "type: improvement, group: all, before: p, after: q, point: q",
          "point: is not a key of a claim of type improvement, expected none" },
        { "type: excess, group: all, backends: [A, B], against: [C, B]",
          "against: 'B' is set against itself, expected others than in backends" },
        { "type: excess, group: all, backends: [A]", "against: names nobody, expected "
          "backends" },
        { "type: excess, group: all, against: [A]", "backends: is missing, expected the "
          "backends whose rate is said to be higher" },
        { "type: difference, group: gender=female", "versus: is missing, expected text" },
        { "type: difference, group: gender=female, versus: gender=male, margin: 8.1",
          "margin: 8.1, expected a number from -1 to 1" },
        { "type: ratio, group: gender=female, versus: gender=male, margin: 0",
          "margin: 0, expected a number from 1e-06 to 1000000" },
        { "type: over-representation, group: gender=female, versus: gender=male, margin: 2",
          "margin: is not a key of a claim of type over-representation, expected none" },
        { "type: worst, group: gender=female, among: [gender], versus: gender=male",
          "versus: is not a key of a claim of type worst, expected none" },
        { "type: worst, group: gender=female, among: []",
          "among: is empty, expected the axes whose groups are compared" },
        { "type: best, group: gender=female, among: [gender, skin]",
          "group: 'gender=female' is not one of the groups of 'among', expected a value for "
          "each of its axes" },
        { "type: not-testable", "why: is missing, expected text" },
        { "type: printed, why: so", "why: is not a key of a claim of type printed, expected "
          "none" },
        { "type: printed, backends: [A, B, A]", "backends: 'A' stands twice, expected each "
          "once" },
        { "type: printed, among: [gender]", "among: is not a key of a claim of type printed, "
          "expected none" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *more = mem_printf("claims:\n- {id: c, says: x, source: y, %s}\n",
                                cases[i].terms);
        char *fault = mem_printf("s.yaml:10: claims[0].%s", cases[i].fault);
        assert_refused(more, fault);
        free(more);
        free(fault);
    }
    assert_refused("claims:\n- {id: c, says: x, source: y, type: printed}\n"
                   "- {id: c, says: x, source: y, type: printed}\n",
                   "s.yaml:11: claims[1].id: two claims are called 'c', expected different "
                   "ids");
}

static void all_at_once(void **state)
{
    struct text expected = TEXT_INIT;

    (void)state;
    text_add(&expected,
        "s.yaml:1: study: 'a/b' is not a name, expected letters, digits, '-' and '_', at most "
        "80\n"
        "s.yaml:1: title: is missing, expected text\n"
        "s.yaml:3: task: guess, expected one of classify, verify, identify\n"
        "s.yaml:6: axes[0].name: 'all' cannot be an axis, expected another name\n"
        "s.yaml:6: axes[1].values: 'f' stands twice, expected each once\n"
        "s.yaml:6: axes[2].name: the axis 'g' stands twice, expected each once\n"
        "s.yaml:7: metrics: 'errors' is not a metric, expected one of ");
    metric_add_names(&expected);
    text_add(&expected,
        "\ns.yaml:8: confidence: high, expected a number from 0.5 to 0.999999\n"
        "s.yaml:10: claims[0].group: axis 'g' has no value 'z', expected one of f, f\n"
        "s.yaml:10: claims[0].among[0]: 'h' is not an axis of this study, expected one "
        "listed under axes\n"
        "s.yaml:11: charts: 5, expected a list\n"
        "s.yaml:12: colour: unknown key, expected one of ...");
    assert_set_refused(
        "study: a/b\n"
        "question: q\n"
        "task: guess\n"
        "evidence: published\n"
        "dataset: d\n"
        "axes: [{name: all, values: [x]}, {name: g, values: [f, f]}, {name: g, values: [m]}]\n"
        "metrics: [errors]\n"
        "confidence: high\n"
        "claims:\n"
        "  - {id: c, type: worst, says: x, source: y, group: g=z, among: [h]}\n"
        "charts: 5\n"
        "colour: red\n",
        NULL, expected.s);
    text_release(&expected);
}

static void too_much(void **state)
{
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    struct study s;

    (void)state;
    clock_t start = clock();
    /* 150,000 values, names or claims: refused at once, not compared in pairs */
    static const char *const lists[] = { "backends: [", "metrics: [", "caveats: [",
                                         "by: [", "claims: [", "contrasts: [" };
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        text_reset(&t);
        text_addf(&t, "%s", LEAST);
        if (i == 1)
            t.len -= strlen("metrics: [error]\n");
        text_add(&t, lists[i]);
        for (int k = 0; k < 150000; k++)
            text_addf(&t, "%sv%d", k ? "," : "", k);
        text_add(&t, "]\n");
        assert_true(load_set(&s, t.s, NULL, 0, &err) < 0);
        assert_fault_says(&err, "expected at most 1000");
    }
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 60);

    text_reset(&t);
    text_add(&t, "study: s\ntitle: t\nquestion: q\ntask: classify\nevidence: published\n"
             "dataset: d\nmetrics: [error]\naxes:\n");
    for (int k = 0; k < 16; k++)
        text_addf(&t, "- {name: a%d, values: [x, y]}\n", k);
    size_t base = t.len;
    text_add(&t, "by: [[a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10]]\n");
    assert_true(load_set(&s, t.s, NULL, 0, &err) < 0);
    assert_fault_says(&err, "by[0]: 2048 groups, expected at most 1000");
    t.len = base;
    text_add(&t, "by: [[a0,a1,a2,a3,a4,a5,a6,a7,a8], [a1,a2,a3,a4,a5,a6,a7,a8,a9]]\n");
    assert_true(load_set(&s, t.s, NULL, 0, &err) < 0);
    assert_fault_says(&err, "by: 1024 groups together, expected at most 1000");
    t.len = base;
    text_add(&t, "- {name: b, values: [x]}\n");
    assert_true(load_set(&s, t.s, NULL, 0, &err) < 0);
    assert_fault_says(&err, "axes: 17 axes, expected 1 to 16");
    text_release(&t);
}

static void alias_bomb(void **state)
{
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    struct study s;

    (void)state;
    text_add(&t, LEAST "cite:\n- &a0 [x]\n");
    for (int i = 1; i < 40; i++)
        text_addf(&t, "- &a%d [*a%d, *a%d]\n", i, i - 1, i - 1);
    assert_true(load_set(&s, t.s, NULL, 0, &err) < 0);
    assert_fault_says(&err, "s.yaml:10:");
    text_release(&t);
}

static void sets(void **state)
{
    static const char *const some[] = {
        "confidence=.9", "estimators.proportion=clopper-pearson", "backends=[B, 'C;1']",
        "title=a = b: c", "claims.0.margin=.25"
    };
    const char *claim = LEAST "claims: [{id: c, says: x, source: y, type: difference, group: "
                        "gender=female, versus: gender=male}]\n";
    struct err err = ERR_INIT;
    struct study s;

    (void)state;
    if (load_set(&s, claim, some, ARRAY_SIZE(some), &err))
        fail_msg("%s", err_text(&err));
    assert_true(s.confidence == .9);
    assert_int_equal(s.methods[QUANTITY_PROPORTION].n, 1);
    assert_string_equal(s.methods[QUANTITY_PROPORTION].names[0].text, "clopper-pearson");
    assert_string_equal(s.methods[QUANTITY_RATIO].names[0].text, "koopman");
    assert_int_equal(s.n_backends, 2);
    assert_string_equal(s.backends[1].text, "C;1");
    assert_string_equal(s.title, "a = b: c");
    assert_true(s.claims[0].margin == .25);
    study_release(&s);

    assert_set_refused(LEAST, "confidence=2",
                       "--set confidence: confidence: 2, expected a number from 0.5 to 0.999999");
    assert_set_refused(LEAST, "confidnce=.9",
                       "--set confidnce: confidnce: unknown key, expected one of confidence, ...");
    assert_set_refused(LEAST, "axes.7.name=x", "--set axes.7.name: axes has 2 items, expected a number "
                       "below that");
    assert_set_refused(LEAST, "confidence", "--set confidence: ...");
    assert_set_refused(LEAST, "backends=[A", "--set backends: ...");
}

/* study -> JSON -> study -> JSON: the same bytes. */
static void assert_round_trip(const char *path)
{
    struct text t = TEXT_INIT, again = TEXT_INIT;
    struct err err = ERR_INIT;
    struct study s, back;

    if (study_load(&s, path, NULL, 0, &err))
        fail_msg("%s", err_text(&err));
    study_to_json(&s, &t);
    char *json = test_file(folder, "study.json", t.s);
    if (study_load(&back, json, NULL, 0, &err))
        fail_msg("%s", err_text(&err));
    study_to_json(&back, &again);
    assert_string_equal(again.s, t.s);
    assert_int_equal(back.n_claims, s.n_claims);
    for (size_t i = 0; i < s.n_claims; i++) {
        assert_true(back.claims[i].margin == s.claims[i].margin);
        assert_int_equal(back.claims[i].among, s.claims[i].among);
        assert_int_equal(back.claims[i].type, s.claims[i].type);
    }
    assert_int_equal(back.n_charts, s.n_charts);
    for (size_t i = 0; i < s.n_charts; i++) {
        assert_true(!back.charts[i].before == !s.charts[i].before);
        assert_true(!back.charts[i].after == !s.charts[i].after);
        assert_true(!back.charts[i].fold == !s.charts[i].fold);
    }
    study_release(&s);
    study_release(&back);
    text_release(&t);
    text_release(&again);
    free(json);
}

/* A study of everyone needs no axis, and is read back from its JSON. */
static void no_axes(void **state)
{
    char *path = test_file(folder, "bare.yaml",
                           "study: s\ntitle: t\nquestion: q\ntask: identify\n"
                           "evidence: published\ndataset: d\nmetrics: [fpir]\nby: [[]]\n");
    struct err err = ERR_INIT;
    struct study s;

    (void)state;
    assert_int_equal(study_load(&s, path, NULL, 0, &err), 0);
    assert_int_equal(s.axes.n, 0);
    assert_int_equal(s.n_by, 1);
    study_release(&s);
    assert_round_trip(path);
    free(path);
}

static void round_trips(void **state)
{
    const char *source = getenv("SRCDIR");
    char *bench = mem_printf("%s/bench", source ? source : ".");
    DIR *dir = opendir(bench);
    size_t n = 0;

    (void)state;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".yaml") ||
            !strcmp(e->d_name, "policy.yaml")) /* of misid gate */
            continue;
        char *path = path_join(bench, e->d_name);
        assert_round_trip(path);
        free(path);
        n++;
    }
    if (dir)
        closedir(dir);
    assert_true(n >= 2);
    free(bench);
}

static void nasty_round_trip(void **state)
{
    char *path = test_file(
        folder, "nasty.yaml",
        "study: \"null\"\n"
        "title: \"\\x7f \\x85 \\u2028 \\ufeff \\\" \\\\ ' # - ? {x} é \\U0001F600 \\x1b[2J\"\n"
        "question: |\n  two\n  lines\n"
        "task: verify\nevidence: new\ndataset: '1'\n"
        "axes:\n"
        "- {name: 'yes', values: ['no', '~', 'null', '', '1e3', 'a=b;c%d']}\n"
        "- {name: \"tab\\t\", values: [' x ', \"\\n\"]}\n"
        "labels: {'yes=~': '~', 'tab%09=%0A': 'null', all: 'true'}\n"
        "by: [[], [\"tab\\t\", 'yes'], ['yes']]\n"
        "shares: [[]]\nspread: [['yes']]\n"
        "backends: ['~', '0x10', '#', '--out', \"a\\rb\"]\n"
        "metrics: [fpir, faces]\n"
        "estimators: {proportion: [x, 'null'], ratio: 'y'}\n"
        "confidence: 0.8000000000000003\n"
        "contrasts: [{group: 'yes=', versus: 'yes=no', point: 'a@b', kinds: []}]\n"
        "claims:\n"
        "- {id: '-', type: ratio, says: '', source: s, group: 'yes=', versus: 'yes=no', "
        "margin: 1.1000000000000003, backends: '~'}\n"
        "- {id: 'true', type: best, says: x, source: s, group: 'yes=~', among: ['yes']}\n"
        "- {id: i, type: improvement, says: x, source: s, group: all, before: '~', after: "
        "'a@b'}\n"
        "- {id: e, type: excess, says: x, source: s, group: all, point: '', backends: ['~'], "
        "against: ['#', '--out']}\n"
        "- {id: n, type: not-testable, says: x, source: s, why: w, group: 'yes=~'}\n"
        "changes: [{before: ' ', after: \"\\t\"}]\n"
        "rivals: [{backends: '~', against: ['#'], point: p}, {backends: ['~', '#'], against: "
        "'0x10'}]\n"
        "charts: [{chart: '~', id: '_', title: t, caption: '', by: ['yes'], before: ' ',\n"
        "          after: \"\\t\", fold: '~'}]\n"
        "alternatives: [{name: a, counts: 'x', why: 'y'}]\n"
        "facts: {'~': 'a', \"\\n\": b, 'a.b': c}\n"
        "caveats: ['', '~']\ncite: ['- x']\n"
        "answer: {claim: 'true', yes: a, no: b, open: c}\n");
    struct err err = ERR_INIT;
    struct study s;

    (void)state;
    /* the one thing of these that is none: an empty sentence */
    assert_int_equal(study_load(&s, path, NULL, 0, &err), ERR_INPUT);
    assert_fault_says(&err, "claims[0].says: is empty, expected a text");
    char *text;
    size_t len;
    assert_int_equal(file_read(path, 1 << 20, &text, &len, &err), 0);
    memcpy(strstr(text, "says: ''"), "says: ~~", 8);
    free(path);
    path = test_file(folder, "nasty.yaml", text);
    assert_round_trip(path);
    free(text);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least),
        cmocka_unit_test(everything),
        cmocka_unit_test(unknown_keys),
        cmocka_unit_test(wrong_yaml),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(wrong_claims),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(too_much),
        cmocka_unit_test(alias_bomb),
        cmocka_unit_test(sets),
        cmocka_unit_test(no_axes),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(nasty_round_trip),
    };
    return cmocka_run_group_tests_name("study", tests, make_folder, remove_folder);
}
