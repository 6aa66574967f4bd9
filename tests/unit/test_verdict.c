/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict stage on small made-up counts. The p-values asserted here were
 * computed apart from misid, by root finding on Newcombe's (method 10) and
 * Koopman's limits written out in Python over SciPy's quantiles.
 */
#include "lab.h"

/* Verdicts */

/* One claim in a study of these counts. */
static void work_claim(struct lab *lab, const char *terms, const char *counts,
                       const char *other)
{
    char *study = mem_printf("by: [[], [g], [g, s]]\nclaims: [{id: c, says: x, source: y, %s}]\n",
                             terms);
    work(lab, study, counts, other, NULL);
    free(study);
}

static void assert_verdict(const char *terms, const char *counts, enum verdict verdict,
                           double p)
{
    struct lab lab;

    work_claim(&lab, terms, counts, NULL);
    const struct claim *c = &lab.claims.claims[0];
    if (c->verdict != verdict)
        fail_msg("{%s}: %s, expected %s", terms,
                 verdict_word(c->verdict, EVIDENCE_PUBLISHED),
                 verdict_word(verdict, EVIDENCE_PUBLISHED));
    assert_p(c->p, p);
    assert_p(c->p_holm, p); /* it is the only one */
    assert_false(c->undone);
    close_lab(&lab);
}

/* Two groups of one backend: x of 100 each. */
static void assert_two(const char *terms, int f, int m, enum verdict verdict, double p)
{
    char *counts = mem_printf("A,error,g=f,%d,100,,,no,s\nA,error,g=m,%d,100,,,no,s\n", f, m);
    char *all = mem_printf("%s, group: g=f, versus: g=m", terms);

    assert_verdict(all, counts, verdict, p);
    free(counts);
    free(all);
}

static void differences(void **state)
{
    (void)state;
    assert_two("type: difference", 30, 10, VERDICT_YES, 4.861701816980217e-4);
    assert_two("type: difference", 20, 10, VERDICT_YES, .04967040175901699);
    assert_two("type: difference", 5, 20, VERDICT_NO, .001845853478641031);
    assert_two("type: difference", 12, 10, VERDICT_INCONCLUSIVE, .6515530587003907);
    assert_two("type: difference", 10, 12, VERDICT_INCONCLUSIVE, 1);
    assert_two("type: difference", 10, 10, VERDICT_INCONCLUSIVE, 1);
    assert_two("type: difference", 0, 0, VERDICT_INCONCLUSIVE, 1);
    assert_two("type: difference, margin: .05", 30, 10, VERDICT_YES, .00814397470067331);
    assert_two("type: difference, margin: .1", 30, 10, VERDICT_INCONCLUSIVE,
               .0740481198233122);
    assert_two("type: difference, margin: .4", 30, 10, VERDICT_NO, 1.64079842138979e-4);
}

static void ratios(void **state)
{
    (void)state;
    assert_two("type: ratio", 30, 10, VERDICT_YES, 4.069520174449599e-4);
    assert_two("type: ratio, margin: 1.5", 30, 10, VERDICT_YES, .032188853079441096);
    assert_two("type: ratio, margin: 2", 30, 10, VERDICT_INCONCLUSIVE, .2200364705241108);
    assert_two("type: ratio, margin: 6", 30, 10, VERDICT_NO, .03850417335958517);
    assert_two("type: ratio", 0, 0, VERDICT_INCONCLUSIVE, 1);
    assert_two("type: over-representation", 30, 10, VERDICT_YES, 4.069520174449599e-4);
    assert_two("type: over-representation", 12, 10, VERDICT_INCONCLUSIVE,
               .6512800661041753);
    assert_two("type: over-representation", 2, 20, VERDICT_NO, 4.744656019286543e-5);
}

