/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies: what they say, and every fault of one with its line. What gates add up to. */
#include "test.h"

#include "model/gated.h"
#include "model/point.h"
#include "model/policy.h"

static char *folder;

static int load(struct policy *p, const char *yaml, struct err *err)
{
    char *path = path_join(folder, "p.yaml");
    int code = file_write(path, yaml, strlen(yaml), err);

    assert_int_equal(code, 0);
    code = policy_load(p, path, err);
    free(path);
    return code;
}

static void test_good(void **state)
{
    struct err err = ERR_INIT;
    struct policy p;
    struct text t = TEXT_INIT;

    (void)state;
    assert_int_equal(load(&p, "policy: nightly\nconfidence: 0.9\nstudy: [a, b]\nrules:\n"
                          "  - {metric: fnmr, rise_at_most: 0.2 points}\n"
                          "  - {metric: fmr.ratio, point: fmr=0.001, at_most: 5, upper_at_most: 8}\n"
                          "  - {metric: throughput, times_at_least: 0.9}\n"
                          "allow: {lost_samples: 3 %, fingerprint: yes}\n", &err), 0);
    assert_faults(&err, "");
    assert_int_equal(p.n_rules, 3);
    assert_near(p.rules[0].margin, .002, 1e-12);
    assert_int_equal(p.rules[0].kind, POLICY_RISE_AT_MOST);
    assert_near(p.rules[1].bound, 8, 0);
    assert_near(p.allow.lost_samples, .03, 1e-12);
    assert_true(p.allow.fingerprint && !p.allow.dataset && p.allow.version);
    assert_near(p.confidence, .9, 0);
    assert_true(policy_names(&p.studies, "b") && !policy_names(&p.studies, "c"));
    assert_true(policy_names(&p.rules[0].groups, "anyone"));
    policy_rule_words(&p.rules[0], &t);
    assert_string_equal(t.s, "fnmr may rise by at most 0.2 points");
    text_reset(&t);
    policy_rule_words(&p.rules[1], &t);
    assert_string_equal(t.s, "fmr.ratio at fmr=1e-3 at most 5, its upper limit at most 8");
    text_release(&t);
    policy_release(&p);
}

static void test_points(void **state)
{
    static const char *const said[][2] = {
        { "fmr=0.001", "fmr=1e-3" }, { "fmr=1e-3", "fmr=1e-3" }, { "fmr=.01", "fmr=0.01" },
        { "own fmr=0.0001", "own fmr=1e-4" }, { "fmr=0.001,gallery=100", "fmr=1e-3,gallery=100" },
        { "exposure=-1,fmr=1e-03", "exposure=-1,fmr=1e-3" }, { "native=80", "native=80" },
        { "fmr=low", "fmr=low" }, { "fmr=", "fmr=" }, { "gfmr=0.001", "gfmr=0.001" },
        { "fmr=0.00000000000000000000000000000001", "fmr=0.00000000000000000000000000000001" },
    };
    struct arena arena = { 0 };

    (void)state;
    assert_null(point_spelled(&arena, NULL));
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_string_equal(point_spelled(&arena, said[i][0]), said[i][1]);
    arena_release(&arena);
}

static void test_faults(void **state)
{
    static const struct {
        const char *rule, *says;
    } bad[] = {
        { "{metric: fnmr}", "p.yaml:3: rules[0]: says no limit" },
        { "{metric: fnmr, at_most: 2}", "at_most: '2', expected a number from 0 to 1" },
        { "{metric: fnmr, at_most: .1, rise_at_most: .1}", "stands beside at_most" },
        { "{metric: fnmr, at_mots: .1}", "unknown key" },
        { "{metric: faces, at_most: .1}", "'faces' is not a rate of a backend" },
        { "{metric: nothing, at_most: .1}", "'nothing' is not a rate of a backend" },
        { "{metric: fmr.gini, at_most: .1}", "'fmr.gini' is not a rate" },
        { "{metric: throughput, at_most: 9}", "depend on the machine" },
        { "{metric: fmr.ratio, rise_at_most: 1}", "expected times_at_most" },
        { "{metric: fmr.difference, times_at_most: 2}", "expected rise_at_most" },
        { "{metric: fmr, at_most: .5, upper_at_most: .1}", "stricter than at_most" },
        { "{metric: fmr, rise_at_most: .5, upper_at_most: .9}", "expected at_most beside it" },
        { "fnmr", "not a mapping" },
    };
    struct err err = ERR_INIT;
    struct policy p;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        char *yaml = mem_printf("policy: p\nrules:\n  - %s\n", bad[i].rule);
        assert_true(load(&p, yaml, &err) < 0);
        assert_fault_says(&err, bad[i].says);
        policy_release(&p);
        free(yaml);
    }
    assert_true(load(&p, "policy: p\nrules: []\n", &err) < 0);
    assert_fault_says(&err, "0 rules, expected 1");
    policy_release(&p);
    assert_true(load(&p, "rules:\n  - {metric: fmr, at_most: 1}\nconfidence: 2\n", &err) < 0);
    assert_fault_says(&err, "confidence");
    policy_release(&p);
}

static void test_verdicts(void **state)
{
    struct text t = TEXT_INIT;
    struct gated g;

    (void)state;
    gated_init(&g);
    gated_settle(&g); /* nothing measured */
    assert_int_equal(g.status, GATE_OPEN);
    gated_words(&g, &t);
    assert_string_equal(t.s, "undecided: nothing was measured");
    gated_add(&g)->status = GATE_PASS; /* a look, but no test */
    gated_settle(&g);
    assert_int_equal(g.status, GATE_OPEN);
    struct gate_check *c = gated_add(&g);
    c->status = GATE_PASS;
    c->tested = true;
    c->name = "passed";
    gated_settle(&g);
    assert_int_equal(g.status, GATE_PASS);
    gated_add(&g)->name = "open";
    gated_settle(&g);
    assert_int_equal(g.status, GATE_OPEN);
    assert_string_equal(g.checks[0].name, "open");
    c = gated_add(&g);
    c->status = GATE_FAIL;
    c->name = "failed";
    gated_settle(&g);
    assert_int_equal(g.status, GATE_FAIL);
    assert_string_equal(g.checks[0].name, "failed");
    assert_string_equal(g.checks[1].name, "open");
    text_reset(&t);
    gated_words(&g, &t);
    assert_string_equal(t.s, "fail: 1 of 4 checks fails, 1 is undecided");
    gated_release(&g);
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_verdicts),
    };
    folder = test_folder();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_remove_folder(folder);
    return failed;
}
