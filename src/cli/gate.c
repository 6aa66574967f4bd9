/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid gate: may this run go out, held against its baseline and a policy? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/gating.h"
#include "cli/options.h"
#include "report/gated_report.h"

struct request {
    const char *history, *baseline, *policy, *junit, *markdown, *out;
    bool github, json, quiet, all, help;
};

static int check_request(const struct request *r, size_t runs, struct err *err)
{
    if (runs != 1)
        return err_add(err, ERR_INPUT, "gate: %zu runs named, expected one", runs);
    if (!r->baseline)
        return err_add(err, ERR_INPUT, "gate: no baseline, expected --baseline NAME|DIR");
    if (!r->policy)
        return err_add(err, ERR_INPUT, "gate: no policy, expected --policy FILE");
    return 0;
}

static int check_study(const struct history_run *run, const struct history_run *baseline,
                       const struct policy *p, struct err *err)
{
    if (strcmp(run->head.study, baseline->head.study))
        return err_add(err, ERR_INPUT, "gate: the run is of the study '%s', the baseline of "
                       "'%s', expected the same", run->head.study, baseline->head.study);
    if (!policy_names(&p->studies, run->head.study))
        return err_add(err, ERR_INPUT, "%s: study: is not for the study '%s', expected it to "
                       "name it", p->path, run->head.study);
    return 0;
}

static int decide_all(struct sides *s, const struct side *run, const struct side *baseline,
                      const struct policy *p, struct gated *to, struct err *err)
{
    struct runpair against, alone;
    const struct gating g = { &against, &alone, s->kept ? s->history : NULL, p, to };
    int code = runpair_init(&against, baseline, run, err);

    if (code) {
        runpair_release(&against);
        return code;
    }
    code = runpair_init(&alone, run, run, err);
    if (!code) {
        gating_there(&g);
        code = gating_rules(&g, err);
    }
    gated_settle(to);
    runpair_release(&alone);
    runpair_release(&against);
    return code;
}

static int write_out(const char *path, const struct text *t, struct err *err)
{
    if (strcmp(path, "-"))
        return file_write(path, t->s, t->len, err);
    fputs(t->s, stdout);
    return 0;
}

static int tell(const struct request *r, const struct gated *g, struct err *err)
{
    const struct {
        const char *path;
        void (*write)(const struct gated *g, struct text *to);
    } files[] = { { r->junit, gated_junit }, { r->markdown, gated_markdown },
                  { r->out, gated_to_json } };
    struct text t = TEXT_INIT;
    bool printed = false;
    int code = 0;

    for (size_t i = 0; i < sizeof files / sizeof *files && !code; i++) {
        if (!files[i].path)
            continue;
        text_reset(&t);
        files[i].write(g, &t);
        code = write_out(files[i].path, &t, err);
        printed |= !strcmp(files[i].path, "-");
    }
    text_reset(&t);
    if (r->json)
        gated_to_json(g, &t);
    else if (r->github)
        gated_annotations(g, &t);
    else if (!printed && !r->quiet)
        gated_terminal(g, cli_columns(), isatty(STDOUT_FILENO) && !getenv("NO_COLOR"), r->all,
                       &t);
    if (!code)
        fputs(t.s, stdout);
    text_release(&t);
    return code;
}

static int gate(const struct request *r, const char *which, enum gate_status *status,
                struct err *err)
{
    struct policy policy = { .path = NULL };
    struct sides sides = { .n = 0 };
    struct gated gated;
    const struct side *run = NULL, *baseline = NULL;
    int code = policy_load(&policy, r->policy, err);

    gated_init(&gated);
    if (!code)
        code = sides_init(&sides, r->history, err);
    if (!code && !(run = sides_add(&sides, which, err)))
        code = err->code;
    if (!code && !(baseline = sides_add_baseline(&sides, run->run.head.study, r->baseline,
                                                 err)))
        code = err->code;
    if (!code)
        code = check_study(&run->run, &baseline->run, &policy, err);
    if (!code) {
        gated.policy = &policy;
        gated.run = which;
        gated.baseline = r->baseline;
        gated.run_id = run->run.head.id;
        gated.baseline_id = baseline->run.head.id;
        gated.study = run->run.head.study;
        gated.started = run->run.head.started;
        code = decide_all(&sides, run, baseline, &policy, &gated, err);
    }
    gated_say(&gated);
    if (!code)
        code = tell(r, &gated, err);
    *status = gated.status;
    gated_release(&gated);
    sides_release(&sides);
    policy_release(&policy);
    return code;
}

int gate_main(int argc, char **argv)
{
    static const int exits[GATE_STATUSES] = { EXIT_DONE, EXIT_NO, EXIT_UNDECIDED };
    struct request r = { .history = NULL };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "baseline", "NAME|DIR", "what it is held against: a baseline, a run "
          "folder,\n                           or the id of a recorded run", &r.baseline },
        { OPTION_TEXT, "policy", "FILE", "what is allowed (misid-formats(5))", &r.policy },
        { OPTION_TEXT, "history", "FILE", "where recorded runs are (default: MISID_HISTORY, "
          "else\n                           results/history.sqlite)", &r.history },
        { OPTION_FLAG, "all", NULL, "print what passed, too", &r.all },
        { OPTION_TEXT, "junit", "FILE", "write JUnit's XML", &r.junit },
        { OPTION_TEXT, "markdown", "FILE", "write a summary as Markdown; - prints it",
          &r.markdown },
        { OPTION_TEXT, "out", "FILE", "write what --json prints", &r.out },
        { OPTION_FLAG, "github", NULL, "print annotations for GitHub's runners", &r.github },
        { OPTION_FLAG, "json", NULL, "print JSON", &r.json },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    enum gate_status status = GATE_OPEN;
    int code = options_parse("gate", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid gate RUN --baseline NAME|DIR --policy FILE [OPTION]...\n\nHolds a run "
             "against its baseline and a policy. Exit status: 0 it passes, 1 it does not,\n2 "
             "trouble, 3 undecided: the numbers do not say.\n");
        options_print(table);
        status = GATE_PASS;
    } else if (!code && !(code = check_request(&r, args.n, &err))) {
        code = gate(&r, args.items[0], &status, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : exits[status];
}
