/* SPDX-License-Identifier: 0BSD */
/*
 * A plug-in that does wrong what `mode` names: while it is loaded, opened, at work or
 * closed. What it does wrong while it is loaded is told by the environment, HOSTILE.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "misid-backend.h"

#define DIMENSION 8

static char mode[64];
static unsigned long calls;

static const struct misid_option options[] = {
    { "mode", "none", "what it does wrong" },
    { NULL, NULL, NULL }
};

static int is(const char *name)
{
    return !strcmp(mode, name);
}

static void crash(void)
{
    signal(SIGSEGV, SIG_DFL); /* whatever a sanitizer would print */
    raise(SIGSEGV);
}

static void hang(void)
{
    for (;;)
        pause();
}

static void *open_hostile(const struct misid_setting *settings, size_t n,
                          struct misid_info *info, struct misid_text *why)
{
    snprintf(mode, sizeof mode, "%s", n ? settings[0].value : "none");
    fprintf(stderr, "hostile: mode %s\n", mode);
    if (is("open-crash"))
        crash();
    if (is("open-hang"))
        hang();
    if (is("open-fail")) {
        snprintf(why->s, why->cap, "there is no such model");
        return NULL;
    }
    if (is("open-fail-past"))
        memset(why->s, 'x', why->cap + 4);
    if (is("open-fail-past"))
        return NULL;
    info->dimension = is("info-size") ? 7 : DIMENSION;
    info->template_bytes = 4 * DIMENSION;
    info->batch = 4;
    if (is("info-more"))
        info->capabilities |= MISID_SEARCH;
    snprintf(info->similarity.s, info->similarity.cap, "%s",
             is("info-similarity") ? "alike" : "cosine");
    if (is("info-past"))
        memset(info->native.s, '9', info->native.cap + 4);
    if (is("info-file"))
        snprintf(info->files.s, info->files.cap, "/nowhere/model.onnx");
    return mode;
}

static void close_hostile(void *self)
{
    (void)self;
    if (is("close-crash"))
        crash();
    if (is("close-hang"))
        hang();
}

static unsigned sum_of(const struct misid_image *im)
{
    unsigned sum = 0;

    for (uint32_t i = 0; i < im->width; i++)
        sum = 31 * sum + im->pixels[3 * (size_t)i];
    return sum;
}

/* What a stranger wants of this machine: the first line of a file, which becomes the label;
 * a file beside it; a connection. */
static void pry(struct misid_text *label)
{
    const char *file = getenv("HOSTILE_FILE");
    char path[512];
    FILE *fp = file ? fopen(file, "r") : NULL;

    snprintf(label->s, label->cap, "%s", "nothing");
    if (fp && fgets(label->s, (int)label->cap, fp))
        label->s[strcspn(label->s, "\n")] = '\0';
    if (fp)
        fclose(fp);
    snprintf(path, sizeof path, "%s.taken", file ? file : "");
    fp = fopen(path, "w");
    if (fp)
        fclose(fp);
}

/* Files of 1 MiB in its folder, 4 GiB at most, should nobody stop it. */
static void fill_disk(void)
{
    static char bytes[1 << 20];
    const char *dir = getenv("TMPDIR");
    char path[512];

    for (int i = 0; i < 4096; i++) {
        snprintf(path, sizeof path, "%s/%d", dir ? dir : "/nowhere", i);
        FILE *fp = fopen(path, "w");
        if (!fp)
            hang();
        fwrite(bytes, 1, sizeof bytes, fp);
        fclose(fp);
    }
}

/* A right answer, but for what the mode says. */
static void fill(uint32_t want, const struct misid_image *im, struct misid_face *f)
{
    unsigned sum = sum_of(im);
    float v[DIMENSION];

    for (unsigned i = 0; i < DIMENSION; i++)
        v[i] = 1 + (float)((sum >> i) % 7);
    if (is("random"))
        v[3] += (float)getpid() + (float)calls;
    if (is("order"))
        v[3] += (float)calls;
    if (is("nan"))
        v[5] = NAN;
    if (want & MISID_TEMPLATE) {
        memcpy(f->template_bytes, v, sizeof v);
        f->template_len = is("size") ? 12 : is("size-past") ? 99 : sizeof v;
        if (is("template-past"))
            memset(f->template_bytes, 1, f->template_cap + 8);
        if (is("no-template"))
            f->template_len = 0;
    }
    if (want & MISID_CLASS) {
        snprintf(f->label.s, f->label.cap, "%s", is("utf8") ? "\xff\xfe" : "woman");
        if (is("control"))
            snprintf(f->label.s, f->label.cap, "wo\nman");
        f->confidence = is("confidence") ? 80 : 0.8;
        if (is("label-long"))
            memset(f->label.s, 'x', f->label.cap);
        if (is("pry"))
            pry(&f->label);
        if (is("label-past"))
            memset(f->label.s, 'x', f->label.cap + 8);
        if (is("attributes"))
            f->n_attributes = 99;
    }
    if (is("infinite"))
        f->quality = INFINITY;
    if (is("box"))
        f->box[2] = -5;
    if (is("face-status"))
        f->status = 99;
}

