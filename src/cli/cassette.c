/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid cassette: what services were asked and answered, checked and listed. */
#include "backends/cassette.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_read.h"
#include "cli/cli.h"
#include "cli/options.h"

struct cassette_request {
    const char *last;
    bool json, want_help;
};

static void sum_json(const char *path, const struct cassette_sum *s, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_string(&w, "file", path);
    json_int(&w, "lines", (int64_t)s->lines);
    json_int(&w, "requests", (int64_t)s->requests);
    json_int(&w, "answers", (int64_t)s->answers);
    json_int(&w, "outcomes", (int64_t)s->outcomes);
    json_int(&w, "tries", (int64_t)s->tries);
    json_int(&w, "torn_bytes", (int64_t)s->torn);
    json_string(&w, "last_hash", s->last);
    json_end(&w);
}

static void sum_words(const char *path, const struct cassette_sum *s, struct text *to)
{
    text_addf(to, "%s: whole: %zu lines, %zu requests, %zu answers, %zu given up, %zu sent "
              "again\nlast hash %s\n", path, s->lines, s->requests, s->answers, s->outcomes,
              s->tries, s->last);
}

/* 0; EXIT_NO where the file is not what it should be; negative where it cannot be read. */
static int do_verify(const struct cassette_request *q, const char *path, struct err *err)
{
    struct cassette_sum s;
    struct text t = TEXT_INIT;
    int code = cassette_verify(path, &s, err);

    if (code == ERR_INPUT)
        return EXIT_NO;
    if (code)
        return code;
    if (s.torn) {
        err_add(err, ERR_INPUT, "%s: behind line %zu: %zu bytes of a line that is not whole, "
                "as a kill leaves it", path, s.lines, s.torn);
        return EXIT_NO;
    }
    if (q->last && strcmp(q->last, s.last) != 0) {
        err_add(err, ERR_INPUT, "%s: its last hash is %s, expected %s: lines are missing at "
                "its end, or were added", path, s.last, q->last);
        return EXIT_NO;
    }
    if (q->json)
        sum_json(path, &s, &t);
    else
        sum_words(path, &s, &t);
    fputs(t.s, stdout);
    text_release(&t);
    return 0;
}

static const char *string_of(const struct json_value *v, const char *key)
{
    const char *s = v ? json_get_string(json_member(v, key)) : NULL;

    return s ? s : "";
}

static bool list_line(void *arg, size_t n, const char *line, size_t len)
{
    struct json_doc doc;
    int64_t status = 0;

    (void)arg;
    if (json_doc_parse(&doc, line, len, "", NULL) < 0)
        return true;
    const struct json_value *answer = json_member(doc.root, "answer");
    const char *kind = string_of(doc.root, "kind");
    if (!strcmp(kind, "exchange")) {
        json_get_int(answer ? json_member(answer, "status") : NULL, &status);
        printf("%6zu  %s  %-20s %-8s %-8s %3" PRId64 "  %.16s  %s\n", n,
               string_of(doc.root, "time"), string_of(doc.root, "operation"),
               string_of(doc.root, "as"), string_of(answer, "outcome"), status,
               string_of(json_member(doc.root, "request"), "sha256"),
               string_of(answer, "why"));
    } else {
        printf("%6zu  %s  %s %s%s\n", n, string_of(doc.root, "time"), kind,
               string_of(doc.root, "note"), string_of(doc.root, "service"));
    }
    json_doc_release(&doc);
    return true;
}

static int do_list(const char *path, struct err *err)
{
    struct cassette_sum s;
    int code = cassette_verify(path, &s, err);

    return code ? code : cassette_walk(path, list_line, NULL, err);
}

int cassette_main(int argc, char **argv)
{
    struct cassette_request q = { .json = false };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "last", "HASH", "verify: the last hash, as backend.json has it",
          &q.last },
        { OPTION_FLAG, "json", NULL, "verify: print it as JSON", &q.json },
        { OPTION_FLAG, "help", NULL, "this text", &q.want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("cassette", table, argc, argv, &args, &err);
    const char *what = args.n == 2 ? args.items[0] : "";

    if (!code && q.want_help) {
        puts("usage: misid cassette verify FILE [--last HASH] [--json]\n"
             "       misid cassette list FILE\n\n"
             "Whether a cassette is whole and unaltered, or what is on it.\n");
        options_print(table);
    } else if (!code && !strcmp(what, "verify")) {
        code = do_verify(&q, args.items[1], &err);
    } else if (!code && !strcmp(what, "list")) {
        code = do_list(args.items[1], &err);
    } else if (!code) {
        code = err_add(&err, ERR_INPUT, "cassette: expected 'verify FILE' or 'list FILE'");
    }
    option_list_release(&args);
    if (code == EXIT_NO) {
        cli_fail(&err);
        return EXIT_NO;
    }
    return code ? cli_fail(&err) : EXIT_DONE;
}
