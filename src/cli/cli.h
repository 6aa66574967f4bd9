/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli: the commands. Each is a function that gets its own argv (argv[0] is its
 * name) and returns the exit status: 0 done; 1 an asked-for check says no; 2
 * trouble, told on stderr in one line a fault; 3 undecided. Only src/cli prints.
 *
 * The one table of commands is in main.c.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/err.h"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_TROUBLE = 2, EXIT_UNDECIDED = 3 };

struct command {
    const char *name;
    int (*main)(int argc, char **argv);
    const char *summary; /* one line for `misid help` */
};
const struct command *command_table(size_t *n);

int run_main(int argc, char **argv);
int estimate_main(int argc, char **argv);
int chart_main(int argc, char **argv);
int index_main(int argc, char **argv);
int cite_main(int argc, char **argv);
int compare_main(int argc, char **argv);
int trace_main(int argc, char **argv);
int calc_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int gate_main(int argc, char **argv);
int plan_main(int argc, char **argv);
int thresholds_main(int argc, char **argv);
int dataset_main(int argc, char **argv);
int ingest_main(int argc, char **argv);
int backend_main(int argc, char **argv);
int backend_check_main(int argc, char **argv); /* of `backend`, as its argv[1] says */
int cache_main(int argc, char **argv);
int cassette_main(int argc, char **argv);
int cloud_main(int argc, char **argv);
int embed_main(int argc, char **argv);
int image_main(int argc, char **argv);
int score_main(int argc, char **argv);
int merge_main(int argc, char **argv);
int synth_main(int argc, char **argv);
int record_main(int argc, char **argv);
int history_main(int argc, char **argv);
int dashboard_main(int argc, char **argv);
int baseline_main(int argc, char **argv);
int bundle_main(int argc, char **argv);
int verify_main(int argc, char **argv);
int list_main(int argc, char **argv);
int help_main(int argc, char **argv);
int version_main(int argc, char **argv);

/* Prints every line of `err` behind "misid: ", releases it, gives the status. */
int cli_fail(struct err *err);

/* Flushes stdout; the status, or 2 with a line if what was printed is lost. */
int cli_finish(int status);

/* Columns of the terminal, 80 where stdout is none. */
int cli_columns(void);

#endif
