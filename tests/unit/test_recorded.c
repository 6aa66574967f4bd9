/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <math.h>

#include "answers.h"

struct answers {
    struct roster roster;
    struct roster_index index;
    struct recorded_about about;
    struct recorded recorded;
    struct err err;
};

static void begin(struct answers *a)
{
    answers_roster(&a->roster);
    roster_index_init(&a->index, &a->roster);
    a->about = (struct recorded_about){ .roster = &a->roster, .index = &a->index,
                                        .dataset = "six", .target = "gender",
                                        .label = answers_label };
    a->err = (struct err)ERR_INIT;
    recorded_init(&a->recorded);
}

static void end(struct answers *a)
{
    recorded_release(&a->recorded);
    roster_index_release(&a->index);
    roster_release(&a->roster);
    err_release(&a->err);
}

static int parse(struct answers *a, const char *table)
{
    return recorded_parse(&a->recorded, table, strlen(table), "dir/my.csv", &a->about,
                          &a->err);
}

/* The answers of one backend, "1=female 2=-": number of the sample, label or "-". */
static void assert_answers(const struct answers *a, const char *backend, const char *want)
{
    struct text t = TEXT_INIT;
    const struct outputs *o = NULL;

    for (size_t i = 0; i < a->recorded.n; i++)
        if (!strcmp(a->recorded.backends[i].backend, backend))
            o = &a->recorded.backends[i];
    if (!o)
        fail_msg("no backend %s", backend);
    for (size_t i = 0; i < o->n; i++) {
        const struct output *out = &o->rows[i];
        text_addf(&t, "%s%zu=%s", i ? " " : "", out->row + 1,
                  out->status == STATUS_OK ? out->label : "-");
        if (!isnan(out->confidence))
            text_addf(&t, ":%g", out->confidence);
    }
    assert_string_equal(t.s, want);
    text_release(&t);
}

/* How many complaints of each kind, in the order of the kinds. */
static void assert_complaints(const struct answers *a, const char *want)
{
    struct text t = TEXT_INIT;

    for (int i = 0; i < COMPLAINTS; i++)
        if (a->recorded.complaints.counts[i])
            text_addf(&t, "%s%s %zu", t.len ? ", " : "", complaint_name((enum complaint_kind)i),
                      a->recorded.complaints.counts[i]);
    assert_string_equal(t.s, want);
    text_release(&t);
}

/* A table, the backend that it has, its answers and the complaints about it. */
static const struct {
    const char *table, *backend, *answers, *complaints;
} forms[] = {
    { "filename,prediction\n01_f.jpg,F\na/02_m.jpg,M\n03_f,NA\n4,\n/x/05_f.png,male\n6,none\n",
      "my", "1=female 2=male 3=- 4=- 5=male 6=-", "" },
    /* tabs, percent signs, a byte-order mark, CR alone; heading of the target's name */
    { "\xEF\xBB\xBFid\tgender\tconfidence\r1\tfemale\t97%\r2\tmale\t5\r3\tmale\t1\r", "my",
      "1=female:0.97 2=male:0.05 3=male:0.01", "not-predicted 3" },
    /* the scale is that of most numbers: 0 to 1, so 99 is none */
    { "id,predicted_gender,score\n1,F,.5\n2,M,.25\n3,F,99\n4,M,-1\n", "my",
      "1=female:0.5 2=male:0.25 3=female 4=male", "not-predicted 2, bad-confidence 2" },
    { "id;A;A_confidence;gender\n1;F;0,5;F\n2;M;;M\n", "A", "1=female:0.5 2=male",
      "not-predicted 4" },
    { "image_id,Classifier Acme Inc,Acme Inc Confidence\n1,TRUE,80\n2,false,90\n3,NA,\n4,?,1\n",
      "Acme Inc", "1=female:0.8 2=not male:0.9 3=- 4=-", "not-predicted 2, unknown-label 1" },
    { "image,Classifier A\n1,F\n2,F\n3,F\n", "A", "1=female 2=female 3=female",
      "not-predicted 3" },
    /* one answer twice; two answers, the first of which does not count any more */
    { "id,label\n1,F\n01_f.jpg,female\n2,M\n2,F\n2,M\n3,F\n3,\n", "my", "1=female 2=- 3=-",
      "not-predicted 3, duplicate 1, contradiction 3" },
    /* a file name is preferred to numbers that happen to be ids */
    { "n,filename,pred\n6,01_f.jpg,F\n5,02_m.jpg,M\n4,zz.jpg,M\n", "my", "1=female 2=male",
      "unknown-name 1, not-predicted 4" },
};

static void tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        struct answers a;
        begin(&a);
        if (parse(&a, forms[i].table))
            fail_msg("%zu: %s", i, err_text(&a.err));
        assert_int_equal(a.recorded.n, 1);
        assert_answers(&a, forms[i].backend, forms[i].answers);
        assert_complaints(&a, forms[i].complaints);
        end(&a);
    }
}

static void several(void **state)
{
    struct answers a;

    (void)state;
    begin(&a);
    assert_int_equal(parse(&a, "id,gender,A,B,note\n1,F,F,M,x\n2,M,M,?,F\n3,F,M,M,y\n"), 0);
    assert_int_equal(a.recorded.n, 2);
    assert_answers(&a, "A", "1=female 2=male 3=male");
    assert_answers(&a, "B", "1=male 2=- 3=male");
    assert_string_equal(a.recorded.files[0].backends, "A, B");
    assert_string_equal(a.recorded.files[0].names, "id");
    assert_int_equal(parse(&a, "id,B\n1,F\n"), ERR_INPUT);
    assert_faults(&a.err, "dir/my.csv: there are answers of 'B' already, expected those of "
                  "each backend once (a file, or a column, is called like its backend)");
    end(&a);
}

static void refused(void **state)
{
    static const struct {
        const char *table, *says;
    } cases[] = {
        { "", "" },
        { "id,label\n", "no row names a face of the data set 'six'" },
        { "id,label\nx,F\n", "no row names a face of the data set 'six'" },
        { "id,age\n1,33\n", "no column holds answers" },
        { "id,label\n1\n", "dir/my.csv:2: " },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct answers a;
        begin(&a);
        assert_true(parse(&a, cases[i].table) < 0);
        assert_fault_says(&a.err, cases[i].says);
        assert_int_equal(a.recorded.n, 0);
        end(&a);
    }
}

static void suggestion(void **state)
{
    struct answers a;

    (void)state;
    begin(&a);
    assert_int_equal(parse(&a, "file,label\n01_f.jpg,F\no2_m.jpg,M\n\xff%/x,M\n"), 0);
    assert_string_equal(a.recorded.complaints.items[0].detail, "the nearest name is 02_m.jpg");
    assert_string_equal(a.recorded.complaints.items[1].sample, "%FF%25/x");
    end(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(several),
        cmocka_unit_test(refused),
        cmocka_unit_test(suggestion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
