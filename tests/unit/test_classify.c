/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "answers.h"
#include "core/classify.h"

static const char *genders[] = { "female", "male" };
static const char *skins[] = { "darker", "lighter" };
static struct axis two[] = { { "gender", genders, 2 }, { "skin", skins, 2 } };
static const struct axes axes = { two, 2 };
static const unsigned sets[] = { 0, 1, 2, 3 };

struct counted {
    struct roster roster;
    struct complaints complaints;
    struct classify classify;
    struct outputs outputs;
    struct tally tally;
    struct err err;
};

static void begin(struct counted *c)
{
    answers_roster(&c->roster);
    complaints_init(&c->complaints);
    classify_init(&c->classify, &c->roster, &axes, sets, ARRAY_SIZE(sets), 0, &c->complaints);
    outputs_init(&c->outputs, "b");
    tally_init(&c->tally, &axes);
    c->err = (struct err)ERR_INIT;
}

static void end(struct counted *c)
{
    classify_release(&c->classify);
    complaints_release(&c->complaints);
    outputs_release(&c->outputs);
    tally_release(&c->tally);
    roster_release(&c->roster);
    err_release(&c->err);
}

static void answer(struct counted *c, size_t row, const char *label, double confidence)
{
    struct output *out = outputs_add(&c->outputs, row);

    out->status = *label ? STATUS_OK : STATUS_NO_FACE;
    out->label = outputs_keep(&c->outputs, label);
    if (confidence >= 0)
        out->confidence = confidence;
}

/* "x/n", or "-" without a row of its own. */
static void assert_count(const struct counted *c, const char *backend, const char *metric,
                         const char *point, const char *group, const char *want)
{
    struct group g;
    char got[60] = "-";

    assert_int_equal(group_parse(&g, &axes, group, NULL), 0);
    const struct count *count = tally_find(&c->tally, backend, metric, point, &g);
    if (count)
        snprintf(got, sizeof got, "%lld/%lld", (long long)count->x, (long long)count->n);
    assert_string_equal(got, want);
}

/* Six people, of whom 5 has no skin and 6 no gender: they are in no count. Wrong: 1,
 * surely; 4, at exactly .9. Not found: 2. */
static void counts(void **state)
{
    struct counted c;

    (void)state;
    begin(&c);
    answer(&c, 0, "male", .95);
    answer(&c, 1, "", -1);
    answer(&c, 2, "female", .5);
    answer(&c, 3, "not male", .9);
    answer(&c, 4, "male", .99);
    answer(&c, 5, "male", 1);
    assert_int_equal(classify_count(&c.classify, &c.outputs, "here", &c.tally, &c.err), 0);
    assert_int_equal(classify_census(&c.classify, "there", &c.tally, &c.err), 0);
    assert_int_equal(c.complaints.counts[COMPLAINT_UNKNOWN_GROUP], 2);
    assert_count(&c, "b", "error", "", "all", "2/3");
    assert_count(&c, "b", "error", "", "skin=darker", "1/1");
    assert_count(&c, "b", "error", "", "gender=male;skin=darker", "-");
    assert_count(&c, "b", "error_with_misses", "", "all", "3/4");
    assert_count(&c, "b", "fta", "", "all", "1/4");
    assert_count(&c, "b", "fta", "", "gender=male;skin=darker", "1/1");
    assert_count(&c, "b", "calibration", "confidence=0.5..0.6", "all", "0/1");
    assert_count(&c, "b", "calibration", "confidence=0.9..1", "all", "2/2");
    assert_count(&c, "b", "calibration", "confidence=0.8..0.9", "all", "-");
    assert_count(&c, "b", "sure_when_wrong", "confidence>=0.9", "all", "2/2");
    assert_count(&c, "", "faces", "", "all", "4/4");
    assert_count(&c, "", "faces", "", "gender=female", "2/4");
    assert_int_equal(tally_check_sums(&c.tally, &c.err), 0);
    end(&c);
}

/* What a trace lists is what was counted. */
static void parts(void **state)
{
    struct counted c;
    struct group women;

    (void)state;
    begin(&c);
    answer(&c, 0, "male", -1);
    answer(&c, 4, "male", -1);
    assert_int_equal(group_parse(&women, &axes, "gender=female", NULL), 0);
    assert_int_equal(classify_part(&c.classify, &c.outputs.rows[0], "error", ""), PART_HIT);
    assert_int_equal(classify_part(&c.classify, &c.outputs.rows[0], "fta", ""), PART_TRIAL);
    assert_int_equal(classify_part(&c.classify, &c.outputs.rows[0], "sure_when_wrong",
                                   "confidence>=0.9"), PART_NONE);
    assert_int_equal(classify_part(&c.classify, &c.outputs.rows[0], "fpir", ""), PART_NONE);
    assert_true(classify_is_in(&c.classify, 0, &women));
    assert_false(classify_is_in(&c.classify, 1, &women));
    assert_false(classify_is_in(&c.classify, 4, &women));
    end(&c);
}

/* Whose the trials are is told only where somebody has several: subjects p (rows 0 and
 * 2, one wrong), and row 1, of nobody known. */
static void several_images(void **state)
{
    struct group all = group_all();
    struct counted c;

    (void)state;
    begin(&c);
    roster_set_subject(&c.roster, 0, "p");
    roster_set_subject(&c.roster, 2, "p");
    answer(&c, 0, "male", -1);
    answer(&c, 1, "male", -1);
    assert_int_equal(classify_count(&c.classify, &c.outputs, "", &c.tally, &c.err), 0);
    assert_null(tally_find(&c.tally, "b", "error", "", &all)->people);
    tally_release(&c.tally);
    tally_init(&c.tally, &axes);
    answer(&c, 2, roster_value(&c.roster, 2, 0), -1);
    assert_int_equal(classify_count(&c.classify, &c.outputs, "", &c.tally, &c.err), 0);
    const struct count *count = tally_find(&c.tally, "b", "error", "", &all);
    assert_non_null(count->people);
    assert_int_equal(count->people->n, 2);
    size_t p = count->people->trials[0] == 2 ? 0 : 1;
    assert_true(count->people->trials[p] == 2 && count->people->trials[1 - p] == 1);
    double wrong = strcmp("male", roster_value(&c.roster, 0, 0)) ? 1 : 0;
    assert_true(count->people->hits[p] == wrong);
    assert_int_equal(count->n, 3);
    end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(parts),
        cmocka_unit_test(several_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
