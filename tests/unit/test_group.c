/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "model/group.h"

static const char *genders[] = { "female", "male" };
static const char *skins[] = { "darker", "lighter" };
static const char *countries[] = { "South Africa", "Côte d'Ivoire", "a;b=c%d", "tab\there",
                                   "del\x7f" };
static struct axis three[] = {
    { "gender", genders, 2 }, { "skin", skins, 2 }, { "pays=%;é", countries, 5 }
};
static const struct axes axes = { three, 3 };

/* What group_add() writes of what group_parse() reads. */
static void assert_canonical(const char *said, const char *canonical)
{
    struct text t = TEXT_INIT;
    struct group g;

    if (group_parse(&g, &axes, said, &t) < 0)
        fail_msg("'%s': %s", said, t.s);
    assert_int_equal(t.len, 0);
    group_add(&t, &axes, &g);
    assert_string_equal(t.s, canonical);
    text_release(&t);
}

static void assert_refused(const char *said, const char *why)
{
    struct text t = TEXT_INIT;
    struct group g;

    assert_int_equal(group_parse(&g, &axes, said, &t), -1);
    assert_string_equal(t.s, why);
    assert_int_equal(group_parse(&g, &axes, said, NULL), -1);
    text_release(&t);
}

static void canonical_order(void **state)
{
    (void)state;
    assert_canonical("all", "all");
    assert_canonical("gender=female", "gender=female");
    assert_canonical("skin=darker;gender=female", "gender=female;skin=darker");
    assert_canonical("pays%3d%25%3Bé=South Africa;skin=lighter",
                     "skin=lighter;pays%3D%25%3Bé=South Africa");
}

static void encoding(void **state)
{
    (void)state;
    /* what need not be encoded may be, in either case, and is written plain */
    assert_canonical("%67ender=f%65male", "gender=female");
    assert_canonical("pays%3D%25%3B%c3%A9=C%C3%B4te d'Ivoire",
                     "pays%3D%25%3Bé=Côte d'Ivoire");
    assert_canonical("pays%3D%25%3Bé=a%3bb%3dc%25d", "pays%3D%25%3Bé=a%3Bb%3Dc%25d");
    assert_canonical("pays%3D%25%3Bé=tab%09here", "pays%3D%25%3Bé=tab%09here");
    assert_canonical("pays%3D%25%3Bé=del%7F", "pays%3D%25%3Bé=del%7F");
}

/* Every value of every axis, written and read back, is itself. */
static void round_trip(void **state)
{
    (void)state;
    for (unsigned set = 0; set < 8; set++) {
        struct group g = group_first(&axes, set), back;
        do {
            struct text t = TEXT_INIT;
            group_add(&t, &axes, &g);
            assert_int_equal(group_parse(&back, &axes, t.s, NULL), 0);
            assert_true(group_equal(&g, &back, axes.n));
            assert_int_equal(group_axes(&back, axes.n), set);
            text_release(&t);
        } while (group_next(&g, &axes, set));
    }
}

static void refusals(void **state)
{
    (void)state;
    assert_refused("", "group part '' is not axis=value, expected 'all' or for instance "
                   "'gender=female'");
    assert_refused("women", "group part 'women' is not axis=value, expected 'all' or for "
                   "instance 'gender=female'");
    assert_refused("gender=female;", "group part '' is not axis=value, expected 'all' or "
                   "for instance 'gender=female'");
    assert_refused("gender=female;all", "group part 'all' is not axis=value, expected "
                   "'all' or for instance 'gender=female'");
    assert_refused("sex=female", "group has no axis 'sex', expected one of gender, skin, "
                   "pays=%;é");
    assert_refused("gender=Female", "axis 'gender' has no value 'Female', expected one of "
                   "female, male");
    assert_refused("gender=female=male", "axis 'gender' has no value 'female=male', "
                   "expected one of female, male");
    assert_refused("gender= female", "axis 'gender' has no value ' female', expected one "
                   "of female, male");
    assert_refused("gender=female;gender=female", "group names the axis 'gender' twice, "
                   "expected each once");
    assert_refused("gender=%", "group part 'gender=%' has a '%' that is not followed by "
                   "two hexadecimal digits (of a character other than NUL), expected %XX");
    assert_refused("gender=%4", "group part 'gender=%4' has a '%' that is not followed by "
                   "two hexadecimal digits (of a character other than NUL), expected %XX");
    assert_refused("gender=female%00", "group part 'gender=female%00' has a '%' that is "
                   "not followed by two hexadecimal digits (of a character other than "
                   "NUL), expected %XX");
}

