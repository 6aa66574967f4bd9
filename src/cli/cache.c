/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid cache: the answers of backends that are kept. */
#include "backends/cache.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"

struct cache_request {
    const char *dir, *older_than, *backend, *max_size;
    bool json, want_help;
};

/* A number with one of `units` behind it, each times its factor. */
static int parse_amount(const char *option, const char *value, const char *units,
                        const double *factors, const char *expected, double *to,
                        struct err *err)
{
    size_t len = strlen(value);
    const char *unit = len ? strchr(units, value[len - 1]) : NULL;
    char *digits = mem_strndup(value, unit ? len - 1 : len);
    bool good = num_parse_double(digits, to) && *to >= 0 && *to < 1e12;

    free(digits);
    if (!good || (!unit && *to > 0 && units[0] == 's'))
        return err_add(err, ERR_INPUT, "cache: --%s %s, expected %s", option, value, expected);
    if (unit)
        *to *= factors[unit - units];
    return 0;
}

static void format_day(char *to, size_t size, int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;

    if (!gmtime_r(&t, &tm) || !strftime(to, size, "%Y-%m-%d", &tm))
        snprintf(to, size, "?");
}

static void stat_json(const struct cache_stat *s, struct text *to)
{
    struct json_out w = json_out(to);
    int64_t answers = 0;

    for (size_t i = 0; i < s->n_backends; i++)
        answers += s->backends[i].answers;
    json_map(&w, NULL);
    json_string(&w, "path", s->path);
    json_int(&w, "bytes", s->file_bytes);
    json_bool(&w, "sound", s->sound);
    json_int(&w, "damaged", s->damaged);
    json_int(&w, "answers", answers);
    json_list(&w, "backends");
    for (size_t i = 0; i < s->n_backends; i++) {
        const struct cache_backend *b = &s->backends[i];
        json_map(&w, NULL);
        json_string(&w, "backend", b->name);
        json_string(&w, "fingerprint", b->fingerprint);
        json_int(&w, "answers", b->answers);
        json_int(&w, "bytes", b->bytes);
        json_int(&w, "first", b->first);
        json_int(&w, "last", b->last);
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
}

static void stat_words(const struct cache_stat *s, struct text *to)
{
    text_addf(to, "%s: %.1f MB, %s\n", s->path, (double)s->file_bytes / 1e6,
              s->sound && !s->damaged ? "sound" : "damaged");
    if (s->damaged)
        text_addf(to, "%" PRId64 " answers are damaged and will be computed anew\n",
                  s->damaged);
    for (size_t i = 0; i < s->n_backends; i++) {
        const struct cache_backend *b = &s->backends[i];
        char first[16], last[16];
        format_day(first, sizeof first, b->first);
        format_day(last, sizeof last, b->last);
        text_addf(to, "  %.12s  %8" PRId64 " answers  %8.1f MB  %s to %s  %s\n",
                  b->fingerprint, b->answers, (double)b->bytes / 1e6, first, last, b->name);
    }
}

static int do_stat(const struct cache_request *q, struct cache *c, struct err *err)
{
    struct cache_stat s;
    struct text t = TEXT_INIT;
    int code = cache_stat(c, &s, err);

    if (!code && q->json)
        stat_json(&s, &t);
    else if (!code)
        stat_words(&s, &t);
    fputs(t.s, stdout);
    text_release(&t);
    cache_stat_release(&s);
    return code;
}

static int do_prune(const struct cache_request *q, struct cache *c, struct err *err)
{
    static const double seconds[] = { 1, 60, 3600, 86400, 604800 };
    static const double bytes[] = { 1, 1e3, 1e6, 1e9 };
    struct cache_prune p = { .backend = q->backend, .max_bytes = -1 };
    double v = 0;
    int64_t dropped;
    int code = 0;

    if (!q->older_than && !q->backend && !q->max_size)
        return err_add(err, ERR_INPUT, "cache: nothing says what is to go, expected "
                       "--older-than, --backend or --max-size");
    if (q->older_than) {
        code = parse_amount("older-than", q->older_than, "smhdw", seconds,
                            "a time as 30d: s, m, h, d or w", &v, err);
        p.before = (int64_t)time(NULL) - (int64_t)v;
    }
    if (!code && q->max_size) {
        code = parse_amount("max-size", q->max_size, "BKMG", bytes,
                            "a size as 500M: B, K, M or G", &v, err);
        p.max_bytes = (int64_t)v;
    }
    if (!code)
        code = cache_prune(c, &p, &dropped, err);
    if (!code && q->json)
        printf("{\n  \"dropped\": %" PRId64 "\n}\n", dropped);
    else if (!code)
        printf("%" PRId64 " answers dropped\n", dropped);
    return code;
}

static bool has_answers(const char *dir)
{
    char *path = path_join(dir, "answers.db");
    bool there = path_is_file(path);

    free(path);
    return there;
}

int cache_main(int argc, char **argv)
{
    struct cache_request q = { .dir = NULL };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "cache", "DIR", "the folder it is in", &q.dir },
        { OPTION_TEXT, "older-than", "AGE", "prune: what was made before, as 30d",
          &q.older_than },
        { OPTION_TEXT, "backend", "NAME", "prune: only of this backend, or fingerprint",
          &q.backend },
        { OPTION_TEXT, "max-size", "SIZE", "prune: the oldest, until so much is left: 500M",
          &q.max_size },
        { OPTION_FLAG, "json", NULL, "print it as JSON", &q.json },
        { OPTION_FLAG, "help", NULL, "this text", &q.want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("cache", table, argc, argv, &args, &err);
    const char *what = args.n == 1 ? args.items[0] : "";

    if (!code && q.want_help) {
        puts("usage: misid cache stat|prune [OPTION]...\n\n"
             "What the cache of backends' answers holds, or fewer answers in it.\n");
        options_print(table);
    } else if (!code && strcmp(what, "stat") && strcmp(what, "prune")) {
        code = err_add(&err, ERR_INPUT, "cache: expected 'stat' or 'prune'");
    } else if (!code && !strcmp(what, "stat") && q.dir && !has_answers(q.dir)) {
        code = err_add(&err, ERR_INPUT, "%s: no cache is there, expected the folder of an "
                       "answers.db", q.dir);
    } else if (!code) {
        struct cache *c = cache_open(q.dir);
        code = strcmp(what, "stat") ? do_prune(&q, c, &err) : do_stat(&q, c, &err);
        if (!code && *cache_note(c))
            fprintf(stderr, "misid: %s\n", cache_note(c));
        cache_close(c);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
