/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid compare: what became better or worse from one run to another, and for whom. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/draws.h"
#include "cli/runpair.h"
#include "cli/options.h"
#include "model/point.h"
#include "report/changed.h"

struct request {
    const char *history, *html, *markdown, *csv, *title;
    struct runpair_filter filter;
    double replicates, seed;
    bool json, quiet, help;
};

static int check_request(const struct request *r, size_t runs, struct err *err)
{
    if (runs < 2)
        return err_add(err, ERR_INPUT, "compare: %zu runs named, expected two or more", runs);
    if (runs > SIDES_MAX)
        return err_add(err, ERR_LIMIT, "compare: %zu runs named, expected at most %d", runs,
                       SIDES_MAX);
    if (!(r->filter.confidence >= .5 && r->filter.confidence < 1))
        return err_add(err, ERR_INPUT, "compare: --confidence %g, expected a number from 0.5 "
                       "to 0.999999", r->filter.confidence);
    const struct draws draws = { r->replicates, NAN, r->seed };
    return draws_check("compare", &draws, err);
}

/* Each run with each that comes after it. */
static int compare_all(const struct sides *s, const struct request *r, struct changes *to,
                       struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < s->n && !code; i++)
        for (size_t k = i + 1; k < s->n && !code; k++) {
            struct runpair c;
            code = runpair_init(&c, &s->list[i], &s->list[k], err);
            c.how.replicates = (size_t)r->replicates;
            c.how.seed = (uint64_t)r->seed;
            if (!code)
                code = runpair_all(&c, &r->filter, to, err);
            runpair_release(&c);
        }
    if (!code && !to->n)
        code = err_add(err, ERR_INPUT, "compare: no finding of these runs is of that metric, "
                       "group, point and backend, expected one that findings.csv has");
    runpair_adjust(to);
    changes_sort(to);
    return code;
}

static void add_about(const struct side *s, struct text *to)
{
    const struct history_head *h = &s->run.head;

    text_add(to, h->study && *h->study ? h->study : "comparisons");
    if (h->started && *h->started)
        text_addf(to, ", %s", h->started);
    if (h->version && *h->version)
        text_addf(to, ", misid %s", h->version);
    if (s->recorded)
        text_addf(to, ", recorded as %.12s", h->id);
}

static int write_file(const char *path, const struct text *t, struct err *err)
{
    if (strcmp(path, "-"))
        return file_write(path, t->s, t->len, err);
    fputs(t->s, stdout);
    return 0;
}

static int tell(const struct request *r, const struct sides *s, const struct changes *c,
                struct err *err)
{
    struct changed_run runs[SIDES_MAX];
    struct text about[SIDES_MAX], t = TEXT_INIT, title = TEXT_INIT;
    bool plain = !r->json && !r->quiet;
    int code = 0;

    for (size_t i = 0; i < s->n; i++) {
        text_init(&about[i]);
        add_about(&s->list[i], &about[i]);
        runs[i] = (struct changed_run){ s->list[i].name, about[i].s };
        text_addf(&title, "%s%s", i ? " → " : "", s->list[i].name);
    }
    const struct changed out = { c, runs, s->n, r->title ? r->title : title.s };
    const struct {
        const char *path;
        void (*write)(const struct changed *c, struct text *to);
    } files[] = { { r->html, changed_page }, { r->markdown, changed_markdown } };
    for (size_t i = 0; i < 2 && !code; i++) {
        if (!files[i].path)
            continue;
        plain &= strcmp(files[i].path, "-") != 0;
        text_reset(&t);
        files[i].write(&out, &t);
        code = write_file(files[i].path, &t, err);
    }
    if (r->csv && !code) {
        plain &= strcmp(r->csv, "-") != 0;
        text_reset(&t);
        changes_to_csv(c, &t);
        code = write_file(r->csv, &t, err);
    }
    text_reset(&t);
    if (r->json && !code) {
        struct json_out w = json_out(&t);
        json_map(&w, NULL);
        json_list(&w, "runs");
        for (size_t i = 0; i < s->n; i++) {
            json_map(&w, NULL);
            json_string(&w, "name", s->list[i].name);
            json_string(&w, "study", s->list[i].run.head.study);
            json_string(&w, "started", s->list[i].run.head.started);
            json_string(&w, "id", s->list[i].run.head.id);
            json_end(&w);
        }
        json_end(&w);
        changes_add_json(c, &w);
        json_end(&w);
        puts(t.s);
    } else if (plain && !code) {
        changed_terminal(&out, cli_columns(), isatty(STDOUT_FILENO) && !getenv("NO_COLOR"), &t);
        fputs(t.s, stdout);
    }
    for (size_t i = 0; i < s->n; i++)
        text_release(&about[i]);
    text_release(&title);
    text_release(&t);
    return code;
}

int compare_main(int argc, char **argv)
{
    struct request r = { .filter = { .confidence = .95 }, .replicates = 2000, .seed = 1 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "history", "FILE", "where recorded runs are "
          "(results/history.sqlite)", &r.history },
        { OPTION_TEXT, "metric", "NAME", "only this: fnmr, or fmr.ratio", &r.filter.metric },
        { OPTION_TEXT, "group", "GROUP", "only what speaks of it", &r.filter.group },
        { OPTION_TEXT, "point", "POINT", "only at this operating point", &r.filter.point },
        { OPTION_TEXT, "backend", "NAME", "only this", &r.filter.backend },
        { OPTION_NUMBER, "confidence", "C", "of the intervals (0.95)", &r.filter.confidence },
        { OPTION_NUMBER, "replicates", "N", "of the bootstrap of spreads (2000)",
          &r.replicates },
        { OPTION_NUMBER, "seed", "N", "of it (1)", &r.seed },
        { OPTION_TEXT, "title", "TEXT", "of the page", &r.title },
        { OPTION_TEXT, "html", "FILE", "write a page", &r.html },
        { OPTION_TEXT, "markdown", "FILE", "write Markdown; - prints it", &r.markdown },
        { OPTION_TEXT, "csv", "FILE", "write the table; - prints it", &r.csv },
        { OPTION_FLAG, "json", NULL, "print JSON", &r.json },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    struct sides sides = { .n = 0 };
    struct arena arena = { 0 };
    struct changes changes;
    int code = options_parse("compare", table, argc, argv, &args, &err);

    changes_init(&changes);
    if (!code && r.help) {
        puts("usage: misid compare BEFORE AFTER... [OPTION]...\n\nSays what became better or "
             "worse from one run to another, for whom, and how surely. A\nrun is a run folder, "
             "a folder of comparisons, a baseline or the id of a recorded run.\n");
        options_print(table);
    } else if (!code && !(code = check_request(&r, args.n, &err)) &&
               !(code = sides_init(&sides, r.history, &err))) {
        r.filter.point = point_spelled(&arena, r.filter.point);
        for (size_t i = 0; i < args.n && !code; i++)
            if (!sides_add(&sides, args.items[i], &err))
                code = err.code;
        if (!code)
            code = compare_all(&sides, &r, &changes, &err);
        if (!code)
            code = tell(&r, &sides, &changes, &err);
    }
    changes_release(&changes);
    sides_release(&sides);
    option_list_release(&args);
    arena_release(&arena);
    return code ? cli_fail(&err) : EXIT_DONE;
}
