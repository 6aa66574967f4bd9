/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The estimate stage on small made-up counts. The limits and p-values asserted
 * here were computed apart from misid: Wilson, Newcombe (method 10) and Koopman
 * written out in Python over SciPy's quantiles; Fisher's and the binomial test by
 * SciPy, Holm by statsmodels.
 */
#include "lab.h"

/* Rates */

static const char four[] =
    "A,error,g=f;s=d,30,100,,,no,src\nA,error,g=f;s=l,10,100,,,yes,src\n"
    "A,error,g=m;s=d,4,50,40,55,no,\nA,error,g=m;s=l,0,40,,,no,src\n"
    ",faces,g=f,60,290,,,no,labels\n";

static void rates(void **state)
{
    struct lab lab;
    const struct finding *r;

    (void)state;
    work(&lab, "by: [[], [g], [g, s]]\nestimators: {proportion: [wilson, clopper-pearson]}\n",
         four, NULL, NULL);
    r = row_of(&lab, "A", "error", "g=f;s=d", "", "");
    assert_string_equal(r->study, "s");
    assert_string_equal(r->dataset, "d");
    assert_string_equal(r->method, "wilson");
    assert_true(r->confidence == .95);
    assert_close(r->estimate, .3);
    assert_close(r->lo, .2189488529493276);
    assert_close(r->hi, .3958485463334666);
    assert_int_equal(r->x, 30);
    assert_int_equal(r->n, 100);
    assert_int_equal(r->clusters, 100);
    assert_int_equal(r->flag, FLAG_OK);
    assert_string_equal(r->note, "src");
    assert_true(isnan(r->p) && isnan(r->threshold));
    assert_string_equal(r->highest, "");
    /* each method has a row, the first first */
    assert_string_equal(r[1].method, "clopper-pearson");
    assert_string_equal(r[1].group, "g=f;s=d");

    r = row_of(&lab, "A", "error", "g=f;s=l", "", "");
    assert_int_equal(r->flag, FLAG_DERIVED);
    assert_string_equal(r->note, "src; derived, not published as such");
    r = row_of(&lab, "A", "error", "g=m;s=d", "", "");
    assert_int_equal(r->flag, FLAG_TOO_FEW);
    assert_close(r->lo, .03154951408859298);
    assert_close(r->hi, .18838246918342838);
    assert_int_equal(r->n_lo, 40);
    assert_int_equal(r->n_hi, 55);
    r = row_of(&lab, "A", "error", "g=m;s=l", "", "");
    assert_int_equal(r->flag, FLAG_ZERO);
    assert_true(r->lo == 0 && !signbit(r->lo));
    assert_close(r->hi, .08762160119728665);
    /* a sum is derived if a part is */
    r = row_of(&lab, "A", "error", "g=f", "", "");
    assert_int_equal(r->x, 40);
    assert_int_equal(r->n, 200);
    assert_int_equal(r->flag, FLAG_DERIVED);
    r = row_of(&lab, "A", "error", "all", "", "");
    assert_int_equal(r->x, 44);
    assert_int_equal(r->n, 290);
    /* a census describes; it has no interval */
    r = row_of(&lab, "", "faces", "g=f", "", "");
    assert_close(r->estimate, 60.0 / 290);
    assert_true(isnan(r->lo) && isnan(r->hi) && isnan(r->confidence));
    assert_string_equal(r->method, "");
    /* both ends of the range of n */
    assert_int_equal(row_of(&lab, "A", "error.sensitivity", "g=m;s=d", "", "n=low")->n, 40);
    assert_int_equal(row_of(&lab, "A", "error.sensitivity", "g=m;s=d", "", "n=high")->n, 55);
    assert_int_equal(findings_find(&lab.findings, "A", "error.sensitivity", "g=f;s=d", NULL,
                                   NULL, NULL), -1);
    close_lab(&lab);
}

static void points(void **state)
{
    struct lab lab;

    (void)state;
    work(&lab, "by: [[]]\n", "A,error@native=80.5,all,30,100,40,110,no,s\n"
         "A,error@fmr=1e-3,all,3,100,,,no,s\n",
         NULL, NULL);
    assert_true(row_of(&lab, "A", "error", "all", "", "native=80.5")->threshold == 80.5);
    assert_true(isnan(row_of(&lab, "A", "error", "all", "", "fmr=1e-3")->threshold));
    assert_int_equal(row_of(&lab, "A", "error.sensitivity", "all", "",
                            "native=80.5,n=low")->n, 40);
    close_lab(&lab);
}

