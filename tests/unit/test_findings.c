/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <float.h>
#include <math.h>

#include "model/claims.h"
#include "model/findings.h"
#include "model/run.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_remove_folder(folder);
    return 0;
}

static const char header[] =
    "study,dataset,backend,metric,group,versus,point,threshold,estimate,lo,hi,confidence,"
    "method,x,n,n_lo,n_hi,n_eff,df,failed,clusters,p,p_adj,flag,note\n";

/* Reads findings of this text. */
static int read_text(struct findings *f, const char *text, struct err *err)
{
    char *path = test_file(folder, "findings.csv", text);

    findings_init(f);
    int code = findings_read_csv(f, path, err);
    free(path);
    return code;
}

static void absent(void **state)
{
    struct text t = TEXT_INIT;
    struct findings f;

    (void)state;
    findings_init(&f);
    findings_write_csv(&f, &t);
    assert_string_equal(t.s, header);
    findings_add(&f);
    text_reset(&t);
    findings_write_csv(&f, &t);
    assert_string_equal(t.s + strlen(header), ",,,,,,,,,,,,,,,,,,,,,,,ok,\n");
    findings_release(&f);
    text_release(&t);
}

/* Bit for bit; -0 alone comes back as 0 (text.h), and every NaN as one. */
static void doubles(void **state)
{
    static const double values[] = {
        0, 1, -1, .1, .2 + .1, 1.0 / 3, 2.0 / 3, 1e-300, DBL_MIN, DBL_MAX, -DBL_MAX,
        5e-324, -5e-324, DBL_MIN / 3, 1 - DBL_EPSILON / 2, 1 + DBL_EPSILON, 123456789012345,
        9007199254740993.0, 1e22, 1e23, .6989663547715128, INFINITY, -INFINITY
    };
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    struct findings f, back;

    (void)state;
    findings_init(&f);
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        struct finding *r = findings_add(&f);
        r->threshold = r->lo = r->n_eff = values[i];
        r->p_adj = nextafter(values[i], 0);
    }
    findings_add(&f)->estimate = -0.0;
    findings_write_csv(&f, &t);
    if (read_text(&back, t.s, &err))
        fail_msg("%s", err_text(&err));
    assert_int_equal(back.n, f.n);
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        const struct finding *a = &f.rows[i], *b = &back.rows[i];
        assert_memory_equal(&a->threshold, &b->threshold, sizeof(double));
        assert_memory_equal(&a->lo, &b->lo, sizeof(double));
        assert_memory_equal(&a->n_eff, &b->n_eff, sizeof(double));
        assert_true(a->p_adj == b->p_adj);
        assert_true(isnan(b->estimate) && isnan(b->hi) && isnan(b->p));
    }
    assert_true(back.rows[f.n - 1].estimate == 0);
    findings_release(&f);
    findings_release(&back);
    text_release(&t);
}

static void texts_and_integers(void **state)
{
    struct text t = TEXT_INIT, again = TEXT_INIT;
    struct err err = ERR_INIT;
    struct findings f, back;

    (void)state;
    findings_init(&f);
    for (int flag = 0; flag < FLAG_N; flag++) {
        struct finding *r = findings_add(&f);
        r->study = "#study";
        r->backend = " a,\"b\"\r\nc ";
        r->group = "gender=female;skin=darker";
        r->note = "é %s \\ %3B";
        r->x = flag ? 0 : INT64_MAX;
        r->n = (int64_t)1 << 53;
        r->clusters = -1;
        r->flag = (enum finding_flag)flag;
    }
    findings_write_csv(&f, &t);
    if (read_text(&back, t.s, &err))
        fail_msg("%s", err_text(&err));
    findings_write_csv(&back, &again);
    assert_string_equal(again.s, t.s);
    assert_string_equal(back.rows[0].backend, " a,\"b\"\r\nc ");
    assert_string_equal(back.rows[0].note, "é %s \\ %3B");
    assert_true(back.rows[0].x == INT64_MAX);
    assert_int_equal(back.rows[1].x, 0);
    assert_int_equal(back.rows[0].clusters, -1);
    for (int flag = 0; flag < FLAG_N; flag++)
        assert_int_equal(back.rows[flag].flag, flag);
    findings_release(&f);
    findings_release(&back);
    text_release(&t);
    text_release(&again);
}

