/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <math.h>

#include "base/dict.h"
#include "model/roster.h"
#include "model/trials.h"

static void numbers_strings_in_order(void **state)
{
    struct dict d = DICT_INIT;
    char name[16];
    bool fresh;

    (void)state;
    assert_int_equal(dict_find(&d, "x"), DICT_NONE);
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "s%u", i);
        assert_int_equal(dict_add(&d, name, &fresh), i);
        assert_true(fresh);
    }
    assert_int_equal(dict_add(&d, "s4321", &fresh), 4321);
    assert_false(fresh);
    assert_int_equal(dict_add(&d, "", NULL), 5000);
    dict_shrink(&d);
    assert_string_equal(dict_at(&d, 77), "s77");
    assert_int_equal(dict_find(&d, "s5000"), DICT_NONE);
    assert_int_equal(dict_find(&d, ""), 5000);
    dict_release(&d);
}

/* Codes of 1, 2 and 4 bytes as the dictionary grows; what was set stays. */
static void widens_codes_as_needed(void **state)
{
    struct column c = { 0 };
    char value[16];

    (void)state;
    assert_string_equal(column_value(&c, 12), "");
    for (uint32_t i = 0; i < 70000; i++) {
        snprintf(value, sizeof value, "v%u", i);
        column_set(&c, i, value);
        if (i == 200)
            assert_int_equal(c.width, 1);
        if (i == 300)
            assert_int_equal(c.width, 2);
    }
    assert_int_equal(c.width, 4);
    assert_string_equal(column_value(&c, 0), "v0");
    assert_string_equal(column_value(&c, 254), "v254");
    assert_string_equal(column_value(&c, 65600), "v65600");
    assert_string_equal(column_value(&c, 70001), "");
    column_release(&c);
}

/* Three samples with everything that is hard to write. */
static void fill(struct roster *r)
{
    bool fresh;

    roster_init(r);
    size_t gender = roster_add_attribute(r, "gender", PROVENANCE_SELF_REPORTED, "asked");
    size_t note = roster_add_attribute(r, "note", PROVENANCE_PREDICTED, "");
    r->attributes[gender].fixed = true;
    r->attributes[note].id = true;
    assert_int_equal(roster_add(r, "a/caf\xE9%.jpg", &fresh), 0);
    assert_int_equal(roster_add(r, "b,\"\n.jpg", &fresh), 1);
    assert_int_equal(roster_add(r, "plain", &fresh), 2);
    assert_true(fresh);
    assert_int_equal(roster_add(r, "plain", &fresh), 2);
    assert_false(fresh);
    roster_set_path(r, 0, "a/caf\xE9%.jpg");
    roster_set_path(r, 1, "b,\"\n.jpg");
    roster_set_path(r, 2, "deep/er/plain.png");
    roster_set_subject(r, 0, "p;1");
    roster_set_subject(r, 1, "p;1");
    roster_set_status(r, 1, STATUS_CORRUPT, "bad, very \"bad\"");
    roster_set_source(r, 0, "t:1.csv", 12);
    roster_set_source(r, 2, "list", 0);
    roster_set(r, 0, gender, "female");
    roster_set(r, 2, gender, "m\xC3\xA4nnlich; oder = %");
    roster_set(r, 2, note, "key-9");
    roster_set_text(r, 2, ROSTER_BOX, "1 2 3 4.5");
}

static void assert_same(const struct roster *a, const struct roster *b)
{
    struct text p = TEXT_INIT, q = TEXT_INIT;

    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_attributes, b->n_attributes);
    for (size_t i = 0; i < a->n; i++) {
        text_reset(&p);
        text_reset(&q);
        roster_add_path(a, i, &p);
        roster_add_path(b, i, &q);
        assert_string_equal(p.s, q.s);
        assert_string_equal(roster_sample(a, i), roster_sample(b, i));
        assert_string_equal(roster_subject(a, i), roster_subject(b, i));
        assert_int_equal(roster_status(a, i), roster_status(b, i));
        assert_string_equal(roster_reason(a, i), roster_reason(b, i));
        assert_string_equal(roster_file(a, i), roster_file(b, i));
        assert_int_equal(roster_line(a, i), roster_line(b, i));
        assert_string_equal(roster_text(a, i, ROSTER_BOX), roster_text(b, i, ROSTER_BOX));
        for (size_t k = 0; k < a->n_attributes; k++)
            assert_string_equal(roster_value(a, i, k), roster_value(b, i, k));
    }
    for (size_t k = 0; k < a->n_attributes; k++) {
        assert_string_equal(a->attributes[k].about, b->attributes[k].about);
        assert_int_equal(a->attributes[k].provenance, b->attributes[k].provenance);
        assert_int_equal(a->attributes[k].fixed, b->attributes[k].fixed);
        assert_int_equal(a->attributes[k].id, b->attributes[k].id);
    }
    text_release(&p);
    text_release(&q);
}