static void alternatives(void **state)
{
    struct lab lab;

    (void)state;
    work(&lab, "by: [[g]]\n", "A,error,g=f,30,100,,,no,s\nA,error,g=m,10,100,,,no,s\n",
         "A,error,g=f,31,99,,,no,s\nA,error,g=m,10,100,,,no,s\n", NULL);
    const struct finding *r = row_of(&lab, "A", "error.sensitivity", "g=f", "",
                                     "counts=other");
    assert_int_equal(r->x, 31);
    assert_int_equal(r->n, 99);
    /* where it says the same there is nothing to say */
    assert_int_equal(findings_find(&lab.findings, "A", "error.sensitivity", "g=m", NULL,
                                   NULL, NULL), -1);
    close_lab(&lab);
}

/* The ACLU's test of 2018: 11 of 107 against 17 of 428. */
static void shares(void **state)
{
    struct lab lab;
    const struct finding *r;

    (void)state;
    work(&lab, "by: [[]]\nshares: [[g], []]\ncontrasts: [{group: g=f, versus: g=m}]\n",
         "A,error,g=f,11,107,,,no,s\nA,error,g=m,17,428,,,no,s\n", NULL, NULL);
    r = row_of(&lab, "A", "error.share", "g=f", "", "");
    assert_int_equal(r->x, 11);
    assert_int_equal(r->n, 28);
    assert_close(r->lo, .2356568654157959);
    assert_close(r->hi, .5759095570340281);
    assert_p(r->p, .016797148122065713); /* of 11 in 28 against .2 */
    r = row_of(&lab, "A", "error.base_share", "g=f", "", "");
    assert_close(r->estimate, .2);
    assert_true(isnan(r->lo));
    r = row_of(&lab, "A", "error.share_ratio", "g=f", "", "");
    assert_close(r->estimate, 11.0 / 28 / .2);
    assert_close(r->lo, 1.1971233134827624); /* printed as 1.96 [1.20, 2.84] */
    assert_close(r->hi, 2.8353204826653533);
    assert_string_equal(r->method, "koopman");
    r = row_of(&lab, "A", "error.ratio", "g=f", "g=m", "");
    assert_close(r->estimate, 11 / 107.0 / (17 / 428.0));
    assert_close(r->lo, 1.2591765783277244);
    assert_close(r->hi, 5.239242964069735);
    assert_p(r->p, .014177833618045737);
    /* everyone is all of the errors and all of the faces: nothing to compare */
    r = row_of(&lab, "A", "error.share", "all", "", "");
    assert_true(isnan(r->p));
    assert_int_equal(findings_find(&lab.findings, "A", "error.share_ratio", "all", NULL,
                                   NULL, NULL), -1);
    close_lab(&lab);
}

static void no_errors_no_shares(void **state)
{
    struct lab lab;

    (void)state;
    work(&lab, "by: [[]]\nshares: [[g]]\nspread: [[g]]\n",
         "A,error,g=f,0,107,,,no,s\nA,error,g=m,0,428,,,no,s\n", NULL, NULL);
    assert_int_equal(findings_find(&lab.findings, "A", "error.share", NULL, NULL, NULL,
                                   NULL), -1);
    const struct finding *r = row_of(&lab, "A", "error.max_min", "g", "", "");
    assert_true(isnan(r->estimate) && isinf(r->hi));
    assert_int_equal(r->flag, FLAG_ZERO);
    close_lab(&lab);
}