static void misbehave(const struct misid_image *const *images, size_t n)
{
    calls++;
    if (is("crash") || (is("crash-second") && calls % 2 == 0))
        crash();
    for (size_t i = 0; i < n; i++) {
        if (is("crash-red") && images[i]->pixels[0] == 255)
            crash();
        if (is("hang-red") && images[i]->pixels[0] == 255)
            hang();
    }
    if (is("exit"))
        exit(0);
    if (is("hang"))
        hang();
    if (is("children") && fork() == 0)
        hang();
    for (int i = 0; is("forks") && i < 300; i++)
        if (fork() == 0)
            hang();
    if (is("forks"))
        hang();
    if (is("fill"))
        fill_disk();
    for (int i = 0; is("gush") && i < 4096; i++) { /* 256 MiB */
        static char line[65536];
        memset(line, 'g', sizeof line - 1);
        fputs(line, i % 2 ? stdout : stderr);
    }
    if (is("slow"))
        usleep(100000 * (useconds_t)n);
    if (is("late"))
        sleep(30);
    if (is("pixels"))
        ((uint8_t *)(uintptr_t)images[0]->pixels)[0] = 1;
    if (is("print"))
        printf("{\"id\":3}\nhello from a library\n");
    for (int i = 0; is("chatter") && i < 20000; i++)
        fputs("chatter chatter chatter chatter chatter chatter chatter\n", stderr);
    if (is("stdin"))
        while (getchar() != EOF)
            ;
    /* 1 GiB at most, should no limit hold it */
    for (int i = 0; is("memory") && i < 16; i++) {
        char *p = malloc(64 << 20);
        if (!p)
            crash();
        memset(p, 1, 64 << 20);
    }
}

static int process_hostile(void *self, uint32_t want,
                           const struct misid_image *const *images, size_t n,
                           struct misid_result *const *results, struct misid_text *why)
{
    (void)self;
    misbehave(images, n);
    if (is("fail") || (is("fail-batch") && n > 1)) {
        snprintf(why->s, why->cap, "out of tokens");
        return -1;
    }
    for (size_t i = 0; i < (is("short") && n > 1 ? n - 1 : n); i++) {
        struct misid_result *r = results[i];
        r->n_faces = is("faces-more") ? r->cap + 1 : 1;
        fill(want, images[i], r->faces[0]);
        if (is("faces-past"))
            r->faces[r->cap]->status = MISID_REFUSED;
        if (is("status"))
            r->status = 77;
        if (is("no-face")) {
            r->status = MISID_NO_FACE;
            r->n_faces = 0;
        }
        if (is("nothing"))
            r->n_faces = 0;
        if (is("reason-past"))
            memset(r->reason.s, 'x', r->reason.cap + 8);
    }
    return 0;
}

static struct misid_backend me = {
    .abi = MISID_ABI, .size = sizeof me, .name = "hostile", .version = "1.0",
    .capabilities = MISID_CLASS | MISID_TEMPLATE, .options = options,
    .open = open_hostile, .close = close_hostile, .process = process_hostile,
};

const struct misid_backend *misid_backend(uint32_t abi)
{
    const char *how = getenv("HOSTILE");

    (void)abi;
    if (!how)
        return &me;
    snprintf(mode, sizeof mode, "%s", how);
    if (is("load-crash"))
        crash();
    if (is("load-hang"))
        hang();
    if (is("load-null"))
        return NULL;
    if (is("load-abi"))
        me.abi = 2;
    if (is("load-size"))
        me.size = 24;
    if (is("load-name"))
        me.name = "";
    if (is("load-process"))
        me.process = NULL;
    if (is("load-compare"))
        me.capabilities |= MISID_COMPARE;
    return &me;
}
