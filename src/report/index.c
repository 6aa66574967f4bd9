/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page that links the reports of all runs in a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/html.h"
#include "report/page.h"
#include "report/prose.h"
#include "report/report.h"

#define RUNS_MAX 10000

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the finished runs in `dir`, sorted; malloc'd. */
static int find_runs(const char *dir, char ***names, size_t *n, struct err *err)
{
    size_t cap = 0;
    DIR *d = opendir(dir);

    *names = NULL;
    *n = 0;
    if (!d)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot read", dir);
    for (struct dirent *e; (e = readdir(d)) && *n < RUNS_MAX;) {
        char *path = mem_printf("%s/%s/run.json", dir, e->d_name);
        if (*e->d_name != '.' && path_is_file(path)) {
            MEM_ROOM(*names, *n, cap);
            (*names)[(*n)++] = mem_strdup(e->d_name);
        }
        free(path);
    }
    closedir(d);
    if (*n)
        qsort(*names, *n, sizeof **names, by_bytes);
    return 0;
}

/* Everything the index says of a run. */
struct run_files {
    struct run run;
    struct study study;
    struct claims claims;
    struct findings findings;
};

static int read_files(struct run_files *r, const char *dir, struct err *err)
{
    char *path = path_join(dir, "run.json");
    int code = run_read(&r->run, path, err);

    free(path);
    path = path_join(dir, "study.json");
    if (!code)
        code = study_load(&r->study, path, NULL, 0, err);
    free(path);
    if (code)
        return code;
    claims_init(&r->claims, &r->study);
    path = path_join(dir, "claims.json");
    code = claims_read_json(&r->claims, path, err);
    free(path);
    path = path_join(dir, "findings.csv");
    if (!code)
        code = findings_read_csv(&r->findings, path, err);
    free(path);
    return code;
}

/* A folder name as part of an address. */
static void add_address(struct text *to, const char *s)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._~";

    for (; *s; s++)
        if (strchr(plain, *s))
            text_addch(to, *s);
        else
            text_addf(to, "%%%02X", (unsigned char)*s);
}

static void add_entry(struct text *to, const char *name, const struct run_files *r,
                      const char *answer)
{
    const struct claim *claim = prose_answer_claim(&r->study, &r->claims);
    struct text address = TEXT_INIT, counts = TEXT_INIT;

    add_address(&address, name);
    prose_verdict_counts(&r->claims, &counts);
    html_addf(to, "<article class=\"run\">\n<div><h2><a href=\"%s/report.html\">%q</a></h2>\n"
              "<p class=\"question\">%q</p></div>\n<div>", address.s, r->study.title,
              r->study.question);
    if (claim)
        page_badge(to, claim, r->study.evidence);
    if (*answer)
        html_addf(to, "<p class=\"answer\">%q</p>\n", answer);
    text_add(to, "<p class=\"fine\">");
    if (counts.len)
        html_addf(to, "Claims: %s. ", counts.s);
    html_addf(to, "Run <time>%s</time> by misid %s; <a href=\"%s/findings.csv\">findings.csv</a>, "
              "<a href=\"%s/claims.csv\">claims.csv</a>.</p></div>\n</article>\n",
              r->run.started, r->run.version, address.s, address.s);
    text_release(&address);
    text_release(&counts);
}

static int add_run(struct text *to, const char *dir, const char *name, struct err *err)
{
    struct run_files r = { .study = { .name = NULL } };
    struct text answer = TEXT_INIT;
    char *path = path_join(dir, name);

    run_init(&r.run);
    findings_init(&r.findings);
    int code = read_files(&r, path, err);
    if (!code)
        code = prose_answer(&r.study, &r.findings, &r.claims, &answer, err);
    if (!code)
        add_entry(to, name, &r, answer.s);
    claims_release(&r.claims);
    findings_release(&r.findings);
    study_release(&r.study);
    run_release(&r.run);
    text_release(&answer);
    free(path);
    return code;
}

int report_index(const char *dir, struct err *err)
{
    struct text page = TEXT_INIT;
    char **names;
    size_t n;
    int code = find_runs(dir, &names, &n, err);

    if (code)
        return code;
    page_head(&page, "misid: reports");
    text_add(&page, "<header><h1>Reports</h1>\n<p class=\"question\">Each study, its "
             "question, and the answer its counts give. The verdict is on the claim that "
             "the answer rests on; intervals are in brackets.</p></header>\n<main>\n");
    if (!n)
        text_add(&page, "<p>No finished run lies directly below this folder.</p>\n");
    for (size_t i = 0; i < n; i++) {
        int one = add_run(&page, dir, names[i], err);
        code = code ? code : one;
        free(names[i]);
    }
    free(names);
    text_add(&page, "</main>\n<footer>Made by misid.</footer>\n</body>\n</html>\n");
    char *path = path_join(dir, "index.html");
    int put = file_write(path, page.s, page.len, err);
    free(path);
    text_release(&page);
    return code ? code : put;
}
