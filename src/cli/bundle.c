/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid bundle: a run as one archive, for others to audit. */
#include "cli/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "base/sign.h"
#include "base/tar.h"
#include "cli/cli.h"
#include "cli/options.h"

struct bundle_request {
    const char *out, *scores, *sign;
    bool with_samples, quiet, json, help;
};

static bool is_archive(const char *out)
{
    size_t n = strlen(out);

    return n > 4 && !strcmp(out + n - 4, ".tar");
}

static int64_t started_at(const struct run *r)
{
    struct tm tm = { .tm_isdst = 0 };

    return strptime(r->started, "%Y-%m-%dT%H:%M:%SZ", &tm) ? (int64_t)timegm(&tm) : 0;
}

static int write_archive(const struct bundle *b, const char *out)
{
    struct tar_out tar;
    int code = tar_begin(&tar, out, started_at(&b->run), b->err);

    if (code)
        return code;
    for (size_t i = 0; i < b->n_items && !code; i++) {
        const struct bundle_item *item = &b->items[i];
        code = item->path ? tar_add_file(&tar, item->name, item->path, b->err)
                          : tar_add(&tar, item->name, item->text.s, item->text.len, b->err);
    }
    if (code)
        tar_abort(&tar);
    else
        code = tar_commit(&tar, b->err);
    return code;
}

static int copy(const char *from, const char *to, struct err *err)
{
    char *data = NULL;
    size_t len;
    int code = file_read(from, (size_t)TAR_MAX_BYTES, &data, &len, err);

    if (!code)
        code = file_write(to, data, len, err);
    free(data);
    return code;
}

/* The manifest last: a folder that has one is whole. */
static int write_folder(const struct bundle *b, const char *out)
{
    int code = path_make_dirs(out, b->err);

    for (int last = 0; last < 2; last++)
        for (size_t i = 0; i < b->n_items && !code; i++) {
            const struct bundle_item *item = &b->items[i];
            bool manifest = !strcmp(item->name, BUNDLE_MANIFEST);
            if (manifest != (last == 1))
                continue;
            char *path = path_join(out, item->name), *dir = path_dirname(path);
            code = path_make_dirs(dir, b->err);
            if (!code)
                code = item->path ? copy(item->path, path, b->err)
                                  : file_write(path, item->text.s, item->text.len, b->err);
            free(dir);
            free(path);
        }
    return code;
}

/* Of the manifest, which has the hash of everything else; OUT.sig. */
static int sign(const struct bundle *b, const char *key, const char *out)
{
    struct text signature = TEXT_INIT;
    char *path = mem_printf("%s.sig", out);
    int code = ERR_INPUT;

    for (size_t i = 0; i < b->n_items; i++)
        if (!strcmp(b->items[i].name, BUNDLE_MANIFEST))
            code = sign_bytes(key, b->items[i].text.s, b->items[i].text.len, &signature,
                              b->err);
    if (!code)
        code = file_write(path, signature.s, signature.len, b->err);
    text_release(&signature);
    free(path);
    return code;
}

static void tell(const struct bundle *b, const struct bundle_request *r, const char *out)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    size_t rewritten = 0;
    uint64_t bytes = 0;

    for (size_t i = 0; i < b->n_items; i++) {
        rewritten += b->items[i].rewritten;
        bytes += b->items[i].size;
    }
    if (r->json) {
        json_map(&w, NULL);
        json_string(&w, "bundle", out);
        json_int(&w, "files", (int64_t)b->n_items);
        json_int(&w, "bytes", (int64_t)bytes);
        json_int(&w, "rewritten", (int64_t)rewritten);
        json_int(&w, "left_out", (int64_t)b->n_left_out);
        json_bool(&w, "signed", r->sign != NULL);
        json_end(&w);
        puts(t.s);
    } else if (!r->quiet) {
        printf("%s: %zu files, %.3g MB; %zu rewritten without names, %zu left out%s\n", out,
               b->n_items, (double)bytes / 1e6, rewritten, b->n_left_out,
               r->sign ? "; signed" : "");
    }
    text_release(&t);
}

static int make(const char *dir, const struct bundle_request *r, struct err *err)
{
    struct bundle b;
    size_t len = strlen(dir);
    char *out;

    while (len > 1 && dir[len - 1] == '/')
        len--;
    out = r->out ? mem_strdup(r->out) : mem_printf("%.*s.tar", (int)len, dir);
    int code = bundle_open(&b, dir, r->scores, r->with_samples, err);
    if (!code) {
        bundle_describe(&b);
        code = is_archive(out) ? write_archive(&b, out) : write_folder(&b, out);
    }
    if (!code && r->sign)
        code = sign(&b, r->sign, out);
    if (!code)
        tell(&b, r, out);
    bundle_release(&b);
    free(out);
    return code;
}

int bundle_main(int argc, char **argv)
{
    struct bundle_request r = { 0 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "out", "FILE", "an archive FILE.tar, or a folder (default: RUN.tar)",
          &r.out },
        { OPTION_TEXT, "scores", "DIR", "the comparisons that the run was estimated from",
          &r.scores },
        { OPTION_FLAG, "with-samples", NULL, "with the tables that name samples, as they are",
          &r.with_samples },
        { OPTION_TEXT, "sign", "KEY.pem", "sign it with this private key: FILE.sig",
          &r.sign },
        { OPTION_FLAG, "quiet", NULL, "print nothing but faults", &r.quiet },
        { OPTION_FLAG, "json", NULL, "print a summary as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("bundle", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid bundle RUN [OPTION]...\n\nPacks a run so that others can audit it "
             "with `misid verify`: what its findings are\nmade of, with a hash of every file; "
             "no images, no templates, no names.\n");
        options_print(table);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "bundle: %zu run folders named, expected one", args.n);
    } else if (!code) {
        code = make(args.items[0], &r, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