static void spread(void **state)
{
    struct lab lab;
    const struct finding *r;

    (void)state;
    work(&lab, "by: [[]]\nspread: [[g, s]]\n",
         "A,error,g=f;s=d,30,100,,,no,s\nA,error,g=f;s=l,10,100,,,yes,s\n"
         "A,error,g=m;s=d,8,100,,,no,s\nA,error,g=m;s=l,2,100,,,no,s\n"
         /* the first group of all has no counts */
         "B,error,g=f;s=l,30,100,,,yes,s\nB,error,g=m;s=l,10,100,,,yes,s\n"
         "C,error,g=m;s=d,0,100,,,no,s\nC,error,g=m;s=l,9,100,,,no,s\n"
         "D,error,g=m;s=d,7,100,,,no,s\n", NULL, NULL);
    r = row_of(&lab, "A", "error.max_min", "g;s", "", "");
    assert_close(r->estimate, 15);
    assert_close(r->lo, 2.1678358804495317); /* each rate at 1 - .05/4 */
    assert_close(r->hi, 103.79014483021797);
    assert_int_equal(r->n, 4);
    assert_int_equal(r->flag, FLAG_TOO_FEW);
    assert_string_equal(r->note, "highest: g=f;s=d, lowest: g=m;s=l; n counts the groups");
    assert_string_equal(r->highest, "g=f;s=d");
    assert_string_equal(r->lowest, "g=m;s=l");
    r = row_of(&lab, "B", "error.max_min", "g;s", "", "");
    assert_string_equal(r->note, "highest: g=f;s=l, lowest: g=m;s=l; n counts the groups");
    assert_int_equal(r->flag, FLAG_DERIVED);
    r = row_of(&lab, "C", "error.max_min", "g;s", "", "");
    assert_true(isinf(r->estimate) && isinf(r->hi) && r->lo == 1);
    assert_int_equal(r->flag, FLAG_ZERO);
    assert_string_equal(r->note, "highest: g=m;s=l, lowest: g=m;s=d; n counts the groups; "
                        "the lowest rate is 0: unbounded");
    assert_int_equal(findings_find(&lab.findings, "D", "error.max_min", NULL, NULL, NULL,
                                   NULL), -1);
    close_lab(&lab);
}

static const char three_backends[] =
    "A,error,g=f,30,100,,,no,s\nA,error,g=m,10,100,,,no,s\n"
    "B,error,g=f,12,100,,,no,s\nB,error,g=m,10,100,,,no,s\n"
    "C,error,g=f,20,100,,,yes,s\nC,error,g=m,10,100,,,no,s\n";

static void families(void **state)
{
    static const struct {
        const char *backend;
        double p, holm;
    } expected[] = {
        { "A", .0006504107076034208, .0019512321228102623 },
        { "B", .8217485163509993, .8217485163509993 },
        { "C", .07342758972137636, .14685517944275272 },
    };
    struct lab lab;

    (void)state;
    /* a contrast and its mirror are one hypothesis: three tests, not six */
    work(&lab, "by: [[g]]\ncontrasts: [{group: g=f, versus: g=m}, {group: g=m, versus: "
         "g=f, kinds: difference}]\nestimators: {difference: [newcombe, "
         "miettinen-nurminen]}\n", three_backends, NULL, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        const char *backend = expected[i].backend;
        const struct finding *r = row_of(&lab, backend, "error.difference", "g=f", "g=m", "");
        assert_p(r->p, expected[i].p);
        assert_p(r->p_adj, expected[i].holm);
        assert_string_equal(r[1].method, "miettinen-nurminen"); /* a family of its own */
        assert_p(r[1].p_adj, expected[i].holm);
        assert_int_equal(r->flag, i == 2 ? FLAG_DERIVED : FLAG_OK);
        const struct finding *m = row_of(&lab, backend, "error.difference", "g=m", "g=f", "");
        assert_close(m->lo, -r->hi);
        assert_p(m->p_adj, expected[i].holm);
        assert_p(row_of(&lab, backend, "error.ratio", "g=f", "g=m", "")->p_adj,
                 expected[i].holm);
        assert_int_equal(findings_find(&lab.findings, backend, "error.ratio", "g=m", "g=f",
                                       NULL, NULL), -1);
    }
    const struct finding *r = row_of(&lab, "A", "error.difference", "g=f", "g=m", "");
    assert_close(r->estimate, .2);
    assert_close(r->lo, .09000209070489981);
    assert_close(r->hi, .30578929058543924);
    r = row_of(&lab, "A", "error.ratio", "g=f", "g=m", "");
    assert_close(r->lo, 1.5863103623570771);
    assert_close(r->hi, 5.78923966716296);
    close_lab(&lab);
}

/* Faults */