/* The faults of a table, without the path. */
static void assert_refused(const char *text, const char *faults)
{
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    struct findings f;
    size_t n = strlen(folder) + strlen("/findings.csv");

    assert_int_equal(read_text(&f, text, &err), ERR_INPUT);
    for (const char *line = err_text(&err), *end; *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        text_addf(&t, "%s%.*s", t.len ? "\n" : "", (int)(end - line - (long)n), line + n);
    }
    assert_string_equal(t.s, faults);
    err_release(&err);
    text_release(&t);
    findings_release(&f);
}

static void refusals(void **state)
{
    char *text;

    (void)state;
    assert_refused("study,dataset,group\n",
                   ":1: column 3 is 'group', expected 'backend'");
    assert_refused("study,dataset\n", ":1: column 3 is '', expected 'backend'");
    text = mem_printf("%.*s,more\n", (int)strlen(header) - 1, header);
    assert_refused(text, ":1: column 26 is 'more', expected no more than 25 columns");
    free(text);
    text = mem_printf("%s,,,,,,,,,,,,,,,,,,,,,,,good,\n,,,,,,,,nan,,,,,,,,,,,,,,,ok,\n"
                      ",,,,,,,,,,,,,-2,1.5,,,,,,,,,ok,\n,,,,,,,,1e999,,,,,,,,,,,,,,,ok,\n",
                      header);
    assert_refused(text, ":2: flag is 'good', expected one of ok, too-few, zero, suppressed, "
                   "derived\n"
                   ":3: estimate is 'nan', expected a number\n"
                   ":4: x is '-2', expected a whole number, 0 or more\n"
                   ":4: n is '1.5', expected a whole number, 0 or more\n"
                   ":5: estimate is '1e999', expected a number");
    free(text);
}

