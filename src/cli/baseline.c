/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid baseline: runs of the history that others are held against, by name. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/recording.h"

struct baseline_request {
    const char *history, *study;
    bool json, help;
};

static int set(const struct baseline_request *r, const char *name, const char *which,
               struct err *err)
{
    struct history *h;
    struct history_run run;
    char id[HASH_HEX];

    if (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789._-")])
        return err_add(err, ERR_INPUT, "baseline: '%.60s' is no name of a baseline, expected "
                       "letters, digits, '.', '-' and '_'", name);
    int code = history_open(&h, r->history, HISTORY_READ, err);
    if (code)
        return code;
    if (path_is_dir(which)) {
        code = recording_read(&run, h, which, NULL, err);
        memcpy(id, run.head.id, sizeof id);
        history_run_release(&run);
    } else {
        code = history_find(h, which, id, err);
    }
    if (!code)
        code = history_baseline_set(h, name, id, err);
    recording_close(h, code);
    return code;
}

static void show_head(const struct history_run *r, const char *name, bool json)
{
    const struct history_head *head = &r->head;
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    if (json) {
        json_map(&w, NULL);
        json_string(&w, "name", name);
        json_string(&w, "study", head->study);
        json_string(&w, "run", head->id);
        json_string(&w, "started", head->started);
        json_string(&w, "dataset", head->dataset);
        json_string(&w, "dataset_hash", head->dataset_hash);
        json_string(&w, "misid", head->version);
        json_string(&w, "host", head->host);
        json_string(&w, "folder", head->folder);
        json_int(&w, "findings", (int64_t)r->findings.n);
        json_list(&w, "backends");
        for (size_t i = 0; i < r->n_backends; i++) {
            json_map(&w, NULL);
            json_string(&w, "name", r->backends[i].name);
            json_string(&w, "fingerprint", r->backends[i].fingerprint);
            json_end(&w);
        }
        json_end(&w);
        json_end(&w);
        text_addch(&t, '\n');
    } else {
        text_addf(&t, "%s of %s\n  run       %s\n  started   %s\n  data set  %s (%.12s)\n  "
                  "misid     %s\n  machine   %s\n", name, head->study, head->id,
                  head->started, head->dataset, head->dataset_hash, head->version,
                  *head->host ? head->host : "not known");
        for (size_t i = 0; i < r->n_backends; i++)
            text_addf(&t, "  backend   %s (%.12s)\n", r->backends[i].name,
                      *r->backends[i].fingerprint ? r->backends[i].fingerprint
                                                  : "no fingerprint");
        if (*head->folder)
            text_addf(&t, "  folder    %s\n", head->folder);
    }
    fputs(t.s, stdout);
    text_release(&t);
}

/* Every baseline of the name; of one study with --study. */
static int show(const struct baseline_request *r, const char *name, struct err *err)
{
    struct history *h;
    struct history_baseline *list = NULL;
    struct history_run run;
    size_t n, shown = 0;
    int code = history_open(&h, r->history, HISTORY_READ, err);

    if (code)
        return code;
    code = history_baselines(h, &list, &n, err);
    for (size_t i = 0; i < n && !code; i++) {
        if (strcmp(list[i].name, name) || (r->study && strcmp(list[i].study, r->study)))
            continue;
        code = history_load(h, list[i].id, &run, err);
        if (!code)
            show_head(&run, name, r->json);
        history_run_release(&run);
        shown++;
    }
    if (!code && !shown)
        code = err_add(err, ERR_INPUT, "%s: there is no baseline '%.60s'%s%.60s, expected one "
                       "that `misid baseline list` names", history_path(h), name,
                       r->study ? " of the study " : "", r->study ? r->study : "");
    history_baselines_free(list);
    history_close(h);
    return code;
}

static int list_all(const struct baseline_request *r, struct err *err)
{
    struct history *h;
    struct history_baseline *list = NULL;
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    size_t n, width = 5;
    int code = history_open(&h, r->history, HISTORY_READ, err);

    if (code)
        return code;
    code = history_baselines(h, &list, &n, err);
    json_list(&w, NULL);
    for (size_t i = 0; i < n; i++)
        width = text_columns(list[i].study) > width ? text_columns(list[i].study) : width;
    for (size_t i = 0; i < n; i++) {
        if (r->study && strcmp(list[i].study, r->study))
            continue;
        if (!r->json) {
            printf("%-*s  %.12s  %s\n", (int)width, list[i].study, list[i].id, list[i].name);
            continue;
        }
        json_map(&w, NULL);
        json_string(&w, "study", list[i].study);
        json_string(&w, "name", list[i].name);
        json_string(&w, "run", list[i].id);
        json_end(&w);
    }
    json_end(&w);
    if (!code && r->json)
        puts(t.s);
    text_release(&t);
    history_baselines_free(list);
    history_close(h);
    return code;
}

static int unset(const struct baseline_request *r, const char *name, struct err *err)
{
    struct history *h;
    bool gone;
    int code = history_open(&h, r->history, HISTORY_READ, err);

    if (code)
        return code;
    code = history_baseline_unset(h, r->study, name, &gone, err);
    if (!code && !gone)
        code = err_add(err, ERR_INPUT, "%s: there is no baseline '%.60s', expected one that "
                       "`misid baseline list` names", history_path(h), name);
    recording_close(h, code);
    return code;
}

static int act(const struct baseline_request *r, const struct option_list *args,
               struct err *err)
{
    const char *what = args->n ? args->items[0] : "";

    if (!strcmp(what, "set") && args->n == 3)
        return set(r, args->items[1], args->items[2], err);
    if (!strcmp(what, "show") && args->n == 2)
        return show(r, args->items[1], err);
    if (!strcmp(what, "list") && args->n == 1)
        return list_all(r, err);
    if (!strcmp(what, "unset") && args->n == 2)
        return unset(r, args->items[1], err);
    return err_add(err, ERR_INPUT, "baseline: expected set NAME RUN, show NAME, list, or unset "
                   "NAME");
}

int baseline_main(int argc, char **argv)
{
    struct baseline_request r = { 0 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "history", "FILE", "the history (default: MISID_HISTORY, else\n"
          "                           results/history.sqlite)", &r.history },
        { OPTION_TEXT, "study", "STUDY", "only the baseline of this study", &r.study },
        { OPTION_FLAG, "json", NULL, "print as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("baseline", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid baseline set NAME RUN [OPTION]...\n"
             "       misid baseline show NAME [OPTION]...\n"
             "       misid baseline list [OPTION]...\n"
             "       misid baseline unset NAME [OPTION]...\n\n"
             "Names a recorded run, by its id or its folder, so that others can be held "
             "against it.\nEvery study has baselines of its own.\n");
        options_print(table);
    } else if (!code) {
        code = act(&r, &args, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
