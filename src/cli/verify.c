/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid verify: whether a bundle is whole, and its findings follow from its tallies. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/sign.h"
#include "base/tar.h"
#include "cli/again.h"
#include "cli/bundle.h"
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/options.h"
#include "cli/verify_rows.h"

#define MAX_MANIFEST ((size_t)16 << 20)
#define MAX_SIGNATURE ((size_t)1 << 16)
#define MAX_DEPTH 8

struct verify_request {
    const char *key, *signature;
    bool quiet, json, help;
};

struct verification {
    const char *bundle;      /* as it was named */
    char *work;              /* its files, in a folder of our own */
    char *manifest;
    size_t manifest_len;
    struct dict names;       /* of the manifest */
    struct run run;
    size_t files, findings, claims;
    bool signature;          /* was held against a key */
    struct err *differences; /* why it is refused */
    struct err *err;         /* why nothing can be said */
};

/* --- the files, in a folder of our own --- */

static int copy_file(const char *from, const char *to, struct err *err)
{
    char *dir = path_dirname(to), *data = NULL;
    size_t len = 0;
    int code = path_make_dirs(dir, err);

    if (!code)
        code = file_read(from, (size_t)TAR_MAX_BYTES, &data, &len, err);
    if (!code)
        code = file_write(to, data, len, err);
    free(data);
    free(dir);
    return code;
}

/* An unpacked bundle may be a stranger's too: only files, only folders. */
static int copy_folder(const char *from, const char *to, int depth, struct err *err)
{
    DIR *d = opendir(from);
    int code = 0;

    if (!d)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot read", from);
    for (struct dirent *e; !code && (e = readdir(d));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        char *one = path_join(from, e->d_name), *other = path_join(to, e->d_name);
        if (lstat(one, &st) < 0)
            code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", one);
        else if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
            code = copy_folder(one, other, depth + 1, err);
        else if (S_ISREG(st.st_mode))
            code = copy_file(one, other, err);
        else
            code = err_add(err, ERR_INPUT, "%s: is no regular file, expected nothing else in "
                           "a bundle", one);
        free(one);
        free(other);
    }
    closedir(d);
    return code;
}

static void remove_folder(const char *path, int depth)
{
    DIR *d = depth <= MAX_DEPTH + 2 ? opendir(path) : NULL;

    for (struct dirent *e; d && (e = readdir(d));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        char *one = path_join(path, e->d_name);
        if (lstat(one, &st) == 0 && S_ISDIR(st.st_mode))
            remove_folder(one, depth + 1);
        else
            unlink(one);
        free(one);
    }
    if (d)
        closedir(d);
    rmdir(path);
}