static void finding(void **state)
{
    struct findings f;

    (void)state;
    findings_init(&f);
    for (int i = 0; i < 40; i++) { /* rows move as it grows: nothing is lost */
        struct finding *r = findings_add(&f);
        r->backend = i % 2 ? "B" : "A";
        r->metric = "error";
        r->point = i < 20 ? "" : "native=80";
        r->group = findings_keep(&f, i % 4 < 2 ? "all" : "gender=male");
    }
    assert_int_equal(findings_find(&f, NULL, NULL, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(findings_find(&f, "B", "error", "gender=male", "", "", NULL), 3);
    assert_int_equal(findings_find(&f, "B", NULL, NULL, NULL, "native=80", NULL), 21);
    assert_int_equal(findings_find(&f, "B", "error.ratio", NULL, NULL, NULL, NULL), -1);
    assert_int_equal(findings_find(&f, "C", NULL, NULL, NULL, NULL, NULL), -1);
    findings_release(&f);
}

/* Claims of a study with three of them. */
static struct claim_spec specs[] = {
    { .id = "one", .type = CLAIM_WORST },
    { .id = "two", .type = CLAIM_PRINTED },
    { .id = "three", .type = CLAIM_RATIO, .margin = 1.5 },
};
static const struct study study = {
    .evidence = EVIDENCE_PUBLISHED, .claims = specs, .n_claims = ARRAY_SIZE(specs)
};

static void fill_claims(struct claims *c)
{
    static size_t rows[] = { 1, 7, 12345678 };
    static struct claim_part parts[] = {
        { "Face++", VERDICT_YES, 1.0 / 3, rows, 3 },
        { " \"q\"\n\xc2\x85\x7f", VERDICT_NOT_TESTABLE, NAN, NULL, 0 },
    };

    claims_init(c, &study);
    c->claims[0].verdict = VERDICT_NO;
    c->claims[0].p = 1e-12;
    c->claims[0].p_holm = 1;
    c->claims[0].undone = true;
    c->claims[0].parts = parts;
    c->claims[0].n_parts = 2;
    c->claims[0].sensitivity = "with the counts 'a-b': inconclusive";
    c->claims[1].verdict = VERDICT_NOT_REPRODUCED;
    c->claims[1].hits = 26;
    c->claims[1].figures = 27;
}

static void claims_json(void **state)
{
    struct text t = TEXT_INIT, again = TEXT_INIT;
    struct err err = ERR_INIT;
    struct claims c, back;

    (void)state;
    fill_claims(&c);
    claims_write_json(&c, &t);
    char *path = test_file(folder, "claims.json", t.s);
    claims_init(&back, &study);
    if (claims_read_json(&back, path, &err))
        fail_msg("%s", err_text(&err));
    claims_write_json(&back, &again);
    assert_string_equal(again.s, t.s);
    assert_int_equal(back.claims[0].verdict, VERDICT_NO);
    assert_true(back.claims[0].p == 1e-12);
    assert_true(back.claims[0].undone);
    assert_true(back.claims[0].parts[0].p == 1.0 / 3);
    assert_true(isnan(back.claims[0].parts[1].p));
    assert_string_equal(back.claims[0].parts[1].backend, " \"q\"\n\xc2\x85\x7f");
    assert_int_equal(back.claims[0].parts[0].rows[2], 12345678);
    assert_int_equal(back.claims[1].hits, 26);
    assert_true(isnan(back.claims[2].p_holm));
    assert_string_equal(back.claims[2].sensitivity, "");

    text_reset(&t);
    text_reset(&again);
    claims_write_csv(&c, &t);
    claims_write_csv(&back, &again);
    assert_string_equal(again.s, t.s);
    assert_string_equal(t.s, "claim,type,margin,rows,verdict,p,p_holm\n"
                        "one,worst,0,1 7 12345678,not supported,1e-12,1\n"
                        "two,printed,,,not reproduced,,\n"
                        "three,ratio,1.5,,inconclusive,,\n");
    claims_release(&c);
    claims_release(&back);
    text_release(&t);
    text_release(&again);
    free(path);
}

static void assert_claims_refused(const char *text, const char *part)
{
    struct err err = ERR_INIT;
    struct claims c;
    char *path = test_file(folder, "claims.json", text);

    claims_init(&c, &study);
    assert_int_equal(claims_read_json(&c, path, &err), ERR_INPUT);
    assert_fault_says(&err, part);
    claims_release(&c);
    free(path);
}

static void claims_refused(void **state)
{
    struct text t = TEXT_INIT;
    struct claims c;

    (void)state;
    assert_claims_refused("[]", "mapping");
    assert_claims_refused("{\"claims\": []}", "0 claims, expected the 3 of the study");
    assert_claims_refused("{\"claims\": [1, 2, 3]}",
                          "claims[1]: not a mapping, expected a claim");
    fill_claims(&c);
    claims_write_json(&c, &t);
    struct { const char *was, *is, *says; } faults[] = {
        { "\"two\"", "\"too\"", "'too', expected 'two' as in the study" },
        { "\"not supported\"", "\"contradicts\"", "'contradicts' is not a verdict, expected "
          "one such as 'supported'" },
        { "12345678", "0", "'0' is not a row number, expected 1 or more" },
        { "\"p_holm\": 1", "\"p_holm\": 1.5", "p_holm" },
        { "\"hits\": 26", "\"hits\": -1", "hits" },
    };
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
        const char *at = strstr(t.s, faults[i].was);
        char *text = mem_printf("%.*s%s%s", (int)(at - t.s), t.s, faults[i].is,
                                at + strlen(faults[i].was));
        assert_claims_refused(text, faults[i].says);
        free(text);
    }
    claims_release(&c);
    text_release(&t);
}

static void words(void **state)
{
    (void)state;
    assert_string_equal(verdict_word(VERDICT_YES, EVIDENCE_PUBLISHED), "supported");
    assert_string_equal(verdict_word(VERDICT_YES, EVIDENCE_REPLICATION), "replicates");
    assert_string_equal(verdict_word(VERDICT_YES, EVIDENCE_NEW), "found here too");
    assert_string_equal(verdict_word(VERDICT_NO, EVIDENCE_PUBLISHED), "not supported");
    assert_string_equal(verdict_word(VERDICT_NO, EVIDENCE_REPLICATION), "contradicts");
    assert_string_equal(verdict_word(VERDICT_NO, EVIDENCE_NEW), "not found here");
    for (int e = EVIDENCE_PUBLISHED; e <= EVIDENCE_NEW; e++)
        for (int v = 0; v < VERDICT_N; v++) /* or reading back would confuse two */
            for (int w = 0; w < v; w++)
                assert_string_not_equal(
                    verdict_word((enum verdict)v, (enum study_evidence)e),
                    verdict_word((enum verdict)w, (enum study_evidence)e));
}

static void fill_run(struct run *r)
{
    run_init(r);
    r->version = "0.1.0";
    r->study = "gender-shades";
    r->command = "misid run 'it'\\''s.yaml' --set \"a=b\"";
    r->started = "2018-02-04T12:00:00Z";
    r->compiler = "\x7f\xc2\x9b é \xe2\x80\xa8";
    run_add_input(r, "bench/gender-shades.yaml", "00ff");
    for (int i = 0; i < 20; i++)
        run_add_output(r, "charts/é.svg", "");
}

static void run_json(void **state)
{
    struct text t = TEXT_INIT, again = TEXT_INIT;
    struct err err = ERR_INIT;
    struct run r, back;

    (void)state;
    fill_run(&r);
    run_to_json(&r, &t);
    char *path = test_file(folder, "run.json", t.s);
    run_init(&back);
    if (run_read(&back, path, &err))
        fail_msg("%s", err_text(&err));
    run_to_json(&back, &again);
    assert_string_equal(again.s, t.s);
    assert_string_equal(back.compiler, r.compiler);
    assert_string_equal(back.command, r.command);
    assert_string_equal(back.gsl, "");
    assert_int_equal(back.n_outputs, 20);
    run_release(&r);
    run_release(&back);
    text_release(&t);
    text_release(&again);
    free(path);
}

static void assert_run_refused(const char *text, const char *part)
{
    struct err err = ERR_INIT;
    struct run r;
    char *path = test_file(folder, "run.json", text);

    run_init(&r);
    assert_int_equal(run_read(&r, path, &err), ERR_INPUT);
    assert_int_equal(err.count, 1);
    assert_fault_says(&err, part);
    run_release(&r);
    free(path);
}

static void run_refused(void **state)
{
    struct text t = TEXT_INIT;
    struct run r;

    (void)state;
    assert_run_refused("[]", "run.json:1: not a mapping, expected the record of a run");
    /* what a later misid wrote: one line, though no key is known */
    assert_run_refused("{\"format\": 2, \"what\": {}, \"is\": []}",
                       "run.json: the run folder has format 2, expected 1 (was it made by "
                       "another version of misid?)");
    fill_run(&r);
    run_to_json(&r, &t);
    char *text = mem_printf("%.*s}", (int)(strstr(t.s, ",\n  \"outputs\"") - t.s), t.s);
    assert_run_refused(text, "outputs");
    free(text);
    text = mem_printf("{\"format\": \"one\"%s", strchr(t.s, ','));
    assert_run_refused(text, "run.json:1: format:");
    free(text);
    run_release(&r);
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent),
        cmocka_unit_test(doubles),
        cmocka_unit_test(texts_and_integers),
        cmocka_unit_test(refusals),
        cmocka_unit_test(finding),
        cmocka_unit_test(claims_json),
        cmocka_unit_test(claims_refused),
        cmocka_unit_test(words),
        cmocka_unit_test(run_json),
        cmocka_unit_test(run_refused),
    };
    return cmocka_run_group_tests_name("findings", tests, make_folder, remove_folder);
}
