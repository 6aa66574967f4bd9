/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <math.h>

#include "answers.h"

static const char header[] = "sample,face,status,reason,label,confidence,box_x,box_y,box_w,"
                             "box_h,latency_ms,attr.source\n";

/* What is written comes back the same, percent signs and blanks of names too. */
static void round_trip(void **state)
{
    char *folder = test_folder();
    struct text t = TEXT_INIT, again = TEXT_INIT;
    struct err err = ERR_INIT;
    struct outputs o, back;
    struct roster r;
    bool fresh;

    (void)state;
    answers_roster(&r);
    roster_add(&r, "50% of\nit.jpg", &fresh);
    outputs_init(&o, "IBM");
    struct output *out = outputs_add(&o, 1);
    out->label = outputs_keep(&o, "male");
    out->confidence = .1;
    out->source = outputs_keep(&o, "my %.csv:2");
    out = outputs_add(&o, 6);
    out->status = STATUS_NO_FACE;
    out->reason = outputs_keep(&o, "why, \"so\"");
    outputs_to_csv(&o, &r, &t);
    assert_string_equal(strchr(t.s, '\n') + 1,
                        "a/02_m.jpg,0,ok,,male,0.1,,,,,,my %25.csv:2\n"
                        "50%25 of%0Ait.jpg,0,no-face,\"why, \"\"so\"\"\",,,,,,,,\n");
    char *path = test_file(folder, "outputs.csv", t.s);
    outputs_init(&back, "IBM");
    assert_int_equal(outputs_read(&back, &r, path, &err), 0);
    assert_int_equal(back.n, 2);
    assert_int_equal(back.rows[1].row, 6);
    assert_int_equal(back.rows[1].status, STATUS_NO_FACE);
    assert_true(back.rows[0].confidence == .1 && isnan(back.rows[1].confidence));
    assert_string_equal(back.rows[0].source, "my %.csv:2");
    outputs_to_csv(&back, &r, &again);
    assert_string_equal(again.s, t.s);
    free(path);
    test_remove_folder(folder);
    outputs_release(&o);
    outputs_release(&back);
    roster_release(&r);
    text_release(&t);
    text_release(&again);
}

static void faults(void **state)
{
    static const struct {
        const char *row, *says;
    } cases[] = {
        { "nobody,0,ok,,male,,,,,,,\n", ":2: sample 'nobody' is not in roster.csv" },
        { "a/02_m.jpg,-1,ok,,male,,,,,,,\n", ":2: face is '-1', expected a whole number" },
        { "a/02_m.jpg,0,fine,,male,,,,,,,\n", ":2: status is 'fine', expected ok" },
        { "a/02_m.jpg,0,ok,,male,1.5,,,,,,\n", ":2: confidence is '1.5', expected nothing" },
        { "a/02_m.jpg,0,ok,,male,nan,,,,,,\n", ":2: confidence is 'nan'" },
        { "a/02_m.jpg,0,ok\n", ":2: " },
        { NULL, ":1: not the columns of outputs.csv" },
    };
    char *folder = test_folder();
    struct err err = ERR_INIT;
    struct roster r;

    (void)state;
    answers_roster(&r);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct outputs o;
        char *text = mem_printf("%s%s", cases[i].row ? header : "a,b\n",
                                cases[i].row ? cases[i].row : "1,2\n");
        char *path = test_file(folder, "outputs.csv", text);
        outputs_init(&o, "x");
        assert_true(outputs_read(&o, &r, path, &err) < 0);
        assert_fault_says(&err, cases[i].says);
        outputs_release(&o);
        free(path);
        free(text);
    }
    test_remove_folder(folder);
    roster_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
