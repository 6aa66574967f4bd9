/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two kinds of remote backends: plug-ins, by path or by name, in misid-host, and
 * external programs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/found.h"
#include "backends/kinds.h"
#include "backends/remote.h"
#include "base/file.h"

#define OPTION_DEADLINE \
    { "deadline", "30", "seconds that an image may take" }
#define OPTION_START_DEADLINE \
    { "start-deadline", "120", "seconds that the start may take, models loaded" }
#define OPTION_MEMORY \
    { "memory", "8192", "MiB of private memory that its process may take; 0: no bound" }

#define OPTION_DISK \
    { "disk", "4096", "MiB that it may put into its folder, its TMPDIR; 0: no bound" }
#define OPTION_CONFINE \
    { "confine", "no", "yes: it may write in its folder only, read what is of the system, " \
      "its own folder and models, and open no connection" }

static const struct backend_option plugin_options[] = {
    OPTION_CONFINE, OPTION_DEADLINE, OPTION_DISK, OPTION_MEMORY, OPTION_START_DEADLINE,
    { NULL, NULL, NULL }
};

static const struct backend_option exec_options[] = {
    { "command", "", "the program and its arguments; quotes as in a shell" },
    OPTION_CONFINE, OPTION_DEADLINE, OPTION_DISK, OPTION_MEMORY,
    { "path", "normalised", "what a program that wants a path gets: normalised, a file of "
      "the pixels that every matcher gets; original, the data set's" },
    OPTION_START_DEADLINE, { NULL, NULL, NULL }
};

/* What a process may touch changes no answer of one that keeps to it. */
static const char *const apart[] = { "confine", "disk", NULL };

/* What is given for `name`, else its default. */
static const char *value_of(const struct backend_option *options,
                            const struct setting *given, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(given[i].name, name))
            return given[i].value;
    while (strcmp(options->name, name) != 0)
        options++;
    return options->fallback;
}

static int read_number(const struct backend *b, const char *name, const char *value,
                       double low, double high, double *to, struct err *err)
{
    if (num_parse_double(value, to) && *to >= low && *to <= high)
        return 0;
    return err_add(err, ERR_INPUT, "backend %s: %s=%.60s, expected a number from %g to %g",
                   b->asked, name, value, low, high);
}

/* What a confined process may read besides the system: what its command names, and the
 * places of models. */
static char **readable_of(struct backend *b, char *const *argv)
{
    struct arena *a = &b->arena;
    const char *lists[] = { getenv("MISID_MODELS"), getenv("MISID_DATA") };
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    size_t n = 4, k = 0;

    for (size_t i = 0; argv[i]; i++)
        n++;
    for (int i = 0; i < 2; i++)
        for (const char *s = lists[i]; s && *s; s++)
            n += *s == ':';
    char **paths = arena_array(a, n, sizeof *paths);
    for (; argv[k]; k++)
        paths[k] = argv[k];
    for (int i = 0; i < 2; i++)
        for (const char *s = lists[i]; s && *s; s += *s == ':') {
            size_t len = strcspn(s, ":");
            if (len)
                paths[k++] = arena_strndup(a, s, len);
            s += len;
        }
    char *usual = data && *data ? path_join(data, "misid")
                  : home ? path_join(home, ".local/share/misid") : NULL;
    if (usual)
        paths[k++] = arena_strdup(a, usual);
    free(usual);
    return paths;
}

/* The options that both kinds have; after the command is known. */
static int read_bounds(struct backend *b, struct remote *r,
                       const struct backend_option *options, const struct setting *given,
                       size_t n, struct err *err)
{
    const char *confine = value_of(options, given, n, "confine");
    double memory, disk;
    int code = read_number(b, "deadline", value_of(options, given, n, "deadline"), 0.001,
                           86400, &r->deadline, err);

    if (!code)
        code = read_number(b, "start-deadline",
                           value_of(options, given, n, "start-deadline"), 0.001, 86400,
                           &r->start_deadline, err);
    if (!code)
        code = read_number(b, "memory", value_of(options, given, n, "memory"), 0, 1 << 24,
                           &memory, err);
    if (!code)
        code = read_number(b, "disk", value_of(options, given, n, "disk"), 0, 1 << 24, &disk,
                           err);
    if (!code && strcmp(confine, "yes") && strcmp(confine, "no"))
        code = err_add(err, ERR_INPUT, "backend %s: confine=%.60s, expected yes or no",
                       b->asked, confine);
    b->apart = apart;
    if (!code)
        r->bounds = (struct worker_bounds){ (size_t)(memory * 1048576),
                                            (size_t)(disk * 1048576),
                                            !strcmp(confine, "yes"),
                                            readable_of(b, r->argv) };
    return code;
}

