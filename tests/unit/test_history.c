/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <signal.h>
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

static size_t count_runs(struct history *h)
{
    struct history_head *heads;
    size_t n;

    assert_int_equal(history_list(h, &(struct history_filter){ 0 }, &heads, &n, NULL), 0);
    history_heads_free(heads);
    return n;
}

/* A history of the first version, with a run in it, as that version wrote it. */
static void brings_older_to_date(void **state)
{
    char *dir = test_folder(), *path = path_join(dir, "h.sqlite");
    const struct db_plan old = { history_plan.application, history_plan.migrations, 1 };
    struct err err = ERR_INIT;
    struct history_run r;
    struct history *h;
    struct db *db;
    char id[HASH_HEX];

    (void)state;
    assert_int_equal(db_open(&db, path, &old, NULL, &err), 0);
    assert_int_equal(db_run(db, "INSERT INTO run VALUES (1, 'abcd', 'shades', 'classify', "
                            "'faces', 'd1', '0.1', '', '2018-02-04T12:00:00Z', 1517745600, "
                            "'', '', ''); INSERT INTO series VALUES (1, 'shades', 'faces', "
                            "'lbp', 'error', 'all', '', '', 'wilson'); INSERT INTO note "
                            "VALUES (1, ''); INSERT INTO finding VALUES (1, 1517745600, 1, 1, "
                            "NULL, 0.25, 0.1, 0.5, 0.95, 1, 4, 4, 4, NULL, NULL, -1, -1, "
                            "NULL, NULL, 0, 1)", &err), 0);
    assert_null(db_prepare(db, "SELECT * FROM panel", NULL));
    db_close(db);

    h = open_at(dir);
    assert_int_equal(history_find(h, "abcd", id, &err), 0);
    assert_int_equal(history_load(h, id, &r, &err), 0);
    assert_int_equal(r.findings.n, 1);
    assert_true(r.findings.rows[0].estimate == .25 && isnan(r.findings.rows[0].p));
    assert_int_equal(r.n_margins, 0);
    history_run_release(&r);
    assert_true(record(h, "shades", 1));
    assert_int_equal(count_runs(h), 2);
    assert_int_equal(history_check(h, &err), 0);
    assert_faults(&err, "");
    history_close(h);
    free(path);
    test_remove_folder(dir);
}

static void refuses_others(void **state)
{
    char *dir = test_folder(), *path = test_file(dir, "h.sqlite", "no database at all, but "
                                                 "long enough to be taken for one, perhaps");
    const char *const migrations[] = { "CREATE TABLE t (a)", "", "", "" };
    const struct db_plan others = { 7, migrations, 1 };
    const struct db_plan later = { history_plan.application, migrations, 4 };
    struct err err = ERR_INIT;
    struct history *h;
    struct db *db;

    (void)state;
    assert_int_equal(history_open(&h, path, HISTORY_MAKE, &err), ERR_INPUT);
    assert_fault_says(&err, "not a database");
    unlink(path);
    assert_int_equal(history_open(&h, path, HISTORY_READ, &err), ERR_INPUT);
    assert_fault_says(&err, "there is no history, expected one that `misid record` made");
    assert_int_equal(db_open(&db, path, &others, NULL, &err), 0);
    db_close(db);
    assert_int_equal(history_open(&h, path, HISTORY_MAKE, &err), ERR_INPUT);
    assert_fault_says(&err, "is a database of another program");
    unlink(path);
    assert_int_equal(db_open(&db, path, &later, NULL, &err), 0);
    db_close(db);
    assert_int_equal(history_open(&h, path, HISTORY_READ, &err), ERR_INPUT);
    assert_fault_says(&err, "a later misid made it");
    free(path);
    test_remove_folder(dir);
}

static void finds_by_prefix(void **state)
{
    char *dir = test_folder();
    struct history *h = open_at(dir);
    struct err err = ERR_INIT;
    struct history_run r;
    char id[HASH_HEX];
    bool fresh;

    (void)state;
    make_run(&r, h, "shades", 1);
    memcpy(r.head.id, "aaaa1", 6);
    assert_int_equal(history_record(h, &r, &fresh, &err), 0);
    memcpy(r.head.id, "aaaa2", 6);
    assert_int_equal(history_record(h, &r, &fresh, &err), 0);
    history_run_release(&r);
    assert_int_equal(history_find(h, "aaaa2", id, &err), 0);
    assert_int_equal(history_find(h, "aaaa", id, &err), ERR_INPUT);
    assert_fault_says(&err, "several runs of an id that begins with aaaa");
    assert_int_equal(history_find(h, "bbbb", id, &err), ERR_INPUT);
    assert_fault_says(&err, "no run of an id that begins with bbbb");
    assert_int_equal(history_find(h, "aaa", id, &err), ERR_INPUT);
    assert_fault_says(&err, "expected 4 to 64 hexadecimal digits");
    assert_int_equal(history_find(h, "x' OR 1", id, &err), ERR_INPUT);
    err_release(&err);
    history_close(h);
    test_remove_folder(dir);
}

