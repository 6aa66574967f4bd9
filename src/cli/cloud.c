/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid cloud: galleries that runs have left at services. */
#include "backends/cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/cloud_journal.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"

static void list_json(const struct cloud_left *left, struct text *to)
{
    struct json_out w = json_out(to);

    json_list(&w, NULL);
    for (size_t i = 0; i < left->n; i++) {
        const struct cloud_leftover *l = &left->items[i];
        json_map(&w, NULL);
        json_string(&w, "service", l->service);
        json_string(&w, "backend", l->spec);
        json_string(&w, "gallery", l->gallery);
        json_int(&w, "made", l->made);
        json_bool(&w, "in_use", l->held);
        json_end(&w);
    }
    json_end(&w);
}

static void list_words(const struct cloud_left *left, struct text *to)
{
    for (size_t i = 0; i < left->n; i++) {
        const struct cloud_leftover *l = &left->items[i];
        char stamp[32] = "?";
        time_t made = (time_t)l->made;
        struct tm tm;
        if (gmtime_r(&made, &tm))
            strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm);
        text_addf(to, "%s  %s  %s  %s\n", stamp, l->held ? "in use" : "left  ", l->gallery,
                  l->spec);
    }
    if (!left->n)
        text_add(to, "No gallery is at any service.\n");
}

static int do_list(bool json, struct err *err)
{
    struct cloud_left left;
    struct text t = TEXT_INIT;
    int code = cloud_journal_read(&left, err);

    if (!code && json)
        list_json(&left, &t);
    else if (!code)
        list_words(&left, &t);
    fputs(t.s, stdout);
    text_release(&t);
    cloud_left_release(&left);
    return code;
}

static int do_sweep(const char *spec, bool json, struct err *err)
{
    struct backend *b;
    int code = backend_open(&b, spec, err);

    if (code)
        return code;
    if (!b->client) {
        code = err_add(err, ERR_INPUT, "cloud: the backend %s is no service on the network, "
                       "expected one that is", b->name);
        backend_close(b);
        return code;
    }
    long n = cloud_sweep(b, err);
    if (n >= 0 && json)
        printf("{\n  \"deleted\": %ld\n}\n", n);
    else if (n >= 0)
        printf("%ld galleries deleted\n", n);
    backend_close(b);
    return n < 0 ? (int)n : 0;
}

int cloud_main(int argc, char **argv)
{
    bool json = false, want_help = false;
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_FLAG, "json", NULL, "print it as JSON", &json },
        { OPTION_FLAG, "help", NULL, "this text", &want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("cloud", table, argc, argv, &args, &err);
    const char *what = args.n ? args.items[0] : "";

    if (!code && want_help) {
        puts("usage: misid cloud list [--json]\n"
             "       misid cloud sweep NAME[:option=value,...] [--json]\n\n"
             "Which galleries runs have made at services and not deleted yet; and deletes "
             "those that\nruns which are over have left with one backend.\n");
        options_print(table);
    } else if (!code && !strcmp(what, "list") && args.n == 1) {
        code = do_list(json, &err);
    } else if (!code && !strcmp(what, "sweep") && args.n == 2) {
        code = do_sweep(args.items[1], json, &err);
    } else if (!code) {
        code = err_add(&err, ERR_INPUT, "cloud: expected 'list' or 'sweep "
                       "NAME[:option=value,...]'");
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