/* Messages stay short whatever is said, and are cut between characters. */
static void long_names(void **state)
{
    char said[2000] = "gender=";
    struct text t = TEXT_INIT;
    struct group g;

    (void)state;
    while (strlen(said) < 1900)
        strcat(said, "é");
    assert_int_equal(group_parse(&g, &axes, said, &t), -1);
    assert_true(t.len < 200);
    assert_true(text_is_utf8(t.s, t.len, NULL));

    static const char *many[1000];
    static char names[1000][8];
    for (int i = 0; i < 1000; i++) {
        snprintf(names[i], sizeof names[i], "v%d", i);
        many[i] = names[i];
    }
    struct axis wide = { "v", many, 1000 };
    struct axes one = { &wide, 1 };
    text_reset(&t);
    assert_int_equal(group_parse(&g, &one, "v=none", &t), -1);
    assert_non_null(strstr(t.s, "v0, v1, v2"));
    assert_non_null(strstr(t.s, "v19 and 980 more"));
    assert_null(strstr(t.s, "v20"));
    text_release(&t);
}

static void enumeration(void **state)
{
    static const char *const expected[] = {
        "gender=female;skin=darker", "gender=female;skin=lighter",
        "gender=male;skin=darker", "gender=male;skin=lighter"
    };
    struct text t = TEXT_INIT;
    struct group g = group_first(&axes, 3);
    size_t n = 0;

    (void)state;
    do {
        text_reset(&t);
        group_add(&t, &axes, &g);
        assert_true(n < ARRAY_SIZE(expected));
        assert_string_equal(t.s, expected[n++]);
    } while (group_next(&g, &axes, 3));
    assert_int_equal(n, ARRAY_SIZE(expected));

    g = group_first(&axes, 0); /* all, once */
    text_reset(&t);
    group_add(&t, &axes, &g);
    assert_string_equal(t.s, "all");
    assert_false(group_next(&g, &axes, 0));

    n = 1;
    for (g = group_first(&axes, 5); group_next(&g, &axes, 5);)
        n++;
    assert_int_equal(n, 10);
    text_release(&t);
}

static struct group parse(const char *s)
{
    struct group g;

    assert_int_equal(group_parse(&g, &axes, s, NULL), 0);
    return g;
}

static void relations(void **state)
{
    struct group everyone = group_all(), women = parse("gender=female"),
                 darker = parse("skin=darker"),
                 both = parse("gender=female;skin=darker"), men = parse("gender=male");

    (void)state;
    assert_true(group_within(&both, &women, 3));
    assert_true(group_within(&both, &darker, 3));
    assert_true(group_within(&women, &everyone, 3));
    assert_true(group_within(&women, &women, 3));
    assert_false(group_within(&women, &both, 3));
    assert_false(group_within(&everyone, &women, 3));
    assert_false(group_within(&both, &men, 3));
    assert_false(group_equal(&women, &men, 3));
    assert_true(group_equal(&both, &both, 3));
    assert_int_equal(group_axes(&everyone, 3), 0);
    assert_int_equal(group_axes(&darker, 3), 2);
    assert_int_equal(group_axes(&both, 3), 3);
    assert_int_equal(axes_find(&axes, "skin"), 1);
    assert_int_equal(axes_find(&axes, "Skin"), -1);
    assert_int_equal(axis_find(&three[1], "lighter"), 1);
    assert_int_equal(axis_find(&three[1], ""), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_order),
        cmocka_unit_test(encoding),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(refusals),
        cmocka_unit_test(long_names),
        cmocka_unit_test(enumeration),
        cmocka_unit_test(relations),
    };
    return cmocka_run_group_tests_name("group", tests, NULL, NULL);
}