static void names_baselines(void **state)
{
    char *dir = test_folder();
    struct history *h = open_at(dir);
    struct err err = ERR_INIT;
    struct history_baseline *list;
    struct history_run one, two;
    char id[HASH_HEX];
    size_t n;
    bool gone;

    (void)state;
    record(h, "shades", 1);
    record(h, "shades", 2);
    record(h, "other", 1);
    make_run(&one, h, "shades", 1);
    make_run(&two, h, "other", 1);
    assert_int_equal(history_baseline_set(h, "v1", one.head.id, &err), 0);
    assert_int_equal(history_baseline_set(h, "v1", two.head.id, &err), 0);
    assert_int_equal(history_baseline_find(h, "shades", "v1", id, &err), 0);
    assert_string_equal(id, one.head.id);
    assert_int_equal(history_baseline_find(h, "other", "v1", id, &err), 0);
    assert_string_equal(id, two.head.id);
    assert_int_equal(history_baseline_find(h, "shades", "v2", id, &err), ERR_INPUT);
    assert_fault_says(&err, "the study shades has no baseline 'v2', expected v1");
    assert_int_equal(history_baseline_set(h, "v1", "nothing", &err), ERR_INPUT);
    assert_fault_says(&err, "there is no run nothing");
    assert_int_equal(history_baselines(h, &list, &n, &err), 0);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].study, "other");
    history_baselines_free(list);
    assert_int_equal(history_baseline_unset(h, "other", "v1", &gone, &err), 0);
    assert_true(gone);
    assert_int_equal(history_baseline_unset(h, "other", "v1", &gone, &err), 0);
    assert_false(gone);
    history_run_release(&one);
    history_run_release(&two);
    assert_faults(&err, "");
    history_close(h);
    test_remove_folder(dir);
}

/* The nights from `first` on, and one that all record; ends the process if that is its
 * last work, or if it failed. */
static void write_nights(const char *path, int64_t first, int64_t n, bool last)
{
    struct history *h;
    struct history_run r;
    struct err err = ERR_INIT;
    int code = history_open(&h, path, HISTORY_MAKE, &err);
    bool fresh;

    for (int64_t i = 0; i < n && !code; i++) {
        make_run(&r, h, "shades", i ? first + i : 0);
        code = history_record(h, &r, &fresh, &err);
        history_run_release(&r);
    }
    history_close(code ? NULL : h);
    if (code)
        fprintf(stderr, "# %s\n", err_text(&err));
    if (code || last)
        _exit(code ? 1 : 0);
}

static void many_write_at_once(void **state)
{
    enum { WRITERS = 8, NIGHTS = 6 };
    char *dir = test_folder(), *path = path_join(dir, "h.sqlite");
    struct err err = ERR_INIT;
    pid_t ids[WRITERS];
    int status;

    (void)state;
    for (int i = 0; i < WRITERS; i++) { /* none of them finds a file */
        ids[i] = fork();
        assert_true(ids[i] >= 0);
        if (!ids[i])
            write_nights(path, 100 * (i + 1), NIGHTS, true);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(waitpid(ids[i], &status, 0), ids[i]);
        assert_int_equal(status, 0);
    }
    struct history *h = open_at(dir);
    assert_int_equal(count_runs(h), WRITERS * (NIGHTS - 1) + 1);
    assert_int_equal(history_check(h, &err), 0);
    assert_faults(&err, "");
    history_close(h);
    free(path);
    test_remove_folder(dir);
}

/* A new file turns to a WAL while others open it. */
static void many_open_at_once(void **state)
{
    enum { ROUNDS = 20, OPENERS = 12, TIMES = 4 };
    char *dir = test_folder(), *path = path_join(dir, "h.sqlite");
    pid_t ids[OPENERS];
    int status;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < OPENERS; i++) {
            ids[i] = fork();
            assert_true(ids[i] >= 0);
            for (int k = 0; !ids[i] && k < TIMES; k++)
                write_nights(path, 0, 0, k + 1 == TIMES);
        }
        for (int i = 0; i < OPENERS; i++) {
            assert_int_equal(waitpid(ids[i], &status, 0), ids[i]);
            assert_int_equal(status, 0);
        }
        assert_int_equal(unlink(path), 0);
    }
    free(path);
    test_remove_folder(dir);
}

