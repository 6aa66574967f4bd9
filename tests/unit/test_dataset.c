/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "base/csv.h"
#include "base/regex.h"
#include "datasets/dataset.h"
#include "datasets/descriptor.h"
#include "datasets/template.h"
#include "datasets/values.h"

static void assert_template(const char *said, const char *expected)
{
    static const char *const names[] = { "person", "n", "path", "empty" };
    static const char *const values[] = { "Ann Mc Lee", "7", "a/b.c/D.e.JPG", "" };
    struct template t;
    struct text why = TEXT_INIT, got = TEXT_INIT;

    if (template_parse(&t, said, &why) < 0)
        fail_msg("%s: %s", said, why.s);
    assert_true(template_bind(&t, names, 4, NULL));
    if (expected) {
        assert_true(template_fill(&t, values, &got));
        assert_string_equal(got.s, expected);
    } else {
        assert_false(template_fill(&t, values, &got));
    }
    template_release(&t);
    text_release(&why);
    text_release(&got);
}

static void fills_templates(void **state)
{
    struct template t;
    struct text why = TEXT_INIT;
    const char *missing, *const names[] = { "a" };
    static const char *const wrong[] = { "{", "a}b", "{}", "{a|}", "{a|00}", "{a|10}",
                                         "{a|loud}", "{|04}" };

    (void)state;
    assert_template("{person|underscores}/{person|underscores}_{n|04}.jpg",
                    "Ann_Mc_Lee/Ann_Mc_Lee_0007.jpg");
    assert_template("{path|file} {path|stem} {person|lower}{person|upper}",
                    "D.e.JPG D.e ann mc leeANN MC LEE");
    assert_template("{{{n}}}", "{7}");
    assert_template("x{empty}", NULL);
    assert_template("", "");
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        if (template_parse(&t, wrong[i], &why) == 0)
            fail_msg("'%s' was taken", wrong[i]);
    assert_int_equal(template_parse(&t, "{a}{b}", &why), 0);
    assert_false(template_bind(&t, names, 1, &missing));
    assert_string_equal(missing, "b");
    template_release(&t);
    text_release(&why);
}

static void matches_whole_names(void **state)
{
    struct text why = TEXT_INIT;
    const char *values[3];
    struct regex *re = regex_new("(?<b>[0-9]+)_(?:(?<a>[a-z])_)?(?<c>.*)\\.jpg", true, &why);

    (void)state;
    assert_non_null(re);
    assert_int_equal(regex_groups(re), 3);
    assert_string_equal(regex_group_name(re, 0), "b");
    assert_true(regex_match(re, "12_Q_x\xFFy.JPG", values));
    assert_string_equal(values[0], "12");
    assert_string_equal(values[1], "Q");
    assert_string_equal(values[2], "x\xFFy");
    assert_true(regex_match(re, "12_.jpg", values));
    assert_string_equal(values[1], "");
    assert_false(regex_match(re, "12_Q_x.jpg\n", values));
    assert_false(regex_match(re, " 12_Q_x.jpg", values));
    regex_free(re);
    assert_null(regex_new("(?<a>x", false, &why));
    assert_string_equal(why.s, "missing closing parenthesis at character 7");
    text_release(&why);
}

/* A pattern that backtracks without end gives up at once. */
static void gives_up_on_clumsy_patterns(void **state)
{
    struct text why = TEXT_INIT;
    struct regex *re = regex_new("(a+)+b(?<x>.)", false, &why);
    char name[4096];
    const char *value;

    (void)state;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_false(regex_match(re, name, &value));
    regex_free(re);
}

/* Reads dataset.yaml from text and judges raw values of its only attribute. */
static void assert_judged(const char *attribute, const char *const (*cases)[2], size_t n)
{
    char *dir = test_folder();
    char *yaml = mem_printf("name: x\ntitle: x\nabout: x\nsource: x\nsources:\n"
                            "  - {name: t, layout: table, file: t.csv, path: path}\n"
                            "attributes:\n  a: %s\n", attribute);
    char *path = test_file(dir, "dataset.yaml", yaml);
    struct dataset d;
    struct err err = ERR_INIT;

    if (dataset_load(&d, path, NULL, &err))
        fail_msg("%s", err_text(&err));
    for (size_t i = 0; i < n; i++) {
        bool unrecognised;
        char *value = values_judge(&d.reading->attributes[0], cases[i][0], &unrecognised);
        assert_string_equal(unrecognised ? "?" : value, cases[i][1]);
        free(value);
    }
    dataset_release(&d);
    free(path);
    free(yaml);
    test_remove_folder(dir);
}