/* The stages say this of a study; `code` sums what they return. */
static void assert_says(const char *study, const char *counts, const char *other,
                        const char *printed, const char *part)
{
    struct lab lab;

    open_lab(&lab, study, counts, other, printed);
    int code = estimate_check(&lab.study, &lab.err);
    if (!code)
        code = evidence_check(&lab.e, &lab.err);
    if (!code)
        code = estimate(&lab.e, &lab.findings, &lab.err);
    if (!code)
        code = judge(&lab.e, &lab.findings, &lab.claims, &lab.err);
    assert_true(code < 0);
    assert_int_equal(lab.err.count, 1);
    assert_fault_says(&lab.err, part);
    close_lab(&lab);
}

#define CLAIM(terms) "by: [[]]\nclaims: [{id: c, says: x, source: y, " terms "}]\n"

static void faults(void **state)
{
    const char *all = "A,error,all,1,10,,,no,s\nA,error@p,g=f,1,10,,,no,s\n"
                      "A,error@p,g=m,1,10,,,no,s\n";

    (void)state;
    assert_says("estimators: {ratio: [koopman, wilson]}\n", all, NULL, NULL,
                "s.yaml:9: estimators.ratio: 'wilson' is not a method for a ratio, expected "
                "one of ");
    assert_says("contrasts: [{group: g=f, versus: s=d}]\n", all, NULL, NULL,
                "s.yaml:9: contrasts[0]: 'g=f' and 's=d' may share people, expected groups "
                "that differ on an axis");
    assert_says(CLAIM("type: ratio, group: g=f, versus: all"), all, NULL, NULL,
                "s.yaml:10: claims[0]: 'g=f' and 'all' may share people, expected groups that "
                "differ on an axis");
    assert_says("by: [[]]\nbackends: [A, B]\n", all, NULL, NULL,
                "s.yaml:10: backends: 'B' has no counts, expected one of A");
    assert_says("by: [[g]]\nbackends: [A]\n", "A,error,s=d,1,10,,,no,s\n", NULL, NULL,
                "s.yaml: metrics: no counts of 'error' for any group of 'by', expected some "
                "in the data set 'd'");
    assert_says("by: [[]]\ncontrasts: [{group: g=f, versus: g=m, point: q}]\n", all, NULL,
                NULL, "s.yaml:10: contrasts[0].point: 'q' has no counts of 'error', expected "
                "one of ', p'");
    assert_says(CLAIM("type: difference, group: g=f;s=d, versus: g=m, point: p"), all, NULL,
                NULL, "s.yaml:10: claims[0]: no counts of 'error' for the group 'g=f;s=d', "
                "expected some in the data set 'd'");
    assert_says(CLAIM("type: difference, group: g=f, versus: g=m, point: p, backends: a"),
                all, NULL, NULL, "s.yaml:10: claims[0].backends: 'a' has no counts in this "
                "study, expected one of A");
    assert_says(CLAIM("type: improvement, group: all, before: '1', after: p"), all, NULL,
                NULL, "s.yaml:10: claims[0].before: '1' has no counts of 'error'");
    assert_says(CLAIM("type: printed"), all, NULL, NULL, "s.yaml:10: claims[0]: the data set "
                "'d' has no printed figures of 'c', expected some");
    assert_says(CLAIM("type: printed"), all, NULL, "c,B,error,,,,10,percent,s\n"
                "c,A,error,,,,10,percent,s\n", "printed.csv:2: backend 'B' has no counts");
    assert_says(CLAIM("type: printed"), all, NULL, "c,A,error,g=f,,,10,percent,s\n",
                "printed.csv:2: no finding 'error' of 'A' for group 'g=f', expected one to "
                "hold the printed 10 against");
    assert_says(CLAIM("type: not-testable, why: w"), all, NULL, "c,A,error,,,,10,percent,s\n",
                "printed.csv:2: the claim 'c' is of type not-testable, expected one of type "
                "printed");
    assert_says("by: [[]]\n", all, "B,error,all,1,10,,,no,s\n", NULL, "s.yaml:10: "
                "alternatives[0].counts: the counts of 'B' (error) stand in for none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates),
        cmocka_unit_test(points),
        cmocka_unit_test(alternatives),
        cmocka_unit_test(shares),
        cmocka_unit_test(no_errors_no_shares),
        cmocka_unit_test(spread),
        cmocka_unit_test(families),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests_name("estimate", tests, lab_folder, lab_remove_folder);
}
