/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/history_chart.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/trends.h"

#define MOST_LISTED 12

/* OUT of OUT.svg, which becomes part of a script. */
static int chart_id(const char *path, char **id, struct err *err)
{
    const char *name = path_basename(path);
    size_t n = strlen(name);
    bool good = n > 4 && !strcmp(name + n - 4, ".svg");

    for (size_t i = 0; good && i + 4 < n; i++)
        good = isalnum((unsigned char)name[i]) || name[i] == '-' || name[i] == '_';
    if (!good)
        return err_add(err, ERR_INPUT, "history: --chart %.200s, expected NAME.svg, its name "
                       "of letters, digits, - and _", path);
    *id = mem_strndup(name, n - 4);
    return 0;
}

static int find_one(const struct trends *t, struct err *err)
{
    if (t->n == 1)
        return 0;
    if (!t->n)
        return err_add(err, ERR_INPUT, "history: no series fits, expected one for --chart");
    err_add(err, ERR_INPUT, "history: %zu series fit, expected one for --chart: narrow them by "
            "--metric, --group, --versus, --point and --backend", t->n);
    for (size_t i = 0; i < t->n && i < MOST_LISTED; i++)
        err_add(err, ERR_INPUT, "    %s", t->series[i].what);
    return ERR_INPUT;
}

static void print_json(const struct trends *t, const struct trends_series *s, FILE *to)
{
    struct text out = TEXT_INIT;
    struct json_out w = json_out(&out);

    json_map(&w, NULL);
    json_string(&w, "series", s->what);
    json_int(&w, "nights", (int64_t)s->n);
    json_list(&w, "steps");
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct trends_run *run = &t->runs[s->run[s->steps[i].at]];
        json_map(&w, NULL);
        json_string(&w, "started", run->started);
        json_string(&w, "run", run->id);
        json_number(&w, "before", s->steps[i].before);
        json_number(&w, "after", s->steps[i].after);
        json_number(&w, "standard_deviations", s->sizes[i]);
        json_string(&w, "new", s->news[i]);
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    fprintf(to, "%s\n", out.s);
    text_release(&out);
}

static void print_csv(const struct trends *t, const struct trends_series *s, FILE *to)
{
    struct text out = TEXT_INIT;
    struct csv_out w = csv_out(&out);

    text_add(&out, "started,run,value,lo,hi,level,step\n");
    for (size_t i = 0; i < s->n; i++) {
        const struct trends_run *run = &t->runs[s->run[i]];
        bool step = false;
        for (size_t k = 0; k < s->n_steps; k++)
            step |= s->steps[k].at == i;
        csv_put(&w, run->started);
        csv_put(&w, run->id);
        csv_put_num(&w, s->nights[i].value);
        csv_put_num(&w, s->nights[i].lo);
        csv_put_num(&w, s->nights[i].hi);
        csv_put_num(&w, s->level ? s->level[i] : NAN);
        csv_put(&w, step ? "yes" : "no");
        csv_end(&w);
    }
    fputs(out.s, to);
    text_release(&out);
}

int history_chart(struct history *h, const struct history_filter *f, const char *path,
                  enum history_form form, FILE *to, struct err *err)
{
    char *id = NULL, *dir = path_dirname(path);
    struct trends t = { .n = 0 };
    struct text words = TEXT_INIT;
    int code = chart_id(path, &id, err);

    if (!code)
        code = trends_load(&t, h, f, err);
    if (!code)
        code = find_one(&t, err);
    if (!code) {
        struct trend trend = trends_trend(&t.series[0]);
        trend.subtitle = t.series[0].study;
        code = trend_chart(&trend, dir, id, err);
    }
    if (!code && form == FORM_JSON) {
        print_json(&t, &t.series[0], to);
    } else if (!code && form == FORM_CSV) {
        print_csv(&t, &t.series[0], to);
    } else if (!code) {
        trends_words(&t.series[0], &words);
        fprintf(to, "%s: %s\n%s\n", path, t.series[0].what, words.s);
    }
    text_release(&words);
    trends_release(&t);
    free(dir);
    free(id);
    return code;
}
