/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void option_list_add(struct option_list *list, const char *item)
{
    MEM_ROOM(list->items, list->n, list->cap);
    list->items[list->n++] = item;
}

void option_list_release(struct option_list *list)
{
    free(list->items);
    *list = (struct option_list){ NULL, 0, 0 };
}

static const struct option *find(const struct option *table, const char *name, size_t n)
{
    for (; table->kind != OPTION_END; table++)
        if (strlen(table->name) == n && !memcmp(table->name, name, n))
            return table;
    return NULL;
}

static int unknown(const char *command, const struct option *table, const char *arg,
                   struct err *err)
{
    struct text known = TEXT_INIT;

    for (; table->kind != OPTION_END; table++)
        text_addf(&known, "%s--%s", known.len ? ", " : "", table->name);
    int code = err_add(err, ERR_INPUT, "%s: unknown option %s, expected one of %s", command,
                       arg, known.len ? known.s : "none");
    text_release(&known);
    return code;
}

/* "-" is a name, and "-1" a number. */
static bool is_option(const char *arg)
{
    return arg[0] == '-' && arg[1] && !strchr(".0123456789", arg[1]);
}

int options_parse(const char *command, const struct option *table, int argc,
                  char **argv, struct option_list *args, struct err *err)
{
    int code = 0;
    bool only_args = false;

    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *value = NULL;
        if (only_args || !is_option(arg)) {
            option_list_add(args, arg);
            continue;
        }
        if (!strcmp(arg, "-h"))
            arg = "--help";
        if (arg[1] != '-') {
            code = unknown(command, table, arg, err);
            continue;
        }
        if (!arg[2]) {
            only_args = true;
            continue;
        }
        const char *equals = strchrnul(arg, '=');
        const struct option *o = find(table, arg + 2, (size_t)(equals - arg) - 2);
        if (!o) {
            code = unknown(command, table, arg, err);
            continue;
        }
        if (*equals)
            value = equals + 1;
        if (o->kind == OPTION_FLAG) {
            if (value)
                code = err_add(err, ERR_INPUT, "%s: --%s takes no value, got '%s'",
                               command, o->name, value);
            *(bool *)o->to = true;
            continue;
        }
        if (!value && i + 1 < argc)
            value = argv[++i];
        if (!value) {
            code = err_add(err, ERR_INPUT, "%s: --%s needs a value, expected %s",
                           command, o->name, o->value);
            continue;
        }
        switch (o->kind) {
        case OPTION_TEXT: *(const char **)o->to = value; break;
        case OPTION_LIST: option_list_add(o->to, value); break;
        case OPTION_NUMBER:
            if (!num_parse_double(value, o->to))
                code = err_add(err, ERR_INPUT, "%s: --%s is '%s', expected a number",
                               command, o->name, value);
            break;
        case OPTION_FLAG:
        case OPTION_END: break;
        }
    }
    return code;
}

void options_print(const struct option *table)
{
    for (; table->kind != OPTION_END; table++) {
        char left[80];
        snprintf(left, sizeof left, "--%s%s%s", table->name, table->value ? " " : "",
                 table->value ? table->value : "");
        size_t columns = text_columns(left);
        printf("  %s%*s %s\n", left, columns < 24 ? 24 - (int)columns : 0, "", table->help);
    }
}