/* Every run that is there is there entirely. */
static void all_whole(struct history *h)
{
    struct history_head *heads;
    struct err err = ERR_INIT;
    size_t n;

    assert_int_equal(history_check(h, &err), 0);
    assert_int_equal(history_list(h, &(struct history_filter){ 0 }, &heads, &n, &err), 0);
    for (size_t i = 0; i < n; i++) {
        struct history_run back, made;
        assert_int_equal(history_load(h, heads[i].id, &back, &err), 0);
        make_run(&made, h, "shades", (heads[i].at - 1700000000) / 86400);
        same_run(&made, &back);
        history_run_release(&back);
        history_run_release(&made);
    }
    assert_faults(&err, "");
    history_heads_free(heads);
}

static void survives_kills(void **state)
{
    char *dir = test_folder(), *path = path_join(dir, "h.sqlite");
    const char *wanted = getenv("KILLS");
    int kills = wanted ? atoi(wanted) : 25, killed = 0, status;
    size_t before = 0;
    useconds_t wait = 0; /* more, until the machine records something meanwhile */

    (void)state;
    for (int i = 0; i < kills; i++) {
        pid_t id = fork();
        assert_true(id >= 0);
        if (!id)
            write_nights(path, 100000 * (i + 1), 100000, true);
        usleep(wait + (useconds_t)(1000 + 1777 * (i % 13)));
        kill(id, SIGKILL);
        assert_int_equal(waitpid(id, &status, 0), id);
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        struct history *h = open_at(dir);
        size_t n = count_runs(h);
        assert_true(n >= before); /* what was recorded stays */
        before = n;
        if (!n && wait < 1000000) {
            wait = 2 * wait + 10000;
            kills++;
        }
        all_whole(h);
        history_close(h);
    }
    assert_int_equal(killed, kills);
    assert_true(before > 0);
    free(path);
    test_remove_folder(dir);
}

static void remove_tree(char *path)
{
    char *command = mem_printf("rm -rf '%s'", path);

    assert_int_equal(system(command), 0);
    free(command);
    free(path);
}

/* A run with the id of its content. */
static void record_true(struct history *h, int64_t night, struct history_run *r)
{
    bool fresh;

    make_run(r, h, "shades", night);
    history_run_identify(r);
    assert_int_equal(history_record(h, r, &fresh, NULL), 0);
}

static void exchanges(void **state)
{
    char *dir = test_folder(), *other = test_folder(), *out, *again;
    struct history *h = open_at(dir), *g = open_at(other);
    struct history_exchanged done;
    struct err err = ERR_INIT;
    struct history_run r, back;

    (void)state;
    record_true(h, 1, &r);
    history_run_release(&r);
    record_true(h, 2, &r);
    assert_int_equal(history_baseline_set(h, "v1", r.head.id, &err), 0);
    out = path_join(dir, "out");
    again = path_join(dir, "again");
    assert_int_equal(history_export(h, out, true, &done, &err), 0);
    assert_int_equal(done.runs, 2);
    assert_int_equal(history_import(g, out, &done, &err), 0);
    assert_true(done.runs == 2 && done.fresh == 2);
    assert_string_equal(history_secret(g), history_secret(h));
    assert_int_equal(history_import(g, out, &done, &err), 0);
    assert_true(done.runs == 2 && done.fresh == 0);
    assert_int_equal(history_load(g, r.head.id, &back, &err), 0);
    r.head.folder = ""; /* is of one machine */
    same_run(&r, &back);
    history_run_release(&back);
    assert_int_equal(history_export(g, again, true, &done, &err), 0);
    char *command = mem_printf("diff -r '%s' '%s'", out, again);
    assert_int_equal(system(command), 0);
    free(command);
    assert_faults(&err, "");
    history_run_release(&r);
    history_close(h);
    history_close(g);
    remove_tree(dir);
    remove_tree(other);
    free(out);
    free(again);
}

/* Puts `new` in the place of `old` in every record or table of an export. */
static void tamper(const char *dir, const char *end, const char *old, const char *new)
{
    char *command = mem_printf("sed -i 's/%s/%s/' '%s'/shades/*.%s", old, new, dir, end);

    assert_int_equal(system(command), 0);
    free(command);
}

