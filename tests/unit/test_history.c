/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <sys/wait.h>

#include "base/db.h"
#include "history_runs.h"
#include "history/store.h"

static struct history *open_at(const char *dir)
{
    char *path = path_join(dir, "h.sqlite");
    struct err err = ERR_INIT;
    struct history *h;

    assert_int_equal(history_open(&h, path, HISTORY_MAKE, &err), 0);
    assert_faults(&err, "");
    free(path);
    return h;
}

static bool record(struct history *h, const char *study, int64_t night)
{
    struct err err = ERR_INIT;
    struct history_run r;
    bool fresh;

    make_run(&r, h, study, night);
    assert_int_equal(history_record(h, &r, &fresh, &err), 0);
    assert_faults(&err, "");
    history_run_release(&r);
    return fresh;
}

static void same_run(const struct history_run *a, const struct history_run *b)
{
    struct text x = TEXT_INIT, y = TEXT_INIT;

    assert_string_equal(a->head.id, b->head.id);
    assert_string_equal(a->head.started, b->head.started);
    assert_true(a->head.at == b->head.at);
    assert_string_equal(a->head.folder, b->head.folder);
    findings_write_csv(&a->findings, &x);
    findings_write_csv(&b->findings, &y);
    assert_string_equal(x.s, y.s);
    assert_true(a->n_claims == b->n_claims && a->n_groups == b->n_groups &&
                a->n_backends == b->n_backends && a->n_stages == b->n_stages &&
                a->n_panels == b->n_panels && a->n_outcomes == b->n_outcomes &&
                a->n_margins == b->n_margins);
    for (size_t i = 0; i < a->n_outcomes; i++) {
        const struct history_outcomes *p = &a->outcomes[i], *q = &b->outcomes[i];
        assert_string_equal(p->outcomes, q->outcomes);
        assert_string_equal(a->panels[p->panel].hash, b->panels[q->panel].hash);
    }
    for (size_t i = 0; i < a->n_margins; i++) {
        text_reset(&x);
        text_reset(&y);
        pack_margins(&a->margins[i], &x);
        pack_margins(&b->margins[i], &y);
        assert_int_equal(x.len, y.len);
        assert_memory_equal(x.s, y.s, x.len);
        assert_string_equal(a->panels[a->margins[i].panel].hash,
                            b->panels[b->margins[i].panel].hash);
        assert_true(a->margins[i].thresholds[1] == b->margins[i].thresholds[1]);
    }
    text_release(&x);
    text_release(&y);
}

static void records_and_loads(void **state)
{
    char *dir = test_folder();
    struct history *h = open_at(dir);
    struct err err = ERR_INIT;
    struct history_run r, back;
    char id[HASH_HEX];

    (void)state;
    assert_true(record(h, "shades", 1));
    assert_false(record(h, "shades", 1));
    history_close(h);
    h = open_at(dir);
    make_run(&r, h, "shades", 1);
    r.head.id[6] = '\0';
    assert_int_equal(history_find(h, r.head.id, id, &err), 0);
    assert_int_equal(history_load(h, id, &back, &err), 0);
    memcpy(r.head.id, id, sizeof id);
    same_run(&r, &back);
    assert_string_equal(back.claims[0].verdict, "inconclusive");
    assert_true(isnan(back.claims[0].p_holm) && back.claims[0].p == .25);
    assert_true(isinf(back.findings.rows[0].hi));
    assert_int_equal(history_group(&back, "gender=female")->people, -1);
    assert_true(history_backend(&back, "lbp")->images_per_second == 1235.5);
    assert_null(history_backend(&back, "other"));
    assert_int_equal(history_check(h, &err), 0);
    assert_faults(&err, "");
    history_run_release(&r);
    history_run_release(&back);
    history_close(h);
    test_remove_folder(dir);
}

struct seen {
    size_t n, series;
    int64_t before;
    double last;
};

static int see(const struct history_point *p, void *arg, struct err *err)
{
    struct seen *s = arg;

    (void)err;
    s->series += p->begins;
    assert_true(p->begins || p->run->at > s->before);
    s->before = p->run->at;
    s->last = p->finding->estimate;
    s->n++;
    return 0;
}

static void follows_series(void **state)
{
    char *dir = test_folder();
    struct history *h = open_at(dir);
    struct history_head *heads;
    struct err err = ERR_INIT;
    struct seen s = { 0 };
    size_t n;

    (void)state;
    for (int64_t night = 9; night >= 0; night--) {
        record(h, "shades", night);
        record(h, "other", night);
    }
    struct history_filter f = { .study = "shades" };
    assert_int_equal(history_each(h, &f, see, &s, &err), 0);
    assert_true(s.n == 30 && s.series == 3);
    f.metric = "error";
    f.group = "gender=female";
    f.since = 1700000000 + 3 * 86400;
    f.until = 1700000000 + 5 * 86400;
    s = (struct seen){ 0 };
    assert_int_equal(history_each(h, &f, see, &s, &err), 0);
    assert_true(s.n == 3 && s.series == 1);
    assert_near(s.last, .105, 1e-15);
    assert_int_equal(history_list(h, &f, &heads, &n, &err), 0);
    assert_int_equal(n, 3);
    assert_string_equal(heads[0].started, "2023-11-17T22:13:20Z");
    assert_true(heads[2].at > heads[1].at);
    history_heads_free(heads);
    f = (struct history_filter){ .dataset_hash = "another" };
    s = (struct seen){ 0 };
    assert_int_equal(history_each(h, &f, see, &s, &err), 0);
    assert_int_equal(s.n, 0);
    history_close(h);
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_and_loads),
        cmocka_unit_test(follows_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
