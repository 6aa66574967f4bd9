/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid dashboard: one page about all studies over time. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dict.h"
#include "base/file.h"
#include "base/json_read.h"
#include "cli/cli.h"
#include "cli/interest.h"
#include "cli/options.h"
#include "cli/trends.h"
#include "report/dashboard.h"

#define JSON_MAX ((size_t)64 << 20)
#define MOST_CHARTS 24

struct request {
    const char *history, *out, *gates, *made;
    struct option_list studies;
    double charts;
    bool quiet, help;
};

/* A study with all it shows. */
struct entry {
    struct arena arena;
    struct trends trends;
    struct history_head *heads;
    size_t n_heads;
    struct interest_check *checks; /* of rules, by the gate that spoke last */
    size_t n_checks;
    struct dashboard_series *series;
    struct dashboard_study shown;
};

/* --- what gates said --- */

static enum gate_status status_of(const char *name)
{
    for (int i = 0; name && i < GATE_STATUSES; i++)
        if (!strcmp(gate_status_names[i], name))
            return (enum gate_status)i;
    return GATE_OPEN;
}

static const char *string(struct arena *a, const struct json_value *map, const char *key)
{
    const char *s = json_get_string(json_member(map, key));

    return arena_strdup(a, s ? s : "");
}

/* The badge beside it says the rest. */
static const char *after_colon(const char *s)
{
    const char *colon = strstr(s, ": ");

    return colon ? colon + 2 : s;
}

/* A check that speaks of a series. */
static void take_check(struct entry *e, const struct json_value *c, enum gate_status status)
{
    struct arena *a = &e->arena;

    if (*string(a, c, "metric"))
        e->checks[e->n_checks++] = (struct interest_check){
            .backend = string(a, c, "backend"), .metric = string(a, c, "metric"),
            .group = string(a, c, "group"), .versus = string(a, c, "versus"),
            .point = string(a, c, "point"), .status = status };
}

/* Keeps what a gate said of the latest run of the study. */
static void take_gate(struct entry *e, const struct json_value *gate)
{
    struct dashboard_verdict *v = &e->shown.verdict;
    const struct json_value *checks = json_member(gate, "checks");
    const char *study = json_get_string(json_member(gate, "study"));
    const char *started = json_get_string(json_member(gate, "started"));
    size_t n = json_list_size(checks);

    if (!study || !started || strcmp(study, e->shown.name) ||
        (v->there && strcmp(started, v->started) < 0))
        return;
    *v = (struct dashboard_verdict){
        .there = true, .status = status_of(json_get_string(json_member(gate, "verdict"))),
        .says = after_colon(string(&e->arena, gate, "says")), .policy = string(&e->arena, gate, "policy"),
        .baseline = string(&e->arena, gate, "baseline"),
        .started = string(&e->arena, gate, "started") };
    const char **lines = arena_array(&e->arena, n, sizeof *lines);
    enum gate_status *statuses = arena_array(&e->arena, n, sizeof *statuses);
    e->checks = arena_array(&e->arena, n, sizeof *e->checks);
    e->n_checks = 0;
    for (size_t i = 0; i < n; i++) {
        const struct json_value *c = json_list_item(checks, i);
        enum gate_status status = status_of(json_get_string(json_member(c, "status")));
        take_check(e, c, status);
        if (status == GATE_PASS)
            continue;
        statuses[v->n_lines] = status;
        lines[v->n_lines++] = string(&e->arena, c, "line");
    }
    v->lines = lines;
    v->statuses = statuses;
    v->stale = e->n_heads && strcmp(e->heads[e->n_heads - 1].started, v->started) > 0;
}

static bool is_json(const char *name)
{
    size_t n = strlen(name);

    return *name != '.' && n > 5 && !strcmp(name + n - 5, ".json");
}

static int read_gates(struct entry *entries, size_t n, const char *dir, struct err *err)
{
    DIR *d = opendir(dir);
    int code = 0;

    if (!d)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot read", dir);
    for (struct dirent *f; !code && (f = readdir(d));) {
        struct json_doc doc;
        char *path = path_join(dir, f->d_name);
        if (is_json(f->d_name) && !(code = json_doc_load(&doc, path, JSON_MAX, err))) {
            for (size_t i = 0; i < n; i++)
                take_gate(&entries[i], doc.root);
            json_doc_release(&doc);
        }
        free(path);
    }
    closedir(d);
    return code;
}

/* The series, the first to be looked at first. */
static void arrange(struct entry *e, size_t charts)
{
    const struct trends *t = &e->trends;
    struct interest *order = mem_array(t->n, sizeof *order);
    size_t n = interest_order(t, e->checks, e->n_checks, e->shown.last, order);
    size_t *charted = arena_array(&e->arena, n, sizeof *charted);

    interest_charts(order, n, charted);
    e->series = arena_array(&e->arena, n, sizeof *e->series);
    for (size_t i = 0; i < n; i++) {
        const struct trends_series *s = order[i].series;
        e->series[i] = (struct dashboard_series){
            .trend = trends_trend(s), .metric = s->metric, .news = s->news,
            .watched = order[i].watched, .gate = order[i].gate };
        if (!strcmp(s->metric, "throughput"))
            e->series[i].trend.subtitle =
                "images a second, over rounds of the calibration a second";
    }
    free(order);
    e->shown.series = e->series;
    e->shown.n = n;
    e->shown.charted = charted;
    e->shown.charts = charts < n ? charts : n;
    e->shown.order = interest_words;
}