/* An archive that breaks its rules is refused like one whose hashes are wrong. */
static int open_bundle(struct verification *v)
{
    const char *tmp = getenv("TMPDIR");
    char *work = mem_printf("%s/misid-verify.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    int code;

    if (!mkdtemp(work)) {
        code = err_add_errno(v->err, ERR_IO, errno, "%s: cannot make a folder", work);
        free(work);
        return code;
    }
    v->work = work;
    if (path_is_dir(v->bundle))
        return copy_folder(v->bundle, work, 0, v->err);
    code = tar_extract(v->bundle, work, v->differences);
    if (code == ERR_IO) {
        err_add(v->err, ERR_IO, "%s", err_text(v->differences));
        err_release(v->differences);
    }
    return code;
}

/* --- hashes --- */

static void check_line(struct verification *v, char *line)
{
    char hash[HASH_HEX], cut[TEXT_CUT];
    bool fresh;

    if (strlen(line) < 67 || strspn(line, "0123456789abcdef") != 64 || line[64] != ' ' ||
        line[65] != ' ' || line[66] == '/' || strstr(line + 66, "..")) {
        err_add(v->differences, ERR_INPUT, "%s: a line is no hash and name: '%s'",
                BUNDLE_MANIFEST, text_cut(cut, line));
        return;
    }
    line[64] = '\0';
    dict_add(&v->names, line + 66, &fresh);
    if (!fresh)
        err_add(v->differences, ERR_INPUT, "%s: names %s twice", BUNDLE_MANIFEST,
                text_cut(cut, line + 66));
    char *path = path_join(v->work, line + 66);
    if (!path_is_file(path))
        err_add(v->differences, ERR_INPUT, "%s: is not there, though %s names it", line + 66,
                BUNDLE_MANIFEST);
    else if (!hash_file(hash, path, v->err) && strcmp(hash, line))
        err_add(v->differences, ERR_INPUT, "%s: was changed: its SHA-256 is %.16s..., %s has "
                "%.16s...", line + 66, hash, BUNDLE_MANIFEST, line);
    v->files++;
    free(path);
}

/* Nothing may be there that has no hash. */
static void check_listed(struct verification *v, const char *below, int depth)
{
    char *dir = path_join(v->work, *below ? below : ".");
    DIR *d = depth <= MAX_DEPTH ? opendir(dir) : NULL;

    for (struct dirent *e; d && (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        char *name = mem_printf("%s%s%s", below, *below ? "/" : "", e->d_name);
        char *path = path_join(v->work, name);
        if (path_is_dir(path))
            check_listed(v, name, depth + 1);
        else if (strcmp(name, BUNDLE_MANIFEST) && dict_find(&v->names, name) == DICT_NONE)
            err_add(v->differences, ERR_INPUT, "%s: is not named in %s", name,
                    BUNDLE_MANIFEST);
        free(path);
        free(name);
    }
    if (d)
        closedir(d);
    free(dir);
}

static int check_hashes(struct verification *v)
{
    char *path = path_join(v->work, BUNDLE_MANIFEST), *lines, *at;
    int code = path_is_file(path)
                   ? file_read(path, MAX_MANIFEST, &v->manifest, &v->manifest_len, v->err)
                   : err_add(v->err, ERR_INPUT, "%s: is no bundle, expected one that `misid "
                             "bundle` made (there is no %s)", v->bundle, BUNDLE_MANIFEST);

    free(path);
    if (code)
        return code;
    lines = mem_strdup(v->manifest);
    for (char *line = strtok_r(lines, "\n", &at); line; line = strtok_r(NULL, "\n", &at))
        check_line(v, line);
    free(lines);
    check_listed(v, "", 0);
    return v->err->code;
}

/* --- signature --- */

static int check_signature(struct verification *v, const struct verify_request *r)
{
    char *usual = mem_printf("%s.sig", v->bundle), *data = NULL;
    const char *path = r->signature ? r->signature : usual;
    size_t len = 0;
    bool good = false;
    int code = r->key ? file_read(path, MAX_SIGNATURE, &data, &len, v->err) : 0;

    if (!code && r->key)
        code = sign_verify(r->key, v->manifest, v->manifest_len, data, len, &good, v->err);
    if (!code && r->key && !good)
        err_add(v->differences, ERR_INPUT, "%s: is no signature of this bundle by %s", path,
                r->key);
    v->signature = good;
    free(data);
    free(usual);
    return code;
}

/* --- findings --- */

/* The record that the tables of the bundle can be read by: its files are those that are
 * there, with the hashes they have now. */
static int write_record(struct verification *v, const char *path)
{
    struct text t = TEXT_INIT;
    size_t kept = 0;
    int code = 0;

    for (size_t i = 0; i < v->run.n_outputs && !code; i++) {
        char *file = path_join(v->work, v->run.outputs[i].name), hash[HASH_HEX];
        if (dict_find(&v->names, v->run.outputs[i].name) != DICT_NONE &&
            !(code = hash_file(hash, file, v->err))) {
            v->run.outputs[kept] = v->run.outputs[i];
            v->run.outputs[kept++].sha256 = arena_strdup(&v->run.arena, hash);
        }
        free(file);
    }
    v->run.n_outputs = kept;
    run_to_json(&v->run, &t);
    if (!code)
        code = file_write(path, t.s, t.len, v->err);
    text_release(&t);
    return code;
}

/* The hashes of the record are those of the files that were not rewritten. */
static void check_record(struct verification *v)
{
    char *path = path_join(v->work, BUNDLE_JSON), *data = NULL;
    size_t len = 0;

    if (path_is_file(path) && !file_read(path, MAX_MANIFEST, &data, &len, v->err))
        for (size_t i = 0; i < v->run.n_outputs; i++) {
            const struct run_file *f = &v->run.outputs[i];
            char *file = path_join(v->work, f->name), hash[HASH_HEX];
            char *quoted = mem_printf("\"%s\"", f->name);
            if (dict_find(&v->names, f->name) != DICT_NONE && !strstr(data, quoted) &&
                !hash_file(hash, file, v->err) && strcmp(hash, f->sha256))
                err_add(v->differences, ERR_INPUT, "%s: is not the file that run.json records "
                        "(SHA-256 %.16s..., run.json has %.16s...)", f->name, hash,
                        f->sha256);
            free(quoted);
            free(file);
        }
    free(data);
    free(path);
}

static void compare_tables(struct verification *v, const struct pipeline *p)
{
    char *findings = path_join(v->work, "findings.csv");
    char *claims = path_join(v->work, "claims.csv");
    struct text t = TEXT_INIT;

    findings_write_csv(&p->findings, &t);
    verify_rows("findings.csv", findings, t.s, t.len, &v->findings, v->differences);
    text_reset(&t);
    claims_write_csv(&p->claims, &t);
    verify_rows("claims.csv", claims, t.s, t.len, &v->claims, v->differences);
    for (size_t i = 0; i < p->study.n_backends; i++) {
        char *name = folder_counts(p->study.backends[i].text);
        char *path = path_join(v->work, name);
        size_t rows;
        text_reset(&t);
        tally_write_counts(&p->tally, p->study.backends[i].text, &t);
        verify_rows(name, path, t.s, t.len, &rows, v->differences);
        free(path);
        free(name);
    }
    text_release(&t);
    free(claims);
    free(findings);
}

static int check_findings(struct verification *v)
{
    char *path = path_join(v->work, "run.json"), *scores = path_join(v->work, BUNDLE_SCORES);
    struct err trouble = ERR_INIT;
    struct pipeline p;
    int code = run_read(&v->run, path, v->differences);

    if (!code) {
        check_record(v);
        code = write_record(v, path);
    }
    if (!code && !v->err->code) {
        pipeline_init(&p, &trouble);
        if (again(&p, v->work, path_is_dir(scores) ? scores : NULL))
            err_add(v->differences, ERR_INPUT, "the findings cannot be made again: %.*s",
                    (int)strcspn(err_text(&trouble), "\n"), err_text(&trouble));
        else
            compare_tables(v, &p);
        pipeline_release(&p);
    }
    err_release(&trouble);
    free(scores);
    free(path);
    return v->err->code;
}

/* --- the command --- */

static void tell(const struct verification *v, const struct verify_request *r)
{
    bool good = !v->differences->code;
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    if (r->json) {
        json_map(&w, NULL);
        json_string(&w, "bundle", v->bundle);
        json_bool(&w, "verified", good);
        json_bool(&w, "signed", v->signature);
        json_int(&w, "files", (int64_t)v->files);
        json_int(&w, "findings", (int64_t)v->findings);
        json_int(&w, "claims", (int64_t)v->claims);
        json_string(&w, "made_by", v->run.version);
        json_string(&w, "verified_by", PACKAGE_VERSION);
        json_list(&w, "differences");
        for (const char *line = err_text(v->differences), *end; *line;
             line = *end ? end + 1 : end) {
            end = strchrnul(line, '\n');
            char *one = mem_strndup(line, (size_t)(end - line));
            json_string(&w, NULL, one);
            free(one);
        }
        json_end(&w);
        json_end(&w);
        puts(t.s);
    } else if (good && !r->quiet) {
        printf("%s: verified: %zu files have their hashes; %zu findings and %zu verdicts were "
               "made again and are the same", v->bundle, v->files, v->findings, v->claims);
        printf(" (made by misid %s, verified by %s)%s\n", v->run.version, PACKAGE_VERSION,
               v->signature ? "; the signature is good" : "");
    }
    text_release(&t);
}

/* A bundle whose hashes are wrong is not read any further. */
static int verify(const char *bundle, const struct verify_request *r,
                  struct err *differences, struct err *err)
{
    struct verification v = { .bundle = bundle, .differences = differences, .err = err };
    int code;

    run_init(&v.run);
    (void)((code = open_bundle(&v)) || differences->code || (code = check_hashes(&v)) ||
           (code = check_signature(&v, r)) || differences->code ||
           (code = check_findings(&v)));
    if (!err->code)
        tell(&v, r);
    if (v.work)
        remove_folder(v.work, 0);
    free(v.work);
    free(v.manifest);
    dict_release(&v.names);
    run_release(&v.run);
    return err->code;
}

int verify_main(int argc, char **argv)
{
    struct verify_request r = { 0 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "key", "PUB.pem", "it must be signed by the private half of this key",
          &r.key },
        { OPTION_TEXT, "signature", "FILE", "the signature (default: BUNDLE.sig)",
          &r.signature },
        { OPTION_FLAG, "quiet", NULL, "print nothing but what differs", &r.quiet },
        { OPTION_FLAG, "json", NULL, "print the outcome as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT, differences = ERR_INIT;
    int code = options_parse("verify", table, argc, argv, &args, &err), status;

    if (!code && r.help) {
        puts("usage: misid verify BUNDLE [OPTION]...\n\nHolds every file of a bundle to its "
             "hash, makes every finding and verdict again from\nits tallies, and compares "
             "them row by row. Exit status: 0 all of it holds, 1 it does\nnot, 2 trouble.\n");
        options_print(table);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "verify: %zu bundles named, expected one", args.n);
    } else if (!code && r.signature && !r.key) {
        code = err_add(&err, ERR_INPUT, "verify: --signature without --key, expected the key "
                       "it was made with");
    } else if (!code) {
        code = verify(args.items[0], &r, &differences, &err);
    }
    if (code) {
        status = cli_fail(&err);
    } else if (differences.code) {
        cli_fail(&differences);
        status = EXIT_NO;
    } else {
        status = EXIT_DONE;
    }
    err_release(&differences);
    option_list_release(&args);
    return status;
}
