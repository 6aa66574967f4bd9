/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid score: from templates to the tallies of their comparisons. */
#include <stdio.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/scoring.h"
#include "cli/shard.h"

static int check_given(const struct score_request *r, const struct option_list *args,
                       struct err *err)
{
    if (args->n > 1 || (args->n == 1) == (r->templates || r->roster) ||
        (!args->n && (!r->templates || !r->roster)))
        return err_add(err, ERR_INPUT, "score: expected --templates T.npy and --roster R.csv, "
                       "or one folder that misid embed made");
    if (!r->thresholds && !r->targets)
        return err_add(err, ERR_INPUT, "score: expected --thresholds with one number or more, "
                       "or --target-fmr");
    if (!r->out)
        return err_add(err, ERR_INPUT, "score: expected --out DIR");
    if (r->trials && r->probes)
        return err_add(err, ERR_INPUT, "score: --trials compares samples of one roster: give "
                       "no --probes");
    if (r->trials && r->same)
        return err_add(err, ERR_INPUT, "score: --trials says what is compared: give no --same");
    if (!r->probes && (r->probe_roster || r->consolidate))
        return err_add(err, ERR_INPUT, "score: --probe-roster and --consolidate go with "
                       "--probes");
    if (r->probes && path_is_dir(r->probes) == (r->probe_roster != NULL))
        return err_add(err, ERR_INPUT, "score: expected --probes P.npy with --probe-roster, or "
                       "a folder that misid embed made without");
    if (!(r->every >= 0))
        return err_add(err, ERR_INPUT, "score: --checkpoint %g, expected seconds from 0",
                       r->every);
    return 0;
}

int score_main(int argc, char **argv)
{
    struct score_request r = SCORE_REQUEST_INIT;
    bool help = false;
    const struct option table[] = {
        { OPTION_TEXT, "templates", "FILE", "templates.npy: a template a row", &r.templates },
        { OPTION_TEXT, "roster", "FILE", "who they are: sample, subject, attributes", &r.roster },
        { OPTION_TEXT, "by", "AXIS,…", "groups: combinations of these attributes", &r.by },
        { OPTION_TEXT, "thresholds", "T,…", "scores from which templates match", &r.thresholds },
        { OPTION_TEXT, "out", "DIR", "the folder to write into", &r.out },
        { OPTION_TEXT, "similarity", "NAME", "cosine, inner, euclidean or chi-square\n                           (the matcher's own, else cosine)",
          &r.similarity },
        { OPTION_TEXT, "mode", "NAME", "full, or tail: only what is above the floor",
          &r.mode },
        { OPTION_TEXT, "trials", "FILE", "only the comparisons of this list", &r.trials },
        { OPTION_TEXT, "same", "AXIS,…", "compare only samples that agree on these", &r.same },
        { OPTION_TEXT, "same-person", "FILE", "pairs that somebody has looked at: probe, "
          "reference, verdict", &r.same_person },
        { OPTION_TEXT, "probes", "FILE", "templates that are searched for in the others",
          &r.probes },
        { OPTION_TEXT, "probe-roster", "FILE", "who the probes are", &r.probe_roster },
        { OPTION_NUMBER, "top", "K", "candidates a probe (20)", &r.top },
        { OPTION_TEXT, "consolidate", "HOW", "none, or max: a person's best image stands for "
          "it", &r.consolidate },
        { OPTION_NUMBER, "floor", "F", "keep non-mated pairs from here on (lowest threshold)",
          &r.floor },
        { OPTION_TEXT, "target-fmr", "F,…", "keep at least 5 times as many as the largest asks",
          &r.targets },
        { OPTION_NUMBER, "max-exceedances", "N", "but raise the floor past so many (10000000)",
          &r.most },
        { OPTION_NUMBER, "bins", "N", "of a histogram, a power of two (65536)", &r.bins },
        { OPTION_TEXT, "failures", "HOW", "exclude, or non-match: lost comparisons count",
          &r.failures },
        { OPTION_NUMBER, "threads", "N", "threads (all processors)", &r.threads },
        { OPTION_NUMBER, "checkpoint", "S", "seconds between two states on disk (30)",
          &r.every },
        { OPTION_FLAG, "resume", NULL, "never start afresh over a state that does not fit",
          &r.resume },
        SHARD_OPTION(r.shard),
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "json", NULL, "print a summary as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct option_list args = { 0 };
    struct err err = ERR_INIT;
    struct ranks ranks;
    int code = ranks_begin(&ranks, &err);

    if (!code)
        code = options_parse("score", table, argc, argv, &args, &err);
    if (code && ranks.rank) /* as rank 0 says */
        err_release(&err);
    if (!code && help && !ranks.rank) {
        puts("usage: misid score --templates T.npy --roster R.csv --thresholds T,… --out DIR "
             "[OPTION]...\n       misid score RUN --thresholds T,… [--out DIR] [OPTION]...\n\n"
             "Compares templates: all pairs, those of a list, or probes with a gallery, and "
             "counts\nthe matches of every pair of groups and of every person.\n");
        options_print(table);
    } else if (!code && !help) {
        r.run = args.n ? args.items[0] : NULL;
        if (!r.out)
            r.out = r.run;
        r.ranks = &ranks;
        code = check_given(&r, &args, &err);
        if (code && ranks.rank)
            err_release(&err);
        if (!code)
            code = scoring_run(&r, &err);
    }
    option_list_release(&args);
    int status = code ? cli_fail(&err) : EXIT_DONE;
    ranks_end(&ranks);
    return status;
}