/* Four groups of one backend, x of 100 each, in the order fd fl md ml. */
static void assert_four(const char *terms, int fd, int fl, int md, int ml,
                        enum verdict verdict, double p)
{
    char *counts = mem_printf(
        "A,error,g=f;s=d,%d,100,,,no,s\nA,error,g=f;s=l,%d,100,,,no,s\n"
        "A,error,g=m;s=d,%d,100,,,no,s\nA,error,g=m;s=l,%d,100,,,no,s\n", fd, fl, md, ml);
    char *all = mem_printf("%s, group: g=f;s=d, among: [g, s]", terms);

    assert_verdict(all, counts, verdict, p);
    free(counts);
    free(all);
}

static void extremes(void **state)
{
    (void)state;
    /* intersection-union: each at .05, and the largest p is that of the claim */
    assert_four("type: worst", 30, 10, 5, 1, VERDICT_YES, 4.861701816980217e-4);
    assert_four("type: worst", 20, 10, 5, 1, VERDICT_YES, .04967040175901699);
    assert_four("type: worst", 12, 10, 0, 0, VERDICT_INCONCLUSIVE, .6515530587003907);
    assert_four("type: worst", 10, 12, 0, 0, VERDICT_INCONCLUSIVE, 1);
    /* 9 against 21: no at .05 and at .05/2, not at .05/3 */
    assert_four("type: worst", 9, 21, 0, 0, VERDICT_INCONCLUSIVE, 1);
    assert_four("type: worst", 8, 20, 0, 0, VERDICT_NO, 3 * .015994532168565483);
    assert_four("type: best", 10, 30, 25, 21, VERDICT_YES, .0333005996378957);
    assert_four("type: best", 10, 30, 25, 12, VERDICT_INCONCLUSIVE, .6515530587003907);
    assert_four("type: best", 20, 8, 50, 50, VERDICT_NO, 3 * .015994532168565483);
    assert_four("type: best", 21, 9, 50, 50, VERDICT_INCONCLUSIVE, 1);
}

/* Worst of those groups that have counts is not worst of all. */
static void missing_group(void **state)
{
    (void)state;
    assert_verdict("type: worst, group: g=f;s=d, among: [g, s]",
                   "A,error,g=f;s=d,30,100,,,no,s\nA,error,g=f;s=l,10,100,,,no,s\n"
                   "A,error,g=m;s=d,5,100,,,no,s\n", VERDICT_INCONCLUSIVE, NAN);
    assert_verdict("type: worst, group: g=f;s=d, among: [g, s]",
                   "A,error,g=f;s=d,8,100,,,no,s\nA,error,g=f;s=l,20,100,,,no,s\n",
                   VERDICT_NO, 3 * .015994532168565483);
}

