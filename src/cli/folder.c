/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/folder.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"

/* Folders in folders: backends/NAME/doses/DOSE/probes/. */
#define MAX_DEPTH 6

char *folder_default(const struct study *study, const char *suffix)
{
    char *dir = path_dirname(study->path);
    char *beside = mem_printf("%s/../results", dir);
    char *found = mem_printf("%s/%s%s", path_is_dir(beside) ? beside : "results",
                             study->name, suffix);

    free(beside);
    free(dir);
    return found;
}

bool folder_same(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* The process whose temporary this is (base/file.h, report/gnuplot.h), or 0 for
 * what is no temporary of misid. */
static pid_t owner(const char *name)
{
    static const char gnuplot[] = ".gnuplot.";
    size_t n = strlen(name);
    const char *digits;

    if (!strncmp(name, gnuplot, sizeof gnuplot - 1)) {
        digits = name + sizeof gnuplot - 1;
    } else {
        if (*name != '.' || n < 8 || strcmp(name + n - 4, ".tmp"))
            return 0;
        for (digits = name + n - 4; digits > name && digits[-1] != '.'; digits--)
            ;
    }
    char *end;
    long pid = strtol(digits, &end, 10);
    return *digits >= '1' && *digits <= '9' && *end == '.' && pid > 0 ? (pid_t)pid : 0;
}

static bool is_gone(pid_t pid)
{
    return pid == getpid() || (kill(pid, 0) < 0 && errno == ESRCH);
}

/* Removes what processes that are gone have left below `dir`; all of it inside a
 * folder that was itself temporary. What cannot be removed is harmless. */
static void sweep(const char *dir, int depth, bool all)
{
    DIR *d = depth <= MAX_DEPTH ? opendir(dir) : NULL;

    for (struct dirent *e; d && (e = readdir(d));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        pid_t pid = owner(e->d_name);
        bool left = all || (pid && is_gone(pid));
        char *path = path_join(dir, e->d_name);
        if (lstat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode)) {
                sweep(path, depth + 1, left);
                if (left)
                    rmdir(path);
            } else if (left) {
                unlink(path);
            }
        }
        free(path);
    }
    if (d)
        closedir(d);
}

/* True if the folder has an entry other than a temporary. */
static bool holds_anything(const char *dir)
{
    DIR *d = opendir(dir);
    bool any = false;

    for (struct dirent *e; d && !any && (e = readdir(d));)
        any = strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && !owner(e->d_name);
    if (d)
        closedir(d);
    return any;
}

/* A folder that holds something must be a run folder of the same study. */
static int check_own(const char *dir, const struct study *study, struct err *err)
{
    char *path = path_join(dir, "study.json");
    struct err unreadable = ERR_INIT;
    struct study there;
    int code = 0;

    if (!path_is_file(path)) {
        code = err_add(err, ERR_INPUT, "%s: holds files but is no run folder (no "
                       "study.json), expected a new or empty folder", dir);
    } else if (study_load(&there, path, NULL, 0, &unreadable) < 0) {
        code = err_add(err, ERR_INPUT, "%s: holds files but is no run folder of this misid "
                       "(its study.json is not a study it reads), expected a new or empty "
                       "folder", dir);
    } else {
        if (strcmp(there.name, study->name))
            code = err_add(err, ERR_INPUT, "%s: holds a run of the study '%s', expected one "
                           "of '%s' or a new folder", dir, there.name, study->name);
        study_release(&there);
    }
    err_release(&unreadable);
    free(path);
    return code;
}

int folder_claim(const char *dir, const struct study *study, struct run *before,
                 struct err *err)
{
    struct err unfinished = ERR_INIT;

    if (!path_is_dir(dir) || !holds_anything(dir))
        return path_make_dirs(dir, err);
    int code = check_own(dir, study, err);
    if (!code) {
        char *path = path_join(dir, "run.json");
        if (path_is_file(path) && run_read(before, path, &unfinished) < 0) {
            run_release(before);
            run_init(before);
        }
        err_release(&unfinished);
        free(path);
    }
    return code;
}

int folder_unfinish(const char *dir, struct err *err)
{
    int code = file_remove(dir, "run.json", err);

    if (!code)
        sweep(dir, 1, false);
    return code;
}

/* A record may have been edited: it must not lead out of the folder. */
static bool is_inside(const char *name)
{
    if (!*name || *name == '/')
        return false;
    for (const char *part = name; *part;) {
        size_t n = strcspn(part, "/");
        if ((n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        part += n + (part[n] == '/');
    }
    return true;
}

enum folder_stage folder_maker(const char *name)
{
    static const char *const found[] = { "findings.csv", "claims.csv", "claims.json",
                                         "curves.csv" };
    static const char *const drawn[] = { "report.html", "report.json", "tables.tex" };

    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (!strcmp(name, found[i]))
            return MADE_BY_ESTIMATE;
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        if (!strcmp(name, drawn[i]))
            return MADE_BY_CHART;
    return strncmp(name, "charts/", 7) ? MADE_FIRST : MADE_BY_CHART;
}

int folder_check(const char *dir, const struct run *run, enum folder_stage stage,
                 struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < run->n_outputs; i++) {
        const char *name = run->outputs[i].name;
        char hex[HASH_HEX];
        if (folder_maker(name) >= stage || !is_inside(name))
            continue;
        char *path = path_join(dir, name);
        int one = hash_file(hex, path, err);
        if (!one && strcmp(hex, run->outputs[i].sha256))
            one = err_add(err, ERR_INPUT, "%s: is not the file that run.json records "
                          "(SHA-256 %.16s...), expected it unchanged (%.16s...) or another "
                          "misid run", path, hex, run->outputs[i].sha256);
        code = code ? code : one;
        free(path);
    }
    return code;
}

bool folder_records(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->n_outputs; i++)
        if (!strcmp(run->outputs[i].name, name))
            return true;
    return false;
}

void folder_remove_stale(const char *dir, const struct run *before,
                         const struct run *now)
{
    for (size_t i = 0; i < before->n_outputs; i++) {
        const char *name = before->outputs[i].name;
        if (!is_inside(name) || folder_records(now, name))
            continue;
        char *path = path_join(dir, name), *inner = path_dirname(path);
        unlink(path);
        if (strchr(name, '/'))
            rmdir(inner); /* of a backend that is no more, if now empty */
        free(inner);
        free(path);
    }
}

char *folder_counts(const char *backend)
{
    return folder_backend(backend, "counts.csv");
}

char *folder_backend(const char *backend, const char *file)
{
    struct text t = TEXT_INIT;

    text_add(&t, "backends/");
    for (const char *s = backend; *s; s++) {
        char one[2] = { *s, '\0' };
        if (*s == '/' || (*s == '.' && s == backend))
            text_addf(&t, "%%%02X", (unsigned char)*s);
        else
            text_add_percent(&t, one);
    }
    text_addf(&t, "/%s", file);
    return text_detach(&t);
}
