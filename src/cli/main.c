/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/lend.h"
#include "core/ranks.h"
#include "stats/methods.h"

static const struct command commands[] = {
    { "run", run_main, "run a study: counts, intervals, verdicts, charts, report" },
    { "estimate", estimate_main, "from the counts of a run folder to its findings" },
    { "chart", chart_main, "from the findings of a run folder to charts and report" },
    { "index", index_main, "make one page that links the reports below a folder" },
    { "cite", cite_main, "one finding as a paragraph that can be quoted" },
    { "trace", trace_main, "from a finding to its counts, files, lines and sources" },
    { "calc", calc_main, "the estimators on their own, for checking a paper" },
    { "explain", explain_main, "whether a gap survives what else differs: a regression" },
    { "thresholds", thresholds_main,
      "thresholds for target FMRs, one for all and one a group; curves" },
    { "plan", plan_main, "how many people a comparison of groups needs" },
    { "dataset", dataset_main, "data sets: which there are, what is in one, a subset" },
    { "ingest", ingest_main, "from a data set's images and tables to roster.csv" },
    { "backend", backend_main, "matchers: which there are, what one is, what it says" },
    { "cache", cache_main, "answers that are kept: how many, and fewer of them" },
    { "cassette", cassette_main, "what services were asked and answered: checked, listed" },
    { "cloud", cloud_main, "galleries that runs have left at services: listed, deleted" },
    { "embed", embed_main, "from a data set's images to a backend's answers" },
    { "image", image_main, "what a matcher would get of one image file, measured" },
    { "score", score_main, "compare templates: matches per pair of groups and person" },
    { "merge", merge_main, "make one folder of the parts that --shard made" },
    { "synth", synth_main, "draw a cohort of synthetic faces, for tests" },
    { "record", record_main, "add finished runs to the history" },
    { "history", history_main, "what was recorded, over time" },
    { "baseline", baseline_main, "name a recorded run that others are held against" },
    { "compare", compare_main,
      "what changed from one run to another, for whom, how surely" },
    { "gate", gate_main, "may a run go out, held against its baseline and a policy?" },
    { "dashboard", dashboard_main, "one page about all that was recorded, over time" },
    { "bundle", bundle_main, "pack a run so that others can audit it" },
    { "verify", verify_main, "hold a bundle to its hashes, and make its findings again" },
    { "list", list_main, "what there is: studies, estimators, charts, metrics" },
    { "help", help_main, "this text, or that of a command" },
    { "version", version_main, "the version of misid and of what it is built on" },
};

const struct command *command_table(size_t *n)
{
    *n = sizeof commands / sizeof *commands;
    return commands;
}

int cli_fail(struct err *err)
{
    fflush(stdout);
    for (const char *line = err_text(err), *end; *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        fprintf(stderr, "misid: %.*s\n", (int)(end - line), line);
    }
    err_release(err);
    return EXIT_TROUBLE;
}

int cli_finish(int status)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "misid: standard output: cannot write: %s\n",
            strerror(errno ? errno : EIO));
    return EXIT_TROUBLE;
}

int cli_columns(void)
{
    struct winsize size;

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static void print_usage(FILE *to)
{
    fputs("usage: misid COMMAND [ARGUMENT]...\n\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`misid help COMMAND` says more. Exit status: 0 done, 1 an asked-for check "
          "says\nno, 2 trouble, 3 undecided.\n", to);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    struct err err = ERR_INIT;

    err_add(&err, ERR_INPUT, "unknown command '%s', expected one that `misid help` lists",
            name);
    return cli_fail(&err);
}

int help_main(int argc, char **argv)
{
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    const struct command *c = find(argv[1]);
    if (!c)
        return unknown(argv[1]);
    if (c->main == help_main) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    char *const help[] = { (char *)c->name, (char *)"--help", NULL };
    return c->main(2, (char **)help);
}

int version_main(int argc, char **argv)
{
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        puts("usage: misid version\n\nPrints the version of misid, of GSL and of the "
             "compiler.");
        return EXIT_DONE;
    }
    printf("misid %s\n%s\n%s\n", PACKAGE_VERSION, stats_library(), __VERSION__);
    if (ranks_library())
        printf("%s\n", ranks_library());
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    stats_start();
    lend_to_backends();
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_TROUBLE;
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        name = "help";
    else if (!strcmp(name, "--version"))
        name = "version";
    const struct command *c = find(name);
    return c ? cli_finish(c->main(argc - 1, argv + 1)) : unknown(name);
}