static void several_backends(void **state)
{
    static const char claim[] = "type: difference, group: g=f, versus: g=m";
    static const struct {
        int f[2], m[2];
        enum verdict verdict, parts[2];
        double p;
    } cases[] = {
        { { 30, 20 }, { 10, 10 }, VERDICT_YES, { VERDICT_YES, VERDICT_YES },
          .04967040175901699 },
        { { 30, 12 }, { 10, 10 }, VERDICT_INCONCLUSIVE,
          { VERDICT_YES, VERDICT_INCONCLUSIVE }, .6515530587003907 },
        /* no at .05, but one of two is only enough at .025; p speaks of the claim */
        { { 30, 9 }, { 10, 20 }, VERDICT_INCONCLUSIVE, { VERDICT_YES, VERDICT_NO }, 1 },
        { { 30, 9 }, { 10, 21 }, VERDICT_NO, { VERDICT_YES, VERDICT_NO },
          2 * .018934910115479868 },
        { { 9, 5 }, { 20, 20 }, VERDICT_NO, { VERDICT_NO, VERDICT_NO },
          2 * .001845853478641031 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct lab lab;
        char *counts = mem_printf(
            "A,error,g=f,%d,100,,,no,s\nA,error,g=m,%d,100,,,no,s\n"
            "B,error,g=f,%d,100,,,no,s\nB,error,g=m,%d,100,,,no,s\n", cases[i].f[0],
            cases[i].m[0], cases[i].f[1], cases[i].m[1]);
        work_claim(&lab, claim, counts, NULL);
        const struct claim *c = &lab.claims.claims[0];
        assert_int_equal(c->verdict, cases[i].verdict);
        assert_p(c->p, cases[i].p);
        assert_int_equal(c->n_parts, 2);
        for (int k = 0; k < 2; k++)
            assert_int_equal(c->parts[k].verdict, cases[i].parts[k]);
        assert_string_equal(c->parts[1].backend, "B");
        close_lab(&lab);
        free(counts);
    }
}

/* A claim about two backends is not borne out by one of them. */
static void left_out(void **state)
{
    static const char claim[] = "by: [[g]]\nbackends: [A]\nclaims: [{id: c, says: x, source: "
        "y, type: difference, group: g=f, versus: g=m, backends: [A, B]}]\n";
    struct lab lab;

    (void)state;
    work(&lab, claim, "A,error,g=f,30,100,,,no,s\nA,error,g=m,10,100,,,no,s\n"
         "B,error,g=f,30,100,,,no,s\nB,error,g=m,10,100,,,no,s\n", NULL, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_INCONCLUSIVE);
    assert_p(lab.claims.claims[0].p, NAN);
    assert_int_equal(lab.claims.claims[0].n_parts, 1);
    assert_int_equal(lab.claims.claims[0].parts[0].verdict, VERDICT_YES);
    close_lab(&lab);
    /* but one is enough against it, at .05/2 */
    work(&lab, claim, "A,error,g=f,9,100,,,no,s\nA,error,g=m,21,100,,,no,s\n"
         "B,error,g=f,30,100,,,no,s\nB,error,g=m,10,100,,,no,s\n", NULL, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_NO);
    assert_p(lab.claims.claims[0].p, 2 * .018934910115479868);
    close_lab(&lab);
    /* and a backend without counts of the groups is one that is missing */
    work(&lab, "by: [[g]]\nclaims: [{id: c, says: x, source: y, type: difference, group: g=f, "
         "versus: g=m}]\n", "A,error,g=f,30,100,,,no,s\nA,error,g=m,10,100,,,no,s\n"
         "B,error,all,30,100,,,no,s\n", NULL, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_INCONCLUSIVE);
    assert_p(lab.claims.claims[0].p, NAN);
    assert_int_equal(lab.claims.claims[0].parts[1].verdict, VERDICT_NOT_TESTABLE);
    close_lab(&lab);
}

static void confidence(void **state)
{
    struct lab lab;

    (void)state;
    /* 20 against 10: p .0497 */
    work(&lab, "by: [[g]]\nconfidence: .96\nclaims: [{id: c, says: x, source: y, type: "
         "difference, group: g=f, versus: g=m}]\n",
         "A,error,g=f,20,100,,,no,s\nA,error,g=m,10,100,,,no,s\n", NULL, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_INCONCLUSIVE);
    assert_p(lab.claims.claims[0].p, .04967040175901699);
    assert_true(row_of(&lab, "A", "error.difference", "g=f", "g=m", "")->lo < 0);
    close_lab(&lab);
}

static void holm_undoes(void **state)
{
    struct lab lab;

    (void)state;
    work(&lab, "by: [[g]]\nclaims:\n"
         "- {id: a, says: x, source: y, type: difference, group: g=f, versus: g=m}\n"
         "- {id: b, says: x, source: y, type: ratio, margin: 1.5, group: g=f;s=d, versus: "
         "g=m;s=d}\n"
         "- {id: c, says: x, source: y, type: not-testable, why: w}\n",
         "A,error,g=f,20,100,,,no,s\nA,error,g=m,10,100,,,no,s\n"
         "B,error,g=f,30,100,,,no,s\nB,error,g=m,10,100,,,no,s\n"
         "A,error,g=f;s=d,12,50,,,no,s\nA,error,g=m;s=d,5,50,,,no,s\n"
         "B,error,g=f;s=d,12,50,,,no,s\nB,error,g=m;s=d,5,50,,,no,s\n", NULL, NULL);
    const struct claim *c = lab.claims.claims;
    assert_int_equal(c[0].verdict, VERDICT_YES);
    assert_p(c[0].p, .04967040175901699);
    assert_int_equal(c[1].verdict, VERDICT_INCONCLUSIVE);
    assert_p(c[0].p_holm, 2 * .04967040175901699);
    assert_true(c[0].undone);
    assert_false(c[1].undone); /* nothing to undo */
    assert_true(c[1].p_holm >= c[1].p && c[1].p_holm >= c[0].p_holm);
    assert_int_equal(c[2].verdict, VERDICT_NOT_TESTABLE);
    assert_true(isnan(c[2].p) && isnan(c[2].p_holm));
    assert_int_equal(c[2].n_parts, 0);
    close_lab(&lab);
}

static void sensitivity(void **state)
{
    static const char claim[] = "type: difference, group: g=f, versus: g=m";
    struct lab lab;

    (void)state;
    work_claim(&lab, claim, "A,error,g=f,20,100,90,110,no,s\nA,error,g=m,10,100,90,110,no,s\n",
               NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_YES);
    assert_string_equal(lab.claims.claims[0].sensitivity,
                        "with the highest n of the group and the lowest n of the others: "
                        "inconclusive; with the highest n of the group and the highest n of "
                        "the others: inconclusive");
    close_lab(&lab);
    work_claim(&lab, claim, "A,error,g=f,30,100,90,110,no,s\nA,error,g=m,10,100,90,110,no,s\n",
               NULL);
    assert_string_equal(lab.claims.claims[0].sensitivity, "the same with every n and every "
                        "set of counts that the print allows");
    close_lab(&lab);
    /* nothing is left open: nothing is said */
    work_claim(&lab, claim, "A,error,g=f,30,100,,,no,s\nA,error,g=m,10,100,,,no,s\n", NULL);
    assert_string_equal(lab.claims.claims[0].sensitivity, "");
    close_lab(&lab);
    /* other counts, and the ends of their own ranges */
    work_claim(&lab, claim, "A,error,g=f,20,100,,,no,s\nA,error,g=m,10,100,,,no,s\n",
               "A,error,g=f,5,100,,,no,s\nA,error,g=m,20,100,,,no,s\n");
    assert_string_equal(lab.claims.claims[0].sensitivity,
                        "with the counts 'other': not supported");
    close_lab(&lab);
    work_claim(&lab, claim, "A,error,g=f,20,100,,,no,s\nA,error,g=m,10,100,,,no,s\n",
               "A,error,g=f,20,100,100,110,no,s\nA,error,g=m,10,100,,,no,s\n");
    assert_string_equal(lab.claims.claims[0].sensitivity,
                        "with the counts 'other', the highest n of the group and the lowest "
                        "n of the others: inconclusive; with the counts 'other', the highest "
                        "n of the group and the highest n of the others: inconclusive");
    close_lab(&lab);
}

/* The rows a verdict names are those it rests on. */
static void rows_of_claims(void **state)
{
    struct lab lab;

    (void)state;
    work_claim(&lab, "type: worst, group: g=f;s=d, among: [g, s]",
               "A,error,g=f;s=d,30,100,,,no,s\nA,error,g=f;s=l,10,100,,,no,s\n"
               "A,error,g=m;s=d,5,100,,,no,s\nA,error,g=m;s=l,1,100,,,no,s\n", NULL);
    const struct claim_part *part = &lab.claims.claims[0].parts[0];
    size_t rates_found = 0, differences_found = 0;
    for (size_t i = 0; i < part->n_rows; i++) {
        const struct finding *r = &lab.findings.rows[part->rows[i] - 1];
        assert_string_equal(r->backend, "A");
        rates_found += !strcmp(r->metric, "error");
        if (!strcmp(r->metric, "error.difference")) {
            differences_found++;
            assert_string_equal(r->group, "g=f;s=d");
            assert_true(r->lo > 0);
        }
    }
    assert_int_equal(rates_found, 4);
    assert_int_equal(differences_found, 3);
    assert_int_equal(part->n_rows, 7);
    close_lab(&lab);
}

/* The same faces at two points, and by two backends. */
static void pairs(void **state)
{
    static const char counts[] =
        "A,error@t=1,all,20,200,,,no,s\nA,error@t=2,all,4,200,,,no,s\n"
        "B,error@t=2,all,20,200,,,no,s\n";
    struct lab lab;

    (void)state;
    /* 20 of 200 against 4 of 200: Newcombe .0342 to .1309 */
    work_claim(&lab, "type: improvement, group: all, before: t=1, after: t=2, backends: [A]",
               counts, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_YES);
    assert_p(lab.claims.claims[0].p, .0012894161724829095);
    const struct finding *r = row_of(&lab, "A", "error.improvement", "all", "t=1", "t=2");
    assert_close(r->lo, .03421981074938348);
    assert_close(r->hi, .13088876415448783);
    close_lab(&lab);
    work_claim(&lab, "type: improvement, group: all, before: t=2, after: t=1, backends: [A]",
               counts, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_NO);
    close_lab(&lab);
    work_claim(&lab, "type: excess, group: all, point: t=2, backends: [B], against: [A]",
               counts, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_YES);
    assert_p(lab.claims.claims[0].p, .0012894161724829095);
    close_lab(&lab);
    work_claim(&lab, "type: excess, group: all, point: t=2, backends: [A], against: [B]",
               counts, NULL);
    assert_int_equal(lab.claims.claims[0].verdict, VERDICT_NO);
    close_lab(&lab);
}

/* Printed figures */

#define PRINTED_CLAIM "by: [[], [g]]\nshares: [[g]]\ncontrasts: [{group: g=f, versus: g=m}]\n" \
                      "claims: [{id: t, says: x, source: y, type: printed}]\n"
static const char two_groups[] =
    "A,error,g=f,60,561,,,no,s\nA,error,g=m,18,686,,,no,s\n"
    "B,error,g=f,1,3,,,no,s\nB,error,g=m,0,3,,,no,s\n";

static void assert_printed(const char *figures, enum verdict verdict, size_t hits, size_t n)
{
    struct lab lab;

    work(&lab, PRINTED_CLAIM, two_groups, NULL, figures);
    const struct claim *c = &lab.claims.claims[0];
    assert_int_equal(c->verdict, verdict);
    assert_int_equal(c->hits, hits);
    assert_int_equal(c->figures, n);
    assert_true(isnan(c->p) && isnan(c->p_holm));
    close_lab(&lab);
}

static void printed_figures(void **state)
{
    (void)state;
    /* 60/561 = 10.695 %, 18/686 = 2.624 %: their difference is 8.07 points, that of
     * the rounded percentages 8.1; 18/78 = 23.08 % */
    assert_printed("t,A,error,g=f,,,10.7,percent,s\n", VERDICT_REPRODUCED, 1, 1);
    assert_printed("t,A,error,g=f,,,10.6,percent,s\n", VERDICT_NOT_REPRODUCED, 0, 1);
    assert_printed("t,A,error,g=f,,,11,percent,s\n", VERDICT_REPRODUCED, 1, 1);
    assert_printed("t,A,error,g=f,,,10.70,percent,s\nt,A,error,g=f,,,10.69,percent,s\n",
                   VERDICT_NOT_REPRODUCED, 1, 2);
    assert_printed("t,A,error.difference,g=f,g=m,,8.1,points,s\n", VERDICT_REPRODUCED, 1, 1);
    assert_printed("t,A,error.difference,g=f,g=m,,8.07,points,s\n", VERDICT_REPRODUCED, 1,
                   1);
    assert_printed("t,A,error.difference,g=f,g=m,,8.1,points-of-rounded,s\n",
                   VERDICT_REPRODUCED, 1, 1);
    assert_printed("t,A,error,g=f,,,60,count,s\nt,A,error,,,,78,count,s\n",
                   VERDICT_REPRODUCED, 2, 2);
    assert_printed("t,A,error,g=f,,,61,count,s\n", VERDICT_NOT_REPRODUCED, 0, 1);
    assert_printed("t,A,error.share,g=m,,,23.1,percent,s\n", VERDICT_REPRODUCED, 1, 1);
    assert_printed("t,A,error.ratio,g=f,g=m,,4.08,ratio,s\n", VERDICT_REPRODUCED, 1, 1);
    /* 1/3 and 0/3: 33.33 points, but 33 of rounded, which is not 33.3 */
    assert_printed("t,B,error.difference,g=f,g=m,,33,points-of-rounded,s\n",
                   VERDICT_REPRODUCED, 1, 1);
    /* figures of other claims are not this one's */
    assert_printed("t,A,error,g=f,,,10.7,percent,s\nu,A,error,g=f,,,99,percent,s\n",
                   VERDICT_REPRODUCED, 1, 1);
}

static void printed_notes(void **state)
{
    struct lab lab;

    (void)state;
    work(&lab, PRINTED_CLAIM, two_groups, NULL,
         "t,A,error,g=f,,,10.7,percent,s\nt,B,error,g=f,,,33.4,percent,s\n"
         "t,B,error.difference,g=f,g=m,,33.3,points,s\n");
    assert_string_equal(row_of(&lab, "A", "error", "g=f", "", "")->note,
                        "s; printed 10.7 %");
    assert_string_equal(row_of(&lab, "B", "error", "g=f", "", "")->note,
                        "s; printed 33.4 %, which these counts do not give");
    const struct claim *c = &lab.claims.claims[0];
    assert_int_equal(c->n_parts, 2);
    assert_int_equal(c->parts[0].verdict, VERDICT_REPRODUCED);
    assert_int_equal(c->parts[1].verdict, VERDICT_NOT_REPRODUCED);
    assert_int_equal(c->parts[1].n_rows, 2);
    close_lab(&lab);
}

/* The difference of rounded percentages is not the rounded difference. */
static void rounding(void **state)
{
    struct lab lab;

    (void)state;
    /* 34.69 and .26: 34.43 points, 34.4 of rounded (34.7 - .3) */
    work(&lab, PRINTED_CLAIM, "A,error,g=f,94,271,,,no,s\nA,error,g=m,1,385,,,no,s\n", NULL,
         "t,A,error.difference,g=f,g=m,,34.4,points-of-rounded,s\n"
         "t,A,error.difference,g=f,g=m,,34.43,points,s\n"
         "t,A,error.difference,g=f,g=m,,34.42,points,s\n"
         "t,A,error.difference,g=f,g=m,,35,points-of-rounded,s\n"
         "t,A,error.difference,g=f,g=m,,35,points,s\n");
    /* to whole percent: 35 - 0 = 35, but 34.43 points are 34 */
    assert_int_equal(lab.claims.claims[0].figures, 5);
    assert_int_equal(lab.claims.claims[0].hits, 3);
    close_lab(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences),
        cmocka_unit_test(ratios),
        cmocka_unit_test(extremes),
        cmocka_unit_test(missing_group),
        cmocka_unit_test(several_backends),
        cmocka_unit_test(left_out),
        cmocka_unit_test(confidence),
        cmocka_unit_test(holm_undoes),
        cmocka_unit_test(sensitivity),
        cmocka_unit_test(rows_of_claims),
        cmocka_unit_test(pairs),
        cmocka_unit_test(printed_figures),
        cmocka_unit_test(printed_notes),
        cmocka_unit_test(rounding),
    };
    return cmocka_run_group_tests_name("verdict", tests, lab_folder, lab_remove_folder);
}
