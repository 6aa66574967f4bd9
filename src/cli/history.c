/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid history: what was recorded, over time; as text for git, and back. */
#include "history/history.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/history_chart.h"
#include "cli/history_show.h"
#include "cli/options.h"
#include "cli/recording.h"
#include "model/point.h"

struct history_request {
    const char *history, *since, *until, *chart;
    struct history_filter filter;
    bool all, speed, csv, json, with_secret, help;
};

/* A day, or a day and a time; of a day alone the end where `end` asks for it. */
static int parse_when(const char *option, const char *s, bool end, int64_t *to,
                      struct err *err)
{
    struct tm tm = { .tm_isdst = 0 };
    const char *rest;

    if (!s)
        return 0;
    if (strlen(s) == 10 && (rest = strptime(s, "%Y-%m-%d", &tm)) && !*rest) {
        *to = (int64_t)timegm(&tm) + (end ? 86399 : 0);
        return 0;
    }
    tm = (struct tm){ .tm_isdst = 0 };
    if (strlen(s) == 20 && (rest = strptime(s, "%Y-%m-%dT%H:%M:%SZ", &tm)) && !*rest) {
        *to = (int64_t)timegm(&tm);
        return 0;
    }
    return err_add(err, ERR_INPUT, "history: --%s %.40s, expected a day such as 2018-02-04 or "
                   "a time such as 2018-02-04T12:00:00Z", option, s);
}

static int exchange(struct history *h, const struct history_request *r, bool out,
                    const char *dir, struct err *err)
{
    struct history_exchanged done;
    int code = out ? history_export(h, dir, r->with_secret, &done, err)
                   : history_import(h, dir, &done, err);

    if (code)
        return code;
    if (r->json)
        printf("{\"runs\": %zu, \"fresh\": %zu}\n", done.runs, done.fresh);
    else if (out)
        printf("%s: %zu runs\n", dir, done.runs);
    else
        printf("%s: %zu runs, %zu of them new\n", history_path(h), done.runs, done.fresh);
    return 0;
}

static bool asks_for_findings(const struct history_filter *f)
{
    return f->metric || f->group || f->versus || f->point || f->method || f->backend;
}

static int show(struct history *h, const struct history_request *r, struct err *err)
{
    enum history_form form = r->json ? FORM_JSON : r->csv ? FORM_CSV : FORM_TABLE;

    if (r->chart)
        return history_chart(h, &r->filter, r->chart, form, stdout, err);
    if (r->speed)
        return history_show_speed(h, &r->filter, form, stdout, err);
    if (r->all || asks_for_findings(&r->filter))
        return history_show_findings(h, &r->filter, form, stdout, err);
    if (r->filter.study)
        return history_show_runs(h, &r->filter, form, stdout, err);
    return history_show_studies(h, form, stdout, err);
}

static int act(struct history_request *r, const struct option_list *args, struct err *err)
{
    const char *what = args->n ? args->items[0] : "";
    bool out = !strcmp(what, "export"), in = !strcmp(what, "import");
    struct history *h;
    int code = 0;

    if (args->n > 2 || (args->n == 2 && !out && !in) || ((out || in) && args->n != 2))
        return err_add(err, ERR_INPUT, "history: expected one STUDY, export DIR, import DIR or "
                       "check");
    if (r->csv && r->json)
        return err_add(err, ERR_INPUT, "history: --csv and --json, expected one of them");
    (void)((code = parse_when("since", r->since, false, &r->filter.since, err)) ||
           (code = parse_when("until", r->until, true, &r->filter.until, err)));
    if (code)
        return code;
    code = history_open(&h, r->history, in ? HISTORY_MAKE : HISTORY_READ, err);
    if (code)
        return code;
    if (out || in) {
        code = exchange(h, r, out, args->items[1], err);
        if (in) {
            recording_close(h, code);
            return code;
        }
    } else if (!strcmp(what, "check")) {
        code = history_check(h, err);
        if (!code)
            printf("%s: is whole\n", history_path(h));
    } else {
        struct arena arena = { 0 };
        if (args->n)
            r->filter.study = what;
        r->filter.point = point_spelled(&arena, r->filter.point);
        code = show(h, r, err);
        arena_release(&arena);
    }
    history_close(h);
    return code;
}

int history_main(int argc, char **argv)
{
    struct history_request r = { 0 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "metric", "METRIC", "findings of this metric over time",
          &r.filter.metric },
        { OPTION_TEXT, "group", "GROUP", "of this group", &r.filter.group },
        { OPTION_TEXT, "versus", "GROUP", "set against this group", &r.filter.versus },
        { OPTION_TEXT, "point", "POINT", "at this operating point", &r.filter.point },
        { OPTION_TEXT, "backend", "NAME", "of this backend", &r.filter.backend },
        { OPTION_TEXT, "method", "NAME", "by this method", &r.filter.method },
        { OPTION_TEXT, "dataset", "NAME", "of runs on this data set", &r.filter.dataset },
        { OPTION_TEXT, "since", "WHEN", "of runs since this day or time, UTC", &r.since },
        { OPTION_TEXT, "until", "WHEN", "of runs up to the end of this day, or this time",
          &r.until },
        { OPTION_FLAG, "all", NULL, "all findings", &r.all },
        { OPTION_TEXT, "chart", "OUT.svg", "draw the one series that fits (.png, .gp and "
          ".tsv beside it),\n                           and say where it steps", &r.chart },
        { OPTION_FLAG, "speed", NULL, "what the backends were timed at", &r.speed },
        { OPTION_TEXT, "history", "FILE", "the history (default: MISID_HISTORY, else\n"
          "                           results/history.sqlite)", &r.history },
        { OPTION_FLAG, "with-secret", NULL, "of an export: also the secret of its keys",
          &r.with_secret },
        { OPTION_FLAG, "csv", NULL, "print as CSV", &r.csv },
        { OPTION_FLAG, "json", NULL, "print as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("history", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid history [STUDY] [OPTION]...\n"
             "       misid history export DIR [--with-secret] [--history FILE]\n"
             "       misid history import DIR [--history FILE]\n"
             "       misid history check [--history FILE]\n\n"
             "Shows what was recorded: the studies, the runs of one, or findings over "
             "time.\n");
        options_print(table);
    } else if (!code) {
        code = act(&r, &args, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