static void name_entry(struct entry *e, size_t number, const char *name)
{
    struct text id = TEXT_INIT;

    for (const char *c = name; *c && id.len < 60; c++)
        text_addch(&id, isalnum((unsigned char)*c) && (unsigned char)*c < 128
                            ? (char)tolower((unsigned char)*c) : '-');
    e->shown.name = arena_strdup(&e->arena, name);
    e->shown.id = arena_printf(&e->arena, "s%zu-%s", number + 1, id.s);
    text_release(&id);
}

static int open_entry(struct entry *e, size_t number, struct history *h, const char *study,
                      struct err *err)
{
    const struct history_filter f = { .study = study };
    int code;

    name_entry(e, number, study);
    if ((code = history_list(h, &f, &e->heads, &e->n_heads, err)) ||
        (code = trends_load(&e->trends, h, &f, err)))
        return code;
    if (!e->n_heads)
        return err_add(err, ERR_INPUT, "dashboard: no run of the study '%.60s' is recorded in "
                       "%s", study, history_path(h));
    e->shown.runs = e->n_heads;
    e->shown.first = e->heads[0].at;
    e->shown.last = e->heads[e->n_heads - 1].at;
    e->shown.version = e->heads[e->n_heads - 1].version;
    return 0;
}

static void release_entry(struct entry *e)
{
    trends_release(&e->trends);
    if (e->heads)
        history_heads_free(e->heads);
    arena_release(&e->arena);
}

/* The studies that are recorded, in the order of their names. */
static int find_studies(struct history *h, struct option_list *to, struct err *err)
{
    struct history_head *heads;
    struct dict names = DICT_INIT;
    size_t n;
    int code = history_list(h, &(struct history_filter){ 0 }, &heads, &n, err);

    if (code)
        return code;
    for (size_t i = 0; i < n; i++)
        dict_add(&names, heads[i].study, NULL);
    const char **sorted = mem_array(names.n, sizeof *sorted);
    for (size_t i = 0; i < names.n; i++) {
        size_t k = i;
        const char *name = dict_at(&names, (uint32_t)i);
        for (; k > 0 && strcmp(sorted[k - 1], name) > 0; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = name;
    }
    for (size_t i = 0; i < names.n; i++)
        option_list_add(to, mem_strdup(sorted[i]));
    free(sorted);
    dict_release(&names);
    history_heads_free(heads);
    return 0;
}

static int make(const struct request *r, struct history *h, const struct option_list *studies,
                struct err *err)
{
    struct entry *entries = mem_array(studies->n, sizeof *entries);
    struct dashboard_study *shown = mem_array(studies->n, sizeof *shown);
    int code = 0;

    for (size_t i = 0; i < studies->n && !code; i++)
        code = open_entry(&entries[i], i, h, studies->items[i], err);
    if (!code && r->gates)
        code = read_gates(entries, studies->n, r->gates, err);
    for (size_t i = 0; i < studies->n && !code; i++) {
        arrange(&entries[i], (size_t)r->charts);
        shown[i] = entries[i].shown;
    }
    if (!code)
        code = dashboard_write(shown, studies->n, r->made ? r->made : "", r->out, err);
    for (size_t i = 0; i < studies->n; i++)
        release_entry(&entries[i]);
    free(entries);
    free(shown);
    return code;
}

static int act(const struct request *r, struct err *err)
{
    struct option_list found = { 0 };
    struct history *h;
    int code;

    if (!r->out)
        return err_add(err, ERR_INPUT, "dashboard: no folder to write to, expected --out DIR");
    if (!(r->charts >= 0 && r->charts <= MOST_CHARTS && r->charts == floor(r->charts)))
        return err_add(err, ERR_INPUT, "dashboard: --charts %g, expected a whole number from 0 "
                       "to %d", r->charts, MOST_CHARTS);
    if ((code = history_open(&h, r->history, HISTORY_READ, err)))
        return code;
    if (!r->studies.n)
        code = find_studies(h, &found, err);
    if (!code)
        code = make(r, h, r->studies.n ? &r->studies : &found, err);
    for (size_t i = 0; i < found.n; i++)
        free((char *)found.items[i]);
    option_list_release(&found);
    history_close(h);
    if (!code && !r->quiet)
        printf("%s/index.html\n", r->out);
    return code;
}

int dashboard_main(int argc, char **argv)
{
    struct request r = { .charts = 6 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "out", "DIR", "the folder of the page", &r.out },
        { OPTION_TEXT, "history", "FILE", "the history (default: MISID_HISTORY, else\n"
          "                           results/history.sqlite)", &r.history },
        { OPTION_LIST, "study", "STUDY", "only this; may be given several times", &r.studies },
        { OPTION_TEXT, "gates", "DIR", "what gates said: files of `misid gate --out`",
          &r.gates },
        { OPTION_NUMBER, "charts", "N", "charts a study, beside a sparkline a series (6)",
          &r.charts },
        { OPTION_TEXT, "made", "TIME", "what the page says of when it was made", &r.made },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("dashboard", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid dashboard --out DIR [OPTION]...\n\nWrites one page about all "
             "recorded studies: what the gate last said, what changed and\nwhen, and every "
             "series over time. It works as a file.\n");
        options_print(table);
    } else if (!code && args.n) {
        code = err_add(&err, ERR_INPUT, "dashboard: '%.60s' is no option, expected none but "
                       "those that --help lists", args.items[0]);
    } else if (!code) {
        code = act(&r, &err);
    }
    option_list_release(&r.studies);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