static void refuses_changed_exports(void **state)
{
    static const struct {
        const char *end, *old, *new, *says;
    } cases[] = {
        { "csv", ",7,100", ",8,100", "is not the file that the record beside it names" },
        { "json", "inconclusive", "replicates", "its content has another id" },
        { "json", "rrw-mr", "rrr-mr", "its content has another sum" },
        { "json", "rrw-mr", "rrwxmr", "outcomes" },
        { "json", "rrw-mr", "rrw-m", "outcomes" },
        { "json", "0 1 1", "0 7 1", "cells" },
        { "json", "\"format\": 1", "\"format\": 2", "of another misid" },
        { "json", "\"shades\"", "\"..\"", "study" },
        { "json", "2023", "23", "started" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *dir = test_folder(), *other = test_folder(), *out = path_join(dir, "out");
        struct history *h = open_at(dir), *g = open_at(other);
        struct history_exchanged done;
        struct err err = ERR_INIT;
        struct history_run r;
        record_true(h, 1, &r);
        history_run_release(&r);
        assert_int_equal(history_export(h, out, false, &done, &err), 0);
        assert_faults(&err, "");
        tamper(out, cases[i].end, cases[i].old, cases[i].new);
        assert_int_equal(history_import(g, out, &done, &err), ERR_INPUT);
        assert_fault_says(&err, cases[i].says);
        assert_int_equal(count_runs(g), 0);
        history_close(h);
        history_close(g);
        remove_tree(dir);
        remove_tree(other);
        free(out);
    }
}

static void holds_no_names(void **state)
{
    char *dir = test_folder(), *out = path_join(dir, "out");
    struct history *h = open_at(dir);
    struct history_exchanged done;
    struct history_run r;
    unsigned char one[HISTORY_KEY], other[HISTORY_KEY];

    (void)state;
    record_true(h, 1, &r);
    assert_int_equal(history_export(h, out, false, &done, NULL), 0);
    char *command = mem_printf("! grep -rq 'sample[0-9]\\|person[0-9]' '%s' && test ! -e "
                               "'%s/secret'", dir, out);
    assert_int_equal(system(command), 0);
    free(command);
    history_key(h, "sample0", one);
    assert_true(history_panel_find(&r.panels[0], one) >= 0);
    history_run_release(&r);
    history_close(h);
    char *path = path_join(dir, "h.sqlite");
    unlink(path);
    free(path);
    h = open_at(dir); /* another secret */
    history_key(h, "sample0", other);
    assert_memory_not_equal(one, other, HISTORY_KEY);
    history_close(h);
    remove_tree(dir);
    free(out);
}

static void unpacks_only_what_was_packed(void **state)
{
    char *dir = test_folder();
    struct history *h = open_at(dir);
    struct text t = TEXT_INIT;
    struct history_run r;

    (void)state;
    make_run(&r, h, "shades", 1);
    const struct history_margins *m = &r.margins[0];
    const struct history_panel *p = &r.panels[0];
    pack_margins(m, &t);
    for (size_t len = 0; len <= t.len; len++) {
        struct history_margins back = { .n_points = m->n_points, .n_cells = m->n_cells,
                                        .n_rows = m->n_rows };
        assert_int_equal(unpack_margins(&back, t.s, len, 3, &r.arena), len == t.len);
    }
    struct history_margins most = { .n_points = 2, .n_cells = SIZE_MAX / 4, .n_rows = 1 };
    assert_false(unpack_margins(&most, t.s, t.len, 3, &r.arena));
    text_reset(&t);
    pack_panel(p, &t);
    for (size_t len = 0; len <= t.len; len++) {
        struct history_panel back = { .n_groups = p->n_groups };
        assert_int_equal(unpack_panel(&back, t.s, len, p->n, &r.arena), len == t.len);
    }
    struct history_panel back = { .n_groups = 0 }; /* a group that there is not */
    assert_false(unpack_panel(&back, t.s, t.len, p->n, &r.arena));
    assert_true(history_group_within("gender=female;skin=darker", "skin=darker"));
    assert_true(history_group_within("gender=female", "all"));
    assert_false(history_group_within("gender=female", "gender=female;skin=darker"));
    assert_false(history_group_within("gender=female2", "gender=female"));
    text_release(&t);
    history_run_release(&r);
    history_close(h);
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_and_loads),
        cmocka_unit_test(follows_series),
        cmocka_unit_test(brings_older_to_date),
        cmocka_unit_test(refuses_others),
        cmocka_unit_test(finds_by_prefix),
        cmocka_unit_test(names_baselines),
        cmocka_unit_test(many_open_at_once),
        cmocka_unit_test(many_write_at_once),
        cmocka_unit_test(survives_kills),
        cmocka_unit_test(exchanges),
        cmocka_unit_test(refuses_changed_exports),
        cmocka_unit_test(holds_no_names),
        cmocka_unit_test(unpacks_only_what_was_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
