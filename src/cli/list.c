/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid list: what there is. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/places.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "model/metric.h"
#include "model/study.h"
#include "report/report.h"
#include "stats/methods.h"

/* What a list prints: a line an entry, or a JSON object an entry. */
struct listing {
    bool json;
    struct text text;
    struct json_out out;
};

static void entry(struct listing *l, const char *name, const char *about)
{
    if (l->json) {
        json_map(&l->out, NULL);
        json_string(&l->out, "name", name);
        json_string(&l->out, "about", about);
    } else {
        text_addf(&l->text, "%-20s %s\n", name, about);
    }
}

static void entry_text(struct listing *l, const char *key, const char *value)
{
    if (l->json)
        json_string(&l->out, key, value);
}

static void entry_end(struct listing *l)
{
    if (l->json)
        json_end(&l->out);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The *.yaml of a folder, sorted; malloc'd. */
static char **yaml_files(const char *dir, size_t *n)
{
    char **names = NULL;
    size_t cap = 0;
    DIR *d = opendir(dir);

    *n = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".yaml"))
            continue;
        MEM_ROOM(names, *n, cap);
        names[(*n)++] = mem_strdup(e->d_name);
    }
    if (d)
        closedir(d);
    if (*n)
        qsort(names, *n, sizeof *names, by_name);
    return names;
}

static void list_study(struct listing *l, const char *path)
{
    struct study study;
    struct err err = ERR_INIT;

    if (study_load(&study, path, NULL, 0, &err) == 0) {
        entry(l, study.name, study.title);
        entry_text(l, "path", path);
        entry_text(l, "evidence", study_evidence_names[study.evidence]);
        entry_text(l, "task", study_task_names[study.task]);
        entry_end(l);
        study_release(&study);
    }
    err_release(&err); /* a YAML that is no study is not listed */
}

/* Every study in the places of "bench", the first of a name winning. */
static void list_studies(struct listing *l)
{
    char **places = places_list("bench", NULL);
    char **seen = NULL;
    size_t n_seen = 0, cap = 0;

    for (size_t p = 0; places[p]; p++) {
        size_t n;
        char **names = yaml_files(places[p], &n);
        for (size_t i = 0; i < n; i++) {
            bool known = false;
            for (size_t k = 0; k < n_seen && !known; k++)
                known = !strcmp(seen[k], names[i]);
            if (known) {
                free(names[i]);
                continue;
            }
            MEM_ROOM(seen, n_seen, cap);
            seen[n_seen++] = names[i];
            char *path = path_join(places[p], names[i]);
            list_study(l, path);
            free(path);
        }
        free(names);
    }
    for (size_t k = 0; k < n_seen; k++)
        free(seen[k]);
    free(seen);
    places_free(places);
}

static void list_estimators(struct listing *l)
{
    static const struct {
        unsigned bit;
        const char *word;
    } uses[] = {
        { FOR_PROPORTION, "proportion" }, { FOR_DIFFERENCE, "difference" },
        { FOR_RATIO, "ratio" }, { FOR_SPREAD, "spread" },
        { FOR_DYADS, "fmr" }, { FOR_PEOPLE, "fnmr" },
        { FOR_CONTRAST, "contrast" }, { FOR_SPREAD_TEST, "test of spread" },
    };
    size_t n;
    const struct method *m = method_table(&n);

    for (size_t i = 0; i < n; i++) {
        struct text about = TEXT_INIT, quantities = TEXT_INIT;
        for (size_t u = 0; u < sizeof uses / sizeof *uses; u++)
            if (m[i].quantities & uses[u].bit)
                text_addf(&quantities, "%s%s", quantities.len ? ", " : "", uses[u].word);
        text_addf(&about, "%s: %s", quantities.s, m[i].summary);
        entry(l, m[i].name, l->json ? m[i].summary : about.s);
        entry_text(l, "quantities", quantities.s);
        entry_text(l, "source", m[i].source);
        entry_end(l);
        text_release(&about);
        text_release(&quantities);
    }
}

static void list_charts(struct listing *l)
{
    size_t n;
    const struct chart *c = chart_table(&n);

    for (size_t i = 0; i < n; i++) {
        entry(l, c[i].name, c[i].summary);
        entry_end(l);
    }
}

static void list_metrics(struct listing *l)
{
    size_t n;
    const struct metric *m = metric_table(&n);

    for (size_t i = 0; i < n; i++) {
        entry(l, m[i].name, m[i].title);
        entry_end(l);
    }
}

static const struct {
    const char *name;
    void (*list)(struct listing *l);
} lists[] = {
    { "studies", list_studies },
    { "estimators", list_estimators },
    { "charts", list_charts },
    { "metrics", list_metrics },
};
#define LISTS (sizeof lists / sizeof *lists)

static int list_one(const char *what, bool json, struct err *err)
{
    for (size_t i = 0; i < LISTS; i++) {
        if (strcmp(lists[i].name, what))
            continue;
        struct listing l = { .json = json, .text = TEXT_INIT };
        l.out = json_out(&l.text);
        if (json)
            json_list(&l.out, NULL);
        lists[i].list(&l);
        if (json) {
            json_end(&l.out);
            text_addch(&l.text, '\n');
        }
        fputs(l.text.s, stdout);
        text_release(&l.text);
        return 0;
    }
    return err_add(err, ERR_INPUT, "list: '%s' is not a list, expected studies, "
                   "estimators, charts or metrics", what);
}

int list_main(int argc, char **argv)
{
    bool json = false, want_help = false;
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_FLAG, "json", NULL, "print the list as JSON", &json },
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("list", table, argc, argv, &args, &err);

    if (!code && want_help) {
        puts("usage: misid list studies|estimators|charts|metrics [OPTION]...\n");
        options_print(table);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "list: expected one of studies, estimators, charts "
                       "or metrics");
    } else if (!code) {
        code = list_one(args.items[0], json, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