static bool is_path(const char *name)
{
    return strchr(name, '/') != NULL;
}

static bool claims(const char *name)
{
    char *path = is_path(name) ? mem_strdup(name) : found_plugin(name);
    bool known = path != NULL;

    free(path);
    return known;
}

static int open_plugin(struct backend *b, const struct setting *given, size_t n,
                       struct err *err)
{
    struct remote *r = arena_alloc(&b->arena, sizeof *r);
    char *host = NULL, *path = is_path(b->asked) ? mem_strdup(b->asked)
                                                 : found_plugin(b->asked);
    int code = 0;

    if (!path || !path_is_file(path))
        code = err_add(err, ERR_INPUT, "backend %s: there is no such plug-in", b->asked);
    if (!code && !(host = found_host(err)))
        code = ERR_INPUT;
    if (!code) {
        r->argv = arena_array(&b->arena, 3, sizeof *r->argv);
        r->argv[0] = arena_strdup(&b->arena, host);
        r->argv[1] = arena_strdup(&b->arena, path);
        code = read_bounds(b, r, plugin_options, given, n, err);
    }
    if (!code)
        code = backend_add_file(b, path, err);
    if (!code)
        code = remote_open(b, r, plugin_options, given, n, err);
    free(host);
    free(path);
    return code;
}

/* One word of a command, quotes taken off: 1; 0 at the end; -1 in an open quote. */
static int next_word(const char **at, struct text *word)
{
    const char *s = *at + strspn(*at, " \t");
    char quote = '\0';

    text_reset(word);
    if (!*s)
        return 0;
    for (; *s && (quote || (*s != ' ' && *s != '\t')); s++) {
        if (quote ? *s == quote : *s == '\'' || *s == '"') {
            quote = quote ? '\0' : *s;
        } else if (*s == '\\' && quote != '\'' && s[1]) {
            text_addch(word, *++s);
        } else {
            text_addch(word, *s);
        }
    }
    *at = s;
    return quote ? -1 : 1;
}

static int split_command(struct backend *b, struct remote *r, const char *command,
                         struct err *err)
{
    struct text word = TEXT_INIT;
    size_t n = 0;
    int more;

    r->argv = arena_array(&b->arena, strlen(command) + 2, sizeof *r->argv);
    while ((more = next_word(&command, &word)) > 0)
        r->argv[n++] = arena_strdup(&b->arena, word.s);
    text_release(&word);
    if (more < 0)
        return err_add(err, ERR_INPUT, "backend %s: command: a quote is not closed",
                       b->asked);
    if (!n)
        return err_add(err, ERR_INPUT, "backend %s: command is missing, expected "
                       "command=PROGRAM", b->asked);
    return 0;
}

/* Its files: every word of the command that is the path of one; a program that is found
 * along PATH is known by what it says of itself. */
static int add_files(struct backend *b, const struct remote *r, struct err *err)
{
    int code = 0;

    for (size_t i = 0; r->argv[i] && !code; i++)
        if (path_is_file(r->argv[i]) && (i || is_path(r->argv[i])))
            code = backend_add_file(b, r->argv[i], err);
    return code;
}

static int open_exec(struct backend *b, const struct setting *given, size_t n,
                     struct err *err)
{
    struct remote *r = arena_alloc(&b->arena, sizeof *r);
    const char *path = value_of(exec_options, given, n, "path");
    int code = split_command(b, r, value_of(exec_options, given, n, "command"), err);

    r->original = !strcmp(path, "original");
    if (!code && !r->original && strcmp(path, "normalised") != 0)
        code = err_add(err, ERR_INPUT, "backend %s: path=%.60s, expected normalised or "
                       "original", b->asked, path);
    if (!code)
        code = read_bounds(b, r, exec_options, given, n, err);
    if (!code)
        code = add_files(b, r, err);
    if (!code)
        code = remote_open(b, r, exec_options, given, n, err);
    return code;
}

const struct backend_kind backend_exec = {
    .name = "exec", .about = "an external program, by lines of JSON: misid-backend(7)",
    .open = open_exec,
};

const struct backend_kind backend_plugin = {
    .name = "PLUGIN.so", .about = "a plug-in, by its path or name: misid-backend(7)",
    .claims = claims, .open = open_plugin,
};
