/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid record: finished runs into the history. */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/recording.h"

struct record_request {
    const char *history, *scores;
    bool quiet, json, help;
};

static int record_one(struct history *h, const char *dir, const struct record_request *r,
                      struct json_out *w, struct err *err)
{
    struct history_run run;
    bool fresh = false;
    int code = recording_read(&run, h, dir, r->scores, err);

    if (!code)
        code = history_record(h, &run, &fresh, err);
    if (!code && r->json) {
        json_map(w, NULL);
        json_string(w, "folder", dir);
        json_string(w, "run", run.head.id);
        json_string(w, "study", run.head.study);
        json_string(w, "started", run.head.started);
        json_bool(w, "fresh", fresh);
        json_int(w, "findings", (int64_t)run.findings.n);
        json_end(w);
    } else if (!code && !r->quiet) {
        printf("%.12s  %s of %s: %s, %zu findings\n", run.head.id, run.head.study,
               run.head.started, fresh ? "recorded" : "is there already", run.findings.n);
    }
    history_run_release(&run);
    return code;
}

int record_main(int argc, char **argv)
{
    struct record_request r = { 0 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "history", "FILE", "the history (default: MISID_HISTORY, else\n"
          "                           results/history.sqlite)", &r.history },
        { OPTION_TEXT, "scores", "DIR", "the comparisons that the run was estimated from",
          &r.scores },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "json", NULL, "print what was recorded as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    struct history *h = NULL;
    int code = options_parse("record", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid record RUN... [OPTION]...\n\nAdds finished runs to the history, "
             "each entirely or not at all. A run that is there\nalready is not added "
             "again.\n");
        options_print(table);
    } else if (!code && !args.n) {
        code = err_add(&err, ERR_INPUT, "record: no run folder named, expected one or more");
    } else if (!code && args.n > 1 && r.scores) {
        code = err_add(&err, ERR_INPUT, "record: --scores with %zu runs, expected one run",
                       args.n);
    } else if (!code && !(code = history_open(&h, r.history, HISTORY_MAKE, &err))) {
        json_list(&w, NULL);
        for (size_t i = 0; i < args.n; i++) {
            int one = record_one(h, args.items[i], &r, &w, &err);
            code = code ? code : one;
        }
        json_end(&w);
        if (r.json)
            puts(t.s);
    }
    recording_close(h, code);
    text_release(&t);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