static void judges_values(void **state)
{
    static const char *const mapped[][2] = {
        { "Female", "f" }, { " FEMALE\t", "f" }, { "m", "male" }, { "M", "MALE" },
        { "u", "" }, { "", "" }, { "  ", "" }, { "x", "?" },
    };
    static const char *const binned[][2] = {
        { "0", "under 18" }, { "17.999", "under 18" }, { "18", "18-29" }, { "29", "18-29" },
        { "30", "30" }, { "31", "31 and over" }, { "-4", "under 18" }, { "30-39", "?" },
        { "old", "31 and over" }, { "nan", "?" }, { "1e999", "?" },
    };
    static const char *const kept[][2] = { { "a b", "a b" }, { "\xE9", "%E9" }, { "z", "Z" } };

    (void)state;
    assert_judged("{from: g, provenance: annotator, unknown: [u],"
                  " map: {female: f, m: male, M: MALE}}", mapped, ARRAY_SIZE(mapped));
    assert_judged("{from: g, provenance: annotator, map: {old: 31 and over},"
                  " bins: {cuts: [18, 30, 31]}}", binned, ARRAY_SIZE(binned));
    assert_judged("{from: g, provenance: annotator, keep: true, map: {z: Z}}", kept,
                  ARRAY_SIZE(kept));
}

static void lists_every_fault_of_a_description(void **state)
{
    static const char yaml[] =
        "name: x\ntitle: x\nabout: x\nsource: x\nsources:\n"
        "  - {name: t, layout: table, file: t.csv}\n"
        "  - {name: f, layout: filename, pattern: '(?<a'}\n"
        "  - {name: t, layout: pairs, file: p, path: '{x', trials: true}\n"
        "  - {name: j, layout: table, file: j, join: {who: id}}\n"
        "attributes:\n"
        "  path: {from: p, provenance: annotator}\n"
        "  a: {from: a, provenance: rumour}\n"
        "  b: {of: z, provenance: annotator}\n"
        "  c: {from: c, provenance: measured, bins: {cuts: [2, 1]}}\n"
        "  d: {from: c, provenance: measured, bins: {cuts: [1.5]}}\n"
        "  e: {from: c, provenance: measured, colour: red}\n";
    static const char *const says[] = {
        ":6: sources[0].path: ", ":7: sources[1].pattern: ", ":8: sources[2].path: ",
        "trials: 0 views, expected two", "'t' is the name of an earlier source",
        ":9: sources[3].join: expected one of subject", ":11: attributes.path: is a column",
        ":12: attributes.a.provenance: ", "'z' is no attribute above",
        "'1', expected rising numbers", "0 values for 1 cuts",
        "attributes.e.colour: unknown key",
    };
    char *dir = test_folder(), *path = test_file(dir, "dataset.yaml", yaml);
    struct dataset d;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(dataset_load(&d, path, NULL, &err), ERR_INPUT);
    for (size_t i = 0; i < ARRAY_SIZE(says); i++)
        if (!strstr(err_text(&err), says[i]))
            fail_msg("\"%s\" does not say \"%s\"", err_text(&err), says[i]);
    err_release(&err);
    free(path);
    test_remove_folder(dir);
}

struct told {
    struct text text;
};

static int tell_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct told *t = arg;

    (void)err;
    for (size_t i = 0; i < row->n; i++)
        text_addf(&t->text, "%s[%s]", i ? "" : row->is_header ? "h" : "r", row->cells[i]);
    return 0;
}

/* Others' tables: blanks around cells, no name for a column, lines before it. */
static void reads_foreign_tables(void **state)
{
    static const char table[] = "202599\n, a ,\"b\"\r 1,\t\"x, \"\"y\"\" \" , caf\xE9 \r\n";
    const struct csv_options opt = { .trim = true, .foreign = true, .skip = 1 };
    struct told t = { TEXT_INIT };
    struct err err = ERR_INIT;

    (void)state;
    if (csv_scan(table, sizeof table - 1, "t.csv", &opt, tell_row, &t, &err))
        fail_msg("%s", err_text(&err));
    assert_string_equal(t.text.s, "h[1][a][b]r[1][x, \"y\"][caf\xE9]");
    text_release(&t.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_templates),
        cmocka_unit_test(matches_whole_names),
        cmocka_unit_test(gives_up_on_clumsy_patterns),
        cmocka_unit_test(judges_values),
        cmocka_unit_test(lists_every_fault_of_a_description),
        cmocka_unit_test(reads_foreign_tables),
    };

    return cmocka_run_group_tests_name("dataset", tests, NULL, NULL);
}
