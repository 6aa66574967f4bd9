/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which series a page about all nights shows first. */
#include "test.h"

#include "cli/interest.h"

#define DAY ((int64_t)86400)
#define NIGHTS 3
#define LAST (100 * DAY)

static struct trend_night nights[32][NIGHTS];
static struct trend_step steps[32];
static struct trends_series series[32];
static size_t n_series;

/* A series of three nights that ends with `value` on the day `last`. */
static struct trends_series *add(const char *metric, const char *group, const char *versus,
                                 double value, int64_t last)
{
    struct trend_night *y = nights[n_series];

    for (size_t i = 0; i < NIGHTS; i++)
        y[i] = (struct trend_night){ last - (int64_t)(NIGHTS - 1 - i) * DAY,
                                     i + 1 < NIGHTS ? (double)n_series : value, NAN, NAN };
    series[n_series] = (struct trends_series){ .study = "s", .backend = "b", .metric = metric,
                                               .group = group, .versus = versus, .point = "",
                                               .what = group, .nights = y, .n = NIGHTS };
    return &series[n_series++];
}

static void add_step(struct trends_series *s, size_t at)
{
    struct trend_step *step = &steps[s - series];

    *step = (struct trend_step){ at, 0, 1 };
    s->steps = step;
    s->n_steps = 1;
}

/* The groups in order, each with a blank behind it. */
static void order_is(const struct interest_check *checks, size_t n_checks,
                     const char *expected, const char *charts)
{
    struct trends t = { .series = series, .n = n_series };
    struct interest order[32];
    size_t places[32], n = interest_order(&t, checks, n_checks, LAST, order);
    struct text got = TEXT_INIT, charted = TEXT_INIT;

    interest_charts(order, n, places);
    for (size_t i = 0; i < n; i++) {
        text_addf(&got, "%s ", order[i].series->group);
        text_addf(&charted, "%s ", order[places[i]].series->group);
    }
    assert_string_equal(got.s, expected);
    assert_string_equal(charted.s, charts);
    text_release(&got);
    text_release(&charted);
    n_series = 0;
}

static void test_worst_first(void **state)
{
    (void)state;
    add("error", "a", "", .1, LAST);
    add("fta", "x", "", .7, LAST);
    add("error", "a;b", "", .3, LAST);
    add("error.difference", "g", "h", -.2, LAST);
    add("error.difference", "i", "h", .1, LAST);
    add("error", "c", "", .3, LAST);
    add("throughput", "t", "", 5, LAST);
    add("error.max_min", "axis", "", 2, LAST);
    order_is(NULL, 0, "a;b c a x t axis g i ", "a;b x t axis g c i a ");
}

static void test_gate_first(void **state)
{
    const struct interest_check checks[] = {
        { "b", "error", "pass", "", "", GATE_PASS },
        { "old→b", "error", "fail", "", "", GATE_PASS },
        { "b", "error", "fail", "", "", GATE_FAIL },
        { "b", "error", "open", "", "", GATE_OPEN },
        { "other", "error", "high", "", "", GATE_FAIL },
        { "b", "error.difference", "h", "g", "", GATE_PASS },
    };

    (void)state;
    add("error", "high", "", .9, LAST);
    add("error", "pass", "", .1, LAST);
    add("error", "open", "", .2, LAST);
    add("error", "fail", "", .01, LAST);
    add("error.difference", "g", "h", .5, LAST);
    order_is(checks, 6, "fail open pass g high ", "fail open pass g high ");
}

/* Steps of the last 30 days come before what is merely bad; older ones do not. */
static void test_steps_and_ends(void **state)
{
    struct trends_series *s;

    (void)state;
    add("error", "bad", "", .9, LAST);
    add("error", "gone", "", .95, LAST - 2 * DAY);
    s = add("error", "old", "", .5, LAST);
    s->nights[0].at = LAST - 31 * DAY;
    add_step(s, 0);
    s = add("error", "new", "", .1, LAST);
    s->nights[0].at = LAST - 30 * DAY;
    add_step(s, 0);
    s = add("error", "newer", "", .05, LAST);
    add_step(s, 1);
    order_is(NULL, 0, "newer new bad old gone ", "newer new bad old gone ");
}

/* One gap told both ways is told once, the way that says how much worse; so is a rate that
 * is another's night by night. */
static void test_told_once(void **state)
{
    (void)state;
    add("error.ratio", "better", "worse", 1 / 3., LAST);
    add("error.ratio", "worse", "better", 3, LAST);
    add("error.ratio", "lower", "higher", .25, LAST);
    struct trends_series *s = add("error", "same", "", .1, LAST);
    struct trends_series *copy = add("error_with_misses", "same", "", .1, LAST);
    memcpy(copy->nights, s->nights, sizeof nights[0]);
    order_is(NULL, 0, "same lower worse ", "same lower worse ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worst_first),
        cmocka_unit_test(test_gate_first),
        cmocka_unit_test(test_steps_and_ends),
        cmocka_unit_test(test_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