static void reads_back_what_it_writes(void **state)
{
    char *dir = test_folder(), *path = path_join(dir, "roster.csv");
    char *attributes = path_join(dir, "attributes.csv");
    struct roster r, back;
    struct err err = ERR_INIT;

    (void)state;
    fill(&r);
    assert_int_equal(roster_write(&r, path, &err), 0);
    assert_int_equal(roster_write_attributes(&r, attributes, &err), 0);
    if (roster_read(&back, path, attributes, &err))
        fail_msg("%s", err_text(&err));
    assert_same(&r, &back);
    roster_release(&r);
    roster_release(&back);
    free(path);
    free(attributes);
    test_remove_folder(dir);
}

static void refuses_what_is_no_roster(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "sample,subject,path,status\na,,a,ok\n", ":1: no column 'reason'" },
        { "sample,subject,path,status,reason\na,,a,okay,\n", ":2: status is 'okay'" },
        { "sample,subject,path,status,reason\na,,a,ok,\na,,b,ok,\n",
          ":3: sample 'a' was there before" },
        { "sample,subject,path,status,reason\n,,a,ok,\n", ":2: sample '' is empty" },
        { "sample,subject,path,status,reason\na%0,,a,ok,\n", ":2: sample 'a%0' has a '%'" },
        { "sample,subject,path,status,reason\na%00,,a,ok,\n", "has a '%'" },
    };
    char *dir = test_folder();

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *path = test_file(dir, "r.csv", cases[i].text);
        struct roster r;
        struct err err = ERR_INIT;
        assert_int_equal(roster_read(&r, path, NULL, &err), ERR_INPUT);
        assert_fault_says(&err, cases[i].says);
        free(path);
    }
    test_remove_folder(dir);
}

static void finds_samples_by_any_name(void **state)
{
    struct roster r;
    struct roster_index index;
    bool fresh;

    (void)state;
    fill(&r);
    roster_set_path(&r, (size_t)roster_add(&r, "x/plain.jpg", &fresh), "x/plain.jpg");
    roster_index_init(&index, &r);
    assert_int_equal(roster_index_find(&index, "plain.png"), 2);
    assert_int_equal(roster_index_find(&index, "deep/er/plain.png"), 2);
    assert_int_equal(roster_index_find(&index, "key-9"), 2);
    assert_int_equal(roster_index_find(&index, "plain.jpg"), 3);
    assert_int_equal(roster_index_find(&index, "plain"), -2); /* a name and a stem */
    assert_int_equal(roster_index_find(&index, "nobody"), -1);
    assert_int_equal(roster_find(&r, "plain"), 2);
    roster_index_release(&index);
    roster_release(&r);
}

/* Where a set names no people each sample is its own. */
static void has_people_only_if_named(void **state)
{
    struct roster r;
    bool fresh;

    (void)state;
    roster_init(&r);
    roster_add(&r, "a", &fresh);
    roster_add(&r, "b", &fresh);
    assert_string_equal(roster_subject(&r, 1), "b");
    roster_set_subject(&r, 0, "p");
    assert_string_equal(roster_subject(&r, 0), "p");
    assert_string_equal(roster_subject(&r, 1), "");
    roster_release(&r);
}

static void keeps_trials_and_their_scores(void **state)
{
    char *dir = test_folder(), *path = path_join(dir, "trials.csv");
    struct roster r;
    struct trials t, back;
    struct err err = ERR_INIT;

    (void)state;
    fill(&r);
    trials_init(&t);
    size_t one = trials_add_matcher(&t, "vgg, 16");
    for (size_t i = 0; i < 100; i++) {
        size_t at = trials_add(&t, i % 3, (i + 1) % 3, i % 2, i < 50 ? "1" : "", "p.txt", i);
        if (i != 7)
            t.scores[one][at] = .1 * (double)i;
    }
    assert_int_equal(trials_write(&t, &r, path, &err), 0);
    if (trials_read(&back, &r, path, &err))
        fail_msg("%s", err_text(&err));
    assert_int_equal(back.n, 100);
    assert_string_equal(back.matchers[0], "vgg, 16");
    assert_true(isnan(back.scores[0][7]));
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(back.probe[i], t.probe[i]);
        assert_int_equal(back.reference[i], t.reference[i]);
        assert_int_equal(back.mated[i], t.mated[i]);
        assert_int_equal(back.line[i], t.line[i]);
        assert_string_equal(column_value(&back.fold, i), column_value(&t.fold, i));
        assert_true(i == 7 || back.scores[0][i] == t.scores[0][i]);
    }
    trials_release(&back);
    assert_int_equal(file_write(path, "probe,reference,mated,fold,source\nplain,no,yes,,\n",
                                48, NULL), 0);
    assert_int_equal(trials_read(&back, &r, path, &err), ERR_INPUT);
    assert_fault_says(&err, ":2: reference 'no' is not in the roster");
    trials_release(&t);
    roster_release(&r);
    free(path);
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_strings_in_order),
        cmocka_unit_test(widens_codes_as_needed),
        cmocka_unit_test(reads_back_what_it_writes),
        cmocka_unit_test(refuses_what_is_no_roster),
        cmocka_unit_test(finds_samples_by_any_name),
        cmocka_unit_test(has_people_only_if_named),
        cmocka_unit_test(keeps_trials_and_their_scores),
    };

    return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
