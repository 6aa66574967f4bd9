/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remote_run.h"

struct image run_pictures[RUN_IMAGES];
const uint8_t run_greys[RUN_IMAGES] = { 10, 60, 110, 160, 210, 250 };

int run_make_pictures(void **state)
{
    const char *build = getenv("BUILDDIR");
    char *host = mem_printf("%s/misid-host", build ? build : ".");

    (void)state;
    setenv("MISID_HOST", host, 0);
    free(host);
    for (int i = 0; i < RUN_IMAGES; i++) {
        assert_true(image_resize(&run_pictures[i], 40 + i, 30 + 2 * i));
        memset(run_pictures[i].pixels, run_greys[i], run_pictures[i].stride * (size_t)run_pictures[i].height);
    }
    return 0;
}

int run_free_pictures(void **state)
{
    (void)state;
    for (int i = 0; i < RUN_IMAGES; i++)
        image_release(&run_pictures[i]);
    return 0;
}

/* BUILDDIR/tests/backends/…; $ in the spec stands for that folder. */
static char *spec_of(const char *spec)
{
    const char *build = getenv("BUILDDIR");
    struct text t = TEXT_INIT;

    for (; *spec; spec++) {
        if (*spec == '$')
            text_addf(&t, "%s/tests/backends", build ? build : ".");
        else
            text_addch(&t, *spec);
    }
    return text_detach(&t);
}

void run_begin(struct run *r, const char *spec)
{
    char *full = spec_of(spec);

    *r = (struct run){ .err = ERR_INIT };
    if (backend_open(&r->b, full, &r->err) < 0 ||
        r->b->session(r->b, &r->s, &r->err) < 0)
        fail_msg("%s: %s", full, err_text(&r->err));
    free(full);
}

void run_process(struct run *r, unsigned want, size_t n)
{
    struct view views[RUN_IMAGES];

    for (size_t i = 0; i < n; i++) {
        views[i] = (struct view){ .image = &run_pictures[i], .path = "" };
        answer_reset(&r->answers[i]);
    }
    if (r->b->process(r->s, want, views, n, r->answers, &r->err) < 0)
        fail_msg("%s: %s", r->b->name, err_text(&r->err));
}

void run_end(struct run *r)
{
    for (int i = 0; i < RUN_IMAGES; i++)
        answer_release(&r->answers[i]);
    r->b->end(r->s);
    backend_close(r->b);
    err_release(&r->err);
}

void run_check_answers(const char *spec, enum status status, const char *words)
{
    struct run r;

    run_begin(&r, spec);
    run_process(&r, MISID_CLASS | MISID_TEMPLATE, RUN_IMAGES);
    for (int i = 0; i < RUN_IMAGES; i++) {
        if (r.answers[i].status != status || !strstr(r.answers[i].reason, words))
            fail_msg("%s: image %d: %s: %s, expected %s: … %s …", spec, i,
                     status_name(r.answers[i].status), r.answers[i].reason,
                     status_name(status), words);
        assert_true(r.answers[i].latency > 0);
    }
    run_end(&r);
}

void run_check_refused(const char *spec, const char *words)
{
    char *full = spec_of(spec);
    struct err err = ERR_INIT;
    struct backend *b = NULL;

    assert_true(backend_open(&b, full, &err) < 0);
    assert_null(b);
    if (!strstr(err_text(&err), words) || err.count != 1)
        fail_msg("%s: said '%s', expected '%s'", spec, err_text(&err), words);
    err_release(&err);
    free(full);
}

size_t run_count_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

/* Children of this process that are there, zombies too. */
size_t run_count_children(void)
{
    char line[4096] = "";
    size_t n = 0;
    char *path = mem_printf("/proc/self/task/%d/children", getpid());
    FILE *fp = fopen(path, "r");

    free(path);
    if (fp && fgets(line, sizeof line, fp))
        for (char *c = line; *c; c++)
            n += *c == ' ';
    if (fp)
        fclose(fp);
    return n;
}
