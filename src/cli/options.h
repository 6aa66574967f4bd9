/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options: one way to read every command's arguments, from the same table that
 * its help is printed from.
 *
 * `--name value`, `--name=value` and flags may stand anywhere; `--` ends them;
 * `-h` is `--help`, there are no other short ones;
 * everything else is a positional argument. Faults are one line each.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum option_kind {
    OPTION_END,    /* ends the table */
    OPTION_FLAG,   /* bool */
    OPTION_TEXT,   /* const char * */
    OPTION_NUMBER, /* double */
    OPTION_LIST,   /* struct option_list: may be given several times */
};

struct option_list {
    const char **items;
    size_t n, cap;
};

struct option {
    enum option_kind kind;
    const char *name;  /* without the dashes */
    const char *value; /* how the help calls its value: "DIR" */
    const char *help;
    void *to;
};

/* Fills what the table points at and `args` (positional; free the items of
 * lists with option_list_release()). `command` begins the lines of faults. */
int options_parse(const char *command, const struct option *table, int argc,
                  char **argv, struct option_list *args, struct err *err);
void option_list_add(struct option_list *list, const char *item);
void option_list_release(struct option_list *list);

/* The options part of a help text, to stdout. */
void options_print(const struct option *table);

#endif
